"""What a release says: every public value of a period as anybody may read it, with definitions, places and kinds in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.names import all_names
from institutions.territory.models import Term, Territory, TerritoryParent
from quality.catalogue.figures import plain
from quality.catalogue.models import DefinitionVersion, Period
from quality.releases.houses import houses_of
from quality.releases.models import Release, ReleaseCell
from quality.rollups.models import Basis, Rollup, Tally
from quality.values.protection import Cell, hidden_cells
from quality.values.shown import Reading, Value

AT_ONCE = 2_000
BY_KIND = 1  # places down to this depth are published by kind of organisation too


def content_of(release: Release) -> dict[str, Any]:
    """The whole release as plain data, in an order that depends on nothing but itself."""
    period = release.period
    versions = _versions(period)
    rows = list(_rows(period, versions))
    reading = _public_reading(period, versions)
    places = sorted({row.territory.pk: row.territory for row in rows}.values(), key=lambda place: place.code)
    houses, words = houses_of(period, versions)
    kinds = {row.institution_kind.pk: row.institution_kind for row in rows if row.institution_kind}
    return {
        "period": {
            "code": period.code, "kind": period.kind, "pack": period.pack,
            "starts_on": period.starts_on, "ends_on": period.ends_on,
        },
        "version": release.version,
        "reason": release.reason,
        "changes": release.changes,
        "definitions": [definition_of(version) for version in versions],
        "territories": _places(places, period),
        "institution_kinds": [
            {"code": term.code, "names": all_names(term.names)}
            for term in sorted(kinds.values(), key=lambda term: term.code)
        ],
        "values": [_line(row, reading.shown(row)) for row in rows],
        "institutions": houses,
        "words": words,
    }  # fmt: skip


def _versions(period: Period) -> list[DefinitionVersion]:
    """The definitions by which the period was counted."""
    counted = Tally.objects.filter(period=period).values("version")
    found = DefinitionVersion.objects.filter(pk__in=counted).select_related("indicator")
    return sorted(found, key=lambda version: (version.indicator.position, version.indicator.code, version.version))


def _rows(period: Period, versions: Sequence[DefinitionVersion]) -> Iterator[Rollup]:
    """Stored cells: of all kinds together in every place, kind by kind in the larger ones.

    What thousands of them share is read once and put beside each.
    """
    places = Territory.objects.filter(pack=period.pack).in_bulk()
    kinds = Term.objects.filter(vocabulary="participant_kind").in_bulk()
    by_key = {version.pk: version for version in versions}
    found = Rollup.objects.filter(
        Q(institution_kind__isnull=True) | Q(territory__depth__lte=BY_KIND),
        period=period, version__in=by_key, basis=Basis.AS_WAS, territory__pack=period.pack,
    )  # fmt: skip
    order = ("version__indicator__code", "version__version", "territory__code", "institution_kind__code")
    for row in found.order_by(*order).iterator(AT_ONCE):
        row.version, row.territory, row.period = by_key[row.version_id], places[row.territory_id], period
        row.institution_kind = kinds[row.institution_kind_id] if row.institution_kind_id else None
        yield row


def _public_reading(period: Period, versions: Iterable[DefinitionVersion]) -> Reading:
    """Values as nobody in particular reads them; what was hidden in an earlier release of the period stays hidden."""
    reading = Reading(AnonymousUser())
    earlier = hidden_before(period)
    for version in versions:
        if version.person_based:
            already = earlier.get((version.indicator.code, version.version), frozenset())
            reading.hidden[version.pk, period.pk] = hidden_cells(version, period.pk, already)
    return reading


def hidden_before(period: Period) -> dict[tuple[str, int], frozenset[Cell]]:
    """Cells that releases of the period have hidden, by code and version of the indicator."""
    places = dict(Territory.objects.filter(pack=period.pack).values_list("code", "pk"))
    kinds: dict[str, int | None] = dict(Term.objects.filter(vocabulary="participant_kind").values_list("code", "pk"))
    kinds[""] = None
    found: dict[tuple[str, int], set[Cell]] = {}
    cells = ReleaseCell.objects.filter(permalink__release__period=period, state="suppressed").order_by("pk")
    for code, version, place, kind in cells.values_list(
        "indicator", "definition_version", "territory", "institution_kind"
    ):
        if place in places and kind in kinds:
            found.setdefault((code, version), set()).add((places[place], kinds[kind]))
    return {key: frozenset(value) for key, value in found.items()}


def definition_of(version: DefinitionVersion) -> dict[str, Any]:
    """The method of an indicator, in four languages."""
    indicator = version.indicator
    return {
        "code": indicator.code,
        "definition_version": version.version,
        "names": all_names(indicator.names),
        "aspect": indicator.aspect,
        "more_is_better": indicator.more_is_better,
        "source": indicator.source,
        "follows": indicator.follows,
        "numerator": all_names(version.numerator),
        "denominator": all_names(version.denominator) if any(version.denominator.values()) else {},
        "unit": all_names(version.unit) if any(version.unit.values()) else {},
        "method": version.method,
        "across": version.across,
        "levels": list(version.levels),
        "periodicity": list(version.periodicity),
        "institution_kinds": list(version.kinds),
        "factor": version.factor,
        "decimals": version.decimals,
        "person_based": version.person_based,
    }


def _places(places: Iterable[Territory], period: Period) -> list[dict[str, Any]]:
    """Places with the place each lay in at the end of the period."""
    found = list(places)
    links = TerritoryParent.objects.filter(child__in=found, valid__contains=period.ends_on)
    parents: Mapping[int, str] = dict(links.values_list("child_id", "parent__code"))
    return [
        {
            "code": place.code, "level": place.level, "depth": place.depth, "parent": parents.get(place.pk),
            "names": all_names(place.names), "sort_key": place.sort_key,
        }
        for place in found
    ]  # fmt: skip


def _line(row: Rollup, value: Value) -> dict[str, Any]:
    """A value under the names that the API gives its parts."""
    return {
        "indicator": row.version.indicator.code,
        "definition_version": row.version.version,
        "territory": row.territory.code,
        "institution_kind": row.institution_kind.code if row.institution_kind else "",
        "period": row.period.code,
        "basis": row.basis,
        "numerator": plain(value.numerator),
        "denominator": plain(value.denominator),
        "value": plain(value.value),
        "low": plain(value.low),
        "high": plain(value.high),
        "participations": value.participations,
        "state": str(value.state),
        "reporting": value.reporting,
        "expected": value.expected,
        "provisional": value.provisional,
    }
