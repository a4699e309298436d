"""How gated cells are laid out and printed: the frames of `Results` and the columns of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analysis.estimates import EVERYONE, TOTAL
from analysis.sources.config import Config
from analysis.sources.records import SPLITS
from analysis.sources.survey import REFERENCE
from analysis.statistics import comparison, disclosure

UNIT = ["unit", "decimals"]
AREA = ["area", "name", "measure", "label"]
GROUP = ["split", "split_label", "group", "measure", "label"]
CELL = ["value", "lower", "upper", "n", "status", *UNIT, "source"]
CHANGE = [*UNIT, "before", "value", "difference", "lower", "upper", "verdict"]
COLUMNS = {
    "estimates": ["year", *AREA, *CELL],
    "splits": ["year", *GROUP, *CELL],
    "reference": ["year", *AREA, *CELL],
    "changes": [*AREA, *CHANGE],
    "split_changes": [*GROUP, *CHANGE],
    "against_rest": [*AREA, "direction", "verdict"],
    "reconciled": [*AREA, "delivered", "computed"],
}
ABSENT = {"status": "not_asked", "source": "computed", "verdict": comparison.NOT_COMPARED}


@dataclass(frozen=True, slots=True)
class Context:
    """What every frame of a year carries: its years, its place's words, its sources and breaks."""

    year: int
    earlier: int | None
    place: str
    genitive: str
    municipality: str
    whole: str
    unit_word: str
    kind: str
    source: str
    crime_source: str
    promises_source: str
    wastewater_source: str
    index_breaks: tuple[float, ...]
    share_breaks: tuple[float, ...]
    report_title: str

    def __deepcopy__(self, memo: object) -> Context:
        """Return itself: it never changes, and pandas copies it at every operation on a frame."""
        return self


def context(declared: Config, earlier: int | None) -> Context:
    """Gather what the frames of a year carry; `earlier` is the year that it is compared with."""
    place, own = declared.municipality, declared.year
    main = own.delivered or own.survey
    title = "Årsanalys – medborgarlöftet" if own.promises else "Årsanalys"
    return Context(
        year=own.year,
        earlier=earlier,
        place=place.short_name,
        genitive=place.genitive,
        municipality=place.name,
        whole=f"hela {place.unit_word}",
        unit_word=place.unit_word,
        kind=main.kind if main else "register",
        source=main.source.rstrip(".") if main else "",
        **{
            f"{kind}_source": source.source.rstrip(".") if (source := getattr(own, kind)) else ""
            for kind in ("crime", "promises", "wastewater")
        },
        index_breaks=place.map.index_breaks,
        share_breaks=place.map.share_breaks,
        report_title=place.report_title or title,
    )


def laid_out(
    name: str,
    rows: pd.DataFrame,
    parts: pd.DataFrame,
    measures: pd.DataFrame,
    *,
    how: Literal["left", "inner"] = "left",
) -> pd.DataFrame:
    """Print rows as a frame of `Results`, by parts and by measures, in their order.

    Args:
        name: of the frame, a key of COLUMNS.
        rows: gated numbers by `measure` and the keys that they share with the parts.
        parts: one row per part of the place, and per year where the frame has years.
        how: "left" gives every measure of every part a row.
    """
    grid = parts.merge(measures[["measure", "label", *UNIT]], how="cross")
    own = rows.drop(columns=["label", *UNIT], errors="ignore")
    found = grid.merge(own, how=how, validate="one_to_one").fillna(ABSENT)
    return disclosure.printed(found)[COLUMNS[name]]


def places(areas: pd.DataFrame, declared: Config) -> tuple[pd.DataFrame, pd.DataFrame]:
    """List the areas and the whole; and the country or county beside, where a table has one."""
    table, whole = declared.year.delivered, f"Hela {declared.municipality.unit_word}"
    others = [(TOTAL, whole), (REFERENCE, table.reference if table else None)]
    named = [*zip(areas["area"], areas["name"], strict=True), *others]
    found = pd.DataFrame(named, columns=["area", "name"]).dropna().assign(split="", group="")
    return found.iloc[: len(areas) + 1], found.iloc[len(areas) + 1 :]


def groups(cells: pd.DataFrame) -> pd.DataFrame:
    """List the groups of people that a year has, with the words for how they are split."""
    found = cells.loc[cells["split"].ne(""), [*EVERYONE]].drop_duplicates()
    return found.assign(split_label=found["split"].map(SPLITS))
