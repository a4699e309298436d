"""One year's estimates, not yet gated: computed from answers, delivered, or both reconciled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import computed
from analysis.cells import KEYS, QUANTITIES, Estimates
from analysis.sources import areas as register_of
from analysis.sources import delivered
from analysis.sources.config import IndexModel, Year
from analysis.sources.survey import TOTAL

Z = 1.959963984540054


def of(
    root: Path,
    year: Year,
    model: IndexModel | None,
    areas: pd.DataFrame,
    merged: Mapping[str, tuple[str, ...]] | None = None,
) -> Estimates | None:
    """Estimate a year; None where the year has neither answers nor a delivered table.

    Args:
        areas: the year's own.
        merged: areas to estimate besides, by id, each of these areas together; from answers only.

    Raises:
        Refusal: with every fault of the year's survey files.
    """
    own = computed.of(root, year, model, areas, merged or {})
    source = year.delivered
    if source is None:
        return own
    table = delivered.read(root, year.year, source, model, areas)
    given = _cells(table, source.unit)
    if own is None:
        empty = pd.DataFrame(columns=[*KEYS, "difference", "value", "computed"])
        adults = register_of.adults(areas, year.year)
        mass = _residents(given, adults)
        return Estimates(given, empty, empty, mass, adults, source.invited, source.answered)
    return _reconciled(own, given)


def _residents(given: pd.DataFrame, adults: pd.Series) -> pd.DataFrame:
    """Weigh a delivered table's areas by residents, as near as the public can."""
    rows = given.loc[given["area"].ne(TOTAL), KEYS]
    return rows.assign(weight=rows["area"].map(adults)).dropna(subset="weight")


def _cells(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Give a delivered table the form of cells; an interval, where there is one, gives the se."""
    missing = table["value"].isna() & table["n"].fillna(0).gt(0)
    table = table.loc[~missing]
    return table.assign(
        split="",
        level="",
        kind="index" if unit == "index" else "share",
        se=(table["upper"] - table["lower"]) / (2 * Z),
        n_eff=np.nan,
        df=np.where(table["n"] > 1, table["n"] - 1, np.inf),
        asked=True,
        delivered=True,
    )[[*KEYS, "kind", *QUANTITIES, "asked", "delivered"]]


def _reconciled(own: Estimates, given: pd.DataFrame) -> Estimates:
    """Let delivered cells win; keep what was computed beside them for the control."""
    both = given.merge(
        own.cells[[*KEYS, "kind", "value"]].rename(columns={"value": "computed"}),
        on=[*KEYS, "kind"],
        validate="one_to_one",
    )
    keys = pd.MultiIndex.from_frame(own.cells[KEYS])
    kept = own.cells.loc[~keys.isin(pd.MultiIndex.from_frame(given[KEYS]))]
    return Estimates(
        pd.concat([kept, given], ignore_index=True),
        own.rest,
        both[[*KEYS, "value", "computed"]],
        own.mass,
        own.adults,
        own.invited,
        own.answered,
        own.merged,
    )
