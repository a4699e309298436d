"""Where names stand on a map: shapes in drawing units in, a place for every name out.

A name stands in its own area, else outside all areas on a leader line, else as a number that a key
explains. Boxes for it are tried around many points, and the best of them is taken.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

import numpy as np
import numpy.typing as npt
import shapely

FONT = 13.0  # 7 points where the sheet has the width of a page, 12 pixels on a telephone
ENOUGH = 0.65  # of a name's box in its own area
FARTHEST = 75.0  # drawing units that a leader line may bridge
TRIED = 18  # points across and down that boxes are tried around
NEAREST = 40  # of them to the middle are measured where none has the whole box in the area
LINES = (40, 18, 13, 9)  # letters in a line, the ways to break a name
THIN, THICK = frozenset("fijlrtI.,-–' "), frozenset("mwMW%")

Bounds = tuple[float, float, float, float]
Shapes = npt.NDArray[np.object_]


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
    """Place names, those of small areas first; no name covers another.

    Args:
        shapes: what is in the window of this size, in drawing units: so many areas (`land`), then
            waters, on which a name on a leader line may stand.
        must, may: the shapes to name, and to name afterwards where there is room in them.
        taken: where no name may stand.
    """
    full = shapely.union_all([*taken, shapely.box(0, 0, *size).exterior])
    order = sorted(must, key=lambda at: float(shapes[at].area))
    beside = partial(_beside, land=shapely.union_all(shapes[:land]))
    found: dict[int, Label] = {}
    for group, seek in ((order, _inside), (order, beside), (order, _number), (may, _inside)):
        for at in group:
            shapely.prepare([full, shapes[at]])
            if at not in found and (label := seek(names[at], shapes[at], full)):
                found[at] = label
                full = shapely.union_all([full, label.box, label.line])
    return found


def _inside(name: str, shape: shapely.Geometry, full: shapely.Geometry) -> Label | None:
    """Place a name where most of it is in its own area, near the middle, in few lines."""
    ranked: list[tuple[float, Label | None]] = [(-np.inf, None)]
    middle = shape.point_on_surface()
    for lines in _broken(name):
        boxes = _boxes(lines, shape.bounds)
        boxes = boxes[shapely.area(boxes) * ENOUGH < shape.area]
        boxes = boxes[shapely.contains(shape, shapely.centroid(boxes))]
        boxes = boxes[~shapely.intersects(full, boxes)]
        away = shapely.distance(middle, shapely.centroid(boxes))
        share = shapely.contains(shape, boxes).astype(float)
        if not share.any():
            boxes, away = (each[away.argsort()[:NEAREST]] for each in (boxes, away))
            share = shapely.area(shapely.intersection(shape, boxes)) / shapely.area(boxes)
        worth = np.where(share < ENOUGH, -np.inf, share - away / 400 - 0.04 * len(lines))
        ranked += [(each, Label(lines, box)) for each, box in zip(worth, boxes, strict=True)]
    return max(ranked, key=itemgetter(0))[1]  # the first of them, None, where nothing fits


def _beside(
    name: str, shape: shapely.Geometry, full: shapely.Geometry, land: shapely.Geometry
) -> Label | None:
    """Place a name outside all areas, near its own, where a line to it crosses no other name."""
    anchor, closed = shape.point_on_surface(), shapely.union(full, land)
    shapely.prepare(closed)
    for lines in _broken(name)[:2]:
        boxes = _boxes(lines, anchor.buffer(FARTHEST + width(lines[0]) / 2).bounds)
        boxes = boxes[~shapely.dwithin(closed, boxes, 3)]
        ways = shapely.shortest_line(anchor, boxes)
        free = (shapely.length(ways) <= FARTHEST) & ~shapely.intersects(full, ways)
        if free.any():
            best = np.where(free, shapely.length(ways), np.inf).argmin()
            return Label(lines, boxes[best], ways[best])
    return None


def _number(_: str, shape: shapely.Geometry, full: shapely.Geometry) -> Label:
    """Place a number of two figures in its area, in the middle where nothing else has room."""
    label, middle = _inside("00", shape, full), shape.point_on_surface().coords[0]
    return Label((), label.box if label else _boxes(("00",), middle * 2)[0])


def _broken(name: str) -> list[tuple[str, ...]]:
    """Break a name at spaces and hyphens in every way that is worth trying."""
    loose = name.replace("-", "- ")
    ways = [textwrap.wrap(loose, letters, break_long_words=False) for letters in LINES]
    return list(dict.fromkeys(tuple(line.replace("- ", "-") for line in lines) for lines in ways))


def _boxes(lines: Sequence[str], bounds: Bounds) -> Shapes:
    """Make boxes that hold the lines, around points spread over the bounds."""
    wide, high = max(map(width, lines)) / 2, len(lines) * FONT / 2
    sides = (bounds[::2], bounds[1::2])
    x, y = np.meshgrid(*(np.linspace(low, end, TRIED) for low, end in sides))
    boxes: Shapes = shapely.box(x - wide, y - high, x + wide, y + high).ravel()
    return boxes
