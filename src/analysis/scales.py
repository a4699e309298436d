"""A value becomes a class and a colour; limits and colours are the same in all years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import swedish

# Seven steps of seaborn's "rocket", light to dark, chosen so that neighbours differ by at least
# ΔE2000 10 in normal, protan, deutan and tritan vision and in grey (tests/test_scales.py).
SEQUENCE = ("#faebdd", "#f6b089", "#f3734e", "#df2f44", "#ad1759", "#4e1d4b", "#08081e")
INK = "#1d1d1b"
SOFT = "#5c5c57"
LINE = "#c9c6bd"
PAPER = "#ffffff"
WATER = "#d6e6ef"
ACCENT = "#8f1450"
CALM = "#1f6f8b"
BLANK = "#efeee9"


@dataclass(frozen=True, slots=True)
class Scale:
    """Class limits (rising) with a colour for each class, and how their values are written."""

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    is_share: bool

    def classes(self, values: pd.Series) -> pd.Series:
        """Return each value's class number (0 lowest), -1 where it is missing.

        A value on a limit belongs to the class above it; the highest limit to the last class.
        """
        inner = np.asarray(self.breaks[1:-1])
        found = np.searchsorted(inner, values.to_numpy(dtype=float), side="right")
        return pd.Series(np.where(values.isna(), -1, found), index=values.index)

    def labels(self) -> list[str]:
        """Write each class as its limits: ”1,25–1,50”."""
        pairs = zip(self.breaks[:-1], self.breaks[1:], strict=True)
        if self.is_share:
            return [swedish.percent_span(lower, upper) for lower, upper in pairs]
        return [swedish.span(lower, upper) for lower, upper in pairs]


def scale(breaks: Sequence[float], *, is_share: bool) -> Scale:
    """Make the scale of two to seven classes."""
    steps = np.linspace(0, len(SEQUENCE) - 1, len(breaks) - 1).round().astype(int)
    return Scale(tuple(breaks), tuple(SEQUENCE[step] for step in steps), is_share)
