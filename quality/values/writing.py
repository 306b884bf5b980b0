"""Figures as tables that leave the house: exactly what is shown, values beside their states."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts import wording
from accounts.names import name_now
from exchange.tables import Head, Table
from institutions.territory.models import TerritoryParent
from quality.catalogue.figures import plain
from quality.rollups.bases import AS_WAS, Asked, Lying
from quality.rollups.models import Basis, Rollup, Tally
from quality.values.rows import Behind
from quality.values.shown import Line, OnBasis, Reading, Value


def heads() -> list[Head]:
    """Columns of every table of values."""
    return [
        Head(_("Indicator")),
        Head(_("Name")),
        Head(_("Territory code")),
        Head(_("Territory")),
        Head(_("Period")),
        Head(_("Kind of organisation")),
        Head(_("Value"), "number"),
        Head(_("State")),
        Head(_("Numerator"), "number"),
        Head(_("Denominator"), "number"),
        Head(_("From"), "number"),
        Head(_("To"), "number"),
        Head(_("Reporting"), "number"),
        Head(_("Expected"), "number"),
        Head(_("Target"), "number"),
        Head(_("Provisional")),
        Head(_("Definition version"), "number"),
        Head(_("Basis")),
        Head(_("As of"), "date"),
        Head(_("Comparable")),
    ]


def line_of(row: Rollup | Lying, value: Value) -> list[Any]:
    """One value by its own basis as cells."""
    asked = Asked(row.basis, row.as_of) if isinstance(row, Lying) else AS_WAS
    return line(row.version, row.territory, row.period, row.institution_kind, value, asked=asked)


def line(
    version: Any, place: Any, period: Any, kind: Any, value: Value, *, target: Any = None, asked: Asked = AS_WAS
) -> list[Any]:
    """One value as cells; a value that is none leaves its cells empty and says its state."""
    return [
        version.indicator.code,
        name_now(version.indicator.names),
        place.code,
        name_now(place.names),
        period.code,
        kind.code if kind else "",
        *[exact(n) for n in (value.value,)],
        value.state,
        *[exact(n) for n in (value.numerator, value.denominator, value.low, value.high)],
        value.reporting,
        value.expected,
        exact(target),
        _("provisional") if value.provisional else "",
        version.version,
        str(asked.basis),
        asked.day,
        "" if value.divisible else _("not comparable"),
    ]


def exact(number: Any) -> Any:
    """A number without idle noughts, so that a spreadsheet reads what the page says."""
    return None if number is None else type(number)(plain(number))


def notes(period: Any, kind: Any, moment: Any) -> list[tuple[Any, Any]]:
    """Filters and date, for the sheet about the file."""
    return [
        (_("Period"), wording.period_name(period) if period else ""),
        (_("Kind of organisation"), name_now(kind.names) if kind else _("All")),
        (_("Last updated"), wording.moment(moment)),
    ]


def table_of_values(behind: Behind, user: Any) -> Table:
    """All periods of an indicator at a place and right below it."""
    places = [behind.territory.pk] if behind.territory else []
    day = behind.asked.day or behind.day
    below = TerritoryParent.objects.filter(parent__in=places, valid__contains=day).values_list("child", flat=True)
    rows, count = _values(behind, [*places, *below], Reading(user))
    stem = f"{behind.version.indicator.code}_{behind.territory.code if behind.territory else ''}".strip("_")
    name = name_now(behind.version.indicator.names)
    return Table(title=name, stem=stem, heads=heads(), rows=rows, count=count, notes=notes(None, behind.kind, None))


def _values(behind: Behind, places: list[int], reading: Reading) -> tuple[Iterable[list[Any]], int]:
    """Lines by the hierarchy asked for, newest period first, and how many there are."""
    indicator = behind.version.indicator
    if behind.asked.day:
        counts = list(Tally.objects.filter(version__indicator=indicator, period__pack=behind.period.pack).select_related(
            "version__indicator", "period"
        ).order_by("pk"))  # fmt: skip
        shown = OnBasis(reading, behind.asked, counts, places)
        found = [line for tally in counts for line in shown.lines(tally) if line[0].territory.pk in places]
        kept = sorted((line for line in found if line[0].institution_kind == behind.kind), key=_newest)
        return (line_of(row, value) for row, value in kept), len(kept)
    cells = Rollup.objects.filter(
        version__indicator=indicator, territory__in=places, institution_kind=behind.kind, basis=Basis.AS_WAS
    ).select_related("version__indicator", "territory", "period", "institution_kind")
    ordered = cells.order_by("-period__starts_on", "territory__depth", "territory__code", "pk")
    return (line_of(row, reading.shown(row)) for row in ordered), ordered.count()


def _newest(line: Line) -> tuple[Any, ...]:
    row = line[0]
    return -row.period.starts_on.toordinal(), row.territory.depth, row.territory.code, row.pk
