"""Which earlier years a year may be compared with: estimates in, years and a reason out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis import estimates, paths
from analysis.errors import refuse
from analysis.estimates import INDEX, KEYS, Estimates
from analysis.sources import areas as register_of
from analysis.sources import config
from analysis.sources.config import Config

HOW = {"computed": "räknade ur svaren", "delivered": "levererade färdiga"}
ALIKE = ["unit", "source"]


def past(root: Path, declared: Config, now: Estimates) -> tuple[dict[int, Estimates], str]:
    """Estimate the earlier years of this year's series, which ends at the first break.

    Returns:
        The years, newest first, with the cells that have the same unit and source now; and why
        the newest is not compared, or its index, in Swedish; "" where nothing is in the way.

    Raises:
        Refusal: for faults in their files, and for two models of one name that differ.
    """
    number = declared.year.year
    earlier = [config.of(root, year) for year in reversed(paths.years(root)) if year < number]
    years: dict[int, Estimates] = {}
    reasons: list[str] = []
    for before in [each for each in earlier if each.year.survey or each.year.delivered]:
        year = before.year.year
        reasons.append(_redesigned(root, declared, before))
        if reasons[-1]:
            break
        found = estimates.of(root, before, register_of.register(root, year))
        reasons[-1] = _unlike(found.cells, now.cells, year, number)
        alike = found.cells.merge(now.cells[[*KEYS, *ALIKE]])
        if alike.empty:
            break
        years[year] = replace(found, cells=alike)
    reasons.append("Det finns inga tidigare uppgifter att jämföra med.")
    return years, "" if now.cells.empty else reasons[0]


def _redesigned(root: Path, now: Config, before: Config) -> str:
    """Say what was made anew between two years: the questions and the model, or the areas."""
    year, models = before.year.year, (now.model, before.model)
    names = [model and model.name for model in models]
    if names[0] != names[1]:
        return f"Mätningen gjordes om efter {year}; åren kan inte jämföras."
    contents = [model and model.model_dump(exclude={"valid_from"}) for model in models]
    if contents[0] != contents[1]:
        what = f"två versioner heter ”{names[0]}” men är olika."
        raise refuse(what, "Ge den nya ett eget name.", file="data/index_model.toml")
    register = register_of.register(root)
    is_new = register["first_year"].between(year + 1, now.year.year)
    is_new |= register["last_year"].between(year, now.year.year - 1)
    if now.year.division != before.year.division and not is_new.any():
        return f"Områdena har andra gränser än {year}; åren kan inte jämföras."
    return ""


def _unlike(before: pd.DataFrame, now: pd.DataFrame, year: int, number: int) -> str:
    """Say why the measures of two years are not compared, or why the index is not."""
    kinds = [cells[["measure", *ALIKE]].drop_duplicates() for cells in (now, before)]
    both = kinds[0].merge(kinds[1], on="measure")
    is_other = both["unit_x"].ne(both["unit_y"]) | both["source_x"].ne(both["source_y"])
    leading = both.loc[both["measure"].eq(INDEX) | is_other.all()]
    if not (both.empty or is_other[leading.index].any()):
        return ""
    sources = leading.loc[leading["source_x"].ne(leading["source_y"]), ["source_y", "source_x"]]
    if sources.empty:
        return f"Underlaget för {year} har ett annat mått; åren kan inte jämföras."
    was, is_now = (HOW[source] for source in sources.iloc[0])
    what = "Indexvärdena" if leading["measure"].eq(INDEX).any() else "Värdena"
    return f"{what} för {year} är {was}, de för {number} {is_now}; de kan inte jämföras."
