import geopandas as gpd
import pytest
import shapely

from analysis.errors import Refusal
from analysis.sources import areas
from analysis.sources import boundaries as shapes


def squares(count, **columns):
    boxes = [
        shapely.box(500000 + 1000 * at, 6400000, 501000 + 1000 * at, 6401000) for at in range(count)
    ]
    return gpd.GeoDataFrame(columns, geometry=boxes, crs="EPSG:3006")


def test_a_missing_division_is_refused_with_those_there_are(town):
    with pytest.raises(Refusal, match="indelningen ”b” finns inte"):
        shapes.read(town, "b", areas.register(town))


def test_imported_regions_are_filtered_by_municipality_and_dissolved_by_code(town):
    drawn = squares(
        5,
        regsokod=["9999R001_RegSO2025", "9999R001_RegSO2025", "9999R002", "9999R003", "0001R001"],
        kommunkod=["9999", "9999", "9999", "9999", "0001"],
    )
    drawn.to_crs("EPSG:4326").to_file(town / "in.geojson", driver="GeoJSON")
    notices = shapes.import_division(town, town / "in.geojson", "ny", code="9999")
    assert notices == ["4 ytor blev 3 områden."]
    found = shapes.read(town, "ny", areas.register(town))
    assert found.crs.to_epsg() == 3006
    assert found.area.div(1e6).round(2).tolist() == [2, 1, 1]
    assert "a" in shapes.layers(town)


def test_regions_without_codes_are_matched_by_name_and_broken_rings_are_mended(town):
    bow_tie = shapely.Polygon(
        [(500000, 6400000), (501000, 6401000), (501000, 6400000), (500000, 6401000)]
    )
    drawn = squares(3, namn=["NORRA", "söder ", "Väst"])
    drawn.loc[0, "geometry"] = bow_tie
    drawn.to_file(town / "in.gpkg", driver="GPKG")
    notices = shapes.import_division(town, town / "in.gpkg", "a", code="9999")
    assert "1 ytor hade ogiltig gräns och lagades." in notices
    assert shapes.read(town, "a", areas.register(town)).is_valid.all()


def test_geometry_without_a_coordinate_system_is_refused_until_it_is_stated(town):
    drawn = squares(3, namn=["Norr", "Söder", "Väst"])
    drawn.to_file(town / "in.shp")
    (town / "in.prj").unlink()
    with pytest.raises(Refusal, match="--crs EPSG:3006"):
        shapes.import_division(town, town / "in.shp", "ny", code="9999")
    assert shapes.import_division(town, town / "in.shp", "ny", code="9999", crs="EPSG:3006")


def test_an_area_left_without_polygon_is_refused_and_nothing_is_written(town):
    before = (town / "shapes/areas.gpkg").read_bytes()
    squares(2, namn=["Norr", "Söder"]).to_file(town / "in.gpkg", driver="GPKG")
    with pytest.raises(Refusal, match="området ”Väst” fick ingen yta"):
        shapes.import_division(town, town / "in.gpkg", "a", code="9999")
    assert (town / "shapes/areas.gpkg").read_bytes() == before
    assert len(list((town / "shapes").iterdir())) == 1


def test_a_picture_is_refused_as_geometry(town):
    (town / "in.gpkg").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(Refusal, match="kartdata"):
        shapes.import_division(town, town / "in.gpkg", "a", code="9999")


@pytest.mark.parametrize(
    ("shape", "word"),
    [
        (shapely.Point(0, 0), "ogiltig, tom eller dubbel"),
        (shapely.Polygon(), "ogiltig, tom eller dubbel"),
        (shapely.Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), "ogiltig, tom eller dubbel"),
    ],
    ids=["point", "empty", "bow tie"],
)
def test_a_layer_that_no_map_can_be_drawn_from_is_refused(town, shape, word):
    drawn = gpd.read_file(town / "shapes/areas.gpkg", layer="a")
    broken = drawn.set_geometry([shape, *drawn.geometry[1:]])
    (town / "shapes/areas.gpkg").unlink()
    broken.to_file(town / "shapes/areas.gpkg", layer="a", driver="GPKG")
    with pytest.raises(Refusal, match=word):
        shapes.read(town, "a", areas.register(town))


def test_a_damaged_geopackage_is_refused(town):
    (town / "shapes/areas.gpkg").write_bytes(b"no database")
    with pytest.raises(Refusal, match="går inte att läsa"):
        shapes.layer(town, "a")


def test_an_import_of_points_is_refused_and_nothing_is_written(town):
    before = (town / "shapes/areas.gpkg").read_bytes()
    points = squares(3, namn=["Norr", "Söder", "Väst"])
    points.set_geometry(points.centroid).to_file(town / "in.gpkg", driver="GPKG")
    with pytest.raises(Refusal, match="har ingen yta"):
        shapes.import_division(town, town / "in.gpkg", "a", code="9999")
    assert (town / "shapes/areas.gpkg").read_bytes() == before


FORMATS = {
    "gpkg": "GPKG",
    "geojson": "GeoJSON",
    "shp": "ESRI Shapefile",
    "tab": "MapInfo File",
    "parquet": None,
}
SYSTEMS = ["EPSG:3006", *(f"EPSG:{code}" for code in range(3007, 3019)), "EPSG:4326", "EPSG:3021"]


def given(town, frame, suffix):
    path = town / f"in.{suffix}"
    if suffix == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, driver=FORMATS[suffix], encoding="utf-8")
    return path


def imported(town, path, **options):
    shapes.import_division(town, path, "ny", code="9999", **options)
    return shapes.read(town, "ny", areas.register(town))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("system", ["EPSG:3006", "EPSG:4326", "EPSG:3021"])
def test_polygons_of_every_usual_format_land_in_the_same_place(town, suffix, system):
    own = squares(3, namn=["Norr", "Söder", "Väst"])
    found = imported(town, given(town, own.to_crs(system), suffix))
    assert found.crs.to_epsg() == 3006
    assert found.geometry.iloc[0].centroid.distance(own.geometry.iloc[0].centroid) < 2


@pytest.mark.parametrize("system", SYSTEMS)
def test_polygons_in_every_swedish_system_that_is_stated_land_in_the_same_place(town, system):
    own = squares(3, kod=["9999R001", "9999R002", "9999R003"])
    path = given(town, own.to_crs(system), "shp")
    path.with_suffix(".prj").unlink()
    found = imported(town, path, crs=system)
    assert found.geometry.iloc[0].centroid.distance(own.geometry.iloc[0].centroid) < 2


def test_coordinates_in_another_system_than_the_one_named_are_refused(town):
    local = squares(3, namn=["Norr", "Söder", "Väst"]).to_crs("EPSG:3010")
    wrong = local.set_crs("EPSG:3006", allow_override=True)
    with pytest.raises(Refusal, match="utanför Sverige"):
        imported(town, given(town, wrong, "gpkg"))
    assert imported(town, town / "in.gpkg", crs="EPSG:3010").is_valid.all()


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_map_file_that_is_a_picture_is_refused(town, suffix):
    (town / f"in.{suffix}").write_bytes(b"\x89PNG\r\n\x1a\n" * 9)
    with pytest.raises(Refusal, match="kartdata"):
        imported(town, town / f"in.{suffix}")
