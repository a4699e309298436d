import hashlib

import pytest

from analysis.errors import Refusal
from analysis.sources import config
from analysis.sources.config import Municipality

DELIVERED = """
[delivered]
file = "t.csv"
source = "SCB."
form = "long"
unit = "number"
unit_name = "indexpoäng"
kind = "register"
high_is_bad = false
decimals = 1
columns = { area = "Region", indicator = "Mått", value = "Värde" }
where = { År = 2024, Innehåll = ["A", "B"] }
measure_kinds = ["Typ", "Tal"]
labels = { "Ett mått = långt" = "Mått" } # å = "
total = "Hela staden"
reference = "Hela landet"
scale_checked = ["oro"]
"""


def add(town, text, year=2023):
    with (town / f"data/{year}/year.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    return config.year(town, year)


def test_a_misspelt_year_is_refused_with_the_years_there_are(town):
    with pytest.raises(Refusal, match="År som finns: 2022, 2023"):
        config.year(town, 2032)


def test_unknown_and_missing_keys_are_all_named_at_once(town, rewrite):
    rewrite(town / "data/municipality.toml", 'code = "9999"', 'kod = "9999"')
    with pytest.raises(Refusal) as refusal:
        config.municipality(town)
    said = str(refusal.value)
    assert "kod: okänd uppgift" in said
    assert "menades ”code”" in said
    assert "code: uppgiften saknas" in said


def test_an_unknown_quirk_is_refused_with_the_nearest(town, rewrite):
    rewrite(town / "data/2023/year.toml", 'source = "Brå"', 'source = "Brå"\nskiprows = 2')
    with pytest.raises(Refusal, match="crime.skiprows: okänd uppgift") as refusal:
        config.year(town, 2023)
    assert "menades ”skip_rows”" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name = ", "rad 1: raden går inte att läsa: name ="),
        ('name = "a"\nname = "b"\n', "rad 2: raden går inte att läsa"),
        ("[disclosure]\nhide_below = 1.5", "disclosure.hide_below: ska vara ett heltal"),
        ("[disclosure]\nhide_below = 0", "disclosure.hide_below: ska vara minst 1"),
        ("[disclosure]\nwidest_share = true", "disclosure.widest_share: ska vara ett tal"),
        ("[disclosure]\nwidest_share = nan", "ska vara ett vanligt tal"),
        ("priority_areas = 1", "priority_areas: ska vara en lista"),
        ('contact = "a@b.se"', r"contact: ska vara en egen avdelning: \[namn\]"),
        (f'name = "{"Å" * 121}"', "name: ska vara av längd högst 120"),
        ('name = "\u202eNROV"', r"name: tecknet U\+202E kan inte visas"),
        ('unit_word = "byn"', "unit_word: ska vara något av 'kommunen'"),
        ('code = "12345"', "code: ska vara av formen"),
        ("[map]\nindex_breaks = [0, 2, 1]", "gränserna ska stiga"),
        ("name = 1979-05-27", "name: ska vara ett tal|name:"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_row_or_key(town, text, word):
    (town / "data/municipality.toml").write_text(text, "utf-8")
    with pytest.raises(Refusal, match=word):
        config.municipality(town)


def test_a_file_that_is_not_utf_8_or_not_there_is_refused(town):
    (town / "data/municipality.toml").write_bytes("name = 'Å'".encode("cp1252"))
    with pytest.raises(Refusal, match="inte i UTF-8"):
        config.municipality(town)
    (town / "data/municipality.toml").unlink()
    with pytest.raises(Refusal, match="filen saknas"):
        config.municipality(town)


@pytest.mark.parametrize(
    ("name", "short", "code", "words"),
    [
        ("Borås stad", "Borås", "1490", ("Borås", "staden")),
        ("Region Dalarna", "Dalarna", "20", ("Dalarnas", "regionen")),
        ("Habo kommun", "Habo", "0643", ("Habos", "kommunen")),
    ],
)
def test_a_places_words_follow_from_its_name_and_code(name, short, code, words):
    place = Municipality(name=name, short_name=short, code=code)
    assert (place.genitive, place.unit_word) == words
    assert Municipality(name=name, short_name=short, code=code, genitive="X").genitive == "X"


def test_a_year_takes_a_table_of_any_number_from_a_register(town):
    source = add(town, DELIVERED).delivered
    assert source.where == {"År": ("2024",), "Innehåll": ("A", "B")}
    assert source.labels == {"Ett mått = långt": "Mått"}
    assert source.measure_kinds == ("Typ", "Tal")
    declared = config.of(town, 2023)
    context = config.context(declared, 2022)
    assert (context.kind, context.source, context.whole) == ("register", "SCB", "hela kommunen")
    assert (context.earlier, context.report_title) == (2022, "Årsanalys")


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('unit_name = "indexpoäng"', "", "behöver unit_name"),
        ('indicator = "Mått", ', "", "har indicator och value när form"),
        ('form = "long"', 'form = "wide"', "har indicator och value när form"),
        (
            "decimals = 1",
            "decimals = 1\ninvited = 1\nanswered = 2",
            "answered är större än invited",
        ),
        ('measure_kinds = ["Typ", "Tal"]', 'measure_kinds = ["Typ"]', "measure_kinds"),
    ],
)
def test_a_delivered_table_that_contradicts_itself_is_refused(town, old, new, word):
    with pytest.raises(Refusal, match=word):
        add(town, DELIVERED.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('area = "omr", ', "", "columns saknar area"),
        (
            'sex = "kon"',
            'sex = "kon", cluster = "skola"',
            "survey.columns.cluster: ska vara något av",
        ),
        ('sex = "kon"', 'sex = "omr"', "samma kolumn två gånger"),
        ('m = "Män"', 'm = "Kvinnor"', "ge olika ord"),
    ],
)
def test_a_survey_that_cannot_be_reckoned_is_refused_in_words(town, rewrite, old, new, word):
    rewrite(town / "data/2023/year.toml", old, new)
    with pytest.raises(Refusal, match=word):
        config.year(town, 2023)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('problem = ["2"]', 'problem = ["3"]', "ska vara några av svaren"),
        ('problem = ["2"]', "problem = []", "ska vara några av svaren"),
        ('group = "ute"', 'group = "inne"', "okända grupper"),
        ('key = "oro"', 'key = "skrap"', "finns två gånger"),
        ("normal_share = 0.25", "normal_share = 25", "mindre än 1"),
    ],
)
def test_a_model_that_contradicts_itself_is_refused(town, rewrite, old, new, word):
    rewrite(town / "data/index_model.toml", old, new)
    with pytest.raises(Refusal, match=word):
        config.model(town, 2023)


def test_the_newest_valid_version_of_the_model_is_used(town):
    file = town / "data/index_model.toml"
    newer = file.read_text("utf-8").replace('name = "A"', 'name = "B"').replace("2020", "2023")
    file.write_text(file.read_text("utf-8") + newer, "utf-8")
    assert [config.model(town, year).name for year in (2022, 2023)] == ["A", "B"]
    assert config.model(town, 2019) is None


def test_a_file_that_is_not_the_one_described_is_refused_with_its_fingerprint(town, rewrite):
    crime = town / "data/2023/crime.csv"
    rewrite(
        town / "data/2023/year.toml",
        'file = "crime.csv"',
        f'file = "crime.csv"\nsha256 = "{"0" * 64}"',
    )
    with pytest.raises(Refusal, match=hashlib.sha256(crime.read_bytes()).hexdigest()):
        config.path_of(town, 2023, config.year(town, 2023).crime)


@pytest.mark.parametrize(
    ("file", "word"),
    [
        ("a\\u0000b", "ska vara av formen"),
        ("..\\\\x.csv", "ska vara av formen"),
        ("x" * 300, "av längd högst 200"),
        ("", "ska vara av formen"),
        (".", "filen saknas"),
        ("../../x.csv", "utanför data/"),
        ("crime.cvs", "menades ”crime.csv”"),
        ("loop.csv", "filnamnet går inte|filen saknas"),
    ],
)
def test_a_file_name_that_is_none_is_refused(town, rewrite, file, word):
    (town / "data/2023/loop.csv").symlink_to("loop.csv")
    rewrite(town / "data/2023/year.toml", 'file = "crime.csv"', f'file = "{file}"')
    with pytest.raises(Refusal, match=word):
        config.path_of(town, 2023, config.year(town, 2023).crime)


def test_years_may_share_a_file_in_a_folder_of_its_own(town, rewrite):
    (town / "data/gemensam").mkdir()
    shared = (town / "data/2023/crime.csv").rename(town / "data/gemensam/crime.csv")
    rewrite(town / "data/2023/year.toml", '"crime.csv"', '"../gemensam/crime.csv"')
    source = config.year(town, 2023).crime
    assert config.path_of(town, 2023, source).samefile(shared)
    assert config.label_of(2023, source) == "data/gemensam/crime.csv"
