"""Charts drawn once: what they show in, an SVG out, kept beside the reports until that changes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis import kept, reading
from analysis.results import Results


def points(
    year: Results,
    labels: Sequence[str],
    cells: pd.DataFrame,
    beside: Sequence[float],
    axis: str,
    normal: float | None,
    name: str,
) -> str:
    """Draw cells as points with their intervals, as `canvas.points`."""
    columns = cells[["value", "lower", "upper", "status"]].to_dict("list")
    return once(year, "points", list(labels), columns, list(map(float, beside)), axis, normal, name)


def once(year: Results, kind: str, *shown: object) -> str:
    """Return a kind of chart of `canvas`, drawn when what it shows has changed.

    Args:
        shown: lists of texts and numbers, whose written form tells them apart; the chart's name last.
    """

    def draw() -> str:
        from analysis.figures import canvas

        svg: str = getattr(canvas, kind)(*shown)
        return svg

    with reading.gathering():  # to be forgotten: what is shown has been read, the copy says no more
        return kept.value(year.root / f"reports/.kept/{shown[-1]}.svg", (kind, shown), draw)
