"""Reported crime by crime code, as many years as there are: one validated table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis import paths
from analysis.errors import Finding, raise_if_any
from analysis.sources import catalogue, rawtable
from analysis.sources import config as records

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
    known = [year for year in paths.years(root) if number - span < year <= number]
    by_year = {year: catalogue.year(root, year).crime for year in known}
    if by_year.get(number) is None:
        return None
    frames = [_one_year(root, year, source) for year, source in by_year.items() if source]
    return pd.concat(frames, ignore_index=True)


def _one_year(root: Path, number: int, source: records.CrimeSource) -> pd.DataFrame:
    table = _named(catalogue.table(root, number, source), source)
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


def _named(table: rawtable.RawTable, source: records.CrimeSource) -> rawtable.RawTable:
    """Give a table our names of columns, and parents where indentation or a total tells them."""
    rawtable.require(table, source.columns.values())
    named = {own: name for name, own in source.columns.items()}
    kept = [name for name in table.rows if not named or name in named]
    rows = table.rows[kept].rename(columns=named)
    if "code" not in rows:
        rows = rows.assign(code="")
    if "label" in rows and "parent" not in rows and (source.indented or source.total):
        depth = table.indent if source.indented else None
        rows = _nested(rows, pd.Series(0, index=rows.index) if depth is None else depth)
        loose = rows["parent"].eq("") & rows["label"].ne(source.total)
        rows = rows.assign(parent=rows["parent"].mask(loose, source.total or ""))
        first = rows["label"].eq(source.total)
        rows = pd.concat([rows[first], rows[~first]]) if source.total else rows
    return replace(table, rows=rows)


def _nested(rows: pd.DataFrame, depth: pd.Series) -> pd.DataFrame:
    """Find each row's parent, the nearest above that is indented less.

    A label that comes again further down is told apart by its parent's: ”Rån: mot person”.
    """
    labels: list[str] = []
    parents: list[str] = []
    open_rows: list[tuple[int, str]] = []
    for label, level in zip(rows["label"], depth.reindex(rows.index), strict=True):
        while open_rows and open_rows[-1][0] >= level:
            open_rows.pop()
        parent = open_rows[-1][1] if open_rows else ""
        own = f"{parent}: {label}" if label in labels and parent else label
        open_rows.append((level, own))
        labels.append(own)
        parents.append(parent)
    return rows.assign(label=labels, parent=parents)


def _faults(table: rawtable.RawTable, counts: pd.Series) -> list[Finding]:
    """Find counts below zero, codes of the wrong form, strange parents, doubled labels."""
    rows = table.rows
    coded = rows["code"].eq("") | rows["code"].str.fullmatch(r"[0-9]{4}")
    parented = rows["parent"].eq("") | rows["parent"].isin(rows["label"])
    zeros = "Behåll inledande nollor: 0412. Är de borta: zero_fill = { code = 4 } i year.toml."
    checks = {
        "count": (~counts.lt(0), "”{}” är inget antal.", "Skriv ett heltal."),
        "code": (coded, "”{}” är ingen fyrsiffrig brottskod.", zeros),
        "parent": (parented, "”{}” är ingen rad i filen.", "Skriv gruppens namn som i label."),
        "label": (~rows.duplicated("label"), "”{}” finns två gånger.", "Ta bort den ena raden."),
    }
    return [
        finding
        for column, (good, what, remedy) in checks.items()
        for finding in table.faults(rows.loc[~good, column], column, what, remedy)
    ]


def _root_faults(table: rawtable.RawTable, counts: pd.Series) -> list[Finding]:
    """Find a file without one total: the row that is part of no other, first and counted."""
    roots = table.rows.index[table.rows["parent"].eq("")]
    if len(roots) == 1 and roots[0] == table.rows.index[0] and counts.notna()[roots[0]]:
        return []
    what = f"filen ska börja med en enda summa (en rad utan parent); den har {len(roots)}."
    remedy = "Sätt summan först och fyll i parent, eller namnge summan: total = … i year.toml."
    return [table.finding(None, "parent", what, remedy)]
