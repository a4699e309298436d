"""Every number that a sentence of the report uses, by name: results in, value and text out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import drivers, reading, swedish
from analysis.figures import wording
from analysis.results import Results
from analysis.sources.survey import TOTAL


@dataclass(frozen=True, slots=True)
class Fact:
    """A number or a list of names, and how it is printed."""

    value: float | int | tuple[str, ...] | str
    text: str

    @property
    def names(self) -> tuple[str, ...]:
        """The list of names, of a fact that is one."""
        return self.value if isinstance(self.value, tuple) else ()


def of(year: Results) -> dict[str, Fact]:
    """Name every fact of a year; what is hidden or missing is not there.

    Names: `response.*`, `MEASURE.YEAR` and `MEASURE.AREA.YEAR` (with `.interval`, `.change`),
    `areas.*` (lists of names) and `crime.GROUP.YEAR` (with `.rate`, `.change`).
    """
    return {**response(year), **_values(year), **areas(year), **_crime(year)}


def as_json(year: Results) -> dict[str, dict[str, object]]:
    """Return the facts as plain values, for facts.json."""
    return {
        name: {
            "value": list(fact.value) if isinstance(fact.value, tuple) else fact.value,
            "text": fact.text,
        }
        for name, fact in of(year).items()
    }


def response(year: Results) -> dict[str, Fact]:
    """Name how many were asked and how many answered."""
    if year.number not in year.response.index:
        return {}
    row = year.response.loc[year.number]
    texts = {
        "invited": swedish.number(row["invited"]),
        "answered": swedish.number(row["answered"]),
        "rate": swedish.percent(row["rate"], 2),
    }
    return {
        f"response.{name}": Fact(float(row[name]), text)
        for name, text in texts.items()
        if not np.isnan(row[name])
    }


def _values(year: Results) -> dict[str, Fact]:
    """Name the main measure's and the groups' values in every area and in the municipality."""
    main = year.main_measure()
    if main is None:
        return {}
    measures = {main, *(year.model.groups if year.model else ())}
    found: dict[str, Fact] = {}
    for number in filter(None, (year.number, year.earlier)):
        rows = year.cells(year=number)
        rows = rows.loc[rows["measure"].isin(measures) & rows["status"].isin(wording.PRINTED)]
        found |= _of_cells(year, rows, number)
    return found


def _of_cells(year: Results, rows: pd.DataFrame, number: int) -> dict[str, Fact]:
    found: dict[str, Fact] = {}
    for cell in rows.to_dict("records"):
        measure = cell["measure"]
        name = ".".join(part for part in (measure, cell["area"], str(number)) if part)
        found[name] = Fact(wording.coarse(cell["value"], cell["kind"]), wording.value(cell))
        if not np.isnan(cell["lower"]):
            found[f"{name}.interval"] = Fact(wording.interval(cell), wording.interval(cell))
        change = year.change(measure, cell["area"]) if number == year.number else None
        if change is not None:
            text = wording.difference(change, cell["kind"])
            step = wording.coarse(change["difference"], cell["kind"])
            found[f"{name}.change"] = Fact(step, text)
    return found


@reading.remembered
def areas(year: Results) -> dict[str, Fact]:
    """Name the areas that are highest, lowest, rising, falling, and those that are so for certain."""
    main = year.main_measure()
    if main is None or year.areas.empty:
        return {}
    cells = year.by_area(main)
    shown = cells.loc[cells["status"].isin(wording.PRINTED)].sort_values("value", kind="stable")
    lists = {
        "priority": [
            name for name in year.areas["name"] if name in year.municipality.priority_areas
        ]
    }
    if not shown.empty:
        lists |= {"highest": [shown["name"].iloc[-1]], "lowest": [shown["name"].iloc[0]]}
        ranked = drivers.rank(year, str(shown.index[-1]))
        top = ranked.loc[ranked["is_clear"]].head(3)
        lists["drivers_of_highest"] = [year.measures["label"][name] for name in top.index]
    lists |= _moved(year, main)
    return {
        f"areas.{name}": Fact(tuple(names), swedish.listed(names)) for name, names in lists.items()
    }


def _moved(year: Results, main: str) -> dict[str, list[str]]:
    rows = year.changes
    rows = rows.loc[rows["measure"].eq(main) & rows["area"].ne(TOTAL) & rows["split"].eq("")]
    rows = (
        rows.dropna(subset="difference")
        .set_index("area")
        .reindex(year.areas.index)
        .dropna(subset="difference")
    )
    if rows.empty:
        return {}
    kind = year.measures["kind"][main]
    scale, places = (1, 2) if kind == "index" else (100, 0)
    steps = pd.Series(
        [
            int(np.sign(float(swedish.rounded(value * scale, places))))
            for value in rows["difference"]
        ],
        index=rows.index,
    )
    certain = rows["certain"].astype(bool)
    chosen = {
        "falling": steps.lt(0),
        "rising": steps.gt(0),
        "unchanged": steps.eq(0),
        "falling_certain": steps.lt(0) & certain,
        "rising_certain": steps.gt(0) & certain,
    }
    return {name: list(year.areas["name"][rows.index[mask]]) for name, mask in chosen.items()}


def _crime(year: Results) -> dict[str, Fact]:
    if year.crime is None:
        return {}
    found: dict[str, Fact] = {}
    for row in year.crime.itertuples():
        if not np.isnan(row.count):
            name = f"crime.{swedish.slug(row.code or row.label)}.{row.year}"
            rate = row.count / row.mean_population * 1e5
            found[name] = Fact(int(row.count), swedish.number(row.count))
            found[f"{name}.rate"] = Fact(rate, swedish.number(rate))
    compared = year.crime_compared
    assert compared is not None
    for row in compared.dropna(subset="percent").itertuples():
        text = swedish.number(abs(row.percent)) + swedish.NO_BREAK + "%"
        found[f"crime.{swedish.slug(row.code or row.label)}.{year.number}.change"] = Fact(
            float(row.percent), text
        )
    return found
