"""Disagreements as a file: the list of the page and the API, with the rights of the moment."""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from quality.catalogue.figures import plain
from quality.discrepancies.filters import chosen
from quality.discrepancies.models import Discrepancy, Kind, Part

RELATED = ("version__indicator", "period", "territory", "institution")


def discrepancies_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, the largest disagreement first."""
    rows = chosen(Discrepancy.objects.visible_to(user), params)
    heads = [
        Head(_("Indicator")), Head(_("Name")), Head(_("Period")), Head(_("Code")), Head(_("Place")),
        Head(_("Held against")), Head(_("Figure")), Head(_("Published"), "number"), Head(_("From its parts"), "number"),
        Head(_("Difference"), "number"), Head(_("Parts"), "number"),
    ]  # fmt: skip
    return Table(_("Figures that disagree"), "discrepancies", heads, _lines(rows), rows.count())


def _lines(rows: Any) -> Iterator[list[Any]]:
    for row in rows.select_related(*RELATED).order_by("-size", "-pk").iterator(chunk_size=2_000):
        place = row.territory or row.institution
        yield [
            row.version.indicator.code, name_now(row.version.indicator.names), row.period.code,
            row.territory.code if row.territory else row.institution.public_id, name_now(place.names),
            str(Kind(row.kind).label), str(Part(row.part).label),
            *[Decimal(str(plain(number))) for number in (row.said, row.found, row.difference)], row.parts,
        ]  # fmt: skip


FILE = Exporter(code="discrepancies", label=gettext_lazy("Figures that disagree"), table=discrepancies_table)
