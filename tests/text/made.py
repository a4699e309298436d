"""A year's results written by hand: three areas, two years, every number in sight."""

from __future__ import annotations

from dataclasses import fields
from math import isnan
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from analysis import printing
from analysis.results import Results
from analysis.sources import config
from analysis.sources.records import CrimeSource, DeliveredSource, Municipality, SurveySource, Year

NAN = float("nan")
# area: name, value 2022, value 2023, verdict; an index is ± 0,20, a share ± 0,05; 80 answers
INDEX = {
    "norr": ("Norr", 1.00, 1.10, "uncertain"),
    "soder": ("Söder", 2.40, 1.70, "fall"),
    "vast": ("Väst", 1.50, 1.60, "uncertain"),
    "": ("Hela kommunen", 1.60, 1.40, "fall"),
}
QUESTION = {
    "norr": ("Norr", 0.10, 0.10, "not_tested"),
    "soder": ("Söder", 0.40, 0.30, "not_tested"),
    "vast": ("Väst", 0.20, 0.22, "not_tested"),
    "": ("Hela kommunen", 0.25, 0.20, "fall"),
}
MEASURES = [
    ("index", "Problemindex", "index", "index", 2),
    ("sent", "Otrygg ute sent", "question", "share", 0),
]
PROMISES = {"promise": list("abcd"), "fulfilled": ["ja", "ja", "delvis", "ej följts upp"]}
WATER = [
    (2022, "Amfetamin", 100.0, "measured"),
    (2022, "Metamfetamin", NAN, "below_loq"),
    (2023, "Amfetamin", 120.0, "measured"),
    (2023, "Metamfetamin", 3.0, "measured"),
    (2023, "MDMA", NAN, "below_loq"),
]
CELL = ["area", "name", "before", "value", "verdict", "measure", "label", "unit", "decimals"]
Rows = dict[str, tuple[str, float, float, str]]
Measures = list[tuple[str, str, str, str, int]]


def of(
    *,
    kind: str = "survey",
    index: Rows | None = INDEX,
    measures: Measures = MEASURES,
    margin: float = 0.2,
    crime: tuple[int, int, str] | None = (1000, 1160, "rise"),
) -> Results:
    """Make the results of 2023; `index` has the values of the first of the measures."""
    asked, counted = _asked(index or INDEX, measures, margin), _counted(*crime or (1, 1, ""))
    frames = {name: frame if index else frame.iloc[:0] for name, frame in asked.items()}
    frames |= {name: frame if crime else frame.iloc[:0] for name, frame in counted.items()}
    declared = _declared(kind)
    about = {"root": Path(__file__).parents[2], "year": 2023, "earlier": 2022, "why_not": ""}
    about |= {"main": measures[0][0] if index else None, "like_highest": ("vast",)}
    about |= {"config": declared, "context": printing.context(declared, 2022), "areas": _areas()}
    texts = {"01-a": "# Året\n\nDet hände mycket.", "02-b": "# Bara rubrik"}
    unused = {field.name: pd.DataFrame() for field in fields(Results)}
    return Results(**{**unused, **about, **frames, "texts": texts})


def words(shown: Any) -> str:
    """Return the words of what a cell shows; nothing of None."""
    return "" if shown is None else getattr(shown, "markdown", str(shown))


def _declared(kind: str) -> config.Config:
    names = {"name": "Lillstads kommun", "short_name": "Lillstad", "code": "9999"}
    asked = {"file": "s.csv", "source": "Lillstads enkät", "columns": {"area": "omr"}}
    own = {"crime": CrimeSource(file="crime.csv", source="Brå", mean_population=10_000)}
    if kind == "survey":
        own["survey"] = SurveySource(invited=400, fieldwork="i höst", **asked)
    else:
        asked |= {"source": "SCB, index", "form": "wide", "unit": "index"}
        own["delivered"] = DeliveredSource(kind="register", **asked)
    return config.Config(Municipality(police_area="polisen", **names), Year(year=2023, **own), None)


def _areas() -> gpd.GeoDataFrame:
    squares = [shapely.box(1000 * at, 0, 1000 * (at + 1), 1000) for at in range(3)]
    names = {"area": ["norr", "soder", "vast"], "name": ["Norr", "Söder", "Väst"], "history": ""}
    frame = pd.DataFrame({**names, "is_priority": [True, True, False]})
    return gpd.GeoDataFrame(frame, geometry=squares, crs=3006)


def _asked(index: Rows, measures: Measures, margin: float) -> dict[str, pd.DataFrame]:
    """Return the survey's frames."""
    rows = [
        (area, *row, measure, label, unit, decimals)
        for at, (measure, label, _, unit, decimals) in enumerate(measures)
        for area, row in (QUESTION if at else index).items()
    ]
    moved = pd.DataFrame(rows, columns=CELL)
    moved["difference"] = (moved["value"] - moved["before"]).round(2)
    both = [moved.assign(year=2023), moved.assign(year=2022, value=moved["before"])]
    cells = pd.concat(both, ignore_index=True).drop(columns=["before", "difference", "verdict"])
    reach = cells["unit"].map({"share": margin / 4, "index": margin})
    shown = {True: "hidden", False: "shown"}
    rest = [("soder", "higher", "certain"), ("norr", "lower", "uncertain")]
    rest = pd.DataFrame(rest, columns=["area", "direction", "verdict"])
    answered = {"year": [2023], "invited": [400.0], "answered": [240.0], "rate": [0.6]}
    return {
        "estimates": cells.assign(
            lower=cells["value"] - reach,
            upper=cells["value"] + reach,
            n=cells["area"].eq("").map({True: 230.0, False: 80.0}),
            status=cells["value"].isna().map(shown),
        ),
        "reference": cells.iloc[:0],
        "changes": moved,
        "measures": pd.DataFrame(measures, columns=["measure", "label", "level", *CELL[-2:]]),
        "against_rest": rest.assign(measure=measures[0][0])[: 0 if isnan(margin) else 2],
        "response": pd.DataFrame(answered),
    }


def _counted(before: int, now: int, verdict: str) -> dict[str, pd.DataFrame]:
    """Return the registers' frames."""
    labels = pd.DataFrame({"label": ["Alla brott", "Övriga brott"], "parent": ["", "Alla brott"]})
    both = labels.assign(area="", before=float(before), count=float(now), verdict=verdict)
    water = pd.DataFrame(WATER, columns=["year", "substance", "value", "state"])
    return {
        "crime": both.assign(year=2023, preliminary=False),
        "crime_changes": both.assign(percent=100 * (now / before - 1)),
        "wastewater": water.assign(place="Tätorten"),
        "promises": pd.DataFrame(PROMISES),
    }
