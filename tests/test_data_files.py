import json
import re
import zipfile

import geopandas
import pandas as pd
import pytest
import shapely

from analysis import data_files, results
from analysis.text import about
from small import files

SHEETS = {"resultat": "Resultat", "forandringar": "Förändringar", "brott": "Anmälda brott"}


@pytest.fixture
def written(town, tmp_path):
    """Write the data files of Lillstad, where Norr has eight answers and is hidden."""
    lines = (town / "data/2023/survey.csv").read_text("utf-8").splitlines()
    kept = "\n".join(lines[:1] + lines[1:9] + lines[41:]).replace("\n130,", "\n998877,")
    (town / "data/2023/survey.csv").write_text(kept + "\n", "utf-8")
    data_files.write(results.of(2023, town), tmp_path / "out")
    return tmp_path / "out"


def csv(folder, name):
    return pd.read_csv(folder / f"data/{name}.csv", keep_default_na=False, dtype=str)


def sheets(folder):
    return pd.read_excel(
        folder / "data/resultat.xlsx", sheet_name=None, engine="calamine", dtype=object
    )


def inside(folder):
    """Read a workbook's own files."""
    with zipfile.ZipFile(folder / "data/resultat.xlsx") as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def features(folder):
    found = json.loads((folder / "data/resultat.geojson").read_text("utf-8"))
    return {one["properties"]["id"]: one for one in found["features"]}


def test_the_tidy_table_has_every_cell_of_both_years_once(town, tmp_path):
    data_files.write(results.of(2023, town), tmp_path)
    table = csv(tmp_path, "resultat")
    assert not table.duplicated(["area", "group", "indicator", "year"]).any()
    chosen = table.query("area == 'soder' and indicator == 'skrap' and year == '2023'")
    shown = chosen[["area_name", "unit", "value", "n", "status"]].to_numpy().tolist()
    assert shown == [["Söder", "andel 0–1", "0.2", "40", "shown"]]
    assert set(table.query("area == ''")["area_name"]) == {"Lillstads kommun"}
    assert {"", "Kvinnor", "Män"} == set(table["group"])


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless():
    texts = ["=HYPERLINK(1)", "-1", "\t=1", "\n+1", "＝1", "\x01@x", "Råslätt", "a=b", None]
    harmless = data_files.harmless(pd.DataFrame({"name": texts, "value": -1.0}))
    expected = ["'=HYPERLINK(1)", "'-1", "'\t=1", "'\n+1", "'＝1", "'@x", "Råslätt", "a=b"]
    assert harmless["name"].tolist()[:-1] == expected
    assert harmless["name"].isna().tolist() == [False] * 8 + [True]
    assert harmless["value"].tolist() == [-1.0] * 9


def test_an_area_named_as_a_formula_is_a_text_in_csv_and_xlsx(town, tmp_path, rewrite):
    rewrite(town / "data/areas.csv", "Väst,", '"=HYPERLINK(""http://x.se"")",Väst')
    data_files.write(results.of(2023, town), tmp_path)
    name = '\'=HYPERLINK("http://x.se")'
    assert name in set(csv(tmp_path, "resultat")["area_name"])
    assert name in set(sheets(tmp_path)["Resultat"]["area_name"])
    assert "<f>" not in inside(tmp_path)
    assert features(tmp_path)["vast"]["properties"]["name"] == name[1:]


def test_a_sheet_has_the_cells_of_its_csv(written):
    for name, title in SHEETS.items():
        table = pd.read_csv(written / f"data/{name}.csv", dtype={"code": str}).astype(object)
        shown = sheets(written)[title]
        table, shown = (frame.where(frame.notna(), None) for frame in (table, shown))
        assert len(table) > 1
        pd.testing.assert_frame_equal(table, shown)


def test_the_map_files_have_the_values_of_the_table_in_degrees_and_in_metres(written):
    table, found = (
        csv(written, "resultat").query("year == '2023' and group == ''"),
        features(written),
    )
    assert list(found) == ["norr", "soder", "vast"]
    for area, measure in [(area, name) for area in found for name in ("index", "ute", "hemma")]:
        (row,) = table.query("area == @area and indicator == @measure").to_dict("records")
        properties = found[area]["properties"]
        for name in ("value", "lower", "upper", "n"):
            shown = properties[f"{measure}_{name}"]
            assert shown == (None if row[name] == "" else float(row[name]))
        assert properties[f"{measure}_status"] == row["status"]
    shapes = [shapely.from_geojson(json.dumps(one["geometry"])) for one in found.values()]
    assert all(shape.is_valid for shape in shapes)
    assert all(part.exterior.is_ccw for shape in shapes for part in shapely.get_parts(shape))
    geometry = json.dumps([one["geometry"] for one in found.values()])
    assert max(map(len, re.findall(r"\d+\.(\d+)", geometry))) <= 6
    assert '"crs"' not in (written / "data/resultat.geojson").read_text("utf-8")
    metres = geopandas.read_file(written / "data/resultat.gpkg").set_index("id")
    assert metres.crs == "EPSG:3006"
    assert metres["index_status"].to_dict() == {
        area: one["properties"]["index_status"] for area, one in found.items()
    }


def test_no_number_of_a_hidden_cell_and_no_respondent_leaves_the_house(written):
    hidden = csv(written, "resultat").query("status == 'hidden'")
    assert set(hidden["area"]) >= {"norr"}
    assert (hidden[["value", "lower", "upper", "n"]] == "").all(axis=None)
    others = [path for path in written.rglob("*.*") if path.suffix != ".xlsx"]
    texts = [inside(written), *(path.read_text("latin-1") for path in others)]
    assert "998877" not in "".join(texts)


def test_two_writes_are_the_same_bytes_at_any_time(town, tmp_path, monkeypatch):
    year = results.of(2023, town)
    data_files.write(year, tmp_path / "one")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setattr("time.time", lambda: 2e9)
    data_files.write(year, tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert len(files(tmp_path / "one")) == 7
    assert data_files.packed({"b": b"2", "a": b"1"}) == data_files.packed({"a": b"1", "b": b"2"})


def test_the_workbook_says_what_it_is_and_its_headers_stay_in_sight(written):
    told = sheets(written)
    assert list(told) == ["Läs mig", *SHEETS.values()]
    parts = inside(written)
    assert "<dc:title>Trygghetsanalys 2023, Lillstads kommun</dc:title>" in parts
    assert parts.count('topLeftCell="A2"') == parts.count("<cols>") == 4
    said = dict(told["Läs mig"].to_numpy())
    assert said["Källor"] == "Lillstads enkät; Brå"
    assert "färre än 10 svar" in said["Visas inte"]
    assert "CC0-1.0" in said["Licens"]
    for title in SHEETS.values():
        assert {f"{title}: {name}" for name in told[title]} <= set(said)


def test_the_data_package_is_true_of_its_files(written):
    package = json.loads((written / "data/datapackage.json").read_text("utf-8"))
    assert package["name"] == "trygghet-lillstads-kommun-2023"
    assert [one["name"] for one in package["resources"]] == list(SHEETS)
    reads = {"integer": int, "number": float, "string": str, "boolean": ["True", "False"].index}
    for resource in package["resources"]:
        table, fields = csv(written, resource["name"]), resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(table)
        for field in fields:
            assert field["description"]
            for text in table[field["name"]]:
                assert text == "" or reads[field["type"]](text) is not None


def test_a_year_links_to_the_files_that_it_has(town, tmp_path):
    for number in (2023, 2022):
        year = results.of(number, town)
        folder = tmp_path / str(number)
        data_files.write(year, folder)
        links = set(re.findall(r"\((\S+\.\w+)\)", str(about.downloads(year))))
        assert links == set(files(folder)) | {f"arsanalys-{number}.zip"}
