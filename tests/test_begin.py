"""A place is begun from a map, a year from the one before; both can be run at once."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from analysis import begin, paths, results
from analysis.errors import Refusal
from analysis.publishing import content, execute
from analysis.sources import config


@pytest.fixture
def geometry(tmp_path: Path) -> Path:
    """Make a map of fifteen areas with names and codes, and one of another municipality."""
    west = [500_000 + 900 * at for at in range(16)]
    squares = [shapely.box(x, 6_400_000, x + 900, 6_400_900) for x in west]
    names = [*(f"Område {letter}" for letter in "ABCDEFGHIJKLMNO"), "Grannbyn"]
    codes = [*(f"9999R{at:03}" for at in range(1, 16)), "9998R001"]
    columns = {"objekt": range(16), "omradesbenamning": names, "kod": codes}
    frame = gpd.GeoDataFrame({**columns, "kommun": codes}, geometry=squares, crs=3006)
    path = tmp_path / "karta.geojson"
    frame.assign(kommun=frame["kod"].str[:4]).to_crs(4326).to_file(path)
    return path


def begun(folder, geometry, **changed):
    known = {"name": "Lillstads kommun", "code": "9999", "geometry": geometry, "year": 2024}
    return list(begin.place(folder, **known | changed))


def test_a_name_and_a_map_make_a_place_that_says_what_to_fill_in(tmp_path, geometry):
    root = tmp_path / "lillstad"
    said = begun(root, geometry)
    register = pd.read_csv(root / "data/areas.csv", dtype=str)
    assert len(register) == 15 and register["regso"].tolist()[0] == "9999R001"
    assert config.municipality(root).short_name == "Lillstad"
    assert said[-5].startswith("Fyll i data/areas.csv, kolumn adults_2024")
    assert said[-4].endswith("data/2024/survey.csv")
    assert [line.split(": ")[1].split()[0] for line in said[-3:]] == [
        "source",
        "invited",
        "columns",
    ]
    with pytest.raises(Refusal, match="invited"):
        results.of(2024, root)


def test_a_place_that_is_filled_in_is_a_year(tmp_path, geometry):
    begun(tmp_path / "a", geometry)
    data = tmp_path / "a/data"
    areas = pd.read_csv(data / "areas.csv", dtype=str)
    areas.assign(adults_2024="900").to_csv(data / "areas.csv", index=False)
    text = (data / "2024/year.toml").read_text("utf-8")
    text = text.replace('source = ""', 'source = "Vi"').replace("invited = 0", "invited = 900")
    (data / "2024/year.toml").write_text(text, "utf-8")
    keys = [item.key for item in config.model(tmp_path / "a", 2024).indicators]
    answers = pd.DataFrame({"omrade": [*areas["name"]] * 20, **dict.fromkeys(keys, "1")})
    answers.to_csv(data / "2024/survey.csv", index=False)
    year = results.of(2024, tmp_path / "a")
    assert year.main == "index" and year.areas.geometry.notna().all()


@pytest.mark.parametrize(
    ("name", "short"), [("Västerås stad", "Västerås"), ("Region Skåne", "Skåne")]
)
def test_a_town_is_what_its_municipality_is_named_after(tmp_path, geometry, name, short):
    begun(tmp_path / "a", geometry, name=name)
    assert config.municipality(tmp_path / "a").short_name == short


def test_a_folder_that_is_not_empty_is_left_alone_and_nothing_is_left_of_a_wrong_place(
    tmp_path, geometry
):
    with pytest.raises(Refusal, match="1234"):
        begun(tmp_path / "ny", geometry, code="1234x")
    assert [path.name for path in tmp_path.iterdir()] == [geometry.name]
    with pytest.raises(Refusal, match="inte tom"):
        begun(tmp_path, geometry)


def test_a_year_is_carried_over_and_says_what_is_to_be_done(town):
    said = begin.year(town, 2024)
    assert said[:2] == [
        "Skrev data/2024/year.toml",
        "Lägg årets fil här, eller skriv dess namn i year.toml: data/2024/survey.csv",
    ]
    assert [line.split(": ")[1].split()[0] for line in said if line.startswith("Fyll i")] == [
        "invited",
        "mean_population",
    ]
    assert paths.newest(town) == 2023, "a year that is begun does not stop the last whole one"
    with pytest.raises(Refusal, match="invited"):
        config.year(town, 2024)


def test_a_year_that_is_begun_again_keeps_what_is_written(town):
    begin.year(town, 2024)
    file = town / "data/2024/year.toml"
    file.write_text(file.read_text("utf-8").replace("invited = 0", "invited = 260"), "utf-8")
    begin.year(town, 2024)
    assert "invited = 260" in file.read_text("utf-8")


def test_a_year_without_a_year_before_is_refused_with_the_years_there_are(town):
    with pytest.raises(Refusal, match="År som finns: 2022, 2023"):
        begin.year(town, 2030)


def test_a_notebook_of_ones_own_has_the_picture_and_becomes_a_page(town, monkeypatch):
    monkeypatch.chdir(town)
    (town / "notebooks").mkdir()
    picture = "maps.choropleth(mapped.query(\"measure == 'skrap'\"))"
    file = begin.notebook("Min bild", 2023, picture, town)
    assert file == town / "notebooks/min-bild.ipynb"
    made = execute.execute(file, {"year": 2022}, town / "half.ipynb", str)
    shown = content.of(made, file.name)
    assert shown.title == "Min bild"
    assert "Skräp 2022" in shown.picture[0]["attrs"]["shown"]["title"]
    with pytest.raises(Refusal, match="finns redan"):
        begin.notebook("Min bild", 2023, picture, town)
