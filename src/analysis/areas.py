"""The survey's areas: the register in data/areas.csv and the divisions in shapes/areas.gpkg."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import CRSError

from analysis import rawtable, reading
from analysis.errors import Finding, nearest, raise_if_any, refuse
from analysis.paths import atomically

CRS = "EPSG:3006"
GEOPACKAGE = Path("shapes/areas.gpkg")
AGAIN = "Läs in geometrin på nytt: analysis shapes import FIL"
CODES = ("regsokod", "desokod", "regso", "deso", "kod", "code")
NAMES = ("regsonamn", "name", "namn", "area", "omrade", "område")
MUNICIPALITIES = ("kommunkod", "kommun")


def register(root: Path) -> pd.DataFrame:
    """Read data/areas.csv.

    Returns:
        Index `area_id`; columns `name`, `aliases`, `regso`, `deso` (tuples) and `adults_YEAR`
        (residents 16–85, NaN where unknown), in Swedish alphabetical order of name.

    Raises:
        Refusal: with every doubled id, name or alias and every figure that is none.
    """
    file = "data/areas.csv"
    path = root / file
    if not path.is_file():
        raise refuse("filen saknas.", "Lista områdena: area_id,name,aliases,…", file=file)
    table = rawtable.read(path, label=file)
    rawtable.require(table, ["area_id", "name"])
    rows = table.rows.reindex(
        columns=list(dict.fromkeys([*table.rows, "aliases", "regso", "deso"])), fill_value=""
    )
    findings = _spelling_faults(table, rows)
    for column in [name for name in rows if re.fullmatch(r"adults_\d{4}", name)]:
        values, faulty = rawtable.numbers(table, column, is_whole=True)
        faulty += [
            table.finding(int(row), column, "antalet är negativt.", "Rätta talet.")
            for row in values.index[values.lt(0)]
        ]
        rows, findings = rows.assign(**{column: values}), [*findings, *faulty]
    raise_if_any(findings)
    listed = {name: rows[name].map(_listed) for name in ("aliases", "regso", "deso")}
    return rows.assign(**listed).set_index("area_id").sort_values("name", key=rawtable.alphabet)


def adults(areas: pd.DataFrame, year: int) -> pd.Series:
    """Return residents 16–85 of each area in a year; all NaN where the register has no column."""
    return areas.get(f"adults_{year}", pd.Series(float("nan"), index=areas.index))


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
        )
    file = f"{GEOPACKAGE.as_posix()}, lager {division}"
    raise_if_any(_geometry_faults(found, file))
    findings = [
        Finding(f"området ”{area}” har ingen yta.", "Läs in geometrin på nytt.", file)
        for area in areas.index.difference(found["area_id"])
    ] + [
        Finding(f"ytan ”{area}” finns inte i data/areas.csv.", nearest(area, areas.index), file)
        for area in found.loc[~found["area_id"].isin(areas.index), "area_id"]
    ]
    raise_if_any(findings)
    kept = [name for name in ("note", "geometry") if name in found]
    return found.set_index("area_id")[kept].loc[areas.index]


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
    shapes = _read_source(source, crs)
    own = _of_municipality(shapes, code)
    areas = register(root)
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


def _read_source(source: Path, crs: str | None) -> gpd.GeoDataFrame:
    try:
        shapes = gpd.read_file(source)
    except (DataSourceError, ValueError) as fault:
        raise refuse(
            f"går inte att läsa som kartdata: {fault}",
            "Ange en GeoPackage, GeoJSON eller shapefile.",
            file=source.name,
        ) from None
    if not isinstance(shapes, gpd.GeoDataFrame) or shapes.geometry.isna().all():
        raise refuse("filen har inga ytor.", "Ange en fil med polygoner.", file=source.name)
    if shapes.crs is None and crs is None:
        raise refuse(
            "filen namnger inget koordinatsystem.", "Ange det: --crs EPSG:3006", file=source.name
        )
    try:
        named = shapes if shapes.crs is not None else shapes.set_crs(crs)
    except CRSError:
        raise refuse(f"okänt koordinatsystem: {crs}", "Skriv t.ex. EPSG:3006.") from None
    return named.loc[named.geometry.notna()].to_crs(CRS)


def _of_municipality(shapes: gpd.GeoDataFrame, code: str) -> gpd.GeoDataFrame:
    column = _column(shapes, MUNICIPALITIES)
    if column is None:
        return shapes
    return shapes.loc[shapes[column].astype(str).str[:4].eq(code)]


def _area_of(shapes: gpd.GeoDataFrame, areas: pd.DataFrame) -> pd.Series:
    """Match rows to areas by code where the register has codes, else by name."""
    codes = {
        code: area
        for area, regso, deso in zip(areas.index, areas["regso"], areas["deso"], strict=True)
        for code in (*regso, *deso)
    }
    names = {
        rawtable.fold(spelling): area
        for area, name, aliases in zip(areas.index, areas["name"], areas["aliases"], strict=True)
        for spelling in (area, name, *aliases)
    }
    found = pd.Series(pd.NA, index=shapes.index, dtype=object)
    for candidates, known in ((CODES, codes), (NAMES, names)):
        for column in (name for name in shapes.columns if name.lower() in candidates):
            texts = shapes[column].astype(str).str.replace(r"_(RegSO|DeSO)\d{4}$", "", regex=True)
            found = found.fillna(texts.map(rawtable.fold if known is names else str).map(known))
    return found


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


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _spelling_faults(table: rawtable.RawTable, rows: pd.DataFrame) -> list[Finding]:
    """Find ids that are no file names, empty names, and spellings that two areas share."""
    findings: list[Finding] = []
    owner: dict[str, str] = {}
    for row, area, name, aliases in rows[["area_id", "name", "aliases"]].itertuples():
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", area):
            findings.append(
                table.finding(
                    row,
                    "area_id",
                    f"”{area}” duger inte som filnamn.",
                    "Använd a–z, 0–9 och bindestreck.",
                )
            )
        if not name:
            findings.append(table.finding(row, "name", "namnet saknas.", "Skriv områdets namn."))
        for spelling in {rawtable.fold(text) for text in (area, name, *_listed(aliases))}:
            if owner.setdefault(spelling, f"{row}") != f"{row}":
                findings.append(
                    table.finding(
                        row,
                        "name",
                        f"”{spelling}” är redan namn på ett annat område.",
                        f"Se rad {owner[spelling]}.",
                    )
                )
    return findings
