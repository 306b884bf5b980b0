"""Values of an indicator as a file, filtered like the list of the API and run with the rights of the moment."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from institutions.registry.models import Institution
from institutions.registry.scope import standings
from quality.catalogue.models import Indicator
from quality.rollups.bases import Asked
from quality.rollups.models import Rollup
from quality.values import asking
from quality.values.cells import cells_asked, in_order, lines_asked
from quality.values.changes import change_json, changes_asked
from quality.values.shown import Reading
from quality.values.single import values_of_institution
from quality.values.writing import exact, heads, line_of, notes

RELATED = ("version__indicator", "territory", "period", "institution_kind")
CHANGED = {
    "value": gettext_lazy("Value"), "before": gettext_lazy("Before"), "change": gettext_lazy("In all"),
    "real": gettext_lazy("Real"), "rate": gettext_lazy("Rate"), "mix": gettext_lazy("Mix"),
    "coverage": gettext_lazy("Coverage"), "boundary": gettext_lazy("By boundaries alone"),
}  # fmt: skip
NUMBERS = ("numerator", "denominator", "low", "high")


def table_of_cells(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The values asked for, newest period first. Raises PermissionDenied for who sees neither figures nor the house."""
    indicator = Indicator.objects.visible_to(user).filter(code=params["indicator"]).first()
    if indicator is None or not standings(user):
        raise PermissionDenied("values")
    asked, where = asking.basis(params, on), params.get("territory") or ""
    if public_id := params.get("institution"):
        return _of_institution(user, indicator, public_id, params.get("period") or "", asked)
    if asked.day:
        found = in_order(lines_asked(indicator, params, asked, Reading(user)))
        return _table(indicator, where, heads(), (line_of(row, value) for row, value in found), len(found))
    seen = Rollup.objects.visible_to(user).select_related(*RELATED)
    ordered = cells_asked(seen, indicator, params).order_by("-period__starts_on", "territory__code", "pk")
    rows = lines_of(ordered.iterator(chunk_size=2_000), user)
    return _table(indicator, where, heads(), rows, ordered.count())


def lines_of(cells: Iterable[Rollup], user: Any) -> Iterable[list[Any]]:
    """Stored cells as lines of a file, as this reader may see them."""
    reading = Reading(user)
    for row in cells:
        yield line_of(row, reading.shown(row))


def _of_institution(user: Any, indicator: Indicator, public_id: str, period: str, asked: Asked) -> Table:
    house = Institution.objects.visible_to(user).filter(public_id=public_id).first()
    if house is None:
        raise PermissionDenied("values")
    head = heads()
    head[2:4] = [Head(_("Code")), Head(_("Organisation"))]
    found = values_of_institution(indicator, house, user, period, asked)
    rows = [_house_line(indicator, house, each) for each in found]
    return _table(indicator, public_id, head, rows, len(rows))


def _house_line(indicator: Indicator, house: Institution, told: dict[str, Any]) -> list[Any]:
    """A value of an institution as cells under the same heads."""
    said = {name: exact(Decimal(told[name])) if told[name] is not None else None for name in ("value", *NUMBERS)}
    return [
        indicator.code, name_now(indicator.names), house.public_id, name_now(house.names), told["period"], "",
        said["value"], told["state"], *[said[name] for name in NUMBERS], told["reporting"], told["expected"], None,
        _("provisional") if told["provisional"] else "", told["definition_version"], told["basis"], told["as_of"],
        "" if told["comparable"] else _("not comparable"),
    ]  # fmt: skip


def _table(indicator: Indicator, where: str, head: list[Head], rows: Iterable[list[Any]], count: int) -> Table:
    stem = "_".join(part for part in ("values", indicator.code, where) if part)
    return Table(name_now(indicator.names), stem, head, rows, count, notes(None, None, None))


def table_of_changes(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """What changed, place by place, as the list of the API says it. Raises PermissionDenied."""
    indicator = Indicator.objects.visible_to(user).filter(code=params["indicator"]).first()
    if indicator is None or not standings(user):
        raise PermissionDenied("changes")
    seen = Rollup.objects.visible_to(user).select_related(*RELATED)
    found = changes_asked(indicator, params, seen, Reading(user))
    said = [change_json(row) for row in sorted(found, key=lambda row: (row.territory.code, row.pk))]
    texts, numbers = ("indicator", "territory", "institution_kind", "period", "since"), tuple(CHANGED)
    rows = [
        [*(each[name] or "" for name in texts), *(exact(Decimal(each[n])) if each[n] is not None else None for n in numbers),
         "" if each["comparable"] else _("not comparable")]
        for each in said
    ]  # fmt: skip
    heads = [
        Head(_("Indicator")), Head(_("Territory code")), Head(_("Kind of organisation")), Head(_("Period")), Head(_("Since")),
        *(Head(label, "number") for label in CHANGED.values()), Head(_("Comparable")),
    ]  # fmt: skip
    return Table(
        name_now(indicator.names), f"changes_{indicator.code}", heads, rows, len(rows), notes(None, None, None)
    )


VALUES = Exporter(code="values", label=gettext_lazy("Figures"), table=table_of_cells)
CHANGES = Exporter(code="changes", label=gettext_lazy("What moved"), table=table_of_changes)
