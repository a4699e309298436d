"""The survey's areas: data/areas.csv in, the register out, and which area a text in a file means."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis import swedish
from analysis.errors import Finding, raise_if_any, refuse
from analysis.sources import columns, readers
from analysis.sources.columns import RawTable

FILE = "data/areas.csv"
LONGEST = 120
LISTS = ("aliases", "regso", "deso")
ALWAYS = {"first_year": -math.inf, "last_year": math.inf}


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
    if not (root / FILE).is_file():
        raise refuse("filen saknas.", "Lista områdena: area_id,name,aliases,…", file=FILE)
    raw = readers.read(root / FILE, label=FILE, columns=("area_id", "name"))
    wanted = list(dict.fromkeys([*raw.rows, *LISTS, *ALWAYS]))
    rows = raw.rows.reindex(columns=wanted, fill_value="")
    table, findings = replace(raw, rows=rows), list[Finding]()
    for column in (
        name for name in wanted if re.fullmatch(r"adults_\d{4}|(first|last)_year", name)
    ):
        values, faulty = columns.numbers(table, column, is_whole=True)
        below = table.rows.loc[values.lt(0), column]
        faulty += table.faults(below, column, "antalet ”{}” är negativt.", "Rätta talet.")
        rows = rows.assign(**{column: values.fillna(ALWAYS.get(column, math.nan))})
        findings += faulty
    backwards = rows.loc[rows["first_year"].gt(rows["last_year"]), "area_id"]
    what, remedy = "”{}” tar slut innan det börjar.", "Rätta first_year eller last_year."
    findings += table.faults(backwards, "last_year", what, remedy)
    rows = rows.assign(**{name: rows[name].map(_listed) for name in LISTS})
    raise_if_any([*findings, *_spelling_faults(table, rows)])
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
    codes = [(code, area) for name in ("regso", "deso") for area, code in _each(areas[name])]
    count = Counter(code for code, _ in codes)
    named = [(text, area) for area, text in _each(areas["aliases"])]
    named += [*zip(areas["name"], areas.index, strict=True), *zip(areas.index, areas.index)]
    return {code: area for code, area in codes if count[code] == 1} | dict(named)


def identified(texts: pd.Series, areas: pd.DataFrame) -> pd.Series:
    """Tell which area each text of a column means; missing where it means none.

    >>> falun = pd.DataFrame({"name": ["Falun"], "aliases": [()], "regso": [()], "deso": [()]}, ["x"])
    >>> identified(pd.Series(["FALUN", "Falu kommun", "2080 Faluns"]), falun).tolist()
    ['x', 'x', 'x']
    """
    find = columns.finder(spellings(areas))
    return texts.map({text: find(text) for text in texts.unique()})


def _each(lists: pd.Series) -> list[tuple[str, str]]:
    return [(str(area), text) for area, texts in lists.items() for text in texts]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _spelling_faults(table: RawTable, rows: pd.DataFrame) -> list[Finding]:
    """Find ids that are no file names, empty names, and spellings that two areas of a year share."""
    unfit = rows.loc[~rows["area_id"].str.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*"), "area_id"]
    remedy = "Använd a–z, 0–9 och bindestreck."
    findings = table.faults(unfit, "area_id", "”{}” duger inte som filnamn.", remedy)
    unnamed = rows.loc[~rows["name"].str.len().between(1, LONGEST), "name"]
    remedy = f"Skriv områdets namn (högst {LONGEST} tecken)."
    findings += table.faults(unnamed, "name", "namnet ”{}” saknas eller är för långt.", remedy)
    spelled = rows[["area_id", "name", "aliases", *ALWAYS]].to_dict("index")
    owners: dict[str, list[int]] = {}
    for row, area in spelled.items():
        for text in {
            columns.fold(text) for text in (area["area_id"], area["name"], *area["aliases"])
        }:
            for at in owners.setdefault(text, []):
                other = spelled[at]
                is_then = area["first_year"] <= other["last_year"]
                is_then &= other["first_year"] <= area["last_year"]
                if is_then or area["area_id"] == other["area_id"]:
                    what = f"”{text}” är redan namn på ett annat område."
                    findings.append(table.finding(int(str(row)), "name", what, f"Se rad {at}."))
            owners[text].append(int(str(row)))
    return findings
