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
from analysis.sources import areas as register_of
from analysis.sources import boundaries, config, last_year, registers, validation
from analysis.sources.config import Config, Context, IndexModel
from analysis.statistics import comparison, disclosure, rates


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Results:
    """All that may be said of a year, as it is printed: `docs/results.md` tells every column.

    Attributes:
        earlier: the year compared with; `why_not` says in Swedish why not, or what is not compared.
        main: the measure that leads the report: the index, else the first there is.
        areas: a row an area; `backdrop`: water and towns to draw with them.
        estimates: a row a year, area ("" the whole) and measure, complete, of this year and the
            earlier ones of its series. `splits`: the same of groups of people.
        changes, split_changes, against_rest: a row a cell of this year.
        reference: the country or the county beside, as estimates; mostly empty.
        like_highest: the areas that cannot be told from the highest of the main measure.
    """

    root: Path
    year: int
    earlier: int | None
    why_not: str
    main: str | None
    config: Config
    context: Context
    areas: gpd.GeoDataFrame
    backdrop: gpd.GeoDataFrame
    measures: pd.DataFrame
    estimates: pd.DataFrame
    splits: pd.DataFrame
    changes: pd.DataFrame
    split_changes: pd.DataFrame
    against_rest: pd.DataFrame
    like_highest: tuple[str, ...]
    response: pd.DataFrame
    reconciled: pd.DataFrame
    reference: pd.DataFrame
    crime: pd.DataFrame
    crime_changes: pd.DataFrame
    wastewater: pd.DataFrame
    promises: pd.DataFrame
    texts: Mapping[str, str]

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
    files = sorted(file for name in ("data", "shapes") for file in (home / name).rglob("*.*"))
    stats = [(file, file.stat()) for file in files]
    stamps = tuple((file, stat.st_mtime_ns, stat.st_size) for file, stat in stats)
    return _of(home, paths.newest(home) if year is None else year, stamps)


@lru_cache(maxsize=4)
def _of(root: Path, number: int, stamps: tuple[tuple[Path, int, int], ...]) -> Results:
    try:
        return _reckoned(root, number)
    except Refusal as refusal:
        raise Refusal(validation.faults(root, number, refusal.findings)) from None


def _reckoned(root: Path, number: int) -> Results:
    declared = config.of(root, number)
    register = register_of.register(root, number)
    now = estimates.of(root, declared, register)
    past, why_not = breaks.past(root, declared, now)
    earlier = max(past, default=None)
    context = config.context(declared, earlier)
    areas = _areas(root, declared, register, since=earlier or number - 1)
    measures = _measures(declared.model, now)
    turned = last_year.turned(root, number) if earlier == number - 1 else set()
    places = printing.places(areas, context.whole.capitalize())
    years = {number: now, **past}
    survey, like_highest = _survey(declared, years, places, measures, turned)
    frames = {"areas": areas, "measures": measures, **survey, **_registers(root, number)}
    frames["backdrop"] = boundaries.backdrop(root)
    for frame in frames.values():
        frame.attrs["context"] = context
    return Results(
        root=root,
        year=number,
        earlier=earlier,
        why_not=why_not,
        main=next(iter(measures["measure"]), None),
        config=declared,
        context=context,
        like_highest=like_highest,
        texts=registers.texts(root, number),
        **frames,
    )


def _areas(root: Path, declared: Config, register: pd.DataFrame, since: int) -> gpd.GeoDataFrame:
    """List the year's areas with their polygons, and say which have new boundaries."""
    year, priority = declared.year, declared.municipality.priority_areas
    strangers = sorted({*priority} - {*register["name"]})
    if strangers and (strangers := sorted({*strangers} - {*register_of.register(root)["name"]})):
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


def _measures(model: IndexModel | None, now: Estimates) -> pd.DataFrame:
    """List the measures that the year has, in order of presentation."""
    kinds = now.cells.drop_duplicates("measure")[["measure", *printing.UNIT]]
    rows = {INDEX: ("Problemindex", "index", "", "", "")}
    if model is not None:
        rows |= {key: (label, "group", "", "", "") for key, label in model.groups.items()}
        rows |= {
            item.key: (item.label, "question", item.group, item.statement, item.question)
            for item in model.indicators
        }
    for key in kinds["measure"]:
        rows.setdefault(key, (now.labels.get(key, key), "question", "", "", ""))
    columns = ["label", "level", "group", "statement", "question"]
    known = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return known.rename_axis("measure").reset_index().merge(kinds, on="measure")


def _survey(
    declared: Config,
    years: Mapping[int, Estimates],
    places: pd.DataFrame,
    measures: pd.DataFrame,
    turned: Collection[str],
) -> tuple[dict[str, pd.DataFrame], tuple[str, ...]]:
    """Gate, compare and print what was estimated; and name the areas like the highest.

    Args:
        years: this one first, then those of its series.
        places: the areas and, last, the whole.
        turned: the questions whose scale looks turned.
    """
    main, (now, *past) = next(iter(measures["measure"]), ""), years.values()
    gated = [disclosure.gate(found.cells).assign(year=year) for year, found in years.items()]
    cells, before = gated[0], gated[1] if past else gated[0].iloc[:0]
    withheld = _withheld(declared.model, turned)
    moved = comparison.changes(cells, before, measures, main, withheld=withheld)
    areas = now.cells.loc[now.cells["split"].eq("") & now.cells["area"].isin(places["area"][:-1])]
    rest = comparison.against_rest(areas, now.residents, measures, main)
    leading = areas.loc[areas["status"].isin(disclosure.SHOWN) & areas["measure"].eq(main)]
    shown = rest.loc[areas["status"].isin(disclosure.SHOWN).to_numpy()]
    both = cells.dropna(subset=["value", "computed"]).rename(columns={"value": "delivered"})
    numbers = pd.DataFrame({"year": list(years)})
    series, groups = pd.concat(gated), printing.groups(cells)
    reference = printing.reference(declared)
    laid_out = partial(printing.laid_out, measures=measures)
    frames = {
        "estimates": laid_out("estimates", series, numbers.merge(places, how="cross")),
        "splits": laid_out("splits", series, numbers.merge(groups, how="cross")),
        "reference": laid_out("reference", series, numbers.merge(reference, how="cross")),
        "changes": laid_out("changes", moved, places),
        "split_changes": laid_out("split_changes", moved, groups),
        "against_rest": laid_out("against_rest", shown, places, how="inner"),
        "reconciled": laid_out("reconciled", both, places, how="inner"),
        "response": printing.response(years),
    }
    return frames, comparison.like_highest(leading, rest.loc[rest["measure"].eq(main)])


def _withheld(model: IndexModel | None, turned: Collection[str]) -> set[str]:
    """Name the measures that rest on questions whose scale looks turned."""
    groups = {item.group for item in model.indicators if item.key in turned} if model else set()
    return {*turned, *groups, *([INDEX] if turned else [])}


def _registers(root: Path, number: int) -> dict[str, pd.DataFrame]:
    """Read the registers that are shown as they are, with rates and changes of crime."""
    counts = registers.crime(root, number)
    newest = counts["year"].max() if len(counts) else number
    return {
        "crime": rates.estimate(counts),
        "crime_changes": comparison.crime(counts, newest, newest - 1).drop(columns="p_value"),
        "wastewater": registers.wastewater(root, number),
        "promises": registers.promises(root, number),
    }
