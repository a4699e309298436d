"""The look of a chart: one face, rows of points with their intervals, and an SVG fit for a page."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
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
from matplotlib.ticker import MaxNLocator

from analysis import scales, swedish, wording

INCHES = 5.2  # drawn for a phone; wider screens enlarge it
ROW = 0.26
LONGEST = 36  # letters of a label beside a chart; the table has the rest
FACES = ("Regular", "Semibold")


@cache
def style() -> Any:
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


def rows(labels: Sequence[str], *, row: float = ROW) -> tuple[Canvas, Axes]:
    """Make a chart of one row a label; the margins follow from the longest label."""
    with mpl.rc_context(style()):
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
    font = font_manager.FontProperties(family="Source Sans Pro", size=style()["font.size"])
    return float(text_to_path.get_text_width_height_descent(label, font, ismath=False)[0])


def points(axes: Axes, cells: pd.DataFrame) -> None:
    """Draw a point with its interval on each row; hollow where uncertain, words where hidden."""
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


def beside(axes: Axes, values: Sequence[float]) -> None:
    """Draw a short grey line across each row at what its point is compared with."""
    at = range(len(values))
    axes.scatter(values, at, marker="|", s=130, color=scales.SOFT, linewidths=2, zorder=2)


def finish(axes: Axes, label: str) -> None:
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


def svg(canvas: Canvas, name: str) -> str:
    """Write a canvas as an SVG that is the same every time, without size or prolog."""
    beside = io.StringIO()
    nothing = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with mpl.rc_context({**style(), "svg.hashsalt": name}):
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
