import hashlib

from analysis import results
from analysis.text import quality as control


def answers(town):
    return {check.question: check for check in control.checks(results.of(2023, town))}


def test_files_and_texts_that_are_last_years_are_named(town):
    assert answers(town)["Är alla filer och texter årets egna?"].is_good
    for year in (2022, 2023):
        (town / f"data/{year}/text").mkdir()
        (town / f"data/{year}/text/01-a.md").write_text("# Året\n", "utf-8")
    (town / "data/2023/crime.csv").write_bytes((town / "data/2022/crime.csv").read_bytes())
    check = answers(town)["Är alla filer och texter årets egna?"]
    assert not check.is_good
    assert check.answer == "Nej: crime.csv och text/01-a.md är likadana som 2022."


def test_a_source_that_tells_of_the_year_before_is_named(town, rewrite):
    rewrite(town / "data/2023/year.toml", 'source = "Brå"', 'source = "Brå 2022"')
    check = answers(town)["Talar year.toml om rätt år?"]
    assert not check.is_good
    assert "[crime]" in check.answer


def test_what_nobody_knows_is_not_answered_with_yes(town):
    text = (town / "data/2023/year.toml").read_text("utf-8")
    (town / "data/2023/index.csv").write_text("omr;Index\nNorr;1\nSöder;2\nVäst;1\n", "utf-8")
    (town / "data/2023/year.toml").write_text(
        text[: text.index("[survey]")]
        + '[delivered]\nfile = "index.csv"\nsource = "Polisen"\nform = "wide"\nunit = "index"\n'
        'columns = { area = "omr" }\n',
        "utf-8",
    )
    found = answers(town)
    assert "Går inte att säga" in found["Är alla områdens värden säkra?"].answer
    assert not found["Är antalet svar känt?"].is_good


def test_the_fingerprint_to_write_is_given(town):
    answer = answers(town)["Är alla filer låsta med kontrollsumma?"].answer
    assert 'crime.csv: sha256 = "' in answer


def test_a_question_that_is_not_in_the_delivered_table_is_named(town):
    (town / "data/2023/t.csv").write_text("omr;n;Oro\nNorr;120;10\nSöder;130;22,5\n", "utf-8")
    spec = town / "data/2023/year.toml"
    section = (
        'year = 2023\n[delivered]\nfile = "t.csv"\nsource = "Polisen"\nform = "wide"\n'
        'unit = "percent"\ncolumns = { area = "omr", n = "n" }\n'
        'not_asked = ["skrap"]\n'
    )
    spec.write_text(section, "utf-8")
    check = answers(town)["Är alla frågor ställda och besvarade?"]
    assert not check.is_good
    assert "Skräp" in check.answer


def test_what_was_made_out_while_reading_is_said_until_the_file_is_locked(town, rewrite):
    file = town / "data/2023/crime.csv"
    file.write_bytes(file.read_text("utf-8").encode("cp1252"))
    check = answers(town)["Lästes filerna som de står?"]
    assert not check.is_good
    assert "crime.csv: läst som Windows-text (cp1252)" in check.answer
    print_ = hashlib.sha256(file.read_bytes()).hexdigest()
    rewrite(town / "data/2023/year.toml", 'source = "Brå"', f'source = "Brå"\nsha256 = "{print_}"')
    assert answers(town)["Lästes filerna som de står?"].is_good
