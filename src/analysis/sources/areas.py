"""The survey's areas: the register in data/areas.csv, with every spelling of each."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.errors import Finding, raise_if_any, refuse
from analysis.sources import crosswalk, rawtable
from analysis.sources.rawtable import RawTable

LONGEST = 120
OPTIONAL = ("aliases", "regso", "deso", "first_year", "last_year", "parts")


def register(root: Path, year: int | None = None) -> pd.DataFrame:
    """Read data/areas.csv.

    Args:
        year: leaves out the areas that did not exist in it.

    Returns:
        Index `area_id`; columns `name`, `aliases`, `regso`, `deso` (tuples), `adults_YEAR`
        (residents 16–85, NaN where unknown), `first_year`, `last_year` (±inf where always) and
        `parts` (tuple of earlier area and the share of its residents that came along), in Swedish
        alphabetical order of name.

    Raises:
        Refusal: with every doubled id, name or alias and every figure that is none.
    """
    file = "data/areas.csv"
    path = root / file
    if not path.is_file():
        raise refuse("filen saknas.", "Lista områdena: area_id,name,aliases,…", file=file)
    table = rawtable.read(path, label=file)
    rawtable.require(table, ["area_id", "name"])
    rows = table.rows.reindex(columns=list(dict.fromkeys([*table.rows, *OPTIONAL])), fill_value="")
    rows, findings = _with_years(table, rows)
    findings += _spelling_faults(table, rows)
    for column in [name for name in rows if re.fullmatch(r"adults_\d{4}", name)]:
        values, faulty = rawtable.numbers(table, column, is_whole=True)
        below = table.rows.loc[values.lt(0), column]
        faulty += table.faults(below, column, "antalet ”{}” är negativt.", "Rätta talet.")
        rows, findings = rows.assign(**{column: values}), [*findings, *faulty]
    raise_if_any(findings)
    listed = {name: rows[name].map(_listed) for name in ("aliases", "regso", "deso")}
    parts, findings = crosswalk.parts(table, rows)
    raise_if_any(findings)
    if year is not None:
        rows = rows.loc[rows["first_year"].le(year) & rows["last_year"].ge(year)]
    found = rows.assign(**listed, parts=parts).set_index("area_id")
    return found.sort_values("name", key=rawtable.alphabet)


def _with_years(table: RawTable, rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Read the first and the last year of each area; those without are there in all years."""
    findings: list[Finding] = []
    for column, always in {"first_year": -math.inf, "last_year": math.inf}.items():
        values, faulty = rawtable.numbers(replace(table, rows=rows), column, is_whole=True)
        rows, findings = rows.assign(**{column: values.fillna(always)}), [*findings, *faulty]
    backwards = rows.loc[rows["first_year"].gt(rows["last_year"]), "area_id"]
    what = "”{}” tar slut innan det börjar."
    return rows, [
        *findings,
        *table.faults(backwards, "last_year", what, "Rätta first_year eller last_year."),
    ]


def adults(areas: pd.DataFrame, year: int) -> pd.Series:
    """Return residents 16–85 of each area in a year; all NaN where the register has no column."""
    return areas.get(f"adults_{year}", pd.Series(float("nan"), index=areas.index))


def spellings(areas: pd.DataFrame) -> dict[str, str]:
    """List every spelling of an area in a file: its id, name and aliases, and codes of its own."""
    named = {
        spelling: area
        for area, name, aliases in zip(areas.index, areas["name"], areas["aliases"], strict=True)
        for spelling in (area, name, *aliases)
    }
    return codes(areas) | named


def codes(areas: pd.DataFrame) -> dict[str, str]:
    """List the RegSO and DeSO codes, with the area that each belongs to, those of two left out."""
    pairs = [
        (code, area)
        for area, regso, deso in zip(areas.index, areas["regso"], areas["deso"], strict=True)
        for code in (*regso, *deso)
    ]
    count = Counter(code for code, _ in pairs)
    return {code: area for code, area in pairs if count[code] == 1}


def require_adults(areas: pd.DataFrame, year: int) -> None:
    """Refuse where the register has no column of a year's residents."""
    if adults(areas, year).isna().all():
        raise refuse(
            f"kolumnen adults_{year} saknas.",
            f"Lägg till den: invånare 16–85 år i varje område {year}.",
            file="data/areas.csv",
        )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _spelling_faults(table: RawTable, rows: pd.DataFrame) -> list[Finding]:
    """Find ids that are no file names, empty names, and spellings that two areas of a year share."""
    findings: list[Finding] = []
    owners: dict[str, list[tuple[int, float, float]]] = {}
    columns = ["area_id", "name", "aliases", "first_year", "last_year"]
    for row, area, name, aliases, first, last in rows[columns].itertuples():
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", area):
            findings.append(
                table.finding(
                    row,
                    "area_id",
                    f"”{area}” duger inte som filnamn.",
                    "Använd a–z, 0–9 och bindestreck.",
                )
            )
        if not 0 < len(name) <= LONGEST:
            what = "namnet är för långt." if name else "namnet saknas."
            remedy = f"Skriv områdets namn (högst {LONGEST} tecken)."
            findings.append(table.finding(row, "name", what, remedy))
        for spelling in {rawtable.fold(text) for text in (area, name, *_listed(aliases))}:
            others = owners.setdefault(spelling, [])
            same = [
                other
                for other, start, end in others
                if (first <= end and start <= last) or spelling == area
            ]
            what = f"”{spelling}” är redan namn på ett annat område."
            findings += [table.finding(row, "name", what, f"Se rad {other}.") for other in same[:1]]
            others.append((row, first, last))
    return findings
