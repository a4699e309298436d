"""Where names stand on a map: shapes in drawing units in, a place for every name out.

A name stands in its own area, else outside all areas on a leader line, else as a number that a key
explains. It is tried at the points of a grid, and the best that is free is taken.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.ndimage import uniform_filter

FONT = 13.0  # 7 points where the sheet has the width of a page, 12 pixels on a telephone
ENOUGH = 0.65  # of a name's box in its own area
CLEAR = 3.0  # drawing units between a name and what else is written
TRIED = 60  # points across and down that a name is tried at
FARTHEST = 75.0  # drawing units that a leader line may bridge
LINES = (40, 18, 13, 9)  # letters in a line, the ways to break a name
THIN, THICK = frozenset("fijlrtI.,-–' "), frozenset("mwMW%")

Bounds = tuple[float, float, float, float]
Shapes = npt.NDArray[np.object_]
Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Label:
    """A name as it is broken, or () where a number stands for it; its box; its leader line."""

    lines: tuple[str, ...]
    box: shapely.Polygon
    line: shapely.LineString | None = None


def width(text: str) -> float:
    """Estimate a text's width in drawing units, right to five per cent.

    >>> round(width("Österängen"))
    65
    """
    return FONT * sum(
        0.29 if letter in THIN else 0.78 if letter in THICK else 0.58 if letter.isupper() else 0.52
        for letter in text
    )


def place(
    shapes: Sequence[shapely.Geometry],
    names: Sequence[str],
    size: tuple[float, float],
    *,
    land: int,
    must: Iterable[int],
    may: Iterable[int] = (),
    taken: Iterable[shapely.Geometry] = (),
) -> dict[int, Label]:
    """Place names, those of small areas first; none is nearer to another than `CLEAR`.

    Args:
        shapes: what is in the window of this size, in drawing units: so many areas (`land`), then
            waters, on which a name on a leader line may stand.
        must, may: the shapes to name, and to name afterwards where there is room in them.
        taken: where no name may stand.
    """
    x, y = size
    edges = [(-x, -y, 2 * x, 0), (-x, y, 2 * x, 2 * y), (-x, -y, 0, 2 * y), (x, -y, 2 * x, 2 * y)]
    full = np.array([*edges, *(box.bounds for box in taken)])
    order = sorted(must, key=lambda at: float(shapes[at].area))
    beside = partial(_beside, land=shapely.union_all(shapes[:land]))
    found: dict[int, Label] = {}
    for group, seek in ((order, _inside), (order, beside), (order, _number), (may, _inside)):
        for at in group:
            is_left = at not in found and not shapes[at].is_empty
            if is_left and (label := seek(names[at], shapes[at], full)):
                line = _points(*label.line.coords) if label.line else full[:0]
                found[at], full = label, np.vstack([full, label.box.bounds, line])
    return found


def _inside(
    name: str, shape: shapely.Geometry, full: Numbers, enough: float = ENOUGH
) -> Label | None:
    """Place a name where most of it is in its own area, near the middle, in few lines."""
    x, y = _grid(shape)
    inside, middle = shapely.contains_xy(shape, x, y), shape.point_on_surface()
    worth, ranked = -np.hypot(x - middle.x, y - middle.y) / 400, []
    for lines in _broken(name):
        share = _share(inside, _size(lines), x, y)
        fits = inside & (share >= enough) & _free(_size(lines), x, y, full)
        each = (worth + share)[fits] - 0.04 * len(lines)
        ranked += [(*spot, lines) for spot in zip(each, x[fits], y[fits], strict=True)]
    for _, *spot, lines in sorted(ranked, key=itemgetter(0), reverse=True):
        box = _box(lines, *spot)
        if shape.intersection(box).area >= enough * box.area:
            return Label(lines, box)
    return None


def _beside(
    name: str, shape: shapely.Geometry, full: Numbers, land: shapely.Geometry
) -> Label | None:
    """Place a name outside all areas, near its own, where a line to it crosses no other name."""
    anchor, others = shape.point_on_surface(), shapely.STRtree(shapely.box(*full.T))
    shapely.prepare(land)
    for lines in _broken(name)[:2]:
        x, y = _grid(anchor.buffer(FARTHEST + _size(lines)[0]))
        on_water = _share(~shapely.contains_xy(land, x, y), _size(lines), x, y) > 1 - 1e-9
        boxes = _box(lines, *np.array([x, y])[:, on_water & _free(_size(lines), x, y, full)])
        ways = shapely.shortest_line(anchor, boxes)
        length = shapely.length(ways)
        length[others.query(ways, "dwithin", CLEAR)[0]] = np.inf
        for at in length.argsort()[: (length <= FARTHEST).sum()]:
            if not shapely.dwithin(land, boxes[at], CLEAR):
                return Label(lines, boxes[at], ways[at])
    return None


def _number(_: str, shape: shapely.Geometry, full: Numbers) -> Label:
    """Place a number of two figures in its area, in the middle where nothing is free."""
    middle, label = shape.point_on_surface(), _inside("00", shape, full, 0)
    return Label((), label.box if label else _box(("00",), middle.x, middle.y))


def _broken(name: str) -> list[tuple[str, ...]]:
    """Break a name at spaces and hyphens in every way that is worth trying."""
    loose = name.replace("-", "- ")
    ways = [textwrap.wrap(loose, letters, break_long_words=False) for letters in LINES]
    return list(dict.fromkeys(tuple(line.replace("- ", "-") for line in lines) for lines in ways))


def _size(lines: Sequence[str]) -> tuple[float, float]:
    return max(map(width, lines)), len(lines) * FONT


def _box(lines: Sequence[str], x: Any, y: Any) -> Any:
    """Make the box that holds the lines, around a point, or boxes around points."""
    wide, high = _size(lines)
    return shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def _grid(shape: shapely.Geometry) -> tuple[Numbers, Numbers]:
    """Spread points over a shape's bounds."""
    west, north, east, south = shape.bounds
    x, y = np.meshgrid(np.linspace(west, east, TRIED), np.linspace(north, south, TRIED))
    return x, y


def _share(inside: Truths, size: tuple[float, float], x: Numbers, y: Numbers) -> Numbers:
    """Return how much of a box of this size around each point of a grid is inside."""
    steps = y[1, 0] - y[0, 0], x[0, 1] - x[0, 0]
    cells = np.maximum(1, np.rint(np.divide(size[::-1], steps))).astype(int)
    share: Numbers = uniform_filter(inside.astype(float), cells, mode="constant")
    return share


def _free(size: tuple[float, float], x: Numbers, y: Numbers, full: Numbers) -> Truths:
    """Tell around which points of a grid a box is at least `CLEAR` from all that stands already."""
    wide, high = np.array(size) / 2 + CLEAR
    columns = (x[0] > full[:, [0]] - wide) & (x[0] < full[:, [2]] + wide)
    rows = (y[:, 0] > full[:, [1]] - high) & (y[:, 0] < full[:, [3]] + high)
    free: Truths = rows.T.astype(float) @ columns.astype(float) == 0
    return free


def _points(start: tuple[float, float], end: tuple[float, float]) -> Numbers:
    """Return a line as small boxes, close to each other."""
    middle = np.linspace(start, end, 40)
    return np.hstack([middle - 0.5, middle + 0.5])
