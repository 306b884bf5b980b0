"""What is told of the register: to who registered an institution, how the office answered."""

from django.utils.translation import gettext_lazy as _

from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from institutions.registry.models import Institution, InstitutionStatus
from lifecycle.models import Event


def applicant(event: Event) -> list[Told]:
    """Who registered the institution, unless they did it themselves."""
    house = Institution.objects.filter(public_id=event.subject_id, registered_by__isnull=False).first()
    if house is None or house.registered_by_id in (None, event.actor_id):
        return []
    return [Told(house.registered_by_id, {"house": house.names})]


def is_returned(notice: Notice) -> bool:
    """Whether the application still lies with the applicant."""
    return Institution.objects.filter(public_id=notice.subject_id, status=InstitutionStatus.RETURNED).exists()


PAGE = "institution-detail"
VERIFIED = Telling(
    "institution.verified", NoticeKind.PARTNER_ACTED, _("The organisation is verified: %(house)s"), _("Open its page"),
    PAGE, applicant,
)  # fmt: skip
RETURNED = Telling(
    "institution.returned", NoticeKind.YOUR_TURN, _("The application was returned to be corrected: %(house)s"),
    _("Correct it"), PAGE, applicant, stands=is_returned,
)  # fmt: skip
REJECTED = Telling(
    "institution.rejected", NoticeKind.PARTNER_ACTED, _("The application was rejected: %(house)s"), _("See why"),
    PAGE, applicant,
)  # fmt: skip
