"""A year's results, gated: plain frames that pages, notebooks and data files are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

try:  # until the records of the sources have settled
    from analysis.sources import config as configuration

    configuration.Context, configuration.Config
except (ImportError, AttributeError):
    from analysis._old import _context as configuration

if TYPE_CHECKING:
    from analysis.sources.config import Config, Context

TOTAL = ""
SHOWN = ("shown", "uncertain")


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """Everything that may be said of a year, as printed; see the fields in docs."""

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
    crime: pd.DataFrame
    crime_changes: pd.DataFrame
    wastewater: pd.DataFrame
    promises: pd.DataFrame
    texts: Mapping[str, str]

    def __repr__(self) -> str:
        """Say what there is, in a few lines."""
        questions = int(self.measures["level"].eq("question").sum())
        compared = f"Jämförs med {self.earlier}." if self.earlier else self.why_not
        return (
            f"{self.context.municipality} {self.year}: {questions} frågor, "
            f"{len(self.areas)} områden. {compared}".rstrip()
        )


def of(year: int | None = None, root: Path | str | None = None) -> Results:
    """Return a year's results; the newest year when none is named."""
    from analysis._old import paths

    home = paths.root(root)
    number = paths.newest(home) if year is None else year
    files = sorted(
        path
        for folder in ("data", "shapes")
        for path in (home / folder).rglob("*")
        if path.is_file()
    )
    stamps = tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in files)
    return _of(home, number, stamps)


@lru_cache(maxsize=4)
def _of(root: Path, number: int, stamps: tuple[tuple[str, int, int], ...]) -> Results:
    return _converted(root, number)


def _rounded(values: Any, decimals: Any) -> Any:
    steps = 10.0 ** np.asarray(decimals, dtype=float)
    numbers = np.asarray(values, dtype=float)
    return np.round(np.sign(numbers) * np.floor(np.abs(numbers) * steps + 0.5 + 1e-9) / steps, 6)


def _converted(root: Path, number: int) -> Results:
    from analysis._old import results as old_results

    old = old_results.of(number, root)
    municipality = old.municipality
    survey = old.year.survey or old.year.delivered
    short = municipality.short_name
    context = configuration.Context(
        year=number,
        earlier=old.earlier,
        place=short,
        genitive=short if short[-1] in "sxz" else f"{short}s",
        municipality=municipality.name,
        whole="hela kommunen",
        unit_word="kommunen",
        kind="survey",
        source=(survey.source if survey else "").rstrip("."),
        crime_source=(old.year.crime.source if old.year.crime else "").rstrip("."),
        index_breaks=municipality.map.index_breaks,
        share_breaks=municipality.map.share_breaks,
        report_title="Årsanalys – medborgarlöftet"
        if old.promises is not None
        else "Årsanalys",
    )
    measures = _measures(old)
    areas = _areas(old, number)
    names = pd.DataFrame({"area": [*areas["area"], TOTAL], "name": [*areas["name"], "Hela kommunen"]})
    estimates = _estimates(old, names, measures)
    splits = _splits(old, measures)
    frames: dict[str, Any] = {
        "areas": areas,
        "backdrop": _backdrop(old),
        "measures": measures,
        "estimates": estimates,
        "splits": splits,
        "changes": _changes(old, estimates, number, ["area", "name"], False),
        "split_changes": _changes(old, splits, number, ["split", "split_label", "group"], True),
        "against_rest": _rest(old, names, measures),
        "response": old.response.reset_index(),
        "reconciled": _reconciled(old, names, measures),
        **_registers(old, number),
    }
    for frame in frames.values():
        frame.attrs["context"] = context
    texts = {
        path.stem: path.read_text("utf-8").strip()
        for path in sorted((root / "data" / str(number) / "text").glob("*.md"))
    }
    main = old.main_measure()
    return Results(
        root=root,
        year=number,
        earlier=old.earlier,
        why_not=old.why_not,
        main=main,
        config=configuration.Config(municipality, old.year, old.model),
        context=context,
        like_highest=_like_highest(estimates, main, number),
        texts=texts,
        **frames,
    )


def _measures(old: Any) -> pd.DataFrame:
    groups = set(old.model.groups) if old.model else set()
    kind = old.measures["kind"].to_numpy()
    found = old.measures.reset_index()[["measure", "label", "group", "statement", "question"]]
    level = ["index" if m == "index" else "group" if m in groups else "question" for m in found["measure"]]
    return found.assign(level=level, unit=kind, decimals=np.where(kind == "index", 2, 0))[
        ["measure", "label", "level", "group", "statement", "question", "unit", "decimals"]
    ]


def _areas(old: Any, number: int) -> gpd.GeoDataFrame:
    frame = old.areas
    outlines = old.outlines
    adults = frame.get(f"adults_{number}")
    return gpd.GeoDataFrame(
        {
            "area": frame.index.to_numpy(),
            "name": frame["name"].to_numpy(),
            "adults": np.nan if adults is None else adults.to_numpy(dtype=float),
            "is_priority": frame["name"].isin(old.municipality.priority_areas).to_numpy(),
            "history": [old.history.get(area, "") for area in frame.index],
            "note": "" if outlines is None or "note" not in outlines else outlines["note"].to_numpy(),
        },
        geometry=[None] * len(frame) if outlines is None else outlines["geometry"].to_numpy(),
        crs=3006,
    )


def _backdrop(old: Any) -> gpd.GeoDataFrame:
    from analysis.sources import boundaries

    return boundaries.backdrop(old.root)


def _gated(rows: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    own = measures[["measure", "label", "unit", "decimals"]]
    found = rows.merge(own, on="measure", how="left")
    places = np.where(found["unit"].eq("index"), 2, 2 + found["decimals"])
    shown = found["status"].isin(SHOWN).to_numpy()
    for column in ("value", "lower", "upper"):
        found[column] = np.where(shown, _rounded(found[column], places), np.nan)
    n = 5 * np.floor(found["n"].astype(float) / 5 + 0.5)
    found["n"] = np.where(shown, n, np.nan)
    found["source"] = np.where(found["delivered"].eq(True), "delivered", "computed")
    return found


COMMON = ["measure", "label", "value", "lower", "upper", "n", "status", "unit", "decimals", "source"]
CELL = ["value", "lower", "upper", "n", "status", "delivered"]


def _estimates(old: Any, names: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    rows = old.estimates.loc[old.estimates["split"].eq("")]
    years = sorted(rows["year"].unique(), reverse=True)
    grid = (
        pd.DataFrame({"year": years})
        .merge(names, how="cross")
        .merge(measures[["measure"]], how="cross")
        .merge(rows[["year", "area", "measure", *CELL]], on=["year", "area", "measure"], how="left")
    )
    grid["status"] = grid["status"].fillna("not_asked")
    return _gated(grid, measures)[["year", "area", "name", *COMMON]]


def _splits(old: Any, measures: pd.DataFrame) -> pd.DataFrame:
    rows = old.estimates.loc[old.estimates["split"].ne("")].rename(columns={"level": "group"})
    labels = {"sex": "Kön", "age_group": "Ålder", "tenure": "Boendeform"}
    rows = rows.assign(split_label=rows["split"].map(labels))
    keys = ["year", "split", "split_label", "group"]
    grid = rows[keys].drop_duplicates().merge(measures[["measure"]], how="cross")
    grid = grid.merge(rows[[*keys, "measure", *CELL]], on=[*keys, "measure"], how="left")
    grid["status"] = grid["status"].fillna("not_asked")
    return _gated(grid, measures)[[*keys, *COMMON]].reset_index(drop=True)


def _changes(old: Any, cells: pd.DataFrame, number: int, keys: list[str], is_split: bool) -> pd.DataFrame:
    now = cells.loc[cells["year"].eq(number), [*keys, "measure", "label", "unit", "decimals", "value"]]
    before = cells.loc[cells["year"].eq(old.earlier), [keys[0], keys[-1], "measure", "value"]]
    on = list(dict.fromkeys([keys[0], keys[-1], "measure"]))
    before = before.rename(columns={"value": "before"})[[*on, "before"]]
    moved = old.changes.loc[old.changes["split"].ne("") == is_split]
    moved = moved.rename(columns={"level": "group"})
    by = ["split", "group", "measure"] if is_split else ["area", "measure"]
    found = now.merge(before, on=on, how="left").merge(
        moved[[*by, "difference", "lower", "upper", "p_value", "certain"]], on=by, how="left"
    )
    places = 2 + found["decimals"].where(found["unit"].ne("index"), 0)
    for column in ("difference", "lower", "upper"):
        found[column] = _rounded(found[column], places)
    whole = np.zeros(len(found), bool) if is_split else found["area"].eq(TOTAL).to_numpy()
    tested = found["unit"].eq("index").to_numpy() | whole
    found["verdict"] = np.select(
        [
            found["difference"].isna(),
            found["p_value"].isna(),
            found["certain"].eq(True) & found["difference"].lt(0) & tested,
            found["certain"].eq(True) & tested,
            ~tested,
        ],
        ["not_compared", "no_interval", "fall", "rise", "not_tested"],
        "uncertain",
    )
    columns = ["measure", "label", "unit", "decimals", "before", "value", "difference", "lower", "upper", "verdict"]
    return found[[*keys, *columns]]


def _rest(old: Any, names: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    found = names.loc[names["area"].ne(TOTAL)].merge(measures[["measure", "label"]], how="cross")
    rest = old.rest.reindex(columns=["area", "measure", "difference", "certain"])
    found = found.merge(rest, on=["area", "measure"], how="inner")
    found["direction"] = np.where(found["difference"].gt(0), "higher", "lower")
    found["verdict"] = np.where(found["certain"].eq(True), "certain", "uncertain")
    return found[["area", "name", "measure", "label", "direction", "verdict"]]


def _reconciled(old: Any, names: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    columns = ["area", "measure", "value", "computed"]
    rows = old.reconciled.reindex(columns=columns).rename(columns={"value": "delivered"})
    found = rows.astype({"area": object, "measure": object}).merge(names, on="area")
    found = found.merge(measures[["measure", "label"]], on="measure")
    return found[["area", "name", "measure", "label", "delivered", "computed"]]


def _like_highest(estimates: pd.DataFrame, main: str | None, number: int) -> tuple[str, ...]:
    rows = estimates.query("measure == @main and year == @number and area != '' and value == value")
    if rows.empty:
        return ()
    top = rows.loc[rows["value"].idxmax()]
    others = rows.loc[rows["upper"].ge(top["value"]) & rows["area"].ne(top["area"]), "area"]
    return tuple(others)


def _registers(old: Any, number: int) -> dict[str, pd.DataFrame]:
    crime_columns = [
        "year", "code", "label", "parent", "area", "count", "mean_population", "rate", "lower", "upper", "preliminary",
    ]  # fmt: skip
    change_columns = [
        "code", "label", "parent", "area", "before", "count", "rate_before", "rate", "difference", "lower", "upper",
        "percent", "verdict",
    ]  # fmt: skip
    crime = pd.DataFrame(columns=crime_columns)
    moved = pd.DataFrame(columns=change_columns)
    if old.crime is not None:
        from analysis._old import rates

        interval = rates.interval(old.crime["count"], old.crime["mean_population"])
        interval.columns = ["rate", "lower", "upper"]
        crime = pd.concat([old.crime.assign(area=TOTAL).reset_index(drop=True), interval], axis=1)[crime_columns]
        both = old.crime_compared
        spread = 1.96 * np.sqrt(
            both["count_now"] / both["mean_population"] ** 2 + both["before"] / both["population_before"] ** 2
        ) * 1e5
        p = both["p_value"]
        moved = both.assign(
            area=TOTAL,
            count=both["count_now"],
            rate_before=both["before"] / both["population_before"] * 1e5,
            rate=both["rate_per_100k"],
            difference=both["difference_per_100k"],
            lower=both["difference_per_100k"] - spread,
            upper=both["difference_per_100k"] + spread,
            verdict=np.select(
                [p.isna(), (p < 0.001) & both["difference_per_100k"].lt(0), p < 0.001],
                ["not_compared", "fall", "rise"],
                "uncertain",
            ),
        )[change_columns]
    water = [
        (year, frame)
        for year in (number - 1, number)
        if (old.root / "data" / str(year) / "year.toml").exists()
        and (frame := _water(old.root, year)) is not None
    ]
    columns = ["year", "substance", "place", "week", "value", "state"]
    wastewater = (
        pd.concat([f.rename(columns={"value_mg_per_1000_day": "value"}).assign(year=y) for y, f in water], ignore_index=True)
        if water
        else pd.DataFrame(columns=columns)
    )[columns]
    promised = ["promise", "target", "outcome", "unit", "fulfilled"]
    promises = pd.DataFrame(columns=promised) if old.promises is None else old.promises[promised].copy()
    return {"crime": crime, "crime_changes": moved, "wastewater": wastewater, "promises": promises}


def _water(root: Path, year: int) -> pd.DataFrame | None:
    from analysis._old import wastewater

    return wastewater.read(root, year)
