"""The citizen promise and its follow-up: one validated table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis import catalogue, rawtable
from analysis.errors import raise_if_any

COLUMNS = ["promise", "target", "outcome", "unit", "fulfilled"]
FULFILLED = ("ja", "nej", "delvis", "ej följts upp")


def read(root: Path, number: int) -> pd.DataFrame | None:
    """Read a year's promises, one row each, as texts; None where the year has none.

    Raises:
        Refusal: with every promise without text and every unknown word under `fulfilled`.
    """
    source = catalogue.year(root, number).promises
    if source is None:
        return None
    table = catalogue.table(root, number, source)
    rawtable.require(table, COLUMNS)
    rows = table.rows
    raise_if_any(
        table.finding(int(row), column, f"”{rows.loc[row, column]}” duger inte.", remedy)
        for column, good, remedy in (
            ("promise", rows["promise"].ne(""), "Skriv vad som lovades."),
            ("fulfilled", rows["fulfilled"].isin(FULFILLED), f"Giltiga: {', '.join(FULFILLED)}."),
        )
        for row in rows.index[~good]
    )
    return rows[COLUMNS].reset_index(drop=True)
