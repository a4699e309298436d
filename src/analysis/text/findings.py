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
from analysis.text import registers
from analysis.text import sentences as of
from analysis.text.sentences import say, told

MOST_NAMED = 4
MOST_LOST = 8  # areas named that cannot be compared
CLOSE = 50  # metres between areas that share a border: generalised shapes leave gaps
SEEN = 2.8  # standard errors of a difference that is found four times of five: 1.96 + 0.84
USUAL = 0.2  # a share as shares are


def headline(this_year: Results) -> Text | None:
    """Say the year's finding in everyday words: better or worse, where it is worst, who changed."""
    crime = registers.whole(this_year) or {"verdict": ""}
    first, where = say(this_year, "findings.headline", crime=crime), _highest(this_year, "top")
    if not (first or where):
        return registers.crime_alone(this_year)
    return told(first, where, say(this_year, "findings.changed_areas"))


def key_figures(this_year: Results) -> KeyFigures | None:
    """Give the year in four figures: the index, certain changes, the promise, reported crime."""
    facts = of.facts(this_year)
    row, tested = facts["row"], facts["tested"]
    certain = [each["name"] for each in tested if each["verdict"] in wording.CERTAIN]
    named = swedish.listed(certain) if len(certain) <= MOST_NAMED else ""
    items = [registers.promise_figure(this_year), registers.crime_figure(this_year)]
    if tested:
        count = f"{len(certain)} av {len(tested)}"
        items.insert(0, KeyFigure("Områden med säkerställd förändring", count, named))
    if facts["is_shown"]:
        note = say(this_year, "findings.value_note")
        items.insert(0, KeyFigure(row["label"], wording.value(row), note))
    there = tuple(filter(None, items))
    return KeyFigures(there) if there else None


def response(this_year: Results) -> Text | None:
    """Say how many were asked and answered, and why a table's number of answers is lower."""
    found = this_year.response.query("year == @this_year.year and answered == answered")
    declared = this_year.config.year
    source = declared.survey or declared.delivered
    if found.empty or source is None or this_year.context.kind == "register":
        return None
    asked = {"asked": found.iloc[0].to_dict(), "when": source.fieldwork, "own": declared.survey}
    return told(say(this_year, "findings.response", **asked))


def total(this_year: Results) -> Text | None:
    """Say the municipality's value, how it changed, what the country has and what the scale means."""
    country = this_year.reference.query("year == @this_year.year and measure == @this_year.main")
    shown = country.dropna(subset="value").to_dict("records")
    return told(say(this_year, "findings.total", reference=shown))


def comparison(this_year: Results) -> Text | None:
    """Say which areas changed for certain, which are not compared, and what could be seen at all."""
    if this_year.main is None or this_year.areas.empty:
        return None
    if this_year.earlier is None:
        return None if of.facts(this_year)["is_shown"] else told(this_year.why_not)
    areas = of.places(this_year).query("area != ''")
    lost = list(areas.query("verdict in ['not_compared', 'withheld']")["name"])
    n = areas["n"].median()  # answers of a usual area
    facts = {
        "lost": lost if len(lost) <= MOST_LOST else [],
        "areas": this_year.areas.query("history != ''").to_dict("records"),
        "n": n,
        "points": 100 * SEEN * (2 * USUAL * (1 - USUAL) / n) ** 0.5,  # of a share, seen in n
    }
    return told(say(this_year, "findings.comparison", **facts))


def priority(this_year: Results) -> Text | None:
    """Say what happened in the priority areas, together and in each."""
    chosen = list(this_year.areas.loc[this_year.areas["is_priority"], "area"])
    if this_year.main is None or not chosen:
        return None
    declared, own = this_year.config.municipality, of.places(this_year).query("area in @chosen")
    fell = own.query("verdict in @wording.TESTED and difference < 0")
    names = {
        "who": [name for name in (declared.name, declared.police_area) if name],
        "names": list(own["name"]),
        "fell": list(fell["name"]),
        "certain": list(fell.query("verdict == 'fall'")["name"]),
    }
    points = [f"- {_portrait(this_year, area, 'briefly')}" for area in chosen]
    return told(say(this_year, "findings.priority", **names), "\n".join(points), by="\n\n")


def risen(this_year: Results) -> Text | None:
    """Name every area whose value is higher than last year, and what may be said of it."""
    return told(say(this_year, "findings.risen"))


def highest(this_year: Results) -> Text | None:
    """Say which area is highest, who cannot be told from it, how it changed and what drives it."""
    top = of.facts(this_year)["top"]
    more = _portrait(this_year, top[0]["area"], "more") if len(top) == 1 else ""
    return told(_highest(this_year, "highest"), more)


def area(this_year: Results, chosen: str) -> Text | None:
    """Say an area's value, change, place beside the rest of the municipality, and what drives it."""
    return told(_portrait(this_year, chosen, "area")) if this_year.main else None


def area_title(mapped: pd.DataFrame, chosen: str) -> str:
    """Say an area's value, as the title of its map."""
    row = mapped.loc[mapped["area"].eq(chosen)].iloc[0].to_dict()
    return f"{row['name']}: {row['label'].lower()} {wording.value(row)}, {row['year']}"


def _highest(this_year: Results, block: str) -> str:
    """Name the highest area, or those that share its value, and who may be as high."""
    top = of.facts(this_year)["top"]
    names = [row["name"] for row in top]
    like = this_year.areas.query("area in @this_year.like_highest and name not in @names")
    also = {"also": list(like["name"]), "few": MOST_NAMED}
    return say(this_year, f"findings.{block}", names=names, row=top[0], **also) if top else ""


def _portrait(this_year: Results, area: str, block: str) -> str:
    """Say of an area its value, its change, its place and what drives it; or why it is not shown."""
    rest = this_year.against_rest.query("area == @area and measure == @this_year.main")
    history = this_year.areas.set_index("area")["history"][area]
    own = {"above": of.above(this_year, area), "rest": rest.to_dict("records")}
    return say(this_year, f"findings.{block}", area, history=history, **own)


def changed(this_year: Results, area: str = "") -> Text | None:
    """List the questions that changed for certain in an area or in all; and how many were tested."""
    moved = of.questions(this_year, this_year.changes, area)
    if this_year.earlier is None or moved["verdict"].isin(["no_interval"]).any() or moved.empty:
        return None
    certain = moved.query("verdict in @wording.CERTAIN").to_dict("records")
    counts = {"tested": moved["verdict"].isin(wording.TESTED).sum()}
    counts["compared"] = moved["difference"].notna().sum()
    return told(say(this_year, "findings.questions", rows=certain, **counts))


def neighbours(this_year: Results, area: str) -> Text | None:
    """Name the areas that share a border with an area, with their values."""
    shapes = this_year.areas.set_index("area").geometry
    if this_year.main is None or shapes.isna()[area]:
        return None
    near = shapely.dwithin(shapes.to_numpy(), shapes[area], CLOSE) & (shapes.index != area)
    found = of.places(this_year).set_index("area", drop=False).loc[shapes.index[near]]
    return told(of.said("findings.neighbours", rows=found.to_dict("records")))


def answered(this_year: Results, area: str) -> Text | None:
    """Say how many answered the questions in an area."""
    n, known = (
        of.questions(this_year, this_year.estimates, one)["n"].dropna() for one in (area, "")
    )
    if this_year.context.kind == "register" or known.empty:
        return None
    return told(of.said("findings.answered", few=n.min(), most=n.max(), hidden=n.empty))
