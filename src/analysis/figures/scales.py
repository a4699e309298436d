"""A value becomes a class and a colour: class limits in, the classes' colours and words out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import swedish

# From sand to brown, and to wine for the highest. Neighbours differ by at least ΔE2000 10 in every
# vision and in grey; nine classes cannot do more than 7.5, as grey has only so many steps.
SEQUENCE = ("#fbf0dc", "#d8c198", "#bd9961", "#a67739", "#915921", "#852345", "#391e41")
NINE = (
    *("#fdf5e6", "#e1cda9", "#caad7c", "#bd8f4d", "#a67739"),
    *("#966027", "#8b3e33", "#6c2145", "#250f2c"),
)
# Lines and marks: each is told from a white page and from a dark one (3:1).
LINES = ("#1f7a8c", "#b8336a", "#a6751f", "#6f7f2a", "#8064a8", "#a0603c", "#7d7a72")
FALL, RISE = LINES[:2]  # a certain change down, a certain change up: the same wherever they stand
OUTLINE = LINES[-1]  # around every class, so that the lowest is seen against the page
INK, SOFT, LINE, PAPER = "#1d1d1b", "#5c5c57", "#c9c6bd", "#ffffff"
ON_LIGHT, ON_DARK = "#000001", "#fffffe"  # on a colour; a dark page turns ink and paper, not these
WATER, ACCENT, BLANK = "#d6e6ef", "#8f1450", "#efeee9"


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
        fine = 10**self.decimals * (100 if self.unit == "share" else 1)
        printed = np.floor(values.to_numpy(float) * fine + 0.5 + 1e-9)
        found = np.searchsorted(np.asarray(self.breaks[1:-1]) * fine - 1e-9, printed, side="right")
        return pd.Series(np.where(values.isna(), -1, found), index=values.index)

    def labels(self) -> list[str]:
        """Write each class as the printed values in it: ”under 1,00”, ”1,00–1,24”, ”2,50 eller mer”."""
        limits = np.asarray(self.breaks[1:-1]) * (100 if self.unit == "share" else 1)
        low = [swedish.number(limit, self.decimals) for limit in limits]
        high = [swedish.number(limit - 10.0**-self.decimals, self.decimals) for limit in limits[1:]]
        word = {"index": "", "share": "%"}.get(self.unit, self.unit)
        unit = f"{swedish.NO_BREAK}{word}" if word else ""
        inner = [
            f"{a}{unit}" if a == b else f"{a}–{b}{unit}"
            for a, b in zip(low[:-1], high, strict=True)
        ]
        return [f"under {low[0]}{unit}", *inner, f"{low[-1]}{unit} eller mer"]


def scale(breaks: Sequence[float], *, unit: str = "index", decimals: int = 2) -> Scale:
    """Make the scale of two to nine classes; `decimals` are of the printed value.

    Args:
        unit: "index" (no unit is written), "share" (0–1, written as per cent) or a unit's name.
    """
    classes = len(breaks) - 1
    if not 2 <= classes <= len(NINE) or list(breaks) != sorted(set(breaks)):
        raise ValueError(f"a scale has 2 to 9 classes with rising limits, not {list(breaks)}")
    colours = SEQUENCE if classes <= len(SEQUENCE) else NINE
    steps = np.linspace(0, len(colours) - 1, classes).round().astype(int)
    return Scale(tuple(breaks), tuple(colours[at] for at in steps), unit, decimals)


def even_breaks(values: pd.Series, classes: int = 5) -> tuple[float, ...]:
    """Find round limits that part the values' range into about so many classes of one width."""
    low, high = float(values.min()), float(values.max())
    raw = (high - low) / classes or 0.5
    size = 10.0 ** np.floor(np.log10(raw))
    step = size * next(turn for turn in (1, 2, 2.5, 5, 10) if raw <= size * turn)
    first, last = np.floor(low / step), np.floor(high / step)
    return tuple(float(round(at * step, 10)) for at in np.arange(first, max(last, first + 1) + 1.5))


def ink_on(colour: str) -> str:
    """Choose black or white for words on a colour: the one of the two that is read more easily."""
    light = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    luminance = sum(w * part**2.2 for w, part in zip((0.2126, 0.7152, 0.0722), light, strict=True))
    return ON_LIGHT if luminance > 0.18 else ON_DARK
