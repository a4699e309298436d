"""Files as they are delivered: any of their formats in, one frame of texts out, with its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis import reading, swedish
from analysis.errors import Finding, Refusal, raise_if_any, refuse
from analysis.sources import decoding
from analysis.sources.decoding import UNSHOWN
from analysis.sources.rawtable import delimited, lines, statistical, workbook
from analysis.sources.rawtable.columns import MISSING, fold, matched, numbers, require
from analysis.sources.rawtable.layout import PLAIN, Layout
from analysis.sources.rawtable.lines import Grid
from analysis.sources.rawtable.table import RawTable

__all__ = ["MISSING", "RawTable", "alphabet", "fold", "matched", "numbers", "read", "require"]
READERS: dict[str, Callable[[Path, str, Layout], Grid]] = {
    **dict.fromkeys(("", ".csv", ".txt", ".tsv", ".tab"), delimited.read),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), workbook.read),
    ".sav": statistical.spss,
    ".zsav": statistical.spss,
    ".parquet": statistical.parquet,
    ".json": statistical.json_stat,
    ".px": statistical.px,
}


def read(path: Path, *, label: str, layout: Layout = PLAIN) -> RawTable:
    """Read a table as texts, stripped and in NFC; empty rows and unnamed empty columns go.

    Args:
        path: CSV, a spreadsheet, SPSS, Parquet, JSON-stat or PX.
        label: what messages call the file.
        layout: what year.toml says of how the file is laid out.

    Raises:
        Refusal: for a file that cannot be read, rows that do not fit the header, and letters
            that cannot be shown.
    """
    reading.note(path)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(filter(None, READERS)))
        raise refuse(f"okänt format: {path.suffix}.", f"Format som går: {known}.", file=label)
    if layout.thousands and reader is not delimited.read:
        raise refuse("thousands gäller bara textfiler.", "Ta bort raden.", file=label)
    try:
        grid = reader(path, label, layout)
    except Refusal:
        raise
    except Exception:  # noqa: BLE001 - a broken file may raise anything in another's reader
        raise refuse(
            f"går inte att läsa som {path.suffix}: filen är skadad eller något annat.",
            "Hämta den på nytt, eller spara om den som CSV UTF-8.",
            file=label,
        ) from None
    return _table(grid, label, layout)


def _table(grid: Grid, label: str, layout: Layout) -> RawTable:
    found = lines.arranged(grid, label, layout)
    frame = pd.DataFrame(
        found.cells, columns=found.header, index=pd.Index(found.numbers, name="row"), dtype=str
    )
    indent = pd.Series(found.indents, index=frame.index, dtype=int)
    filled = frame.ne("").any(axis=1)
    keep = [bool(name) or bool(frame.iloc[:, at].any()) for at, name in enumerate(found.header)]
    kept = frame.loc[filled, keep]
    table = RawTable(
        label, kept, layout, grid.sheet, indent[filled], (*grid.notices, *found.notices)
    )
    raise_if_any(_unshown(table))
    return _mended(table)


def _unshown(table: RawTable) -> list[Finding]:
    """Find letters that no page can show, in the header and in the cells."""
    found = [
        table.finding(None, "", f"i rubriken: {decoding.named(match[0])}", decoding.REMOVE)
        for name in table.rows.columns
        if (match := UNSHOWN.search(name))
    ]
    for at, name in enumerate(table.rows.columns):
        cells = table.rows.iloc[:, at]
        letters = {text: match[0] for text in cells.unique() if (match := UNSHOWN.search(text))}
        bad = cells[cells.isin(letters)].map(letters).map(decoding.named)
        found += table.faults(bad, name, "{}", decoding.REMOVE)
    return found


def _mended(table: RawTable) -> RawTable:
    """Do what the layout declares of single columns and rows, and check the count of rows."""
    layout, rows = table.layout, table.rows
    named = [*layout.fill_down, *layout.zero_fill, *layout.ignored]
    require(table, named)
    if layout.ignored_rows:
        out = rows.iloc[:, 0].map(fold).isin([fold(text) for text in layout.ignored_rows])
        rows = rows.loc[~out]
    for column in layout.fill_down:
        rows = rows.assign(**{column: rows[column].replace("", pd.NA).ffill().fillna("")})
    for column, width in layout.zero_fill.items():
        rows = rows.assign(**{column: rows[column].str.zfill(width).where(rows[column].ne(""), "")})
    if layout.rows is not None and layout.rows != len(rows):
        what = f"tabellen har {len(rows)} rader, men rows = {layout.rows}."
        raise Refusal(
            [table.finding(None, "", what, "Är filen hel? Annars: rätta rows i year.toml.")]
        )
    return replace(table, rows=rows.drop(columns=list(layout.ignored)))


def alphabet(names: pd.Series) -> pd.Series:
    """Give the sort keys of Swedish names, for `sort_values(key=…)`."""
    ranks = {name: rank for rank, name in enumerate(sorted(set(names), key=swedish.sort_key))}
    return names.map(ranks)
