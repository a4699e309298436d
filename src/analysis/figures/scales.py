"""A value becomes a class and a colour; limits and colours are the same in all years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis import swedish

# Sand to brown, calm, for the first five classes (an index up to the normal 2); wine for the rest.
# Neighbours differ by at least ΔE2000 10 in every vision and in grey (tests/test_scales.py).
SEQUENCE = ("#fbf0dc", "#d8c198", "#bd9961", "#a67739", "#915921", "#852345", "#391e41")
INK = "#1d1d1b"
SOFT = "#5c5c57"
LINE = "#c9c6bd"
PAPER = "#ffffff"
WATER = "#d6e6ef"
ACCENT = "#8f1450"
BLANK = "#efeee9"


@dataclass(frozen=True, slots=True)
class Scale:
    """Class limits (rising) with a colour for each class, and how their values are written."""

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    is_share: bool

    def classes(self, values: pd.Series) -> pd.Series:
        """Return each value's class number (0 lowest), -1 where it is missing.

        A value belongs to the class that its printed value does: on a limit, to the one above.
        """
        inner = np.asarray(self.breaks[1:-1])
        printed = np.floor(values.to_numpy(dtype=float) * 100 + 0.5) / 100
        found = np.searchsorted(inner, printed, side="right")
        return pd.Series(np.where(values.isna(), -1, found), index=values.index)

    def labels(self) -> list[str]:
        """Write each class as the printed values in it: ”under 1,00”, ”1,00–1,24”, ”2,50 eller mer”."""

        def said(value: float) -> str:
            return swedish.number(value * 100) if self.is_share else swedish.number(value, 2)

        unit, limits = f"{swedish.NO_BREAK}%" if self.is_share else "", self.breaks[1:-1]
        inner = [f"{said(low)}–{said(high - 0.01)}{unit}" for low, high in pairwise(limits)]
        return [f"under {said(limits[0])}{unit}", *inner, f"{said(limits[-1])}{unit} eller mer"]


def scale(breaks: Sequence[float], *, is_share: bool) -> Scale:
    """Make the scale of two to seven classes."""
    steps = np.linspace(0, len(SEQUENCE) - 1, len(breaks) - 1).round().astype(int)
    return Scale(tuple(breaks), tuple(SEQUENCE[step] for step in steps), is_share)
