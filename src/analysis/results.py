"""A year's results, gated: the one value that pages, notebooks and data files are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import kept, paths, reading
from analysis.errors import Refusal, nearest, refuse
from analysis.sources import catalogue
from analysis.sources.config import IndexModel, Municipality, Year
from analysis.sources.survey import INDEX, TOTAL

__all__ = ["Results", "of"]

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely

# The reading that an attribute comes from; the others rest on what all readings share.
READINGS: Mapping[str, str] = {
    **{name: name for name in ("crime", "wastewater", "promises")},
    "crime_compared": "crime",
    **dict.fromkeys(["outlines", "water"], "shapes"),
    **dict.fromkeys(
        ["measures", "estimates", "changes", "rest", "reconciled", "response"], "survey"
    ),
}


def __dir__() -> list[str]:
    return __all__


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Results:
    """Everything that may be said of a year. To use an attribute counts as reading its files.

    Attributes:
        estimates: one row per year and cell, gated: `year`, `area` ("" the municipality), `split`,
            `level`, `measure`, `kind`, `value`, `se`, `lower`, `upper`, `n`, `status`, `delivered`, and
            `steps`, a share on the scale of the index (other values as they are).
        changes: one row per cell of this year: `difference`, `lower`, `upper`, `p_value`,
            `certain`, `tests_n`; NaN where no comparison may be made.
        rest: one row per area and measure: the difference to the rest of the municipality.
        crime_compared: this year's reported crimes and last year's, as of `comparisons.crime`.
        measures: index `measure`; `label`, `kind`, `group`, `statement`, `question`, `normal`.
        outlines: index `area_id`; `geometry`, polygons in EPSG:3006, and `note` where there is one.
        water: lakes and sea in the same coordinates, in one shape.
        earlier: the year compared with, or None; `why_not` then says why in Swedish.
        history: by area whose boundaries are new, what it was before, in Swedish.
        rests_on: the files of each reading (`READINGS`), and under "" those that all share.
    """

    root: Path
    municipality: Municipality
    year: Year
    model: IndexModel | None
    areas: pd.DataFrame
    outlines: pd.DataFrame | None
    water: shapely.Geometry | None
    measures: pd.DataFrame
    estimates: pd.DataFrame
    changes: pd.DataFrame
    rest: pd.DataFrame
    reconciled: pd.DataFrame
    response: pd.DataFrame
    earlier: int | None
    why_not: str
    history: Mapping[str, str]
    crime: pd.DataFrame | None
    crime_compared: pd.DataFrame | None
    wastewater: pd.DataFrame | None
    promises: pd.DataFrame | None
    rests_on: Mapping[str, frozenset[Path]]

    def __repr__(self) -> str:
        """Say what there is, in a few lines; `estimates` and the other tables have the rest."""
        compared = f"Jämförs med {self.earlier}." if self.earlier else self.why_not
        return "\n".join(
            [
                f"{self.municipality.name} {self.number}: {len(self.questions())} frågor, "
                f"{len(self.areas)} områden. {compared}".rstrip(),
                *(f"- {source.label}" for source in self.year.sources.values()),
            ]
        )

    def _repr_markdown_(self) -> str:
        return repr(self).replace("\n", "\n\n", 1)

    def __getattribute__(self, name: str) -> Any:
        """Return an attribute, and note the files that it rests on."""
        if not name.startswith("_"):
            files: Mapping[str, frozenset[Path]] = object.__getattribute__(self, "rests_on")
            reading.again(files[""] | files[READINGS.get(name, "")])
        return object.__getattribute__(self, name)

    @property
    def number(self) -> int:
        """The year as a number."""
        return self.year.year

    @property
    def places(self) -> gpd.GeoDataFrame | None:
        """The outlines for mapping programs (`places.explore()`, `places.to_file(…)`)."""
        import geopandas as gpd  # brings GDAL and PROJ, which our own maps do without

        return None if self.outlines is None else gpd.GeoDataFrame(self.outlines, crs=3006)

    def cell(self, measure: str, area: str = TOTAL, *, year: int | None = None) -> pd.Series | None:
        """Return one cell of everyone's estimates; None where there is none."""
        at = _places(self)[0].get((year or self.number, area, measure))
        return None if at is None else self.estimates.iloc[at]

    def cells(self, *, year: int | None = None) -> pd.DataFrame:
        """Return everyone's cells of a year (this one unless told), areas and municipality."""
        number = year or self.number
        return _everyones(self).get(number, self.estimates.iloc[:0]).copy(deep=False)

    def by_area(self, measure: str, *, year: int | None = None) -> pd.DataFrame:
        """Return a measure's cells, one row per area in the register's order (index `area_id`)."""
        rows = self.cells(year=year)
        rows = rows.loc[rows["measure"].eq(measure) & rows["area"].ne(TOTAL)].set_index("area")
        found = rows.reindex(self.areas.index)
        return found.assign(status=found["status"].fillna("not_asked"), name=self.areas["name"])

    def change(self, measure: str, area: str = TOTAL) -> pd.Series | None:
        """Return the comparison with the earlier year of one cell; None where there is none."""
        at = _places(self)[1].get((area, measure))
        found = None if at is None else self.changes.iloc[at]
        return None if found is None or np.isnan(found["difference"]) else found

    def questions(self) -> list[str]:
        """List the measures that are single questions: not the index, not its groups."""
        groups = set(self.model.groups) if self.model else set()
        return [name for name in self.measures.index if name != INDEX and name not in groups]

    def groups(self) -> dict[str, list[str]]:
        """List the single questions of each group; without groups all of them under ""."""
        found: dict[str, list[str]] = {}
        for name in self.questions():
            found.setdefault(self.measures["group"][name], []).append(name)
        return found

    def splits(self, measure: str) -> pd.DataFrame:
        """Return the municipality's cells of a measure by sex, age and tenure (`split`, `level`)."""
        rows = self.estimates
        of_year = rows["year"].eq(self.number) & rows["measure"].eq(measure)
        return rows.loc[of_year & rows["split"].ne("")]

    def require_area(self, area: str) -> None:
        """Refuse an area that the year does not have; "" is the municipality. Names the nearest."""
        if area not in (TOTAL, *self.areas.index):
            raise _unknown("Området", area, self.areas["name"], "areas")

    def asked(self, measure: str | None = None) -> str | None:
        """Return the measure that is meant: the report's main one when None.

        Raises:
            Refusal: where the year knows no such measure; it names the nearest.
        """
        groups = self.model.groups if self.model else ()
        if measure and measure not in (*self.measures.index, *groups):
            raise _unknown("Frågan", measure, self.measures["label"], "measures")
        return measure or self.main_measure()

    def main_measure(self) -> str | None:
        """Return the measure that leads the report: the index, else the first there is."""
        known = set(self.cells()["measure"])
        there = [name for name in self.measures.index if name in known]
        return INDEX if INDEX in there else next(iter(there), None)


def _unknown(what: str, name: str, labels: pd.Series, where: str) -> Refusal:
    """Refuse a name that is no key of the labels; a label instead of its key is understood."""
    keys = {label.casefold(): key for key, label in labels.items()}
    meant = nearest(keys.get(name.casefold(), name), labels.index)
    return refuse(f"{what} ”{name}” finns inte.", f"{meant} – alla namn: year.{where}")


@reading.remembered
def _everyones(results: Results) -> dict[int, pd.DataFrame]:
    """Find everyone's cells of each year."""
    rows = results.estimates
    return {int(year): of_year for year, of_year in rows.loc[rows["split"].eq("")].groupby("year")}


@reading.remembered
def _places(results: Results) -> tuple[dict[tuple[int, str, str], int], dict[tuple[str, str], int]]:
    """Find the row of each of everyone's cells: estimates by year, area, measure; changes."""
    rows, moved = results.estimates, results.changes
    keys = zip(rows["year"], rows["area"], rows["measure"], rows["split"], strict=True)
    pairs = zip(moved["area"], moved["measure"], moved["split"], strict=True)
    return (
        {key[:3]: at for at, key in enumerate(keys) if not key[3]},
        {key[:2]: at for at, key in enumerate(pairs) if not key[2]},
    )


def of(year: int | None = None, root: Path | str | None = None) -> Results:
    """Return a year's results; the newest year with a survey, or any data, when none is named.

    Reckoned once for each state of the files.

    Args:
        year: a folder in data/.
        root: the municipality's folder; the nearest one upwards from here when None.

    Raises:
        Refusal: with every fault in the year's files.
    """
    home = paths.root(root)
    number = paths.newest(home) if year is None else year
    try:
        with reading.gathering():  # to be forgotten: what counts is which attributes are used
            return _of(home, number, _stamps(home))
    except Refusal as refusal:
        from analysis.sources import inspection  # brings the readers of every format

        raise Refusal(inspection.faults(home, number, refusal.findings)) from None


def _stamps(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Tell one state of the inputs from another; the year's texts are no part of its results."""
    files = reading.files_below([root / "data", root / "shapes"])
    tables = sorted(path for path in files if path.is_file() and path.suffix != ".md")
    stats = [(path, path.stat()) for path in tables]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


@lru_cache(maxsize=4)
def _of(root: Path, number: int, stamps: tuple[tuple[str, int, int], ...]) -> Results:
    file = root / "reports" / ".kept" / f"{number}.pickle"
    contents = [(path, catalogue.fingerprint(Path(path))) for path, *_ in stamps]

    def reckon() -> Results:
        from analysis import reckoned  # brings SciPy: 0.6 s that a kept value spares

        return reckoned.of(root, number)

    return kept.value(file, contents, reckon)
