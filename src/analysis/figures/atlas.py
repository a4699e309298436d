"""Every question on a small map of its own: results in, one Figure for each group of questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape

import numpy as np
import pandas as pd

from analysis import swedish
from analysis.figures import drawing, maps, panels, scales, tables, wording
from analysis.figures.figure import Figure, Figures
from analysis.figures.panels import MARGIN, WIDTH, Panel
from analysis.figures.scales import Scale
from analysis.results import Results

__all__ = ["questions"]
ACROSS = 2  # maps in a row
HEAD = 20.0  # drawing units for a map's name
TALLEST = 128.0
GAP = 6.0


def __dir__() -> list[str]:
    return __all__


def questions(year: Results) -> Figures | None:
    """Map every question, small, a figure for each group; None where there is no geometry.

    The classes and colours are those of the large maps, so that all maps can be compared.

    Args:
        year: the results, as from `results.of(2023)`.

    >>> atlas.questions(results.of(2023))  # doctest: +SKIP
    """
    if year.outlines is None:
        return None
    found = [_group(year, group, names) for group, names in year.groups().items() if names]
    return Figures(tuple(found)) if found else None


def _group(year: Results, group: str, names: Sequence[str]) -> Figure:
    label = year.measures["label"].get(group, "Frågorna")
    kind = year.measures["kind"][names[0]]
    scale = maps.scale_of(year, kind)
    cells = {name: year.by_area(name) for name in names}
    grid = tables.questions_by_area(
        year, names, f"{label} {year.number}: varje fråga i varje område"
    )
    tops = [_top(year, name, cells[name]) for name in names]
    return Figure(
        title=f"{label} {year.number}: {swedish.counted(len(names), 'fråga', 'frågor')}, område för område",
        alt=f"{swedish.capitalised(swedish.counted(len(names), 'liten karta', 'små kartor'))}. {' '.join(tops)}",
        caption=f"{maps.MEANING[kind]} Alla kartor har samma färgskala.",
        source=maps.source(year),
        svg=_drawn(year, cells, scale, f"a{list(year.measures.index).index(names[0])}"),
        table=grid,
    )


def _top(year: Results, name: str, cells: pd.DataFrame) -> str:
    """Say where a question is highest, with its interval."""
    shown = cells.loc[cells["status"].isin(wording.PRINTED)]
    if shown.empty:
        return f"{year.measures['label'][name]}: inget värde kan visas."
    top = shown.loc[shown["value"].idxmax()]
    return (
        f"{year.measures['label'][name]}: högst i {top['name']}, {wording.value(top)} "
        f"({wording.interval(top)})."
    )


def _drawn(year: Results, cells: dict[str, pd.DataFrame], scale: Scale, mark: str) -> str:
    """Draw the maps in rows; every outline is written once and used by all of them."""
    assert year.outlines is not None
    shapes = year.outlines["geometry"].to_numpy()
    windows = _windows(shapes)
    kept = [window.cut(window.simplified(shapes)) for window in windows]
    high = HEAD + max(window.height for window in windows) + GAP
    parts = [drawing.patterns(mark), *_defined(year, windows, kept, mark)]
    for at, (name, rows) in enumerate(cells.items()):
        x, y = MARGIN + (at % ACROSS) * WIDTH / ACROSS, at // ACROSS * high
        drawn = _small(windows, kept, rows, scale, mark)
        words = escape(year.measures["label"][name])
        parts.append(
            f'<g transform="translate({x:g} {y:.1f})"><text y="13" font-weight="600" '
            f'fill="{scales.INK}">{words}</text>{"".join(drawn)}</g>'
        )
    bottom = -(-len(cells) // ACROSS) * high + GAP
    entries = maps.legend(scale, pd.concat(cells.values()))
    boxes, bottom = drawing.legend(entries, mark, bottom, WIDTH)
    return drawing.sheet("".join(parts) + boxes, WIDTH, bottom)


def _defined(
    year: Results, windows: Sequence[Panel], kept: Sequence[np.ndarray], mark: str
) -> Iterator[str]:
    """Write what all maps use: each window's outlines, its water and its frame."""
    water = [] if year.water is None else [year.water]
    for at, (window, shapes) in enumerate(zip(windows, kept, strict=True)):
        yield drawing.outlines(window, shapes, f"{mark}{at}")
        lake = "".join(map(window.path, window.cut(water))) if water else ""
        yield f'<defs><path id="{mark}{at}w" d="{lake}" fill="{scales.WATER}"/></defs>'
        yield f'<clipPath id="{mark}{at}c"><rect {window.box(window.bounds)}/></clipPath>'


def _windows(shapes: np.ndarray) -> list[Panel]:
    """Fit the whole, and the town enlarged where there is one, beside each other."""
    wide = WIDTH / ACROSS - 2 * MARGIN
    found = panels.panels_of(shapes)
    ratios = [panel.width / panel.height for panel in found]
    high = min(TALLEST, (wide - GAP * (len(found) - 1)) / sum(ratios))
    return [replace(panel, top=HEAD, units=panel.units * high / panel.height) for panel in found]


def _small(
    windows: Sequence[Panel],
    kept: Sequence[np.ndarray],
    cells: pd.DataFrame,
    scale: Scale,
    mark: str,
) -> Iterator[str]:
    """Draw one map in its windows: areas of one colour together, then the borders."""
    classes = scale.classes(cells["value"].where(cells["status"].isin(wording.PRINTED)))
    fills = [
        scale.colours[number] if number >= 0 else f"url(#{mark}{status[0]})"
        for number, status in zip(classes, cells["status"], strict=True)
    ]
    unsure = cells["status"].eq("uncertain").to_numpy()
    x = 0.0
    for at, (window, shapes) in enumerate(zip(windows, kept, strict=True)):
        there = [n for n, shape in enumerate(shapes) if not shape.is_empty]
        key = f"{mark}{at}"
        yield f'<g transform="translate({x - window.left:.1f} 0)" clip-path="url(#{key}c)">'
        yield f'<use href="#{key}w"/>'
        for fill in sorted({fills[n] for n in there}):
            yield _filled(fill, key, [n for n in there if fills[n] == fill])
        yield _filled(f"url(#{mark}u)", key, [n for n in there if unsure[n]])
        yield f'<use href="#{key}" fill="none" stroke="#fff" stroke-width="1"/>'
        yield f'<use href="#{key}" fill="none" stroke="{scales.INK}" stroke-width=".4"/></g>'
        x += window.width + GAP


def _filled(fill: str, key: str, numbers: Sequence[int]) -> str:
    uses = "".join(f'<use href="#{key}-{n}"/>' for n in numbers)
    return f'<g fill="{fill}">{uses}</g>' if uses else ""
