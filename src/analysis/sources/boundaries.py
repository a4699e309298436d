"""The areas' polygons: map files of any format in, the divisions of shapes/areas.gpkg out."""

from __future__ import annotations

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
LABEL = "shapes/areas.gpkg"
GEOPACKAGE = Path(LABEL)
BACKDROP = "backdrop"
COLUMNS = ["kind", "name", "geometry"]  # of the backdrop
AGAIN = "Läs in geometrin på nytt: analysis shapes import FIL --division NAMN"
FORMATS = "Ange en hel GeoPackage, GeoJSON, shapefile eller MapInfo TAB."
SYSTEMS = (
    "Ange det: --crs EPSG:3006 (SWEREF 99 TM), EPSG:3007–3018 (lokala zoner), "
    "EPSG:3021 (RT 90) eller EPSG:4326 (WGS 84)."
)
SWEDEN = (200_000, 6_100_000, 950_000, 7_700_000)  # metres, EPSG:3006
SLIVER = 1_000.0  # square metres that the shore may cut off an area and that are then left out
LONG_AGO = "1980-01-01T00:00:00Z"  # the date of every GeoPackage: same polygons, same bytes


def read(root: Path, division: str, areas: pd.DataFrame) -> gpd.GeoDataFrame:
    """Read a division's polygons in EPSG:3006: columns `area`, `geometry`, in the register's order.

    Raises Refusal where areas and polygons do not fit, or no map can be drawn from them.
    """
    found, file = layer(root, division), f"{LABEL}, lager {division}"
    if found is None or "area_id" not in found:
        remedy = f"{AGAIN} – eller ta bort division i year.toml, så görs rapporten utan karta."
        raise refuse("indelningen finns inte, eller saknar area_id.", remedy, file=file)
    ids, shapes = found["area_id"], found.geometry
    solid = shapes.geom_type.isin(["Polygon", "MultiPolygon"]) & shapes.is_valid & shapes.area.gt(0)
    faults = {
        "ytan ”{}” är ogiltig, tom eller dubbel.": ids[~solid | ids.duplicated()],
        "området ”{}” har ingen yta.": areas.index.difference(ids),
        f"ytan ”{{}}” finns inte i {register_of.FILE}.": ids[~ids.isin(areas.index)],
    }
    raise_if_any(
        Finding(what.format(area), AGAIN, file)
        for what, faulty in faults.items()
        for area in faulty
    )
    ordered = found.set_index("area_id").loc[areas.index, ["geometry"]]
    return ordered.rename_axis("area").reset_index()


def backdrop(root: Path) -> gpd.GeoDataFrame:
    """Read what gives a map's reader bearings: `kind` (water, town), `name`, `geometry`."""
    found = layer(root, BACKDROP)
    return gpd.GeoDataFrame(columns=COLUMNS, crs=CRS) if found is None else found


def layer(root: Path, name: str) -> gpd.GeoDataFrame | None:
    """Read a layer in EPSG:3006; None where it is not there."""
    path = root / GEOPACKAGE
    try:
        return _read(path, f"{LABEL}, lager {name}", AGAIN, layer=name) if path.is_file() else None
    except DataLayerError:
        return None


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

    The file is of any format that GDAL reads, the division named as in year.toml; `backdrop` takes
    waters (polygons) and towns (points). Rows of others than `code` are left out. The column of
    names or codes is the one whose texts are most areas of areas.csv, or `name_column`; `crs` is
    the system of a file that names none. An area's polygons are joined, and end at the water.
    """
    if division == BACKDROP:
        return _import_backdrop(root, _read(source, source.name, crs=crs))
    own = of_municipality(source, code, crs)
    areas = register_of.register(root, _year_of(root, division))
    meant = _matched(own, areas, name_column, source.name)
    mended = own.set_geometry(own.make_valid())[["geometry"]].assign(area_id=meant)
    joined = mended.dissolve("area_id", as_index=False)
    water = backdrop(root).query("kind == 'water'").union_all()
    joined["geometry"] = joined.difference(water).map(_solid)
    joined["name"] = joined["area_id"].map(areas["name"])
    raise_if_any(
        Finding(f"området ”{name}” har ingen yta.", "Ge det en polygon.", source.name)
        for name in joined.loc[joined.is_empty, "name"]
    )
    _write(root, division, joined)
    broken, left = (~own[meant.notna()].is_valid).sum(), meant.isna().sum()
    said = [f"{len(own) - left} ytor blev {len(joined)} områden."]
    said += [f"{broken} ytor hade ogiltig gräns och lagades."] * bool(broken)
    return said + [f"{left} ytor hör inte till något område och lämnades."] * bool(left)


def _year_of(root: Path, division: str) -> int | None:
    """Find the newest year that names a division; the newest of all where none does yet."""
    told = {year: paths.of_data(root, year) / "year.toml" for year in paths.years(root)}
    using = [year for year in told if f'"{division}"' in told[year].read_text("utf-8", "replace")]
    return max(using or told, default=None)


def _import_backdrop(root: Path, given: gpd.GeoDataFrame) -> list[str]:
    kind = given.geom_type.map({"Point": "town"}).fillna("water")
    given = given.rename(columns={"namn": "name"}).assign(kind=kind).reindex(columns=COLUMNS)
    known = backdrop(root)
    kept = known.loc[~known["name"].isin(given["name"])]
    _write(root, BACKDROP, gpd.GeoDataFrame(pd.concat([kept, given], ignore_index=True), crs=CRS))
    return [f"{len(given)} ytor och punkter blev bakgrund; läs sedan in områdena på nytt."]


def of_municipality(source: Path, code: str, crs: str | None = None) -> gpd.GeoDataFrame:
    """Read a map file's rows of a municipality or region: all, where no column holds its code."""
    shapes = _read(source, source.name, crs=crs)
    for column in shapes.columns.drop("geometry"):
        texts = shapes[column].astype(str).str.strip()
        is_own = texts.str.startswith(code)
        if texts.str.fullmatch(r"\d{2,4}\b.*").all() and is_own.any():
            return shapes.loc[is_own].reset_index(drop=True)
    return shapes


def name_column(shapes: gpd.GeoDataFrame, file: str) -> str:
    """Find the column of an unknown file that names its areas: all different, fewest digits."""
    texts = shapes.drop(columns="geometry").select_dtypes(exclude="number").dropna(axis=1)
    told = [name for name in texts if texts[name].is_unique or texts.shape[1] == 1]
    if not told:
        there = ", ".join(shapes.columns.drop("geometry")) or "inga kolumner"
        what = f"ingen kolumn har områdenas namn; i filen finns: {there}."
        raise refuse(what, "Ge varje yta ett eget namn i en kolumn.", file=file)
    return str(min(told, key=lambda name: texts[name].astype(str).str.count(r"\d").sum()))


def _matched(
    shapes: gpd.GeoDataFrame, areas: pd.DataFrame, column: str | None, file: str
) -> pd.Series:
    """Tell which area each polygon is of, by the column that most areas are found in."""
    texts = shapes.drop(columns="geometry").astype(str)
    if column is not None and column not in texts:
        raise refuse(f"kolumnen ”{column}” finns inte.", nearest(column, texts), file=file)
    meant = texts[[column] if column else [*texts]].apply(register_of.identified, areas=areas)
    count = meant.nunique().sort_values(ascending=False, kind="stable")
    best = meant[count.index[0]] if len(count) else pd.Series(dtype=str)
    if len(lost := areas.index.difference(best)):
        said = ", ".join(f"{name} ({areas_n})" for name, areas_n in count.items()) or "inga"
        names = ", ".join(areas["name"][lost[:5]]) + (" …" if len(lost) > 5 else "")
        what = f"{len(lost)} av {len(areas)} områden fick ingen yta: {names}."
        what += f" Kolumner som prövats, och hur många områden var och en har: {said}."
        remedy = f"Lägg till aliases, regso eller deso i {register_of.FILE}"
        raise refuse(what, f"{remedy} – eller ange en kolumn: --name-column NAMN.", file=file)
    return best


def _read(
    path: Path,
    file: str,
    remedy: str = FORMATS,
    *,
    layer: str | None = None,
    crs: str | None = None,
) -> gpd.GeoDataFrame:
    """Read a map file in EPSG:3006, in the coordinate system it names or the one stated."""
    try:
        shapes = gpd.read_file(path, layer=layer)
    except (DataSourceError, ValueError, OSError) as fault:
        raise refuse(f"går inte att läsa som kartdata: {fault!s:.120}", remedy, file=file) from None
    if not isinstance(shapes, gpd.GeoDataFrame) or shapes.geometry.isna().all():
        raise refuse("filen har inga ytor.", "Ange en fil med polygoner.", file=file)
    try:
        named = shapes if crs is None else shapes.set_crs(System(crs), allow_override=True)
    except CRSError:
        raise refuse(f"okänt koordinatsystem: {crs}", SYSTEMS) from None
    if named.crs is None:
        raise refuse("filen namnger inget koordinatsystem.", SYSTEMS, file=file)
    placed = named.loc[named.geom_type.notna()].to_crs(CRS)
    if not layer and not shapely.box(*SWEDEN).contains(shapely.box(*placed.total_bounds)):
        what = "ytorna hamnar utanför Sverige: koordinatsystemet är ett annat än det som anges."
        raise refuse(what, SYSTEMS, file=file)
    return placed


def _solid(geometry: shapely.Geometry) -> shapely.MultiPolygon:
    """Keep the polygons of a geometry, without the slivers that a shore leaves."""
    parts = shapely.get_parts(geometry)
    least = min(SLIVER, shapely.area(parts).max(initial=0))
    return shapely.MultiPolygon(list(parts[shapely.area(parts) >= max(least, 1e-9)]))


def _write(root: Path, name: str, frame: gpd.GeoDataFrame) -> None:
    """Write all layers anew beside the file, then put it in place."""
    path = root / GEOPACKAGE
    others = pyogrio.list_layers(path)[:, 0] if path.is_file() else []
    frames = {**{other: layer(root, other) for other in others}, name: frame}
    path.parent.mkdir(exist_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": LONG_AGO})
    with paths.atomically(path) as beside:
        for at in sorted(frames):
            frames[at].to_file(beside, layer=at, driver="GPKG")
