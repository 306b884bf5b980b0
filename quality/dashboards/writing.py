"""A dashboard as a table that leaves the house: the cards, then the table, as on the page."""

from accounts.names import name_now
from exchange.tables import Table
from quality.dashboards.board import Board, Figure
from quality.values.writing import heads, line, notes


def table_of_board(board: Board) -> Table:
    """The cards of a dashboard and then its table, in the order of the page."""
    figures: list[Figure] = [*(card.figure for card in board.cards), *board.figures]
    choice = board.choice
    rows = [line(f.version, f.place, f.period, choice.kind, f.value, target=f.target) for f in figures]
    stem = "_".join(["dashboard", board.territory.code, choice.period.code if choice.period else ""]).strip("_")
    return Table(
        title=name_now(board.territory.names),
        stem=stem,
        heads=heads(),
        rows=rows,
        count=len(rows),
        notes=notes(choice.period, choice.kind, board.updated_at),
    )
