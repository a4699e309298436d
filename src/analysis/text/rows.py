"""What the sentences look up: a year's results in, rows and the words for them out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.figures import wording
from analysis.results import Results

Found = dict[str, Any]
LEAST = {"share": 0.05, "%": 5.0}  # above the municipality, to be named as what sets an area apart


def places(this_year: Results) -> pd.DataFrame:
    """Return this year's main measure and its change: a row for each area, "" for everyone."""
    now = this_year.estimates.query("year == @this_year.year and measure == @this_year.main")
    moved = this_year.changes[["area", "measure", "before", "difference", "verdict"]]
    found = now.merge(moved, on=["area", "measure"], how="left", validate="one_to_one")
    return found.assign(verdict=found["verdict"].astype(object).fillna("not_compared"))


def tested(this_year: Results) -> pd.DataFrame:
    """Return the areas whose change was tested, the largest change first."""
    found = places(this_year).query("area != '' and verdict in @wording.TESTED")
    return found.sort_values("difference", key=abs, ascending=False, kind="stable")


def certain(frame: pd.DataFrame, *verdicts: str) -> list[Found]:
    """Return the rows that changed for certain, one way or both."""
    ways = verdicts or wording.CERTAIN
    found: list[Found] = frame.loc[frame["verdict"].isin(ways)].to_dict("records")
    return found


def highest(this_year: Results) -> list[Found]:
    """Return the area with the highest printed value, or those that share it."""
    shown = places(this_year).query("area != '' and status in @wording.SHOWN")
    found: list[Found] = shown.loc[shown["value"].eq(shown["value"].max())].to_dict("records")
    return found


def questions(this_year: Results, frame: pd.DataFrame, area: str) -> pd.DataFrame:
    """Choose an area's questions from estimates or changes."""
    asked = this_year.measures.query("level == 'question'")["measure"]
    rows = frame.loc[frame["area"].eq(area) & frame["measure"].isin(asked)]
    return rows.loc[rows["year"].eq(this_year.year)] if "year" in rows else rows


def above(this_year: Results, area: str, most: int = 4) -> list[Found]:
    """Return the questions in which an area lies most above the municipality (`whole`)."""
    own, whole = (questions(this_year, this_year.estimates, one) for one in (area, ""))
    whole = whole[["measure", "value"]].rename(columns={"value": "whole"})
    both = own.merge(whole, on="measure", validate="one_to_one")
    both = both.assign(excess=both["value"] - both["whole"])
    least = both["unit"].map(LEAST).astype(float).fillna(0.0)
    far = both.loc[both["excess"].gt(0) & both["excess"].round(6).ge(least)]
    ordered = far.sort_values("excess", ascending=False, kind="stable")
    found: list[Found] = ordered.head(most).to_dict("records")
    return found


def about(this_year: Results, area: str = "") -> Found:
    """Return what most sentences need: the place's words, the years, an area's row if it has one."""
    words, found = this_year.context, places(this_year).query("area == @area")
    row = found.iloc[0].to_dict() if len(found) else {}
    label, is_survey = row.get("label", ""), words.kind == "survey"
    is_question = is_survey and row.get("unit") in LEAST
    return {
        "place": words.place,
        "unit_word": words.unit_word,
        "year": this_year.year,
        "earlier": this_year.earlier,
        "why_not": this_year.why_not,
        "name": f"”{label}”" if is_question else label,
        "margin": wording.MARGIN[words.kind].lower(),
        "is_survey": is_survey,
        "is_index": is_survey and this_year.main == "index",
        "row": row,
        "is_shown": row.get("status") in wording.SHOWN,
    }
