"""What waits for people in the register: applications to look at, returned ones to mend, invitations to answer."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from institutions.people.inviting import link_of
from institutions.people.models import Membership
from institutions.registry.models import Institution, InstitutionStatus
from institutions.registry.scope import Role, offices
from institutions.territory.models import Term
from lifecycle.waiting import Line, Queue, waits


def applications(user: Any) -> Any:
    """Applications that this person may verify: national bodies only for the national office."""
    applied = Institution.objects.all().overseen_by(user, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)
    applied = applied.filter(status=InstitutionStatus.APPLIED)
    if not offices(user, Role.MINISTRY_OFFICER):
        applied = applied.exclude(
            kind__in=Term.objects.filter(vocabulary="participant_kind", data__verified_by="country")
        )
    return applied.order_by("registered_at", "pk")


def returned(user: Any) -> Any:
    """Own applications that came back."""
    return Institution.objects.filter(registered_by=user, status=InstitutionStatus.RETURNED).order_by(
        "modified_at", "pk"
    )


def invitations(user: Any) -> Any:
    """Invitations to one's own address."""
    rows = Membership.objects.all().invited(user.email)
    return rows.select_related("institution", "territory").order_by("invited_at", "pk")


def application_line(house: Institution, user: Any) -> Line:
    """An application in words."""
    url = reverse("institution-detail", kwargs={"public_id": house.public_id})
    return Line(name_now(house.names), str(_("Look at the application")), url, since=house.modified_at)


def returned_line(house: Institution, user: Any) -> Line:
    """A returned application in words."""
    url = reverse("institution-detail", kwargs={"public_id": house.public_id})
    return Line(name_now(house.names), str(_("Correct it and send it again")), url, since=house.modified_at)


def invitation_line(membership: Membership, user: Any) -> Line:
    """An invitation in words."""
    place = membership.institution or membership.territory
    title = f"{name_now(place.names)}: {Role(membership.role).label}" if place else str(Role(membership.role).label)
    return Line(
        title,
        str(_("Answer the invitation")),
        reverse("invitation", kwargs={"secret": link_of(membership)}),
        since=membership.invited_at,
    )


waits(Queue("invitations", _("Invitations"), invitations, invitation_line))
waits(
    Queue(
        "applications",
        _("Applications of organisations"),
        applications,
        application_line,
        url="/institutions/?status=applied",
    )
)
waits(Queue("returned", _("Returned to you"), returned, returned_line))
