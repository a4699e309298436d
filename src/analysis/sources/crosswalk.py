"""How the areas of a year hang together with those of the year before: split, merged, new.

The register says it (`first_year`, `last_year`, `parts` in data/areas.csv); nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

import pandas as pd

from analysis import swedish
from analysis.errors import Finding, nearest
from analysis.sources.rawtable import RawTable

Parts = tuple[tuple[str, float], ...]
FORM = "Skriv t.ex. norr|vast:0.4 – hela norr och fyra tiondelar av invånarna i vast."
OWN_ID = "Ge ett område med nya gränser ett eget area_id och first_year."


def parts(table: RawTable, rows: pd.DataFrame) -> tuple[pd.Series, list[Finding]]:
    """Read `parts`: which areas an area was made of, and the share of each one's residents.

    Args:
        rows: the register's texts, with `first_year` and `last_year` as numbers.

    Returns:
        A tuple of (area_id, share) by row, and findings for shares that are none, areas that are
        not in the register or exist still, and residents given away more than once.
    """
    read = rows["parts"].map(_read)
    findings = table.faults(
        rows.loc[read.isna(), "parts"], "parts", "”{}” går inte att läsa.", FORM
    )
    found = read.where(read.notna(), other=pd.Series([()] * len(rows), rows.index))
    last = dict(zip(rows["area_id"], rows["last_year"], strict=True))
    given: dict[tuple[str, float], float] = {}
    for row, first, made_of in zip(rows.index, rows["first_year"], found, strict=True):
        for area, share in made_of:
            given[area, first] = given.get((area, first), 0.0) + share
            what, remedy = "", ""
            if area not in last:
                what, remedy = f"området ”{area}” finns inte.", nearest(area, last)
            elif last[area] != first - 1:
                what = f"”{area}” slutar inte året innan området börjar (first_year)."
                remedy = f"Skriv last_year för {area}. {OWN_ID}"
            elif given[area, first] > 1 + 1e-9:
                what, remedy = f"mer än alla invånare i ”{area}” delas ut.", "Rätta andelarna."
            findings += [table.finding(int(row), "parts", what, remedy)] if what else []
    return found, findings


def _read(text: str) -> Parts | None:
    """Read `a|b:0.4`; None for what has another form."""
    pairs = [
        re.fullmatch(r"([a-z0-9-]+)(?::(0[.,][0-9]+|1))?", one.strip()) for one in text.split("|")
    ]
    if not text.strip():
        return ()
    read = [(pair[1], float((pair[2] or "1").replace(",", "."))) for pair in pairs if pair]
    return tuple(read) if len(read) == len(pairs) and all(share > 0 for _, share in read) else None


def redrawn(areas: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the areas whose boundaries are new in a year."""
    return areas.loc[areas["first_year"].eq(year)]


def merged(areas: pd.DataFrame, year: int) -> dict[str, tuple[str, ...]]:
    """List the areas that are whole areas of the year before put together, and which."""
    return {
        area: tuple(part for part, _ in made_of)
        for area, made_of in redrawn(areas, year)["parts"].items()
        if made_of and all(share == 1 for _, share in made_of)
    }


def history(
    areas: pd.DataFrame, year: int, names: Mapping[str, str], recomputed: Collection[str]
) -> dict[str, str]:
    """Say in Swedish of each area with new boundaries what it was, and whether years compare.

    Args:
        names: of the earlier areas, by id.
        recomputed: the areas that the year before was reckoned anew for.
    """
    said = {}
    for area, made_of in redrawn(areas, year)["parts"].items():
        was = swedish.listed(
            [names[part] if share == 1 else f"en del av {names[part]}" for part, share in made_of]
        )
        if not made_of:
            said[str(area)] = f"Området är nytt {year} och kan inte jämföras med tidigare år."
        elif area in recomputed:
            said[str(area)] = (
                f"Området var före {year} {was}; {year - 1} är räknat på samma område."
            )
        else:
            said[str(area)] = (
                f"Området har nya gränser {year} (förut {was}) och kan inte jämföras med tidigare år."
            )
    return said
