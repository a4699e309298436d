"""The drawing of a map: a frame of places with fills and words in, one SVG out; knows no survey.

What is drawn where is reckoned here; how it looks is said in templates/map.svg.j2.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import jinja2
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from analysis import swedish
from analysis.figures import labels, scales
from analysis.figures.labels import FONT, Label
from analysis.figures.windows import GAP, NARROW, SMALL, Shapes, Window, steps, windows_of

HEAD, ROW = 18.0, 17.0  # of a window's title, of a line in a legend
TOLERANCE = 0.9  # drawing units that a border may be moved when simplified
ENLARGED = "Rutan på kartan, förstorad"
COLOURS = {"ink": scales.INK, "soft": scales.SOFT, "water": scales.WATER}

Entry = tuple[str | int, str]  # of a legend: a colour, a pattern, both, or a number; and its words
Block = dict[str, Any]  # a part of the sheet that keeps together, as the template knows it


@dataclass(frozen=True, slots=True)
class Panel:
    """A window with what it shows, in drawing units.

    Attributes:
        is_home: by area, whether it is named and heard here, not in another window.
        named: the areas' labels, by their number.
        light: the labels of waters and towns.
    """

    window: Window
    shapes: Shapes
    waters: Shapes
    is_home: npt.NDArray[np.bool_]
    named: dict[int, Label]
    light: list[Label]


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
        heading: of the legend; it also names the map where a page's reader may choose among several.
        whole: what the window on the whole is called, where there is an enlarged one beside it.
    """
    panels, names = panels_of(places, backdrop), list(places["name"])
    rows = pd.DataFrame(places[["name", "fill", "said", "is_pointed_out"]]).to_dict("records")
    short = {n for panel in panels for n, label in panel.named.items() if not label.lines}
    order = sorted(short, key=lambda n: swedish.sort_key(names[n]))
    numbers = {n: at for at, n in enumerate(order, 1)}
    blocks, width = [_block(panel, rows, numbers) for panel in panels], panels[0].window.size[0]
    seen = list(blocks[0]["outlines"])
    blocks[0]["roads"] = dict(zip(seen, steps(places.geometry.to_numpy()[seen]), strict=True))
    for panel, block in zip(panels[1:], blocks[1:], strict=True):
        box = panels[0].window.drawn(np.array([shapely.box(*panel.window.bounds)]))[0]
        blocks[0] |= {"heading": whole, "inset": box.bounds}
        block["heading"] = ENLARGED
    blocks.append(_listed(heading, entries, width, 28))
    if numbers:
        key = [(at, names[n]) for n, at in numbers.items()]
        blocks.append(_listed("Siffror på kartan", [key], width, 20))
    mark = hashlib.sha256(repr((heading, entries, rows)).encode()).hexdigest()[:5]
    sheet = _sheet(blocks, len(panels), width)
    drawn = _template().render(mark=f"m{mark}", choice=heading, **sheet, **COLOURS)
    return re.sub(r"\s*\n\s*", "", drawn)


def panels_of(places: gpd.GeoDataFrame, backdrop: gpd.GeoDataFrame) -> list[Panel]:
    """Cut what each window shows, and place the names in it.

    An area is at home in the last window that shows most of it, and is named there. Where the map
    is about one area, that one and its neighbours are named, and others where there is room.
    """
    shapes, count = places.geometry.to_numpy(), len(places)
    pointed = shapely.union_all(shapes[places["is_pointed_out"]])
    lakes, towns = (backdrop.loc[backdrop["kind"].eq(kind)] for kind in ("water", "town"))
    windows, names = windows_of(places), [*places["name"], *lakes["name"]]
    home, panels = np.zeros(count, dtype=int), []
    for at, window in enumerate(windows):
        seen = shapely.area(shapely.intersection(shapes, shapely.box(*window.bounds)))
        home[seen >= 0.5 * shapely.area(shapes)] = at
    for at, window in enumerate(windows):
        simple = shapely.coverage_simplify(shapes, TOLERANCE / window.units)
        shores = shapely.simplify(lakes.geometry.to_numpy(), TOLERANCE / window.units)
        cut = window.drawn(np.concatenate([simple, shores]))
        must, may = home == at, np.arange(len(cut)) >= count
        if not pointed.is_empty:
            is_seen = shapely.area(cut) > SMALL**2 / 4
            must = is_seen[:count] & shapely.dwithin(shapes, pointed, 50)
            may = is_seen & ~np.append(must, ~may[count:])
        is_whole = window.bounds[0] <= places.total_bounds[0]
        light = _towns(window, towns) if is_whole else []
        taken = [(0, window.size[1] - 24, 90, window.size[1]), *(town.box for town in light)]
        ways = {"must": np.flatnonzero(must), "may": np.flatnonzero(may)}
        found = labels.place(list(cut), names, window.size, **ways, land=count, taken=taken)
        light += [found.pop(n) for n in list(found) if n >= count]
        panels.append(Panel(window, cut[:count], cut[count:], home == at, found, light))
    return panels


def _towns(window: Window, towns: gpd.GeoDataFrame) -> list[Label]:
    """Place the towns' names on the whole map, each on the side away from the others."""
    found, points = [], shapely.get_coordinates(window.drawn(towns.geometry.to_numpy()))
    for name, (x, y) in zip(towns["name"], points.tolist(), strict=False):
        wide = labels.width(name)
        left = x - wide - 5 if x < points[:, 0].mean() else x + 5
        found.append(Label((name,), (left, y - FONT / 2, left + wide, y + FONT / 2), (x, y)))
    return found


def _block(panel: Panel, rows: Sequence[dict[str, Any]], numbers: dict[int, int]) -> Block:
    """Gather what the template says of a panel, with a scale bar of a round length."""
    size, units = panel.window.size, panel.window.units
    lengths = (step * 10.0**power for power in range(6) for step in (1, 2, 5))
    length = max(each for each in lengths if each * units <= size[0] / 7)
    named = [replace(label, number=numbers.get(n)) for n, label in panel.named.items()]
    shapes = enumerate(zip(panel.shapes, rows, strict=True))
    return {
        "panel": panel,
        "high": size[1],
        "outlines": {n: (_path(shape), row) for n, (shape, row) in shapes if not shape.is_empty},
        "waters": "".join(map(_path, panel.waters)),
        "inside": [label for label in named if not label.anchor],
        "beside": [label for label in named if label.anchor],
        "bar": length * units,
        "bar_says": f"{swedish.number(length / 1000, 0 if length >= 1000 else 1)} km",
    }


def _path(shape: shapely.Geometry) -> str:
    """Write a shape's outline as SVG: rounded to tenths, so that neighbours meet, then as steps.

    >>> _path(shapely.Polygon([(10, 10), (10.52, 10), (10.5, 9)]))
    'M10 10l.5 0 0-1z'
    """
    written = ""
    for part in (part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"):
        for ring in (part.exterior, *part.interiors):
            tenths = np.rint(shapely.get_coordinates(ring)[:-1] * 10).astype(int)
            moves = np.diff(tenths, axis=0)
            moves = moves[moves.any(axis=1)]
            if len(moves) > 1:
                start, way = (" ".join(f"{n / 10:g}" for n in m.flat) for m in (tenths[:1], moves))
                written += f"M{start}l{way}z"
    short = re.sub(r"\b0\.", ".", written)  # SVG needs no zero before a point
    return re.sub(r" (?=-)|(?<=\.\d) (?=\.)", "", short)  # nor a space before a sign


def _listed(heading: str, lists: Sequence[Sequence[Entry]], width: float, indent: int) -> Block:
    """Place lists under each other, each in as many columns as there is room for."""
    rows, top = [], 22.0
    for entries in (entries for entries in lists if entries):
        widest = indent + 6 + max(labels.width(words) for _, words in entries)
        across = max(1, min(len(entries), int(width // widest)))
        down = -(-len(entries) // across)
        for at, (sign, words) in enumerate(entries):
            x, y = at // down * width / across, top + at % down * ROW
            rows.append({"x": x, "y": y, "sign": sign, "words": words, "indent": indent})
        top += down * ROW
    return {"heading": heading, "rows": rows, "high": top}


def _sheet(blocks: Sequence[Block], windows: int, cell: float) -> dict[str, Any]:
    """Lay the blocks out beside each other, and under each other where the page is narrow."""
    is_place, head = cell == NARROW, HEAD if windows > 1 else 2.0
    columns = (0, 0, 0) if is_place else (0, 1, 0, 1) if windows > 1 else (0, 1, 1)
    tops, below, laid = [head, head], 0.0, []
    for block, column in zip(blocks, columns, strict=False):
        below += head if "panel" in block else 8
        laid.append({**block, "x": column * (cell + GAP), "y": tops[column], "below": below})
        tops[column] += block["high"] + 10
        below += block["high"]
    wide = cell if is_place else 2 * cell + GAP
    return {"blocks": laid, "wide": wide, "high": max(tops) - 6, "cell": cell, "below": below + 4}


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    environment.filters["tenth"] = lambda number: f"{number:.1f}".removesuffix(".0")
    return environment.get_template("map.svg.j2")
