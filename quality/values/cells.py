"""Stored values as they are asked for by place, level, kind and period: the same cells for the API and its files."""

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from institutions.territory.models import Term, Territory
from quality.catalogue.models import Indicator, Period
from quality.rollups.models import Rollup
from quality.values.asking import UnknownChoice

DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def cells_asked(rows: QuerySet[Rollup], indicator: Indicator, params: Mapping[str, str]) -> QuerySet[Rollup]:
    """Cells of an indicator; without a kind of institution those of all kinds together. Raises UnknownChoice."""
    found = rows.filter(version__indicator=indicator, basis="as_was")
    if code := params.get("territory"):
        found = found.filter(territory=known(Territory, "territory", code=code))
    kind = None
    if code := params.get("institution_kind"):
        kind = known(Term, "institution_kind", vocabulary="participant_kind", code=code)
    found = found.filter(institution_kind=kind)
    if level := params.get("level"):
        found = found.filter(territory__level=level)
    return within(found, params)


def within(found: QuerySet[Rollup], params: Mapping[str, str]) -> QuerySet[Rollup]:
    """The periods asked for; `from` and `to` are codes of periods or days. Raises UnknownChoice."""
    if code := params.get("period"):
        known(Period, "period", code=code)
        found = found.filter(period__code=code)
    if text := params.get("from"):
        found = found.filter(period__starts_on__gte=edge("from", text, "starts_on"))
    if text := params.get("to"):
        found = found.filter(period__ends_on__lte=edge("to", text, "ends_on"))
    return found


def edge(name: str, text: str, column: str) -> Any:
    return text if DAY.match(text) else getattr(known(Period, name, code=text), column)


def known(model: Any, name: str, **lookup: Any) -> Any:
    """The object a parameter names. Raises UnknownChoice."""
    found = model.objects.filter(**lookup).order_by("pk").first()
    if found is None:
        raise UnknownChoice(name)
    return found
