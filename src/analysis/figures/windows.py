"""The windows of a map: areas in metres in; what is shown, enlarged, near each other out."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

CELL, GAP = 404.0, 12.0  # two windows beside each other are as wide as a page
NARROW = 240.0  # of a map that shows where one area lies
TALLEST = 430.0
SMALL = 14.0  # side in drawing units below which an area has no room for a number
OUTSIDE = 4.0  # drawing units kept beyond a window, so that cut borders are not seen

Bounds = tuple[float, float, float, float]
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the map: bounds in metres, of the same proportions as its size as drawn."""

    bounds: Bounds
    size: tuple[float, float]

    @property
    def units(self) -> float:
        """Drawing units a metre."""
        return self.size[0] / (self.bounds[2] - self.bounds[0])

    def drawn(self, shapes: Shapes) -> Shapes:
        """Keep what is in the window, in drawing units, north up."""
        wide = shapely.box(*self.bounds).buffer(OUTSIDE / self.units, join_style="mitre")
        corner, scale = (self.bounds[0], self.bounds[3]), (self.units, -self.units)
        kept = shapely.intersection(shapes, wide)
        return np.array(shapely.transform(kept, lambda at: (at - corner) * scale), dtype=object)


def windows_of(places: gpd.GeoDataFrame) -> list[Window]:
    """Make a window on the whole, and one on the part where many areas are too small to read.

    With a place pointed out only one: the enlarged where it holds the place, else the whole.
    """
    shapes = places.geometry.to_numpy()
    small = shapes[np.sqrt(shapely.area(shapes)) * _window(shapes, CELL).units < SMALL]
    parts = [shapes]
    if len(small) >= max(3, len(shapes) / 5):
        centres = _centres(small)  # far outliers are left to the whole map
        distance = np.hypot(*(centres - np.median(centres, axis=0)).T)
        parts.append(small[distance <= 2.5 * np.median(distance)])
    for place in shapes[places["is_pointed_out"]]:
        bounds = shapely.box(*shapely.total_bounds(parts[-1])).buffer(1)
        return [_window(parts[-1] if bounds.contains(place) else shapes, NARROW)]
    high = max(_window(part, CELL).size[1] for part in parts)
    return [_window(part, CELL, high) for part in parts]


def _window(shapes: Shapes, width: float, high: float = 0) -> Window:
    """Fit shapes into a width, and a height; their bounds are widened to its proportions."""
    west, south, east, north = shapely.total_bounds(shapes)
    high = high or min(TALLEST * max(width / CELL, 0.7), width * (north - south) / (east - west))
    metres = 0.51 * max((east - west) / width, (north - south) / high)
    x, y, across, up = (west + east) / 2, (south + north) / 2, metres * width, metres * high
    return Window((x - across, y - up, x + across, y + up), (width, high))


def _centres(shapes: Shapes) -> Floats:
    centres: Floats = shapely.get_coordinates(shapely.point_on_surface(shapes))
    return centres


def steps(shapes: Shapes) -> list[str]:
    """Find where arrow keys lead from each shape: the nearest to the left, up, right and down.

    Returns:
        For each shape four numbers of shapes, "3,,0,2"; nothing where none is within 45 degrees.
    """
    centres = _centres(shapes)
    away, ways = centres[None] - centres[:, None], []
    for side in np.array([(-1, 0), (0, 1), (1, 0), (0, -1)]):  # north is up
        along, across = away @ side, np.abs(away @ side[::-1])
        distance = np.where((along > 0) & (across <= along), np.hypot(*away.T).T, np.inf)
        nearest = distance.argmin(axis=1).astype(str)
        ways.append(np.where(np.isfinite(distance).any(axis=1), nearest, ""))
    return [",".join(way) for way in zip(*ways, strict=True)]
