"""A column of small pictures beside a table's rows: value, interval and what to compare with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.figures import scales, wording
from analysis.figures.figure import Pictures

WIDTH, HEIGHT, EDGE = 120, 14, 6
STEPS = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
MOST_LINES = 6
DISC = "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z"
MARKS = {
    "fall": ("m-4.7-3.7h9.4l-4.7 8z", scales.FALL),
    "rise": ("m-4.7 3.7h9.4l-4.7-8z", scales.RISE),
}  # a certain change, and nothing else; all other values are a disc, or a ring where uncertain


def column(rows: pd.DataFrame, *, zero: bool = False) -> Pictures | None:
    """Draw rows on one axis with round ends, the same in page and PDF; None where none is shown.

    Args:
        rows: `value`, `lower`, `upper`, `unit`, `decimals`; perhaps `beside`, `status`, `verdict`.
        zero: whether zero stands in the middle: the values are differences.
    """
    numbers = rows.reindex(columns=["value", "lower", "upper", "beside"]).astype(float)
    if rows["unit"].nunique() != 1 or numbers["value"].isna().all():
        return None
    reach = float(numbers.abs().max().max()) or 1.0
    step = next((step for step in STEPS if reach / step <= MOST_LINES), reach / MOST_LINES)
    end = max(1, math.ceil(reach / step - 1e-9)) * step
    low = -end if zero else 0.0

    def at(value: float) -> str:
        return f"{EDGE + (value - low) / (end - low) * (WIDTH - 2 * EDGE):.1f}".removesuffix(".0")

    lines = "".join(
        f"M{at(low + step * each)} 0v14" for each in range(round((end - low) / step) + 1)
    )
    ground = f'<path d="{lines}" stroke="{scales.LINE}"/>'
    ground += f'<path d="M{at(0)} 0v14" stroke="{scales.SOFT}"/>' if zero else ""
    shape = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    root = f'<svg xmlns="http://www.w3.org/2000/svg" {shape} aria-hidden="true" fill="none">'
    svgs = [
        None if math.isnan(row["value"]) else f"{root}{ground}{_row({**mark, **row}, at)}</svg>"
        for mark, row in zip(rows.to_dict("records"), numbers.to_dict("records"), strict=True)
    ]
    first: dict[str, Any] = rows.iloc[0].to_dict()
    first["decimals"] = 1 if first["unit"] == "index" else first["decimals"]
    ends = [wording.number(value, first) for value in (low, end)]
    return Pictures(f"{ends[0]} till {ends[1]}{wording.unit(first)}", tuple(svgs))


def _row(row: Mapping[str, Any], at: Any) -> str:
    """Draw the line across, the interval and the mark, in this order."""
    is_open = row.get("status") == "uncertain" or row.get("verdict", "fall") not in MARKS
    shape, colour = MARKS.get(row.get("verdict", ""), (DISC, scales.INK))
    parts = []
    if not math.isnan(row["beside"]):
        parts.append(
            f'<path d="M{at(row["beside"])} 2v10" stroke="{scales.SOFT}" stroke-width="2.5"/>'
        )
    if not math.isnan(row["lower"]) and not math.isnan(row["upper"]):
        ends = f"M{at(row['lower'])} 7H{at(row['upper'])}"
        parts.append(f'<path d="{ends}" stroke="{colour}" stroke-width="1.4"/>')
    fill = scales.PAPER if is_open else colour
    mark = f'<path d="M{at(row["value"])} 7{shape}" fill="{fill}" stroke="{colour}" stroke-width="1.4"/>'
    return "".join([*parts, mark])
