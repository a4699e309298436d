"""Maps as pictures of their own: a year's results and a measure in, one Figure out."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis import scales, swedish, tables, wording
from analysis.figure import Figure
from analysis.results import Results
from analysis.scales import Scale

WIDTH = 420.0
TALLEST = 460.0
MARGIN = 6.0
SMALL = 24.0  # side in map units below which an area cannot be read on the whole map
FONT = 12.0
LINE_HEIGHT = 13.0


@dataclass(frozen=True, slots=True)
class Panel:
    """A window on the map: metres in, drawing units out.

    Attributes:
        bounds: (west, south, east, north) in metres.
        top: where the panel begins, in drawing units.
        units: drawing units per metre.
        title: its heading, or "".
    """

    bounds: tuple[float, float, float, float]
    top: float
    units: float
    title: str = ""

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
        return (WIDTH - self.width) / 2

    def project(self, points: np.ndarray) -> np.ndarray:
        """Turn (n, 2) metres into (n, 2) drawing units, north up."""
        x = self.left + (points[:, 0] - self.bounds[0]) * self.units
        y = self.top + (self.bounds[3] - points[:, 1]) * self.units
        return np.column_stack([x, y])


def choropleth(year: Results, measure: str | None = None, *, area: str = "") -> Figure | None:
    """Map a measure over all areas; None where there is no geometry or no such measure.

    Args:
        year: the results, as from `results.of(2023)`.
        measure: a name from `year.measures`, such as "index"; the report's main one when None.
        area: an area to point out.

    >>> maps.choropleth(results.of(2023), "index")  # doctest: +SKIP
    """
    measure = measure or year.main_measure()
    if year.places is None or measure is None or measure not in year.measures.index:
        return None
    cells = year.by_area(measure)
    kind = year.measures["kind"][measure]
    breaks = (
        year.municipality.map.index_breaks
        if kind == "index"
        else year.municipality.map.share_breaks
    )
    scale = scales.scale(breaks, is_share=kind == "share")
    shown = cells.loc[cells["status"].isin(wording.PRINTED)].sort_values("value", kind="stable")
    table = tables.areas(year, measure)
    assert table is not None
    label = year.measures["label"][measure]
    return Figure(
        title=_title(year, measure, shown, area),
        alt=_alt(label, year.number, cells, shown, area),
        caption=_caption(year, measure, cells),
        source=source(year),
        svg=_drawn(year, cells, scale, f"{measure}{area}", area),
        table=table,
        description=_description(cells, scale),
    )


def source(year: Results) -> str:
    """Name where the survey's numbers come from."""
    chosen = year.year.delivered or year.year.survey
    return f"{chosen.source}." if chosen else "okänd"


def _title(year: Results, measure: str, shown: pd.DataFrame, area: str) -> str:
    label = year.measures["label"][measure]
    if area:
        own, whole = year.cell(measure, area), year.cell(measure)
        beside = "" if whole is None else f", kommunen {wording.value(whole)}"
        said = "värdet visas inte" if own is None else wording.value(own)
        return f"{year.areas['name'][area]}, {label.lower()} {year.number}: {said}{beside}"
    if shown.empty:
        return f"{label} {year.number}: inget område har tillräckligt många svar"
    top, bottom = shown.iloc[-1], shown.iloc[0]
    return f"{label} {year.number}: högst i {_named(top)}, lägst i {_named(bottom)}"


def _named(cell: pd.Series) -> str:
    return f"{cell['name']} ({wording.value(cell)})"


def _alt(label: str, year: int, cells: pd.DataFrame, shown: pd.DataFrame, area: str) -> str:
    text = f"Karta: {label.lower()} {year} i {len(cells)} områden."
    if area:
        text += f" Utpekat: {_named(cells.loc[area])}."
    if shown.empty:
        return text + " Inget värde kan visas."
    ends = [
        f"{name} {_named(cell)}, felmarginal {wording.interval(cell)}"
        for name, cell in (("Högst:", shown.iloc[-1]), ("Lägst:", shown.iloc[0]))
    ]
    counts = cells["status"].value_counts()
    states = [
        f"{swedish.counted(int(counts[state]), 'område', 'områden')}: {wording.STATES[state]}"
        for state in ("uncertain", "hidden", "not_asked", "no_answers")
        if counts.get(state)
    ]
    return " ".join(
        [
            text,
            *(f"{end}." for end in ends),
            *([swedish.capitalised("; ".join(states)) + "."] if states else []),
        ]
    )


def _description(cells: pd.DataFrame, scale: Scale) -> str:
    """Say which areas are in which class, in words."""
    classes = scale.classes(cells["value"].where(cells["status"].isin(wording.PRINTED)))
    parts = [
        f"{label}: {swedish.listed(list(cells.loc[classes.eq(number), 'name']))}."
        for number, label in reversed(list(enumerate(scale.labels())))
        if classes.eq(number).any()
    ]
    return "Områden i varje klass. " + " ".join(parts)


def _caption(year: Results, measure: str, cells: pd.DataFrame) -> str:
    question = year.measures["question"][measure]
    asked = f" Fråga: ”{question}”" if question else ""
    answered = year.response["answered"].get(year.number, np.nan)
    people = f" {swedish.number(answered)} svar i hela kommunen." if not np.isnan(answered) else ""
    scale = (
        " Skala 0 (närmast obefintligt problem) till 6 (alarmerande påtagligt problem); 2 är den nivå som vi antar är normal i Sverige."
        if year.measures["kind"][measure] == "index"
        else ""
    )
    label = year.measures["label"][measure]
    return f"{label} {year.number}.{scale}{asked}{people}"


def _drawn(year: Results, cells: pd.DataFrame, scale: Scale, name: str, area: str) -> str:
    assert year.places is not None
    mark = "m" + hashlib.sha256(f"{name}{year.number}".encode()).hexdigest()[:6]
    panels = _panels(year.places)
    if area:
        panels = [_around(panels, year.places.geometry[area])]
    parts = [
        part for panel in panels for part in _panel(panel, panels, year, cells, scale, mark, area)
    ]
    top = panels[-1].top + panels[-1].height + 14
    legend, bottom = _legend(scale, cells, mark, top)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map" viewBox="0 0 {WIDTH:g} {bottom:g}" '
        f'font-family="Source Sans Pro, Source Sans 3, sans-serif" font-size="{FONT}">'
        f"{_patterns(mark)}{''.join(parts)}{legend}</svg>"
    )


def _panels(places: gpd.GeoDataFrame) -> list[Panel]:
    """Make a window on the whole, and one on the town where many areas are too small to read."""
    whole = _window(tuple(places.total_bounds), MARGIN)
    side = np.sqrt(places.area.to_numpy()) * whole.units
    small = places.loc[side < SMALL]
    if len(small) < max(3, len(places) / 4):
        return [whole]
    top = whole.top + whole.height + 26
    return [whole, _window(_core(small), top, title="Tätorten, förstorad")]


def _around(panels: list[Panel], shape: shapely.Geometry) -> Panel:
    """Choose the enlarged window where it holds the area, else the whole."""
    holding = [panel for panel in panels[1:] if shapely.box(*panel.bounds).contains(shape)]
    return replace(holding[0], top=MARGIN, title="") if holding else panels[0]


def _core(small: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Bound the small areas that lie together, leaving far outliers to the whole map."""
    centres = shapely.get_coordinates(small.representative_point())
    middle = np.median(centres, axis=0)
    distance = np.hypot(*(centres - middle).T)
    near = small.loc[distance <= 2.5 * np.median(distance)]
    return tuple(near.total_bounds)


def _window(bounds: tuple[float, ...], top: float, title: str = "") -> Panel:
    west, south, east, north = bounds
    units = min((WIDTH - 2 * MARGIN) / (east - west), TALLEST / (north - south))
    return Panel((west, south, east, north), top, units, title)


def _panel(
    panel: Panel,
    panels: list[Panel],
    year: Results,
    cells: pd.DataFrame,
    scale: Scale,
    mark: str,
    area: str,
) -> Iterator[str]:
    """Draw water, areas, frame of the enlarged part, labels and scale bar of one window."""
    assert year.places is not None
    zoomed = panel is not panels[0]
    window = shapely.box(*panel.bounds)
    clip = f"{mark}c{panels.index(panel)}"
    frame = f'x="{panel.left:.1f}" y="{panel.top:.1f}" width="{panel.width:.1f}" height="{panel.height:.1f}"'
    if panel.title:
        yield f'<text x="{panel.left:.1f}" y="{panel.top - 7:.1f}" font-weight="600" fill="{scales.INK}">{panel.title}</text>'
    yield f'<clipPath id="{clip}"><rect {frame}/></clipPath><g clip-path="url(#{clip})">'
    if year.water is not None:
        water = shapely.union_all(year.water.geometry.to_numpy())
        yield f'<path d="{_path(water, panel)}" fill="{scales.WATER}"/>'
    shapes = shapely.coverage_simplify(year.places.geometry.to_numpy(), 0.4 / panel.units)
    classes = scale.classes(cells["value"].where(cells["status"].isin(wording.PRINTED)))
    inside = shapely.intersects(shapes, window)
    drawn = [
        (str(name), _path(shape, panel))
        for name, shape in zip(cells.index[inside], shapes[inside], strict=True)
    ]
    for name, path in drawn:
        yield from _area(cells.loc[name], path, scale, int(classes[name]), mark)
    yield from _borders([path for _, path in drawn])
    yield from (
        f'<path d="{path}" fill="none" stroke="#fff" stroke-width="5"/><path d="{path}" fill="none" stroke="{scales.INK}" stroke-width="2.5"/>'
        for name, path in drawn
        if name == area
    )
    yield from _labels(panel, year, shapes, area)
    yield "</g>"
    if zoomed:
        yield f'<rect {frame} fill="none" stroke="{scales.SOFT}" stroke-width="0.8"/>'
    for other in panels[1:]:
        if panel is panels[0]:
            corner = panel.project(np.array([[other.bounds[0], other.bounds[3]]]))[0]
            wide, high = (
                (other.bounds[2] - other.bounds[0]) * panel.units,
                (other.bounds[3] - other.bounds[1]) * panel.units,
            )
            yield f'<rect x="{corner[0]:.1f}" y="{corner[1]:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="none" stroke="{scales.INK}" stroke-dasharray="3 2" stroke-width="0.9"/>'
    yield _scale_bar(panel)


def _path(shape: shapely.Geometry, panel: Panel) -> str:
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return "".join(
        f"M{' '.join(f'{x:.1f},{y:.1f}' for x, y in panel.project(shapely.get_coordinates(ring))[:-1])}Z"
        for ring in rings
    )


def _area(cell: pd.Series, path: str, scale: Scale, number: int, mark: str) -> Iterator[str]:
    """Draw one area: its class's colour, hatched when uncertain, a pattern of its own otherwise."""
    fill = scale.colours[number] if number >= 0 else f"url(#{mark}{cell['status'][0]})"
    said = f"{cell['name']}: {wording.value(cell)}"
    if cell["status"] in wording.PRINTED:
        said += f" ({wording.interval(cell)})"
    yield f'<path d="{path}" fill="{fill}"><title>{escape(said)}</title></path>'
    if cell["status"] == "uncertain":
        yield f'<path d="{path}" fill="url(#{mark}u)" pointer-events="none"/>'


def _borders(paths: list[str]) -> Iterator[str]:
    """Draw dark lines on white ones, so that a border shows against every colour."""
    everything = "".join(paths)
    for colour, width in (("#fff", 1.8), (scales.INK, 0.6)):
        yield f'<path d="{everything}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round" pointer-events="none"/>'


def _patterns(mark: str) -> str:
    """Define the marks of uncertain (hatched), hidden (dotted), not asked and no answers."""
    hatch = f'<path d="M-1,7 7,-1M3,7 7,3M-1,3 3,-1" stroke="#fff" stroke-width="1.7"/><path d="M-1,7 7,-1M3,7 7,3M-1,3 3,-1" stroke="{scales.INK}" stroke-width="0.6"/>'
    dots = f'<rect width="6" height="6" fill="{scales.PAPER}"/><circle cx="1.5" cy="1.5" r="0.9" fill="{scales.SOFT}"/><circle cx="4.5" cy="4.5" r="0.9" fill="{scales.SOFT}"/>'
    blank = f'<rect width="6" height="6" fill="{scales.BLANK}"/><path d="M0,3H6" stroke="{scales.LINE}"/>'
    tiles = {"u": hatch, "h": dots, "n": blank}
    return (
        "<defs>"
        + "".join(
            f'<pattern id="{mark}{key}" width="6" height="6" patternUnits="userSpaceOnUse">{tile}</pattern>'
            for key, tile in tiles.items()
        )
        + "</defs>"
    )


def _labels(panel: Panel, year: Results, shapes: np.ndarray, area: str) -> Iterator[str]:
    """Name the areas that have room, priority areas first, largest first; labels never collide."""
    first = {*year.municipality.priority_areas, year.areas["name"].get(area, "")}
    window = shapely.box(*panel.bounds)
    order = sorted(
        zip(
            year.areas["name"],
            shapely.intersection(shapes, window),
            shapely.area(shapes),
            strict=True,
        ),
        key=lambda row: (row[0] not in first, -row[1].area),
    )
    corner = panel.top + panel.height
    taken = [shapely.box(panel.left, corner - 24, panel.left + 100, corner)]  # the scale bar's
    for name, shape, whole in order:
        if np.sqrt(shape.area) * panel.units < SMALL or shape.area < 0.3 * whole:
            continue
        lines = textwrap.wrap(
            name.replace("-", "-\N{ZERO WIDTH SPACE}").replace("\N{ZERO WIDTH SPACE}", " "), 15
        )
        lines = [line.replace("- ", "-") for line in lines]
        x, y = panel.project(shapely.get_coordinates(shapely.point_on_surface(shape)))[0]
        half, high = max(map(len, lines)) * FONT * 0.25 + 2, len(lines) * LINE_HEIGHT
        x = min(max(x, panel.left + half), panel.left + panel.width - half)
        box = shapely.box(x - half, y - high / 2, x + half, y + high / 2)
        if any(box.intersects(other) for other in taken):
            continue
        taken.append(box)
        spans = "".join(
            f'<tspan x="{x:.1f}" y="{y - high / 2 + (at + 0.8) * LINE_HEIGHT:.1f}">{escape(line)}</tspan>'
            for at, line in enumerate(lines)
        )
        yield f'<text text-anchor="middle" fill="{scales.INK}" stroke="#fff" stroke-width="2.6" stroke-linejoin="round" paint-order="stroke" pointer-events="none">{spans}</text>'


def _scale_bar(panel: Panel) -> str:
    """Draw a bar of a round length, about a fifth of the panel."""
    target = panel.width / panel.units / 5
    power = 10 ** np.floor(np.log10(target))
    length = max(step * power for step in (1, 2, 5) if step * power <= target)
    x, y = panel.left + 8, panel.top + panel.height - 8
    end = x + length * panel.units
    text = f"{swedish.number(length / 1000, 0 if length >= 1000 else 1)} km"
    return (
        f'<path d="M{x:.1f},{y - 4:.1f}V{y:.1f}H{end:.1f}V{y - 4:.1f}" fill="none" stroke="#fff" stroke-width="3"/>'
        f'<path d="M{x:.1f},{y - 4:.1f}V{y:.1f}H{end:.1f}V{y - 4:.1f}" fill="none" stroke="{scales.INK}"/>'
        f'<text x="{end + 4:.1f}" y="{y:.1f}" fill="{scales.INK}" stroke="#fff" stroke-width="2.6" paint-order="stroke">{text}</text>'
    )


def _legend(scale: Scale, cells: pd.DataFrame, mark: str, top: float) -> tuple[str, float]:
    """Explain every class and every mark that the map uses, in words."""
    entries = [
        (colour, "", label) for colour, label in zip(scale.colours, scale.labels(), strict=True)
    ]
    words = {
        "uncertain": "skrafferat: osäkert",
        "hidden": "prickat: visas inte",
        "not_asked": "streckat: inte frågat",
        "no_answers": "streckat: inga svar",
    }
    entries += [
        (
            scales.PAPER if state == "uncertain" else f"url(#{mark}{state[0]})",
            f"url(#{mark}u)" if state == "uncertain" else "",
            words[state],
        )
        for state in words
        if cells["status"].eq(state).any()
    ]
    rows = -(-len(entries) // 2)
    parts = []
    for at, (fill, overlay, label) in enumerate(entries):
        x, y = MARGIN + (at // rows) * WIDTH / 2, top + (at % rows) * 17
        box = f'x="{x:g}" y="{y:.1f}" width="22" height="12"'
        parts.append(f'<rect {box} fill="{fill}" stroke="{scales.INK}" stroke-width="0.6"/>')
        if overlay:
            parts.append(f'<rect {box} fill="{overlay}"/>')
        parts.append(f'<text x="{x + 28:g}" y="{y + 10:.1f}" fill="{scales.INK}">{label}</text>')
    return "".join(parts), round(top + rows * 17 + 4)
