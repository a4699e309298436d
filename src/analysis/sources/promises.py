"""The citizen promise and its follow-up: one validated table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.errors import raise_if_any
from analysis.sources import catalogue, rawtable

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
    checks = (
        ("promise", rows["promise"].ne(""), "Skriv vad som lovades."),
        ("fulfilled", rows["fulfilled"].isin(FULFILLED), f"Giltiga: {', '.join(FULFILLED)}."),
    )
    raise_if_any(
        finding
        for column, good, remedy in checks
        for finding in table.faults(rows.loc[~good, column], column, "”{}” duger inte.", remedy)
    )
    return rows[COLUMNS].reset_index(drop=True)
