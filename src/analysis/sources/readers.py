"""Files as they are delivered: CSV, workbooks, SPSS, Parquet, JSON-stat in; texts with rows out."""

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

from analysis.errors import Finding, Refusal, refuse
from analysis.sources import config
from analysis.sources.columns import RawTable, chosen, fold, mapped, marked, require
from analysis.sources.records import PLAIN, Layout, Source, unshown

DELIMITERS = (";", "\t", "|", ",")  # the comma last: it may be a decimal comma
HEAD = 50  # rows among which the header stands
# What Swedish Windows programs write beyond ASCII; another letter means another encoding.
WINDOWS = frozenset("åäöÅÄÖéÉèÈüÜáÁàÀôæøÆØçñß€–—‘’‚“”„•…§°´½²³©®·×\N{NO-BREAK SPACE}")
UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
LONG = "raden ”{} …” har fler celler än rubriken."
SHORT = "raden ”{} …” har färre celler än rubriken."
QUOTED = (
    "Ofta ett avgränsartecken inne i en text: sätt texten inom citattecken. "
    "Står rubriken på flera rader: gör dem till en."
)
CUT = "Är raden avkapad? Fyll i dess celler; ett tomt värde behöver också sitt avgränsartecken."
LETTERS = "Ta bort tecknet, eller skriv vanliga bokstäver."
Wanted = Collection[str]


def table(root: Path, number: int, source: Source, columns: Wanted) -> RawTable:
    """Read a source's table. Raises Refusal as `config.path_of` and `read`."""
    path, label = config.path_of(root, number, source), config.label_of(number, source)
    return read(path, label=label, layout=source, columns=columns)


def read(path: Path, *, label: str, layout: Layout = PLAIN, columns: Wanted) -> RawTable:
    """Read a table as texts, stripped and in NFC, without empty rows.

    `label` is what messages call the file, `columns` those it must have: the header is the first
    row with most of them. Raises Refusal for a file that cannot be read, missing columns, rows that
    do not fit the header, and letters that cannot be shown.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(filter(None, READERS)))
        raise refuse(f"okänt format: {path.suffix}.", f"Format som går: {known}.", file=label)
    for key, only in (("thousands", _text), ("labelled", _spss)):
        if getattr(layout, key) and reader is not only:
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
    return chosen(_written(raw if reader not in GRIDS else _under_header(raw, wanted)), columns)


def prose(path: Path, label: str) -> str:
    """Read a text that people write. Raises Refusal for letters that cannot be shown."""
    text = _decoded(path, label)
    lines = text.split("\n")
    _require_shown(RawTable(label, pd.DataFrame({"": lines}, index=range(1, len(lines) + 1))))
    return text.strip()


def _decoded(path: Path, label: str, encoding: str | None = None) -> str:
    """Read letters in NFC and `\\n` between lines: UTF-8, marked UTF-16, or what is declared.

    Excel's plain CSV, cp1252, is taken where all its letters are those of Swedish Windows programs.
    """
    raw = path.read_bytes()
    own = encoding or ("utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8")
    try:
        text = raw.decode("utf-8-sig" if own == "utf-8" else own)
    except UnicodeError as fault:
        text = raw.decode("cp1252", "replace")
        is_windows = WINDOWS.issuperset(letter for letter in set(text) if not letter.isascii())
        if encoding or not is_windows or UTF_8.search(raw):
            row = raw.count(b"\n", 0, getattr(fault, "start", 0)) + 1
            what = f"ett tecken är inte {own.upper()}."
            remedy = 'Spara om den som UTF-8, eller skriv kodningen: encoding = "mac-roman" (Mac).'
            raise Refusal([Finding(what, remedy, label, row)]) from None
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _text(path: Path, empty: RawTable, wanted: Wanted) -> RawTable:
    text = _decoded(path, empty.file, empty.layout.encoding)
    delimiter = empty.layout.delimiter or _delimiter(text, wanted)
    lines = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        rows: list[list[str | None]] = [*lines]
    except csv.Error:
        what = "ett citattecken öppnas men stängs inte, eller tvärtom."
        empty.fault(lines.line_num, "", what, "Rätta citattecknen.")
    empty.check()
    width = max(map(len, rows), default=0)
    padded = pd.DataFrame([row + [None] * (width - len(row)) for row in rows])
    return replace(empty, rows=padded)


def _delimiter(text: str, wanted: Wanted) -> str:
    """Choose the delimiter that gives most wanted columns, else the one seen most."""
    head = text.split("\n", HEAD)[:HEAD]
    hits = {mark: _header_at(csv.reader(head, delimiter=mark), wanted)[1] for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: (hits[mark], "".join(head).count(mark)))


def _workbook(path: Path, empty: RawTable, wanted: Wanted) -> RawTable:
    """Read the sheet declared, else the one that has most of the wanted columns."""
    sheets = pd.read_excel(
        path, sheet_name=None, header=None, dtype=object, keep_default_na=False, engine="calamine"
    )
    hits = {name: _header_at(grid[:HEAD].to_numpy(), wanted)[1] for name, grid in sheets.items()}
    own = empty.layout.sheet
    likely = [name for name in sheets if name == (own or name)]
    if len(likely) > 1:
        likely = [name for name in likely if hits[name] == max(hits.values())]
    if len(likely) != 1:
        what = f"{len(likely)} blad har kolumnerna som behövs."
        raise refuse(what, f"Skriv sheet = … i year.toml: {', '.join(sheets)}.", file=empty.file)
    return replace(empty, sheet=likely[0], rows=sheets[likely[0]].fillna(""))


def _spss(path: Path, empty: RawTable, wanted: Wanted) -> RawTable:
    """Read codes, or the labels of the columns declared; user-missing values are blanks."""
    codes, labels = (pd.read_spss(path, convert_categoricals=each) for each in (False, True))
    labelled = empty.layout.labelled or ()
    require(replace(empty, rows=codes), labelled)
    return replace(empty, rows=codes.assign(**{name: labels[name] for name in labelled}))


def _json_stat(path: Path, empty: RawTable, wanted: Wanted) -> RawTable:
    """Read JSON-stat, as PxWeb delivers it: labels, or codes where nothing is labelled."""
    from pyjstat import pyjstat  # only JSON-stat needs it

    naming = "label" if empty.layout.labelled is None else "id"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pyjstat's own, of its old functions
        cube = pyjstat.Dataset.read(_decoded(path, empty.file, empty.layout.encoding))
        return replace(empty, rows=cube.write("dataframe", naming=naming))


def _header_at(rows: Iterable[Iterable[object]], wanted: Wanted) -> tuple[int, int]:
    """Find the first row with most of the wanted columns, else of two cells; and how many it has."""
    written = [{_cell(cell) for cell in row} - {""} for row in rows]
    ranks = [(len(row.intersection(wanted)), len(row) > 1) for row in written] or [(0, False)]
    return ranks.index(max(ranks)), max(ranks)[0]


def _under_header(raw: RawTable, wanted: Wanted) -> RawTable:
    """Part a grid into header and rows that fit it; unnamed columns go, empty rows too."""
    grid, skipped = raw.rows, raw.layout.skip_rows
    at = skipped + _header_at(grid[skipped:][:HEAD].to_numpy(), wanted)[0]
    names = [_cell(name) for name in grid.iloc[at]] if len(grid) > at else []
    if not any(names):
        raise refuse("filen har ingen rubrikrad.", "Se efter i filen.", file=raw.file)
    rows = grid[at + 1 :].set_axis(names, axis=1).set_axis(grid.index[at + 1 :] + 1)
    first = _cells(rows.iloc[:, 0]).rename("")
    notes = (re.escape(fold(text)).replace(r"\*", ".*") for text in raw.layout.ignored_rows)
    filled, is_named = rows.notna() & rows.ne(""), rows.columns != ""
    first = first[
        filled.any(axis=1) & ~mapped(first, fold).str.fullmatch("|".join(notes) or "(?!)")
    ]
    rows, filled = rows.loc[first.index], filled.loc[first.index]
    short = first[rows.loc[:, is_named].isna().any(axis=1)]
    note = f' Är den en not: ignored_rows = ["{marked("".join(short[:1]))}"].'
    long = first[filled.loc[:, ~is_named].any(axis=1)]
    raw.check((long, LONG, QUOTED), (short, SHORT, CUT + note))
    return replace(raw, rows=rows.loc[:, is_named])


def _cell(cell: object) -> str:
    """Write a cell as text: NFC, no outer spaces, no line breaks; a whole number without .0."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    whole = int(cell) if isinstance(cell, float) and cell.is_integer() else cell
    return " ".join(unicodedata.normalize("NFC", str(whole)).split())


def _cells(column: pd.Series) -> pd.Series:
    """Write a column; among objects, unlike numbers, True is not 1."""
    written = column.map(_cell) if column.dtype == object else mapped(column, _cell)
    return written.astype("str")


def _written(raw: RawTable) -> RawTable:
    """Write every cell as text, "" where it is empty; an indented first column keeps its margin."""
    columns = {at: _cells(raw.rows.iloc[:, at]) for at in range(raw.rows.shape[1])}
    if raw.layout.indented:
        columns[0] = raw.rows.iloc[:, 0].astype("str").str.extract(r"^(\s*)")[0] + columns[0]
    names = [_cell(name) for name in raw.rows.columns]
    table = replace(raw, rows=pd.DataFrame(columns).set_axis(names, axis=1).rename_axis("row"))
    _require_shown(table)
    return table


def _require_shown(table: RawTable) -> None:
    """Refuse letters that pages and PDFs cannot show."""
    for name, cells in table.rows.items():
        if what := unshown(str(name)):
            table.fault(None, str(name), f"{what}.", LETTERS)
        said = mapped(cells, unshown)
        table.faults(said[said.ne("")], "{}.", LETTERS)
    table.check()


READERS: dict[str, Callable[[Path, RawTable, Wanted], RawTable]] = {
    **dict.fromkeys(("", ".csv", ".txt", ".tsv", ".tab"), _text),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), _workbook),
    **dict.fromkeys((".sav", ".zsav"), _spss),
    ".parquet": lambda path, empty, _: replace(empty, rows=pd.read_parquet(path)),
    ".json": _json_stat,
}
GRIDS = (_text, _workbook)  # whose header is to be found
