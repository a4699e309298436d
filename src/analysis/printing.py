"""How gated cells are laid out and printed: the frames of `Results` and the columns of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from analysis.estimates import TOTAL, Estimates
from analysis.sources import delivered
from analysis.sources.config import SPLITS, Config
from analysis.statistics import comparison, disclosure

MEASURE = ["measure", "label"]
UNIT = ["unit", "decimals"]
AREA, GROUP = ["area", "name", *MEASURE], ["split", "split_label", "group", *MEASURE]
CELL = ["value", "lower", "upper", "n", "status", *UNIT, "source"]
CHANGE = [*UNIT, "before", "value", "difference", "lower", "upper", "verdict"]
COLUMNS = {
    "estimates": ["year", *AREA, *CELL],
    "splits": ["year", *GROUP, *CELL],
    "reference": ["year", *AREA, *CELL],
    "changes": [*AREA, *CHANGE],
    "split_changes": [*GROUP, *CHANGE],
    "against_rest": [*AREA, "direction", "verdict"],
    "reconciled": [*AREA, "delivered", "computed"],
}
ABSENT = {"status": "not_asked", "source": "computed", "verdict": comparison.NOT_COMPARED}


def laid_out(
    name: str,
    rows: pd.DataFrame,
    parts: pd.DataFrame,
    measures: pd.DataFrame,
    *,
    how: Literal["left", "inner"] = "left",
) -> pd.DataFrame:
    """Print rows as a frame of `Results`, by parts and by measures, in their order.

    Args:
        name: of the frame, a key of COLUMNS.
        rows: gated numbers by `measure` and the keys that they share with the parts.
        parts: one row per part of the place, and per year where the frame has years.
        how: "left" gives every measure of every part a row.
    """
    grid = parts.merge(measures[[*MEASURE, *UNIT]], how="cross")
    own = rows.drop(columns=UNIT, errors="ignore")
    found = grid.merge(own, how=how, validate="one_to_one").fillna(ABSENT)
    return disclosure.printed(found)[COLUMNS[name]]


def places(areas: pd.DataFrame, whole: str) -> pd.DataFrame:
    """List the areas and, last, the whole: `area`, `name`, and no group of people."""
    municipality = pd.DataFrame({"area": [TOTAL], "name": [whole]})
    listed = pd.concat([areas[["area", "name"]], municipality], ignore_index=True)
    return pd.DataFrame(listed).assign(split="", group="")


def groups(cells: pd.DataFrame) -> pd.DataFrame:
    """List the groups of people that a year has: `area` "", `split`, `group`, `split_label`."""
    found = cells.loc[cells["split"].ne(""), ["area", "split", "group"]].drop_duplicates()
    return found.assign(split_label=found["split"].map(SPLITS))


def reference(declared: Config) -> pd.DataFrame:
    """Name the country or the county that a delivered table has beside the place."""
    name = declared.year.delivered.reference if declared.year.delivered else None
    rows = [(delivered.REFERENCE, name)] if name else []
    return pd.DataFrame(rows, columns=["area", "name"], dtype=object).assign(split="", group="")


def response(years: Mapping[int, Estimates]) -> pd.DataFrame:
    """Tell how many were invited and how many answered, by year."""
    rows = [(year, found.invited, found.answered) for year, found in years.items()]
    counts = pd.DataFrame(rows, columns=["year", "invited", "answered"]).astype({"invited": float})
    return counts.assign(rate=counts["answered"].astype(float) / counts["invited"])
