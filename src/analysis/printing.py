"""How gated cells are laid out and printed: the frames of `Results`, each with its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from analysis.estimates import Estimates
from analysis.statistics import comparison, disclosure

MEASURE = ["measure", "label"]
UNIT = ["unit", "decimals"]
CELL = ["value", "lower", "upper", "n", "status", *UNIT, "source"]
CHANGE = [*UNIT, "before", "value", "difference", "lower", "upper", "verdict"]


def named(
    rows: pd.DataFrame, parts: pd.DataFrame, measures: pd.DataFrame, how: Literal["left", "inner"]
) -> pd.DataFrame:
    """Lay out rows by areas or groups and by measures, in their order, with their labels."""
    own = rows.loc[rows["split"].eq("") if "area" in parts else rows["split"].ne("")]
    key = ["area"] if "area" in parts else ["split", "group"]
    grid = parts.merge(measures[[*MEASURE, *UNIT]], how="cross")
    own = own[[*key, "measure", *(name for name in own if name not in grid)]]
    return grid.merge(own, on=[*key, "measure"], how=how, validate="one_to_one")


def estimates(
    gated: Mapping[int, pd.DataFrame], parts: pd.DataFrame, measures: pd.DataFrame
) -> pd.DataFrame:
    """Print the cells of every year, each measure of each part, asked or not."""
    years = [
        named(disclosure.printed(cells), parts, measures, "left").assign(year=year)
        for year, cells in gated.items()
    ]
    found = pd.concat(years, ignore_index=True)
    filled = found.assign(
        status=found["status"].fillna("not_asked"), source=found["source"].fillna("computed")
    )
    return filled[["year", *parts, *MEASURE, *CELL]]


def changes(moved: pd.DataFrame, parts: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Print the changes: each from unrounded values, and rounded once."""
    found = named(moved, parts, measures, "left")
    numbers = {
        name: disclosure.rounded(found[name], disclosure.places(found))
        for name in ("before", "value", "difference", "lower", "upper")
    }
    verdict = found["verdict"].fillna(comparison.NOT_COMPARED)
    return found.assign(**numbers, verdict=verdict)[[*parts, *MEASURE, *CHANGE]]


def reconciled(
    both: pd.DataFrame, cells: pd.DataFrame, parts: pd.DataFrame, measures: pd.DataFrame
) -> pd.DataFrame:
    """Print what is both delivered and computed, of cells that are shown."""
    shown = cells.loc[cells["status"].isin(disclosure.SHOWN), ["area", "measure"]]
    found = both.merge(shown).assign(split="")
    found = named(found, parts, measures, "inner")
    numbers = {
        name: disclosure.rounded(found[name], disclosure.places(found))
        for name in ("delivered", "computed")
    }
    return found.assign(**numbers)[[*parts, *MEASURE, *numbers]]


def rest(rest: pd.DataFrame, parts: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Print which areas stand apart from the others; no number, only the direction."""
    found = named(rest.assign(split=""), parts, measures, "inner")
    return found[[*parts, *MEASURE, "direction", "verdict"]]


def response(years: Mapping[int, Estimates]) -> pd.DataFrame:
    rows = [(year, found.invited, found.answered) for year, found in years.items()]
    counts = pd.DataFrame(rows, columns=["year", "invited", "answered"]).astype({"invited": float})
    return counts.assign(rate=counts["answered"].astype(float) / counts["invited"])
