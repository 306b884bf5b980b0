"""Charts drawn on the server: figures in, geometry out, as frozen dataclasses for templates/components/.

Every coordinate is a string already, so that a reader's language cannot put a comma into it. A missing value is a gap,
never a zero.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from accounts import wording

Spot = Callable[[int, Decimal], tuple[float, float]]
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 120, 32, 4
LINES_WIDTH, LINES_HEIGHT, LEFT, TOP, BOTTOM = 760, 300, 56, 16, 36
LETTER, LEAST_RIGHT, MOST_RIGHT = 7, 60, 260  # a letter's width, and the room for names at the ends of lines
DASHES = ("", "8 4", "2 4", "10 4 2 4", "4 4")
MARKERS = ("circle", "square", "diamond", "triangle", "cross")
TICKS = 4
LABEL_STEP = 15  # the least distance between two labels at the ends of lines


@dataclass(frozen=True)
class Point:
    """One value of a series; `value` None is a gap. `text` is the value as the reader writes it."""

    label: str
    value: Decimal | None
    text: str = ""
    url: str = ""
    provisional: bool = False


@dataclass(frozen=True)
class Spark:
    """A sparkline: one path a run of values, the last point marked."""

    paths: tuple[str, ...]
    last_x: str
    last_y: str
    values: str
    width: int = SPARK_WIDTH
    height: int = SPARK_HEIGHT


@dataclass(frozen=True)
class Bar:
    """A bar of a hundred units at most; `state` tells a bar without a value."""

    name: str
    name_url: str
    text: str
    url: str
    value: str
    width: str
    target: str = ""
    state: str = "value"


@dataclass(frozen=True)
class Bars:
    """Horizontal bars from zero."""

    title: str
    rows: tuple[Bar, ...]
    target_text: str = ""
    source: str = ""


@dataclass(frozen=True)
class Mark:
    """A point of a line on the canvas."""

    x: str
    y: str
    value: str
    text: str
    label: str


@dataclass(frozen=True)
class Line:
    """A series on the canvas, told apart by dash and marker as well as colour, named at its end."""

    name: str
    number: int
    dash: str
    marker: str
    paths: tuple[str, ...]
    provisional: tuple[str, ...]
    marks: tuple[Mark, ...]
    label_x: str
    label_y: str


@dataclass(frozen=True)
class Tick:
    """A place on an axis with its word, which begins there where half of it would stand outside."""

    at: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class TableRow:
    """A row of the table beside a chart."""

    label: str
    cells: tuple[Point, ...]


@dataclass(frozen=True)
class Lines:
    """A line chart and the same figures as rows."""

    title: str
    series: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    table: tuple[TableRow, ...]
    source: str = ""
    width: int = LINES_WIDTH
    height: int = LINES_HEIGHT
    left: int = LEFT
    right: int = LINES_WIDTH - LEAST_RIGHT
    floor: int = LINES_HEIGHT - BOTTOM
    breaks: tuple[Tick, ...] = ()  # where another method begins, in words
    top: int = TOP


def place(value: float) -> str:
    """A coordinate with at most one decimal, written with a point."""
    return f"{value:.1f}".rstrip("0").rstrip(".") or "0"


def runs(
    places: Sequence[tuple[float, float] | None], breaks: Collection[int] = ()
) -> Iterable[list[tuple[float, float]]]:
    """Unbroken stretches of points; a gap ends one, and one begins where another method does."""
    run: list[tuple[float, float]] = []
    for number, spot in enumerate((*places, None)):
        if run and (spot is None or number in breaks):
            yield run
            run = []
        if spot is not None:
            run.append(spot)


def path(run: Sequence[tuple[float, float]]) -> str:
    """SVG path data; a single point becomes a short dash so that it is seen."""
    if len(run) == 1:
        (x, y) = run[0]
        return f"M{place(x - 1.5)} {place(y)}h3"
    return "M" + "L".join(f"{place(x)} {place(y)}" for x, y in run)


def sparkline(values: Sequence[Decimal | None]) -> Spark | None:
    """The last periods as a small line; None where there is nothing to draw."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    spread = float(high - low) or 1.0
    step = (SPARK_WIDTH - 2 * SPARK_EDGE) / max(len(values) - 1, 1)
    room = SPARK_HEIGHT - 2 * SPARK_EDGE
    flat = high == low

    def spot(number: int, value: Decimal) -> tuple[float, float]:
        height = 0.5 if flat else float(value - low) / spread
        return SPARK_EDGE + number * step, SPARK_EDGE + room * (1 - height)

    places = [None if value is None else spot(number, value) for number, value in enumerate(values)]
    last_x, last_y = next(found for found in reversed(places) if found is not None)
    words = " ".join("-" if value is None else str(value) for value in values)
    return Spark(tuple(path(run) for run in runs(places)), place(last_x), place(last_y), words)


def bars(
    title: str,
    rows: Sequence[tuple[Point, str]],
    *,
    target: Decimal | None = None,
    target_text: str = "",
    source: str = "",
) -> Bars:
    """Bars in the order given, each (point, address of its name); the longest of values and target fills the width."""
    known = [point.value for point, _address in rows if point.value is not None] + ([target] if target else [])
    longest = float(max(known, default=Decimal(0))) or 1.0
    tick = place(100 * float(target) / longest) if target else ""
    drawn = tuple(
        Bar(
            name=point.label,
            name_url=address,
            text=point.text,
            url=point.url,
            value="" if point.value is None else str(point.value),
            width=place(0 if point.value is None else max(0.0, 100 * float(point.value) / longest)),
            target=tick,
            state="missing" if point.value is None else "value",
        )
        for point, address in rows
    )
    return Bars(title, drawn, target_text, source)


def ceiling(highest: float) -> float:
    """A round number at or above the highest value, so that the ticks are round too."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** (len(str(int(highest))) - 1) if highest >= 1 else 0.1
    return next(step * power for step in (1, 2, 4, 5, 8, 10, 20) if step * power >= highest)


def lines(
    title: str,
    series: Sequence[tuple[str, Sequence[Point]]],
    *,
    source: str = "",
    unit: str = "",
    breaks: Mapping[int, str] | None = None,
) -> Lines:
    """At most five series over the same periods; values from zero up. `breaks`: numbers of the periods that are the first
    by another method, with the words for it; no line leads over such a break."""
    series = series[: len(DASHES)]
    periods = [point.label for point in series[0][1]] if series else []
    known = [float(point.value) for _name, points in series for point in points if point.value is not None]
    top = ceiling(max(known, default=0))
    right = LINES_WIDTH - min(MOST_RIGHT, max([LEAST_RIGHT, *(16 + LETTER * len(name) for name, _points in series)]))
    step = (right - LEFT) / max(len(periods) - 1, 1)
    room = LINES_HEIGHT - TOP - BOTTOM

    def spot(number: int, value: Decimal) -> tuple[float, float]:
        return LEFT + number * step, TOP + room * (1 - float(value) / top)

    cuts = breaks or {}
    drawn = tuple(draw(number, name, points, spot, cuts) for number, (name, points) in enumerate(series))
    widest = LETTER * max((len(label) for label in periods), default=0) + 16
    every = max(1, -(-widest // max(int(step), 1)))
    last = len(periods) - 1
    spots = ((LEFT + n * step, periods[n]) for n in range(last + 1) if (last - n) % every == 0)
    across = tuple(Tick(place(x), word, "start" if x < LETTER * len(word) / 2 else "middle") for x, word in spots)
    up = tuple(
        Tick(place(TOP + room * (1 - n / TICKS)), wording.number(Decimal(str(top)) * n / TICKS) + unit)
        for n in range(TICKS + 1)
    )
    table = tuple(TableRow(label, tuple(points[n] for _name, points in series)) for n, label in enumerate(periods))
    marked = tuple(Tick(place(LEFT + (number - 0.5) * step), words) for number, words in sorted(cuts.items()))
    return Lines(title, spread_labels(drawn), across, up, table, source, right=right, breaks=marked)


def draw(number: int, name: str, points: Sequence[Point], spot: Spot, breaks: Collection[int] = ()) -> Line:
    """One series; the stretch that ends in a provisional value is dashed by itself."""
    places = [None if point.value is None else spot(n, point.value) for n, point in enumerate(points)]
    firm = [None if point.provisional else found for point, found in zip(points, places, strict=True)]
    loose = [
        found if point.provisional or (n + 1 < len(points) and points[n + 1].provisional) else None
        for n, (point, found) in enumerate(zip(points, places, strict=True))
    ]
    marks = tuple(
        Mark(place(found[0]), place(found[1]), str(point.value), point.text, point.label)
        for point, found in zip(points, places, strict=True)
        if found is not None
    )
    end = next((found for found in reversed(places) if found is not None), (float(LEFT), float(TOP)))
    return Line(
        name=name,
        number=number + 1,
        dash=DASHES[number],
        marker=MARKERS[number],
        paths=tuple(path(run) for run in runs(firm, breaks)),
        provisional=tuple(path(run) for run in runs(loose, breaks) if len(run) > 1),
        marks=marks,
        label_x=place(end[0] + 10),
        label_y=place(end[1] + 4),
    )


def spread_labels(series: Sequence[Line]) -> tuple[Line, ...]:
    """Labels at the ends of lines pushed apart until none covers another."""
    ordered = sorted(series, key=lambda line: float(line.label_y))
    lowest = float("-inf")
    moved = {}
    for line in ordered:
        lowest = max(float(line.label_y), lowest + LABEL_STEP)
        moved[line.number] = place(lowest)
    return tuple(replace(line, label_y=moved[line.number]) for line in series)
