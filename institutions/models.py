"""Models of this app's things, for Django."""

from institutions.people.models import Membership, MembershipStatus, Person, Position
from institutions.registry.models import (
    ExternalId,
    Institution,
    InstitutionKind,
    InstitutionPlace,
    InstitutionStatus,
    OpenSpell,
    Ownership,
    Succession,
    SuccessionKind,
    Unit,
)
from institutions.territory.models import Term, Territory, TerritoryParent

__all__ = [
    "ExternalId",
    "Institution",
    "InstitutionKind",
    "InstitutionPlace",
    "InstitutionStatus",
    "Membership",
    "MembershipStatus",
    "OpenSpell",
    "Ownership",
    "Person",
    "Position",
    "Succession",
    "SuccessionKind",
    "Term",
    "Territory",
    "TerritoryParent",
    "Unit",
]
