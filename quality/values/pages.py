"""What the pages of indicators say: the catalogue, one indicator over time and places, the rows behind a number."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import wording
from accounts.names import name_now
from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Indicator, Method, Period, Source
from quality.charts import charts
from quality.discrepancies.saying import link_of
from quality.observations.models import ValueState
from quality.rollups.models import Basis, Tally
from quality.values import saying
from quality.values.rows import DENOMINATOR, NUMERATOR, REST, Behind, Row, present, total, visible
from quality.values.series import Shown
from quality.values.shown import MISSING, Reading, Value
from quality.values.windows import over, pooled

SHOWN = 50


def part_words(part: str, version: DefinitionVersion) -> str:
    """What a list of rows holds."""
    if part == REST:
        return _("Counted in the denominator only")
    names = version.numerator if part == NUMERATOR else version.denominator
    return name_now(names)


def rows_page(behind: Behind, user: Any, page: int, size: int) -> dict[str, Any]:
    """One page of the rows behind a number; what is hidden from everybody opens nothing."""
    place = behind.territory or behind.institution
    value = cell_value(behind, user)
    shown = value.state != "suppressed"
    found = visible(behind, user)
    seen = found.count() if shown else 0
    whole = total(behind) if shown else 0
    rows = present(behind, list(found[(page - 1) * size : page * size])) if shown else []
    name = name_now(behind.version.indicator.names)
    return {
        "title": name,
        "lede": part_words(behind.part, behind.version),
        "behind": behind,
        "seen": seen,
        "hidden": whole - seen,
        "whole": whole,
        "crumbs": _rows_crumbs(behind, name),
        "parts": _parts(behind),
        "period": wording.period_name(behind.period),
        "place": name_now(place.names) if place else "",
        "suppressed": not shown,
        "kind": name_now(behind.kind.names) if behind.kind else "",
        "table": _rows_table(rows, part_words(behind.part, behind.version)),
        "previous": _rows_query(behind, page=page - 1) if page > 1 else "",
        "next": _rows_query(behind, page=page + 1) if page * size < seen else "",
        "range": _("%(first)s–%(last)s of %(all)s")
        % {
            "first": wording.number((page - 1) * size + 1),
            "last": wording.number((page - 1) * size + len(rows)),
            "all": wording.number(seen),
        },
    }


def cell_value(behind: Behind, user: Any) -> Value:
    """The value of a cell as this reader may see it."""
    return Shown(behind, Reading(user)).of_period if behind.territory else MISSING


def _rows_query(behind: Behind, **changes: Any) -> str:
    asked = {
        "territory": behind.territory.code if behind.territory else "",
        "institution": behind.institution.public_id if behind.institution else "",
        "institution_kind": behind.kind.code if behind.kind else "",
        "period": behind.period.code,
        "part": behind.part,
        "basis": str(behind.asked.basis) if behind.asked.day else "",
        "as_of": behind.asked.day.isoformat() if behind.asked.basis == Basis.AS_OF and behind.asked.day else "",
        **changes,
    }
    return f"?{urlencode({name: value for name, value in asked.items() if value})}"


def _rows_crumbs(behind: Behind, name: str) -> list[dict[str, str]]:
    crumbs = [{"text": _("Indicators"), "url": reverse("indicator-list")}]
    if behind.territory:
        text = name_now(behind.territory.names)
        crumbs.append({"text": text, "url": reverse("territory-dashboard", args=[behind.territory.code])})
    crumbs.append({"text": name, "url": reverse("indicator-detail", args=[behind.version.indicator.code])})
    return [*crumbs, {"text": _("Rows")}]


def _parts(behind: Behind) -> list[dict[str, Any]]:
    """The two lists of a ratio, and of a share what is left over."""
    method = behind.version.method
    offered = [NUMERATOR, DENOMINATOR] if method in (Method.SHARE, Method.RATIO) else []
    if method == Method.SHARE:
        offered.append(REST)
    words = {NUMERATOR: _("Numerator"), DENOMINATOR: _("Denominator"), REST: _("The rest")}
    return [
        {"text": words[part], "url": _rows_query(behind, part=part), "current": part == behind.part} for part in offered
    ]


def _rows_table(rows: Sequence[Row], words: str) -> dict[str, Any]:
    figures = any(row.figure is not None for row in rows)
    columns = [
        {"label": _("Record")},
        {"label": _("Territory")},
        *([{"label": _("Figure"), "figure": True}] if figures else []),
    ]
    shown = [
        {
            "cells": [
                {"text": row.title, "url": row.url},
                {"text": row.place, "label": _("Territory")},
                *([{"text": wording.number(row.figure), "figure": True, "label": _("Figure")}] if figures else []),
            ]
        }
        for row in rows
    ]
    return {"caption": words, "columns": columns, "rows": shown}


def catalogue_page(indicators: Any) -> dict[str, Any]:
    """All indicators by what they say, each with where its values come from."""
    counted = set(Tally.objects.values_list("version__indicator_id", flat=True).distinct())
    groups: dict[str, list[dict[str, Any]]] = {}
    for indicator in indicators.order_by("position", "pk"):
        known = indicator.pk in counted
        groups.setdefault(str(indicator.get_aspect_display()), []).append(
            {
                "code": indicator.code,
                "name": name_now(indicator.names),
                "core": indicator.is_core,
                "url": reverse("indicator-detail", args=[indicator.code]),
                "known": known,
                "source": _("No figures yet")
                if not known and indicator.source != Source.PENDING
                else indicator.get_source_display(),
            }
        )
    return {"groups": [{"name": name, "rows": rows} for name, rows in groups.items()], "title": _("Indicators")}


def indicator_page(indicator: Indicator, behind: Behind | None, user: Any) -> dict[str, Any]:
    """Definition, completeness, series and places of one indicator."""
    versions = list(indicator.versions.order_by("-version"))
    version = behind.version if behind else next(iter(versions), None)
    shown: dict[str, Any] = {
        "indicator": indicator,
        "title": name_now(indicator.names),
        "version": version,
        "behind": behind,
        "crumbs": [{"text": _("Indicators"), "url": reverse("indicator-list")}, {"text": indicator.code}],
        "facts": facts_of(indicator, version) if version else [],
        "disagree": link_of(user, versions, indicator=indicator.code) if indicator.source == Source.OBSERVED else None,
        "history": [
            {"version": v.version, "from": wording.day(v.valid.lower), "until": wording.day(v.valid.upper)}
            for v in versions
        ],
    }
    return shown | (figures_of(behind, user) if behind and behind.territory else {})


OWN = "own"  # how the catalogue says that a definition follows nobody else's


def facts_of(indicator: Indicator, version: DefinitionVersion) -> list[dict[str, Any]]:
    """The definition in facts."""
    levels = {"I": _("organisation"), "D": _("district"), "R": _("region"), "C": _("country"), "S": _("site")}
    spans = {"M": _("month"), "T": _("term"), "A": _("school year")}
    entered = {
        Source.COMPUTED: _("Nobody: it is counted from the records of the platform"),
        Source.OBSERVED: _("Entered by organisations or imported from a register"),
        Source.PENDING: _("Not collected yet"),
    }
    found = [
        (_("Code"), f"{indicator.code} · {version.version}"),
        (_("Numerator"), name_now(version.numerator)),
        (_("Denominator"), name_now(version.denominator)),
        (_("Method"), version.get_method_display()),
        (_("Across periods"), version.get_across_display()),
        (_("Unit"), name_now(version.unit)),
        (_("Who enters it"), entered[Source(indicator.source)]),
        (_("Levels"), ", ".join(levels[code] for code in version.levels if code in levels)),
        (_("Periods"), ", ".join(spans[code] for code in version.periodicity if code in spans)),
        (_("Follows"), indicator.follows if indicator.follows != OWN else _("own definition")),
    ]
    return [{"label": label, "text": text} for label, text in found if text]


def figures_of(behind: Behind, user: Any) -> dict[str, Any]:
    """The series of a place, and the places below it in the newest period."""
    shown = Shown(behind, Reading(user))
    place, latest = shown.place, shown.value
    points = [_point(behind, place, period, value) for period, value in shown.series]
    unit = saying.unit_of(behind.version) or ("%" if saying.is_percentage(behind.version) else "")
    title = ", ".join(part for part in (name_now(behind.version.indicator.names), unit) if part)
    query = _rows_query(behind, part="", period="")
    code = behind.version.indicator.code
    return {
        "place": name_now(place.names),
        "value": saying.said(behind.version, latest.value),
        "state": latest.state,
        "provisional": latest.provisional,
        "period": wording.period_name(behind.period),
        "unit": saying.unit_of(behind.version),
        "rows_url": reverse("indicator-rows", args=[code]) + _rows_query(behind),
        "how": [*saying.explained(behind.version, latest), *_together(behind, shown)],
        "completeness": completeness(behind.version, latest),
        "lines": charts.lines(title, [(name_now(place.names), points)]) if points else None,
        "places": _places(behind, shown),
        "basis_words": saying.basis_words(behind.asked),
        "undivided": not latest.divisible,
        "change": saying.change_facts(behind.version, shown.change) if shown.change else None,
        "api": f"/api/v1/indicators/{code}/values/{query}",
        "csv_url": reverse("indicator-file", args=[code, "csv"]) + query,
        "xlsx_url": reverse("indicator-file", args=[code, "xlsx"]) + query,
    }


def _together(behind: Behind, shown: Shown) -> list[dict[str, Any]]:
    """The value of several years where one is made of too few, and that of the school year up to the period."""
    if behind.asked.day:
        return []  # said by the hierarchy of the periods' own dates only
    cells, reading = shown.stored, shown.reading
    own = [cell for cell in cells if cell.period_id == behind.period.pk]
    few = _("Pooled, since one period is made of fewer than 30")
    found = [_together_line(behind.version, few, each.periods, each.value) for each in pooled(own, reading).values()]
    years = Period.objects.filter(pack=behind.period.pack, kind="A", starts_on__lte=behind.period.starts_on)
    inner = len(cells) > 1 and behind.period.kind != "A"
    year = years.filter(ends_on__gte=behind.period.ends_on).order_by("pk").first() if inner else None
    window = [cell for cell in cells if year and cell.period.starts_on >= year.starts_on]
    if len(window) > 1 and behind.territory:
        value = over(window, behind.territory, behind.kind, reading)
        since = _("Since the school year began")
        found.append(_together_line(behind.version, since, [cell.period for cell in window], value))
    return found


def _together_line(version: DefinitionVersion, label: str, periods: Sequence[Any], value: Value) -> dict[str, Any]:
    span = {"first": wording.period_name(periods[0]), "last": wording.period_name(periods[-1])}
    said = saying.said(version, value.value) or ValueState(value.state).label
    text = _("%(value)s (%(first)s – %(last)s)") % {"value": said, **span}
    if value.low is not None and value.high is not None:
        between = {"low": saying.said(version, value.low), "high": saying.said(version, value.high)}
        text = f"{text}, " + _("could be between %(low)s and %(high)s") % between
    return {"label": label, "text": text}


def completeness(version: DefinitionVersion, value: Value) -> str:
    """From how many of how many the value is made; of shared rows how many there are, and their participations."""
    shared = saying.shared_words(version, value)
    if not (value.expected and saying.says_completeness(version, value)):
        return shared
    counts = {"n": wording.number(value.reporting), "all": wording.number(value.expected)}
    made = (
        ngettext("From %(n)s of %(all)s organisation", "From %(n)s of %(all)s organisations", value.expected) % counts
    )
    return f"{shared} {made}.".strip() if shared else made


def _point(behind: Behind, place: Territory, period: Any, value: Value) -> charts.Point:
    asked = replace(behind, period=period, territory=place, part=NUMERATOR)
    url = reverse("indicator-rows", args=[behind.version.indicator.code]) + _rows_query(asked)
    said = saying.said(behind.version, value.value)
    return charts.Point(wording.period_name(period), value.value, said, url, value.provisional)


def _places(behind: Behind, shown: Shown) -> dict[str, Any]:
    """The places right below, by name, in the period asked for."""
    cells = [_place_row(behind, place, value) for place, value in shown.below]
    columns = [
        {"label": _("Territory")},
        {"label": _("Value"), "figure": True},
        {"label": _("Numerator"), "figure": True},
    ]
    if behind.version.method in (Method.SHARE, Method.RATIO):
        columns.append({"label": _("Denominator"), "figure": True})
    return {
        "caption": wording.period_name(behind.period),
        "columns": columns,
        "rows": [{"cells": row} for row in cells],
    }


def _place_row(behind: Behind, place: Territory, value: Value) -> list[dict[str, Any]]:
    asked = replace(behind, territory=place, part=NUMERATOR)
    rows = reverse("indicator-rows", args=[behind.version.indicator.code])
    name = reverse("indicator-detail", args=[behind.version.indicator.code]) + _rows_query(asked, part="")
    said: dict[str, Any] = {
        "text": saying.said(behind.version, value.value) + ("" if value.divisible else f" · {_('not comparable')}"),
        "state": value.state,
        "figure": True,
        "label": _("Value"),
    }
    said["url"] = rows + _rows_query(asked) if value.state == "value" else ""
    cells = [{"text": name_now(place.names), "url": name}, said]
    parts = [(NUMERATOR, value.numerator, _("Numerator"))]
    if behind.version.method in (Method.SHARE, Method.RATIO):
        parts.append((DENOMINATOR, value.denominator, _("Denominator")))
    for part, number, label in parts:
        url = rows + _rows_query(asked, part=part) if number else ""
        cells.append({"text": wording.number(number), "figure": True, "label": label, "url": url})
    return cells
