"""The areas' polygons: map files in any format in, the divisions of shapes/areas.gpkg out."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyarrow import ArrowException
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS as System
from pyproj.exceptions import CRSError

from analysis import paths, reading
from analysis.errors import Finding, attempt, nearest, raise_if_any, refuse
from analysis.paths import atomically
from analysis.sources import areas as register_of
from analysis.sources import catalogue, rawtable

CRS = "EPSG:3006"
GEOPACKAGE = Path("shapes/areas.gpkg")
AGAIN = "Läs in geometrin på nytt: analysis shapes import FIL"
CODES = ("regsokod", "desokod", "regso", "deso", "kod", "code")
NAMES = ("regsonamn", "name", "namn", "area", "omrade", "område")
MUNICIPALITIES = ("kommunkod", "kommun")
PARQUET = {".parquet", ".geoparquet"}
SWEDEN = (200_000, 6_100_000, 950_000, 7_700_000)  # metres, EPSG:3006


def read(root: Path, division: str, areas: pd.DataFrame) -> gpd.GeoDataFrame:
    """Read a division's polygons, one row per area in the register's order.

    Returns:
        Index `area_id`, column `geometry` in EPSG:3006, and `note` where the layer has one (such
        as that the shapes are schematic).

    Raises:
        Refusal: for a missing division, areas without polygon and polygons without area.
    """
    found = layer(root, division)
    if found is None:
        raise refuse(
            f"områdesindelningen ”{division}” finns inte i {GEOPACKAGE.as_posix()}.",
            f"Läs in den: analysis shapes import FIL --division {division} – eller ta bort raden "
            "division i year.toml, så görs rapporten utan karta.",
            file=GEOPACKAGE.as_posix(),
        )
    file = f"{GEOPACKAGE.as_posix()}, lager {division}"
    raise_if_any(_geometry_faults(found, file))
    findings = [
        Finding(
            f"området ”{area}” har ingen yta.",
            "Läs in ytorna för årets områden: analysis shapes import FIL --division NAMN.",
            file,
        )
        for area in areas.index.difference(found["area_id"])
    ] + [
        Finding(f"ytan ”{area}” finns inte i data/areas.csv.", nearest(area, areas.index), file)
        for area in found.loc[~found["area_id"].isin(areas.index), "area_id"]
    ]
    raise_if_any(findings)
    kept = [name for name in ("note", "geometry") if name in found]
    return found.set_index("area_id")[kept].loc[areas.index]


def outlines(places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Take the polygons out of GeoPandas, so that those who draw them need not load it."""
    return pd.DataFrame(places).assign(geometry=places.geometry.to_numpy())


def _geometry_faults(found: gpd.GeoDataFrame, file: str) -> list[Finding]:
    """Find what no map can be drawn from: no area_id, doubled ids, shapes that are no polygons."""
    if "area_id" not in found:
        return [Finding("kolumnen area_id saknas.", AGAIN, file)]
    shapes = found.geometry
    solid = shapes.geom_type.isin(["Polygon", "MultiPolygon"]) & shapes.is_valid & shapes.area.gt(0)
    faulty = ~solid | found["area_id"].duplicated() | ~found["area_id"].map(type).eq(str)
    return [
        Finding(f"ytan ”{area}” är ogiltig, tom eller dubbel.", AGAIN, file)
        for area in found.loc[faulty, "area_id"]
    ]


def layers(root: Path) -> list[str]:
    """Name the layers of shapes/areas.gpkg; none where there is no file."""
    path = root / GEOPACKAGE
    reading.note(path)
    if not path.is_file():
        return []
    try:
        return [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except DataSourceError as fault:
        raise refuse(f"går inte att läsa: {fault}", AGAIN, file=GEOPACKAGE.as_posix()) from None


def layer(root: Path, name: str) -> gpd.GeoDataFrame | None:
    """Read a layer (a division, or `water`) in EPSG:3006; None where it is not there.

    Raises:
        Refusal: when the layer cannot be read, has no geometry or names no coordinate system.
    """
    if name not in layers(root):
        return None
    file = f"{GEOPACKAGE.as_posix()}, lager {name}"
    try:
        found = gpd.read_file(root / GEOPACKAGE, layer=name)
    except (DataSourceError, DataLayerError, ValueError) as fault:
        raise refuse(f"går inte att läsa: {fault}", AGAIN, file=file) from None
    if not isinstance(found, gpd.GeoDataFrame) or found.crs is None:
        raise refuse("lagret har ingen geometri eller inget koordinatsystem.", AGAIN, file=file)
    return found.to_crs(CRS)


def import_division(
    root: Path, source: Path, division: str, *, code: str, crs: str | None = None
) -> list[str]:
    """Replace a division in shapes/areas.gpkg with polygons from a file; returns Swedish notices.

    Takes any format that GDAL reads. Rows are matched to areas by RegSO or DeSO code (a suffix
    such as `_RegSO2025` is dropped), else by name, and dissolved into the areas of areas.csv.

    Args:
        division: the layer's name, as `division` in year.toml.
        code: the municipality's four digits; other municipalities' rows are left out.
        crs: the coordinate system, where the file names none.

    Raises:
        Refusal: for an unreadable file, no coordinate system, and areas left without polygon.
    """
    own = of_municipality(source, code, crs)
    areas = register_of.register(root, _year_of(root, division))
    matched = own.assign(area_id=_area_of(own, areas)).dropna(subset="area_id")
    broken = ~matched.geometry.is_valid
    mended = matched.assign(geometry=matched.geometry.make_valid())
    dissolved = mended[["area_id", "geometry"]].dissolve("area_id").reset_index()
    raise_if_any(
        Finding(
            f"området ”{areas['name'][area]}” fick ingen yta.",
            "Lägg dess kod i regso eller deso, eller dess namn som alias, i data/areas.csv.",
            source.name,
        )
        for area in areas.index.difference(dissolved["area_id"])
    )
    polygons = dissolved.assign(
        name=dissolved["area_id"].map(areas["name"]), geometry=dissolved.geometry.map(_polygonal)
    )
    raise_if_any(
        Finding(f"området ”{name}” har ingen yta.", "Ge det en polygon.", source.name)
        for name in polygons.loc[polygons.geometry.area.le(0), "name"]
    )
    _write(root, division, polygons.sort_values("area_id", ignore_index=True))
    return _notices(own, matched, int(broken.sum()), len(dissolved))


def _year_of(root: Path, division: str) -> int | None:
    """Find the newest year that uses a division; the newest of all where none does yet."""
    known = paths.years(root)
    declared = {number: attempt([], partial(catalogue.year, root, number)) for number in known}
    using = [number for number, year in declared.items() if year and year.division == division]
    return max(using or known, default=None)


def _read_source(source: Path, crs: str | None) -> gpd.GeoDataFrame:
    """Read a map file in EPSG:3006, in the coordinate system it names or the one stated."""
    try:
        reader = gpd.read_parquet if source.suffix.lower() in PARQUET else gpd.read_file
        shapes = reader(source)
    except (DataSourceError, ArrowException, ValueError, OSError) as fault:
        raise refuse(
            f"går inte att läsa som kartdata: {str(fault)[:120]}",
            "Ange en hel GeoPackage, GeoJSON, shapefile, TAB eller GeoParquet.",
            file=source.name,
        ) from None
    if not isinstance(shapes, gpd.GeoDataFrame) or shapes.geometry.isna().all():
        raise refuse("filen har inga ytor.", "Ange en fil med polygoner.", file=source.name)
    if shapes.crs is None and crs is None:
        raise refuse(
            "filen namnger inget koordinatsystem.",
            "Ange det: --crs EPSG:3006 (SWEREF 99 TM), EPSG:3007–3018 (lokala zoner), EPSG:3021 "
            "(RT 90) eller EPSG:4326 (WGS 84).",
            file=source.name,
        )
    try:
        named = shapes if crs is None else shapes.set_crs(System(crs), allow_override=True)
    except CRSError:
        raise refuse(f"okänt koordinatsystem: {crs}", "Skriv t.ex. EPSG:3006.") from None
    placed = named.loc[named.geometry.notna()].to_crs(CRS)
    _refuse_abroad(placed, source.name)
    return placed


def _refuse_abroad(shapes: gpd.GeoDataFrame, file: str) -> None:
    """Refuse shapes outside Sweden: their coordinate system is not the one named."""
    left, lower, right, upper = shapes.total_bounds
    west, south, east, north = SWEDEN
    if not (west <= left <= right <= east and south <= lower <= upper <= north):
        raise refuse(
            "ytorna hamnar utanför Sverige: koordinatsystemet är ett annat än det som anges.",
            "Ange det rätta: --crs EPSG:…",
            file=file,
        )


def of_municipality(source: Path, code: str, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read a map file's rows of a municipality, in EPSG:3006; all where it names none.

    Raises:
        Refusal: for an unreadable file, and where no coordinate system is known.
    """
    shapes = _read_source(source, crs)
    column = _column(shapes, MUNICIPALITIES)
    if column is None:
        return shapes
    return shapes.loc[shapes[column].astype(str).str[:4].eq(code)]


def _area_of(shapes: gpd.GeoDataFrame, areas: pd.DataFrame) -> pd.Series:
    """Match rows to areas by code where the register has codes, else by name."""
    known = {
        columns: {rawtable.fold(spelling): area for spelling, area in spellings.items()}
        for columns, spellings in (
            (CODES, register_of.codes(areas)),
            (NAMES, register_of.spellings(areas)),
        )
    }
    found = pd.Series(pd.NA, index=shapes.index, dtype=object)
    for candidates, spellings in known.items():
        for column in (name for name in shapes.columns if name.lower() in candidates):
            found = found.fillna(shapes[column].map(rawtable.fold).map(spellings))
    return found


def named(shapes: gpd.GeoDataFrame, file: str) -> pd.Series:
    """Return the names of a map file's areas. Raises Refusal, with the columns there are."""
    column = _column(shapes, NAMES)
    if column is None:
        there = ", ".join(name for name in shapes if name != "geometry")
        what = f"ingen kolumn har områdenas namn; i filen finns: {there or 'inga kolumner'}."
        raise refuse(
            what, f"Döp kolumnen till namn, eller något av: {', '.join(NAMES)}.", file=file
        )
    return shapes[column].map(lambda name: " ".join(str(name).split()))


def _column(shapes: gpd.GeoDataFrame, candidates: tuple[str, ...]) -> str | None:
    return next((name for name in shapes.columns if name.lower() in candidates), None)


def _polygonal(geometry: shapely.Geometry) -> shapely.Geometry:
    """Keep the polygons of a mended geometry; lines and points have no area to colour."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def _write(root: Path, division: str, polygons: gpd.GeoDataFrame) -> None:
    """Write all layers anew beside the file, then put it in place."""
    kept = {name: layer(root, name) for name in layers(root) if name != division}
    (root / GEOPACKAGE).parent.mkdir(exist_ok=True)
    with atomically(root / GEOPACKAGE) as beside:
        for name, frame in {**kept, division: polygons}.items():
            frame.to_file(beside, layer=name, driver="GPKG")


def _notices(
    own: gpd.GeoDataFrame, matched: gpd.GeoDataFrame, broken: int, areas_n: int
) -> list[str]:
    notices = [f"{len(matched)} ytor blev {areas_n} områden."]
    if broken:
        notices.append(f"{broken} ytor hade ogiltig gräns och lagades.")
    if len(own) > len(matched):
        notices.append(f"{len(own) - len(matched)} ytor hör inte till något område och lämnades.")
    return notices
