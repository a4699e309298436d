"""Polygons of any format: read, found their areas, cut by the lake, refused where they cannot be."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from analysis.errors import Refusal
from analysis.sources import areas, boundaries

ROOT = Path(__file__).parents[2]


FORMATS = {"gpkg": "GPKG", "geojson": "GeoJSON", "shp": "ESRI Shapefile", "tab": "MapInfo File"}
SYSTEMS = ["EPSG:3006", *(f"EPSG:{code}" for code in range(3007, 3019)), "EPSG:4326", "EPSG:3021"]


def squares(count=3, **columns):
    boxes = [
        shapely.box(500000 + 1000 * at, 6400000, 501000 + 1000 * at, 6401000) for at in range(count)
    ]
    return gpd.GeoDataFrame(columns, geometry=boxes, crs="EPSG:3006")


def given(town, frame, suffix="gpkg"):
    path = town / f"in.{suffix}"
    frame.to_file(path, driver=FORMATS[suffix], encoding="utf-8")
    return path


def imported(town, path, **options):
    boundaries.import_division(town, path, "ny", code="9999", **options)
    return boundaries.read(town, "ny", areas.register(town))


def test_a_missing_division_is_refused_with_those_there_are(town):
    with pytest.raises(Refusal, match="indelningen finns inte"):
        boundaries.read(town, "b", areas.register(town))


def test_imported_regions_are_filtered_by_municipality_and_dissolved_by_code(town):
    drawn = squares(
        5,
        regsokod=["9999R001_RegSO2025", "9999R001_RegSO2025", "9999R002", "9999R003", "0001R001"],
        kommunkod=["9999", "9999", "9999", "9999", "0001"],
    )
    drawn.to_crs("EPSG:4326").to_file(town / "in.geojson", driver="GeoJSON")
    notices = boundaries.import_division(town, town / "in.geojson", "ny", code="9999")
    assert notices == ["4 ytor blev 3 områden."]
    found = boundaries.read(town, "ny", areas.register(town))
    assert found.crs.to_epsg() == 3006
    assert found.area.div(1e6).round(2).tolist() == [2, 1, 1]
    assert boundaries.layer(town, "a") is not None


def test_regions_without_codes_are_matched_by_name_and_broken_rings_are_mended(town):
    drawn = squares(namn=["NORRA", "söder ", "Väst"])
    corners = shapely.get_coordinates(drawn.geometry[0])
    drawn.loc[0, "geometry"] = shapely.Polygon(corners[[0, 2, 1, 3]])
    notices = boundaries.import_division(town, given(town, drawn), "a", code="9999")
    assert "1 ytor hade ogiltig gräns och lagades." in notices
    assert boundaries.read(town, "a", areas.register(town)).is_valid.all()


def test_geometry_without_a_coordinate_system_is_refused_until_it_is_stated(town):
    path = given(town, squares(namn=["Norr", "Söder", "Väst"]), "shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(Refusal, match="--crs EPSG:3006"):
        imported(town, path)
    assert len(imported(town, path, crs="EPSG:3006")) == 3


def test_areas_left_without_polygon_are_refused_once_with_what_was_looked_at(town):
    before = (town / "shapes/areas.gpkg").read_bytes()
    drawn = squares(namn=["Norr", "Söder", "Mitt"], typ=["Norr", "a", "b"], nr=[1, 2, 3])
    given(town, drawn)
    with pytest.raises(Refusal, match="1 av 3 områden fick ingen yta: Väst") as refusal:
        boundaries.import_division(town, town / "in.gpkg", "a", code="9999")
    assert len(refusal.value.findings) == 1
    assert "namn (2), typ (1), nr (0)" in str(refusal.value)
    assert (town / "shapes/areas.gpkg").read_bytes() == before
    assert len(list((town / "shapes").iterdir())) == 1


def test_the_column_of_names_is_found_whatever_it_is_called_or_named_by_hand(town):
    drawn = squares(plats=["Norr", "Norr", "x"], distrikt=["söder", "Väst", "Norra"])
    found = imported(town, given(town, drawn))
    assert found.geometry[1].centroid.x == pytest.approx(500500)
    with pytest.raises(Refusal, match=r"plats \(1\)"):
        imported(town, town / "in.gpkg", name_column="plats")
    with pytest.raises(Refusal, match="kolumnen ”platz” finns inte.\n  → menades ”plats”"):
        imported(town, town / "in.gpkg", name_column="platz")


def test_a_column_of_codes_picks_rows_only_where_it_holds_this_municipality(town):
    drawn = squares(namn=["Norr", "Söder", "Väst"], kod=["0001", "0002", "0003"])
    assert len(imported(town, given(town, drawn))) == 3
    assert len(boundaries.of_municipality(town / "in.gpkg", "0002")) == 1
    assert len(boundaries.of_municipality(town / "in.gpkg", "00")) == 3


def test_areas_end_at_the_shore_and_the_backdrop_keeps_lakes_and_towns(town):
    lake = squares(1, namn=["Sjön"]).set_geometry([shapely.box(500000, 6400500, 503000, 6402000)])
    spot = squares(1, name=["Stan"]).set_geometry([shapely.Point(500100, 6400100)])
    for frame in (lake, spot, lake):
        boundaries.import_division(town, given(town, frame), "backdrop", code="9999")
    found = imported(town, given(town, squares(namn=["Norr", "Söder", "Väst"])))
    assert found.area.tolist() == pytest.approx([5e5] * 3)
    behind = boundaries.backdrop(town).set_index("name")["kind"]
    assert behind.to_dict() == {"Stan": "town", "Sjön": "water"}


def test_the_demonstrations_areas_are_made_again_from_their_sources(town):
    (town / "data/areas.csv").write_bytes((ROOT / "data/areas.csv").read_bytes())
    (town / "shapes/areas.gpkg").unlink()
    for name, division in {
        "vattern-jonkoping": "backdrop",
        "towns": "backdrop",
        "regso-2025-jonkoping": "regso-2025",
    }.items():
        source = ROOT / f"shapes/source/{name}.geojson"
        boundaries.import_division(town, source, division, code="0680")
    assert (town / "shapes/areas.gpkg").read_bytes() == (ROOT / "shapes/areas.gpkg").read_bytes()
    found = boundaries.read(town, "regso-2025", areas.register(town))
    assert len(found) == 34
    assert found.area.sum() / 1e6 == pytest.approx(1569, abs=1)
    assert shapely.coverage_is_valid(found.geometry.to_numpy())


@pytest.mark.parametrize(
    "shape",
    [shapely.Point(0, 0), shapely.Polygon(), shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])],
    ids=["point", "empty", "bow tie"],
)
def test_a_layer_that_no_map_can_be_drawn_from_is_refused(town, shape):
    drawn = boundaries.layer(town, "a")
    broken = drawn.set_geometry([shape, *drawn.geometry[1:]])
    (town / "shapes/areas.gpkg").unlink()
    broken.to_file(town / "shapes/areas.gpkg", layer="a", driver="GPKG")
    with pytest.raises(Refusal, match="ogiltig, tom eller dubbel"):
        boundaries.read(town, "a", areas.register(town))


def test_a_damaged_geopackage_is_refused(town):
    (town / "shapes/areas.gpkg").write_bytes(b"no database")
    with pytest.raises(Refusal, match="går inte att läsa"):
        boundaries.layer(town, "a")


def test_an_import_of_points_is_refused_and_nothing_is_written(town):
    before = (town / "shapes/areas.gpkg").read_bytes()
    points = squares(namn=["Norr", "Söder", "Väst"])
    with pytest.raises(Refusal, match="har ingen yta"):
        imported(town, given(town, points.set_geometry(points.centroid)))
    assert (town / "shapes/areas.gpkg").read_bytes() == before


@pytest.mark.parametrize("system", SYSTEMS)
def test_polygons_of_every_usual_format_and_system_land_in_the_same_place(town, system):
    own = squares(namn=["Norr", "Söder", "Väst"])
    suffix = [*FORMATS][SYSTEMS.index(system) % 4]
    path = given(town, own.to_crs(system), suffix)
    if suffix == "shp":
        path.with_suffix(".prj").unlink()
    found = imported(town, path, crs=system if suffix == "shp" else None)
    assert found.crs.to_epsg() == 3006
    assert found.geometry.iloc[0].centroid.distance(own.geometry.iloc[0].centroid) < 2


def test_coordinates_in_another_system_than_the_one_named_are_refused(town):
    local = squares(namn=["Norr", "Söder", "Väst"]).to_crs("EPSG:3010")
    wrong = local.set_crs("EPSG:3006", allow_override=True)
    with pytest.raises(Refusal, match="utanför Sverige"):
        imported(town, given(town, wrong, "gpkg"))
    assert imported(town, town / "in.gpkg", crs="EPSG:3010").is_valid.all()


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_map_file_that_is_a_picture_is_refused(town, suffix):
    (town / f"in.{suffix}").write_bytes(b"\x89PNG\r\n\x1a\n" * 9)
    with pytest.raises(Refusal, match="kartdata"):
        imported(town, town / f"in.{suffix}")
