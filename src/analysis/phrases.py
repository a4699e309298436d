"""The sentences that several texts share: results in, one sentence out, or None."""

from __future__ import annotations

import pandas as pd

from analysis import drivers, facts, swedish, tables, wording
from analysis.figure import plain
from analysis.results import Results
from analysis.survey import INDEX, TOTAL


def total(year: Results) -> str | None:
    """Say the municipality's value, its margin and how it changed."""
    main = year.main_measure()
    cell = year.cell(main) if main else None
    if main is None or cell is None or cell["status"] not in wording.PRINTED:
        return None
    change = year.change(main)
    margin = (
        f" (95 % felmarginal {wording.interval(cell)})"
        if wording.interval(cell) != swedish.MISSING
        else ""
    )
    said = f"{name_of(year, main)} för hela kommunen är **{wording.value(cell)}** {year.number}{margin}."
    if change is None:
        return f"{said} {year.why_not}".strip()
    before = year.cell(main, year=year.earlier)
    return f"{said} {year.earlier} var det {wording.value(before)}: {wording.verdict(change, cell['kind'])}.{_safer(change, cell['kind'])}"


def _safer(change: pd.Series, kind: str) -> str:
    """Say in plain words what a certain change of the index means; nothing otherwise."""
    if kind != "index" or not change["certain"]:
        return ""
    return " Tryggheten har ökat." if change["difference"] < 0 else " Tryggheten har minskat."


def ends(year: Results) -> str | None:
    """Name the highest and the lowest area with their values."""
    main = year.main_measure()
    known = facts.of(year)
    if main is None or "areas.highest" not in known:
        return None
    high, low = (ids(year, known[f"areas.{end}"].names)[0] for end in ("highest", "lowest"))
    return f"Högst värde har {_valued(year, main, high)}. Lägst har {_valued(year, main, low)}."


def _valued(year: Results, measure: str, area: str) -> str:
    cell = year.cell(measure, area)
    margin = wording.interval(cell)
    beside = f" ({margin})" if margin != swedish.MISSING else ""
    return f"{plain(year.areas['name'][area])}, {wording.value(cell)}{beside}"


def moved(year: Results) -> str | None:
    """Say how many areas fell and rose, and which did so for certain."""
    known = facts.of(year)
    if "areas.falling" not in known:
        return None
    falling, rising = known["areas.falling"], known["areas.rising"]
    fell, rose = (
        swedish.counted(len(fact.names), "område", "områden") for fact in (falling, rising)
    )
    parts = [f"Sedan {year.earlier} har värdet sjunkit i {fell} och stigit i {rose}."]
    for direction, word in (("falling", "minskning"), ("rising", "ökning")):
        names = known[f"areas.{direction}_certain"]
        if names.names:
            parts.append(f"En säkerställd {word} har {plain(names.text)}.")
    main = year.main_measure()
    tests = year.changes.loc[
        year.changes["measure"].eq(main) & year.changes["area"].ne(TOTAL), "p_value"
    ].count()
    if not any(known[f"areas.{direction}_certain"].names for direction in ("falling", "rising")):
        parts.append("Ingen av förändringarna är säkerställd.")
    else:
        parts.append("Övriga förändringar ryms inom felmarginalen.")
    parts.append(
        f"{tests} områden är prövade, och hänsyn är tagen till att så många prövas på en gång."
    )
    return " ".join(parts)


def of_area(year: Results, measure: str, area: str) -> str:
    """Say an area's value and change in one or two sentences."""
    cell = year.cell(measure, area)
    name = plain(year.areas["name"][area])
    if cell is None or cell["status"] not in wording.PRINTED:
        state = "not_asked" if cell is None else cell["status"]
        return f"{name}: {wording.WHY[state]}"
    said = f"**{_valued(year, measure, area)}**".replace(" (", "** (", 1).removesuffix("**")
    said = said if "**" in said[2:] else said + "**"
    change = year.change(measure, area)
    if change is None:
        return f"{said}."
    before = wording.value(year.cell(measure, area, year=year.earlier))
    return f"{said}; {year.earlier}: {before}. Det är {wording.verdict(change, cell['kind'])}."


def beside_rest(year: Results, measure: str, area: str) -> str:
    """Say where an area stands beside the rest of the municipality, and whether that is certain."""
    rows = year.rest
    rows = rows.loc[rows["area"].eq(area) & rows["measure"].eq(measure)]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    where = "högre" if row["difference"] > 0 else "lägre"
    if row["certain"]:
        return f"Det är säkerställt {where} än i resten av kommunen."
    return "Skillnaden mot resten av kommunen ryms inom felmarginalen."


def what_drives(year: Results, area: str) -> str:
    """Name the questions that set an area most apart."""
    ranked = drivers.rank(year, area)
    names = [
        plain(year.measures["label"][name].lower())
        for name in ranked.index[ranked["excess"].gt(0)][:4]
    ]
    if not names:
        return ""
    return f"Det som mest skiljer området från kommunen i stort är {swedish.listed(names)}."


def crime_total(year: Results) -> str | None:
    """Say how many crimes were reported, and how many more or fewer than the year before."""
    compared = tables.crime_comparison(year)
    if compared is None:
        return None
    whole = compared.iloc[0]
    said = f"{swedish.number(whole['count_now'])} brott anmäldes i kommunen {year.number}"
    if pd.isna(whole["percent"]):
        return said + "."
    ratio = (whole["count_now"] / whole["before"]) - 1
    moved = "fler" if ratio > 0 else "färre"
    return f"{said}, {swedish.percent(abs(ratio))} {moved} än {year.number - 1} ({swedish.number(whole['before'])})."


def name_of(year: Results, measure: str) -> str:
    """Name a measure inside a sentence."""
    label = plain(year.measures["label"][measure])
    return "Problemindexet" if measure == INDEX else f"”{label}”"


def ids(year: Results, names: tuple[str, ...]) -> list[str]:
    """Find the ids of areas by their names."""
    by_name = dict(zip(year.areas["name"], year.areas.index, strict=True))
    return [by_name[name] for name in names]
