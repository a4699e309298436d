import geopandas as gpd
import pytest
import shapely

from analysis import areas
from analysis.errors import Refusal


def squares(count, **columns):
    boxes = [
        shapely.box(500000 + 1000 * at, 6400000, 501000 + 1000 * at, 6401000) for at in range(count)
    ]
    return gpd.GeoDataFrame(columns, geometry=boxes, crs="EPSG:3006")


def test_the_register_is_read_with_aliases_and_numbers_in_swedish_order(town):
    register = areas.register(town)
    assert list(register.index) == ["norr", "soder", "vast"]
    assert register["aliases"]["norr"] == ("Norra", "N")
    assert areas.adults(register, 2023).tolist() == [400, 800, 1200]
    assert areas.adults(register, 1999).isna().all()


def test_all_faults_of_the_register_are_refused_at_once(town):
    (town / "data/areas.csv").write_text(
        "area_id,name,aliases,adults_2023\n../x,A,,1\nb,B,A,tre\n", "utf-8"
    )
    with pytest.raises(Refusal) as refusal:
        areas.register(town)
    said = str(refusal.value)
    assert "duger inte som filnamn" in said
    assert "redan namn på ett annat område" in said
    assert "”tre” är inget helt antal" in said


def test_a_missing_division_is_refused_with_those_there_are(town):
    with pytest.raises(Refusal, match="indelningen ”b” finns inte"):
        areas.read(town, "b", areas.register(town))


def test_imported_regions_are_filtered_by_municipality_and_dissolved_by_code(town):
    shapes = squares(
        5,
        regsokod=["9999R001_RegSO2025", "9999R001_RegSO2025", "9999R002", "9999R003", "0001R001"],
        kommunkod=["9999", "9999", "9999", "9999", "0001"],
    )
    shapes.to_crs("EPSG:4326").to_file(town / "in.geojson", driver="GeoJSON")
    notices = areas.import_division(town, town / "in.geojson", "ny", code="9999")
    assert notices == ["4 ytor blev 3 områden."]
    found = areas.read(town, "ny", areas.register(town))
    assert found.crs.to_epsg() == 3006
    assert found.area.div(1e6).round(2).tolist() == [2, 1, 1]
    assert "a" in areas.layers(town)


def test_regions_without_codes_are_matched_by_name_and_broken_rings_are_mended(town):
    bow_tie = shapely.Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    shapes = squares(3, namn=["NORRA", "söder ", "Väst"])
    shapes.loc[0, "geometry"] = bow_tie
    shapes.to_file(town / "in.gpkg", driver="GPKG")
    notices = areas.import_division(town, town / "in.gpkg", "a", code="9999")
    assert "1 ytor hade ogiltig gräns och lagades." in notices
    assert areas.read(town, "a", areas.register(town)).is_valid.all()


def test_geometry_without_a_coordinate_system_is_refused_until_it_is_stated(town):
    shapes = squares(3, namn=["Norr", "Söder", "Väst"])
    shapes.to_file(town / "in.shp")
    (town / "in.prj").unlink()
    with pytest.raises(Refusal, match="--crs EPSG:3006"):
        areas.import_division(town, town / "in.shp", "ny", code="9999")
    assert areas.import_division(town, town / "in.shp", "ny", code="9999", crs="EPSG:3006")


def test_an_area_left_without_polygon_is_refused_and_nothing_is_written(town):
    before = (town / "shapes/areas.gpkg").read_bytes()
    squares(2, namn=["Norr", "Söder"]).to_file(town / "in.gpkg", driver="GPKG")
    with pytest.raises(Refusal, match="området ”Väst” fick ingen yta"):
        areas.import_division(town, town / "in.gpkg", "a", code="9999")
    assert (town / "shapes/areas.gpkg").read_bytes() == before
    assert len(list((town / "shapes").iterdir())) == 1


def test_a_picture_is_refused_as_geometry(town):
    (town / "in.gpkg").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(Refusal, match="kartdata"):
        areas.import_division(town, town / "in.gpkg", "a", code="9999")


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
    shapes = gpd.read_file(town / "shapes/areas.gpkg", layer="a")
    broken = shapes.set_geometry([shape, *shapes.geometry[1:]])
    (town / "shapes/areas.gpkg").unlink()
    broken.to_file(town / "shapes/areas.gpkg", layer="a", driver="GPKG")
    with pytest.raises(Refusal, match=word):
        areas.read(town, "a", areas.register(town))


def test_a_damaged_geopackage_is_refused(town):
    (town / "shapes/areas.gpkg").write_bytes(b"no database")
    with pytest.raises(Refusal, match="går inte att läsa"):
        areas.layer(town, "a")


def test_an_import_of_points_is_refused_and_nothing_is_written(town):
    before = (town / "shapes/areas.gpkg").read_bytes()
    points = squares(3, namn=["Norr", "Söder", "Väst"])
    points.set_geometry(points.centroid).to_file(town / "in.gpkg", driver="GPKG")
    with pytest.raises(Refusal, match="har ingen yta"):
        areas.import_division(town, town / "in.gpkg", "a", code="9999")
    assert (town / "shapes/areas.gpkg").read_bytes() == before
