"""The sentences that several texts share: results in, one sentence out, or None."""

from __future__ import annotations

import pandas as pd

from analysis import drivers, swedish
from analysis.figures import wording
from analysis.figures.figure import plain
from analysis.results import Results
from analysis.sources.survey import INDEX
from analysis.text import facts

MOST_NAMED = 4


def total(year: Results) -> str | None:
    """Say the municipality's value, its margin and how it changed."""
    main = year.main_measure()
    cell = year.cell(main) if main else None
    if main is None or cell is None or cell["status"] not in wording.PRINTED:
        return None
    change = year.change(main)
    name = "problemindexet" if main == INDEX else name_of(year, main)
    said = f"{year.number} är {name} för hela kommunen **{wording.value(cell)}**{_margin(cell)}."
    if change is None:
        return f"{said} {year.why_not}".strip()
    before = wording.value(year.cell(main, year=year.earlier))
    verdict = wording.verdict(change, cell["kind"])
    return f"{said} {year.earlier} var det {before}: {verdict}.{_felt(year, change, cell['kind'])}"


def _margin(cell: pd.Series) -> str:
    interval = wording.interval(cell)
    return "" if interval == swedish.MISSING else f" (med felmarginal {interval})"


def _felt(year: Results, change: pd.Series, kind: str) -> str:
    """Say in plain words what a certain change of the index means; nothing otherwise."""
    if kind != "index" or not change["certain"]:
        return ""
    amount = "färre" if change["difference"] < 0 else "fler"
    return f" Invånarna upplever alltså {amount} problem än {year.earlier}."


def ends(year: Results) -> str | None:
    """Name the highest and the lowest area, and those whose margins meet the highest's."""
    main = year.main_measure()
    known = facts.areas(year)
    if main is None or "areas.highest" not in known:
        return None
    high, low = (ids(year, known[f"areas.{end}"].names)[0] for end in ("highest", "lowest"))
    said = f"Högst värde har {_valued(year, main, high)}. Lägst har {_valued(year, main, low)}."
    cells = year.by_area(main).drop(index=high)
    near = cells.loc[cells["upper"].ge(year.by_area(main)["value"][high]), "name"]
    if 0 < len(near) <= MOST_NAMED:
        said += (
            f" Ordningen är osäker: även {plain(swedish.listed(list(near)))} kan ligga lika högt."
        )
    elif len(near):
        said += (
            f" Ordningen är osäker: {len(near)} områden till kan ligga lika högt som det högsta."
        )
    return said


def _valued(year: Results, measure: str, area: str) -> str:
    cell = year.cell(measure, area)
    return f"{plain(year.areas['name'][area])}, {wording.value(cell)}{_margin(cell)}"


def moved(year: Results) -> str | None:
    """Say which areas changed for certain, and that the others' changes are within the margin."""
    known = facts.areas(year)
    if "areas.falling" not in known:
        return None
    parts = []
    for direction, word in (("falling", "minskning"), ("rising", "ökning")):
        names = known[f"areas.{direction}_certain"]
        if names.names:
            parts.append(f"**Säkerställd {word} sedan {year.earlier}: {plain(names.text)}.**")
    certain = len(known["areas.falling_certain"].names) + len(known["areas.rising_certain"].names)
    falling, rising, same = (
        len(known[f"areas.{name}"].names) for name in ("falling", "rising", "unchanged")
    )
    compared = falling + rising + same
    if certain:
        others = swedish.counted(compared - certain, "område", "områden")
        parts.append(f"I övriga {others} som kan jämföras ryms förändringen inom felmarginalen.")
    else:
        areas = swedish.counted(compared, "område", "områden")
        parts.append(f"Inget av {areas} har en säkerställd förändring sedan {year.earlier}.")
    left = len(year.areas) - compared
    if left:
        areas = swedish.capitalised(swedish.counted(left, "område", "områden"))
        new = ", inte visas eller gäller nya gränser" if year.history else " eller inte visas"
        parts.append(f"{areas} kan inte jämföras, eftersom värdet saknas{new}.")
    return " ".join(parts)


def of_area(year: Results, measure: str, area: str) -> str:
    """Say an area's value and change in one or two sentences."""
    cell = year.cell(measure, area)
    name = plain(year.areas["name"][area])
    if cell is None or cell["status"] not in wording.PRINTED:
        state = "not_asked" if cell is None else cell["status"]
        return f"{name}: {wording.WHY[state]}"
    what = "problemindex" if measure == INDEX else name_of(year, measure) + ":"
    said = f"{name} har {what} **{wording.value(cell)}**{_margin(cell)}."
    change = year.change(measure, area)
    if change is not None:
        before = wording.value(year.cell(measure, area, year=year.earlier))
        said += f" {year.earlier} var det {before}: {wording.verdict(change, cell['kind'])}."
    return f"{said} {plain(year.history.get(area, ''))}".strip()


def redrawn(year: Results) -> str:
    """List the areas whose boundaries are new, what each was before and whether years compare."""
    points = [
        f"- {plain(name)}: {plain(year.history[str(area)])}"
        for area, name in year.areas["name"].items()
        if area in year.history
    ]
    return "\n".join([f"Områden med nya gränser {year.number}:", "", *points]) if points else ""


def beside_rest(year: Results, measure: str, area: str) -> str:
    """Say where an area stands beside the rest of the municipality, and whether that is certain."""
    rows = year.rest
    rows = rows.loc[rows["area"].eq(area) & rows["measure"].eq(measure)]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    where = "högre" if row["difference"] > 0 else "lägre"
    if row["certain"]:
        return f"Värdet är säkerställt {where} än i resten av kommunen."
    return "Skillnaden mot resten av kommunen ryms inom felmarginalen."


def what_drives(year: Results, area: str) -> str:
    """Name the questions in which an area lies clearly above the municipality."""
    ranked = drivers.rank(year, area)
    clear = ranked.loc[ranked["is_clear"]].head(MOST_NAMED)
    said = [
        f"”{plain(year.measures['label'][name])}” ({wording.plain_value(value, year.measures['kind'][name])},"
        f" kommunen {wording.plain_value(whole, year.measures['kind'][name])})"
        for name, value, whole in zip(clear.index, clear["value"], clear["total"], strict=True)
    ]
    if not said:
        return "Ingen enskild fråga ligger tydligt över kommunens nivå."
    return f"Det som tydligast skiljer området från kommunen i stort: {swedish.listed(said)}."


def crime_total(year: Results) -> str | None:
    """Say how many crimes were reported, and how many more or fewer than the year before."""
    compared = year.crime_compared
    if compared is None:
        return None
    whole = compared.iloc[0]
    said = f"{swedish.number(whole['count_now'])} brott anmäldes i kommunen {year.number}"
    if pd.isna(whole["percent"]):
        return said + "."
    ratio = (whole["count_now"] / whole["before"]) - 1
    if whole["count_now"] == whole["before"]:
        return f"{said}, lika många som {year.number - 1}."
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
