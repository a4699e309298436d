"""Another municipality: a name and a map give a root that can be checked and run at once."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from analysis import cli, founding, results
from analysis import text as narrative
from analysis.errors import Refusal
from analysis.sources import areas, catalogue

NAMES = [
    *("Norr", "Söder", "Öster", "Väster", "Centrum", "Åsen", "Ängen", "Ön", "Berget"),
    *("Dalen", "Hamnen", "Kvarnbyn", "Näset", "Sjöstaden", "Övriga landsbygden"),
]


@pytest.fixture
def geometry(tmp_path):
    return drawn(tmp_path / "karta.geojson", {"namn": NAMES})


def drawn(file, columns, crs="EPSG:3006"):
    length = len(next(iter(columns.values())))
    boxes = [
        shapely.box(
            450_000 + 1000 * (at % 4),
            6_400_000 + 1000 * (at // 4),
            450_900 + 1000 * (at % 4),
            6_400_900 + 1000 * (at // 4),
        )
        for at in range(length)
    ]
    gpd.GeoDataFrame(columns, geometry=boxes, crs=crs).to_file(file)
    return file


def begin(folder, geometry, **options):
    words = {"name": "Lillstads kommun", "code": "9999", "geometry": geometry, "year": 2025}
    return list(founding.found(folder, **(words | options)))


def test_two_commands_give_a_report_of_fifteen_areas(tmp_path, geometry, capsys):
    root = tmp_path / "ny" / "lillstad"
    words = ["--name", "Lillstads kommun", "--code", "9999", "--geometry", str(geometry)]
    assert cli.main(["init", str(root), *words, "--year", "2025"]) == 0
    assert "15 områden" in capsys.readouterr().out
    assert cli.main(["--root", str(root), "check"]) == 0
    assert cli.main(["--root", str(root), "run", "--only", "start"]) == 0
    page = (root / "reports/2025/index.html").read_text("utf-8")
    assert "Lillstad" in page
    assert "<svg" in page
    assert "Demonstration" in page


def test_every_page_says_that_the_first_year_is_invented(tmp_path, geometry):
    begin(tmp_path / "lillstad", geometry)
    year = results.of(2025, tmp_path / "lillstad")
    assert "inte siffrorna som fakta" in str(narrative.notice(year))
    assert len(year.places) == 15


def test_names_become_file_names_and_no_two_are_alike(tmp_path):
    names = ["Å-ängen", "Ä ängen", "Aangen!", "Östra", "Ostra"]
    begin(tmp_path / "lillstad", drawn(tmp_path / "k.gpkg", {"namn": names}))
    register = areas.register(tmp_path / "lillstad")
    assert set(register["name"]) == set(names)
    assert {"ostra", "ostra-2"} <= set(register.index)


def test_the_same_town_gets_the_same_answers(tmp_path, geometry):
    for name in ("a", "b"):
        begin(tmp_path / name, geometry)
    files = [(tmp_path / name / "data/2025/survey.csv").read_bytes() for name in ("a", "b")]
    assert files[0] == files[1]


def test_the_invented_answers_are_within_each_questions_scale(tmp_path, geometry):
    begin(tmp_path / "lillstad", geometry)
    rows = pd.read_csv(tmp_path / "lillstad/data/2025/survey.csv", dtype=str)
    model = catalogue.model(tmp_path / "lillstad", 2025)
    for item in model.indicators:
        assert set(rows[item.key]) <= {*item.answers, *item.no_answer}


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("Lillstads kommun", "Lillstad"),
        ("Borås stad", "Borås"),
        ("Nybro kommun", "Nybro"),
        ("Hagfors kommun", "Hagfors"),
    ],
)
def test_the_towns_short_name_is_taken_from_its_name(tmp_path, geometry, name, town):
    begin(tmp_path / "x", geometry, name=name)
    assert catalogue.municipality(tmp_path / "x").short_name == town


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"code": "99"}, "code: har fel form"),
        ({"name": ""}, "name: får inte vara tom"),
        ({"year": 2000}, "ingen indexmodell för 2000"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing_behind(tmp_path, geometry, options, said):
    with pytest.raises(Refusal, match=said):
        begin(tmp_path / "stad" / "ny", geometry, **options)
    assert not any((tmp_path / "stad").iterdir())


def test_a_map_without_names_is_refused_with_its_columns(tmp_path):
    with pytest.raises(Refusal, match="i filen finns: fid_nr"):
        begin(tmp_path / "ny", drawn(tmp_path / "k.geojson", {"fid_nr": [1, 2]}))


def test_a_map_of_other_municipalities_is_refused(tmp_path):
    shapes = drawn(tmp_path / "k.geojson", {"namn": ["A"], "kommunkod": ["0180"]})
    with pytest.raises(Refusal, match="inga ytor hör till kommun 9999"):
        begin(tmp_path / "ny", shapes)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, geometry):
    (tmp_path / "ny").mkdir()
    (tmp_path / "ny/brev.txt").write_text("hej", "utf-8")
    with pytest.raises(Refusal, match="inte tom"):
        begin(tmp_path / "ny", geometry)
    assert [path.name for path in (tmp_path / "ny").iterdir()] == ["brev.txt"]


def test_what_is_left_out_is_asked_for_and_nobody_there_is_told_the_option(tmp_path, capsys):
    assert cli.main(["init", str(tmp_path / "ny")]) == 1
    assert "Ange --name." in capsys.readouterr().err


def test_what_is_left_out_is_asked_for_at_the_keyboard(tmp_path, geometry, monkeypatch):
    answers = {
        "Kommunens namn: ": "Lillstads kommun",
        "Kommunkod: ": "9999",
        "Områdenas kartfil: ": str(geometry),
    }
    monkeypatch.setattr("builtins.input", answers.__getitem__)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert cli.main(["init", str(tmp_path / "ny"), "--year", "2025"]) == 0
    assert catalogue.municipality(tmp_path / "ny").name == "Lillstads kommun"
