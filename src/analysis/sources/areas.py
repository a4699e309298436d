"""The survey's areas: data/areas.csv in, the register out, and which area a text in a file means."""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pandas as pd

from analysis import swedish
from analysis.errors import Finding, raise_if_any, refuse

FILE = "data/areas.csv"
LONGEST = 120
LISTS = ("aliases", "regso", "deso")
ALWAYS = {"first_year": -math.inf, "last_year": math.inf}
MUNICIPALITY = re.compile(r" kommuns?$")
CODE = re.compile(r"^(\d{4}[a-z]\d{3,4}|\d{2,4})[ :,–-]+(?=\D)")
IN_BRACKETS = re.compile(r"(.+?) ?\((.+)\)")  # Karlstad (Kronoparken centrala)


def register(root: Path, year: int | None = None) -> pd.DataFrame:
    """Read data/areas.csv.

    Args:
        year: leaves out the areas that did not exist in it.

    Returns:
        Index `area_id`; columns `name`, `aliases`, `regso`, `deso` (tuples), `adults_YEAR`
        (residents 16–85, NaN where unknown), `first_year` and `last_year` (±inf where always), in
        Swedish alphabetical order of name.

    Raises:
        Refusal: with every doubled id, name or alias and every figure that is none.
    """
    rows = _texts(root)
    findings: list[Finding] = []
    for column in (name for name in rows if re.fullmatch(r"adults_\d{4}|(first|last)_year", name)):
        digits = rows[column].str.replace(r"\s", "", regex=True)
        faulty = digits.ne("") & ~digits.str.fullmatch(r"\d+")
        what, remedy = "”{}” är inget helt antal.", "Skriv ett heltal utan punkt: 12000."
        findings += _faults(rows.loc[faulty, column], column, what, remedy)
        numbers = pd.to_numeric(digits.where(~faulty), errors="coerce").astype(float)
        rows = rows.assign(**{column: numbers.fillna(ALWAYS.get(column, math.nan))})
    backwards = rows.loc[rows["first_year"].gt(rows["last_year"]), "area_id"]
    what, remedy = "”{}” tar slut innan det börjar.", "Rätta first_year eller last_year."
    findings += _faults(backwards, "last_year", what, remedy)
    rows = rows.assign(**{name: rows[name].map(_listed) for name in LISTS})
    raise_if_any([*findings, *_spelling_faults(rows)])
    if year is not None:
        rows = rows.loc[rows["first_year"].le(year) & rows["last_year"].ge(year)]
    alphabet = rows["name"].map(swedish.sort_key)
    return rows.loc[alphabet.sort_values(kind="stable").index].set_index("area_id")


def adults(areas: pd.DataFrame, year: int) -> pd.Series:
    """Return residents 16–85 of each area in a year; all NaN where the register has no column."""
    return areas.get(f"adults_{year}", pd.Series(math.nan, index=areas.index))


def require_adults(areas: pd.DataFrame, year: int) -> None:
    """Refuse where the register has no column of a year's residents."""
    if adults(areas, year).isna().all():
        what = f"kolumnen adults_{year} saknas."
        remedy = f"Lägg till den: invånare 16–85 år i varje område {year}."
        raise refuse(what, remedy, file=FILE)


def spellings(areas: pd.DataFrame) -> dict[str, str]:
    """List every spelling of an area: its id, name, aliases, and codes that no other area has."""
    listed = [
        (spelling, str(area), is_code)
        for area, row in areas.iterrows()
        for is_code, texts in (
            (True, (*row["regso"], *row["deso"])),
            (False, (area, row["name"], *row["aliases"])),
        )
        for spelling in texts
    ]
    count = Counter(spelling for spelling, _, is_code in listed if is_code)
    codes = {text: area for text, area, is_code in listed if is_code and count[text] == 1}
    return codes | {text: area for text, area, is_code in listed if not is_code}


def identified(texts: pd.Series, areas: pd.DataFrame) -> pd.Series:
    """Tell which area each text of a column means; missing where it means none.

    Tried in turn: the text as it stands; its code; without the code; in brackets, after a town that
    the whole column is of; as a municipality (Falu kommun is Falun); in the genitive.

    >>> falun = pd.DataFrame({"name": ["Falun"], "aliases": [()], "regso": [()], "deso": [()]}, ["x"])
    >>> identified(pd.Series(["FALUN", "Falu kommun", "2080 Faluns", "Mora"]), falun).tolist()
    ['x', 'x', 'x', nan]
    """
    exact = {folded(text): area for text, area in spellings(areas).items()}
    towns = {town: area for text, area in exact.items() for town in _towns(text)}
    bare = {text: CODE.sub("", folded(text)) for text in texts.unique()}
    bracketed = {text: match for text in bare if (match := IN_BRACKETS.fullmatch(bare[text]))}
    is_of_one_town = len({match[1] for match in bracketed.values()}) == 1

    def meant(text: str) -> str | float:
        forms = [folded(text), *CODE.findall(folded(text)), bare[text]]
        if text in bracketed and is_of_one_town:
            forms.append(bracketed[text][2])
        forms += [town for form in forms for town in _towns(form)]
        forms += [form.removesuffix("s") for form in forms]
        known = towns | exact
        return next((known[form] for form in forms if form in known), math.nan)

    return texts.map({text: meant(text) for text in bare})


def folded(text: object) -> str:
    """Make spellings comparable: NFC, no outer or double spaces, no case, no year of a code.

    >>> folded(" 0680R024_RegSO2025")
    '0680r024'
    """
    plain = " ".join(unicodedata.normalize("NFC", str(text)).split()).casefold()
    return re.sub(r"_(regso|deso)\d{4}$", "", plain)


def _towns(text: str) -> list[str]:
    """Name the town of a municipality: Rättviks kommun, Rättvik; Falu kommun, Falun."""
    town = MUNICIPALITY.sub("", text)
    return [town, town.removesuffix("s"), f"{town}n"] if town != text else []


def _texts(root: Path) -> pd.DataFrame:
    """Read the file as texts; the index is the row in the file, counted from 1."""
    path = root / FILE
    if not path.is_file():
        raise refuse("filen saknas.", "Lista områdena: area_id,name,aliases,…", file=FILE)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    head = text.partition("\n")[0]
    try:
        rows = pd.read_csv(
            io.StringIO(text), sep=max(",;\t", key=head.count), dtype=str, keep_default_na=False
        )
    except pd.errors.ParserError as fault:
        raise refuse(f"går inte att läsa: {fault}", "Rätta raden.", file=FILE) from None
    rows.columns = rows.columns.str.strip()
    missing = [name for name in ("area_id", "name") if name not in rows]
    remedy = f"I filen finns: {', '.join(rows.columns)}."
    raise_if_any(Finding("kolumnen saknas.", remedy, FILE, column=name) for name in missing)
    wanted = list(dict.fromkeys([*rows, *LISTS, *ALWAYS]))
    stripped = rows.reindex(columns=wanted, fill_value="").fillna("").map(str.strip)
    stripped.index = pd.RangeIndex(2, len(rows) + 2)
    return stripped.loc[stripped.ne("").any(axis=1)]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _faults(cells: pd.Series, column: str, what: str, remedy: str) -> list[Finding]:
    """Name each faulty cell of the file; `{}` in what is said stands for its text."""
    return [
        Finding(what.format(text), remedy, FILE, int(row), column)
        for row, text in cells.astype(str).items()
    ]


def _spelling_faults(rows: pd.DataFrame) -> list[Finding]:
    """Find ids that are no file names, empty names, and spellings that two areas of a year share."""
    unfit = rows.loc[~rows["area_id"].str.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*"), "area_id"]
    remedy = "Använd a–z, 0–9 och bindestreck."
    findings = _faults(unfit, "area_id", "”{}” duger inte som filnamn.", remedy)
    unnamed = rows.loc[~rows["name"].str.len().between(1, LONGEST), "name"]
    remedy = f"Skriv områdets namn (högst {LONGEST} tecken)."
    findings += _faults(unnamed, "name", "namnet ”{}” saknas eller är för långt.", remedy)
    owners: dict[str, list[tuple[int, str, float, float]]] = {}
    columns = ["area_id", "name", "aliases", "first_year", "last_year"]
    for row, area, name, aliases, first, last in rows[columns].itertuples():
        for spelling in {folded(text) for text in (area, name, *aliases)} - {""}:
            same = [
                other
                for other, its_id, start, end in owners.get(spelling, [])
                if (first <= end and start <= last) or its_id == area
            ]
            what = f"”{spelling}” är redan namn på ett annat område."
            findings += [Finding(what, f"Se rad {at}.", FILE, int(row), "name") for at in same[:1]]
            owners.setdefault(spelling, []).append((row, area, first, last))
    return findings
