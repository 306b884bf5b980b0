"""A choropleth from outlines and values: geometry as strings, five classes at most, small shapes again in an inset.

The canvas (projection, paths, places for labels) is worked out once from the outlines; a map only colours it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

Ring = list[tuple[float, float]]
WIDTH, EDGE, CLASSES = 760, 6, 5
SCANS, LINE, LETTER = 40, 12, 8.0  # rows tried for a label; its height; the width of a letter
SMALL_SHARE, INSET, INSETS = 0.0025, 96, 2  # below this share of the whole area a shape is too small to hit


@dataclass(frozen=True)
class Territory:
    """What is shown of one territory: its value in all forms and where its links lead."""

    code: str
    name: str
    value: Decimal | None
    text: str
    name_url: str = ""
    value_url: str = ""
    state: str = "value"
    word: str = ""


@dataclass(frozen=True)
class Shape:
    """A territory's outline with its class 1–5, or 0 where there is no value."""

    code: str
    name: str
    path: str
    step: int
    value: str
    text: str
    url: str
    label_x: str
    label_y: str
    room: bool
    state: str


@dataclass(frozen=True)
class Inset:
    """A small shape drawn again, larger, in an empty corner."""

    shape: Shape
    x: str
    y: str
    size: int = INSET


@dataclass(frozen=True)
class Drawn:
    """One outline on the canvas: its path, the place and width for a label."""

    path: str
    label_x: str
    label_y: str
    room: float
    share: float = 1.0


@dataclass(frozen=True)
class Canvas:
    """All outlines, and the small ones again with the corners of their boxes."""

    outlines: Mapping[str, Drawn]
    insets: Mapping[str, tuple[Drawn, str, str]]
    height: int
    attribution: str = ""


@dataclass(frozen=True)
class Key:
    """A line of the legend."""

    step: int
    text: str


@dataclass(frozen=True)
class Map:
    """Everything that map.html draws, and the same figures as rows."""

    id: str
    title: str
    shapes: tuple[Shape, ...]
    insets: tuple[Inset, ...]
    legend: tuple[Key, ...]
    rows: tuple[Territory, ...]
    height: int
    width: int = WIDTH
    source: str = ""
    nothing: tuple[str, ...] = ()  # states that stand for no value
    attribution: str = ""


def rings_of(geometry: Mapping[str, Any]) -> list[Ring]:
    """The outer rings of a GeoJSON Polygon or MultiPolygon."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    return [[(float(x), float(y)) for x, y, *_rest in polygon[0]] for polygon in polygons]


def outlines_of(collection: Mapping[str, Any], key: str) -> dict[str, list[Ring]]:
    """Outlines of a feature collection by the property `key`."""
    return {str(feature["properties"][key]): rings_of(feature["geometry"]) for feature in collection["features"]}


def area(ring: Ring) -> float:
    """The surface a ring encloses."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def chords(ring: Ring, y: float) -> list[tuple[float, float]]:
    """The stretches of a horizontal line that lie inside a ring."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    cuts = sorted(x1 + (x2 - x1) * (y - y1) / (y2 - y1) for (x1, y1), (x2, y2) in pairs if (y1 > y) != (y2 > y))
    return list(zip(cuts[::2], cuts[1::2], strict=False))


def heart(ring: Ring) -> tuple[float, float, float]:
    """Where a line of text has most room inside a ring: its middle, and how wide it may be."""
    (left, right), (top, bottom) = bounds([ring])
    best = (0.0, (left + right) / 2, (top + bottom) / 2)
    for number in range(1, SCANS):
        y = top + (bottom - top) * number / SCANS
        for above, middle, below in product(chords(ring, y - LINE / 2), chords(ring, y), chords(ring, y + LINE / 2)):
            start, end = max(above[0], middle[0], below[0]), min(above[1], middle[1], below[1])
            best = max(best, (end - start, (start + end) / 2, y))
    room, x, y = best
    return x, y, room


def bounds(rings: Sequence[Ring]) -> tuple[tuple[float, float], tuple[float, float]]:
    """((least x, greatest x), (least y, greatest y))."""
    xs = [x for ring in rings for x, _y in ring]
    ys = [y for ring in rings for _x, y in ring]
    return (min(xs), max(xs)), (min(ys), max(ys))


def project(outlines: Mapping[str, Sequence[Ring]]) -> tuple[dict[str, list[Ring]], int]:
    """Degrees to canvas: longitudes narrowed by the middle latitude, north up. Also the canvas's height."""
    (west, east), (south, north) = bounds([ring for rings in outlines.values() for ring in rings])
    narrow = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * EDGE) / ((east - west) * narrow)
    drawn = {
        code: [[(EDGE + (x - west) * narrow * scale, EDGE + (north - y) * scale) for x, y in ring] for ring in rings]
        for code, rings in outlines.items()
    }
    return drawn, math.ceil((north - south) * scale) + 2 * EDGE


def path(rings: Sequence[Ring], digits: int = 0) -> str:
    """SVG path data in relative steps: short, and rounded so that neighbours still meet."""
    parts = []
    for ring in rings:
        spots = [(round(x, digits) + 0.0, round(y, digits) + 0.0) for x, y in ring]
        (x, y), steps = spots[0], []
        start = f"M{x:g} {y:g}"
        for nx, ny in spots[1:]:
            if (dx := round(nx - x, digits)) or round(ny - y, digits):
                steps.append(f"{dx:g} {round(ny - y, digits):g}")
                x, y = nx, ny
        if len(steps) > 1:
            parts.append(f"{start}l{' '.join(steps)}z".replace(" -", "-"))
    return "".join(parts)


def breaks(values: Sequence[Decimal]) -> list[Decimal]:
    """Upper bounds of at most five classes holding equally many territories; equal values share a class."""
    ordered = sorted(values)
    if not ordered:
        return []
    cuts = [ordered[math.ceil(len(ordered) * part / CLASSES) - 1] for part in range(1, CLASSES + 1)]
    return sorted(set(cuts))


def step_of(value: Decimal | None, cuts: Sequence[Decimal]) -> int:
    """The class of a value, spread over the five colours; 0 without a value."""
    if value is None or not cuts:
        return 0
    number = next((n for n, cut in enumerate(cuts) if value <= cut), len(cuts) - 1)
    return CLASSES - len(cuts) + number + 1 if len(cuts) > 1 else 3


def drawn_of(rings: list[Ring], whole: float) -> Drawn:
    """An outline with the best place for its label."""
    largest = max(rings, key=area)
    x, y, room = heart(largest)
    return Drawn(path(rings), f"{x:.0f}", f"{y + 5:.0f}", room, sum(map(area, rings)) / whole)


def enlarged(rings: list[Ring], x: float, y: float) -> Drawn:
    """A small outline again, fitted into a box at (x, y)."""
    (left, right), (top, bottom) = bounds(rings)
    scale = (INSET - 24) / max(right - left, bottom - top)
    shift_x = x + (INSET - (right - left) * scale) / 2
    shift_y = y + (INSET - (bottom - top) * scale) / 2
    placed = [[((px - left) * scale + shift_x, (py - top) * scale + shift_y) for px, py in ring] for ring in rings]
    return Drawn(path(placed), f"{x + INSET / 2:.0f}", f"{y + INSET / 2 + 5:.0f}", INSET)


def empty_corner(spots: Sequence[tuple[float, float]], height: int) -> tuple[float, float]:
    """The corner whose box holds the fewest border points."""

    def crowd(corner: tuple[float, float]) -> int:
        return sum(abs(x - corner[0] - INSET / 2) < INSET and abs(y - corner[1] - INSET / 2) < INSET for x, y in spots)

    return min(((x, y) for y in (EDGE, height - EDGE - INSET) for x in (WIDTH - EDGE - INSET, EDGE)), key=crowd)


def canvas(outlines: Mapping[str, Sequence[Ring]], attribution: str = "") -> Canvas:
    """The slow part of a map, done once for a set of outlines; their licence may ask to be named."""
    placed, height = project(outlines)
    whole = sum(area(ring) for rings in placed.values() for ring in rings)
    drawn = {code: drawn_of(rings, whole) for code, rings in placed.items()}
    small = [code for code, shape in drawn.items() if shape.share < SMALL_SHARE][:INSETS]
    x, y = empty_corner([spot for rings in placed.values() for ring in rings for spot in ring], height)
    inward = -1 if x > WIDTH / 2 else 1
    places = {code: x + inward * number * (INSET + 8) for number, code in enumerate(small)}
    insets = {code: (enlarged(placed[code], left, y), f"{left:.0f}", f"{y:.0f}") for code, left in places.items()}
    return Canvas(drawn, insets, height, attribution)


def coloured(row: Territory, drawn: Drawn, cuts: Sequence[Decimal]) -> Shape:
    """A territory's outline with its value and class."""
    return Shape(
        code=row.code,
        name=row.name,
        path=drawn.path,
        step=step_of(row.value, cuts),
        value="" if row.value is None else str(row.value),
        text=row.text,
        url=row.name_url,
        label_x=drawn.label_x,
        label_y=drawn.label_y,
        room=drawn.room > LETTER * len(row.text),
        state=row.state,
    )


def legend(rows: Sequence[Territory], cuts: Sequence[Decimal]) -> tuple[Key, ...]:
    """Each class by its least and greatest value, as the reader writes them."""
    by_step: dict[int, list[str]] = {}
    for row in sorted((row for row in rows if row.value is not None), key=lambda row: row.value or 0):
        by_step.setdefault(step_of(row.value, cuts), []).append(row.text)
    return tuple(
        Key(step, texts[0] if texts[0] == texts[-1] else f"{texts[0]} – {texts[-1]}")
        for step, texts in sorted(by_step.items())
    )


def choropleth(title: str, rows: Sequence[Territory], on: Canvas, *, name: str = "map", source: str = "") -> Map | None:
    """The map of the territories that have an outline; None where none has, so that the table stands alone."""
    known = [row for row in rows if row.code in on.outlines]
    if not known:
        return None
    cuts = breaks([row.value for row in known if row.value is not None])
    insets = [
        (coloured(row, on.insets[row.code][0], cuts), on.insets[row.code]) for row in known if row.code in on.insets
    ]
    return Map(
        id=name,
        title=title,
        shapes=tuple(coloured(row, on.outlines[row.code], cuts) for row in known),
        insets=tuple(Inset(shape, x, y) for shape, (_drawn, x, y) in insets),
        legend=legend(known, cuts),
        rows=tuple(rows),
        height=on.height,
        source=source,
        nothing=tuple(sorted({row.state for row in known if row.value is None})),
        attribution=on.attribution,
    )
