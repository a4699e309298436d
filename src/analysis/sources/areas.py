"""The survey's areas: data/areas.csv in, the register out, and which area a text in a file means."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis import swedish
from analysis.errors import refuse, short
from analysis.sources import columns, readers
from analysis.sources.columns import RawTable

FILE = "data/areas.csv"
LONGEST = 120  # letters of a name
PLAIN = "Använd a–z, 0–9 och bindestreck."
NAMED = f"Skriv områdets namn (högst {LONGEST} tecken)."
IDENTIFIER = r"[a-z0-9]+(-[a-z0-9]+)*"
LISTS = ("aliases", "regso", "deso")
ALWAYS = {"first_year": -math.inf, "last_year": math.inf}


def register(root: Path, year: int | None = None) -> pd.DataFrame:
    """Read data/areas.csv, of the areas that exist in a year or all.

    Returns:
        Index `area_id`; columns `name`, `aliases`, `regso`, `deso` (tuples), `adults_YEAR`
        (residents 16–85, NaN where unknown), `first_year` and `last_year` (±inf where always), in
        Swedish alphabetical order of name.

    Raises Refusal with every doubled id, name or alias and every figure that is none.
    """
    if not (root / FILE).is_file():
        raise refuse("filen saknas.", "Lista områdena: area_id,name,aliases,…", file=FILE)
    table = readers.read(root / FILE, label=FILE, columns=("area_id", "name"))
    wanted = list(dict.fromkeys([*table.rows, *LISTS, *ALWAYS]))
    table = replace(table, rows=table.rows.reindex(columns=wanted, fill_value=""))
    rows = table.rows.assign(**{name: table.rows[name].map(_listed) for name in LISTS})
    for column in rows.filter(regex=r"^(adults_\d{4}|first_year|last_year)$"):
        values = columns.numbers(table, column, is_count=True)
        rows = rows.assign(**{column: values.fillna(ALWAYS.get(column, math.nan))})
    _check(table, rows)
    if year is not None:
        rows = rows.loc[rows["first_year"].le(year) & rows["last_year"].ge(year)]
    alphabet = rows["name"].map(swedish.sort_key).sort_values(kind="stable")
    return rows.loc[alphabet.index].set_index("area_id")


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
    codes = pd.concat([areas[name].explode().dropna() for name in ("regso", "deso")])
    named = [areas["aliases"].explode().dropna(), areas["name"], areas.index.to_series()]
    texts = pd.concat([codes[~codes.duplicated(keep=False)], *named]).astype(str)
    return dict(zip(texts, texts.index, strict=True))


def identified(texts: pd.Series, areas: pd.DataFrame) -> pd.Series:
    """Tell which area each text of a column means; missing where it means none.

    >>> falun = pd.DataFrame({"name": ["Falun"], "aliases": [()], "regso": [()], "deso": [()]}, ["x"])
    >>> identified(pd.Series(["FALUN", "Falu kommun", "2080 Faluns"]), falun).tolist()
    ['x', 'x', 'x']
    """
    return columns.mapped(texts, columns.finder(spellings(areas)))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _check(table: RawTable, rows: pd.DataFrame) -> None:
    """Refuse ids that are no file names, names that are none, and spellings that two areas share."""
    ids, names = rows["area_id"], rows["name"]
    ended = ids[rows["first_year"].gt(rows["last_year"])].rename("last_year")
    unnamed = names[~names.str.len().between(1, LONGEST)]
    lists = zip(ids, names, rows["aliases"], strict=True)
    texts = [{columns.fold(text) for text in (area, name, *more)} for area, name, more in lists]
    spelled = rows.assign(row=rows.index, text=texts).explode("text")
    pairs = spelled.merge(spelled, on="text").query("row_x < row_y")
    is_then = pairs["first_year_x"].le(pairs["last_year_y"])
    is_then &= pairs["first_year_y"].le(pairs["last_year_x"])
    shared = pairs[is_then | pairs["area_id_x"].eq(pairs["area_id_y"])]
    for text, first, row in shared[["text", "row_x", "row_y"]].itertuples(index=False):
        what = f"”{short(text)}” är redan namn på ett annat område."
        table.fault(row, "name", what, f"Se rad {first}.")
    table.check(
        (ids[~ids.str.fullmatch(IDENTIFIER)], "”{}” duger inte som filnamn.", PLAIN),
        (unnamed, "namnet ”{}” saknas eller är för långt.", NAMED),
        (ended, "”{}” tar slut innan det börjar.", "Rätta first_year eller last_year."),
    )
