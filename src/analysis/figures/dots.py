"""Values with their intervals as small pictures in a table's rows: numbers in, a column out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from analysis import swedish
from analysis.figures import scales, wording

WIDTH, HEIGHT, EDGE = 120.0, 14.0, 5.0
STEPS = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Dot:
    """A row's picture; NaN where there is nothing to draw.

    Attributes:
        value: where the dot stands.
        lower, upper: the ends of its interval.
        beside: a value to compare with, a small line across.
        is_open: whether the dot is hollow.
        is_strong: whether it is a diamond in the colour of emphasis.
    """

    value: float
    lower: float
    upper: float
    beside: float = math.nan
    is_open: bool = False
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Dots:
    """A column of pictures on one axis; they repeat numbers of their rows and need no words.

    Attributes:
        label: the column's heading, which names the axis.
        low, high: the ends of the axis.
        lines: where thin lines stand.
        zero: where a thicker line stands, or NaN.
        rows: a picture for each row, or None.
    """

    label: str
    low: float
    high: float
    lines: tuple[float, ...]
    zero: float
    rows: tuple[Dot | None, ...]

    def at(self, value: float) -> float | None:
        """Return where a value stands between the ends of the axis (0–1); None for NaN."""
        return None if math.isnan(value) else round((value - self.low) / (self.high - self.low), 4)

    def as_json(self) -> dict[str, Any]:
        """Return what the press needs to draw the column: places between 0 and 1."""
        return {
            "label": self.label,
            "lines": [self.at(line) for line in self.lines],
            "zero": self.at(self.zero),
            "rows": [row and self._placed(row) for row in self.rows],
        }

    def _placed(self, row: Dot) -> dict[str, Any]:
        names = ("value", "lower", "upper", "beside")
        places = {name: self.at(getattr(row, name)) for name in names}
        return {**places, "is_open": row.is_open, "is_strong": row.is_strong}

    def svg(self, number: int) -> str:
        """Draw a row's picture for a page; in the colours of the text around it."""
        row = self.rows[number]
        drawn = "" if row is None else _drawn(self._placed(row))
        lines = "".join(f"M{_x(self.at(line))} 0v14" for line in self.lines)
        zero = "" if math.isnan(self.zero) else f'<path d="M{_x(self.at(self.zero))} 0v14"/>'
        return (
            f'<svg aria-hidden="true" width="{WIDTH:g}" height="{HEIGHT:g}" fill="none" '
            f'stroke="currentColor"><path d="{lines}" opacity=".18"/>{zero}{drawn}</svg>'
        )


def _x(place: float | None) -> str:
    assert place is not None
    return f"{EDGE + place * (WIDTH - 2 * EDGE):.1f}"


def _drawn(row: dict[str, Any]) -> str:
    """Draw the line across, the interval and the dot, in this order."""
    parts = []
    if row["beside"] is not None:
        parts.append(f'<path d="M{_x(row["beside"])} 2v10" stroke-width="2.5" opacity=".5"/>')
    colour = f"var(--accent,{scales.ACCENT})" if row["is_strong"] else "currentColor"
    if row["lower"] is not None and row["upper"] is not None:
        ends = f'd="M{_x(row["lower"])} 7H{_x(row["upper"])}"'
        parts.append(f'<path {ends} stroke="{escape(colour)}" stroke-width="1.4"/>')
    if row["value"] is not None:
        x = _x(row["value"])
        fill = "var(--paper,#fff)" if row["is_open"] else colour
        shape = (
            "m0-4.5 4.5 4.5-4.5 4.5-4.5-4.5z"
            if row["is_strong"]
            else "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z"
        )
        parts.append(
            f'<path d="M{x} 7{shape}" fill="{fill}" stroke="{colour}" stroke-width="1.4"/>'
        )
    return "".join(parts)


def column(
    rows: Sequence[Dot | None], kind: str, *, head: str = "", zero: bool = True
) -> Dots | None:
    """Put dots on one axis with round ends: from zero, or symmetric where values are differences.

    None where no row has a dot.

    Args:
        rows: a picture for each row, or None.
        kind: "index" or "share".
        head: what the axis shows, before its ends.
        zero: whether the axis begins at zero; else it has zero in the middle.
    """
    if not any(rows):
        return None
    reach = [abs(number) for row in rows if row for number in _numbers(row)]
    step, end = _round_end(max(reach, default=1.0))
    low = 0.0 if zero else -end
    lines = tuple(low + at * step for at in range(round((end - low) / step) + 1))
    return Dots(
        _axis(head, low, end, kind), low, end, lines, math.nan if zero else 0.0, tuple(rows)
    )


def _numbers(row: Dot) -> list[float]:
    numbers = (row.value, row.lower, row.upper, row.beside)
    return [number for number in numbers if not math.isnan(number)]


def _round_end(reach: float) -> tuple[float, float]:
    """Return a step and the multiple of it that holds everything."""
    step = next((step for step in STEPS if reach / step <= MOST_LINES), reach / MOST_LINES)
    return step, max(1, math.ceil(reach / step - 1e-9)) * step


def _axis(head: str, low: float, end: float, kind: str) -> str:
    if kind == "index":
        ends = f"{swedish.number(low, 1)} till {swedish.number(end, 1)}"
    else:
        ends = f"{swedish.number(low * 100)} till {swedish.percent(end)}"
    return f"{head} {ends}".strip()


def of_cell(cell: pd.Series, *, beside: float = math.nan, is_strong: bool = False) -> Dot | None:
    """Make the picture of a cell: hollow where uncertain, none where nothing may be shown."""
    if cell["status"] not in wording.PRINTED:
        return None
    is_open = cell["status"] == "uncertain"
    value, lower, upper = (float(cell[name]) for name in ("value", "lower", "upper"))
    return Dot(value, lower, upper, beside, is_open, is_strong)
