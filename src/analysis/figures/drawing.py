"""The drawing of a map: a frame of places with fills and words in, one SVG out; knows no survey.

What is drawn where is reckoned here; how it looks is said in templates/map.svg.j2.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import jinja2
import numpy as np
import shapely

from analysis import swedish
from analysis.figures import labels, scales
from analysis.figures.labels import FONT, Bounds, Label, Shapes

CELL, GAP = 404.0, 12.0  # two windows beside each other are as wide as a page
NARROW = 240.0  # of a map that shows where one area lies
TALLEST = 430.0
SMALL = 14.0  # side in drawing units below which an area has no room for a number
OUTSIDE = 4.0  # drawing units kept beyond a window, so that cut borders are not seen
TOLERANCE = 0.9  # drawing units that a border may be moved when simplified
HEAD, ROW = 18.0, 17.0  # of a window's title, of a line in a legend
COLOURS = {"ink": scales.INK, "soft": scales.SOFT, "water": scales.WATER}

Entry = tuple[str | int, str]  # of a legend: a colour, a pattern, both, or a number; and its words
Block = dict[str, Any]  # a part of the sheet that keeps together, as the template knows it
_place = lru_cache(maxsize=64)(labels.place)  # the same places, whatever the map tells of them


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the map: bounds in metres, of the same proportions as its size as drawn."""

    bounds: Bounds
    size: tuple[float, float]

    @property
    def units(self) -> float:
        """Drawing units a metre."""
        return self.size[0] / (self.bounds[2] - self.bounds[0])

    @property
    def bar(self) -> float:
        """The round length in metres of a scale bar."""
        lengths = (step * 10.0**power for power in range(6) for step in (1, 2, 5))
        return max(each for each in lengths if each * self.units <= self.size[0] / 7)

    def drawn(self, shapes: Shapes) -> Shapes:
        """Keep what is in the window, in drawing units, north up."""
        wide = shapely.box(*self.bounds).buffer(OUTSIDE / self.units, join_style="mitre")
        corner, scale = (self.bounds[0], self.bounds[3]), (self.units, -self.units)
        kept = shapely.intersection(shapes, wide)
        return np.array(shapely.transform(kept, lambda at: (at - corner) * scale), dtype=object)


@dataclass(frozen=True, slots=True)
class Panel:
    """A window with what it shows, in drawing units."""

    window: Window
    shapes: Shapes
    waters: Shapes
    home: list[int]  # numbers of the areas that are named and heard here, not in another window
    named: dict[int, Label]  # the areas' labels, by their number
    light: list[Label]  # of waters and towns


def svg(
    places: gpd.GeoDataFrame,
    backdrop: gpd.GeoDataFrame,
    entries: Sequence[Sequence[Entry]],
    *,
    heading: str,
    whole: str = "",
) -> str:
    """Draw places, what gives bearings, a legend, and a key to the numbers that stand for names.

    Args:
        places: `name`, `geometry`, `fill` (a colour, the name of a pattern, or both), `said` (what
            is heard of it) and `is_pointed_out` (whether the map is about it).
        backdrop: `kind` (water, town), `name`, `geometry`, in the same coordinates.
        entries: of the legend: the classes, then the marks.
        heading: of the legend, and of the map where a page's reader may choose among several.
        whole: the name of the window on the whole, where there is an enlarged one beside it.
    """
    panels = panels_of(places, backdrop)
    first, width, shapes = panels[0], panels[0].window.size[0], places.geometry.to_numpy()
    short = {n for panel in panels for n, label in panel.named.items() if not label.lines}
    order = sorted(short, key=lambda n: swedish.sort_key(places["name"].iloc[n]))
    numbers = {n: at for at, n in enumerate(order, 1)}
    key = [(at, places["name"].iloc[n]) for n, at in numbers.items()]
    lists = [_listed(heading, entries, width, 28), _listed("Siffror på kartan", [key], width, 20)]
    rows = places[["name", "fill", "said", "is_pointed_out"]].to_dict("records")
    seen = np.flatnonzero(~shapely.is_empty(first.shapes))
    boxes = np.array([shapely.box(*panel.window.bounds) for panel in panels[1:]])
    drawn = _template().render(
        mark=f"m{hashlib.sha256(repr((heading, entries, rows)).encode()).hexdigest()[:5]}",
        choice=heading,
        places=rows,
        numbers=numbers,
        roads=dict(zip(seen, steps(shapes[seen]), strict=True)),
        whole=whole,
        inset=[edge for box in first.window.drawn(boxes) for edge in box.bounds],
        **_sheet(panels, lists if key else lists[:1], width),
        **COLOURS,
    )
    return re.sub(r"\s*\n\s*", "", drawn)


def panels_of(places: gpd.GeoDataFrame, backdrop: gpd.GeoDataFrame) -> list[Panel]:
    """Cut what each window shows, and place the names in it.

    An area is at home in the last window that shows most of it, and is named there. Where the map
    is about one area, that one and its neighbours are named, and others where there is room.
    """
    shapes, count, panels = places.geometry.to_numpy(), len(places), []
    pointed = shapely.union_all(shapes[places["is_pointed_out"]])
    lakes, towns = (backdrop.loc[backdrop["kind"].eq(kind)] for kind in ("water", "town"))
    windows, names = windows_of(places), [*places["name"], *lakes["name"]]
    seen = [shapely.intersection(shapes, shapely.box(*window.bounds)) for window in windows]
    last = (shapely.area(seen) >= 0.5 * shapely.area(shapes)).cumsum(axis=0).argmax(axis=0)
    for at, window in enumerate(windows):
        fine = TOLERANCE / window.units
        simple = shapely.coverage_simplify(shapes, fine), shapely.simplify(lakes.geometry, fine)
        cut = window.drawn(np.concatenate(simple))
        must, may = last == at, np.arange(len(cut)) >= count
        if not pointed.is_empty:
            is_seen = shapely.area(cut) > SMALL**2 / 4
            must = is_seen[:count] & shapely.dwithin(shapes, pointed, 50)
            may = is_seen & ~np.append(must, ~may[count:])
        light = _towns(window, towns) if window.bounds[0] <= places.total_bounds[0] else []
        taken = (shapely.box(0, window.size[1] - 24, 90, window.size[1]), *(t.box for t in light))
        ways = {"must": tuple(np.flatnonzero(must)), "may": tuple(np.flatnonzero(may))}
        found = dict(_place(tuple(cut), tuple(names), window.size, land=count, taken=taken, **ways))
        light += [found.pop(n) for n in list(found) if n >= count]
        home = np.flatnonzero(last == at).tolist()
        panels.append(Panel(window, cut[:count], cut[count:], home, found, light))
    return panels


def windows_of(places: gpd.GeoDataFrame) -> list[Window]:
    """Make a window on the whole, and one on the part where many areas are too small to read.

    With a place pointed out only one: the enlarged where it holds the place, else the whole.
    """
    shapes = places.geometry.to_numpy()
    small = shapes[np.sqrt(shapely.area(shapes)) * _window(shapes, CELL).units < SMALL]
    parts = [shapes]
    if len(small) >= max(3, len(shapes) / 5):
        centres = shapely.get_coordinates(shapely.point_on_surface(small))
        distance = np.hypot(*(centres - np.median(centres, axis=0)).T)
        parts.append(small[distance <= 2.5 * np.median(distance)])  # the whole map has the others
    for place in shapes[places["is_pointed_out"]]:
        is_there = shapely.box(*shapely.total_bounds(parts[-1])).buffer(1).contains(place)
        return [_window(parts[-1] if is_there else shapes, NARROW)]
    high = max(_window(part, CELL).size[1] for part in parts)
    return [_window(part, CELL, high) for part in parts]


def _window(shapes: Shapes, width: float, high: float = 0) -> Window:
    """Fit shapes into a width, and a height; their bounds are widened to its proportions."""
    west, south, east, north = shapely.total_bounds(shapes)
    high = high or min(TALLEST * max(width / CELL, 0.7), width * (north - south) / (east - west))
    metres = 0.51 * max((east - west) / width, (north - south) / high)
    x, y, across, up = (west + east) / 2, (south + north) / 2, metres * width, metres * high
    return Window((x - across, y - up, x + across, y + up), (width, high))


def steps(shapes: Shapes) -> list[str]:
    """Find where arrow keys lead from each shape: the nearest to the left, up, right and down.

    Four numbers of shapes each, "3,,0,2"; nothing where none is within 45 degrees.
    """
    centres = shapely.get_coordinates(shapely.point_on_surface(shapes))
    away, ways = centres[None] - centres[:, None], []
    for side in np.array([(-1, 0), (0, 1), (1, 0), (0, -1)]):  # north is up
        along, across = away @ side, np.abs(away @ side[::-1])
        distance = np.where((along > 0) & (across <= along), np.hypot(*away.T).T, np.inf)
        nearest = distance.argmin(axis=1).astype(str)
        ways.append(np.where(np.isfinite(distance).any(axis=1), nearest, ""))
    return [",".join(way) for way in zip(*ways, strict=True)]


def _towns(window: Window, towns: gpd.GeoDataFrame) -> list[Label]:
    """Place the towns' names on the whole map, each on the side away from the others."""
    found, spots = [], window.drawn(towns.geometry.to_numpy())
    for name, spot in zip(towns["name"], spots, strict=True):
        wide = labels.width(name)
        left = spot.x + (5 if spot.x >= shapely.get_x(spots).mean() else -wide - 5)
        box = shapely.box(left, spot.y - FONT / 2, left + wide, spot.y + FONT / 2)
        found.append(Label((name,), box, shapely.LineString([spot, spot])))
    return found


def _path(shape: shapely.Geometry) -> str:
    """Write a shape's outline as SVG: rounded to tenths, so that neighbours meet, then as steps."""
    written = ""
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        tenths = np.rint(shapely.get_coordinates(ring)[:-1] * 10)
        moves = [f"{n / 10:g}" for n in np.diff(tenths, axis=0, prepend=0).flat]
        written += f"M{' '.join(moves[:2])}l{' '.join(moves[2:])}z"
    short = re.sub(r"\b0\.", ".", written)  # SVG needs no zero before a point
    return re.sub(r" (?=-)|(?<=\.\d) (?=\.)", "", short)  # nor a space before a sign


def _listed(heading: str, lists: Sequence[Sequence[Entry]], width: float, indent: int) -> Block:
    """Place lists under each other, each in as many columns as there is room for."""
    rows, top = [], 22.0
    for entries in filter(None, lists):
        widest = indent + 6 + max(labels.width(words) for _, words in entries)
        down = -(-len(entries) // max(1, int(width // widest)))
        across = -(-len(entries) // down)
        for at, (sign, words) in enumerate(entries):
            x, y = at // down * width / across, top + at % down * ROW
            rows.append({"x": x, "y": y, "sign": sign, "words": words, "indent": indent})
        top += down * ROW
    return {"heading": heading, "rows": rows, "high": top}


def _sheet(panels: Sequence[Panel], lists: Sequence[Block], cell: float) -> dict[str, Any]:
    """Lay the blocks out beside each other, and under each other where the page is narrow."""
    is_place, head = cell == NARROW, HEAD if len(panels) > 1 else 2.0
    columns = (0, 0, 0) if is_place else (0, 1, 0, 1) if len(panels) > 1 else (0, 1, 1)
    tops, below, blocks = [head, head], 0.0, []
    windows = [{"panel": panel, "high": panel.window.size[1]} for panel in panels]
    for block, column in zip([*windows, *lists], columns, strict=False):
        below += head if "panel" in block else 8
        blocks.append({**block, "x": column * (cell + GAP), "y": tops[column], "below": below})
        tops[column] += block["high"] + 10
        below += block["high"]
    wide = cell if is_place else 2 * cell + GAP
    return {"blocks": blocks, "wide": wide, "high": max(tops) - 6, "cell": cell, "below": below + 4}


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    tenth = {"tenth": lambda number: f"{number:.1f}".removesuffix(".0")}
    environment.filters |= tenth | {"path": _path, "number": swedish.number}
    return environment.get_template("map.svg.j2")
