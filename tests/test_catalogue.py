import pytest

from analysis import paths
from analysis.errors import Refusal
from analysis.sources import catalogue, declared


def test_a_misspelt_year_is_refused_with_the_years_there_are(town):
    with pytest.raises(Refusal, match="År som finns: 2022, 2023"):
        catalogue.year(town, 2032)


def test_unknown_and_missing_keys_are_all_named_at_once(town, rewrite):
    rewrite(town / "data/municipality.toml", 'code = "9999"', 'kod = "9999"')
    with pytest.raises(Refusal) as refusal:
        catalogue.municipality(town)
    said = str(refusal.value)
    assert "kod: okänd uppgift" in said
    assert "menades ”code”" in said
    assert "code: uppgiften saknas" in said


def test_a_file_that_is_not_the_one_described_is_refused_with_its_fingerprint(town, rewrite):
    rewrite(
        town / "data/2023/year.toml", 'source = "Brå"', f'source = "Brå"\nsha256 = "{"0" * 64}"'
    )
    actual = catalogue.fingerprint(town / "data/2023/crime.csv")
    with pytest.raises(Refusal, match=actual):
        catalogue.unread_faults(town, 2023)


def test_all_missing_files_of_a_year_are_named_at_once(town):
    for name in ("survey.csv", "crime.csv"):
        (town / "data/2023" / name).unlink()
    with pytest.raises(Refusal) as refusal:
        catalogue.unread_faults(town, 2023)
    assert len(refusal.value.findings) == 2


def test_a_source_outside_its_years_folder_is_refused(town, rewrite):
    rewrite(town / "data/2023/year.toml", 'file = "crime.csv"', 'file = "../../../x.csv"')
    with pytest.raises(Refusal, match="utanför"):
        catalogue.unread_faults(town, 2023)


def test_broken_toml_is_refused_with_what_is_wrong(town):
    (town / "data/municipality.toml").write_text("name = ", "utf-8")
    with pytest.raises(Refusal, match="rad 1: värdet saknas"):
        catalogue.municipality(town)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('problem = ["2"]', 'problem = ["3"]', "finns inte i svarsskalan"),
        ('group = "ute"', 'group = "inne"', "okända grupper"),
        ('key = "oro"', 'key = "skrap"', "dubbla nycklar"),
        ("normal_share = 0.25", "normal_share = 25", "mindre än 1"),
    ],
)
def test_a_model_that_contradicts_itself_is_refused(town, rewrite, old, new, word):
    rewrite(town / "data/index_model.toml", old, new)
    with pytest.raises(Refusal, match=word):
        catalogue.model(town, 2023)


def test_the_newest_valid_version_of_the_model_is_used(town):
    file = town / "data/index_model.toml"
    newer = file.read_text("utf-8").replace('name = "A"', 'name = "B"').replace("2020", "2023")
    file.write_text(file.read_text("utf-8") + newer, "utf-8")
    assert catalogue.model(town, 2022).name == "A"
    assert catalogue.model(town, 2023).name == "B"
    assert catalogue.model(town, 2019) is None


def test_the_root_is_found_from_any_folder_below_it(town, monkeypatch):
    monkeypatch.chdir(town / "data/2023")
    assert paths.root() == town
    with pytest.raises(Refusal, match="--root"):
        paths.root(town / "data")


def test_every_fault_of_a_record_can_be_worded():
    known = {"expected": "x", "max_length": 1, "gt": 1.0, "ge": 1.0, "lt": 1.0, "le": 1.0}
    for words in declared.FAULTS.values():
        assert words.format_map({"error": "fel", **known})


def test_a_value_where_a_table_should_be_is_refused_in_words(town, rewrite):
    rewrite(town / "data/2023/year.toml", "columns = {", 'labels = "kön"\ncolumns = {')
    text = (
        (town / "data/2023/year.toml")
        .read_text("utf-8")
        .replace("[survey.labels.sex]", "[crime.x]")
    )
    (town / "data/2023/year.toml").write_text(text, "utf-8")
    with pytest.raises(Refusal, match=r"survey.labels: ska vara .*\{ namn = värde \}"):
        catalogue.year(town, 2023)
