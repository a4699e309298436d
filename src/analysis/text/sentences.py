"""What sentences are made of: a year's results and a block of a *.md.j2 file in, Markdown out.

Python chooses the block and looks up its rows; a communicator edits the words. Names and other
texts from data are escaped, so that they never become links or marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from analysis import swedish
from analysis.figures import wording
from analysis.figures.figure import Text
from analysis.figures.wording import Row
from analysis.results import Results

Facts = dict[str, Any]
LEAST = {"share": 0.05, "%": 5.0}  # above the municipality, to be named as what sets an area apart
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
SPACES = re.compile(r" *\n +| {2,}")  # a line that begins with a space goes on
BARE = ("index", "share", "%", "")  # units that are not said after a number
PROCENT = f"{swedish.NO_BREAK}procent"


class Markdown(str):
    """A text whose marks are meant."""

    __slots__ = ()


def say(this_year: Results, name: str, area: str = "", /, **more: Any) -> Markdown:
    """Fill a pattern with a year's facts: `say(this_year, "findings.total")`.

    Args:
        name: the file without suffix, a stop, and the block.
        area: the area that `row` is of; everyone's when "".
        more: what only this pattern needs.
    """
    return said(name, **{**facts(this_year, area), **more})


def said(name: str, /, **values: Any) -> Markdown:
    """Fill a pattern with its numbers."""
    file, block = name.split(".")
    template = _environment().get_template(f"{file}.md.j2")
    written = "".join(template.blocks[block](template.new_context(values)))
    return Markdown(re.sub(r"\n{3,}", "\n\n", SPACES.sub(" ", written)).strip())


def told(*parts: str, by: str = " ") -> Text | None:
    """Join the sentences that there are, or set them as paragraphs; None where there are none."""
    return Text(Markdown(by.join(filter(None, parts)))) if any(parts) else None


@lru_cache(maxsize=4)
def facts(this_year: Results, area: str = "") -> Facts:
    """Return what sentences are made of: the place's words, the years, rows, and what there is."""
    words, own = this_year.context, this_year.config.municipality
    now, every = this_year.estimates.query("year == @this_year.year"), places(this_year)
    rows = {row["area"]: row for row in every.to_dict("records")}
    whole, row, is_survey = rows.get("", {}), rows.get(area, {}), words.kind == "survey"
    label, named = row.get("label", ""), is_survey and row.get("unit") in LEAST
    shown = every.query("area != '' and status in @wording.SHOWN")
    moved = every.query("area != '' and verdict in @wording.TESTED")
    moved = moved.sort_values("difference", key=abs, ascending=False, kind="stable")
    return {
        **{name: getattr(words, name) for name in ("year", "place", "unit_word", "municipality")},
        **own.disclosure.model_dump(include={"hide_below", "uncertain_below"}),
        "contact": str(own.contact),
        "earlier": this_year.earlier,
        "why_not": this_year.why_not,
        "name": f"”{label}”" if named else label,
        "margin": wording.MARGIN[words.kind].lower(),
        "is_survey": is_survey,
        "is_index": is_survey and this_year.main == "index",
        "has_groups": this_year.measures["level"].eq("group").any(),
        "has_margins": now["lower"].notna().any(),
        "has_counts": now["n"].notna().any(),
        "has_tests": this_year.changes["verdict"].isin(wording.TESTED).any(),
        "row": row,
        "is_shown": row.get("status") in wording.SHOWN,
        "why": wording.WHY[words.kind].get(row.get("status", "not_asked"), ""),
        "whole": whole if whole.get("status") in wording.SHOWN else None,
        "top": shown.loc[shown["value"].eq(shown["value"].max())].to_dict("records"),
        "tested": moved.to_dict("records"),
        **{way: moved.query("verdict == @way").to_dict("records") for way in wording.CERTAIN},
    }


@lru_cache(maxsize=4)
def places(this_year: Results) -> pd.DataFrame:
    """Return this year's main measure and its change: a row for each area, "" for everyone."""
    now = this_year.estimates.query("year == @this_year.year and measure == @this_year.main")
    moved = this_year.changes[["area", "measure", "before", "difference", "verdict"]]
    found = now.merge(moved, on=["area", "measure"], how="left", validate="one_to_one")
    return found.assign(verdict=found["verdict"].astype(object).fillna("not_compared"))


def questions(this_year: Results, frame: pd.DataFrame, area: str) -> pd.DataFrame:
    """Choose an area's questions of this year from estimates or changes."""
    asked = this_year.measures.query("level == 'question'")["measure"]
    rows = frame.loc[frame["area"].eq(area) & frame["measure"].isin(asked)]
    return rows.loc[rows["year"].eq(this_year.year)] if "year" in rows else rows


def above(this_year: Results, area: str, most: int = 4) -> list[Facts]:
    """Return the questions in which an area lies most above the municipality (`whole`)."""
    own, whole = (questions(this_year, this_year.estimates, one) for one in (area, ""))
    whole = whole[["measure", "value"]].rename(columns={"value": "whole"})
    both = own.merge(whole, on="measure", validate="one_to_one")
    both = both.assign(excess=both["value"] - both["whole"])
    least = both["unit"].map(LEAST).astype(float).fillna(0.0)
    far = both.loc[both["excess"].gt(0) & both["excess"].round(6).ge(least)]
    found: list[Facts] = far.nlargest(most, "excess").to_dict("records")
    return found


def plain(text: object) -> str:
    """Escape what Markdown would read as a mark or HTML."""
    return SPECIAL.sub(r"\\\1", str(text).replace("\n", " "))


def value(row: Row, column: str = "value") -> str:
    """Say a row's number in running text: 1,27, 55 procent, 6,5 kronor."""
    unit = "" if row["unit"] in BARE else f"{swedish.NO_BREAK}{row['unit']}"
    return spoken(wording.value(row, column)) + unit


def percent(number: float) -> str:
    """Say per cent in running text, without sign: 16 procent."""
    return f"{swedish.number(abs(number))}{PROCENT}"


def listed(names: Iterable[str]) -> Markdown:
    """List names, each escaped: ”Råslätt, Öxnehaga och Österängen”."""
    return Markdown(swedish.listed([str(_escaped(name)) for name in names]))


def each(rows: Iterable[Row], name: str, **more: Any) -> Markdown:
    """Fill a pattern with each row, and list them."""
    return listed(said(name, row=row, **more) for row in rows)


def lowered(words: str) -> str:
    """Begin with a small letter, inside a sentence; an abbreviation such as MDMA is left."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def spoken(written: str) -> str:
    """Say per cent in words."""
    return written.replace(f"{swedish.NO_BREAK}%", PROCENT)


def _escaped(shown: object) -> object:
    return shown if isinstance(shown, Markdown) else plain(shown)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(  # Markdown, escaped by finalize
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        finalize=_escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "about": lambda number, step: swedish.number(max(step, step * round(number / step))),
        "as_is": Markdown,
        "bare": lambda written: written.removesuffix(PROCENT),
        "change": lambda row: wording.percent(row["percent"]),
        "capitalised": lambda words: type(words)(swedish.capitalised(words)),
        "counted": swedish.counted,
        "each": each,
        "extract": lambda key, names: names[key],
        "figure": wording.value,
        "in_words": lambda count: swedish.counted(count, "område", "områden").split(" ")[0],
        "interval": lambda row: spoken(wording.interval(row)),
        "listed": listed,
        "lowered": lowered,
        "many": lambda *counted: swedish.capitalised(swedish.counted(*counted)),
        "number": swedish.number,
        "percent": percent,
        "spoken": spoken,
        "value": value,
        "verdict": wording.verdict,
        "verdict_word": wording.VERDICTS.get,
    }
    return environment
