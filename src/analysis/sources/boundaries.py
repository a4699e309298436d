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
COLUMNS = ["kind", "name", "geometry"]  # of the backdrop
AGAIN = "Läs in geometrin på nytt: analysis shapes import FIL --division NAMN"
SWEDEN = (200_000, 6_100_000, 950_000, 7_700_000)  # metres, EPSG:3006
SLIVER = 1_000.0  # square metres that the shore may cut off an area and that are then left out
LONG_AGO = "1980-01-01T00:00:00Z"  # the date of every GeoPackage: same polygons, same bytes


def read(root: Path, division: str, areas: pd.DataFrame) -> gpd.GeoDataFrame:
    """Read a division's polygons in EPSG:3006: columns `area`, `geometry`, in the register's order.

    Raises:
        Refusal: for a missing division, areas without polygon, polygons without area, and polygons
            that no map can be drawn from.
    """
    found, file = layer(root, division), f"{GEOPACKAGE.as_posix()}, lager {division}"
    if found is None:
        what = f"områdesindelningen ”{division}” finns inte i {GEOPACKAGE.as_posix()}."
        remedy = (
            f"{AGAIN} – eller ta bort raden division i year.toml, så görs rapporten utan karta."
        )
        raise refuse(what, remedy, file=GEOPACKAGE.as_posix())
    if "area_id" not in found:
        raise refuse("kolumnen area_id saknas.", AGAIN, file=file)
    ids, shapes = found["area_id"], found.geometry
    solid = shapes.geom_type.isin(["Polygon", "MultiPolygon"]) & shapes.is_valid & shapes.area.gt(0)
    faulty = ids[~solid | ids.duplicated() | ~ids.map(type).eq(str)]
    what = "ytan ”{}” är ogiltig, tom eller dubbel."
    raise_if_any(Finding(what.format(area), AGAIN, file) for area in faulty)
    without = areas.index.difference(ids)
    findings = [Finding(f"området ”{area}” har ingen yta.", AGAIN, file) for area in without]
    what = f"ytan ”{{}}” finns inte i {register_of.FILE}."
    findings += [
        Finding(what.format(area), nearest(area, areas.index), file)
        for area in ids[~ids.isin(areas.index)]
    ]
    raise_if_any(findings)
    ordered = found.set_index("area_id").loc[areas.index, ["geometry"]]
    return ordered.rename_axis("area").reset_index()


def backdrop(root: Path) -> gpd.GeoDataFrame:
    """Read what gives a map's reader bearings: `kind` (water, town), `name`, `geometry`."""
    found = layer(root, BACKDROP)
    return gpd.GeoDataFrame(columns=COLUMNS, crs=CRS) if found is None else found


def layers(root: Path) -> list[str]:
    """Name the layers of shapes/areas.gpkg; none where there is no file."""
    path = root / GEOPACKAGE
    try:
        return [str(name) for name in pyogrio.list_layers(path)[:, 0]] if path.is_file() else []
    except DataSourceError as fault:
        raise refuse(f"går inte att läsa: {fault}", AGAIN, file=GEOPACKAGE.as_posix()) from None


def layer(root: Path, name: str) -> gpd.GeoDataFrame | None:
    """Read a layer in EPSG:3006; None where it is not there."""
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
    root: Path,
    source: Path,
    division: str,
    *,
    code: str,
    crs: str | None = None,
    name_column: str | None = None,
) -> list[str]:
    """Replace a division in shapes/areas.gpkg with polygons from a file; returns Swedish notices.

    The column of names or codes is found: the one whose texts are most areas of areas.csv.
    Polygons of one area are joined, and end at the backdrop's water.

    Args:
        source: any format that GDAL reads.
        division: as in year.toml; `backdrop` takes waters (polygons) and towns (points).
        code: the municipality's or region's; rows of others are left out.
        crs: the coordinate system, where the file names none.
        name_column: the column of names or codes, where it is another than the one found.
    """
    if division == BACKDROP:
        return _import_backdrop(root, source, crs)
    own = of_municipality(source, code, crs)
    areas = register_of.register(root, _year_of(root, division))
    meant = _matched(own, areas, name_column, source.name)
    mended = own.geometry.make_valid()
    joined = gpd.GeoDataFrame({"area_id": meant}, geometry=mended).dissolve("area_id").reset_index()
    water = backdrop(root).query("kind == 'water'").union_all()
    joined["geometry"] = joined.geometry.difference(water).map(_solid)
    joined["name"] = joined["area_id"].map(areas["name"])
    raise_if_any(
        Finding(f"området ”{name}” har ingen yta.", "Ge det en polygon.", source.name)
        for name in joined.loc[joined.geometry.is_empty, "name"]
    )
    _write(root, division, joined)
    broken, left = (~own.geometry[meant.notna()].is_valid).sum(), meant.isna().sum()
    said = [f"{len(own) - left} ytor blev {len(joined)} områden."]
    said += [f"{broken} ytor hade ogiltig gräns och lagades."] if broken else []
    return said + [f"{left} ytor hör inte till något område och lämnades."] * bool(left)


def _import_backdrop(root: Path, source: Path, crs: str | None) -> list[str]:
    given = _read_source(source, crs).rename(columns={"namn": "name"})
    kind = given.geometry.geom_type.map({"Point": "town"}).fillna("water")
    given = given.assign(kind=kind).reindex(columns=COLUMNS)
    known = backdrop(root)
    kept = known.loc[~known["name"].isin(given["name"])]
    _write(root, BACKDROP, gpd.GeoDataFrame(pd.concat([kept, given], ignore_index=True), crs=CRS))
    return [f"{len(given)} ytor och punkter blev bakgrund; läs sedan in områdena på nytt."]


def of_municipality(source: Path, code: str, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read a map file's rows of a municipality or region, in EPSG:3006.

    A column that holds its code among others picks rows; without one all are its own.
    """
    shapes = _read_source(source, crs)
    for column in shapes.columns.drop("geometry"):
        texts = shapes[column].astype(str).str.strip()
        is_own = texts.str.startswith(code)
        if texts.str.fullmatch(r"\d{2,4}\b.*").all() and is_own.any():
            return shapes.loc[is_own].reset_index(drop=True)
    return shapes


def name_column(shapes: gpd.GeoDataFrame, file: str) -> str:
    """Find the column of an unknown file that names its areas: all different, fewest digits."""
    texts = shapes.drop(columns="geometry").select_dtypes(exclude="number").dropna(axis=1)
    digits = {
        str(column): int(cells.astype(str).str.count(r"\d").sum())
        for column, cells in texts.items()
        if cells.is_unique or texts.shape[1] == 1
    }
    if not digits:
        there = ", ".join(shapes.columns.drop("geometry")) or "inga kolumner"
        what = f"ingen kolumn har områdenas namn; i filen finns: {there}."
        raise refuse(what, "Ge varje yta ett eget namn i en kolumn.", file=file)
    return min(digits, key=lambda column: digits[column])


def _matched(
    shapes: gpd.GeoDataFrame, areas: pd.DataFrame, column: str | None, file: str
) -> pd.Series:
    """Tell which area each polygon is of, by the column that most areas are found in."""
    columns = list(shapes.columns.drop("geometry"))
    if column is not None and column not in columns:
        raise refuse(f"kolumnen ”{column}” finns inte.", nearest(column, columns), file=file)
    looked = {
        name: register_of.identified(shapes[name].astype(str), areas)
        for name in ([column] if column else columns)
    }
    count = {name: (meant.nunique(), meant.notna().sum()) for name, meant in looked.items()}
    best = looked[max(count, key=lambda name: count[name])] if count else pd.Series(dtype=str)
    if len(lost := areas.index.difference(best)):
        said = ", ".join(f"{name} ({areas_n})" for name, (areas_n, _) in count.items()) or "inga"
        names = ", ".join(areas["name"][lost[:5]]) + (" …" if len(lost) > 5 else "")
        what = f"{len(lost)} av {len(areas)} områden fick ingen yta: {names}."
        what += f" Kolumner som prövats, och hur många områden var och en har: {said}."
        remedy = (
            f"Lägg stavningarna som aliases, eller koderna i regso eller deso, i {register_of.FILE}"
        )
        raise refuse(what, f"{remedy} – eller ange en kolumn: --name-column NAMN.", file=file)
    return best


def _year_of(root: Path, division: str) -> int | None:
    """Find the newest year that uses a division; the newest of all where none does yet."""
    known, line = paths.years(root), rf'(?m)^division\s*=\s*["\']{re.escape(division)}["\']'
    texts = {year: (paths.of_data(root, year) / "year.toml").read_bytes() for year in known}
    using = [year for year in known if re.search(line, texts[year].decode(errors="replace"))]
    return max(using or known, default=None)


def _read_source(source: Path, crs: str | None) -> gpd.GeoDataFrame:
    """Read a map file in EPSG:3006, in the coordinate system it names or the one stated."""
    try:
        shapes = gpd.read_file(source)
    except (DataSourceError, DataLayerError, ValueError, OSError) as fault:
        what = f"går inte att läsa som kartdata: {str(fault)[:120]}"
        remedy = "Ange en hel GeoPackage, GeoJSON, shapefile eller MapInfo TAB."
        raise refuse(what, remedy, file=source.name) from None
    if not isinstance(shapes, gpd.GeoDataFrame) or shapes.geometry.isna().all():
        raise refuse("filen har inga ytor.", "Ange en fil med polygoner.", file=source.name)
    if shapes.crs is None and crs is None:
        remedy = "Ange det: --crs EPSG:3006 (SWEREF 99 TM), EPSG:3007–3018 (lokala zoner), "
        remedy += "EPSG:3021 (RT 90) eller EPSG:4326 (WGS 84)."
        raise refuse("filen namnger inget koordinatsystem.", remedy, file=source.name)
    try:
        named = shapes if crs is None else shapes.set_crs(System(crs), allow_override=True)
    except CRSError:
        raise refuse(f"okänt koordinatsystem: {crs}", "Skriv t.ex. EPSG:3006.") from None
    placed = named.loc[named.geometry.notna()].to_crs(CRS)
    if not shapely.box(*SWEDEN).contains(shapely.box(*placed.total_bounds)):
        what = "ytorna hamnar utanför Sverige: koordinatsystemet är ett annat än det som anges."
        raise refuse(what, "Ange det rätta: --crs EPSG:…", file=source.name)
    return placed


def _solid(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    """Keep the polygons of a geometry, without the slivers that a shore leaves."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    least = min(SLIVER, max((part.area for part in parts), default=0))
    return shapely.MultiPolygon([part for part in parts if part.area >= least > 0])


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
