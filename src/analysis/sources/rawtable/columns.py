"""What a column holds: numbers, or spellings of known names; and a finding for what is neither."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

from analysis.errors import Finding, nearest, raise_if_any
from analysis.sources.rawtable.layout import Layout
from analysis.sources.rawtable.table import RawTable

NAN = float("nan")
LARGEST = 1e12
MISSING = frozenset({"", "..", "."})
ZERO = frozenset({"-", "–"})
SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"
GROUPED_BY_POINT = r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?"
PLAIN = r"[-+]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE]-[0-9]+)?"
WHOLE = r"[-+]?[0-9]+(?:[.,]0)?"
MANY = 20


def require(table: RawTable, columns: Iterable[str]) -> None:
    """Refuse unless every column is there, once; names the nearest spelling."""
    there = list(table.rows.columns)
    missing = [
        table.finding(None, name, "kolumnen saknas.", f"I filen finns: {nearest(name, there)}")
        for name in dict.fromkeys(columns)
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
        The numbers (float, NaN where missing) and the findings for what is no number.
    """
    cells = table.rows[column]
    known = {text: _number(text, table.layout, is_whole) for text in cells.unique()}
    values = cells.map(known).astype(float)
    bad = cells[values.isna() & ~cells.isin({*MISSING, *table.layout.missing})]
    remedy = "Skriv ett tal, eller .. om det saknas."
    if is_whole:
        remedy = "Skriv ett heltal utan punkt: 12000."
    if bad.str.fullmatch(GROUPED_BY_POINT).any():
        remedy += ' Är punkten ett tusentalstecken: thousands = "." i year.toml.'
    if bad.str.startswith("~").any():
        remedy += " Ungefärliga tal (~100) läses om approximate = true i year.toml."
    what = f"”{{}}” är inget {'helt antal' if is_whole else 'tal'}."
    return values, table.faults(bad, column, what, remedy)


def _number(text: str, layout: Layout, is_whole: bool) -> float:
    """Read one number; NaN for what is none."""
    if text in layout.missing:
        return NAN
    plain = text.replace("\N{MINUS SIGN}", "-").removesuffix("%").strip()
    if layout.approximate:
        plain = plain.removeprefix("~").strip()
    mark = f"{SPACES}{layout.thousands or ''}"
    if re.fullmatch(rf"[-+]?[0-9]{{1,3}}(?:[{mark}][0-9]{{3}})+(?:[.,][0-9]+)?", plain):
        plain = re.sub(rf"[{mark}](?=[0-9]{{3}})", "", plain)
    elif layout.thousands and layout.thousands in plain:
        return NAN
    if plain in ZERO:
        return 0.0
    if not re.fullmatch(WHOLE if is_whole else PLAIN, plain) or (is_whole and "%" in text):
        return NAN
    value = float(plain.replace(",", "."))
    return value if abs(value) <= LARGEST else NAN


def matched(
    table: RawTable,
    column: str,
    known: dict[str, str],
    *,
    what: str,
    remedy: str = "Rätta filen, eller lägg stavningen som alias.",
) -> tuple[pd.Series, list[Finding]]:
    """Translate spellings to keys, one finding for each unknown spelling (its first row named)."""
    folded = {fold(spelling): key for spelling, key in known.items()}
    keys = table.rows[column].map(fold).map(folded)
    unknown = table.rows.loc[keys.isna(), column]
    counts = unknown.value_counts(sort=False)
    first = unknown.drop_duplicates()
    if len(first) > MANY:
        return keys, table.faults(first, column, f"{what} ”{{}}”.", f"Är kolumnen rätt? {remedy}")
    findings = [
        table.finding(
            int(row),
            column,
            f"{what} ”{text}” ({counts[text]} rader).",
            f"{nearest(text, known)} {remedy}",
        )
        for row, text in first.items()
    ]
    return keys, findings


def fold(text: str) -> str:
    """Make spellings comparable: NFC, no outer or double spaces, no case, no year of a code.

    >>> fold(" 0680R024_RegSO2025")
    '0680r024'
    """
    plain = " ".join(unicodedata.normalize("NFC", str(text)).split()).casefold()
    return re.sub(r"_(regso|deso)\d{4}$", "", plain)
