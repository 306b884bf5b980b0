"""What is told of laboratories: to the office a proposal, to members that it opened, rests, goes on or ends."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.pages.telling import told_houses
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from institutions.people.models import Membership
from institutions.registry.scope import Role
from labs.laboratories.models import LabMember, Laboratory, LaboratoryStatus
from labs.laboratories.rules import oversees
from lifecycle.models import Event


def subject_of(event: Event) -> Laboratory | None:
    return Laboratory.objects.filter(public_id=event.subject_id).select_related("site__territory", "host").first()


def office(event: Event) -> Iterable[Told]:
    """The officers of the regions above the site."""
    laboratory = subject_of(event)
    if laboratory is None:
        return []
    held = Membership.objects.held_on(timezone.localdate(event.happened_at))
    held = held.filter(role=Role.REGIONAL_OFFICER, territory__in=laboratory.site.territory.lineage)
    values = {"laboratory": laboratory.site.names, "host": laboratory.host.names}
    people = set(held.values_list("user_id", flat=True)) - {event.actor_id}
    return [Told(user, values) for user in sorted(people)]


def members(event: Event) -> Iterable[Told]:
    """The administrators of its host and members."""
    laboratory = subject_of(event)
    if laboratory is None:
        return []
    day = timezone.localdate(event.happened_at)
    rows = LabMember.objects.filter(laboratory=laboratory, valid__contains=day)  # those of that day, whoever left since
    houses = {laboratory.host_id, *rows.values_list("institution_id", flat=True)}
    return told_houses(houses, event, laboratory=laboratory.site.names, host=laboratory.host.names)


def still_proposed(notice: Notice) -> bool:
    """Whether it still waits for this person's office."""
    rows = Laboratory.objects.filter(public_id=notice.subject_id, status=LaboratoryStatus.PROPOSED)
    laboratory = rows.select_related("site__territory").first()
    return laboratory is not None and oversees(notice.recipient, laboratory)


PAGE = "laboratory-detail"
PROPOSED = Telling(
    "laboratory.proposed", NoticeKind.YOUR_TURN, _("A laboratory waits to be opened: %(laboratory)s, %(host)s"),
    _("Read and open"), PAGE, office, stands=still_proposed,
)  # fmt: skip
OPENED = Telling(
    "laboratory.opened", NoticeKind.PARTNER_ACTED, _("A laboratory is open: %(laboratory)s, %(host)s"), _("See it"),
    PAGE, members,
)  # fmt: skip
PAUSED = Telling(
    "laboratory.paused", NoticeKind.PARTNER_ACTED, _("A laboratory rests for a while: %(laboratory)s, %(host)s"),
    _("See why"), PAGE, members,
)  # fmt: skip
RESUMED = Telling(
    "laboratory.resumed", NoticeKind.PARTNER_ACTED, _("A laboratory goes on: %(laboratory)s, %(host)s"), _("See it"),
    PAGE, members,
)  # fmt: skip
CLOSED = Telling(
    "laboratory.closed", NoticeKind.PARTNER_ACTED, _("A laboratory was closed: %(laboratory)s, %(host)s"),
    _("See why"), PAGE, members,
)  # fmt: skip
