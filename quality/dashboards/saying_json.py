"""A dashboard as plain data: the answer of the API."""

from typing import Any

from django.utils.translation import get_language

from accounts.names import name_in
from quality.dashboards.board import Board, Card, Figure
from quality.dashboards.drawing import rows_url, sentence
from quality.observations.models import ValueState
from quality.rollups.checked import Checked
from quality.values.saying_json import line, text


def figure_json(figure: Figure, board: Board) -> dict[str, Any]:
    """A figure of a dashboard with what it is held against."""
    kind = board.choice.kind.code if board.choice.kind else None
    shown = figure.value.state == ValueState.VALUE
    return {
        **line(figure.version, figure.period, figure.value, territory=figure.place.code, kind=kind),
        "name": name_in(figure.place.names, get_language()),
        "target": text(figure.target),
        "reached": text(rounded(figure.reached)),
        "change": text(figure.difference),
        "previous_period": figure.previous.code if figure.previous else None,
        "previous_value": text(figure.before.value),
        "category": figure.category or None,
        "rows": rows_url(figure, board.choice) if shown else None,
    }


def checked_json(found: Checked | None) -> dict[str, Any] | None:
    """How the last comparison of stored and shown figures went."""
    return {"compared": found.compared, "differing": found.differing, "at": found.at} if found else None


def rounded(number: Any) -> Any:
    return None if number is None else round(number, 2)


def card_json(card: Card, board: Board) -> dict[str, Any]:
    """A headline with its last periods."""
    return {
        **figure_json(card.figure, board),
        "name": name_in(card.figure.version.indicator.names, get_language()),
        "unit": name_in(card.figure.version.unit, get_language()),
        "series": [
            {"period": period.code, "value": text(value.value), "state": str(value.state)}
            for period, value in card.series
        ],
        "updated_at": card.updated_at,
    }


def board_json(board: Board) -> dict[str, Any]:
    """Everything a dashboard shows."""
    language, choice = get_language(), board.choice
    return {
        "territory": {
            "code": board.territory.code,
            "level": board.territory.level,
            "name": name_in(board.territory.names, language),
        },
        "path": [{"code": place.code, "name": name_in(place.names, language)} for place in board.path],
        "period": choice.period.code if choice.period else None,
        "institution_kind": choice.kind.code if choice.kind else None,
        "form": choice.form.code if choice.form else None,
        "indicator": board.main.figure.version.indicator.code if board.main else None,
        "cards": [card_json(card, board) for card in board.cards],
        "rows": [figure_json(figure, board) for figure in board.figures],
        "map": [
            {"code": figure.place.code, "value": text(figure.value.value), "state": str(figure.value.state)}
            for figure in board.figures
        ],
        "attention": [{**sentence(found, board), "count": found.count} for found in board.attention],
        "not_collected": [indicator.code for indicator in board.pending],
        "updated_at": board.updated_at,
        "stale": board.stale,
        "checked": checked_json(choice.counted.checked),
    }
