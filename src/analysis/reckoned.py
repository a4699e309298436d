"""A year reckoned from its files: everything that is read, estimated, compared and gated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from analysis import comparisons, estimates, paths, reading, release
from analysis.cells import Estimates
from analysis.errors import refuse
from analysis.results import Results
from analysis.sources import areas as register_of
from analysis.sources import boundaries as shapes
from analysis.sources import catalogue, crosswalk, promises, wastewater
from analysis.sources import registers as crime
from analysis.sources.config import IndexModel, Municipality, Year
from analysis.sources.survey import INDEX, TOTAL
from analysis.statistics import problem_index as index

RestsOn = dict[str, frozenset[Path]]


def of(root: Path, number: int) -> Results:
    """Reckon a year's results.

    Raises:
        Refusal: for faults in the year's files; not always every one.
    """
    catalogue.unread_faults(root, number)
    rests_on: RestsOn = {}
    with _heard(rests_on, ""):
        year, municipality = catalogue.year(root, number), catalogue.municipality(root)
        model, areas = catalogue.model(root, number), register_of.register(root, number)
        everywhere = register_of.register(root)
        _refuse_strange_areas(municipality, everywhere)
        earlier, why_not = _earlier(root, year, model, is_redrawn=_is_redrawn(everywhere, number))
    with _heard(rests_on, "survey"):
        now = estimates.of(root, year, model, areas)
        earlier, why_not = (earlier, why_not) if now else (None, "")
        old = catalogue.year(root, earlier) if earlier else None
        before = _before(root, old, model, crosswalk.merged(areas, number)) if old else None
    years = {key: found for key, found in ((number, now), (earlier, before)) if key and found}
    gated = _of_areas(release.gate(years, municipality.disclosure, model), areas)
    gated = gated.assign(steps=_steps(gated, model))
    return Results(
        root=root,
        municipality=municipality,
        year=year,
        model=model,
        areas=areas,
        **_geometry(root, year.division if now else None, areas, rests_on),
        measures=_measures(model, gated),
        estimates=gated,
        changes=comparisons.between(gated, number, earlier, _question_keys(model, gated)),
        rest=comparisons.with_rest(now.rest if now else None, gated, number),
        reconciled=now.reconciled if now else pd.DataFrame(),
        response=_response(years),
        earlier=earlier,
        why_not=why_not,
        history=_history(areas, number, everywhere, before),
        **_registers(root, number, rests_on),
        rests_on=rests_on,
    )


def _geometry(
    root: Path, division: str | None, areas: pd.DataFrame, rests_on: RestsOn
) -> dict[str, Any]:
    """Read what maps are drawn of, where there is something to show on them."""
    with _heard(rests_on, "shapes"):
        places = shapes.read(root, division, areas) if division else None
        water = shapes.layer(root, "water") if division else None
    return {
        "outlines": None if places is None else shapes.outlines(places),
        "water": None if water is None else shapely.union_all(water.geometry.to_numpy()),
    }


def _registers(root: Path, number: int, rests_on: RestsOn) -> dict[str, pd.DataFrame | None]:
    """Read the sources that are shown as they are."""
    found: dict[str, pd.DataFrame | None] = {}
    readers = {"crime": crime.read, "wastewater": wastewater.read, "promises": promises.read}
    for name, read in readers.items():
        with _heard(rests_on, name):
            found[name] = read(root, number)
    return {**found, "crime_compared": comparisons.crime(found["crime"], number)}


def _question_keys(model: IndexModel | None, gated: pd.DataFrame) -> frozenset[str]:
    """Name the single questions; without a model every measure is one."""
    return model.question_keys if model else frozenset(gated["measure"])


@contextmanager
def _heard(rests_on: dict[str, frozenset[Path]], name: str) -> Iterator[None]:
    """Write down which files are read meanwhile."""
    with reading.gathering() as files:
        yield
    rests_on[name] = frozenset(file for file in files if isinstance(file, Path))


def _refuse_strange_areas(municipality: Municipality, areas: pd.DataFrame) -> None:
    strangers = set(municipality.priority_areas) - set(areas["name"])
    if strangers:
        raise refuse(
            f"prioriterade områden som inte finns i areas.csv: {', '.join(sorted(strangers))}.",
            "Skriv namnen som i data/areas.csv.",
            file="data/municipality.toml",
        )


def _is_redrawn(everywhere: pd.DataFrame, number: int) -> bool:
    """Tell whether the register says how a year's areas hang together with the year before."""
    return bool(
        everywhere["first_year"].eq(number).any() or everywhere["last_year"].eq(number - 1).any()
    )


def _before(
    root: Path, old: Year, model: IndexModel | None, merged: Mapping[str, tuple[str, ...]]
) -> Estimates | None:
    """Estimate the year before by its own areas, and by this year's where they are merged."""
    return estimates.of(root, old, model, register_of.register(root, old.year), merged)


def _history(
    areas: pd.DataFrame, number: int, everywhere: pd.DataFrame, before: Estimates | None
) -> dict[str, str]:
    """Say of the areas with new boundaries what they were; nothing without a year before."""
    names = everywhere["name"].to_dict()
    return crosswalk.history(areas, number, names, before.merged) if before else {}


def _of_areas(gated: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Leave out the cells of areas that no longer exist; they were in the gate's equations."""
    return gated.loc[gated["area"].isin([*areas.index, TOTAL])].reset_index(drop=True)


def _steps(gated: pd.DataFrame, model: IndexModel | None) -> pd.Series:
    """Set every value on the index's scale by its question's curve; as it is where it has none."""
    steps = gated["value"]
    if model is None:
        return steps
    for item in model.indicators:
        if item.normal_share is not None:
            own = gated["measure"].eq(item.key) & gated["kind"].eq("share")
            curve = index.curve(item.normal_share, answers=model.answers, breadth=model.breadth)
            steps = steps.mask(own, index.score(curve, gated["value"].to_numpy(float)))
    return steps


def _earlier(
    root: Path, year: Year, model: IndexModel | None, *, is_redrawn: bool
) -> tuple[int | None, str]:
    """Find the year before that may be compared, or say in Swedish why there is none."""
    number = year.year - 1
    if number not in paths.years(root):
        return None, f"Det finns inga uppgifter för {number} att jämföra med."
    before = catalogue.year(root, number)
    if before.survey is None and before.delivered is None:
        return None, f"Ingen trygghetsundersökning för {number} finns att jämföra med."
    old = catalogue.model(root, number)
    if (old and old.name) != (model and model.name):
        return None, f"Mätningen gjordes om efter {number}; åren kan inte jämföras."
    if before.division != year.division and not is_redrawn:
        return None, f"Områdena har andra gränser än {number}; åren kan inte jämföras."
    if _unit(before) != _unit(year):
        return None, f"Underlaget för {number} har ett annat mått; åren kan inte jämföras."
    return number, ""


def _unit(year: Year) -> str | None:
    return None if year.delivered is None or year.survey else year.delivered.unit


def _measures(model: IndexModel | None, gated: pd.DataFrame) -> pd.DataFrame:
    """List the measures that the year has, in order of presentation."""
    kinds = gated.drop_duplicates("measure").set_index("measure")["kind"]
    rows = {INDEX: ("Problemindex", "", "", "", np.nan)}
    if model is not None:
        rows |= {key: (label, "", "", "", np.nan) for key, label in model.groups.items()}
        for item in model.indicators:
            normal = item.normal_share if item.normal_share is not None else np.nan
            rows[item.key] = (item.label, item.group, item.statement, item.question, normal)
    rows |= {key: (key, "", "", "", np.nan) for key in kinds.index if key not in rows}
    columns = ["label", "group", "statement", "question", "normal"]
    known = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return (
        known.assign(kind=kinds.reindex(known.index)).dropna(subset="kind").rename_axis("measure")
    )


def _response(years: dict[int, Estimates]) -> pd.DataFrame:
    """Return invited, answered and their ratio by year."""
    rows = {year: (found.invited, found.answered) for year, found in years.items()}
    counts = pd.DataFrame.from_dict(
        rows, orient="index", columns=["invited", "answered"], dtype=float
    )
    return counts.assign(rate=counts["answered"] / counts["invited"]).rename_axis("year")
