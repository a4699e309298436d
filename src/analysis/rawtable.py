"""Files as they are delivered: CSV or Excel in, one frame of texts out, with its row numbers."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import reading, swedish
from analysis.errors import Finding, nearest, raise_if_any, refuse

SPREADSHEETS = {".xlsx", ".xlsm", ".xls", ".ods"}
LARGEST = 1e12
MISSING = frozenset({"", "..", "."})
SPACES = str.maketrans("", "", " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}")


@dataclass(frozen=True, slots=True)
class RawTable:
    """Texts of a table; the frame's index is the row number in the file, counted from 1."""

    file: str
    rows: pd.DataFrame

    def finding(self, row: int | None, column: str, what: str, remedy: str) -> Finding:
        """Name a fault in this table."""
        return Finding(what, remedy, self.file, row, column)


def read(path: Path, *, label: str, sheet: str | None = None, skip_rows: int = 0) -> RawTable:
    """Read a table as texts, stripped and in NFC; empty rows and unnamed empty columns go.

    Args:
        path: a CSV (; , or tab; UTF-8 or cp1252) or a spreadsheet.
        label: what messages call the file.
        sheet: the sheet's name; the first one when None.
        skip_rows: rows before the header.
    """
    reading.note(path)
    reader = _spreadsheet if path.suffix.lower() in SPREADSHEETS else _delimited
    found = reader(path, label, sheet, skip_rows)
    lines = [[_clean(cell) for cell in line] for line in found]
    if len(lines) <= skip_rows or not any(lines[skip_rows]):
        raise refuse("filen har ingen rubrikrad.", "Kontrollera filen och skip_rows.", file=label)
    header, body = lines[skip_rows], lines[skip_rows + 1 :]
    width = len(header)
    _refuse_ragged(body, header, label, skip_rows + 2)
    frame = pd.DataFrame(
        [line[:width] + [""] * (width - len(line)) for line in body],
        columns=header,
        index=pd.RangeIndex(skip_rows + 2, skip_rows + 2 + len(body), name="row"),
        dtype=str,
    )
    keep = [bool(name) or bool(frame.iloc[:, at].any()) for at, name in enumerate(header)]
    return RawTable(label, frame.loc[frame.ne("").any(axis=1), keep])


def require(table: RawTable, columns: Iterable[str]) -> None:
    """Refuse unless every column is there, once; names the nearest spelling."""
    there = list(table.rows.columns)
    missing = [
        table.finding(None, name, "kolumnen saknas.", f"I filen finns: {nearest(name, there)}")
        for name in columns
        if name not in there
    ]
    twice = [
        table.finding(None, name, "kolumnen finns två gånger.", "Byt namn på den ena.")
        for name in sorted({name for name in there if there.count(name) > 1})
    ]
    raise_if_any([*missing, *twice])


def numbers(
    table: RawTable, column: str, *, is_whole: bool = False
) -> tuple[pd.Series, list[Finding]]:
    """Read a column as numbers: decimal comma, spaced thousands; `..` and `.` missing, `-` zero.

    Args:
        is_whole: whether the numbers count things; then 12.000 and 12,5 are faults, not numbers.

    Returns:
        The numbers (float, NaN where missing) and a finding for each cell that is no number.
    """
    texts = table.rows[column].str.translate(SPACES).str.replace("\N{MINUS SIGN}", "-")
    plain = texts.str.removesuffix("%").replace({"-": "0", "–": "0"}).str.replace(",", ".")
    missing = plain.isin(MISSING)
    values = pd.to_numeric(plain.mask(missing), errors="coerce").astype(float)
    good = values.abs().le(LARGEST)
    if is_whole:
        good &= texts.str.fullmatch(r"-?\d+(?:[.,]0)?|[-–]")
    remedy = (
        "Skriv ett heltal utan punkt: 12000."
        if is_whole
        else "Skriv ett tal, eller .. om det saknas."
    )
    findings = [
        table.finding(
            int(row), column, f"”{text}” är inget {'helt antal' if is_whole else 'tal'}.", remedy
        )
        for row, text in table.rows.loc[~good & ~missing, column].items()
    ]
    return values.where(good), findings


def matched(
    table: RawTable, column: str, known: dict[str, str], *, what: str
) -> tuple[pd.Series, list[Finding]]:
    """Translate spellings to keys, one finding for each unknown spelling (its first row named)."""
    folded = {fold(spelling): key for spelling, key in known.items()}
    keys = table.rows[column].map(fold).map(folded)
    unknown = table.rows.loc[keys.isna(), column]
    counts = unknown.value_counts(sort=False)
    findings = [
        table.finding(
            int(row),
            column,
            f"{what} ”{text}” ({counts[text]} rader).",
            f"{nearest(text, known)} Rätta filen, eller lägg stavningen som alias.",
        )
        for row, text in unknown.drop_duplicates().items()
    ]
    return keys, findings


def fold(text: str) -> str:
    """Make spellings comparable: NFC, no outer or double spaces, no case."""
    return " ".join(unicodedata.normalize("NFC", str(text)).split()).casefold()


def _clean(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFC", str(cell)).strip() if cell is not None else ""


def _delimited(path: Path, label: str, _: str | None, skip_rows: int) -> list[list[str]]:
    text = _decoded(path, label)
    unquoted = re.sub(r'"[^"]*"', "", text)
    head = next(iter(unquoted.splitlines()[skip_rows:]), "")
    delimiter = max(";\t,", key=head.count)
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as fault:
        raise refuse(
            f"går inte att läsa som CSV: {fault}", "Spara om som CSV UTF-8.", file=label
        ) from None


def _decoded(path: Path, label: str) -> str:
    raw = path.read_bytes()
    if b"\0" in raw:
        raise refuse("filen är ingen textfil.", "Spara den som CSV UTF-8.", file=label)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse("teckenkodningen är okänd.", "Spara den som CSV UTF-8.", file=label)


def _spreadsheet(path: Path, label: str, sheet: str | None, _: int) -> list[list[object]]:
    from python_calamine import CalamineError, CalamineWorkbook  # only spreadsheets need it

    try:
        book = CalamineWorkbook.from_path(path)
        known = book.sheet_names
        chosen = book.get_sheet_by_name(sheet or known[0]) if (sheet or known[0]) in known else None
        lines = [] if chosen is None else chosen.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, OSError) as fault:
        raise refuse(
            f"går inte att läsa som kalkylblad: {fault}", "Spara om som .xlsx.", file=label
        ) from None
    if chosen is None:
        raise refuse(
            f"bladet ”{sheet}” finns inte; {nearest(str(sheet), known)}",
            "Rätta sheet i year.toml.",
            file=label,
        )
    return [list(line) for line in lines]


def _refuse_ragged(body: list[list[str]], header: list[str], label: str, first: int) -> None:
    raise_if_any(
        Finding(
            f"raden har {len(line)} celler men rubriken {len(header)}.",
            "Ofta ett avgränsartecken inne i en text: sätt texten inom citattecken.",
            label,
            first + at,
        )
        for at, line in enumerate(body)
        if any(line[len(header) :])
    )


def alphabet(names: pd.Series) -> pd.Series:
    """Give the sort keys of Swedish names, for `sort_values(key=…)`."""
    ranks = {name: rank for rank, name in enumerate(sorted(set(names), key=swedish.sort_key))}
    return names.map(ranks)
