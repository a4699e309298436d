"""Which earlier years a year may be compared with: estimates in, years and reasons in Swedish out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis import estimates, paths
from analysis.errors import refuse
from analysis.estimates import INDEX, KEYS, Estimates
from analysis.sources import areas as register_of
from analysis.sources import config
from analysis.sources.config import Config

HOW = {"computed": "räknade ur svaren", "delivered": "levererade färdiga"}
KIND = ["measure", "unit", "source"]


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """The earlier years of the same series.

    Attributes:
        years: their estimates; not all cells need be of this year's unit and source (`alike`).
        earlier: the newest year that has a survey or a table, if it is one of them.
        why_not: why it is not, or why its index is not compared; "" where nothing is in the way.
    """

    years: Mapping[int, Estimates]
    earlier: int | None
    why_not: str


def past(root: Path, declared: Config, now: Estimates) -> Past:
    """Estimate the earlier years that belong to the same series as this one.

    Raises:
        Refusal: for faults in their files, and for two models of one name that differ.
    """
    number = declared.year.year
    years: dict[int, Estimates] = {}
    reasons: dict[int, str] = {}
    for year in [year for year in paths.years(root) if year < number]:
        before = config.of(root, year)
        if before.year.survey is None and before.year.delivered is None:
            continue
        reasons[year] = _redesigned(root, declared, before)
        if reasons[year]:
            continue
        found = estimates.of(root, before, register_of.register(root, year))
        reasons[year] = _unlike(found.cells, now.cells, year, number)
        if not alike(found.cells, now.cells).empty:
            years[year] = found
    newest = max(reasons, default=None)
    if now.cells.empty:
        return Past({}, None, "")
    if newest is None:
        return Past({}, None, "Det finns inga tidigare uppgifter att jämföra med.")
    return Past(years, newest if newest in years else None, reasons[newest])


def alike(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of an earlier year that have the same unit and source now."""
    return before.merge(now[[*KEYS, "unit", "source"]])


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
    if now.year.division != before.year.division and not _is_redrawn(root, year, now.year.year):
        return f"Områdena har andra gränser än {year}; åren kan inte jämföras."
    return ""


def _is_redrawn(root: Path, year: int, number: int) -> bool:
    """Tell whether the register says which areas begin or end between two years."""
    register = register_of.register(root)
    begins = register["first_year"].between(year + 1, number)
    return bool((begins | register["last_year"].between(year, number - 1)).any())


def _unlike(before: pd.DataFrame, now: pd.DataFrame, year: int, number: int) -> str:
    """Say why the measures of two years are not compared, or why the index is not."""
    both = now[KIND].drop_duplicates().merge(before[KIND].drop_duplicates(), on="measure")
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
