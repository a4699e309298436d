"""A year's results: files in, plain gated frames out, of which pages and data files are made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis import breaks, estimates, paths, printing
from analysis.errors import Refusal, refuse
from analysis.estimates import INDEX, Estimates
from analysis.printing import Context
from analysis.sources import areas as register_of
from analysis.sources import boundaries, config, registers, validation
from analysis.sources.config import Config, IndexModel
from analysis.statistics import comparison, disclosure, rates


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Results:
    """All that may be said of a year, as it is printed: `docs/results.md` tells every column.

    Attributes:
        earlier: the year compared with; `why_not` says in Swedish why not, or what is not compared.
        main: the measure that leads the report: the index, else the first there is.
        like_highest: the areas that cannot be told from the highest of the main measure.
    """

    root: Path
    year: int
    earlier: int | None
    why_not: str
    main: str | None
    config: Config
    context: Context
    like_highest: tuple[str, ...]
    texts: Mapping[str, str]
    areas: gpd.GeoDataFrame
    backdrop: gpd.GeoDataFrame
    measures: pd.DataFrame
    estimates: pd.DataFrame
    splits: pd.DataFrame
    changes: pd.DataFrame
    split_changes: pd.DataFrame
    against_rest: pd.DataFrame
    response: pd.DataFrame
    reconciled: pd.DataFrame
    reference: pd.DataFrame
    crime: pd.DataFrame
    crime_changes: pd.DataFrame
    wastewater: pd.DataFrame
    promises: pd.DataFrame

    def __repr__(self) -> str:
        """Say what there is, in a line."""
        questions = int(self.measures["level"].eq("question").sum())
        compared = f"Jämförs med {self.earlier}." if self.earlier else self.why_not
        what = f"{questions} frågor, {len(self.areas)} områden. {compared}"
        return f"{self.context.municipality} {self.year}: {what}".rstrip()


def of(year: int | None = None, root: Path | str | None = None) -> Results:
    """Return a year's results, reckoned once for each state of the files.

    Args:
        year: a folder in data/; the newest when None.
        root: the municipality's folder; the nearest one upwards from here when None.

    Raises:
        Refusal: with every fault in the year's files.
    """
    home = paths.root(root)
    number = paths.newest(home) if year is None else year
    files = sorted(file for name in ("data", "shapes") for file in (home / name).rglob("*.*"))
    stamps = [(file, stat.st_mtime_ns, stat.st_size) for file in files if (stat := file.stat())]
    try:
        return _of(home, number, tuple(stamps))
    except Refusal as refusal:
        raise Refusal(validation.faults(home, number, refusal.findings)) from None


@lru_cache(maxsize=4)
def _of(root: Path, number: int, stamps: tuple[tuple[Path, int, int], ...]) -> Results:
    declared = config.of(root, number)
    register = register_of.register(root, number)
    now = estimates.of(root, declared, register)
    past, why_not = breaks.past(root, declared, now)
    earlier = max(past, default=None)
    context = printing.context(declared, earlier)
    areas = _areas(root, declared, register, since=earlier or number - 1)
    measures = _measures(declared.model, now.cells)
    main = next(iter(measures["measure"]), None)
    turned = validation.turned(root, number) if earlier == number - 1 else set()
    frames, like_highest = _survey(declared, {number: now, **past}, areas, measures, turned)
    counts = registers.crime(root, number)
    newest = counts["year"].max() if len(counts) else number
    frames |= {
        "areas": areas,
        "backdrop": boundaries.backdrop(root),
        "measures": measures,
        "crime": rates.estimate(counts),
        "crime_changes": comparison.crime(counts, newest, newest - 1).drop(columns="p_value"),
        "wastewater": registers.wastewater(root, number),
        "promises": registers.promises(root, number),
    }
    for frame in frames.values():
        frame.attrs["context"] = context
    texts = registers.texts(root, number)
    return Results(
        root, number, earlier, why_not, main, declared, context, like_highest, texts, **frames
    )


def _areas(root: Path, declared: Config, register: pd.DataFrame, since: int) -> gpd.GeoDataFrame:
    """List the year's areas with their polygons, and say which have new boundaries."""
    year, priority = declared.year, declared.municipality.priority_areas
    unknown = {*priority} - {*register["name"]}
    if unknown and (strangers := sorted(unknown - {*register_of.register(root)["name"]})):
        what = f"prioriterade områden som inte finns i areas.csv: {', '.join(strangers)}."
        remedy = f"Skriv namnen som i {register_of.FILE}."
        raise refuse(what, remedy, file="data/municipality.toml")
    said = f"Området har nya gränser {year.year} och kan inte jämföras med tidigare år."
    shapes = boundaries.read(root, year.division, register) if year.division else None
    return gpd.GeoDataFrame(
        {
            "area": register.index.to_numpy(),
            "name": register["name"].to_numpy(),
            "adults": register_of.adults(register, year.year).to_numpy(dtype=float),
            "is_priority": register["name"].isin(priority).to_numpy(),
            "history": np.where(register["first_year"].gt(since), said, ""),
        },
        geometry=[None] * len(register) if shapes is None else shapes.geometry.to_numpy(),
        crs=boundaries.CRS,
    )


def _measures(model: IndexModel | None, cells: pd.DataFrame) -> pd.DataFrame:
    """List the measures that the year has, in order of presentation."""
    known: list[tuple[str, ...]] = [(INDEX, "Problemindex", "index", "", "", "")]
    if model is not None:
        known += [(key, label, "group", "", "", "") for key, label in model.groups.items()]
        known += [
            (item.key, item.label, "question", item.group, item.statement, item.question)
            for item in model.indicators
        ]
    there = cells.drop_duplicates("measure")
    keys = {row[0] for row in known}
    own = there.loc[~there["measure"].isin(keys), ["measure", "label"]].to_numpy()
    known += [(key, label, "question", "", "", "") for key, label in own]
    columns = ["measure", "label", "level", "group", "statement", "question"]
    return pd.DataFrame(known, columns=columns).merge(there[["measure", *printing.UNIT]])


def _survey(
    declared: Config,
    years: Mapping[int, Estimates],
    areas: pd.DataFrame,
    measures: pd.DataFrame,
    turned: Collection[str],
) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """Gate, compare and print what was estimated; and name the areas like the highest.

    Args:
        years: this one first, then those of its series.
        turned: the questions whose scale looks turned.
    """
    main, (now, *_) = next(iter(measures["measure"]), ""), years.values()
    gated = [disclosure.gate(found.cells).assign(year=year) for year, found in years.items()]
    cells, before = (*gated, gated[0].iloc[:0])[:2]
    of_turned = measures.loc[measures["measure"].isin(turned), "group"]
    withheld = {INDEX, *turned, *of_turned} if turned else set()
    moved = comparison.changes(cells, before, measures, main, withheld=withheld)
    own = now.cells.loc[now.cells["split"].eq("") & now.cells["area"].isin(areas["area"])]
    rest = comparison.against_rest(own, areas.set_index("area")["adults"], measures, main)
    is_shown = own["status"].isin(disclosure.SHOWN)
    leading = own.loc[is_shown & own["measure"].eq(main)]
    both = cells.dropna(subset=["value", "computed"]).rename(columns={"value": "delivered"})

    places, beside = printing.places(areas, declared)
    groups, each = printing.groups(cells), pd.DataFrame({"year": list(years)})
    every, laid_out = pd.concat(gated), partial(printing.laid_out, measures=measures)
    frames = {
        "estimates": laid_out("estimates", every, each.merge(places, how="cross")),
        "splits": laid_out("splits", every, each.merge(groups, how="cross")),
        "reference": laid_out("reference", every, each.merge(beside, how="cross")),
        "changes": laid_out("changes", moved, places),
        "split_changes": laid_out("split_changes", moved, groups),
        "against_rest": laid_out("against_rest", rest[is_shown.array], places, how="inner"),
        "reconciled": laid_out("reconciled", both, places, how="inner"),
        "response": _response(years),
    }
    return frames, comparison.like_highest(leading, rest.loc[rest["measure"].eq(main)])


def _response(years: Mapping[int, Estimates]) -> pd.DataFrame:
    rows = [(year, found.invited, found.answered) for year, found in years.items()]
    counts = pd.DataFrame(rows, columns=["year", "invited", "answered"]).astype({"invited": float})
    return counts.assign(rate=counts["answered"].astype(float) / counts["invited"])
