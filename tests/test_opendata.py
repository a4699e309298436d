import hashlib
import io
import json
import re
import zipfile
from itertools import chain

import geopandas
import openpyxl
import pandas as pd
import pytest
import python_calamine
import shapely

from analysis import opendata, packing, results
from analysis import report as annual
from analysis import text as narrative
from analysis.publishing import record

SHEETS = {"resultat": "Resultat", "forandringar": "Förändringar", "brott": "Anmälda brott"}


@pytest.fixture
def written(town, tmp_path):
    """Write the data files of Lillstad, where Norr has eight answers and is hidden."""
    lines = (town / "data/2023/survey.csv").read_text("utf-8").splitlines()
    kept = "\n".join(lines[:1] + lines[1:9] + lines[41:]).replace("\n130,", "\n998877,")
    (town / "data/2023/survey.csv").write_text(kept + "\n", "utf-8")
    opendata.write(results.of(2023, town), tmp_path / "out")
    return tmp_path / "out"


def csv(folder, name):
    return pd.read_csv(folder / f"data/{name}.csv", keep_default_na=False, dtype=str)


def sheet(folder, title):
    """Read a sheet with another library than the one that wrote it."""
    book = python_calamine.CalamineWorkbook.from_path(folder / "data/resultat.xlsx")
    head, *rows = book.get_sheet_by_name(title).to_python()
    return pd.DataFrame(rows, columns=head)


def features(folder):
    found = json.loads((folder / "data/resultat.geojson").read_text("utf-8"))
    return {one["id"]: one for one in found["features"]}


def test_the_tidy_table_has_every_cell_of_both_years_once(town, tmp_path):
    opendata.write(results.of(2023, town), tmp_path / "out")
    table = pd.read_csv(tmp_path / "out/data/resultat.csv", keep_default_na=False)
    assert not table.duplicated(["area", "group", "indicator", "year"]).any()
    chosen = table.query("area == 'soder' and indicator == 'skrap' and year == 2023")
    assert chosen[["value", "n", "status"]].to_numpy().tolist() == [[0.2, 40, "shown"]]
    facts = json.loads((tmp_path / "out/facts.json").read_text("utf-8"))
    assert facts["response.answered"] == {"text": "130", "value": 130.0}


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless():
    texts = ["=HYPERLINK(1)", "-1", "\t=1", "\n+1", "＝1", "\x01@x", "Råslätt", "a=b", None]
    frame = pd.DataFrame({"name": texts, "value": -1.0})
    harmless = opendata.harmless(frame)
    expected = ["'=HYPERLINK(1)", "'-1", "'\t=1", "'\n+1", "'＝1", "'@x", "Råslätt", "a=b"]
    assert harmless["name"].tolist()[:-1] == expected
    assert harmless["name"].isna().tolist() == [False] * 8 + [True]
    assert harmless["value"].tolist() == [-1.0] * 9


def test_an_area_named_as_a_formula_is_a_text_in_csv_and_xlsx(town, tmp_path, rewrite):
    rewrite(town / "data/areas.csv", "Väst,", '"=HYPERLINK(""http://x.se"")",Väst')
    opendata.write(results.of(2023, town), tmp_path)
    name = '\'=HYPERLINK("http://x.se")'
    assert name in set(csv(tmp_path, "resultat")["area_name"])
    assert name in set(sheet(tmp_path, "Resultat")["area_name"])
    book = openpyxl.load_workbook(tmp_path / "data/resultat.xlsx")
    cells = [cell for one in book for row in one.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"inlineStr", "s", "n", "b"}
    with zipfile.ZipFile(tmp_path / "data/resultat.xlsx") as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]
    assert features(tmp_path)["vast"]["properties"]["name"] == name[1:]


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_has_the_cells_of_its_csv(written, name):
    table = pd.read_csv(written / f"data/{name}.csv", dtype={"code": str}).astype(object)
    shown = sheet(written, SHEETS[name]).astype(object)
    table, shown = (frame.where(frame.notna() & frame.ne(""), None) for frame in (table, shown))
    assert len(table) > 1
    pd.testing.assert_frame_equal(table, shown)


@pytest.mark.parametrize("status", ["hidden", "uncertain"])
def test_the_map_file_has_the_values_of_the_table(request, town, tmp_path, status):
    folder = request.getfixturevalue("written") if status == "hidden" else tmp_path
    opendata.write(results.of(2023, town), folder)
    table = csv(folder, "resultat").query("year == '2023' and group == ''")
    found = features(folder)
    assert found["soder"]["properties"]["index_status"] == status
    assert list(found) == ["norr", "soder", "vast"]
    for area, measure in [(area, name) for area in found for name in ("index", "ute", "hemma")]:
        (row,) = table.query("area == @area and indicator == @measure").to_dict("records")
        properties = found[area]["properties"]
        for name in ("value", "lower", "upper", "n"):
            shown = properties[f"{measure}_{name}"]
            assert shown == (None if row[name] == "" else float(row[name]))
        assert properties[f"{measure}_status"] == row["status"]
        assert (properties["id"], properties["name"]) == (area, row["area_name"])


def test_the_map_file_is_in_degrees_with_six_decimals_and_counterclockwise(written):
    text = (written / "data/resultat.geojson").read_text("utf-8")
    assert "crs" not in json.loads(text)
    shapes = [
        shapely.from_geojson(json.dumps(one["geometry"])) for one in features(written).values()
    ]
    assert all(shape.is_valid for shape in shapes)
    assert all(part.exterior.is_ccw for shape in shapes for part in shapely.get_parts(shape))
    numbers = re.findall(
        r"\d+\.(\d+)", json.dumps([one["geometry"] for one in features(written).values()])
    )
    assert max(map(len, numbers)) <= 6
    west, south, east, north = shapely.union_all(shapes).bounds
    assert 10 < west < east < 11 and 0 <= south < north < 1  # where the sample's metres fall


def test_the_geopackage_has_the_values_of_the_geojson_in_metres(written):
    path = written / "data/resultat.gpkg"
    found = geopandas.read_file(path).set_index("id")
    same = geopandas.read_file(written / "data/resultat.geojson").set_index("id")
    pd.testing.assert_frame_equal(
        pd.DataFrame(found).drop(columns="geometry"),
        pd.DataFrame(same)[found.columns]
        .drop(columns="geometry")
        .astype(found.dtypes.drop("geometry")),
    )
    assert found.crs == "EPSG:3006"
    assert found.hausdorff_distance(same.to_crs(found.crs)).max() < 0.2
    assert b"1980-01-01T00:00:00Z" in path.read_bytes()


def test_no_number_of_a_hidden_cell_and_no_respondent_leaves_the_house(written):
    for table in (csv(written, "resultat"), sheet(written, "Resultat")):
        hidden = table.loc[table["status"].eq("hidden")]
        assert set(hidden["area"]) >= {"norr"}
        assert (hidden[["value", "lower", "upper", "n"]] == "").all(axis=None)
    properties = features(written)["norr"]["properties"]
    assert properties["index_status"] == "hidden"
    assert [properties[f"index_{name}"] for name in ("value", "lower", "upper", "n")] == [None] * 4
    facts = json.loads((written / "facts.json").read_text("utf-8"))
    assert [name for name in facts if name.startswith(("index.norr.2023", "ute.norr.2023"))] == []
    files = [path for path in written.rglob("*.*") if path.is_file()]
    with zipfile.ZipFile(written / "data/resultat.xlsx") as archive:
        sheets = "".join(archive.read(name).decode() for name in archive.namelist())
    texts = [path.read_text("latin-1") for path in files if path.suffix != ".xlsx"]
    assert "998877" not in "".join([sheets, *texts])


def test_two_writes_are_the_same_bytes_at_any_time(town, tmp_path, monkeypatch):
    year = results.of(2023, town)
    opendata.write(year, tmp_path / "one")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setattr("time.time", lambda: 2e9)
    opendata.write(year, tmp_path / "two")
    one, two = (record.hashes(tmp_path / name) for name in ("one", "two"))
    assert one == two
    assert len(one) == 8
    with zipfile.ZipFile(tmp_path / "one/data/resultat.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {packing.LONG_AGO}
        assert set(re.findall(r"\d{4}-\d\d-\d\dT", archive.read("docProps/core.xml").decode())) == {
            "1980-01-01T"
        }


def test_the_workbook_says_what_it_is_and_its_headers_stay_in_sight(written):
    book = openpyxl.load_workbook(written / "data/resultat.xlsx")
    assert book.sheetnames == ["Läs mig", *SHEETS.values()]
    assert book.properties.title == "Trygghetsanalys 2023, Lillstads kommun"
    assert book.properties.language == "sv-SE"
    for one in book:
        assert one.freeze_panes == "A2"
        assert all(cell.font.bold for cell in one[1])
        assert not any(cell.font.bold for cell in one[2])
        assert not one.merged_cells.ranges
        assert all(one.column_dimensions[cell.column_letter].width > 2 for cell in one[1])
    said = dict(book["Läs mig"].values)
    assert said["Källor"] == "Lillstads enkät; Brå"
    assert "färre än 10 svar" in said["Visas inte"]
    assert "CC0-1.0" in said["Licens"]
    for title in SHEETS.values():
        assert all(f"{title}: {cell.value}" in said for cell in book[title][1])


def test_the_data_package_is_true_of_its_files(written):
    package = json.loads((written / "data/datapackage.json").read_text("utf-8"))
    assert package["name"] == "trygghet-lillstads-kommun-2023"
    assert package["licenses"][0]["name"] == "CC0-1.0"
    assert [source["title"] for source in package["sources"]] == ["Lillstads enkät", "Brå"]
    assert [one["name"] for one in package["resources"]] == list(SHEETS)
    reads = {"integer": int, "number": float, "string": str, "boolean": ["True", "False"].index}
    for resource in package["resources"]:
        content = (written / "data" / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        table = csv(written, resource["name"])
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(table)
        for field in fields:
            assert field["description"]
            for text in table[field["name"]]:
                assert text == "" or reads[field["type"]](text) is not None


def test_a_year_without_map_earlier_year_or_crime_links_to_the_files_it_has(
    town, rewrite, tmp_path
):
    rewrite(town / "data/2022/year.toml", "[crime]", "[crime]  # kvar")
    for number, lines in ((2022, ()), (2023, ("[crime]", 'file = "crime.csv"'))):
        spec = town / f"data/{number}/year.toml"
        text = spec.read_text("utf-8")
        spec.write_text(text[: text.index("[crime]")] if lines else text, "utf-8")
    whole = {
        "resultat.csv",
        "forandringar.csv",
        "resultat.xlsx",
        "resultat.geojson",
        "resultat.gpkg",
        "datapackage.json",
    }
    for number, expected in (
        (2023, whole),
        (2022, whole - {"forandringar.csv"} | {"brott.csv"}),
    ):
        year = results.of(number, town)
        folder = tmp_path / str(number)
        opendata.write(year, folder)
        assert {path.name for path in (folder / "data").iterdir()} == expected
        links = set(re.findall(r"\((\S+\.\w+)\)", str(narrative.downloads(year))))
        made = set(record.hashes(folder))
        assert links == made | {f"arsanalys-{number}.zip"}


def published(folder, *, without=()):
    """Make a folder as the batch leaves it, without its zip; return the names and the record."""
    pages = {"start": ["index.html"], "arsanalys": ["arsanalys.html", "arsanalys.pdf"]}
    pages |= {"norr": ["omraden/norr.html"], "kontroll": ["kontroll.html"]}
    for path in [*chain(*pages.values()), "facts.json", "data/resultat.csv"]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"om {path}", "utf-8")
    lines = {
        name: {
            "code": "kod",
            "rests_on": {"data/a.csv": "1"},
            "outputs": {path: record.sha256(folder / path) for path in paths},
        }
        for name, paths in pages.items()
        if name not in without
    }
    data = {path: record.sha256(folder / path) for path in ("facts.json", "data/resultat.csv")}
    return set(pages), record.merged({}, {"code": "kod", "inputs": {}}, lines, data)


def test_the_zip_holds_exactly_what_may_leave_the_house(tmp_path):
    names, recorded = published(tmp_path)
    (tmp_path / "anteckningar.txt").write_text("våra egna", "utf-8")
    packed = annual._shared(2023, tmp_path, recorded, names)
    with zipfile.ZipFile(io.BytesIO(packed["arsanalys-2023.zip"])) as archive:
        assert archive.namelist() == [
            "arsanalys.html",
            "arsanalys.pdf",
            "data/resultat.csv",
            "facts.json",
            "index.html",
            "omraden/norr.html",
            "run.json",
        ]
        archive.extractall(tmp_path / "unpacked")
    assert record.verify(tmp_path / "unpacked") == []
    assert annual._shared(2023, tmp_path, recorded, names) == packed


def test_there_is_no_zip_of_a_set_that_is_not_whole_and_of_one_state(tmp_path):
    names, recorded = published(tmp_path, without=("norr",))
    assert annual._shared(2023, tmp_path, recorded, names) == {}
    names, recorded = published(tmp_path)
    recorded["documents"]["norr"]["rests_on"]["data/a.csv"] = "0"
    assert annual._shared(2023, tmp_path, recorded, names) == {}
