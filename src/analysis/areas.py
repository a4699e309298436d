"""The survey's areas: the register in data/areas.csv, with every spelling of each."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd

from analysis import rawtable
from analysis.errors import Finding, raise_if_any, refuse

LONGEST = 120


def register(root: Path) -> pd.DataFrame:
    """Read data/areas.csv.

    Returns:
        Index `area_id`; columns `name`, `aliases`, `regso`, `deso` (tuples) and `adults_YEAR`
        (residents 16–85, NaN where unknown), in Swedish alphabetical order of name.

    Raises:
        Refusal: with every doubled id, name or alias and every figure that is none.
    """
    file = "data/areas.csv"
    path = root / file
    if not path.is_file():
        raise refuse("filen saknas.", "Lista områdena: area_id,name,aliases,…", file=file)
    table = rawtable.read(path, label=file)
    rawtable.require(table, ["area_id", "name"])
    rows = table.rows.reindex(
        columns=list(dict.fromkeys([*table.rows, "aliases", "regso", "deso"])), fill_value=""
    )
    findings = _spelling_faults(table, rows)
    for column in [name for name in rows if re.fullmatch(r"adults_\d{4}", name)]:
        values, faulty = rawtable.numbers(table, column, is_whole=True)
        below = table.rows.loc[values.lt(0), column]
        faulty += table.faults(below, column, "antalet ”{}” är negativt.", "Rätta talet.")
        rows, findings = rows.assign(**{column: values}), [*findings, *faulty]
    raise_if_any(findings)
    listed = {name: rows[name].map(_listed) for name in ("aliases", "regso", "deso")}
    return rows.assign(**listed).set_index("area_id").sort_values("name", key=rawtable.alphabet)


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


def _spelling_faults(table: rawtable.RawTable, rows: pd.DataFrame) -> list[Finding]:
    """Find ids that are no file names, empty names, and spellings that two areas share."""
    findings: list[Finding] = []
    owner: dict[str, str] = {}
    for row, area, name, aliases in rows[["area_id", "name", "aliases"]].itertuples():
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
            if owner.setdefault(spelling, f"{row}") != f"{row}":
                findings.append(
                    table.finding(
                        row,
                        "name",
                        f"”{spelling}” är redan namn på ett annat område.",
                        f"Se rad {owner[spelling]}.",
                    )
                )
    return findings
