"""What may be shown: a year's cells in, the state of each and its numbers as they are printed out.

The rule is coarse on purpose, so that readers understand it. A part of the municipality (an area,
or a group of people) where fewer than `hide_below` answered some question is hidden in all its
measures, and never alone: the next smallest goes with it. A share of exactly 0 or 100 per cent of
few answers is hidden. All that is printed is rounded, the numbers of answers to fives; where an
area is hidden, the intervals of a whole with few answers to COARSE, outwards, as they tell how the
hidden answers are spread. The proof is an attacker in the tests (`tests/attack.py`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.sources.records import Disclosure
from analysis.statistics.shares import Floats

SHOWN: Final = ("shown", "uncertain")
NUMBERS: Final = ("value", "se", "lower", "upper", "n", "n_eff", "df")
PRINTED: Final = ("before", "value", "difference", "lower", "upper", "delivered", "computed")
TOTAL: Final = ""
PARTNERS: Final = 2
STEP: Final = 5
COARSE: Final = {"share": 0.05, "index": 0.1}
COARSE_BELOW: Final = 1000
NOTHING: Final = 1e-9


def rounded(values: npt.ArrayLike, places: npt.ArrayLike) -> Floats:
    """Round half away from zero, as people expect.

    >>> rounded([1.265, -0.125, 0.0049], 2).tolist()
    [1.27, -0.13, 0.0]
    """
    number = np.asarray(values, dtype=float)
    unit = 10.0 ** np.asarray(places, dtype=float)
    size = np.floor(np.abs(number) * unit + 0.5 + NOTHING) / unit
    return np.asarray(np.copysign(size, number) + 0.0)  # no minus before a zero


def judged(cells: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """Add the `status` of all that is estimated of a year, the groups of each split like areas.

    The intervals of a small whole that hides an area become coarse. A value that was delivered
    without a number of answers is shown.

    Args:
        cells: one row per `area` (TOTAL is the whole), `split`, `group` and measure: `unit`,
            `value` (a share 0–1), `se`, `lower`, `upper`, `n_eff`, `n` (NaN where nobody knows it).
    """
    wholes = [
        _states(own, "group" if split else "area", policy)
        for split, own in cells.groupby("split", sort=False)
    ]
    return _coarse(cells.assign(status=pd.concat(wholes) if wholes else ""))


def _states(cells: pd.DataFrame, part: str, policy: Disclosure) -> pd.Series:
    """Judge the cells of one whole and its parts, named by the column `part`."""
    share, value = cells["unit"].eq("share"), cells["value"]
    few = cells["n"].lt(policy.uncertain_below)
    alike = share & (value.le(NOTHING) | value.ge(1 - NOTHING))
    width = cells["upper"] - cells["lower"]
    widest = cells["unit"].map({"share": policy.widest_share, "index": policy.widest_index})
    unsure = few | cells["n_eff"].lt(policy.uncertain_below) | width.ge(widest - NOTHING)
    is_small = cells[part].isin(_small(cells, part, policy))
    hidden = is_small | (cells["n"].lt(policy.hide_below) & cells["n"].ne(0))
    found = np.select(
        [hidden, cells["n"].eq(0) | value.isna(), alike & few, unsure],
        ["hidden", "no_answers", "hidden", "uncertain"],
        "shown",
    )
    return pd.Series(found, cells.index)


def _small(cells: pd.DataFrame, part: str, policy: Disclosure) -> pd.Index:
    """Name the parts that are hidden in all their measures, never one alone."""
    counted = cells.loc[cells["n"].gt(0) & cells[part].ne(TOTAL)]
    fewest = counted.groupby(part)["n"].min().sort_values(kind="stable")
    small = int(fewest.lt(policy.hide_below).sum())
    return fewest.index[: max(small, PARTNERS) if small else 0]


def _coarse(cells: pd.DataFrame) -> pd.DataFrame:
    """Widen the intervals of a small whole and of its groups where an area is hidden.

    Their error is then 0, so that half the width takes its place in comparisons.
    """
    is_whole = cells["area"].eq(TOTAL)
    hides = (cells["status"].eq("hidden") & ~is_whole).any()
    is_small = cells.loc[is_whole, "n"].max() < COARSE_BELOW
    step = cells["unit"].map(COARSE).where(is_whole & hides & is_small)
    return cells.assign(
        se=cells["se"].mask(step.notna() & cells["se"].notna(), 0.0),
        lower=(np.floor(cells["lower"] / step) * step).fillna(cells["lower"]),
        upper=(np.ceil(cells["upper"] / step) * step).fillna(cells["upper"]),
    )


def gate(cells: pd.DataFrame) -> pd.DataFrame:
    """Leave no number of those judged cells that are not shown."""
    shown = cells["status"].isin(SHOWN)
    return cells.assign(**{name: cells[name].where(shown) for name in NUMBERS})


def printed(cells: pd.DataFrame) -> pd.DataFrame:
    """Round gated numbers as they are printed: by their `decimals`, numbers of answers to fives."""
    places = cells["decimals"] + 2 * cells["unit"].eq("share")  # a share's are those of per cent
    numbers = {name: rounded(cells[name], places) for name in PRINTED if name in cells}
    if "n" in cells:
        numbers["n"] = STEP * rounded(cells["n"] / STEP, 0)
    return cells.drop(columns=["se", "n_eff", "df"], errors="ignore").assign(**numbers)
