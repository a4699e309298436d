"""What residents answered, or a register tells of areas: a year's results in, Swedish sentences out.

The words are in findings.md.j2; here is decided which are said. Nothing is called a change unless
its verdict is certain, and without intervals nothing is said of certainty.
"""

from __future__ import annotations

import pandas as pd
import shapely

from analysis import swedish
from analysis.figures import wording
from analysis.figures.figure import KeyFigure, KeyFigures, Text
from analysis.results import Results
from analysis.text import registers, rows
from analysis.text.patterns import paragraph, paragraphs, said

MOST_NAMED = 4
MOST_LOST = 8  # areas named that cannot be compared
CLOSE = 50  # metres between areas that share a border: generalised shapes leave gaps
SEEN = 2.8  # standard errors of a difference that is found four times of five: 1.96 + 0.84
USUAL = 0.2  # a share as shares are


def headline(this_year: Results) -> Text | None:
    """Say the year's finding in everyday words: better or worse, where it is worst, who changed."""
    about, crime = rows.about(this_year), registers.whole(this_year) or {"verdict": ""}
    where = _highest(this_year, "worst" if about["is_index"] else "top")
    if not (about["is_shown"] or where):
        return registers.crime_alone(this_year)
    first = said("findings.headline", crime=crime, **about) if about["is_shown"] else ""
    return paragraph(first, where, *_changed_areas(this_year))


def key_figures(this_year: Results) -> KeyFigures | None:
    """Give the year in four figures: the index, certain changes, the promise, reported crime."""
    about, tested = rows.about(this_year), rows.tested(this_year)
    row, certain = about["row"], [each["name"] for each in rows.certain(tested)]
    named = swedish.listed(certain) if len(certain) <= MOST_NAMED else ""
    value = wording.value(row) if about["is_shown"] else ""
    count = f"{len(certain)} av {len(tested)}" if len(tested) else ""
    items = (
        KeyFigure(row.get("label", ""), value, value and said("findings.value_note", **about)),
        KeyFigure("Områden med säkerställd förändring", count, named),
        registers.promise_figure(this_year),
        registers.crime_figure(this_year),
    )
    there = tuple(item for item in items if item and item.value)
    return KeyFigures(there) if there else None


def response(this_year: Results) -> Text | None:
    """Say how many were asked and answered, and why a table's number of answers is lower."""
    found = this_year.response.query("year == @this_year.year and answered == answered")
    about, declared = rows.about(this_year), this_year.config.year
    if found.empty or this_year.context.kind == "register":
        return None
    row, source = found.iloc[0].to_dict(), declared.survey or declared.delivered
    when, n = source.fieldwork if source else "", about["row"].get("n", float("nan"))
    is_fewer = declared.survey is not None and n < row["answered"] - 5
    asked = {"when": when, "is_fewer": is_fewer, "is_known": not pd.isna(row["rate"])}
    return paragraph(said("findings.response", n=n, asked=row, **asked, **about))


def total(this_year: Results) -> Text | None:
    """Say the municipality's value, how it changed and what the scale means."""
    about = rows.about(this_year)
    return paragraph(said("findings.total", **about)) if about["is_shown"] else None


def comparison(this_year: Results) -> Text | None:
    """Say which areas changed for certain, which are not compared, and what could be seen at all."""
    about, tested = rows.about(this_year), rows.tested(this_year)
    if this_year.main is None or this_year.areas.empty:
        return None
    if this_year.earlier is None:
        return paragraph(this_year.why_not)
    areas = rows.places(this_year).query("area != ''")
    lost = list(areas.query("verdict in ['not_compared', 'withheld']")["name"])
    redrawn = this_year.areas.query("history != ''").to_dict("records")
    count = len(tested) - len(rows.certain(tested))
    others = count if count < len(tested) else 0
    named = lost if len(lost) <= MOST_LOST else []
    usual = areas["n"].median()
    return paragraphs(
        " ".join(
            [
                *_changed_areas(this_year),
                said("findings.left", count=others, names=named),
            ]
        ).strip(),
        said("findings.power", **_power(usual), **about) if len(tested) else "",
        said("findings.redrawn", areas=redrawn, **about) if redrawn else "",
    )


def _power(n: float) -> rows.Found:
    """Reckon the change of a share that `n` answers a year show four times of five."""
    if pd.isna(n):
        return {"n": None, "points": None}
    points = 100 * SEEN * (2 * USUAL * (1 - USUAL) / n) ** 0.5
    return {"n": max(10, 10 * round(n / 10)), "points": max(5, 5 * round(points / 5))}


def _changed_areas(this_year: Results) -> list[str]:
    """Name the areas that changed for certain, or say that none did; nothing where none is tested."""
    tested = rows.tested(this_year)
    ways = {way: rows.certain(tested, way) for way in wording.CERTAIN}
    only = rows.certain(tested)
    if tested.empty:
        return []
    if len(only) < 2:
        return [said("findings.one_changed", rows=only, **rows.about(this_year))]
    return [said("findings.changed", rows=found, way=way) for way, found in ways.items() if found]


def priority(this_year: Results) -> Text | None:
    """Say what happened in the priority areas, together and in each."""
    chosen = list(this_year.areas.loc[this_year.areas["is_priority"], "area"])
    if this_year.main is None or not chosen:
        return None
    declared, own = this_year.config.municipality, rows.places(this_year)
    own = own.loc[own["area"].isin(chosen)]
    who = [name for name in (declared.name, declared.police_area) if name]
    fell = own.query("verdict in @wording.TESTED and difference < 0")["name"]
    certain = [row["name"] for row in rows.certain(own, "fall")]
    names = {"who": who, "names": list(own["name"]), "fell": list(fell), "certain": certain}
    points = [f"- {_portrait(this_year, area, 'briefly')}" for area in chosen]
    return paragraphs(
        said("findings.priority", **names, **rows.about(this_year)), "\n".join(points)
    )


def risen(this_year: Results) -> Text | None:
    """Name every area whose value is higher than last year, and what may be said of it."""
    tested = rows.tested(this_year)
    up = tested.query("difference > 0").to_dict("records")
    certain = [row["name"] for row in rows.certain(tested, "rise")]
    about = rows.about(this_year)
    return (
        paragraph(said("findings.risen", rows=up, certain=certain, **about))
        if len(tested)
        else None
    )


def highest(this_year: Results) -> Text | None:
    """Say which area is highest, who cannot be told from it, how it changed and what drives it."""
    top = rows.highest(this_year)
    more = _portrait(this_year, top[0]["area"], "portrait") if len(top) == 1 else ""
    return paragraph(_highest(this_year, "highest"), more)


def area(this_year: Results, chosen: str) -> Text | None:
    """Say an area's value, change, place beside the rest of the municipality, and what drives it."""
    return paragraph(_portrait(this_year, chosen, "area")) if this_year.main else None


def area_title(mapped: pd.DataFrame, chosen: str) -> str:
    """Say an area's value, as the title of its map."""
    row = mapped.loc[mapped["area"].eq(chosen)].iloc[0].to_dict()
    return f"{row['name']}: {row['label'].lower()} {wording.value(row)}, {row['year']}"


def _highest(this_year: Results, block: str) -> str:
    """Name the highest area, or those that share its value, and who may be as high."""
    top = rows.highest(this_year)
    names = [row["name"] for row in top]
    also = [
        row.name
        for row in this_year.areas.itertuples()
        if row.area in this_year.like_highest and row.name not in names
    ]
    about = rows.about(this_year) | {"row": top[0]} if top else {}
    return said(f"findings.{block}", names=names, also=also, few=MOST_NAMED, **about) if top else ""


def _portrait(this_year: Results, area: str, block: str) -> str:
    """Say of an area its value, its change, its place and what drives it; or why it is not shown."""
    about, total = rows.about(this_year, area), rows.about(this_year)
    if not about["is_shown"]:
        why = wording.WHY[this_year.context.kind].get(about["row"].get("status", "not_asked"), "")
        return said("findings.hidden", why=why, is_own=block == "area", **about)
    rest = this_year.against_rest.query("area == @area and measure == @this_year.main")
    history = this_year.areas.set_index("area")["history"][area]
    more = {"above": rows.above(this_year, area), "rest": rest.to_dict("records")}
    more |= {"total": total["row"] if total["is_shown"] else None, "history": history}
    return said(f"findings.{block}", **more, **about)


def changed(this_year: Results, area: str = "") -> Text | None:
    """List the questions that changed for certain in an area or in all; and how many were tested."""
    moved = rows.questions(this_year, this_year.changes, area)
    tested = moved.query("verdict in @wording.TESTED")
    if this_year.earlier is None or moved.empty:
        return None
    counts = {"tested": len(tested), "compared": int(moved["difference"].notna().sum())}
    about = rows.about(this_year)
    return paragraph(said("findings.questions", rows=rows.certain(tested), **counts, **about))


def neighbours(this_year: Results, area: str) -> Text | None:
    """Name the areas that share a border with an area, with their values."""
    shapes = this_year.areas.set_index("area").geometry
    if this_year.main is None or shapes.isna()[area]:
        return None
    near = shapes.index[shapely.dwithin(shapes.to_numpy(), shapes[area], CLOSE)]
    found = rows.places(this_year)
    found = found.loc[found["area"].isin(near) & found["area"].ne(area)]
    return paragraph(said("findings.neighbours", rows=found.to_dict("records")))


def answered(this_year: Results, area: str) -> Text | None:
    """Say how many answered the questions in an area."""
    n, known = (
        rows.questions(this_year, this_year.estimates, one)["n"].dropna() for one in (area, "")
    )
    if this_year.context.kind == "register" or known.empty:
        return None
    return paragraph(said("findings.answered", few=n.min(), most=n.max(), hidden=n.empty))
