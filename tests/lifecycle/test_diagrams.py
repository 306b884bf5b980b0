"""The drawn life cycles and the tables they are drawn from."""

import pytest
from django.conf import settings

from config.management.commands.draw_lifecycles import read_tables
from lifecycle.diagrams import diagram, document, last
from lifecycle.transitions import LIFECYCLES

read_tables()


def test_the_drawn_life_cycles_are_those_of_the_tables() -> None:
    drawn = (settings.BASE_DIR / "docs" / "lifecycles.md").read_text(encoding="utf-8")
    assert drawn == document(), "run manage.py draw_lifecycles"


@pytest.mark.parametrize("name", sorted(LIFECYCLES))
def test_every_status_can_be_reached_and_nothing_ends_by_accident(name: str) -> None:
    table = LIFECYCLES[name]
    reached = {str(status) for status in table.initial}
    while more := {str(to) for source, to in table.pairs() if str(source) in reached} - reached:
        reached |= more
    named = {str(source) for line in table.transitions for source in line.sources}
    assert named <= reached
    assert last(table) or len(reached) > 1


def test_a_diagram_names_every_move() -> None:
    drawn = diagram(LIFECYCLES["agreement"])
    assert "proposed --> partly_approved: approve" in drawn
    assert "draft --> withdrawn: withdraw (r)" in drawn
    assert "in_force --> ended: end" in drawn
    assert "withdrawn --> [*]" in drawn
