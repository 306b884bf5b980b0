"""Charts say what the figures say: the values can be read back out of the drawing, and nothing is invented."""

import itertools
import re
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from quality.charts import charts, maps

SQUARES = {
    "A1": [[(0.0, 2.0), (3.0, 2.0), (3.0, 4.0), (0.0, 4.0)]],
    "A2": [[(3.0, 2.0), (6.0, 2.0), (6.0, 4.0), (3.0, 4.0)]],
    "A3": [[(0.0, 0.0), (3.0, 0.0), (3.0, 2.0), (0.0, 2.0)]],
    "A4": [[(5.9, 0.0), (6.0, 0.0), (6.0, 0.1), (5.9, 0.1)]],
}
VALUES = {"A1": Decimal("12.5"), "A2": Decimal(0), "A3": None, "A4": Decimal(80)}


def the_map() -> maps.Map:
    rows = [maps.Territory(code, f"Place {code}", value, str(value), f"/{code}/") for code, value in VALUES.items()]
    drawn = maps.choropleth("Share", rows, maps.canvas(SQUARES))
    assert drawn is not None
    return drawn


def test_a_map_gives_back_every_value_it_was_given() -> None:
    drawn = render_to_string("components/map.html", {"map": the_map(), "skip": "table"})
    read = dict(re.findall(r'data-code="(\w+)" data-value="([\d.]*)"', drawn))
    assert read == {code: "" if value is None else str(value) for code, value in VALUES.items()}


def test_a_territory_without_a_value_is_hatched_and_zero_is_not() -> None:
    steps = {shape.code: shape.step for shape in the_map().shapes}
    assert steps["A3"] == 0
    assert steps["A2"] > 0
    assert steps["A2"] < steps["A1"] < steps["A4"]


def test_a_small_territory_is_drawn_again_in_a_corner() -> None:
    assert [inset.shape.code for inset in the_map().insets] == ["A4"]


def test_every_shape_is_a_link_with_a_name_and_its_value() -> None:
    drawn = render_to_string("components/map.html", {"map": the_map(), "skip": "table"})
    for code in VALUES:
        assert f'href="/{code}/" aria-label="Place {code}: ' in drawn


def test_without_outlines_there_is_no_empty_box() -> None:
    nowhere = maps.Territory("Z", "Z", Decimal(1), "1")
    assert maps.choropleth("Share", [nowhere], maps.canvas(SQUARES)) is None
    assert "<svg" not in render_to_string("components/map.html", {"map": None, "no_map": "No outlines"})


@pytest.mark.parametrize("count", [1, 2, 5, 14, 40])
def test_there_are_five_classes_at_most(count: int) -> None:
    cuts = maps.breaks([Decimal(n) for n in range(count)])
    steps = {maps.step_of(Decimal(n), cuts) for n in range(count)}
    assert len(steps) <= 5
    assert steps <= {1, 2, 3, 4, 5}


def test_equal_values_share_one_colour() -> None:
    assert maps.breaks([Decimal(7)] * 9) == [Decimal(7)]


def test_a_gap_in_a_sparkline_stays_a_gap() -> None:
    spark = charts.sparkline([Decimal(1), Decimal(2), None, Decimal(3), Decimal(4)])
    assert spark is not None
    assert len(spark.paths) == 2
    assert spark.values == "1 2 - 3 4"
    assert len(render_to_string("components/sparkline.html", {"spark": spark}).encode()) <= 1024


def test_no_values_draw_no_sparkline() -> None:
    assert charts.sparkline([None, None]) is None


@pytest.mark.parametrize("language", ["uz", "uz-cyrl", "ru", "en"])
def test_no_language_puts_a_comma_into_geometry(language: str) -> None:
    points = [charts.Point(f"2026-0{n}", Decimal(n) / 3, str(n)) for n in range(1, 7)]
    with translation.override(language):
        drawn = render_to_string("components/lines.html", {"lines": charts.lines("Lines", [("A", points)])})
        drawn += render_to_string("components/sparkline.html", {"spark": charts.sparkline([p.value for p in points])})
        drawn += render_to_string("components/map.html", {"map": the_map()})
    for name, value in re.findall(r' (d|x|y|cx|cy|width|height|viewBox)="([^"]*)"', drawn):
        assert "," not in value, (name, value)


def test_bars_begin_at_zero_and_keep_their_order() -> None:
    rows = [
        (charts.Point(name, value, str(value)), "")
        for name, value in (("a", Decimal(50)), ("b", Decimal(0)), ("c", None))
    ]
    drawn = charts.bars("Bars", rows, target=Decimal(100))
    assert [(bar.name, bar.width, bar.state) for bar in drawn.rows] == [
        ("a", "50", "value"),
        ("b", "0", "value"),
        ("c", "0", "missing"),
    ]
    assert {bar.target for bar in drawn.rows} == {"100"}


def test_lines_carry_the_same_figures_as_the_table_beside_them() -> None:
    values = [Decimal(3), None, Decimal("4.5"), Decimal(0)]
    points = [charts.Point(f"p{n}", value, str(value), provisional=n == 3) for n, value in enumerate(values)]
    drawn = render_to_string("components/lines.html", {"lines": charts.lines("Lines", [("A", points)])})
    assert re.findall(r'data-value="([^"]+)"', drawn) == ["3", "4.5", "0"]
    assert drawn.count('data-state="missing"') == 1
    assert drawn.count("state-words") == 2  # one gap, one provisional value


def test_the_labels_at_the_ends_of_lines_do_not_cover_each_other() -> None:
    series = [(name, [charts.Point("p", Decimal(5), "5")]) for name in "abcde"]
    places = sorted(float(line.label_y) for line in charts.lines("Lines", series).series)
    assert all(after - before >= charts.LABEL_STEP for before, after in itertools.pairwise(places))
