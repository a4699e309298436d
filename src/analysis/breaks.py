"""Which earlier years a year may be compared with: estimates in, years and a reason out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis import estimates, paths
from analysis.estimates import INDEX, KEYS, Estimates
from analysis.sources import areas as register_of
from analysis.sources import config
from analysis.sources.config import Config

ALIKE = ["unit", "source"]
HOW = {"computed": "räknade ur svaren", "delivered": "levererade färdiga"}
FIRST = "Det finns inga tidigare uppgifter att jämföra med."


def past(root: Path, declared: Config, now: Estimates) -> tuple[dict[int, Estimates], str]:
    """Estimate the earlier years of this year's series, which ends at the first break.

    Returns:
        The years, newest first, with the cells that have the same unit and source now; and why
        the newest is not compared, or its index, in Swedish; "" where nothing is in the way.

    Raises:
        Refusal: for faults in their files.
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
    return years, "" if now.cells.empty else [*reasons, FIRST][0]


def _redesigned(root: Path, now: Config, before: Config) -> str:
    """Say what was made anew between two years: the questions and the model, or the areas.

    Areas may have new boundaries where the register says which begin or end.
    """
    year, number = before.year.year, now.year.year
    models = [
        each and each.model_dump(exclude={"valid_from"}) for each in (now.model, before.model)
    ]
    if models[0] != models[1]:
        return f"Mätningen gjordes om efter {year}; åren kan inte jämföras."
    if now.year.division == before.year.division:
        return ""
    register = register_of.register(root)
    begins = register["first_year"].between(year + 1, number)
    is_told = (begins | register["last_year"].between(year, number - 1)).any()
    return "" if is_told else f"Områdena har andra gränser än {year}; åren kan inte jämföras."


def _unlike(before: pd.DataFrame, now: pd.DataFrame, year: int, number: int) -> str:
    """Say why the index of two years, or else all of their measures, are not compared."""
    kinds = [cells[["measure", *ALIKE]].drop_duplicates() for cells in (before, now)]
    both = kinds[0].merge(kinds[1], on="measure", suffixes=("", "_now"))
    is_made, is_index = both["source"].ne(both["source_now"]), both["measure"].eq(INDEX)
    is_other = is_made | both["unit"].ne(both["unit_now"])
    broken = both.loc[is_other & (is_index | is_other.all())]
    if broken.empty and len(both):
        return ""
    if not is_made[broken.index].any():
        return f"Underlaget för {year} har ett annat mått; åren kan inte jämföras."
    first, what = broken.loc[is_made].iloc[0], "Indexvärdena" if is_index.any() else "Värdena"
    was, is_now = HOW[first["source"]], HOW[first["source_now"]]
    return f"{what} för {year} är {was}, de för {number} {is_now}; de kan inte jämföras."
