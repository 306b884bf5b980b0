"""Values, rows and dashboards as plain data: the answers of the API."""

from typing import Any

from django.utils.translation import get_language

from accounts.names import name_in
from quality.catalogue.figures import plain
from quality.observations.models import ValueState
from quality.rollups.board import Board, Card, Figure
from quality.rollups.drawing import rows_url, sentence
from quality.rollups.models import Rollup
from quality.rollups.rows import Row
from quality.rollups.values import Value


def text(number: Any) -> str | None:
    """A decimal figure as text, null for none."""
    return plain(number)


def value_part(value: Value) -> dict[str, Any]:
    """What is said of any value."""
    return {
        "numerator": text(value.numerator),
        "denominator": text(value.denominator),
        "value": text(value.value),
        "state": str(value.state),
        "low": text(value.low),
        "high": text(value.high),
        "participations": value.participations,
        "reporting": value.reporting,
        "expected": value.expected,
        "provisional": value.provisional,
        "internal": value.internal,
        "computed_at": value.computed_at,
    }


def value_json(row: Rollup, value: Value) -> dict[str, Any]:
    """A stored cell."""
    kind = row.institution_kind.code if row.institution_kind else None
    return line(row.version, row.period, value, territory=row.territory.code, kind=kind)


def line(
    version: Any,
    period: Any,
    value: Value,
    *,
    territory: str | None = None,
    institution: str | None = None,
    kind: str | None = None,
) -> dict[str, Any]:
    """One line of values."""
    return {
        "indicator": version.indicator.code,
        "definition_version": version.version,
        "territory": territory,
        "institution": institution,
        "institution_kind": kind,
        "period": period.code,
        "basis": "as_was",
        **value_part(value),
    }


def row_json(row: Row, part: str) -> dict[str, Any]:
    """A row behind a value."""
    return {
        "part": part,
        "subject_type": row.subject_type,
        "subject_id": row.subject_id,
        "title": row.title,
        "institution": row.institution or None,
        "url": row.url,
        "value": text(row.figure),
    }


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
    }
