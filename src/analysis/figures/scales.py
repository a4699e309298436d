"""A value becomes a class and a colour; the colours, signs and axes that all drawings share."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import swedish

MOST = 9  # classes; more than seven are for an analyst's own map, and hard to tell apart
# From sand to brown, and to wine for the highest. Neighbours of up to seven classes differ by at
# least ΔE 10 in every vision and in grey.
SEQUENCE = ("#fbf0dc", "#d8c198", "#bd9961", "#a67739", "#915921", "#852345", "#391e41")
# Lines and marks: each is told from a white page and from a dark one (3:1).
LINES = ("#1f7a8c", "#b8336a", "#a6751f", "#6f7f2a", "#8064a8", "#a0603c", "#7d7a72")
FALL, RISE = LINES[:2]  # a certain change down, a certain change up: the same wherever they stand
OUTLINE = LINES[-1]  # around every class, so that the lowest is seen against the page
INK, SOFT, LINE, PAPER = "#1d1d1b", "#5c5c57", "#c9c6bd", "#ffffff"
WATER, BLANK = "#d6e6ef", "#efeee9"
FACE = "Source Sans Pro"
GIVEN = (
    *("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b"),
    *("#3274a1", "#e1812c", "#3a923a", "#c03d3e", "#9372b2", "#845b53"),
)  # matplotlib's first colours, and the same as seaborn softens them for bars
COLOURS = {**dict(zip(GIVEN, LINES[:6] * 2, strict=True)), "#000000": INK}
DISC = ("o", "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z")
SIGNS = {  # a marker of matplotlib's, the same as a path, its colour and what fills it
    "disc": (*DISC, INK, INK),
    "ring": (*DISC, INK, PAPER),
    "before": (*DISC, SOFT, PAPER),
    "fall": ("v", "m-4.7-3.7h9.4l-4.7 8z", FALL, FALL),
    "rise": ("^", "m-4.7 3.7h9.4l-4.7-8z", RISE, RISE),
}
INCHES = 5.2  # a drawing's width: fit for a phone, wider screens enlarge it
LONGEST = 32  # letters of a line beside a chart; longer names get two lines
YEARS = (1900, 2100)  # ticks that all are between these are years, and have no thousands


@dataclass(frozen=True, slots=True)
class Scale:
    """Class limits (rising, both ends given) with a colour for each class."""

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    unit: str
    decimals: int

    def classes(self, values: pd.Series) -> pd.Series:
        """Return each value's class (0 lowest; on a limit, the one above), -1 where it is missing.

        A value belongs to the class that its printed value does.
        """
        fine = 10**self.decimals * factor(self.unit)
        printed = np.floor(values.to_numpy(float) * fine + 0.5 + 1e-9)
        found = np.searchsorted(np.asarray(self.breaks[1:-1]) * fine - 1e-9, printed, side="right")
        return pd.Series(np.where(values.isna(), -1, found), index=values.index)

    def labels(self) -> list[str]:
        """Write each class as the printed values in it: ”under 1,00”, ”1,00–1,24”, ”2,50 eller mer”."""
        limits = np.asarray(self.breaks[1:-1]) * factor(self.unit)
        word = {"index": "", "share": "%"}.get(self.unit, self.unit)
        unit = f"{swedish.NO_BREAK}{word}" if word else ""
        low = [swedish.number(limit, self.decimals) for limit in limits]
        high = [swedish.number(limit - 10.0**-self.decimals, self.decimals) for limit in limits[1:]]
        inner = [a if a == b else f"{a}–{b}" for a, b in zip(low[:-1], high, strict=True)]
        below = [f"{said}{unit}" for said in (f"under {low[0]}", *inner)]
        return [*below, f"{low[-1]}{unit} eller mer"]


def scale(breaks: Sequence[float], *, unit: str = "index", decimals: int = 2) -> Scale:
    """Make the scale of two to nine classes; `decimals` are of the printed value.

    Args:
        unit: "index" (no unit is written), "share" (0–1, written as per cent) or a unit's name.
    """
    classes = len(breaks) - 1
    if not 2 <= classes <= MOST or list(breaks) != sorted(set(breaks)):
        raise ValueError(f"a scale has 2 to {MOST} classes with rising limits, not {list(breaks)}")
    known = np.array([list(bytes.fromhex(colour[1:])) for colour in SEQUENCE])
    steps = np.linspace(0, len(known) - 1, classes)
    mixed = [np.interp(steps, np.arange(len(known)), part).round() for part in known.T]
    colours = (f"#{bytes(colour).hex()}" for colour in np.transpose(mixed).astype(np.uint8))
    return Scale(tuple(breaks), tuple(colours), unit, decimals)


def even_breaks(values: pd.Series, classes: int = 5) -> tuple[float, ...]:
    """Find round limits that part the values' range into at most so many classes of one width."""
    from matplotlib.ticker import MaxNLocator  # imported when asked for: words need no matplotlib

    low, high = (values.min(), values.max()) if values.notna().any() else (0.0, 1.0)
    steps = MaxNLocator(classes, steps=[1, 2, 2.5, 5, 10])
    limits = np.asarray(steps.tick_values(low, high if high > low else low + 1))
    return tuple(limits.round(10).tolist())


def factor(unit: str) -> int:
    """Return what values are multiplied by: shares are shown as per cent."""
    return 100 if unit == "share" else 1


@cache
def style() -> Path:
    """Return the look of all charts; matplotlib learns the face that pages and PDFs have."""
    from matplotlib import font_manager

    for weight in ("Regular", "Semibold"):
        path = Path(str(files("font_source_sans_pro"))) / f"files/SourceSansPro-{weight}.otf"
        font_manager.fontManager.addfont(path)
    return Path(__file__).parent / "style.mplstyle"


def numbered() -> Any:
    """Write an axis' numbers with as many decimals as its step needs; years without thousands."""
    from matplotlib.ticker import FuncFormatter

    def said(value: float, _: int | None = None) -> str:
        ticks = formatter.axis.get_majorticklocs()
        if ticks.min() >= YEARS[0] and ticks.max() <= YEARS[1]:
            return f"{value:.0f}" if value == round(value) else ""
        step = float(np.diff(ticks[:2]).max(initial=0)) or 1.0
        return swedish.number(value, max(0, math.ceil(-math.log10(step) - 1e-9)))

    formatter: Any = FuncFormatter(said)
    return formatter


def rows(labels: Iterable[str], each: float) -> tuple[Any, Any]:
    """Make a chart of one row a label, `each` inches high, or more where a label has two lines."""
    from matplotlib.figure import Figure as Canvas

    wrapped = [textwrap.fill(str(label), LONGEST) for label in labels]
    each = max(each, 0.36) if "\n" in "".join(wrapped) else each
    canvas = Canvas(figsize=(INCHES, 0.56 + each * len(wrapped)), layout="constrained")
    axes = canvas.subplots()
    axes.set_yticks(range(len(wrapped)), wrapped, linespacing=1.0)
    axes.set(ylim=(len(wrapped) - 0.5, -0.5))
    axes.xaxis.set_major_formatter(numbered())
    axes.locator_params(axis="x", nbins=6, steps=[1, 2, 5, 10])
    axes.grid(visible=False, axis="y")
    return canvas, axes
