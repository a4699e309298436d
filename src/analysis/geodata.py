"""The year's gated results on the map, as files for mapping programs: GeoJSON and GeoPackage."""

from __future__ import annotations

import io
import json

import pandas as pd
import pyogrio
import shapely

from analysis.results import Results

KINDS = {"value": "float", "lower": "float", "upper": "float", "n": "Int64", "status": "str"}
QUANTITIES = list(KINDS)
LONG_AGO = "1980-01-01T00:00:00Z"  # the date of every GeoPackage: same results, same bytes


def files(year: Results, table: pd.DataFrame) -> dict[str, bytes]:
    """Return resultat.geojson and resultat.gpkg: a feature an area; nothing without polygons.

    Args:
        table: the open data's tidy table, one row per area, group, indicator and year.
    """
    polygons = year.places
    if polygons is None:
        return {}
    places = polygons.to_crs("EPSG:4326")
    shapes = shapely.orient_polygons(shapely.set_precision(places.geometry, grid_size=1e-6))
    wide = _wide(year, table)
    geojson = places.assign(geometry=shapes).join(wide).to_json()
    return {
        "resultat.geojson": f"{_sorted(geojson)}\n".encode(),
        "resultat.gpkg": _geopackage(polygons.join(wide).reset_index(drop=True)),
    }


def _wide(year: Results, table: pd.DataFrame) -> pd.DataFrame:
    """Return one row an area: this year's main measure and its groups, a column a quantity."""
    measures = {year.main_measure(), *(year.model.groups if year.model else ())}
    now = table.loc[table["year"].eq(year.number) & table["indicator"].isin(measures)]
    wide = now.loc[now["group"].eq("")].pivot(index="area", columns="indicator", values=QUANTITIES)
    wide = wide.astype({at: KINDS[at[0]] for at in wide.columns})
    wide.columns = pd.Index([f"{measure}_{quantity}" for quantity, measure in wide.columns])
    about = pd.DataFrame({"id": year.areas.index, "name": year.areas["name"], "year": year.number})
    return about.join(wide)


def _geopackage(places: pd.DataFrame) -> bytes:
    """Return a GeoPackage with one layer, in the coordinate system of the polygons."""
    made = io.BytesIO()
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": LONG_AGO})
    try:
        places.to_file(made, driver="GPKG", layer="resultat")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    return made.getvalue()


def _sorted(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, allow_nan=False)
