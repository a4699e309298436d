"""Files as they are delivered: CSV, workbooks, SPSS, Parquet, JSON-stat in; texts with rows out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.errors import Finding, Refusal, nearest, raise_if_any, refuse
from analysis.sources import config, formats
from analysis.sources.columns import RawTable, finder, fold, matched, numbers, require
from analysis.sources.config import Source
from analysis.sources.formats import Wanted, cell_text
from analysis.sources.layout import PLAIN, UNSHOWN, Layout

__all__ = ["RawTable", "finder", "fold", "matched", "numbers", "prose", "read", "require", "table"]


def table(root: Path, number: int, source: Source, columns: Wanted = ()) -> RawTable:
    """Read a source's table. Raises Refusal as `config.path_of` and `read`."""
    path, label = config.path_of(root, number, source), config.label_of(number, source)
    return read(path, label=label, layout=source, columns=columns)


def read(path: Path, *, label: str, layout: Layout = PLAIN, columns: Wanted = ()) -> RawTable:
    """Read a table as texts, stripped and in NFC, without empty rows.

    Args:
        label: what messages call the file.
        columns: those it must have; the header is the first row with most of them.

    Raises:
        Refusal: for a file that cannot be read, missing columns, rows that do not fit the header,
            and letters that cannot be shown.
    """
    reader = formats.READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(filter(None, formats.READERS)))
        raise refuse(f"okänt format: {path.suffix}.", f"Format som går: {known}.", file=label)
    for key, readers in formats.USES.items():
        if getattr(layout, key) and reader not in readers:
            raise refuse(f"{key} gäller inte en sådan fil.", "Ta bort raden.", file=label)
    wanted = {*columns, *layout.where, *(layout.measure_kinds or ())}
    try:
        raw = reader(path, RawTable(label, pd.DataFrame(), layout), wanted)
    except Refusal:
        raise
    except Exception:  # noqa: BLE001 - a broken file may raise anything in another's reader
        what = f"går inte att läsa som {path.suffix}: filen är skadad eller något annat."
        remedy = "Hämta den på nytt, eller spara om den som CSV UTF-8."
        raise refuse(what, remedy, file=label) from None
    written = _written(formats.under_header(raw, wanted) if reader in formats.GRIDS else raw)
    raise_if_any(_unshown(written))
    return _chosen(written, columns)


def prose(path: Path, label: str) -> str:
    """Read a text that people write. Raises Refusal for letters that cannot be shown."""
    text = formats.decoded(path, label)
    lines = text.split("\n")
    rows = pd.DataFrame({"": lines}, index=range(1, len(lines) + 1))
    raise_if_any(_unshown(RawTable(label, rows)))
    return text.strip()


def _written(raw: RawTable) -> RawTable:
    """Write every cell as text, "" where it is empty; an indented first column keeps its margin."""
    columns = {at: _texts(raw.rows.iloc[:, at]) for at in range(raw.rows.shape[1])}
    if raw.layout.indented:
        columns[0] = raw.rows.iloc[:, 0].astype("str").str.extract(r"^(\s*)")[0] + columns[0]
    names = [cell_text(name) for name in raw.rows.columns]
    return replace(raw, rows=pd.DataFrame(columns).set_axis(names, axis=1).rename_axis("row"))


def _texts(cells: pd.Series) -> pd.Series:
    if cells.dtype == object:  # in which True is 1
        return cells.map(cell_text).astype("str").fillna("")
    codes, known = pd.factorize(cells, use_na_sentinel=False)
    written = pd.Series([cell_text(cell) or "" for cell in known], dtype="str")
    return written.take(codes).set_axis(cells.index)


def _unshown(table: RawTable) -> list[Finding]:
    """Find letters that pages and PDFs cannot show."""
    findings: list[Finding] = []
    what, remedy = "tecknet U+{} kan inte visas.", "Ta bort det, eller skriv vanliga bokstäver."
    for at, name in enumerate(table.rows.columns):
        cells = table.rows.iloc[:, at]
        found = {text: UNSHOWN.search(text) for text in (name, *cells.unique())}
        codes = {text: f"{ord(letter[0]):04X}" for text, letter in found.items() if letter}
        if name in codes:
            findings.append(table.finding(None, name, what.format(codes[name]), remedy))
        if codes:
            findings += table.faults(cells[cells.isin(codes)].map(codes), name, what, remedy)
    return findings


def _chosen(table: RawTable, columns: Wanted) -> RawTable:
    """Do what the layout declares of single columns and rows, and check what is left."""
    layout, rows = table.layout, table.rows
    needed = layout.measure_kinds or columns
    require(table, [*needed, *layout.fill_down, *layout.zero_fill, *layout.ignored, *layout.where])
    for column in layout.fill_down:
        rows = rows.assign(**{column: rows[column].replace("", pd.NA).ffill().fillna("")})
    for column, width in layout.zero_fill.items():
        rows = rows.assign(**{column: rows[column].str.zfill(width).where(rows[column].ne(""), "")})
    for column, values in layout.where.items():
        rows = _where(replace(table, rows=rows), column, values)
    if layout.rows is not None and layout.rows != len(rows):
        what = f"tabellen har {len(rows)} rader, men rows = {layout.rows}."
        remedy = "Är filen hel? Annars: rätta rows i year.toml."
        raise Refusal([table.finding(None, "", what, remedy)])
    done = {name for name, values in layout.where.items() if len(values) == 1}
    gone = done.union(layout.ignored).difference(needed, columns)
    table = replace(table, rows=rows.drop(columns=list(gone)))
    return _spread(table, columns) if layout.measure_kinds else table


def _where(table: RawTable, column: str, values: Iterable[str]) -> pd.DataFrame:
    """Keep the rows with one of the values. Raises Refusal for a value that no row has."""
    cells = table.rows[column].map(fold)
    raise_if_any(
        table.finding(None, column, f"ingen rad har ”{value}”.", f"Rätta where: {close}")
        for value in values
        if not cells.eq(fold(value)).any()
        and (close := nearest(value, table.rows[column].unique()))
    )
    return table.rows[cells.isin([fold(value) for value in values])]


def _spread(table: RawTable, columns: Wanted) -> RawTable:
    """Turn a row per kind of number into a column per kind."""
    kind, number = table.layout.measure_kinds or ("", "")
    keys = [name for name in columns if name in table.rows]
    rows = table.rows[table.rows[kind].isin(columns)]
    twice = rows.loc[rows.duplicated([*keys, kind]), kind]
    what, remedy = "”{}” finns två gånger.", "Välj rader: where = { kolumn = … } i year.toml."
    raise_if_any(table.faults(twice, kind, what, remedy))
    by_kind = rows.pivot(index=keys, columns=kind, values=number)
    spread = replace(table, rows=rows.drop_duplicates(keys)[keys].join(by_kind, on=keys).fillna(""))
    require(spread, columns)
    return spread
