"""The control: every question is answered truthfully, from the files and the gated frames."""

import pytest

from analysis import results
from analysis.text import quality
from conftest import write_answers


def answers(town):
    return {check.question: check for check in quality.checks(results.of(2023, town))}


def test_files_and_texts_that_are_last_years_are_named(town):
    assert answers(town)["Är alla filer och texter årets egna?"].is_good
    for year in (2022, 2023):
        (town / f"data/{year}/text").mkdir()
        (town / f"data/{year}/text/01-a.md").write_text("# Året\n", "utf-8")
    (town / "data/2023/crime.csv").write_bytes((town / "data/2022/crime.csv").read_bytes())
    found = answers(town)
    assert found["Är alla filer och texter årets egna?"].answer == "Nej, som 2022: crime.csv."
    assert found["Är alla texter skrivna?"].answer == "Nej, bara rubriker: 01-a."


def test_a_source_that_tells_of_the_year_before_is_named(town, rewrite):
    rewrite(town / "data/2023/year.toml", 'source = "Brå"', 'source = "Brå 2022"')
    check = answers(town)["Talar year.toml om rätt år?"]
    assert (check.is_good, check.answer) == (False, "Nej, om 2022: [crime].")


def test_the_fingerprint_to_write_is_given(town):
    answer = answers(town)["Är alla filer låsta med kontrollsumma?"].answer
    assert 'crime.csv: sha256 = "' in answer


def test_no_good_check_answers_no(town):
    for check in answers(town).values():
        assert not (check.is_good and check.answer.startswith("Nej")), check


def test_hidden_areas_are_named_and_their_numbers_are_not(town):
    counts = {"Norr": (7, 3, 1), "Söder": (40, 8, 2), "Väst": (50, 15, 5)}
    write_answers(town / "data/2023/survey.csv", counts)
    check = answers(town)["Visas alla områdens värden?"]
    assert not check.is_good and "Norr" in check.answer and "7" not in check.answer


def test_a_delivered_table_without_numbers_is_not_said_to_be_certain(town):
    text = (town / "data/2023/year.toml").read_text("utf-8")
    (town / "data/2023/index.csv").write_text("omr;Index\nNorr;1\nSöder;2\nVäst;1\n", "utf-8")
    (town / "data/2023/year.toml").write_text(
        text[: text.index("[survey]")]
        + '[delivered]\nfile = "index.csv"\nsource = "Polisen"\nform = "wide"\nunit = "index"\n'
        'columns = { area = "omr" }\n',
        "utf-8",
    )
    found = answers(town)
    assert "Går inte att säga" in found["Vilka områdens värden är osäkra?"].answer
    assert not found["Är antalet svar känt?"].is_good
    assert "Är antalet svar likt förra gången?" not in found
    assert found["Är alla frågor ställda och besvarade?"].is_good  # only the total row is missing


@pytest.mark.parametrize("show", [quality.overview, quality.verdict])
def test_the_verdict_counts_what_the_overview_warns_of(town, rewrite, show):
    rewrite(town / "data/2023/year.toml", "[survey]", "[survey]\nsynthetic = true")
    year = results.of(2023, town)
    bad = [check for check in quality.checks(year) if not check.is_good]
    assert bad
    shown = show(year)
    told = shown.markdown if hasattr(shown, "markdown") else str(shown)
    assert all(check.question in told for check in bad)
