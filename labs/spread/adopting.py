"""A proven practice as something that other institutions may say they use too; open only while it spreads."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cooperation.adoptions.subjects import Adoptable
from institutions.registry.models import Institution
from institutions.registry.scope import standings
from labs.pilots.models import PilotProject, PilotStatus

CODE = "pilot"
SPREAD = (PilotStatus.DISSEMINATING, PilotStatus.DISSEMINATED)


def seen(user: Any) -> QuerySet[PilotProject]:
    """What succeeded and spreads: whoever holds a role may know it."""
    return PilotProject.objects.filter(status__in=SPREAD) if standings(user) else PilotProject.objects.none()


def sourced(houses: Collection[int]) -> QuerySet[PilotProject]:
    """Projects that one of these institutions hosted, or whose group it was in."""
    mine = Q(laboratory__host__in=houses) | Q(members__institution__in=houses)
    return PilotProject.objects.filter(mine, status__in=SPREAD).distinct()


def sources(project: PilotProject) -> list[Institution]:
    """The host first, then the institutions of the group."""
    group = {each.institution_id: each.institution for each in project.members.all()}
    host = project.laboratory.host
    return [host, *(group[pk] for pk in sorted(group) if pk != host.pk)]


SUBJECT = Adoptable(
    code=CODE,
    label=_("Proven practice of a laboratory"),
    rows=PilotProject.objects.select_related("laboratory__host").prefetch_related("members__institution"),
    seen=seen,
    sourced=sourced,
    title=lambda project: str(project.title),
    page=lambda project: reverse("pilot-detail", args=[project.public_id]),
    sources=sources,
    is_open=lambda project: project.status in SPREAD,
)
