"""One kind of file each: CSV, workbooks, SPSS, Parquet, JSON-stat in; cells under their names out."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
import warnings
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.errors import Finding, Refusal, nearest, raise_if_any, refuse
from analysis.sources.columns import RawTable, fold

DELIMITERS = (";", "\t", "|", ",")  # the comma last: it may be a decimal comma
HEAD = 50  # rows among which the header stands
SHORT, LONG = (
    "raden ”{} …” har färre celler än rubriken.",
    "raden ”{} …” har fler celler än rubriken.",
)
Wanted = Collection[str]


def decoded(path: Path, label: str, encoding: str | None = None) -> str:
    """Read letters in NFC and `\\n` between lines: UTF-8, marked UTF-16, or what is declared."""
    raw = path.read_bytes()
    own = encoding or ("utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8")
    try:
        text = raw.decode("utf-8-sig" if own == "utf-8" else own)
    except UnicodeError as fault:
        row = raw.count(b"\n", 0, getattr(fault, "start", 0)) + 1
        what = f"ett tecken är inte {own.upper()}."
        remedy = 'Spara om filen som UTF-8, eller: encoding = "cp1252" (Excels CSV) i year.toml.'
        raise Refusal([Finding(what, remedy, label, row)]) from None
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _text(path: Path, empty: RawTable, wanted: Wanted) -> RawTable:
    text = decoded(path, empty.file, empty.layout.encoding)
    declared = re.match(r"sep=(.)\n", text)
    given = empty.layout.delimiter or (declared and declared[1])
    lines = csv.reader(io.StringIO(text), delimiter=given or _delimiter(text, wanted), strict=True)
    try:
        rows: list[list[str | None]] = [*lines]
    except csv.Error:
        what = "ett citattecken öppnas men stängs inte, eller tvärtom."
        raise Refusal([empty.finding(lines.line_num, "", what, "Rätta citattecknen.")]) from None
    if declared:
        rows[0] = []
    width = max(map(len, rows), default=0)
    padded = pd.DataFrame([row + [None] * (width - len(row)) for row in rows])
    return replace(empty, rows=padded)


def _delimiter(text: str, wanted: Wanted) -> str:
    """Choose the delimiter that gives most wanted columns, else rows most like the header."""
    head = text.split("\n", HEAD)[:HEAD]

    def fit(mark: str) -> tuple[int, int, int]:
        rows = list(csv.reader(head, delimiter=mark))
        at, hits = _header_at(rows, wanted)
        width = len(rows[at]) if rows else 0
        return hits, sum(len(row) == width for row in rows), width

    return max(DELIMITERS, key=fit)


def _workbook(path: Path, empty: RawTable, wanted: Wanted) -> RawTable:
    """Read the sheet declared, else the only one that has the wanted columns."""
    sheets = pd.read_excel(
        path, sheet_name=None, header=None, dtype=object, keep_default_na=False, engine="calamine"
    )
    own = empty.layout.sheet
    if own is not None and own not in sheets:
        what = f"bladet ”{own}” finns inte; {nearest(own, sheets)}"
        raise refuse(what, "Rätta sheet i year.toml.", file=empty.file)
    heads = {name: grid[:HEAD].to_numpy().tolist() for name, grid in sheets.items()}
    full = [name for name in sheets if _header_at(heads[name], wanted)[1] == len(wanted)]
    likely = [own] if own else full if len(sheets) > 1 else list(sheets)
    if len(likely) != 1:
        what = f"{len(likely)} blad har kolumnerna som behövs."
        raise refuse(what, f"Skriv sheet = … i year.toml: {', '.join(sheets)}.", file=empty.file)
    return replace(empty, sheet=likely[0], rows=sheets[likely[0]].fillna(""))


def _spss(path: Path, empty: RawTable, wanted: Wanted) -> RawTable:
    """Read codes, or the labels of the columns declared; user-missing values are blanks."""
    import pyreadstat  # only SPSS files need it

    frame, about = pyreadstat.read_sav(path)
    labels = about.variable_value_labels
    _require_labels(empty, labels)
    for column in empty.layout.labelled or ():
        frame = frame.assign(**{column: [labels[column].get(code, code) for code in frame[column]]})
    return replace(empty, rows=frame)


def _json_stat(path: Path, empty: RawTable, wanted: Wanted) -> RawTable:
    """Read JSON-stat, as PxWeb delivers it: labels, or codes where nothing is labelled."""
    from pyjstat import pyjstat  # only JSON-stat needs it

    _require_labels(empty, ())
    naming = "label" if empty.layout.labelled is None else "id"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pyjstat's own, of its old functions
        cube = pyjstat.Dataset.read(decoded(path, empty.file, empty.layout.encoding))
        return replace(empty, rows=cube.write("dataframe", naming=naming))


def _require_labels(table: RawTable, known: Collection[str]) -> None:
    raise_if_any(
        table.finding(None, name, "labelled: kolumnen har inga etiketter.", nearest(name, known))
        for name in table.layout.labelled or ()
        if name not in known
    )


def _header_at(rows: Iterable[Iterable[object]], wanted: Wanted) -> tuple[int, int]:
    """Find the first row with most of the wanted columns, and how many; else one of two cells."""
    written = [{cell_text(cell) for cell in row} - {"", None} for row in rows]
    hits = [len(row.intersection(wanted)) for row in written] or [0]
    least = min(2, max(map(len, written), default=0))
    first = next((at for at, row in enumerate(written) if len(row) >= least), 0)
    return hits.index(max(hits)) if any(hits) else first, max(hits)


def under_header(raw: RawTable, wanted: Wanted) -> RawTable:
    """Part a grid into header and rows that fit it; unnamed columns go, empty rows too."""
    grid, layout, skipped = raw.rows, raw.layout, raw.layout.skip_rows
    at = skipped + _header_at(grid[skipped:][:HEAD].to_numpy().tolist(), wanted)[0]
    names = [cell_text(cell) or "" for cell in grid.iloc[at]] if len(grid) > at else []
    if not any(names):
        raise refuse("filen har ingen rubrikrad.", "Se efter i filen.", file=raw.file)
    rows = grid[at + 1 :].set_axis(names, axis=1).set_axis(grid.index[at + 1 :] + 1)
    if layout.ignored_rows:
        first = rows.iloc[:, 0].map(lambda cell: fold(cell_text(cell) or "")).astype("str")
        whole = [fold(text) for text in layout.ignored_rows if text[-1] != "*"]
        begun = tuple(fold(text[:-1]) for text in layout.ignored_rows if text[-1] == "*")
        rows = rows[~(first.isin(whole) | first.str.startswith(begun))]
    first_cells = rows.iloc[:, 0].fillna("")
    filled, is_named = rows.notna() & rows.ne(""), rows.columns != ""
    short = filled.any(axis=1) & rows.loc[:, is_named].isna().any(axis=1)
    quoted = (
        "Ofta ett avgränsartecken inne i en text: sätt texten inom citattecken. "
        "Står rubriken på flera rader: gör dem till en."
    )
    cut = "Är raden avkapad? Får celler saknas sist på raden: short_rows = true i year.toml."
    if short.any():
        cut += f' Är den en not: ignored_rows = ["{rows[short].iloc[0, 0]}"].'
    raise_if_any(
        [
            *raw.faults(first_cells[filled.loc[:, ~is_named].any(axis=1)], "", LONG, quoted),
            *(() if layout.short_rows else raw.faults(first_cells[short], "", SHORT, cut)),
        ]
    )
    return replace(raw, rows=rows.loc[filled.any(axis=1), is_named])


def cell_text(cell: object) -> str | None:
    """Write a cell as text: NFC, no outer spaces, no line breaks; a whole number without .0."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell)):
        return None
    whole = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    return " ".join(unicodedata.normalize("NFC", str(whole)).split())


READERS: dict[str, Callable[[Path, RawTable, Wanted], RawTable]] = {
    **dict.fromkeys(("", ".csv", ".txt", ".tsv", ".tab"), _text),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), _workbook),
    **dict.fromkeys((".sav", ".zsav"), _spss),
    ".parquet": lambda path, empty, _: replace(empty, rows=pd.read_parquet(path)),
    ".json": _json_stat,
}
GRIDS = (_text, _workbook)  # whose header is to be found
USES = {"thousands": (_text,), "labelled": (_spss, _json_stat)}
