"""A year's results written by hand: three areas, two years, every number in sight."""

from __future__ import annotations

from dataclasses import fields
from math import isnan
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

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
WATER = [
    (2022, "Amfetamin", 100.0, "measured"),
    (2022, "Metamfetamin", NAN, "below_loq"),
    (2023, "Amfetamin", 120.0, "measured"),
    (2023, "Metamfetamin", 3.0, "measured"),
    (2023, "MDMA", NAN, "below_loq"),
]


def of(
    *,
    kind: str = "survey",
    index: dict[str, tuple[str, float, float, str]] | None = INDEX,
    measures: list[tuple[str, str, str, str, int]] = MEASURES,
    margin: float = 0.2,
    crime: tuple[int, int, str] | None = (1000, 1160, "rise"),
) -> Results:
    """Make the results of 2023; `index` has the values of the first of the measures."""
    declared = _declared(kind)
    asked, counted = _asked(index or INDEX, measures, margin), _counted(crime or (1, 1, ""))
    frames = {name: frame if index else frame.iloc[:0] for name, frame in asked.items()}
    frames |= {name: frame if crime else frame.iloc[:0] for name, frame in counted.items()}
    unused = {field.name: pd.DataFrame() for field in fields(Results)}
    own = {
        "root": Path(__file__).parents[2],
        "year": 2023,
        "earlier": 2022,
        "why_not": "",
        "main": measures[0][0] if index else None,
        "config": declared,
        "context": config.context(declared, 2022),
        "like_highest": ("vast",),
        "texts": {"01-a": "# Året\n\nDet hände mycket.", "02-b": "# Bara rubrik"},
        "areas": _areas(),
    }
    return Results(**{**unused, **own, **frames})


def words(shown: Any) -> str:
    """Return the words of what a cell shows; nothing of None."""
    return "" if shown is None else getattr(shown, "markdown", str(shown))


def _declared(kind: str) -> config.Config:
    names = {"name": "Lillstads kommun", "short_name": "Lillstad", "code": "9999"}
    survey = {"file": "s.csv", "source": "Lillstads enkät", "invited": 400, "fieldwork": "i höst"}
    table = {"file": "t.csv", "source": "SCB, index", "form": "wide", "unit": "index"}
    own = {"crime": CrimeSource(file="crime.csv", source="Brå", mean_population=10_000)}
    if kind == "survey":
        own["survey"] = SurveySource(columns={"area": "omr"}, **survey)
    else:
        own["delivered"] = DeliveredSource(kind="register", columns={"area": "omr"}, **table)
    return config.Config(Municipality(police_area="polisen", **names), Year(year=2023, **own), None)


def _areas() -> gpd.GeoDataFrame:
    squares = [shapely.box(1000 * at, 0, 1000 * (at + 1), 1000) for at in range(3)]
    names = {"area": ["norr", "soder", "vast"], "name": ["Norr", "Söder", "Väst"], "history": ""}
    frame = pd.DataFrame({**names, "is_priority": [True, True, False]})
    return gpd.GeoDataFrame(frame, geometry=squares, crs=3006)


def _asked(index: Any, measures: Any, margin: float) -> dict[str, pd.DataFrame]:
    """Return the survey's frames."""
    cells, moved = [], []
    for at, (measure, label, _, unit, decimals) in enumerate(measures):
        about = {"measure": measure, "label": label, "unit": unit, "decimals": decimals}
        reach = margin / 4 if unit == "share" else margin
        for area, (name, before, now, verdict) in (QUESTION if at else index).items():
            for year, value in ((2023, now), (2022, before)):
                cell = {
                    "year": year,
                    "area": area,
                    "name": name,
                    "value": value,
                    "n": 80.0,
                    **about,
                }
                cell |= {"lower": value - reach, "upper": value + reach, "source": "computed"}
                cells.append({**cell, "status": "hidden" if isnan(value) else "shown"})
            change = {"area": area, "name": name, "before": before, "value": now, **about}
            moved.append({**change, "difference": round(now - before, 2), "verdict": verdict})
    estimates = pd.DataFrame(cells)
    estimates.loc[estimates["area"].eq(""), "n"] = 230.0
    rest = [("soder", "higher", "certain"), ("norr", "lower", "uncertain")]
    rest = pd.DataFrame(rest, columns=["area", "direction", "verdict"])
    answered = {"year": [2023], "invited": [400.0], "answered": [240.0], "rate": [0.6]}
    names = ["measure", "label", "level", "unit", "decimals"]
    return {
        "estimates": estimates,
        "reference": estimates.iloc[:0],
        "changes": pd.DataFrame(moved),
        "measures": pd.DataFrame(measures, columns=names),
        "against_rest": rest.assign(measure=measures[0][0])[: 0 if isnan(margin) else 2],
        "response": pd.DataFrame(answered),
    }


def _counted(crime: tuple[int, int, str]) -> dict[str, pd.DataFrame]:
    """Return the registers' frames."""
    before, now, verdict = crime
    labels = pd.DataFrame({"label": ["Alla brott", "Övriga brott"], "parent": ["", "Alla brott"]})
    both = labels.assign(area="", before=float(before), count=float(now), verdict=verdict)
    kept = {"promise": list("abcd"), "fulfilled": ["ja", "ja", "delvis", "ej följts upp"]}
    water = pd.DataFrame(WATER, columns=["year", "substance", "value", "state"])
    return {
        "crime": both.assign(year=2023, preliminary=False),
        "crime_changes": both.assign(percent=100 * (now / before - 1)),
        "wastewater": water.assign(place="Tätorten"),
        "promises": pd.DataFrame(kept),
    }
