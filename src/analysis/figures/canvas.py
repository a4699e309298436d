"""Charts with matplotlib and seaborn: plain lists in, an SVG fit for a page out.

The three kinds of chart take nothing but texts and numbers, so that one that is drawn can be kept.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis import swedish
from analysis.figures import scales, wording

INCHES = 5.2  # drawn for a phone; wider screens enlarge it
LONGEST = 36  # letters of a label beside a chart; the table has the rest
FACES = ("Regular", "Semibold")


Values = Sequence[float]


def points(
    labels: Sequence[str],
    cells: Mapping[str, Sequence[object]],
    beside: Values,
    axis: str,
    normal: float | None,
    name: str,
) -> str:
    """Draw a point with its interval on each row, and a short grey line at what it is beside.

    Args:
        cells: `value`, `lower`, `upper`, `status`; a list each.
        normal: where a dashed line goes down through all rows.
        name: tells the chart's identifiers from those of others on the page.
    """
    canvas, axes = _rows(labels, row=0.33)
    shown = pd.DataFrame(cells)
    axes.scatter(
        beside, range(len(beside)), marker="|", s=130, color=scales.SOFT, linewidths=2, zorder=2
    )
    _points(axes, shown)
    axes.set_xlim(left=0)
    if normal is not None:
        axes.axvline(normal, color=scales.INK, linewidth=0.9, linestyle=(0, (4, 3)))
        axes.set_xlim(0, max(normal + 0.3, float(np.nanmax([*shown["upper"], *beside, 0])) + 0.1))
    _finish(axes, axis)
    return _svg(canvas, name)


def bars(labels: Sequence[str], lengths: Values, axis: str, name: str) -> str:
    """Draw a bar on each row."""
    canvas, axes = _rows(labels, row=0.3)
    sns.barplot(x=lengths, y=labels, orient="h", color=scales.ACCENT, ax=axes, width=0.6)
    _finish(axes, axis)
    axes.set_ylabel("")
    return _svg(canvas, name)


def trends(rows: Mapping[str, Mapping[int, float]], name: str) -> str:
    """Draw each row's values by year in a small chart of its own, two in a line."""
    with mpl.rc_context(_style()):
        lines = -(-len(rows) // 2)
        canvas = Canvas(figsize=(INCHES, 1.2 * lines), layout="constrained")
        panels = canvas.subplots(lines, 2, sharex=True, squeeze=False).ravel()
        for panel, (label, shown) in zip(panels, rows.items(), strict=False):
            _trend(panel, pd.Series(shown), label)
        for panel in panels[len(rows) :]:
            panel.set_axis_off()
        return _svg(canvas, name)


def _trend(axes: Axes, shown: pd.Series, label: str) -> None:
    sns.lineplot(x=shown.index, y=shown, ax=axes, color=scales.ACCENT, marker="o", errorbar=None)
    axes.set_title(label, fontsize=11.5, loc="left", fontweight=600)
    axes.set_ylim(0, float(shown.max()) * 1.2)
    axes.set_xticks(sorted(shown.index))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: swedish.number(value)))
    axes.locator_params(axis="y", nbins=3)
    axes.set_xlabel("")
    axes.set_ylabel("")


@cache
def _style() -> Any:
    """Return the look of all charts; registers the face that pages and PDFs share."""
    for face in FACES:
        path = Path(str(files("font_source_sans_pro"))) / f"files/SourceSansPro-{face}.otf"
        font_manager.fontManager.addfont(path)
    return {
        **sns.axes_style("whitegrid"),
        "font.family": ["Source Sans Pro"],
        "font.size": 11.5,
        "axes.labelsize": 11.5,
        "axes.edgecolor": scales.LINE,
        "axes.labelcolor": scales.INK,
        "text.color": scales.INK,
        "xtick.color": scales.INK,
        "ytick.color": scales.INK,
        "grid.color": "#e4e1d9",
        "svg.fonttype": "none",
        "text.parse_math": False,
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
    }


def _rows(labels: Sequence[str], *, row: float) -> tuple[Canvas, Axes]:
    """Make a chart of one row a label; the margins follow from the longest label."""
    with mpl.rc_context(_style()):
        drawn = [textwrap.shorten(label, LONGEST, placeholder=" …") for label in labels]
        size = (INCHES, 0.62 + row * len(labels))
        canvas = Canvas(figsize=size)
        left = (max(map(_width, drawn)) + 8) / 72 / size[0]
        axes = canvas.add_axes((left, 0.54 / size[1], 0.96 - left, 1 - 0.62 / size[1]))
        axes.set_yticks(range(len(labels)), drawn)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        return canvas, axes


def _width(label: str) -> float:
    """Measure a label in points."""
    font = font_manager.FontProperties(family="Source Sans Pro", size=_style()["font.size"])
    return float(text_to_path.get_text_width_height_descent(label, font, ismath=False)[0])


def _points(axes: Axes, cells: pd.DataFrame) -> None:
    """Draw each row's point and interval; hollow where uncertain, words where hidden."""
    at = np.arange(len(cells))
    printed = cells["status"].isin(wording.PRINTED).to_numpy()
    value, lower, upper = (cells.loc[printed, name] for name in ("value", "lower", "upper"))
    filled = cells.loc[printed, "status"].eq("shown").to_numpy()
    axes.hlines(at[printed], lower, upper, colors=scales.INK, linewidth=1.3)
    faces = np.where(filled, scales.INK, scales.PAPER)
    axes.scatter(value, at[printed], s=30, c=list(faces), edgecolors=scales.INK, zorder=3)
    for row in at[~printed]:
        words = wording.STATES[cells["status"].iloc[row]]
        where = axes.get_yaxis_transform()
        said = axes.text(0.01, row, words, transform=where, va="center", color=scales.SOFT)
        said.set_fontfamily("Source Sans Pro")
        said.set_fontsize(10.5)


def _finish(axes: Axes, label: str) -> None:
    """Label the axis, its ticks with as many decimals as their step needs."""
    axes.set_xlabel(label)
    axes.tick_params(length=0)
    axes.grid(visible=False, axis="y")
    low, high = axes.get_xlim()
    ticks = [
        tick
        for tick in MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(low, high)
        if low <= tick <= high
    ]
    places = max(0, int(np.ceil(-np.log10(ticks[1] - ticks[0]) - 1e-9)))
    axes.set_xticks(ticks, [swedish.number(tick, places) for tick in ticks])
    axes.set_xlim(low, high)


def _svg(canvas: Canvas, name: str) -> str:
    """Write a canvas as an SVG that is the same every time, without size or prolog."""
    beside = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with mpl.rc_context({**_style(), "svg.hashsalt": name}):
        canvas.savefig(beside, format="svg", metadata=nothing, transparent=True)
    text = beside.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    head, body = text.split(">", 1)
    head = re.sub(r' (width|height|version|xmlns:xlink)="[^"]*"', "", head)
    drawn = f'{head} class="chart">{body.strip()}'.replace("xlink:href", "href")
    used = set(re.findall(r"#([^\")]+)", drawn))
    # Only inside tags: a tenth of a point is all that eyes need, and text is not ours to change.
    return re.sub(r"<[^>]+>", lambda tag: _plainer(tag[0], used), drawn)


def _plainer(tag: str, used: set[str]) -> str:
    """Drop identifiers that nothing refers to, and decimals finer than a tenth."""
    named = re.sub(r' id="([^"]+)"', lambda name: name[0] if name[1] in used else "", tag)
    return re.sub(r"(\d+\.\d)\d+", r"\1", named)
