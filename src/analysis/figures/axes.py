"""The parts that charts are drawn of: rows, grids, points with intervals, lines; labels measured."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis import swedish
from analysis.figures import picture, scales, wording
from analysis.figures.picture import INCHES
from analysis.figures.scales import Scale

LONGEST = 32  # letters of a line beside a chart; longer names get two lines
POINT = 72  # points to an inch
TILE = 12  # pixels of a grid's cell
KEY = 44  # points under a grid, for what its colours mean
GROUND = {"facecolor": scales.PAPER, "edgecolor": "none", "pad": 1}  # lines do not cross words
MARKS = {"fall": ("v", scales.FALL), "rise": ("^", scales.RISE)}
ENDS = ("value", "lower", "upper")


def rows(
    labels: Iterable[str], each: float = 0.26, *, strong: Iterable[bool] = ()
) -> tuple[Canvas, Axes]:
    """Make a chart of one row a label; the margins follow from the longest line.

    Args:
        each: a row's height in inches; one with two lines of label is at least 0.36.
        strong: whether each label stands out.
    """
    wrapped = [textwrap.fill(str(label), LONGEST) for label in labels]
    each = max(each, 0.36) if any("\n" in label for label in wrapped) else each
    height = 0.56 + each * len(wrapped)
    canvas = Canvas(figsize=(INCHES, height))
    left = (max(map(_width, wrapped)) + 8) / POINT / INCHES
    axes = canvas.add_axes((left, 0.5 / height, 0.96 - left, 1 - 0.54 / height))
    axes.set_yticks(range(len(wrapped)), wrapped, linespacing=1.0)
    axes.set_ylim(len(wrapped) - 0.5, -0.5)
    for label, is_strong in zip(axes.get_yticklabels(), strong, strict=False):
        label.set_fontweight(600 if is_strong else 400)
    return canvas, axes


def grid(steps: pd.DataFrame, scale: Scale, *, few: bool) -> tuple[Canvas, Axes]:
    """Draw classes (-1 a cross) as a grid of colours, with names over and beside it, and a key."""
    width, each = (INCHES, 0.21) if few else (INCHES * 1.45, 0.185)
    heads = [textwrap.fill(str(name), 18 if few else 60) for name in steps.columns]
    left, height = max(map(_width, map(str, steps.index))) + 10, POINT * each * len(steps)
    whole = max(map(_width, heads)) + 10 + height + KEY
    canvas = Canvas(figsize=(width, whole / POINT))
    left = left / POINT / width
    axes = canvas.add_axes((left, KEY / whole, 0.99 - left, height / whole))
    # One small image: a thousand cells drawn one by one are 190 kB.
    tiles = to_rgba_array([*scale.colours, "none"])[steps.to_numpy(int)]
    tiles = tiles.repeat(TILE, 0).repeat(TILE, 1)
    tiles[::TILE], tiles[:, ::TILE] = 0, 0
    axes.imshow(tiles, extent=(0, len(heads), len(steps), 0), aspect="auto", interpolation="none")
    unseen = np.argwhere(steps.lt(0).to_numpy()) + 0.5
    axes.scatter(unseen[:, 1], unseen[:, 0], marker="x", s=14, color=scales.SOFT, linewidths=0.8)
    axes.set_xticks(np.arange(len(heads)) + 0.5, heads, linespacing=1.0, rotation=90)
    axes.set_yticks(np.arange(len(steps)) + 0.5, steps.index)
    axes.tick_params(top=False, labeltop=True, labelbottom=False)
    axes.grid(visible=False)
    axes.spines[:].set(visible=True, edgecolor=scales.OUTLINE)
    patches = [Patch(facecolor=fill, edgecolor=scales.OUTLINE) for fill in scale.colours]
    canvas.legend(patches, scale.labels(), loc="lower left", ncols=4, fontsize=10, handlelength=1.1)
    return canvas, axes


def numbers(axes: Axes, steps: pd.DataFrame, scale: Scale, texts: Sequence[Sequence[str]]) -> None:
    """Write every cell's number in its grid, light on dark colours."""
    for (row, column), step in np.ndenumerate(steps.to_numpy(int)):
        if step >= 0:
            said = texts[row][column].strip("*%" + swedish.NO_BREAK)
            colour = scales.ink_on(scale.colours[step])
            place: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 10}
            axes.text(column + 0.5, row + 0.52, said, color=colour, **place)


def points(
    axes: Axes,
    shown: pd.DataFrame,
    columns: tuple[str, str, str] = ENDS,
    *,
    step: float = 0.0,
    colour: str = scales.INK,
    marker: str = "o",
    is_open: bool = False,
) -> None:
    """Draw values with their intervals on the rows of their index, `step` rows beside the middle.

    Uncertain values are rings, as are all when `is_open`.
    """
    value, lower, upper = (shown[list(columns)].astype(float) * factor(shown)).to_numpy().T
    at, faces = (
        shown.index.to_numpy() + step,
        np.full(len(shown), scales.PAPER if is_open else colour),
    )
    if "status" in shown:
        faces = np.where(shown["status"].eq("uncertain"), scales.PAPER, faces)
    axes.hlines(at, lower, upper, colors=colour, linewidth=1.5)
    looks: dict[str, Any] = {"s": 34, "linewidths": 1.4, "zorder": 3, "edgecolors": colour}
    axes.scatter(value, at, marker=marker, c=list(faces), **looks)


def marked(axes: Axes, shown: pd.DataFrame, *, step: float = 0.0, is_open: bool = False) -> None:
    """Draw values, those that have changed for certain as triangles that point where they went."""
    verdict = shown.get("verdict", pd.Series("", shown.index))
    points(axes, shown[~verdict.isin(MARKS)], step=step, is_open=is_open)
    for state, (marker, colour) in MARKS.items():
        points(axes, shown[verdict.eq(state)], step=step, colour=colour, marker=marker)


def from_zero(axes: Axes, shown: pd.DataFrame, *, in_middle: bool) -> None:
    """Begin the axis at zero, or put zero in the middle and draw it, for differences."""
    if in_middle:
        reach = float(shown[list(ENDS)].abs().max().max()) * factor(shown) * 1.05
        axes.set_xlim(-reach, reach)
        axes.axvline(0, color=scales.SOFT, linewidth=1)
    else:
        axes.set_xlim(left=0)


def say_missing(axes: Axes, shown: pd.DataFrame) -> None:
    """Say in words why a row is empty."""
    for at, row in shown[shown["value"].isna()].iterrows():
        words = wording.STATES.get(row.get("status", ""), "") or wording.VERDICTS["not_compared"]
        looks: dict[str, Any] = {
            "va": "center",
            "color": scales.SOFT,
            "fontsize": 10,
            "bbox": GROUND,
        }
        axes.text(0.01, at, words, transform=axes.get_yaxis_transform(), **looks)


def name_axis(axes: Axes, words: str) -> None:
    """Name the axis of values and write its ticks in Swedish; rows need no lines of their own."""
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(picture.tick(axes.xaxis)))
    axes.set_xlabel(words)
    axes.grid(visible=False, axis="y")


def panels(count: int) -> tuple[Canvas, list[Axes]]:
    """Make small charts on one scale, two in a line."""
    across = min(2, count)
    lines = -(-count // across)
    height = 0.65 + 1.4 * lines
    canvas = Canvas(figsize=(INCHES, height))
    made = canvas.subplots(lines, across, sharex=True, sharey=True, squeeze=False).ravel()
    canvas.subplots_adjust(0.1, 0.3 / height, 0.98, 1 - 0.35 / height, 0.1, 0.45)
    for panel in made[count:]:
        panel.set_axis_off()
    return canvas, list(made[:count])


def line(panel: Axes, shown: pd.DataFrame, name: str, top: float) -> None:
    """Draw a line over the years of the index with its intervals; its ends are written out."""
    value, lower, upper = (shown[list(ENDS)].astype(float) * factor(shown)).to_numpy().T
    panel.vlines(shown.index, lower, upper, colors=scales.SOFT, linewidth=1.3)
    panel.plot(shown.index, value, color=scales.INK, linewidth=1.8, marker="o", markersize=4.5)
    known = np.flatnonzero(~np.isnan(value))
    for at, side in zip(known[[0, -1]], ("left", "right"), strict=True):
        said = wording.number(shown["value"].iloc[at], shown.iloc[at])
        over = np.nanmax([value[at], upper[at]])
        looks: dict[str, Any] = {
            "textcoords": "offset points",
            "ha": side,
            "fontsize": 10.5,
            "bbox": GROUND,
        }
        panel.annotate(said, (shown.index[at], over), (0, 5), **looks)
    panel.set_title(textwrap.shorten(str(name), 34, placeholder=" …"), pad=6)
    panel.set_ylim(0, top * factor(shown) * 1.3)
    panel.margins(x=0.12)
    panel.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    panel.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_formatter(FuncFormatter(picture.tick(axis)))
    panel.grid(visible=False, axis="x")


def highest_first(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Put the rows of the name with the highest mean first, each name's in the order they had."""
    order = frame.groupby(name)["value"].mean().sort_values(ascending=False).index
    return frame.set_index(name).loc[order].reset_index()


def factor(shown: pd.DataFrame) -> int:
    """Return what values are multiplied by: shares are drawn as per cent."""
    return 100 if shown["unit"].dropna().eq("share").all() else 1


@cache
def _width(label: str) -> float:
    """Measure the longest line of a label in points."""
    font = font_manager.FontProperties(family=picture.FACE, size=picture.SIZE)
    widths = (
        text_to_path.get_text_width_height_descent(line, font, ismath=False)[0]
        for line in label.split("\n")
    )
    return float(max(widths))
