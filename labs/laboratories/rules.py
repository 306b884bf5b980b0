"""Who coordinates a laboratory and who opens it, and the table of its moves (product 3.8)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from institutions.registry.rules import is_officer_of
from institutions.registry.scope import HOUSE_ROLES, Role, active_houses, houses
from labs.laboratories.models import LaboratoryStatus as L
from lifecycle.transitions import Condition, Lifecycle, Transition

WORKERS = (Role.INSTITUTION_ADMIN, Role.COORDINATOR, Role.TEACHER)
COORDINATORS = (Role.COORDINATOR,)
OPEN = (L.PROPOSED, L.ACTIVE, L.PAUSED)
RUNNING = ("preregistered", "piloting", "in_assessment")  # projects whose trial is under way


def coordinated_houses(user: Any) -> set[int]:
    """Institutions for which the person coordinates laboratories."""
    return active_houses(user, *COORDINATORS) if user is not None else set()


def coordinates(user: Any, laboratory: Any) -> bool:
    """The coordinator of its host, of its site, or of the institution that coordinates its cluster (COORD)."""
    own = coordinated_houses(user)
    return bool(own & {laboratory.host_id, laboratory.site_id, laboratory.cluster.coordinator_id})


def member_houses_of(laboratory: Any) -> set[int]:
    """Institutions that work in it today: its members, host and site."""
    return members_today(laboratory) | {laboratory.host_id, laboratory.site_id}


def members_today(laboratory: Any) -> set[int]:
    """Ids of its members of this day, from rows that may have been read already."""
    day = today()
    return {
        each.institution_id
        for each in laboratory.members.all()
        if each.valid.lower <= day and (each.valid.upper is None or each.valid.upper > day)
    }


def belongs(user: Any, laboratory: Any) -> bool:
    """Whether the person is of an institution that works or worked there (as `LaboratoryQuerySet.among`)."""
    near = {laboratory.host_id, laboratory.site_id, laboratory.cluster.coordinator_id}
    return bool(houses(user, *HOUSE_ROLES) & (near | {each.institution_id for each in laboratory.members.all()}))


def works_in(user: Any, laboratory: Any, *roles: str) -> set[int]:
    """Institutions of the laboratory in whose name the person acts, by these roles (any house role by default)."""
    if user is None:
        return set()
    return active_houses(user, *(roles or WORKERS)) & member_houses_of(laboratory)


def oversees(user: Any, laboratory: Any) -> bool:
    """The regional officer above its site, or the ministry (REGO)."""
    return user is not None and is_officer_of(user, laboratory.site, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)


def coordinates_or_oversees(user: Any, laboratory: Any) -> bool:
    return coordinates(user, laboratory) or oversees(user, laboratory)


def leaving_houses(user: Any, laboratory: Any) -> set[int]:
    """Member institutions, other than the host, that the person may take out."""
    return active_houses(user, Role.INSTITUTION_ADMIN) & (members_today(laboratory) - {laboratory.host_id})


def may_leave(user: Any, laboratory: Any) -> bool:
    """The administrator of a member institution."""
    return bool(leaving_houses(user, laboratory))


def may_rate(user: Any, laboratory: Any) -> bool:
    """Whoever coordinates it, or administers an institution that works in it."""
    return bool(works_in(user, laboratory, Role.INSTITUTION_ADMIN, Role.COORDINATOR)) or coordinates(user, laboratory)


def signing_houses(agreement: Any) -> list[Any]:
    """Institutions that have signed an agreement which is not over, as it stands today."""
    rows = agreement.parties.filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=today()), signs=True)
    found = {party.institution_id: party.institution for party in rows.select_related("institution").order_by("pk")}
    return list(found.values())


def before_opening(laboratory: Any) -> Iterator[Condition]:
    """The founding agreement is in force with a higher education institution, practice and in-service training.

    Sides are told by the flags of their kinds (product 2.1): P hosts practice, T trains staff; a university does both.
    """
    if laboratory.site.status not in ("applied", "verified"):
        yield Condition("site", _("The application of its site was returned or rejected."), "/site")
    if laboratory.agreement.status != "in_force":
        yield Condition("agreement", _("The founding agreement is not in force."), "/agreement")
    parties = laboratory.agreement.parties.filter(valid__contains=today(), signs=True).select_related(
        "institution__kind"
    )
    sides = [{"P", "T"} & set(each.institution.kind.data.get("flags", ())) for each in parties]
    lacking = {
        "higher": ({"P", "T"}, _("No higher education organisation is party to the founding agreement.")),
        "practice": ({"P"}, _("No organisation of practice is party to the founding agreement.")),
        "training": ({"T"}, _("No organisation of in-service training is party to the founding agreement.")),
    }
    for code, (flags, message) in lacking.items():
        if flags not in sides:
            yield Condition(code, message, "/agreement")


def before_resting(laboratory: Any) -> Iterator[Condition]:
    """No trial is under way."""
    if laboratory.projects.filter(status__in=RUNNING).exists():
        yield Condition("running", _("A pilot of this laboratory is under way."))


LABORATORY = Lifecycle(
    "laboratory",
    Transition("open", (L.PROPOSED,), L.ACTIVE, oversees, _("Open the laboratory"), must_hold=before_opening),
    Transition("pause", (L.ACTIVE,), L.PAUSED, coordinates_or_oversees, _("Pause"), needs_reason=True,
               must_hold=before_resting),
    Transition("resume", (L.PAUSED,), L.ACTIVE, coordinates_or_oversees, _("Resume")),
    Transition("close", (L.PROPOSED, L.ACTIVE, L.PAUSED), L.CLOSED, coordinates_or_oversees, _("Close"), needs_reason=True,
               dangerous=True, must_hold=before_resting),
    Transition("take_in", OPEN, None, coordinates, _("Take in a member")),
    Transition("leave", OPEN, None, may_leave, _("Leave the laboratory"), needs_reason=True, dangerous=True),
    Transition("rate", (L.ACTIVE, L.PAUSED), None, may_rate, _("Rate this quarter")),
    initial=(L.PROPOSED,),
)  # fmt: skip
