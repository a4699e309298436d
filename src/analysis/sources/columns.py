"""What a column of texts holds: numbers, or spellings of known names; a finding for what is neither."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from analysis.errors import Finding, nearest, raise_if_any, short
from analysis.sources.records import PLAIN, Layout, repeated

NAN = float("nan")
LARGEST = 1e12
FOLD_FROM, MANY = 4, 20  # faults of one kind in one column
MISSING = frozenset({"", "..", "."})
ZERO = frozenset({"-", "–"})
SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"
GROUPED_BY_POINT = r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?"
NUMBER = r"[-+]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE]-[0-9]+)?"
WHOLE = r"\+?[0-9]+(?:[.,]0)?"
WANTED = {  # is it a count?
    True: ("helt antal", "Skriv ett heltal utan punkt: 12000."),
    False: ("tal", "Skriv ett tal, eller .. (saknas)."),
}
ALIAS = "Rätta filen, eller lägg stavningen som alias i data/areas.csv."
CODED = re.compile(r"(\d\d(?:\d\d(?:[a-z]\w*)?)?)\s+(.+)")
KIND = re.compile(r"\s+(?:kommun|stad|län)$|^region\s+")
ENDING = re.compile(r"(?<=\w{3})(?:ns|s|n)\b")
Check = tuple[pd.Series, str, str]  # cells at fault, by their rows; what is wrong; the way out


@dataclass(frozen=True, slots=True)
class RawTable:
    """Stripped texts of a table, by their row in the file counted from 1, and what is wrong in it.

    Faults are gathered in `findings`, which every table made from this one shares, until `check`.
    """

    file: str
    rows: pd.DataFrame
    layout: Layout = PLAIN
    sheet: str = ""
    findings: list[Finding] = field(default_factory=list)

    def fault(self, row: int | None, column: str, what: str, remedy: str, count: int = 1) -> None:
        """Note a fault."""
        place = self.file, row, short(column), self.sheet
        self.findings.append(Finding(what, remedy, *place, count))

    def faults(self, cells: pd.Series, what: str, remedy: str) -> None:
        """Note a fault (`{}` is the text) of some cells: each when few, else once with examples."""
        others = cells.drop_duplicates().iloc[1:3].items()
        shown = " och ".join(f"”{short(text)}” (rad {row})" for row, text in others)
        more = f" Samma fel i {len(cells) - 1} celler till{', som ' if shown else ''}{shown}."
        is_folded = len(cells) >= FOLD_FROM
        for row, text in cells.head(1 if is_folded else FOLD_FROM).items():
            said = what.format(short(text)) + more * is_folded
            count = len(cells) if is_folded else 1
            self.fault(int(str(row)), str(cells.name), said, remedy, count)

    def check(self, *checks: Check) -> None:
        """Note the cells of each check, and raise a Refusal with all faults, if there are any."""
        for cells, what, remedy in checks:
            self.faults(cells, what, remedy)
        raise_if_any(self.findings)


def require(table: RawTable, columns: Iterable[str]) -> None:
    """Refuse unless every column is there, once; names the nearest spelling."""
    there = list(table.rows.columns)
    for name in dict.fromkeys(columns):
        if name not in there:
            table.fault(None, name, "kolumnen saknas.", f"I filen finns: {nearest(name, there)}")
    for name in repeated(there):
        table.fault(None, name, "kolumnen finns två gånger.", "Byt namn på den ena.")
    table.check()


def chosen(table: RawTable, columns: Collection[str]) -> RawTable:
    """Keep the rows and columns that the layout declares, a column per kind of number."""
    layout, rows = table.layout, table.rows
    needed = layout.measure_kinds or columns
    require(table, [*needed, *layout.ignored, *layout.where])
    for column, values in layout.where.items():
        cells, wanted = mapped(rows[column], fold), {fold(value): value for value in values}
        for lost in wanted.keys() - {*cells}:
            remedy = f"Rätta where: {nearest(lost, rows[column].unique())}"
            table.fault(None, column, f"ingen rad har ”{wanted[lost]}”.", remedy)
        rows = rows[cells.isin([*wanted])]
    table.check()
    done = {name for name, values in layout.where.items() if len(values) == 1}
    gone = done.union(layout.ignored).difference(needed, columns)
    table = replace(table, rows=rows.drop(columns=list(gone)))
    return _spread(table, columns) if layout.measure_kinds else table


def _spread(table: RawTable, columns: Collection[str]) -> RawTable:
    """Turn a row per kind of number into a column per kind."""
    kind, number = table.layout.measure_kinds or ("", "")
    keys = [name for name in columns if name in table.rows]
    rows = table.rows[table.rows[kind].isin(columns)]
    remedy = "Välj rader: where = { kolumn = … } i year.toml."
    table.check((rows[kind][rows.duplicated([*keys, kind])], "”{}” finns två gånger.", remedy))
    by_kind = rows.pivot(index=keys, columns=kind, values=number)
    spread = replace(table, rows=rows.drop_duplicates(keys)[keys].join(by_kind, on=keys).fillna(""))
    require(spread, columns)
    return spread


def numbers(table: RawTable, column: str, *, is_count: bool = False) -> pd.Series:
    """Read a column as numbers: decimal comma, spaced thousands; `..` and `.` missing, `-` zero.

    What is no number is noted in the table, and NaN like what is missing; so are 12.000, 12,5 and
    -1 where the numbers count things.
    """
    cells = table.rows[column]
    values = mapped(cells, lambda text: _number(text, table.layout, is_count)).astype(float)
    bad = cells[values.isna() & ~cells.isin({*MISSING, *table.layout.missing})]
    kind, remedy = WANTED[is_count]
    if bad.str.fullmatch(GROUPED_BY_POINT).any():
        remedy += ' Är punkten ett tusentalstecken: thousands = "." i year.toml.'
    mark = next(iter(bad), "")
    if mark == short(mark) and not re.search(r"\d", mark):
        remedy += f' Betyder texten att talet saknas: missing = ["{mark}"] i year.toml.'
    table.faults(bad, f"”{{}}” är inget {kind}.", remedy)
    return values


def mapped(cells: pd.Series, make: Callable[[Any], object]) -> pd.Series:
    """Make a value of each cell, once for all cells that are alike."""
    codes, known = pd.factorize(cells, use_na_sentinel=False)
    made = pd.Series([make(each) for each in known], name=cells.name)
    return made.take(codes).set_axis(cells.index)


def _number(text: str, layout: Layout, is_count: bool) -> float:
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
    if not re.fullmatch(WHOLE if is_count else NUMBER, plain) or (is_count and "%" in text):
        return NAN
    value = float(plain.replace(",", "."))
    return value if abs(value) <= LARGEST else NAN


def matched(table: RawTable, column: str, known: dict[str, str], remedy: str = ALIAS) -> pd.Series:
    """Translate an area's spellings to keys, one fault for each unknown one (its first row named)."""
    cells = table.rows[column]
    keys = mapped(cells, finder(known))
    unknown = cells[keys.isna()]
    counts, first = unknown.value_counts(sort=False), unknown.drop_duplicates()
    if len(first) > MANY:
        table.faults(first, "okänt område ”{}”.", f"Är kolumnen rätt? {remedy}")
        return keys
    for row, text in first.items():
        what = f"okänt område ”{short(text)}” ({counts[text]} rader)."
        ways = f'{nearest(text, known)} {remedy} Hör raden inte hit: ignored_rows = ["{marked(text)}"].'
        table.fault(int(str(row)), column, what, ways if text else "Fyll i cellen.")
    return keys


def marked(text: str) -> str:
    """Write a cell as `ignored_rows` takes it: a long one by its beginning."""
    return short(text).replace("…", "*") if len(text) > len(short(text)) else text


def finder(known: Mapping[str, str]) -> Callable[[str], str | None]:
    """Make a function from a spelling to its key; None for what is no spelling of one key.

    A spelling is found as it stands, else by its code, without ”kommun”, in the genitive.
    """
    loose = {(form, key) for spelling, key in known.items() for form in forms(spelling)}
    shared = Counter(form for form, _ in loose)
    meant = {form: key for form, key in loose if shared[form] == 1}
    meant |= {fold(spelling): key for spelling, key in known.items()}
    return lambda text: next((meant[form] for form in forms(text) if form in meant), None)


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
