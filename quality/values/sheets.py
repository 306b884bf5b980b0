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
from quality.rollups.models import Rollup
from quality.values.cells import cells_asked
from quality.values.shown import Reading
from quality.values.single import values_of_institution
from quality.values.writing import exact, heads, line, notes

RELATED = ("version__indicator", "territory", "period", "institution_kind")
NUMBERS = ("numerator", "denominator", "low", "high")


def table_of_cells(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The values asked for, newest period first. Raises PermissionDenied for who sees neither figures nor the house."""
    indicator = Indicator.objects.visible_to(user).filter(code=params["indicator"]).first()
    if indicator is None or not standings(user):
        raise PermissionDenied("values")
    if public_id := params.get("institution"):
        return _of_institution(user, indicator, public_id, params.get("period") or "")
    seen = Rollup.objects.visible_to(user).select_related(*RELATED)
    ordered = cells_asked(seen, indicator, params).order_by("-period__starts_on", "territory__code", "pk")
    return _table(indicator, params.get("territory") or "", heads(), _lines(ordered, user), ordered.count())


def _lines(cells: Any, user: Any) -> Iterable[list[Any]]:
    reading = Reading(user)
    for row in cells.iterator(chunk_size=2_000):
        yield line(row.version, row.territory, row.period, row.institution_kind, reading.shown(row))


def _of_institution(user: Any, indicator: Indicator, public_id: str, period: str) -> Table:
    house = Institution.objects.visible_to(user).filter(public_id=public_id).first()
    if house is None:
        raise PermissionDenied("values")
    head = heads()
    head[2:4] = [Head(_("Code")), Head(_("Organisation"))]
    found = values_of_institution(indicator, house, user, period)
    rows = [_house_line(indicator, house, each) for each in found]
    return _table(indicator, public_id, head, rows, len(rows))


def _house_line(indicator: Indicator, house: Institution, told: dict[str, Any]) -> list[Any]:
    """A value of an institution as cells under the same heads."""
    said = {name: exact(Decimal(told[name])) if told[name] is not None else None for name in ("value", *NUMBERS)}
    return [
        indicator.code, name_now(indicator.names), house.public_id, name_now(house.names), told["period"], "",
        said["value"], told["state"], *[said[name] for name in NUMBERS], told["reporting"], told["expected"], None,
        _("provisional") if told["provisional"] else "", told["definition_version"],
    ]  # fmt: skip


def _table(indicator: Indicator, where: str, head: list[Head], rows: Iterable[list[Any]], count: int) -> Table:
    stem = "_".join(part for part in ("values", indicator.code, where) if part)
    return Table(name_now(indicator.names), stem, head, rows, count, notes(None, None, None))


VALUES = Exporter(code="values", label=gettext_lazy("Figures"), table=table_of_cells)
