"""Where names go on a map: named shapes of one window in, SVG text out; no name hits another."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from html import escape

import numpy as np
import shapely

from analysis.figures.panels import Panel

FONT = 14.0  # 12 pixels where the whole drawing is as narrow as a telephone
LINE_HEIGHT = 14.0
LONGEST = 15  # letters in a line
CORNER = (100.0, 24.0)  # the scale bar's, where no name goes
# Where a name may give way to another: half widths to the right, lines down.
ASIDE = ((0, 0), (0, -0.5), (0, 0.5), (0, -1), (0, 1), (0, -1.5), (0, 1.5), (-1.3, 0), (1.3, 0))


def written(panel: Panel, named: Iterable[tuple[str, shapely.Geometry]], all_: np.ndarray) -> str:
    """Write the names that find room, the first in line first.

    Args:
        named: names and shapes, the important first.
        all_: every shape in the window; a name stands on its own or on none.
    """
    low = panel.top + panel.height
    taken = [shapely.box(panel.left, low - CORNER[1], panel.left + CORNER[0], low)]
    texts = []
    for name, shape in named:
        lines = [
            line.replace("- ", "-") for line in textwrap.wrap(name.replace("-", "- "), LONGEST)
        ]
        for box in _boxes(panel, lines, shape, all_[all_ != shape]):
            if not any(box.intersects(other) for other in taken):
                taken.append(box)
                texts.append(_text(lines, box))
                break
    return "".join(texts)


def _boxes(
    panel: Panel, lines: Sequence[str], shape: shapely.Geometry, others: np.ndarray
) -> Iterator[shapely.Geometry]:
    """Offer the rooms, in drawing units, that a name could take, the best first."""
    half, high = max(map(len, lines)) * FONT * 0.24 + 1, len(lines) * LINE_HEIGHT
    start = shapely.get_coordinates(shapely.point_on_surface(shape))
    x, y = panel.project(start)[0]
    for right, down in ASIDE:
        moved = start[0] + np.array([right * half, -down * LINE_HEIGHT]) / panel.units
        if shapely.contains_xy(others, *moved).any():
            continue
        at = min(max(x + right * half, panel.left + half), panel.left + panel.width - half)
        top = y + down * LINE_HEIGHT - high / 2
        yield shapely.box(at - half, top, at + half, top + high)


def _text(lines: Sequence[str], box: shapely.Geometry) -> str:
    west, top, east, _ = box.bounds
    spans = "".join(
        f'<tspan x="{(west + east) / 2:.1f}" y="{top + (at + 0.8) * LINE_HEIGHT:.1f}">{escape(line)}</tspan>'
        for at, line in enumerate(lines)
    )
    return f"<text>{spans}</text>"
