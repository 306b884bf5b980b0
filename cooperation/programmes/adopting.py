"""Versions of programmes can be taken up by others: "where is version 2 used" is asked of adoptions."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.adoptions.subjects import Adoptable
from cooperation.programmes.models import SETTLED, MemberState, ProgrammeStatus, ProgrammeVersion, VersionState
from institutions.registry.models import Institution
from institutions.registry.scope import standings

CODE = "programme_version"


def seen(user: Any) -> QuerySet[ProgrammeVersion]:
    """Versions that were approved once: whoever holds a role may know them."""
    return ProgrammeVersion.objects.filter(state__in=SETTLED) if standings(user) else ProgrammeVersion.objects.none()


def sourced(houses: Collection[int]) -> QuerySet[ProgrammeVersion]:
    """Versions that one of these institutions wrote: the lead, or a member that stood by the content."""
    wrote = Q(members__institution__in=houses, members__state=MemberState.CONFIRMED)
    return ProgrammeVersion.objects.filter(Q(programme__lead__in=houses) | wrote).distinct()


def title(version: ProgrammeVersion) -> str:
    """The programme and the number of the version."""
    told = {"title": version.programme.title, "number": version.number}
    return _("%(title)s, version %(number)s") % told


def sources(version: ProgrammeVersion) -> list[Institution]:
    """The lead, and the members that stood by the content."""
    members = [each.institution for each in version.members.all() if each.state == MemberState.CONFIRMED]
    return [version.programme.lead, *sorted(members, key=lambda house: house.pk)]


VERSIONS = Adoptable(
    code=CODE,
    label=gettext_lazy("Joint programme"),
    rows=ProgrammeVersion.objects.select_related("programme__lead").prefetch_related("members__institution"),
    seen=seen,
    sourced=sourced,
    title=title,
    page=lambda version: f"{reverse('programme-detail', args=[version.programme.public_id])}#version-{version.number}",
    sources=sources,
    is_open=lambda version: (
        version.state == VersionState.APPROVED and version.programme.status != ProgrammeStatus.RETIRED
    ),
)
