"""The page of one indicator: what the number means, whether it can be used, and what moved it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import wording
from accounts.names import name_now
from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Indicator, Method, Period, Source
from quality.charts import charts, maps
from quality.charts.outlines import canvas_of
from quality.discrepancies.saying import link_of
from quality.observations.models import ValueState
from quality.targets.models import Target
from quality.targets.reading import Targets
from quality.targets.rules import can_set_targets
from quality.values import saying
from quality.values.acting import acts_on
from quality.values.house import house_page
from quality.values.pages import rows_query
from quality.values.rows import DENOMINATOR, NUMERATOR, Behind
from quality.values.series import Shown
from quality.values.shown import MISSING, Reading, Value
from quality.values.windows import over, pooled


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
        "history": [_method(each, before) for each, before in zip(versions, [*versions[1:], None], strict=True)],
    }
    if behind is not None and behind.institution is not None:
        return shown | house_page(behind, user)
    if behind is None or behind.territory is None:
        return shown
    asked = {"indicator": indicator.code, "territory": behind.territory.code}
    more: dict[str, Any] = {
        "set_url": f"{reverse('target-new')}?{urlencode(asked)}" if can_set_targets(user, behind.territory) else ""
    }
    figures = Shown(behind, Reading(user))
    aimed = targets_of(figures)
    if aimed.get("category") == saying.RED:
        more["acts"] = acts_on(user, **asked, period=behind.period.code)
    return shown | figures_of(figures) | aimed | more


def _method(version: DefinitionVersion, before: DefinitionVersion | None) -> dict[str, Any]:
    """A definition with its days, and what it says otherwise than the one before."""
    said = {
        _("Numerator"): lambda each: name_now(each.numerator), _("Denominator"): lambda each: name_now(each.denominator),
        _("Method"): lambda each: str(each.get_method_display()), _("Unit"): lambda each: name_now(each.unit),
        _("Across periods"): lambda each: str(each.get_across_display()),
    }  # fmt: skip
    changed = [(label, tell(version)) for label, tell in said.items() if before and tell(version) != tell(before)]
    return {
        "version": version.version, "from": wording.day(version.valid.lower), "until": wording.day(version.valid.upper),
        "changed": [{"label": label, "text": text or "–"} for label, text in changed],
    }  # fmt: skip


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
        (_("Formula"), formula(version)),
        (_("Method"), version.get_method_display()),
        (_("Across periods"), version.get_across_display()),
        (_("Unit"), name_now(version.unit)),
        (_("Who enters it"), entered[Source(indicator.source)]),
        (_("Levels"), ", ".join(levels[code] for code in version.levels if code in levels)),
        (_("Periods"), ", ".join(spans[code] for code in version.periodicity if code in spans)),
        (_("Follows"), indicator.follows if indicator.follows != OWN else _("own definition")),
    ]
    return [{"label": label, "text": text} for label, text in found if text]


def formula(version: DefinitionVersion) -> str:
    """How the value is made, in one line."""
    if version.method not in (Method.SHARE, Method.RATIO):
        return ""
    times = f" × {wording.number(version.factor)}" if version.factor != 1 else ""
    return f"{_('Numerator')} ÷ {_('Denominator')}{times}"


def figures_of(shown: Shown) -> dict[str, Any]:
    """The series of a place, and the places below it in the newest period."""
    behind = shown.behind
    place, latest, change = shown.place, shown.value, shown.change
    unit = saying.unit_of(behind.version) or ("%" if saying.is_percentage(behind.version) else "")
    title = ", ".join(part for part in (name_now(behind.version.indicator.names), unit) if part)
    query = rows_query(behind, part="", period="")
    code = behind.version.indicator.code
    return {
        "place": name_now(place.names),
        "value": saying.said(behind.version, latest.value),
        "state": latest.state,
        "provisional": latest.provisional,
        "period": wording.period_name(behind.period),
        "unit": saying.unit_of(behind.version),
        "rows_url": reverse("indicator-rows", args=[code]) + rows_query(behind),
        "how": [*saying.explained(behind.version, latest), *_together(behind, shown)],
        "completeness": completeness(behind.version, latest),
        "lines": _lines(behind, shown, title) if shown.series else None,
        "map": _map(behind, shown, title),
        "places": _places(behind, shown),
        "basis_words": saying.basis_words(behind.asked),
        "undivided": not latest.divisible,
        "change": saying.change_facts(behind.version, change) if change else None,
        "api": f"/api/v1/indicators/{code}/values/{query}",
        "csv_url": reverse("indicator-file", args=[code, "csv"]) + query,
        "xlsx_url": reverse("indicator-file", args=[code, "xlsx"]) + query,
    }


def _lines(behind: Behind, shown: Shown, title: str) -> charts.Lines:
    """The series of the place, with a break where another definition begins."""
    points = [_point(behind, shown.place, period, value) for period, value in shown.series]
    versions = [shown.version_in(period) for period, _value in shown.series]
    breaks = {
        number: _("From %(period)s by definition %(version)s: what was counted before is something else.")
        % {"period": wording.period_name(shown.series[number][0]), "version": versions[number].version}
        for number in range(1, len(versions))
        if versions[number].pk != versions[number - 1].pk
    }
    return charts.lines(title, [(name_now(shown.place.names), points)], breaks=breaks)


def _map(behind: Behind, shown: Shown, title: str) -> maps.Map | None:
    """The places right below on a map, where they have outlines; a shape leads one level down."""
    canvas = canvas_of(shown.place.pack, frozenset(place.code for place, _value in shown.below))
    if canvas is None:
        return None
    rows = [
        maps.Territory(
            code=place.code, name=name_now(place.names), value=value.value,
            text=saying.said(behind.version, value.value), name_url=_below_url(behind, place), state=value.state,
        )
        for place, value in shown.below
    ]  # fmt: skip
    return maps.choropleth(f"{title}, {wording.period_name(behind.period)}", rows, canvas)


def _below_url(behind: Behind, place: Territory) -> str:
    """One level down: the same indicator, kind, period and boundaries at another place."""
    asked = replace(behind, territory=place, part=NUMERATOR)
    return reverse("indicator-detail", args=[behind.version.indicator.code]) + rows_query(asked, part="")


def targets_of(shown: Shown) -> dict[str, Any]:
    """What is to be reached at the place, and how far it is; nothing is said of one kind of organisation alone."""
    behind, place = shown.behind, shown.place
    if behind.kind:
        return {}
    version = behind.version
    wanted = Targets([version.indicator_id], place.lineage)
    now = wanted.of(version, behind.period, place)
    found = dict.fromkeys([*wanted.at(version, place), *([now] if now else [])])
    rows = [_target_row(behind, target, shown, wanted.near) for target in found]
    heads = (_("Period"), _("Territory"), _("Baseline"), _("Target"), _("Value"), _("Reached"), _("Category"))
    columns = [{"label": head, "figure": 2 <= at < 6} for at, head in enumerate(heads)]
    aimed = {"columns": columns, "rows": rows}
    if now is None:
        return {"targets": aimed, "target": ""}
    category = saying.category(shown.value, saying.reached(version, shown.value, now.value), wanted.near)
    return {"targets": aimed, "target": _reached(behind, now, shown), "category": category}


def _reached(behind: Behind, target: Target, shown: Shown) -> str:
    """Target and % reached of the headline."""
    said = {"target": saying.said(behind.version, target.value)}
    part = saying.reached(behind.version, shown.value, target.value)
    if part is None:
        return _("Target: %(target)s") % said
    return _("Target: %(target)s, reached: %(part)s") % {**said, "part": wording.percent(part, 0)}


def _target_row(behind: Behind, target: Target, shown: Shown, close: Decimal) -> dict[str, Any]:
    """A target beside the last value of its period."""
    version = behind.version
    inside = [
        value for period, value in shown.series
        if target.period.starts_on <= period.starts_on and period.ends_on <= target.period.ends_on
    ]  # fmt: skip
    value = inside[-1] if inside else MISSING
    part = saying.reached(version, value, target.value)
    code = saying.category(value, part, close)
    tone, icon = saying.TONES.get(code, ("", ""))
    texts = [
        {"text": saying.said(version, target.baseline), "figure": True, "label": _("Baseline")},
        {"text": saying.said(version, target.value), "figure": True, "label": _("Target")},
        {"text": saying.said(version, value.value), "state": value.state, "figure": True, "label": _("Value")},
        {"text": wording.percent(part, 0) if part is not None else "", "figure": True, "label": _("Reached")},
        {"text": saying.category_word(code), "tone": tone, "icon": icon, "label": _("Category")},
    ]
    where = {"text": name_now(target.place.names), "label": _("Territory")}
    return {"cells": [{"text": wording.period_name(target.period)}, where, *texts]}


def citation(behind: Behind, address: str, today: Any) -> str:
    """How the figure is named by whoever uses it."""
    told = {
        "title": name_now(behind.version.indicator.names), "place": name_now(behind.territory.names) if behind.territory else "",
        "period": wording.period_name(behind.period), "version": f"{behind.version.indicator.code} · {behind.version.version}",
        "day": wording.day_short(today), "address": address,
    }  # fmt: skip
    return str(
        _("Hamkorlik: %(title)s, %(place)s, %(period)s, definition %(version)s, read on %(day)s. %(address)s") % told
    )


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
    url = reverse("indicator-rows", args=[behind.version.indicator.code]) + rows_query(asked)
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
    said: dict[str, Any] = {
        "text": saying.said(behind.version, value.value) + ("" if value.divisible else f" · {_('not comparable')}"),
        "state": value.state,
        "figure": True,
        "label": _("Value"),
    }
    said["url"] = rows + rows_query(asked) if value.state == "value" else ""
    cells = [{"text": name_now(place.names), "url": _below_url(behind, place)}, said]
    parts = [(NUMERATOR, value.numerator, _("Numerator"))]
    if behind.version.method in (Method.SHARE, Method.RATIO):
        parts.append((DENOMINATOR, value.denominator, _("Denominator")))
    for part, number, label in parts:
        url = rows + rows_query(asked, part=part) if number else ""
        cells.append({"text": wording.number(number), "figure": True, "label": label, "url": url})
    return cells
