"""Draw shapes/areas.gpkg: schematic survey areas of Jönköping, until SCB's RegSO are imported.

The outline and the shores are drawn from memory through the points below and rounded. The land
is strewn with points, closer in town; each goes to the area whose centre (or other named place)
is nearest, measured in the area's own reach; their Voronoi cells make the area. Shared borders
are simplified together, so neighbours keep the same edge. Good for a picture, not for navigation:
`analysis shapes import FILE` replaces the layer. Run `python data/schematic.py`.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyogrio
import shapely

from analysis.sources import areas
from analysis.sources import boundaries as shapes

HOME = Path(__file__).resolve().parents[1]
DIVISION = "survey-2022"
NOTE = "Schematisk yta: ritad för demonstration, inte en officiell gräns"
CRS = "EPSG:3006"
SEED = 680

Points = npt.NDArray[np.float64]

# Longitude and latitude, clockwise from the border with Habo at Vättern's western shore.
LAKE_LIMIT = """14.165 57.886  14.235 57.945  14.255 58.03  14.33 58.12  14.45 58.135
 14.575 58.098"""
INLAND = """14.62 58.083  14.685 58.045  14.66 57.985  14.575 57.95  14.545 57.905  14.59 57.86
 14.60 57.805  14.54 57.76  14.46 57.738  14.425 57.715  14.40 57.67  14.41 57.62  14.38 57.59
 14.29 57.58  14.215 57.617  14.13 57.617  14.05 57.60  13.985 57.612  13.93 57.65  13.86 57.655
 13.80 57.61  13.76 57.57  13.69 57.572  13.67 57.62  13.74 57.68  13.735 57.75  13.785 57.805
 13.83 57.835  13.91 57.83  13.97 57.848  14.03 57.862  14.09 57.885"""
SHORE = """14.165 57.886  14.155 57.86  14.153 57.835  14.149 57.815  14.153 57.797  14.157 57.7895
 14.175 57.7865  14.205 57.7868  14.228 57.7905  14.245 57.7975  14.258 57.797  14.262 57.800
 14.251 57.8055  14.247 57.815  14.265 57.83  14.283 57.853  14.31 57.875  14.345 57.90  14.385 57.93
 14.42 57.965  14.452 58.005  14.468 58.03  14.515 58.062  14.575 58.098"""
ISLAND = """14.285 57.982  14.33 57.99  14.37 58.03  14.392 58.07  14.422 58.105  14.39 58.108
 14.335 58.07  14.292 58.02"""
TOWN = """14.10 57.725  14.315 57.825"""
LAKES = {  # centre, half width and half height in metres
    "Munksjön": (14.1705, 57.7735, 290, 750),
    "Rocksjön": (14.1935, 57.7715, 330, 560),
    "Landsjön": (14.336, 57.858, 550, 1300),
}

# Centres in degrees (estimated), and how far an area reaches compared with its neighbours.
CENTRES = """
bankeryd 14.128 57.860 0.8 | barnarp 14.175 57.710 0.8 | bymarken 14.140 57.797 1
barnarps-tenhults-landsbygder 14.25 57.69 1 | barnarps-tenhults-landsbygder 14.33 57.60 1
barnarps-tenhults-landsbygder 14.20 57.64 1 | barnarps-tenhults-landsbygder 14.36 57.68 1
barnarps-tenhults-landsbygder 14.23 57.72 1 | barnarps-tenhults-landsbygder 14.29 57.735 1
backalyckan-vastra-torpa 14.147 57.777 1 | egna-hem-stensholm 14.295 57.790 1
ekhagen 14.233 57.776 1 | grabo-tormenas 14.278 57.778 1 | granna 14.475 58.024 0.45
grashagen-tokarp 14.136 57.762 1 | hisingstorp-dalvik-skankeberg 14.127 57.788 1
hovslatt 14.120 57.733 1 | huskvarna-centrum 14.271 57.792 1 | huskvarna-soder 14.289 57.776 1
jarstorp-bottnaryd-norra-unnaryd 14.04 57.79 1 | jarstorp-bottnaryd-norra-unnaryd 13.95 57.79 1
jarstorp-bottnaryd-norra-unnaryd 13.83 57.775 1 | jarstorp-bottnaryd-norra-unnaryd 13.74 57.60 1
jonkoping-centrum-vaster 14.160 57.782 1 | jonkoping-centrum-oster 14.183 57.779 1
jonkoping-centrum-oster 14.180 57.771 0.8 | kaxholmen 14.295 57.853 0.6 | liljeholmen-vastra-rosenlund 14.208 57.778 1
ljungarum 14.187 57.757 1 | norrahammar 14.120 57.704 0.9 | norrangen 14.260 57.810 1
rosenlund-vattersnas 14.240 57.790 1 | raslatt 14.150 57.738 1 | samset-mariebo 14.121 57.772 1
skarstad-lekeryd 14.35 57.78 1 | skarstad-lekeryd 14.36 57.82 1
skarstad-lekeryd 14.46 57.83 1 | skarstad-lekeryd 14.37 57.885 1 | skarstad-lekeryd 14.49 57.78 1
soder-munksjostaden 14.156 57.774 1 | sodra-munksjon-kattilstorp 14.155 57.760 1
taberg-mansarp 14.088 57.673 1 | tenhult 14.321 57.708 0.6 | tranghalla-kortebo 14.130 57.815 1
visingso-orserum-olmstad 14.34 58.04 1 | visingso-orserum-olmstad 14.55 58.02 1
visingso-orserum-olmstad 14.40 57.925 1 | visingso-orserum-olmstad 14.46 57.96 1
osterangen 14.239 57.784 1 | oxnehaga 14.267 57.772 0.9 | oxnehaga 14.261 57.774 0.9
"""


def main(file: Path = HOME / shapes.GEOPACKAGE) -> None:
    """Write the layers survey-2022, water and outline."""
    whole, water = _territory()
    drawn = _areas(shapely.difference(whole, shapely.union_all(list(water.values()))))
    names = areas.register(HOME)["name"]
    layers = {
        DIVISION: gpd.GeoDataFrame(
            {"area_id": list(drawn), "name": [names[area] for area in drawn]},
            geometry=list(drawn.values()),
        ),
        "water": gpd.GeoDataFrame({"name": list(water)}, geometry=list(water.values())),
        "outline": gpd.GeoDataFrame({"name": ["Jönköpings kommun"]}, geometry=[whole]),
    }
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-01-01T00:00:00.000Z"})
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    for name, layer in layers.items():
        described = layer.set_crs(CRS).assign(note=NOTE)
        described.to_file(file, layer=name, driver="GPKG", layer_options={"DESCRIPTION": NOTE})


def _territory() -> tuple[shapely.Polygon, dict[str, shapely.Geometry]]:
    """Return the municipality with its part of Vättern, and the lakes by name."""
    shore = _rounded(_points(SHORE))
    limit, inland = _points(LAKE_LIMIT), _points(INLAND)
    lake = shapely.Polygon(np.vstack([_rounded(limit), shore[::-1]]))
    border = _winding(np.vstack([limit[-1:], inland, limit[:1]]))
    whole = shapely.union_all([lake, shapely.Polygon(np.vstack([border, shore]))])
    island = shapely.Polygon(_rounded(np.vstack([_points(ISLAND), _points(ISLAND)[:1]])))
    small = {name: _oval(*at) for name, at in LAKES.items()}
    return whole, {"Vättern": lake.difference(island), **small}


def _areas(land: shapely.Geometry) -> dict[str, shapely.Geometry]:
    """Divide the land among the areas; neighbours share their edges exactly."""
    rows = [entry.split() for line in CENTRES.strip().splitlines() for entry in line.split("|")]
    keys = np.array([row[0] for row in rows])
    at = _projected(np.array([row[1:3] for row in rows], dtype=float))
    reach = np.array([row[3] for row in rows], dtype=float)
    strewn = _strewn(land)
    distance = np.linalg.norm(strewn[:, None] - at[None], axis=2) / reach
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(strewn), extend_to=land, ordered=True)
    )
    owner = keys[distance.argmin(axis=1)]
    whole = [shapely.union_all(cells[owner == key]) for key in sorted(set(keys))]
    smooth = shapely.coverage_simplify(whole, 320.0, simplify_boundary=False)
    clipped = shapely.intersection(smooth, land, grid_size=1.0)
    surfaces = [[part for part in shapely.get_parts(area) if part.area] for area in clipped]
    return dict(zip(sorted(set(keys)), map(shapely.union_all, surfaces), strict=True))


def _strewn(land: shapely.Geometry) -> Points:
    """Strew points over the land's box: every 150 m in town, every 400 m elsewhere."""
    random = np.random.RandomState(SEED)
    town = shapely.MultiPoint(_points(TOWN)).envelope
    wide = _grid(400, land.bounds, random)
    return np.vstack([wide[~shapely.contains_xy(town, wide)], _grid(150, town.bounds, random)])


def _grid(step: float, box: tuple[float, ...], random: np.random.RandomState) -> Points:
    """Lay points in a net and shift each a little."""
    x, y = np.meshgrid(np.arange(box[0], box[2], step), np.arange(box[1], box[3], step))
    flat = np.column_stack([x.ravel(), y.ravel()])
    return flat + random.uniform(-0.4, 0.4, flat.shape) * step


def _points(text: str) -> Points:
    return _projected(np.array(text.split(), dtype=float).reshape(-1, 2))


def _projected(degrees: Points) -> Points:
    """Turn longitude and latitude into whole metres of EPSG:3006."""
    points = gpd.GeoSeries.from_xy(*degrees.T, crs="EPSG:4326").to_crs(CRS)
    return np.column_stack([points.x, points.y]).round()


def _rounded(line: Points) -> Points:
    """Cut the corners of a line three times (Chaikin); its ends stay."""
    for _ in range(3):
        start, end = line[:-1], line[1:]
        cut = np.stack([0.75 * start + 0.25 * end, 0.25 * start + 0.75 * end], axis=1)
        line = np.vstack([line[:1], cut.reshape(-1, 2), line[-1:]])
    return line.round()


def _winding(line: Points) -> Points:
    """Bend every stretch of a line to one side at its middle, four times; its points stay."""
    random = np.random.RandomState(SEED)
    for _ in range(4):
        along = np.diff(line, axis=0)
        aside = random.uniform(-0.12, 0.12, (len(along), 1)) * along[:, ::-1] * [-1, 1]
        middle = line[:-1] + along / 2 + aside
        line = np.vstack([np.stack([line[:-1], middle], axis=1).reshape(-1, 2), line[-1:]])
    return line.round()


def _oval(lon: float, lat: float, half_width: float, half_height: float) -> shapely.Polygon:
    angle = np.linspace(0, 2 * np.pi, 40)[:, None]
    sides = np.hstack([np.cos(angle) * half_width, np.sin(angle) * half_height])
    return shapely.Polygon((_projected(np.array([[lon, lat]])) + sides).round())


if __name__ == "__main__":
    main()
