"""The fixed words of states, values and changes: a result in, its word out; said in one place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis import swedish

Cell = Mapping[str, Any]  # a row of `Results.estimates`, as a Series or a dict

STATES = {
    "shown": "",
    "uncertain": "osäkert",
    "hidden": "visas inte",
    "not_asked": "inte frågat",
    "no_answers": "inga svar",
}
WHY = {
    "uncertain": "Osäkert: få svar eller stor felmarginal.",
    "hidden": "Visas inte: värdet, eller ett annat som kan räknas ut ur det, bygger på för få svar.",
    "not_asked": "Inte frågat i år.",
    "no_answers": "Inga svar.",
}
PRINTED = ("shown", "uncertain")
REGISTER_LEVEL = 0.05


def decimals(kind: str) -> int:
    """Return how many decimals a kind of measure is printed with (shares in per cent)."""
    return 2 if kind == "index" else 0


def coarse(number: float, kind: str) -> float:
    """Round a value for files: an index as it is printed, a share to a thousandth."""
    return round(float(number), 2 if kind == "index" else 3)


def value(cell: Cell | None) -> str:
    """Write a cell's value in its unit, or its state where it has no value to show."""
    if cell is None:
        return STATES["not_asked"]
    if cell["status"] not in PRINTED:
        return STATES[cell["status"]]
    return plain_value(cell["value"], cell["kind"])


def plain_value(value: float, kind: str) -> str:
    """Write a value that is shown, in its unit."""
    return swedish.number(value, 2) if kind == "index" else swedish.percent(value)


def interval(cell: Cell) -> str:
    """Write a cell's 95 % interval; a dash where there is none."""
    if cell["status"] not in PRINTED:
        return swedish.MISSING
    if cell["kind"] == "index":
        return swedish.span(cell["lower"], cell["upper"])
    return swedish.percent_span(cell["lower"], cell["upper"])


def answers_n(cell: Cell) -> str:
    """Write how many answered; a hidden cell's number stays hidden."""
    return swedish.number(cell["n"]) if cell["status"] in PRINTED else swedish.MISSING


def margin(cell: Cell) -> str:
    """Write a cell's interval, and that the value is uncertain where it is."""
    word = f" {STATES['uncertain']}" if cell["status"] == "uncertain" else ""
    return interval(cell) + word


def moved(change: pd.Series | None, kind: str) -> str:
    """Write a difference without its unit, shares in percentage points: −14, or +3 säkert."""
    if change is None or math.isnan(change["difference"]):
        return swedish.MISSING
    scale = 1 if kind == "index" else 100
    certain = f"{swedish.NO_BREAK}säkert" if change["certain"] else ""
    return swedish.signed(change["difference"] * scale, decimals(kind)) + certain


def difference(change: pd.Series | None, kind: str) -> str:
    """Write a difference in its unit: −0,15 or +3 procentenheter; a dash where there is none."""
    if change is None or math.isnan(change["difference"]):
        return swedish.MISSING
    if kind == "index":
        return swedish.signed(change["difference"], 2)
    points = change["difference"] * 100
    unit = "procentenhet" if abs(swedish.rounded(points, 0)) == 1 else "procentenheter"
    return f"{swedish.signed(points, 0)}{swedish.NO_BREAK}{unit}"


def reach(change: pd.Series, kind: str) -> str:
    """Write a difference's 95 % interval: −0,90 till −0,39; a dash where there is none."""
    if math.isnan(change["lower"]):
        return swedish.MISSING
    scale = 1 if kind == "index" else 100
    ends = [swedish.signed(change[end] * scale, decimals(kind)) for end in ("lower", "upper")]
    return f"{ends[0]} till {ends[1]}"


def verdict(change: pd.Series | None, kind: str) -> str:
    """Name a change by what the numbers bear: the one table of such words.

    Never says that something changed unless the change is certain.
    """
    if change is None or math.isnan(change["difference"]):
        return "kan inte jämföras"
    if math.isnan(change["p_value"]):
        return "skillnaden har inte kunnat prövas"
    falls = change["difference"] < 0
    if change["certain"]:
        return "en säkerställd minskning" if falls else "en säkerställd ökning"
    scale = 1 if kind == "index" else 100
    if swedish.rounded(change["difference"] * scale, decimals(kind)) == 0:
        return "oförändrat"
    return f"en {'sänkning' if falls else 'höjning'} som ryms inom felmarginalen"


def is_certain(change: pd.Series | None) -> str:
    """Answer ”säkerställd?” in a table cell: ja, nej or a dash where nothing could be tested."""
    if change is None or math.isnan(change["p_value"]):
        return swedish.MISSING
    return "ja" if change["certain"] else "nej"


def percent_change(percent: float) -> str:
    """Write a change in per cent: +11 %; a dash where the base was too small."""
    if math.isnan(percent):
        return swedish.MISSING
    return swedish.signed(percent, 0) + swedish.NO_BREAK + "%"


def register_verdict(p_value: float, difference: float) -> str:
    """Name a change of reported crime by the exact test of the two years' counts."""
    if math.isnan(p_value):
        return "kan inte jämföras"
    if p_value >= REGISTER_LEVEL:
        return "kan vara slump"
    return "ökning, mer än slump" if difference > 0 else "minskning, mer än slump"
