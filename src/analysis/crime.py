"""Reported crime by crime code, as many years as there are: one validated table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis import catalogue, rawtable, records
from analysis.errors import Finding, raise_if_any

COLUMNS = ["code", "label", "parent", "count"]


def read(root: Path, number: int, *, span: int = 4) -> pd.DataFrame | None:
    """Read the year's crimes and those of the years before it.

    Args:
        span: how many years, the newest included.

    Returns:
        One row per year and crime: `year`, `code` (text, leading zeros kept, "" for a group),
        `label`, `parent` ("" for the total), `count` (NaN where missing), `mean_population`,
        `preliminary`; None where the newest year has no crime file.

    Raises:
        Refusal: with every count that is no whole number, unknown parent and doubled label.
    """
    known = [year for year in catalogue.years(root) if number - span < year <= number]
    by_year = {year: catalogue.year(root, year).crime for year in known}
    if by_year.get(number) is None:
        return None
    frames = [_one_year(root, year, source) for year, source in by_year.items() if source]
    return pd.concat(frames, ignore_index=True)


def _one_year(root: Path, number: int, source: records.CrimeSource) -> pd.DataFrame:
    table = catalogue.table(root, number, source)
    rawtable.require(table, COLUMNS)
    counts, findings = rawtable.numbers(table, "count", is_whole=True)
    raise_if_any([*findings, *_faults(table, counts), *_root_faults(table, counts)])
    return (
        table.rows[COLUMNS]
        .assign(
            count=counts,
            year=number,
            mean_population=source.mean_population,
            preliminary=source.preliminary,
        )
        .reset_index(drop=True)
    )


def _faults(table: rawtable.RawTable, counts: pd.Series) -> list[Finding]:
    """Find counts that are not whole, codes of the wrong form, strange parents, doubled labels."""
    rows = table.rows
    whole = counts.isna() | (counts.ge(0) & counts.mod(1).eq(0))
    coded = rows["code"].eq("") | rows["code"].str.fullmatch(r"\d{4}")
    parented = rows["parent"].eq("") | rows["parent"].isin(rows["label"])
    single = ~rows.duplicated("label")
    checks = {
        "count": (whole, "är inget helt antal.", "Skriv ett heltal."),
        "code": (coded, "är ingen fyrsiffrig brottskod.", "Behåll inledande nollor: 0412."),
        "parent": (parented, "är ingen rad i filen.", "Skriv gruppens namn som i label."),
        "label": (single, "finns två gånger.", "Ta bort den ena raden."),
    }
    return [
        table.finding(int(row), column, f"”{rows.loc[row, column]}” {what}", remedy)
        for column, (good, what, remedy) in checks.items()
        for row in rows.index[~good]
    ]


def _root_faults(table: rawtable.RawTable, counts: pd.Series) -> list[Finding]:
    """Find a file without one total: the row that is part of no other, first and counted."""
    roots = table.rows.index[table.rows["parent"].eq("")]
    if len(roots) == 1 and roots[0] == table.rows.index[0] and counts.notna()[roots[0]]:
        return []
    what = f"filen ska börja med en enda summa (en rad utan parent); den har {len(roots)}."
    return [table.finding(None, "parent", what, "Sätt summan först, och fyll i parent i de andra.")]
