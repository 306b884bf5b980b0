"""Figures as tables that leave the house: exactly what is shown, values beside their states."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts import wording
from accounts.names import name_now
from exchange.tables import Head, Table
from institutions.territory.models import TerritoryParent
from quality.catalogue.figures import plain
from quality.rollups.models import Rollup
from quality.values.rows import Behind
from quality.values.shown import Reading, Value


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
    ]


def line(version: Any, place: Any, period: Any, kind: Any, value: Value, *, target: Any = None) -> list[Any]:
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
    below = TerritoryParent.objects.filter(parent__in=places, valid__contains=behind.day).values_list(
        "child", flat=True
    )
    cells = Rollup.objects.filter(
        version__indicator=behind.version.indicator,
        territory__in=[*places, *below],
        institution_kind=behind.kind,
        basis="as_was",
    ).select_related("version__indicator", "territory", "period", "institution_kind")
    ordered = cells.order_by("-period__starts_on", "territory__depth", "territory__code", "pk")
    stem = f"{behind.version.indicator.code}_{behind.territory.code if behind.territory else ''}".strip("_")
    return Table(
        title=name_now(behind.version.indicator.names),
        stem=stem,
        heads=heads(),
        rows=_lines(ordered, user),
        count=ordered.count(),
        notes=notes(None, behind.kind, None),
    )


def _lines(cells: Iterable[Rollup], user: Any) -> Iterable[list[Any]]:
    reading = Reading(user)
    for row in cells:
        yield line(row.version, row.territory, row.period, row.institution_kind, reading.shown(row))
