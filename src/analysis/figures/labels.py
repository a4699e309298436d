"""Where names stand on a map: shapes in drawing units in, a place for every name out.

A name stands in its own area, else outside all areas on a leader line, else as a number that a key
explains. Places are sought on a raster of the window: for every cell, what a box around it covers.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.ndimage import uniform_filter

FONT = 13.0  # 7 points where the sheet has the width of a page, 12 pixels on a telephone
STEP = 3.0  # drawing units a cell of the raster
ENOUGH = 0.7  # of a name's box in its own area; 0.6 is promised, the raster is coarse
FARTHEST = 75.0  # drawing units that a leader line may bridge
REACH = 40  # cells around an area where its name may reach
TRIES = 20  # places for a leader line's name, before a number takes its place
LINES = (40, 18, 13, 9)  # letters in a line, the ways to break a name
THIN, THICK = frozenset("fijlrtI.,-–' "), frozenset("mwMW%")

Box = tuple[float, float, float, float]  # left, top, right, low
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Label:
    """A name as it is broken, or a number for it; its box; and where a leader line goes to."""

    lines: tuple[str, ...]
    box: Box
    anchor: tuple[float, float] | None = None
    number: int | None = None

    @property
    def edge(self) -> tuple[float, float]:
        """The point of the box that is nearest to the anchor."""
        (left, top, right, low), (x, y) = self.box, self.anchor or self.box[:2]
        return min(max(x, left), right), min(max(y, top), low)


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
    must: Iterable[int],
    may: Iterable[int] = (),
    land: int | None = None,
    taken: Iterable[Box] = (),
) -> dict[int, Label]:
    """Place names, those of small areas first; no name covers another.

    Args:
        shapes: all that is in the window of this size, in drawing units.
        must, may: the shapes to name, and to name afterwards where there is room in them.
        land: how many of the shapes, the first, are areas; on the others, water, a name on a
            leader line may stand. All of them when None.
        taken: rooms where no name may stand.
    """
    ground = _raster(shapes, size)
    is_land = (ground >= 0) & (ground < (len(shapes) if land is None else land))
    full = np.zeros(ground.shape, dtype=bool)
    for box in taken:
        _take(full, box)
    found: dict[int, Label] = {}

    def put(at: int, label: Label | None) -> None:
        if label is not None:
            found[at] = label
            _take(full, label.box)

    order = sorted(must, key=lambda at: float(shapes[at].area))
    for at in order:
        put(at, _inside(_broken(names[at]), ground == at, full, shapes[at]))
    for at in [at for at in order if at not in found]:
        label = _beside(_broken(names[at])[:2], is_land, full, shapes[at])
        put(at, label or _number(ground == at, full, shapes[at]))
    for at in may:
        put(at, _inside(_broken(names[at]), ground == at, full, shapes[at]))
    return found


def _raster(shapes: Sequence[shapely.Geometry], size: tuple[float, float]) -> npt.NDArray[np.int_]:
    """Return which shape each cell of the window is in, -1 where it is in none."""
    x, y = (np.arange(STEP / 2, side, STEP) for side in size)
    ground = np.full((len(y), len(x)), -1)
    for at, shape in enumerate(shapes):
        if not shape.is_empty:
            west, north, east, south = shape.bounds
            rows = slice(*np.searchsorted(y, [north, south]))
            columns = slice(*np.searchsorted(x, [west, east]))
            shapely.prepare(shape)
            ground[rows, columns][shapely.contains_xy(shape, x[columns], y[rows, None])] = at
    return ground


def _inside(
    ways: Iterable[tuple[str, ...]], own: Mask, full: Mask, shape: shapely.Geometry
) -> Label | None:
    """Place a name where most of it is in its own area, near the middle; None where it is not."""
    found: dict[float, Label] = {}
    near, corner = _around(own)
    own, full, (x, y) = own[near], full[near], _middle(shape)
    for lines in ways if own.any() else ():
        share = _covered(own, lines)
        fits = own & (share >= ENOUGH) & (_covered(full, lines, outside=1) < 1e-3)
        away = _away(own, (x - corner[0], y - corner[1]))
        best = np.where(fits, share - away / 400 - 0.04 * len(lines), -np.inf).argmax()
        if fits.flat[best]:
            score = share.flat[best] - away.flat[best] / 400 - 0.04 * len(lines)
            found[score] = _label(lines, best, own, corner=corner)
    return found[max(found)] if found else None


def _around(own: Mask) -> tuple[tuple[slice, slice], tuple[float, float]]:
    """Return the part of the raster where a name of the area can be, and its corner."""
    sides = [np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))]
    low = [max(0, int(side[0]) - REACH) if len(side) else 0 for side in sides]
    high = [int(side[-1]) + REACH if len(side) else 0 for side in sides]
    return (slice(low[0], high[0]), slice(low[1], high[1])), (low[1] * STEP, low[0] * STEP)


def _beside(
    ways: Iterable[tuple[str, ...]], land: Mask, full: Mask, shape: shapely.Geometry
) -> Label | None:
    """Place a name outside all areas, near its own, where a line to it crosses no other name."""
    anchor = _middle(shape)
    for lines in ways:
        is_open = _covered(land | full, lines, outside=1, margin=3) < 1e-3
        away = np.where(is_open, _away(land, anchor, lines), np.inf)
        for _ in range(TRIES):
            best = away.argmin()
            if away.flat[best] > FARTHEST:
                break
            label = _label(lines, best, land, anchor)
            line = shapely.segmentize(shapely.LineString([anchor, label.edge]), STEP)
            cells = tuple((shapely.get_coordinates(line)[:, ::-1] // STEP).astype(int).T)
            if not full[cells].any():
                for row, column in zip(*cells, strict=True):
                    full[row - 1 : row + 2, column - 1 : column + 2] = True
                return label
            away.flat[best - 3 : best + 4] = np.inf
    return None


def _number(own: Mask, full: Mask, shape: shapely.Geometry) -> Label:
    """Place a number of two figures in its area, in the middle where nothing else has room."""
    x, y = _middle(shape)
    label = _inside([("00",)], own, full, shape) or _inside([("00",)], own, full & ~own, shape)
    return Label((), label.box if label else (x - 7, y - FONT / 2, x + 7, y + FONT / 2))


def _broken(name: str) -> list[tuple[str, ...]]:
    """Break a name at spaces and hyphens in every way that is worth trying."""
    loose = name.replace("-", "- ")
    ways = [textwrap.wrap(loose, letters, break_long_words=False) for letters in LINES]
    return list(dict.fromkeys(tuple(line.replace("- ", "-") for line in lines) for lines in ways))


def _covered(mask: Mask, lines: Sequence[str], *, outside: float = 0, margin: float = 0) -> Floats:
    """Return how much of a mask a box for the lines, around each cell, covers."""
    sides = (len(lines) * FONT + 2 * margin, max(map(width, lines)) + 2 * margin)
    cells = [2 * int(np.ceil(side / STEP / 2 - 0.5)) + 1 for side in sides]  # odd: around a cell
    share: Floats = uniform_filter(mask.astype(np.float64), cells, mode="constant", cval=outside)
    return share


def _away(mask: Mask, point: tuple[float, float], lines: Sequence[str] = ("",)) -> Floats:
    """Return how far a box for the lines, around each cell, is from a point."""
    high, wide = len(lines) * FONT, max(map(width, lines))
    x, y = ((np.arange(count) + 0.5) * STEP for count in mask.shape[::-1])
    across = np.abs(x - point[0]) - wide / 2
    down = np.abs(y[:, None] - point[1]) - (high / 2 if wide else 0)
    away: Floats = np.hypot(across.clip(0), down.clip(0))
    return away


def _label(
    lines: tuple[str, ...],
    at: np.intp,
    mask: Mask,
    anchor: tuple[float, float] | None = None,
    corner: tuple[float, float] = (0.0, 0.0),
) -> Label:
    row, column = divmod(int(at), mask.shape[1])
    x, y = (column + 0.5) * STEP + corner[0], (row + 0.5) * STEP + corner[1]
    wide, high = max(map(width, lines)) / 2, len(lines) * FONT / 2
    return Label(lines, (x - wide, y - high, x + wide, y + high), anchor)


def _middle(shape: shapely.Geometry) -> tuple[float, float]:
    x, y = shapely.get_coordinates(shapely.point_on_surface(shape))[0]
    return float(x), float(y)


def _take(full: Mask, box: Box) -> None:
    left, top = (max(0, int(side // STEP)) for side in box[:2])
    right, low = (int(np.ceil(side / STEP)) for side in box[2:])
    full[top:low, left:right] = True
