"""A value becomes a class and a colour: class limits in, the classes' colours and words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
