"""Drugs measured in the wastewater: one validated table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.errors import raise_if_any
from analysis.sources import catalogue, rawtable

COLUMNS = ["substance", "place", "week", "value_mg_per_1000_day", "state"]
STATES = {"measured", "below_loq"}


def read(root: Path, number: int) -> pd.DataFrame | None:
    """Read a year's measurements; None where the year has none.

    Returns:
        One row per substance, place and week; `value_mg_per_1000_day` is NaN where the `state` is
        below_loq (below the limit of quantification: a state of its own, not zero).

    Raises:
        Refusal: with every number that is none and every unknown state.
    """
    source = catalogue.year(root, number).wastewater
    if source is None:
        return None
    table = catalogue.table(root, number, source)
    rawtable.require(table, COLUMNS)
    values, findings = rawtable.numbers(table, "value_mg_per_1000_day")
    states = table.rows["state"]
    known = states.isin(STATES)
    fits = (states.eq("measured") == values.ge(0)) | ~known
    what, remedy = "okänt läge ”{}”.", f"Giltiga: {', '.join(sorted(STATES))}."
    findings += table.faults(states[~known], "state", what, remedy)
    what, remedy = "värde och läge går inte ihop (”{}”).", "Uppmätt har ett värde, annars tomt."
    texts = table.rows.loc[~fits, "value_mg_per_1000_day"]
    findings += table.faults(texts, "value_mg_per_1000_day", what, remedy)
    raise_if_any(findings)
    return table.rows[COLUMNS].assign(value_mg_per_1000_day=values).reset_index(drop=True)
