import pytest

from analysis import printing
from analysis.errors import Refusal
from analysis.sources import config
from analysis.sources.records import Municipality

TOWN, MODEL, YEAR = "data/municipality.toml", "data/index_model.toml", "data/2023/year.toml"
DELIVERED = """
[delivered]
file = "t.csv"
source = "SCB."
form = "long"
unit = "number"
unit_name = "indexpoäng"
kind = "register"
columns = { area = "Region", indicator = "Mått", value = "Värde" }
where = { "År" = 2024, "Innehåll" = ["A", "B"] }
measure_kinds = ["Typ", "Tal"]
labels = { "Ett mått = långt" = "Mått" } # å = "
"""


@pytest.mark.parametrize(
    ("file", "old", "new", "word"),
    [
        (TOWN, 'code = "9999"', 'kod = "9999"', "kod: okänd uppgift.*menades ”code”"),
        (TOWN, 'code = "9999"', 'kod = "9999"', "code: uppgiften saknas"),
        (TOWN, 'code = "9999"', 'code = "12345"', "code: ska vara av formen"),
        (TOWN, 'code = "9999"', "code = ", "rad 4: raden går inte att läsa: code ="),
        (TOWN, 'code = "9999"', 'name = "b"', "rad 4: raden går inte att läsa"),
        (YEAR, '{ "År" = 2024', "{ År = 2024", 'namn med å, ä, ö .*inom "…"'),
        (TOWN, '["Söder"]', "1", "priority_areas: ska vara en lista"),
        (TOWN, '["Söder"]', '[]\ncontact = "a@b.se"', r"contact: ska vara en egen avdelning"),
        (TOWN, '["Söder"]', '[]\nunit_word = "byn"', "unit_word: ska vara något av 'kommunen'"),
        (TOWN, '["Söder"]', "[]\n[map]\nindex_breaks = [0, 2, 1]", "gränserna ska stiga"),
        (TOWN, '["Söder"]', "[]\n[disclosure]\nhide_below = 0", "hide_below: ska vara minst 1"),
        (TOWN, '["Söder"]', "[]\n[disclosure]\nwidest_share = true", "ska vara ett tal"),
        (TOWN, '"Lillstad"', f'"{"Å" * 121}"', "av längd högst 120.*Å{38}…; rätta"),
        (TOWN, '"Lillstad"', '"\u202eNROV"', r"short_name: tecknet U\+202E kan inte visas"),
        (MODEL, 'problem = ["2"]', 'problem = ["3"]', "ska vara några av svaren"),
        (MODEL, 'group = "ute"', 'group = "inne"', "okända grupper"),
        (MODEL, 'key = "oro"', 'key = "skrap"', "finns två gånger"),
        (
            MODEL,
            "[[version]]",
            '[[version]]\nname = "A"\nvalid_from = 2019\ngroups = {}\nindicators = []\n[[version]]',
            "samma namn: A",
        ),
        (MODEL, "normal_share = 0.25", "normal_share = 25", "mindre än 1"),
        (YEAR, '"Brå"', '"Brå"\nskiprows = 2', "skiprows: okänd uppgift.*menades ”skip_rows”"),
        (YEAR, "year = 2023", "year = 2022", "year = 2022 står i mappen 2023"),
        (YEAR, 'area = "omr", ', "", "columns saknar area"),
        (YEAR, 'sex = "kon"', 'cluster = "skola"', "columns.cluster: ska vara något av"),
        (YEAR, 'sex = "kon"', 'sex = "omr"', "samma kolumn två gånger"),
        (YEAR, 'm = "Män"', 'm = "Kvinnor"', "ge olika ord"),
        (YEAR, 'unit_name = "indexpoäng"', "", "behöver unit_name"),
        (YEAR, 'indicator = "Mått", ', "", 'har indicator och value när form = "long"'),
        (YEAR, 'form = "long"', 'form = "wide"', 'har indicator och value när form = "long"'),
        (YEAR, 'unit = "n', 'invited = 1\nanswered = 2\nunit = "n', "answered är större än"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_row_or_key(town, rewrite, file, old, new, word):
    with (town / YEAR).open("a", encoding="utf-8") as spec:
        spec.write(DELIVERED)
    rewrite(town / file, old, new)
    with pytest.raises(Refusal, match=f"(?s)^{file}.*{word}"):
        config.of(town, 2023)


def test_a_misspelt_year_is_refused_with_the_years_there_are(town):
    with pytest.raises(Refusal, match="År som finns: 2022, 2023"):
        config.year(town, 2032)


def test_a_file_that_is_not_utf_8_or_not_there_is_refused(town):
    (town / TOWN).write_bytes("name = 'Å'".encode("cp1252"))
    with pytest.raises(Refusal, match="inte i UTF-8"):
        config.municipality(town)
    (town / TOWN).unlink()
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
    with (town / YEAR).open("a", encoding="utf-8") as spec:
        spec.write(DELIVERED)
    declared = config.of(town, 2023)
    source = declared.year.delivered
    assert source.where == {"År": ("2024",), "Innehåll": ("A", "B")}
    assert source.labels == {"Ett mått = långt": "Mått"}
    context = printing.context(declared, 2022)
    assert (context.kind, context.source, context.whole) == ("register", "SCB", "hela kommunen")
    assert (context.earlier, context.report_title) == (2022, "Årsanalys")


def test_the_newest_valid_version_of_the_model_is_used(town):
    text = (town / MODEL).read_text("utf-8")
    newer = text.replace('name = "A"', 'name = "B"').replace("2020", "2023")
    (town / MODEL).write_text(text + newer, "utf-8")
    assert [config.model(town, year).name for year in (2022, 2023)] == ["A", "B"]
    assert config.model(town, 2019) is None


@pytest.mark.parametrize(
    ("file", "word"),
    [
        ("a\\u0000b", "ska vara av formen"),
        ("..\\\\x.csv", "ska vara av formen"),
        ("x" * 300, "av längd högst 200"),
        (".", "filen saknas"),
        ("../../x.csv", "utanför data/"),
        ("crime.cvs", "menades ”crime.csv”"),
        ("loop.csv", "filen saknas"),
        (f'crime.csv"\nsha256 = "{"0" * 64}', r'skriv sha256 = "[0-9a-f]{64}"'),
    ],
)
def test_a_file_that_is_none_or_another_is_refused(town, rewrite, file, word):
    (town / "data/2023/loop.csv").symlink_to("loop.csv")
    rewrite(town / YEAR, 'file = "crime.csv"', f'file = "{file}"')
    with pytest.raises(Refusal, match=word):
        config.path_of(town, 2023, config.year(town, 2023).crime)


def test_years_may_share_a_file_in_a_folder_of_its_own(town, rewrite):
    (town / "data/gemensam").mkdir()
    shared = (town / "data/2023/crime.csv").rename(town / "data/gemensam/crime.csv")
    rewrite(town / YEAR, '"crime.csv"', '"../gemensam/crime.csv"')
    source = config.year(town, 2023).crime
    assert config.path_of(town, 2023, source).samefile(shared)
    assert config.label_of(2023, source) == "data/gemensam/crime.csv"
