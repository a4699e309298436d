"""The areas' polygons: map files of any format in, the divisions of shapes/areas.gpkg out."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS as System
from pyproj.exceptions import CRSError

from analysis import paths
from analysis.errors import Finding, nearest, raise_if_any, refuse
from analysis.sources import areas as register_of

CRS = "EPSG:3006"
GEOPACKAGE = Path("shapes/areas.gpkg")
BACKDROP = "backdrop"
AGAIN = "Läs in geometrin på nytt: analysis shapes import FIL"
SWEDEN = (200_000, 6_100_000, 950_000, 7_700_000)  # metres, EPSG:3006
SMALLEST = 1_000.0  # square metres of land that the shore may cut off an area and keep
LONG_AGO = "1980-01-01T00:00:00Z"  # the date of every GeoPackage: same polygons, same bytes


def read(root: Path, division: str, areas: pd.DataFrame) -> gpd.GeoDataFrame:
    """Read a division's polygons in EPSG:3006, one row per area in the register's order.

    Returns:
        Columns `area` and `geometry`.

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
    remedy = "Läs in ytorna för årets områden: analysis shapes import FIL --division NAMN."
    raise_if_any(
        [
            *(
                Finding(f"området ”{area}” har ingen yta.", remedy, file)
                for area in areas.index.difference(found["area_id"])
            ),
            *(
                Finding(
                    f"ytan ”{area}” finns inte i {register_of.FILE}.",
                    nearest(area, areas.index),
                    file,
                )
                for area in found.loc[~found["area_id"].isin(areas.index), "area_id"]
            ),
        ]
    )
    ordered = found.set_index("area_id").loc[areas.index, ["geometry"]]
    return ordered.rename_axis("area").reset_index()


def backdrop(root: Path) -> gpd.GeoDataFrame:
    """Read what gives a map's reader bearings: `kind` (water, town), `name`, `geometry`."""
    found = layer(root, BACKDROP)
    empty = {"kind": [], "name": [], "geometry": []}
    return gpd.GeoDataFrame(empty, geometry="geometry", crs=CRS) if found is None else found


def layers(root: Path) -> list[str]:
    """Name the layers of shapes/areas.gpkg; none where there is no file."""
    path = root / GEOPACKAGE
    if not path.is_file():
        return []
    try:
        return [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except DataSourceError as fault:
        raise refuse(f"går inte att läsa: {fault}", AGAIN, file=GEOPACKAGE.as_posix()) from None


def layer(root: Path, name: str) -> gpd.GeoDataFrame | None:
    """Read a layer in EPSG:3006; None where it is not there.

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


def import_division(
    root: Path,
    source: Path,
    division: str,
    *,
    code: str,
    crs: str | None = None,
    name_column: str | None = None,
) -> list[str]:
    """Replace a division in shapes/areas.gpkg with polygons from a file; returns Swedish notices.

    Takes any format that GDAL reads. The column of names or codes is found: the one whose texts
    are most areas of areas.csv. Polygons of one area are joined, and end at the backdrop's water.

    Args:
        division: the layer's name, as `division` in year.toml.
        code: the municipality's or region's; rows of others are left out.
        crs: the coordinate system, where the file names none.
        name_column: the column of names or codes, where it is another than the one found.

    Raises:
        Refusal: for an unreadable file, no coordinate system, and areas left without polygon.
    """
    own = of_municipality(source, code, crs)
    areas = register_of.register(root, _year_of(root, division))
    meant = _matched(own, areas, name_column, source.name)
    joined = own.assign(area_id=meant, geometry=own.geometry.make_valid()).dropna(subset="area_id")
    joined = joined[["area_id", "geometry"]].dissolve("area_id").reset_index()
    water = backdrop(root).query("kind == 'water'")
    land = joined.geometry.difference(water.union_all()) if len(water) else joined.geometry
    polygons = joined.assign(name=joined["area_id"].map(areas["name"]), geometry=land.map(_solid))
    raise_if_any(
        Finding(f"området ”{name}” har ingen yta.", "Ge det en polygon.", source.name)
        for name in polygons.loc[polygons.geometry.is_empty, "name"]
    )
    _write(root, division, polygons)
    counts = {
        "ytor hade ogiltig gräns och lagades": (~own.geometry[meant.notna()].is_valid).sum(),
        "ytor hör inte till något område och lämnades": meant.isna().sum(),
    }
    said = [f"{count} {what}." for what, count in counts.items() if count]
    return [f"{meant.notna().sum()} ytor blev {len(polygons)} områden.", *said]


def import_backdrop(root: Path, *sources: Path, crs: str | None = None) -> list[str]:
    """Replace the backdrop: polygons are water, points are towns; `name` or `namn` names them."""
    parts = [_read_source(source, crs).rename(columns={"namn": "name"}) for source in sources]
    found = pd.concat(parts, ignore_index=True)
    named = found.assign(kind=found.geometry.geom_type.map({"Point": "town"}).fillna("water"))
    _write(root, BACKDROP, named.reindex(columns=["kind", "name", "geometry"]))
    return [f"{len(named)} ytor och punkter blev bakgrund; läs sedan in områdena på nytt."]


def of_municipality(source: Path, code: str, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read a map file's rows of a municipality or region, in EPSG:3006.

    A column that holds its code among others picks rows; without one all are its own.

    Raises:
        Refusal: for an unreadable file, and where no coordinate system is known.
    """
    shapes = _read_source(source, crs)
    for column in shapes.columns.drop("geometry"):
        starts = shapes[column].astype(str).str.strip().str[: len(code)]
        is_code = shapes[column].astype(str).str.fullmatch(r"\d{2,4}\b.*").all()
        if is_code and starts.eq(code).any():
            return shapes.loc[starts.eq(code)].reset_index(drop=True)
    return shapes


def name_column(shapes: gpd.GeoDataFrame, file: str) -> str:
    """Find the column of an unknown file that names its areas: all different, fewest digits."""
    texts = {
        column: shapes[column].astype(str).str.strip()
        for column in shapes.columns.drop("geometry")
        if not pd.api.types.is_numeric_dtype(shapes[column])
    }
    named = {
        column: cells.str.count(r"\d").sum()
        for column, cells in texts.items()
        if shapes[column].notna().all() and (cells.is_unique or len(texts) == 1)
    }
    if not named:
        there = ", ".join(shapes.columns.drop("geometry")) or "inga kolumner"
        what = f"ingen kolumn har områdenas namn; i filen finns: {there}."
        raise refuse(what, "Ge varje yta ett eget namn i en kolumn.", file=file)
    return min(named, key=lambda column: named[column])


def _matched(
    shapes: gpd.GeoDataFrame, areas: pd.DataFrame, column: str | None, file: str
) -> pd.Series:
    """Tell which area each polygon is of, by the column that most areas are found in.

    Raises:
        Refusal: once, with every column that was looked at and how many areas it has.
    """
    columns = list(shapes.columns.drop("geometry"))
    if column is not None and column not in columns:
        raise refuse(f"kolumnen ”{column}” finns inte.", nearest(column, columns), file=file)
    read = {
        name: register_of.identified(shapes[name].astype(str), areas)
        for name in ([column] if column else columns)
    }
    count = {name: meant.nunique() for name, meant in read.items()}
    best = max(count, key=lambda name: (count[name], read[name].notna().sum()), default="")
    lost = areas.index.difference(read[best]) if best else areas.index
    if len(lost):
        looked = ", ".join(f"{name} ({n})" for name, n in count.items()) or "inga"
        names = ", ".join(areas["name"][lost[:5]]) + (" …" if len(lost) > 5 else "")
        raise refuse(
            f"{len(lost)} av {len(areas)} områden fick ingen yta: {names}. Kolumner som prövats, "
            f"och hur många områden var och en har: {looked}.",
            f"Lägg kolumnens stavningar som aliases, eller koder i regso eller deso, i "
            f"{register_of.FILE} – eller ange en annan kolumn: --name-column NAMN.",
            file=file,
        )
    return read[best]


def _year_of(root: Path, division: str) -> int | None:
    """Find the newest year that uses a division; the newest of all where none does yet."""
    known = paths.years(root)
    using = [
        year
        for year in known
        if re.search(
            rf'^division\s*=\s*["\']{re.escape(division)}["\']',
            (paths.of_data(root, year) / "year.toml").read_text("utf-8", errors="replace"),
            re.MULTILINE,
        )
    ]
    return max(using or known, default=None)


def _read_source(source: Path, crs: str | None) -> gpd.GeoDataFrame:
    """Read a map file in EPSG:3006, in the coordinate system it names or the one stated."""
    try:
        shapes = gpd.read_file(source)
    except (DataSourceError, DataLayerError, ValueError, OSError) as fault:
        raise refuse(
            f"går inte att läsa som kartdata: {str(fault)[:120]}",
            "Ange en hel GeoPackage, GeoJSON, shapefile eller MapInfo TAB.",
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
    left, lower, right, upper = placed.total_bounds
    west, south, east, north = SWEDEN
    if not (west <= left <= right <= east and south <= lower <= upper <= north):
        raise refuse(
            "ytorna hamnar utanför Sverige: koordinatsystemet är ett annat än det som anges.",
            "Ange det rätta: --crs EPSG:…",
            file=source.name,
        )
    return placed


def _solid(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    """Keep the polygons of a geometry, without the slivers that a shore leaves."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    largest = max((part.area for part in parts), default=0)
    return shapely.MultiPolygon(
        [part for part in parts if part.area >= min(SMALLEST, largest) and part.area > 0]
    )


def _write(root: Path, name: str, frame: gpd.GeoDataFrame) -> None:
    """Write all layers anew beside the file, then put it in place."""
    kept = {other: layer(root, other) for other in layers(root) if other != name}
    (root / GEOPACKAGE).parent.mkdir(exist_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": LONG_AGO})
    try:
        with paths.atomically(root / GEOPACKAGE) as beside:
            for at, written in sorted({**kept, name: frame}.items()):
                written.to_file(beside, layer=at, driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
