"""Shapes in metres become windows of a drawing: what is enlarged, where points fall, what is near."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely

WIDTH = 420.0
NARROW = 235.0  # of a map that shows where one area lies
TALLEST = 460.0
MARGIN = 6.0
SMALL = 24.0  # side in drawing units below which an area cannot be read on the whole map
TOLERANCE = 0.4  # drawing units that a border may be moved when simplified
OUTSIDE = 4.0  # drawing units kept beyond a window, so that cut borders are not seen
SIDES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # left, up, right, down; north is up

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Panel:
    """A window on the map: metres in, drawing units out.

    Attributes:
        bounds: (west, south, east, north) in metres.
        top: where the panel begins, in drawing units.
        units: drawing units per metre.
        title: its heading, or "".
        sheet: width of the drawing that it stands in.
    """

    bounds: Bounds
    top: float
    units: float
    title: str = ""
    sheet: float = WIDTH

    @property
    def height(self) -> float:
        """Height in drawing units."""
        return (self.bounds[3] - self.bounds[1]) * self.units

    @property
    def width(self) -> float:
        """Width in drawing units."""
        return (self.bounds[2] - self.bounds[0]) * self.units

    @property
    def left(self) -> float:
        """Where the panel begins, centred in the drawing."""
        return (self.sheet - self.width) / 2

    def project(self, points: np.ndarray) -> np.ndarray:
        """Turn (n, 2) metres into (n, 2) drawing units, north up."""
        x = self.left + (points[:, 0] - self.bounds[0]) * self.units
        y = self.top + (self.bounds[3] - points[:, 1]) * self.units
        return np.column_stack([x, y])

    def simplified(self, shapes: Sequence[shapely.Geometry]) -> np.ndarray:
        """Simplify shapes that share borders, so that no slivers come between them."""
        found: np.ndarray = shapely.coverage_simplify(
            np.array(shapes, dtype=object), TOLERANCE / self.units
        )
        return found

    def cut(self, shapes: Sequence[shapely.Geometry] | np.ndarray) -> np.ndarray:
        """Keep what is in the window; a shape outside it becomes empty."""
        window = shapely.box(*self.bounds)
        inside = shapely.intersects(shapes, window)
        wide = window.buffer(OUTSIDE / self.units, join_style="mitre")
        kept: np.ndarray = np.where(inside, shapely.intersection(shapes, wide), shapely.Polygon())
        return kept

    def path(self, shape: shapely.Geometry) -> str:
        """Write a shape's outline as SVG, in steps of tenths of a unit."""
        parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
        rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
        return "".join(_closed(self.project(shapely.get_coordinates(ring))[:-1]) for ring in rings)

    def box(self, bounds: Bounds) -> str:
        """Write a rectangle's place as SVG attributes."""
        (x, y), (right, low) = self.project(np.array([bounds[::3], bounds[2:0:-1]]))
        return f'x="{x:.1f}" y="{y:.1f}" width="{right - x:.1f}" height="{low - y:.1f}"'


def _closed(points: np.ndarray) -> str:
    """Write a ring: rounded first, so that neighbours meet, then as steps, which are short.

    >>> _closed(np.array([[10, 10], [10.52, 10], [10.5, 9]]))
    'M10 10l.5 0 0-1z'
    """
    tenths = np.rint(points * 10).astype(int)
    moves = np.diff(tenths, axis=0)
    moves = moves[moves.any(axis=1)]
    return f"M{_numbers(tenths[:1])}l{_numbers(moves)}z" if len(moves) > 1 else ""


def _numbers(tenths: np.ndarray) -> str:
    """Write numbers as SVG allows: no zero before a point, no space that a sign or point spares.

    >>> _numbers(np.array([[5, 12], [-3, 10]]))
    '.5 1.2-.3 1'
    """
    written = " ".join(f"{number / 10:g}" for number in tenths.ravel().tolist())
    return re.sub(r" (?=-)|(?<=\.\d) (?=\.)", "", re.sub(r"\b0\.", ".", written))


def panels_of(shapes: np.ndarray, *pointed: shapely.Geometry) -> list[Panel]:
    """Make a window on the whole, and one on the town where many areas are too small to read.

    With a shape pointed out only one: the enlarged where it holds the shape, else the whole.
    """
    sheet = NARROW if pointed else WIDTH
    bounds = tuple(shapely.total_bounds(shapes))
    whole, units = _window(bounds, MARGIN, sheet), _window(bounds, MARGIN, WIDTH).units
    small = shapes[np.sqrt(shapely.area(shapes)) * units < SMALL]
    panels = [whole]
    if len(small) >= max(3, len(shapes) / 4):
        top = whole.top + whole.height + 26
        panels.append(_window(_core(small), top, sheet, "Tätorten, förstorad"))
    for shape in pointed:
        holding = [panel for panel in panels[1:] if shapely.box(*panel.bounds).contains(shape)]
        panels = [replace(holding[0], top=MARGIN, title="")] if holding else [whole]
    return panels


def _core(small: np.ndarray) -> Bounds:
    """Bound the small areas that lie together, leaving far outliers to the whole map."""
    centres = _centres(small)
    distance = np.hypot(*(centres - np.median(centres, axis=0)).T)
    return tuple(shapely.total_bounds(small[distance <= 2.5 * np.median(distance)]))


def _window(bounds: Bounds, top: float, sheet: float, title: str = "") -> Panel:
    west, south, east, north = bounds
    units = min((sheet - 2 * MARGIN) / (east - west), TALLEST / (north - south))
    return Panel(bounds, top, units, title, sheet)


def _centres(shapes: np.ndarray) -> np.ndarray:
    centres: np.ndarray = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return centres


def steps(shapes: np.ndarray) -> list[str]:
    """Find where arrow keys lead from each shape: the nearest to the left, up, right and down.

    Returns:
        For each shape four numbers of shapes, "3,,0,2"; nothing where there is none that way.
    """
    centres = _centres(shapes)
    return [",".join(_nearest(centres, at, side) for side in SIDES) for at in range(len(shapes))]


def _nearest(centres: np.ndarray, at: int, side: tuple[int, int]) -> str:
    """Find the nearest point within 45 degrees of a direction."""
    away = centres - centres[at]
    along, across = away @ np.array(side), np.abs(away @ np.array(side[::-1]))
    distance = np.where((along > 0) & (across <= along), np.hypot(*away.T), np.inf)
    return str(distance.argmin()) if np.isfinite(distance).any() else ""
