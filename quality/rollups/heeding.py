"""The consumer `recount`: which counts an Event touches."""

import datetime
from collections.abc import Iterable

from django.db.models import DateField, Model, QuerySet, Value
from django.db.models.functions import Coalesce, Lower

from institutions.registry.models import Institution, InstitutionKind, InstitutionPlace, OpenSpell
from institutions.territory.models import Territory, TerritoryParent
from lifecycle.models import Event
from quality.catalogue.declared import ENTRIES
from quality.rollups.engine import mark_from


def heed(events: list[Event]) -> None:
    """Mark what these events may have changed; runs in the transaction that moves the cursor."""
    at = max(event.happened_at for event in events)
    named: dict[str, set[str]] = {}
    for event in events:
        named.setdefault(event.subject_type, set()).add(event.subject_id)
    for subject_type, keys in named.items():
        for entry in ENTRIES.values():
            if (first_day := entry.heeds.get(subject_type)) and (day := first_day(sorted(keys))):
                mark_from(day, at, [entry.code])
    places = [institutions_from(named.get("institution", ())), territories_from(named.get("territory", ()))]
    if days := [day for day in places if day]:
        mark_from(min(days), at)


def institutions_from(keys: Iterable[str]) -> datetime.date | None:
    """The first day on which one of these institutions stood anywhere; those never verified are not counted."""
    houses = Institution.objects.filter(public_id__in=list(keys), verified_at__isnull=False)
    days = [
        _first(model.objects.filter(institution__in=houses)) for model in (OpenSpell, InstitutionPlace, InstitutionKind)
    ]
    return min((day for day in days if day), default=None)


def territories_from(keys: Iterable[str]) -> datetime.date | None:
    """The first day on which one of these places lay under another."""
    places = Territory.objects.filter(code__in=list(keys))
    return _first(TerritoryParent.objects.filter(child__in=places)) if places else None


def _first(rows: QuerySet[Model]) -> datetime.date | None:
    """The first of their days; a row that begins at no day stands since ever."""
    since_ever = Coalesce(Lower("valid"), Value(datetime.date.min), output_field=DateField())
    return rows.annotate(first=since_ever).order_by("first").values_list("first", flat=True).first()
