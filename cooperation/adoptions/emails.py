"""What is told of adoptions: the source is asked to confirm, who uses it learns the answer. To administrators alone."""

from django.utils.translation import gettext_lazy as _

from cooperation.adoptions.models import Adoption, AdoptionStatus
from cooperation.adoptions.rules import made
from cooperation.pages.telling import told_houses
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from lifecycle.models import Event


def told(event: Event, *, source: bool, user: bool) -> list[Told]:
    """The institutions it comes from, the one that uses it, or both; the line names what is used, and where."""
    adoption = Adoption.objects.filter(public_id=event.subject_id).select_related("institution").first()
    if adoption is None or adoption.subject is None:
        return []
    houses = {house.pk for house in adoption.subject.sources} if source else set()
    houses |= {adoption.institution_id} if user else set()
    return told_houses(houses, event, title=adoption.subject.title, partner=adoption.institution.names)


def sources(event: Event) -> list[Told]:
    return told(event, source=True, user=False)


def users(event: Event) -> list[Told]:
    return told(event, source=False, user=True)


def both(event: Event) -> list[Told]:
    return told(event, source=True, user=True)


def still_asks(notice: Notice) -> bool:
    """Whether it was not confirmed yet, and this person speaks for the source."""
    adoption = Adoption.objects.filter(public_id=notice.subject_id, status=AdoptionStatus.REPORTED).first()
    return adoption is not None and made(notice.recipient, adoption)


PAGE, OPEN = "adoption-detail", _("Open it")
TO_CONFIRM = Telling(
    "adoption.to_confirm", NoticeKind.YOUR_TURN, _("Your work is used elsewhere, to confirm: %(title)s, %(partner)s"),
    _("Read and answer"), PAGE, sources, stands=still_asks,
)  # fmt: skip
CONFIRMED = Telling(
    "adoption.confirmed", NoticeKind.PARTNER_ACTED, _("It is confirmed that you use it: %(title)s"), OPEN, PAGE, users,
)  # fmt: skip
SUSTAINED = Telling(
    "adoption.sustained", NoticeKind.PARTNER_ACTED, _("It is confirmed that you still use it: %(title)s"), OPEN, PAGE,
    users,
)  # fmt: skip
SHOWN = Telling(
    "adoption.shown", NoticeKind.PARTNER_ACTED, _("Joint work shows that your work is used: %(title)s, %(partner)s"),
    OPEN, PAGE, sources,
)  # fmt: skip
DROPPED = Telling(
    "adoption.dropped", NoticeKind.PARTNER_ACTED, _("Something is used no longer: %(title)s, %(partner)s"),
    _("See why"), PAGE, both,
)  # fmt: skip
