"""What the form of a practice offers: forms of cooperation, and joint work the practice may have come from."""

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, OuterRef

from cooperation.activities.models import Activity, ActivityStatus, Participation
from cooperation.practices.models import Practice
from institutions.territory.models import Term

LATEST = 50


def forms_of_cooperation() -> dict[str, Term]:
    """Those in use, by code."""
    rows = Term.objects.filter(vocabulary="cooperation_form", valid__endswith__isnull=True)
    return {term.code: term for term in rows.order_by("position", "pk")}


def activities_for(user: Any, institutions: Collection[int], practice: Practice | None) -> dict[str, Activity]:
    """The latest confirmed ones of these institutions, and the one that was chosen once."""
    named = Participation.objects.filter(activity=OuterRef("pk"), institution__in=institutions)
    seen: Any = Activity.objects.visible_to(user).filter(Exists(named), status=ActivityStatus.CONFIRMED)
    found = list(seen.select_related("type").order_by("-starts_on", "-pk")[:LATEST])
    if practice is not None and practice.activity is not None:
        found.append(practice.activity)
    return {each.public_id: each for each in found}
