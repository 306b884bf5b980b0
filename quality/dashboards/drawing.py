"""A dashboard's figures as the components of the page draw them: the same numbers, now in words and with addresses."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts import wording
from accounts.names import name_now
from institutions.territory.models import Territory
from quality.catalogue.figures import plain
from quality.charts import charts, maps
from quality.charts.outlines import canvas_of
from quality.dashboards.board import Attention, Board, Card, Figure
from quality.dashboards.choice import Choice
from quality.observations.models import ValueState
from quality.values import saying
from quality.values.shown import Value


def rows_url(figure: Figure, choice: Choice, part: str = "numerator") -> str:
    """Where a number leads: the list of what was counted."""
    asked = {"territory": figure.place.code, "period": figure.period.code, "part": part}
    if choice.kind:
        asked["institution_kind"] = choice.kind.code
    return f"{reverse('indicator-rows', args=[figure.version.indicator.code])}?{urlencode(asked)}"


def series_url(figure: Figure, choice: Choice) -> str:
    """Where a trend leads: the time series."""
    asked = {"territory": figure.place.code, **({"institution_kind": choice.kind.code} if choice.kind else {})}
    return f"{reverse('indicator-detail', args=[figure.version.indicator.code])}?{urlencode(asked)}#series"


def linked(value: Value, url: str) -> str:
    """Hidden and missing values open nothing."""
    return url if value.state == ValueState.VALUE else ""


def card_of(card: Card, choice: Choice) -> dict[str, Any]:
    """The eight parts of a headline."""
    figure, version = card.figure, card.figure.version
    words, direction, _difference = saying.changed(version, figure.value, figure.before)
    part = figure.reached
    return {
        "code": version.indicator.code,
        "name": card_name(figure, choice),
        "url": reverse("indicator-detail", args=[version.indicator.code]),
        "state": figure.value.state,
        "text": saying.said(version, figure.value.value),
        "value": plain(figure.value.value) or "",
        "value_url": linked(figure.value, rows_url(figure, choice)),
        "unit": saying.unit_of(version),
        "provisional": figure.value.provisional and figure.value.state == ValueState.VALUE,
        "target": saying.said(version, figure.target),
        "reached": wording.percent(part, 0) if part is not None else "",
        "change": words,
        "direction": direction,
        "previous": wording.period_name(figure.previous) if figure.previous else "",
        "spark": charts.sparkline([value.value for _period, value in card.series]) if len(card.series) > 1 else None,
        "trend_url": series_url(figure, choice),
        "trend_words": saying.trend([value.value for _period, value in card.series]),
        "category": figure.category,
        "word": saying.category_word(figure.category),
        "shared": saying.shared_words(figure.version, figure.value),
        "how": saying.explained(version, figure.value),
        "method_url": reverse("indicator-detail", args=[version.indicator.code]),
        "updated": wording.moment(card.updated_at),
        "stale": card.stale,
    }


def card_name(figure: Figure, choice: Choice) -> str:
    """The indicator's name, with its own period where that is not the one of the dashboard."""
    name = name_now(figure.version.indicator.names)
    if choice.period and figure.period.pk != choice.period.pk:
        return _("%(name)s (%(period)s)") % {"name": name, "period": wording.period_name(figure.period)}
    return name


def place_url(place: Territory, choice: Choice) -> str:
    """One level down (or up): the same filters at another place."""
    return reverse("territory-dashboard", args=[place.code]) + choice.query(show="")


def table_of(board: Board) -> dict[str, Any]:
    """The sorted table beside the map."""
    if board.main is None:
        return {}
    version, choice = board.main.figure.version, board.choice
    heads = (
        ("name", _("Territory")),
        ("value", _("Value")),
        ("target", _("Target")),
        ("change", pgettext("difference", "Change")),
        ("category", _("Category")),
    )
    return {
        "caption": title_of(board.main.figure),
        "columns": [_column(board, key, label) for key, label in heads],
        "rows": [{"cells": _cells(figure, choice)} for figure in board.figures],
        "foot": _foot(board.main.figure, version),
    }


def _column(board: Board, key: str, label: str) -> dict[str, Any]:
    choice = board.choice
    better = board.main is None or board.main.figure.version.indicator.more_is_better
    now = choice.ordering or ("value" if better else "-value")
    up = now == key
    sort = "" if now.removeprefix("-") != key else "ascending" if up else "descending"
    url = choice.query(ordering=f"-{key}" if up else key)
    return {"label": label, "url": url, "sort": sort, "figure": key not in ("name", "category")}


def _cells(figure: Figure, choice: Choice) -> list[dict[str, Any]]:
    words, _direction, _difference = saying.changed(figure.version, figure.value, figure.before)
    tone, icon = saying.TONES.get(figure.category, ("", ""))
    value = {
        "text": value_text(figure),
        "state": figure.value.state,
        "figure": True,
        "label": _("Value"),
        "url": linked(figure.value, rows_url(figure, choice)),
    }
    return [
        {"text": name_now(figure.place.names), "url": place_url(figure.place, choice), "label": _("Territory")},
        value,
        {"text": saying.said(figure.version, figure.target), "figure": True, "label": _("Target")},
        {"text": words, "figure": True, "label": pgettext("difference", "Change")},
        {"text": saying.category_word(figure.category), "tone": tone, "icon": icon, "label": _("Category")},
    ]


def value_text(figure: Figure) -> str:
    """The value with, where data are thin, from how many of how many."""
    said = saying.said(figure.version, figure.value.value)
    if not figure.value.is_partial:
        return said
    counts = {"value": said, "n": wording.number(figure.value.reporting), "all": wording.number(figure.value.expected)}
    return _("%(value)s (from %(n)s of %(all)s)") % counts


def title_of(figure: Figure) -> str:
    """What a table, map or chart shows: name, unit, period."""
    parts = [
        name_now(figure.version.indicator.names),
        saying.unit_of(figure.version),
        wording.period_name(figure.period),
    ]
    return ", ".join(part for part in parts if part)


def _foot(figure: Figure, version: Any) -> str:
    value = figure.value
    if value.state != ValueState.VALUE:
        return ""
    whole = {"place": name_now(figure.place.names), "value": saying.said(version, value.value)}
    text = _("Whole: %(place)s: %(value)s.") % whole
    if value.participations is not None:
        text += (
            " "
            + _("What several places share is counted once in the whole.")
            + " "
            + saying.shared_words(version, value)
        )
    return text


def map_of(board: Board) -> maps.Map | None:
    """The map of the places right below, where they have outlines."""
    if board.main is None or not board.figures:
        return None
    canvas = canvas_of(board.territory.pack, frozenset(figure.place.code for figure in board.figures))
    if canvas is None:
        return None
    shown = [
        maps.Territory(
            code=figure.place.code,
            name=name_now(figure.place.names),
            value=figure.value.value,
            text=saying.said(figure.version, figure.value.value),
            name_url=place_url(figure.place, board.choice),
            value_url=linked(figure.value, rows_url(figure, board.choice)),
            state=figure.value.state,
            word=saying.category_word(figure.category),
        )
        for figure in board.figures
    ]
    return maps.choropleth(title_of(board.main.figure), shown, canvas, source=_source(board))


def _source(board: Board) -> str:
    return _("Last updated: %(moment)s") % {"moment": wording.moment(board.updated_at)} if board.updated_at else ""


def sentence(line: Attention, board: Board) -> dict[str, str]:
    """A line of what wants attention, and where its rows are."""
    forms = {
        "red_twice": ngettext(
            "%(n)s place has been below the target for two periods",
            "%(n)s places have been below the target for two periods",
            line.count,
        ),
        "worse": ngettext(
            "%(n)s place got worse since the previous period",
            "%(n)s places got worse since the previous period",
            line.count,
        ),
        "missing": ngettext("%(n)s place has no data", "%(n)s places have no data", line.count),
        "partial": ngettext("%(n)s place has incomplete data", "%(n)s places have incomplete data", line.count),
        "left": ngettext(
            "%(n)s organisation is not among those counted",
            "%(n)s organisations are not among those counted",
            line.count,
        ),
    }
    figure = board.main.figure if board.main else None
    url = f"{line.query}#places" if line.query else rows_url(figure, board.choice, line.rows) if figure else ""
    return {"text": forms[line.code] % {"n": wording.number(line.count)}, "url": url, "code": line.code}


def kind_chips(choice: Choice) -> list[dict[str, str]]:
    """The kind of organisation, where one is chosen."""
    if choice.kind is None:
        return []
    url = choice.query(institution_kind="") or "?"
    return [{"key": _("Kind"), "text": name_now(choice.kind.names), "url": url}]


def chips_of(choice: Choice) -> list[dict[str, str]]:
    """The filters in use, each with the address that takes it away."""
    found = kind_chips(choice)
    if choice.form:
        found.append({"key": _("Form"), "text": name_now(choice.form.names), "url": choice.query(form="") or "?"})
    if choice.show:
        words = {
            saying.RED: _("Below the target"),
            saying.YELLOW: _("Close to the target"),
            saying.GREEN: _("On target"),
            "red_twice": _("Below the target for two periods"),
            "worse": _("Worse than before"),
            "missing": _("No data"),
            "partial": _("Incomplete data"),
        }
        found.append(
            {"key": _("Shown"), "text": words.get(choice.show, choice.show), "url": choice.query(show="") or "?"}
        )
    return found


def context_of(board: Board) -> dict[str, Any]:
    """What the template needs."""
    choice = board.choice
    crumbs = [{"text": name_now(place.names), "url": place_url(place, choice)} for place in board.path[:-1]]
    return {
        "title": name_now(board.territory.names),
        "crumbs": [*crumbs, {"text": name_now(board.territory.names)}],
        "period": wording.period_name(choice.period) if choice.period else "",
        "cards": [card_of(card, choice) for card in board.cards],
        "map": map_of(board) if not choice.show else None,
        "table": table_of(board),
        "attention": [sentence(line, board) for line in board.attention],
        "chips": chips_of(choice),
        "clear": "?",
        "pending": [name_now(indicator.names) for indicator in board.pending],
        "updated": wording.moment(board.updated_at),
        "stale": board.stale,
        "query": choice.query(),
        "has_places": bool(board.below),
        "bars": bars_of(board) if board.below else None,
    }


def bars_of(board: Board) -> charts.Bars | None:
    """Bars where no place has an outline."""
    if board.main is None or not any(figure.value.value is not None for figure in board.figures):
        return None
    rows = [
        (
            charts.Point(
                name_now(figure.place.names),
                figure.value.value,
                saying.said(figure.version, figure.value.value),
                linked(figure.value, rows_url(figure, board.choice)),
            ),
            place_url(figure.place, board.choice),
        )
        for figure in board.figures
    ]
    return charts.bars(title_of(board.main.figure), rows)
