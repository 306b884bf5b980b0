"""Models of this app's things, for Django."""

from institutions.clusters.models import Cluster, ClusterMember
from institutions.headcounts.models import Category, Headcount
from institutions.matching.models import NamePick
from institutions.people.models import Membership, MembershipStatus, Person, Position
from institutions.registry.models import (
    ExternalId,
    Institution,
    InstitutionKind,
    InstitutionName,
    InstitutionPlace,
    InstitutionStatus,
    OpenSpell,
    Ownership,
    Succession,
    SuccessionKind,
    Unit,
)
from institutions.territory.models import SearchWord, Term, Territory, TerritoryParent

__all__ = [
    "Category",
    "Cluster",
    "ClusterMember",
    "ExternalId",
    "Headcount",
    "Institution",
    "InstitutionKind",
    "InstitutionName",
    "InstitutionPlace",
    "InstitutionStatus",
    "Membership",
    "MembershipStatus",
    "NamePick",
    "OpenSpell",
    "Ownership",
    "Person",
    "Position",
    "SearchWord",
    "Succession",
    "SuccessionKind",
    "Term",
    "Territory",
    "TerritoryParent",
    "Unit",
]
