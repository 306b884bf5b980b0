"""The rows behind a number: exactly those that were counted, placed as the count placed them.

`Behind` names the cell; its subjects are found by the same entry that counted it. Rows a reader may not see are only
counted.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse

from accounts.names import name_now
from institutions.registry.models import Institution, InstitutionKind, InstitutionPlace, OpenSpell
from institutions.territory.models import Term, Territory, descendant_ids
from quality.catalogue.declared import ENTRIES, Base, Entry, Line, Span
from quality.catalogue.kinds import kinds_of, vocabulary
from quality.catalogue.models import DefinitionVersion, Period
from quality.observations.models import Observation
from quality.rollups.shared import eras

NUMERATOR, DENOMINATOR, REST = "numerator", "denominator", "rest"  # the rest: of a share, those not in the numerator


@dataclass(frozen=True)
class Behind:
    """One cell (or the value of one institution) of which the rows are asked for."""

    version: DefinitionVersion
    period: Period
    day: datetime.date
    territory: Territory | None = None
    institution: Institution | None = None
    kind: Term | None = None
    part: str = NUMERATOR
    places: tuple[int, ...] | None = None  # ids of the territory and of what lies below it, where the caller knows them
    kinds: tuple[int, ...] | None = None  # likewise ids of the kinds that count


@dataclass(frozen=True)
class Row:
    """A row as page, API and export show it; `figure` is what it adds, where that is not one."""

    subject_type: str
    subject_id: str
    title: str
    institution: str = ""
    url: str = ""
    figure: Any = None
    place: str = ""


def _stood(model: type, column: str, day: Any, house: str = "pk") -> Any:
    """Where an institution stood on a day, as the count takes it: on the day, else last before, else first after."""
    own = model.objects.filter(institution=OuterRef(house))  # type: ignore[attr-defined]
    before = own.filter(valid__startswith__lte=day).order_by("-valid__startswith", "pk")
    after = own.order_by("valid__startswith", "pk")
    return Coalesce(*[Subquery(rows.values(column)[:1]) for rows in (own.filter(valid__contains=day), before, after)])


def houses(behind: Behind, active: bool, any_kind: bool = False) -> QuerySet[Institution]:
    """Verified institutions of the cell's place and kind; `active`: only those open on the day."""
    found = Institution.objects.filter(verified_at__isnull=False)
    if active:
        inside = OpenSpell.objects.filter(institution=OuterRef("pk"), valid__contains=behind.day)
        found = found.filter(Exists(inside))
    if behind.institution:
        found = found.filter(pk=behind.institution.pk)
    if behind.territory:
        places = behind.places or descendant_ids(behind.territory.pk, behind.day)
        found = found.annotate(stood_in=_stood(InstitutionPlace, "territory", behind.day)).filter(stood_in__in=places)
    wanted = _kinds(behind, any_kind)
    if wanted is None:
        return found
    return found.annotate(was_kind=_stood(InstitutionKind, "kind", behind.day)).filter(was_kind__in=wanted)


def _kinds(behind: Behind, any_kind: bool) -> Sequence[int] | None:
    """Ids of the kinds that count; None where every kind does."""
    if any_kind:
        return [behind.kind.pk] if behind.kind else None
    wanted = behind.kinds if behind.kinds is not None else kinds_of(behind.version, *vocabulary())
    return [pk for pk in wanted if behind.kind is None or pk == behind.kind.pk]


def subjects(behind: Behind) -> QuerySet[Any]:
    """The rows of a cell, whoever asks: things of the entry's subject, or observations."""
    entry = ENTRIES.get(behind.version.indicator.code)
    if entry is None:
        return _figures(behind)
    span = Span(behind.period.starts_on, behind.period.ends_on, behind.day)
    if entry.base and behind.part == DENOMINATOR:
        return entry.base.rows(span).filter(house__in=houses(behind, active=True).values("pk")).values("subject")
    rows = entry.contributions(span)
    if entry.shared:
        rows = _lying(rows if entry.base is None else rows.exclude(house__in=lacking(behind)), behind, span)
    else:
        rows = rows.filter(house__in=houses(behind, entry.of_reference, not entry.of_reference).values("pk"))
    if (entry.of_reference or entry.shared) and behind.part != DENOMINATOR:
        rows = rows.filter(numerator__gt=0) if behind.part == NUMERATOR else rows.filter(numerator=0)
    return rows.values("subject")


def lacking(behind: Behind) -> QuerySet[Any]:
    """Institutions of the reference set, wherever they lie, that have nothing to divide by: they add to neither sum."""
    base = ENTRIES[behind.version.indicator.code].base
    assert base is not None  # noqa: S101
    anywhere = replace(behind, territory=None, institution=None, kind=None, places=None)
    span = Span(behind.period.starts_on, behind.period.ends_on, behind.day)
    return houses(anywhere, active=True).exclude(pk__in=base.rows(span).values("house")).values("pk")


def side_of(behind: Behind) -> Entry | Base | None:
    """What says the rows of this part: the entry, what it is divided by, or none where figures are entered."""
    entry = ENTRIES.get(behind.version.indicator.code)
    return entry.base if entry and entry.base and behind.part == DENOMINATOR else entry


def _lying(rows: QuerySet[Any, Any], behind: Behind, span: Span) -> QuerySet[Any, Any]:
    """Of shared rows those that lay in the cell, each on its own day."""
    rows = rows.filter(house__in=Institution.objects.filter(verified_at__isnull=False).values("pk"))
    if behind.institution:
        rows = rows.filter(house=behind.institution.pk)
    if behind.kind:
        kind = _stood(InstitutionKind, "kind", OuterRef("day"), "house")
        rows = rows.annotate(was_kind=kind).filter(was_kind=behind.kind.pk)
    if behind.territory:
        rows = rows.annotate(stood_in=_stood(InstitutionPlace, "territory", OuterRef("day"), "house"))
        rows = rows.filter(_inside(behind.territory, span))
    return rows


def _inside(territory: Territory, span: Span) -> Q:
    """Below the place by the state of the tree on the row's day; before and after the period that of its edges."""
    edges = eras(span, territory.pack)
    found = Q()
    for at, first in enumerate(edges):
        inside = Q(stood_in__in=descendant_ids(territory.pk, first))
        inside &= Q(day__gte=first) if at else Q()
        found |= inside & (Q(day__lt=edges[at + 1]) if at + 1 < len(edges) else Q())
    return found


def _figures(behind: Behind) -> QuerySet[Any]:
    found = Observation.objects.filter(version=behind.version, period=behind.period, state="value")
    if behind.part == REST:
        found = found.filter(denominator__gt=F("numerator"))
    inside = Q(institution__in=houses(behind, active=False, any_kind=True).values("pk"))
    if not (behind.kind or behind.institution or not behind.territory):
        inside |= Q(pk__in=_totals(found, behind))
    return found.filter(inside).values(subject=F("pk"))


def _totals(found: QuerySet[Observation], behind: Behind) -> list[int]:
    """Published totals that were counted: inside the place, with nothing known below them."""
    if behind.territory is None:
        return []
    inside = behind.places or descendant_ids(behind.territory.pk, behind.day)
    totals = dict(found.filter(territory__in=inside).values_list("territory_id", "pk"))
    kept = []
    for place, key in sorted(totals.items()):
        below = descendant_ids(place, behind.day)
        if not (set(below) - {place}) & set(totals) and not _known(found, behind, below):
            kept.append(key)
    return kept


def _known(found: QuerySet[Observation], behind: Behind, places: list[int]) -> bool:
    stood = Institution.objects.annotate(stood_in=_stood(InstitutionPlace, "territory", behind.day))
    return found.filter(institution__in=stood.filter(stood_in__in=places).values("pk")).exists()


def visible(behind: Behind, user: Any) -> QuerySet[Any]:
    """Those of the rows that this person may see, in the order of the list."""
    side = side_of(behind)
    rows = side.visible(user) if side else _figures_for(user)
    return rows.filter(pk__in=subjects(behind)).order_by(*ordering(behind))


def _figures_for(user: Any) -> QuerySet[Any]:
    return Observation.objects.visible_to(user).select_related("institution__territory", "territory")


def ordering(behind: Behind) -> tuple[str, ...]:
    """Columns by which the list is ordered, ending in the primary key."""
    side = side_of(behind)
    return side.ordering if side else ("-numerator", "-pk")


def total(behind: Behind) -> int:
    """How many rows there are, seen or not."""
    return subjects(behind).order_by().distinct().count()


def present(behind: Behind, found: list[Any]) -> list[Row]:
    """Rows in words."""
    side = side_of(behind)
    if side is None:
        return [_figure_row(row, behind.part) for row in found]
    return [_row(side.line(subject), side.subject_type, side.page) for subject in found]


def _row(line: Line, subject_type: str, page: str) -> Row:
    house = line.house.public_id if line.house else ""
    place = name_now(line.house.territory.names) if line.house else ""
    return Row(subject_type, line.subject_id, line.title, house, address(page, line.page_id), line.figure, place)


def _figure_row(row: Observation, part: str) -> Row:
    figure = row.numerator if part == NUMERATOR else row.denominator
    if part == REST and row.numerator is not None and row.denominator is not None:
        figure = row.denominator - row.numerator
    if row.institution:
        page = address("institution-detail", row.institution.public_id)
        place = name_now(row.institution.territory.names)
        return Row(
            "observation", str(row.pk), name_now(row.institution.names), row.institution.public_id, page, figure, place
        )
    name = name_now(row.territory.names) if row.territory else ""
    return Row("observation", str(row.pk), name, figure=figure)


def address(page: str, key: str) -> str:
    """The page of a subject; empty where the site has none."""
    try:
        return reverse(page, args=[key])
    except NoReverseMatch:
        return ""
