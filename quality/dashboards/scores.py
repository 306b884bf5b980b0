"""A scorecard as page, answer of the API and table that leaves the house: the same figures in each."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import wording
from accounts.names import name_in, name_now
from exchange.tables import Head, Table
from institutions.territory.models import Territory
from quality.catalogue.models import Source
from quality.dashboards.board import Figure
from quality.dashboards.choice import Choice
from quality.dashboards.drawing import kind_chips, linked, rows_url, series_url
from quality.dashboards.saying_json import rounded
from quality.dashboards.scorecard import EVERYTHING, Scorecard, ScoreRow
from quality.values import saying
from quality.values.saying_json import line, text
from quality.values.writing import exact, heads, notes
from quality.values.writing import line as cells_of


def scorecard_url(place: Territory, choice: Choice) -> str:
    """One level down (or up): the same filters at another place."""
    return reverse("territory-scorecard", args=[place.code]) + choice.query()


def page_of(card: Scorecard) -> dict[str, Any]:
    """What the template needs."""
    choice = card.choice
    crumbs = [{"text": name_now(place.names), "url": scorecard_url(place, choice)} for place in card.path[:-1]]
    return {
        "title": name_now(card.territory.names),
        "crumbs": [*crumbs, {"text": name_now(card.territory.names)}],
        "period": wording.period_name(choice.period) if choice.period else "",
        "places": [{"text": name_now(place.names), "url": scorecard_url(place, choice)} for place in card.places],
        "rows": [_row(row, choice) for row in card.rows],
        "legend": [
            {"category": code, "icon": saying.TONES[code][1], "word": saying.category_word(code)}
            for code in (saying.GREEN, saying.YELLOW, saying.RED)
        ],
        "missing": [_missing(indicator) for indicator in card.missing],
        "dashboard": reverse("territory-dashboard", args=[card.territory.code]) + choice.query(show=""),
        "updated": wording.moment(card.updated_at),
        "everything": choice.show == EVERYTHING,
        "whole_url": choice.query(show=EVERYTHING) if choice.show != EVERYTHING else choice.query(show="") or "?",
        "chips": kind_chips(choice),
    }  # fmt: skip


def _missing(indicator: Any) -> dict[str, str]:
    """An indicator without figures; never a zero."""
    said = _("Not collected yet") if indicator.source == Source.PENDING else _("No figures yet")
    return {"name": name_now(indicator.names), "url": reverse("indicator-detail", args=[indicator.code]), "text": said}


def _row(row: ScoreRow, choice: Choice) -> dict[str, Any]:
    version = row.whole.version
    return {
        "code": version.indicator.code,
        "name": name_now(version.indicator.names),
        "url": series_url(row.whole, choice).removesuffix("#series"),
        "period": wording.period_name(row.whole.period),
        "unit": saying.unit_of(version),
        "cells": [_cell(figure, choice) for figure in (row.whole, *row.figures)],
    }


def _cell(figure: Figure, choice: Choice) -> dict[str, Any]:
    """A value with its colour, pattern and word; none of them where it does not stand."""
    part = figure.reached
    return {
        "label": name_now(figure.place.names),
        "state": figure.value.state,
        "text": saying.said(figure.version, figure.value.value),
        "partial": _partial(figure),
        "url": linked(figure.value, rows_url(figure, choice)),
        "provisional": figure.value.provisional,
        "category": figure.category,
        "icon": saying.TONES[figure.category][1] if figure.category else "",
        "word": saying.category_word(figure.category),
        "reached": wording.percent(part, 0) if part is not None and figure.category else "",
        "target": saying.said(figure.version, figure.target),
    }


def _partial(figure: Figure) -> str:
    """From how many of how many a thin value is made."""
    if not figure.value.is_partial:
        return ""
    counts = {"reporting": wording.number(figure.value.reporting), "expected": wording.number(figure.value.expected)}
    return _("from %(reporting)s of %(expected)s") % counts


def json_of(card: Scorecard) -> dict[str, Any]:
    """The answer of the API."""
    language = get_language()
    return {
        "territory": card.territory.code,
        "period": card.choice.period.code if card.choice.period else None,
        "institution_kind": card.choice.kind.code if card.choice.kind else None,
        "places": [{"code": place.code, "name": name_in(place.names, language)} for place in card.places],
        "rows": [
            {
                "indicator": row.whole.version.indicator.code,
                "name": name_in(row.whole.version.indicator.names, language),
                "whole": _figure(row.whole, card),
                "figures": [_figure(figure, card) for figure in row.figures],
            }
            for row in card.rows
        ],
        "not_collected": [indicator.code for indicator in card.missing],
        "updated_at": card.updated_at,
    }


def _figure(figure: Figure, card: Scorecard) -> dict[str, Any]:
    kind = card.choice.kind.code if card.choice.kind else None
    return {
        **line(figure.version, figure.period, figure.value, territory=figure.place.code, kind=kind),
        "target": text(figure.target),
        "reached": text(rounded(figure.reached)),
        "category": figure.category or None,
        "rows": linked(figure.value, rows_url(figure, card.choice)) or None,
    }


def table_of(card: Scorecard) -> Table:
    """One line a figure, as in every table of values, with how much of the target is reached and the category."""
    choice = card.choice
    figures = [figure for row in card.rows for figure in (row.whole, *row.figures)]
    rows = [
        [
            *cells_of(f.version, f.place, f.period, choice.kind, f.value, target=f.target),
            exact(rounded(f.reached)) if f.category else None, saying.category_word(f.category),
        ]
        for f in figures
    ]  # fmt: skip
    stem = "_".join(["scorecard", card.territory.code, choice.period.code if choice.period else ""]).strip("_")
    head = [*heads(), Head(_("Reached"), "number"), Head(_("Category"))]
    return Table(
        name_now(card.territory.names), stem, head, rows, len(rows), notes(choice.period, choice.kind, card.updated_at)
    )
