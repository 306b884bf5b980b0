"""The organisations of a place that has no places below it, as the last table of its dashboard."""

from dataclasses import replace
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext as _

from accounts import wording
from accounts.names import name_now
from quality.catalogue.declared import ENTRIES
from quality.catalogue.models import Method
from quality.dashboards.board import Board
from quality.dashboards.drawing import rows_url
from quality.values.rows import DENOMINATOR, NUMERATOR, Behind, Row, present, subjects, visible

SHOWN = 50


def organisations_of(board: Board, user: Any) -> dict[str, Any]:
    """The organisations of a place that has no places below it, with what each gives to the main indicator."""
    if board.main is None or board.main.figure.value.state == "suppressed":
        return {}
    figure, choice = board.main.figure, board.choice
    tally = choice.counted.tallies[figure.version.indicator.code, figure.period.pk]
    part = DENOMINATOR if figure.version.method in (Method.SHARE, Method.RATIO) else NUMERATOR
    behind = Behind(
        figure.version,
        figure.period,
        tally.day,
        figure.place,
        None,
        choice.kind,
        part,
        (figure.place.pk,),
        _kinds(board),
    )
    seen = visible(behind, user)
    entry = ENTRIES.get(figure.version.indicator.code)
    if entry and not entry.base:  # a figure that was entered says more than yes or no
        among = Q(pk__in=subjects(replace(behind, part=NUMERATOR)))
        seen = seen.annotate(is_counted=ExpressionWrapper(among, output_field=BooleanField()))
    found = list(seen[: SHOWN + 1])
    rows = present(behind, found[:SHOWN])
    return {
        "caption": name_now(figure.version.indicator.names),
        "columns": [{"label": _("Organisation")}, {"label": _("Counted"), "figure": True}],
        "rows": [{"cells": _organisation(row, each)} for row, each in zip(rows, found, strict=False)],
        "foot": "",
        "all": rows_url(figure, choice, part) if len(found) > SHOWN else "",
        "all_text": _("All organisations of this place"),
    }


def _kinds(board: Board) -> tuple[int, ...] | None:
    """Ids of the kinds that count, from what the dashboard has read already; None leaves it to the rows."""
    version, choice = board.main.figure.version, board.choice  # type: ignore[union-attr]
    entry = ENTRIES.get(version.indicator.code)
    if choice.kind or (entry and not entry.of_reference):
        return None
    return tuple(term.pk for term in choice.kinds if not version.kinds or term.code in version.kinds)


def _organisation(row: Row, each: Any) -> list[dict[str, Any]]:
    counted = getattr(each, "is_counted", None)
    said = wording.number(row.figure) if counted is None else _("yes") if counted else _("no")
    return [{"text": row.title, "url": row.url}, {"text": said, "figure": True, "label": _("Counted")}]
