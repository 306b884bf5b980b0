"""Which institutions a role may see: the one place that knows. Every other `visible_to` is a filter built on it.

Two circles. *Listed*: verified institutions are public knowledge (each has a public page), so whoever holds any role
may find them. *Overseen*: those whose inner records (agreements, people, figures) a person may read: their own, or
those in the territory of their office. Memberships lie above the registry and are reached from the user.
"""

from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from institutions.territory.models import Territory

if TYPE_CHECKING:
    from accounts.models import User


class Role(models.TextChoices):
    """What a membership makes of a person; signing is not a role but a dated power of a position."""

    MINISTRY_OFFICER = "ministry_officer", _("Ministry officer")
    REGIONAL_OFFICER = "regional_officer", _("Regional officer")
    AUTHORITY_OFFICER = "authority_officer", _("Local authority officer")
    INSTITUTION_ADMIN = "institution_admin", _("Institution administrator")
    COORDINATOR = "coordinator", _("Laboratory coordinator")
    TEACHER = "teacher", _("Teacher")
    EMPLOYER = "employer", _("Employer")
    EXPERT = "expert", _("Expert")
    INTEGRATOR = "integrator", _("Integrator")


OFFICE_ROLES = (Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER, Role.AUTHORITY_OFFICER)
HOUSE_ROLES = (Role.INSTITUTION_ADMIN, Role.COORDINATOR, Role.TEACHER, Role.EMPLOYER, Role.INTEGRATOR)
APPLICATIONS = ("applied", "returned", "rejected")
LISTED = ("verified", "suspended", "closed")
NOTHING = Q(pk__in=())
# countries of this installation: its ministry brings them in, and so keeps them all
ROOTS = Case(When(role=Role.MINISTRY_OFFICER, then=ArraySubquery(Territory.objects.filter(depth=0).values("pk"))))


def standings(user: "User") -> list[tuple[str, int | None, int | None]]:
    """(role, institution id, territory id) of the memberships held today, read once per request's user object.

    Who somebody is, is a matter of the present day at every door: so this one read asks the doors' clock itself.
    """
    if user is None or not user.is_authenticated or not user.is_active:
        return []
    known: list[tuple[str, int | None, int | None]] | None = getattr(user, "known_standings", None)
    if known is None:
        held = user.memberships.held_on(today()).annotate(roots=ROOTS)
        known, countries, statuses = [], set[int](), dict[int, str]()
        for role, house, place, roots, status in held.order_by("pk").values_list(
            "role", "institution_id", "territory_id", "roots", "institution__status"
        ):
            known.append((role, house, place))
            statuses |= {house: status} if house else {}
            countries.update(roots or ())
        beside = sorted(countries - {place for _role, _house, place in known})
        known += [(Role.MINISTRY_OFFICER.value, None, place) for place in beside]
        user.known_standings, user.known_statuses = known, statuses  # type: ignore[attr-defined]
    return known


def belongs_to_the_living(user: "User") -> bool:
    """Whoever belongs only to suspended or closed institutions does not; read with the standings."""
    held = standings(user)
    statuses: dict[int, str] = user.known_statuses if held else {}  # type: ignore[attr-defined]
    return not held or any(house is None or statuses[house] not in ("suspended", "closed") for _r, house, _t in held)


def holds(user: "User", *roles: str) -> bool:
    """Whether the person holds one of these roles anywhere."""
    return any(role in roles for role, _institution, _territory in standings(user))


def houses(user: "User", *roles: str) -> set[int]:
    """Ids of the institutions in which the person holds one of these roles."""
    return {place for role, place, _territory in standings(user) if place and role in (roles or HOUSE_ROLES)}


def active_houses(user: "User | None", *roles: str) -> set[int]:
    """Those of them that are verified: members of a suspended or closed one only read. Read with the standings."""
    own = houses(user, *roles) if user is not None else set()
    statuses: dict[int, str] = user.known_statuses if own else {}  # type: ignore[union-attr]
    return {place for place in own if statuses[place] == "verified"}


def offices(user: "User", *roles: str) -> list[int]:
    """Ids of the territories in which the person holds one of these offices."""
    return [place for role, _house, place in standings(user) if place and role in (roles or OFFICE_ROLES)]


def overseen_by(user: "User", *roles: str) -> Q:
    """Institutions whose inner records the person may read (or over which they hold one of the given roles)."""
    found = NOTHING
    if own := houses(user, *roles):
        found |= Q(pk__in=own)
    if seats := offices(user, *roles):
        found |= Q(territory__in=Territory.objects.filter(lineage__overlap=seats))
    return found


def readable_by(user: "User") -> Q:
    """Institutions the person may know of: listed ones for whoever holds a role, those overseen, own applications."""
    if user is None or not user.is_authenticated or not user.is_active:
        return NOTHING
    applied = Q(registered_by=user.pk, status__in=APPLICATIONS)
    return (Q(status__in=LISTED) | overseen_by(user) | applied) if standings(user) else applied
