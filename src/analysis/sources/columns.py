"""What a column of texts holds: numbers, or spellings of known names; a finding for what is neither."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis.errors import Finding, nearest, raise_if_any
from analysis.sources.layout import PLAIN, Layout

NAN = float("nan")
LARGEST = 1e12
FOLD_FROM, MANY = 4, 20
MISSING = frozenset({"", "..", "."})
ZERO = frozenset({"-", "–"})
SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"
GROUPED_BY_POINT = r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?"
NUMBER = r"[-+]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE]-[0-9]+)?"
WHOLE = r"[-+]?[0-9]+(?:[.,]0)?"
CODED = re.compile(r"(\d\d(?:\d\d(?:[a-z]\w*)?)?)\s+(.+)")
KIND = re.compile(r"\s+(?:kommun|stad|län)$|^region\s+")
ENDING = re.compile(r"(?<=\w{3})(?:ns|s|n)\b")


@dataclass(frozen=True, slots=True)
class RawTable:
    """Stripped texts of a table, by their row in the file counted from 1; it can name a fault."""

    file: str
    rows: pd.DataFrame
    layout: Layout = PLAIN
    sheet: str = ""

    def finding(self, row: int | None, column: str, what: str, remedy: str) -> Finding:
        """Name a fault in this table."""
        return Finding(what, remedy, self.file, row, column, self.sheet)

    def faults(self, cells: pd.Series, column: str, what: str, remedy: str) -> list[Finding]:
        """Name a fault (`{}` is the text) of some cells: each when few, else once with examples."""
        said = [
            self.finding(int(row), column, what.format(text), remedy)
            for row, text in cells.head(FOLD_FROM).items()
        ]
        if len(cells) < FOLD_FROM:
            return said
        others = cells.drop_duplicates().iloc[1:3].items()
        shown = " och ".join(f"”{text}” (rad {row})" for row, text in others)
        more = f" Samma fel i {len(cells) - 1} celler till{', som ' if shown else ''}{shown}."
        return [replace(said[0], what=said[0].what + more, count=len(cells))]


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
    values = mapped(cells, lambda text: _number(text, table.layout, is_whole)).astype(float)
    bad = cells[values.isna() & ~cells.isin({*MISSING, *table.layout.missing})]
    remedy = (
        "Skriv ett heltal utan punkt: 12000." if is_whole else "Skriv ett tal, eller .. (saknas)."
    )
    if bad.str.fullmatch(GROUPED_BY_POINT).any():
        remedy += ' Är punkten ett tusentalstecken: thousands = "." i year.toml.'
    if len(bad) and not bad.str.contains(r"\d").any():
        remedy += f' Betyder texten att talet saknas: missing = ["{bad.iloc[0]}"] i year.toml.'
    what = f"”{{}}” är inget {'helt antal' if is_whole else 'tal'}."
    return values, table.faults(bad, column, what, remedy)


def mapped(cells: pd.Series, make: Callable[[str], object]) -> pd.Series:
    """Make a value of each text, once for all cells that are alike."""
    codes, texts = pd.factorize(cells)
    return pd.Series([make(text) for text in texts]).take(codes).set_axis(cells.index)


def _number(text: str, layout: Layout, is_whole: bool) -> float:
    """Read one number; NaN for what is none."""
    if text in layout.missing:
        return NAN
    plain = text.replace("\N{MINUS SIGN}", "-").removesuffix("%").strip()
    mark = f"{SPACES}{layout.thousands or ''}"
    if re.fullmatch(rf"[-+]?[0-9]{{1,3}}(?:[{mark}][0-9]{{3}})+(?:[.,][0-9]+)?", plain):
        plain = re.sub(rf"[{mark}](?=[0-9]{{3}})", "", plain)
    elif layout.thousands and layout.thousands in plain:
        return NAN
    if plain in ZERO:
        return 0.0
    if not re.fullmatch(WHOLE if is_whole else NUMBER, plain) or (is_whole and "%" in text):
        return NAN
    value = float(plain.replace(",", "."))
    return value if abs(value) <= LARGEST else NAN


def matched(
    table: RawTable,
    column: str,
    known: Mapping[str, str],
    *,
    what: str,
    remedy: str = "Rätta filen, eller lägg stavningen som alias.",
) -> tuple[pd.Series, list[Finding]]:
    """Translate spellings to keys, one finding for each unknown spelling (its first row named)."""
    cells = table.rows[column]
    keys = mapped(cells, finder(known))
    unknown = cells[keys.isna()]
    counts, first = unknown.value_counts(sort=False), unknown.drop_duplicates()
    if len(first) > MANY:
        return keys, table.faults(first, column, f"{what} ”{{}}”.", f"Är kolumnen rätt? {remedy}")
    return keys, [
        table.finding(
            int(row),
            column,
            f"{what} ”{text}” ({counts[text]} rader).",
            f'{nearest(text, known)} {remedy} Hör raden inte hit: ignored_rows = ["{text}"].',
        )
        for row, text in first.items()
    ]


def finder(known: Mapping[str, str]) -> Callable[[str], str | None]:
    """Make a function from a spelling to its key; None for what is no spelling of one key.

    A spelling is found as it stands, else by its code, without ”kommun”, in the genitive.
    """
    exact = {fold(spelling): key for spelling, key in known.items()}
    loose: dict[str, set[str]] = {}
    for spelling, key in known.items():
        for form in forms(spelling):
            loose.setdefault(form, set()).add(key)

    def find(text: str) -> str | None:
        for form in forms(text):
            keys = {exact[form]} if form in exact else loose.get(form, set())
            if len(keys) == 1:
                return next(iter(keys))
        return None

    return find


def forms(text: str) -> list[str]:
    """List a spelling and its shorter forms, the surest first.

    >>> forms("1780R011 Karlstad (Kronoparken)")[:4]
    ['1780r011 karlstad (kronoparken)', '1780r011', 'karlstad (kronoparken)', 'kronoparken']
    >>> forms("Falu kommun")[-1] == forms("Falun")[-1] == "falu"
    True
    """
    whole = fold(text)
    coded = CODED.fullmatch(whole)
    name = coded[2] if coded else whole
    inner = re.fullmatch(r".+\((.+)\)", name)
    names = [name, inner[1]] if inner else [name]
    stems = [ENDING.sub("", KIND.sub("", name)) for name in names]
    return list(dict.fromkeys([whole, *([coded[1]] if coded else []), *names, *stems]))


def fold(text: str) -> str:
    """Make spellings comparable: NFC, no outer or double spaces, no case, no year of a code.

    >>> fold(" 0680R024_RegSO2025")
    '0680r024'
    """
    plain = " ".join(unicodedata.normalize("NFC", str(text)).split()).casefold()
    return re.sub(r"_(regso|deso)\d{4}$", "", plain)
