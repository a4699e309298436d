"""The drawing of a map: places with their fills and words in, one SVG out; knows no survey."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import shapely

from analysis import swedish
from analysis.figures import labels as placenames
from analysis.figures import scales
from analysis.figures.panels import MARGIN, WIDTH, Panel, panels_of, steps

SMALLEST = 18.0  # side in drawing units below which an area has no room for its name
ROW = 19.0  # of a legend
CLOSE = 16.0  # of one under a map that shows where one area lies
CORNERS = 'stroke-linejoin="round"'
HALO = f'fill="{scales.INK}" stroke="#fff" stroke-width="2.6" {CORNERS} paint-order="stroke"'


@dataclass(frozen=True, slots=True)
class Place:
    """An area to draw.

    Attributes:
        fill: a colour, or the key of a pattern (`PATTERNS`).
        said: what a reader hears of it.
        is_named_first: whether its name goes before others where there is little room.
        is_pointed_out: whether the map is about it.
    """

    name: str
    shape: shapely.Geometry
    fill: str
    is_hatched: bool
    said: str
    is_named_first: bool
    is_pointed_out: bool


def svg(
    places: Sequence[Place],
    water: shapely.Geometry | None,
    entries: Sequence[tuple[str, bool, str]],
    mark: str,
    choice: str,
) -> str:
    """Draw the places, and a legend of (fill, is hatched, words).

    Args:
        mark: how every id begins.
        choice: what names the map where a page lets its reader choose among several.
    """
    shapes = np.array([place.shape for place in places], dtype=object)
    pointed = [place.shape for place in places if place.is_pointed_out]
    panels = panels_of(shapes, *pointed)
    drawn = [part for at in range(len(panels)) for part in _panel(at, panels, places, water, mark)]
    top = panels[-1].top + panels[-1].height + 14
    boxes, bottom = legend(entries, mark, top, panels[0].sheet)
    kind = "map place" if pointed else "map"
    named = f'{kind}" data-choice="{escape(choice)}'
    return sheet(f"{patterns(mark)}{''.join(drawn)}{boxes}", panels[0].sheet, bottom, named)


def sheet(drawn: str, width: float, height: float, kind: str = "map") -> str:
    """Put what is drawn on a sheet, in the face and size of all maps."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {width:g} {height:g}" '
        f'font-family="Source Sans Pro, Arial, sans-serif" font-size="{placenames.FONT:g}">'
        f"{drawn}</svg>"
    )


def _panel(
    at: int,
    panels: Sequence[Panel],
    places: Sequence[Place],
    water: shapely.Geometry | None,
    mark: str,
) -> Iterator[str]:
    """Draw one window: water, areas, borders, names, scale bar, frames."""
    panel, key = panels[at], f"{mark}{at}"
    shapes = panel.cut(panel.simplified([place.shape for place in places]))
    there = [n for n, shape in enumerate(shapes) if not shape.is_empty]
    drawn, kept = [places[n] for n in there], shapes[there]
    frame = panel.box(panel.bounds)
    if panel.title:
        yield f'<text x="{panel.left:.1f}" y="{panel.top - 7:.1f}" font-weight="600" fill="{scales.INK}">{panel.title}</text>'
    yield f'<clipPath id="{key}c"><rect {frame}/></clipPath><g clip-path="url(#{key}c)">'
    if water is not None:
        yield outlines(panel, panel.cut([water]), f"{key}w")
        yield f'<use href="#{key}w" fill="{scales.WATER}"/>'
    yield outlines(panel, kept, key)
    roads = steps(kept) if at == 0 else []
    for n, place in enumerate(drawn):
        is_last = not any(
            shapely.box(*one.bounds).contains(place.shape) for one in panels[at + 1 :]
        )
        yield _area(place, f"#{key}-{n}", roads[n] if roads else "", mark, is_told=is_last)
    yield _lines(f"#{key}", 1.8, 0.6)
    yield from (
        _lines(f"#{key}-{n}", 5, 2.5) for n, place in enumerate(drawn) if place.is_pointed_out
    )
    yield f'<g class="lit" {CORNERS}></g>{_names(panels[at:], drawn, kept)}</g>'
    if at:
        yield f'<rect {frame} fill="none" stroke="{scales.SOFT}" stroke-width="0.8"/>'
    for other in panels[1:] if at == 0 else ():
        yield f'<rect {panel.box(other.bounds)} fill="none" stroke="{scales.INK}" stroke-dasharray="3 2" stroke-width="0.9"/>'
    yield _scale_bar(panel)


def outlines(panel: Panel, shapes: Iterable[shapely.Geometry], key: str) -> str:
    """Write every outline once; fills, borders and what is pointed at all use it."""
    paths = (f'<path id="{key}-{n}" d="{panel.path(shape)}"/>' for n, shape in enumerate(shapes))
    return f'<defs><g id="{key}">{"".join(paths)}</g></defs>'


def _area(place: Place, outline: str, road: str, mark: str, *, is_told: bool) -> str:
    """Fill one area, hatched when uncertain.

    Args:
        road: what makes it a place to go to, in one panel only.
        is_told: whether its title is here, in the largest panel that shows it whole.
    """
    fill = f"url(#{mark}{place.fill})" if place.fill in PATTERNS else place.fill
    said = f"<title>{escape(place.said)}</title>" if is_told else ""
    here = ' data-here=""' if road and place.is_pointed_out else ""
    way = f' data-to="{road}"{here}' if road else ""
    area = f'<use href="{outline}" fill="{fill}" data-area="{escape(place.name)}"{way}>{said}</use>'
    hatch = f'<use href="{outline}" fill="url(#{mark}u)" pointer-events="none"/>'
    return area + hatch if place.is_hatched else area


def _lines(outline: str, white: float, dark: float) -> str:
    """Draw dark lines on white ones, so that a border shows against every colour."""
    return "".join(
        f'<use href="{outline}" fill="none" stroke="{colour}" stroke-width="{width}" {CORNERS} pointer-events="none"/>'
        for colour, width in (("#fff", white), (scales.INK, dark))
    )


_HATCH = "M-1,7 7,-1M-1,1 1,-1M5,7 7,5"
_DOT = f'r="0.9" fill="{scales.SOFT}"'
PATTERNS = {
    "u": f'<path d="{_HATCH}" stroke="#fff" stroke-width="1.4"/><path d="{_HATCH}" stroke="{scales.INK}" stroke-width="0.6"/>',
    "h": f'<rect width="6" height="6" fill="{scales.PAPER}"/><circle cx="1.5" cy="1.5" {_DOT}/><circle cx="4.5" cy="4.5" {_DOT}/>',
    "n": f'<rect width="6" height="6" fill="{scales.BLANK}"/><path d="M0,3H6" stroke="{scales.LINE}"/>',
}


def patterns(mark: str) -> str:
    """Define the marks: uncertain is hatched, hidden dotted, not asked and no answers striped."""
    tiles = "".join(
        f'<pattern id="{mark}{key}" width="6" height="6" patternUnits="userSpaceOnUse">{tile}</pattern>'
        for key, tile in PATTERNS.items()
    )
    return f"<defs>{tiles}</defs>"


def _names(panels: Sequence[Panel], places: Sequence[Place], shapes: np.ndarray) -> str:
    """Name the areas that have room, the important first, then the largest.

    What one of the further panels shows whole is named there.
    """
    panel, windows = panels[0], [shapely.box(*other.bounds) for other in panels[1:]]

    def has_room(place: Place, shape: shapely.Geometry) -> bool:
        is_small = np.sqrt(shape.area) * panel.units < (SMALLEST / 2 if windows else SMALLEST)
        is_elsewhere = any(window.contains(shape.centroid) for window in windows)
        is_cut = shape.area < 0.3 * place.shape.area
        return place.is_pointed_out or not (is_small or is_elsewhere or is_cut)

    pairs = [pair for pair in zip(places, shapes, strict=True) if has_room(*pair)]
    pairs.sort(key=lambda pair: (-pair[0].is_pointed_out, -pair[0].is_named_first, -pair[1].area))
    texts = placenames.written(panel, [(place.name, shape) for place, shape in pairs], shapes)
    return f'<g text-anchor="middle" {HALO} pointer-events="none">{texts}</g>'


def _scale_bar(panel: Panel) -> str:
    """Draw a bar of a round length, about a fifth of the panel."""
    target = panel.width / panel.units / 5
    power = 10 ** np.floor(np.log10(target))
    length = max(step * power for step in (1, 2, 5) if step * power <= target)
    x, y = panel.left + 8, panel.top + panel.height - 8
    end = x + length * panel.units
    bar = f'd="M{x:.1f},{y - 4:.1f}V{y:.1f}H{end:.1f}V{y - 4:.1f}" fill="none"'
    words = f"{swedish.number(length / 1000, 0 if length >= 1000 else 1)} km"
    return (
        f'<path {bar} stroke="#fff" stroke-width="3"/><path {bar} stroke="{scales.INK}"/>'
        f'<text x="{end + 4:.1f}" y="{y:.1f}" {HALO}>{words}</text>'
    )


def legend(
    entries: Sequence[tuple[str, bool, str]], mark: str, top: float, sheet: float
) -> tuple[str, float]:
    """Explain fills in words; return the drawing and where it ends.

    Classes stand in two columns; marks, whose words are longer, on rows of their own.
    """
    classes = sum(fill not in PATTERNS and not is_hatched for fill, is_hatched, _ in entries)
    rows = -(-classes // 2)
    cells = [(at // rows, at % rows) for at in range(classes)]
    cells += [(0, rows + at) for at in range(len(entries) - classes)]
    parts, high = [], ROW if sheet >= WIDTH else CLOSE
    for (column, row), (fill, is_hatched, words) in zip(cells, entries, strict=True):
        x, y = MARGIN + column * sheet / 2, top + row * high
        box = f'x="{x:g}" y="{y:.1f}" width="22" height="13"'
        painted = f"url(#{mark}{fill})" if fill in PATTERNS else fill
        parts.append(f'<rect {box} fill="{painted}" stroke="{scales.INK}" stroke-width="0.6"/>')
        parts += [f'<rect {box} fill="url(#{mark}u)"/>'] if is_hatched else []
        parts.append(f'<text x="{x + 28:g}" y="{y + 11:.1f}">{words}</text>')
    return f'<g fill="{scales.INK}">{"".join(parts)}</g>', round(
        top + (cells[-1][1] + 1) * high + 4
    )
