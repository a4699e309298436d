"""How to read the report, and how accessible it is: only what is so."""

from analysis import results
from analysis.text import about as colophon
from analysis.text import statement


def test_the_statement_names_who_answers_what_was_tried_what_is_lacking_and_whom_to_tell(town):
    said = str(statement.accessibility(results.of(2023, town)))
    for part in ("Lillstads kommun", "delvis förenliga", "2023", "har inte prövat", "Brister"):
        assert part in said
    assert "kontakta kommunens växel" in said
    assert "https://www.digg.se/tdosanmalan" in said


def test_the_statement_gives_the_contact_of_the_municipality(town, rewrite):
    rewrite(town / "data/municipality.toml", 'code = "9999"', 'code = "9999"\ncontact = "a@b.se"')
    assert "kontakta a@b.se" in str(statement.accessibility(results.of(2023, town)))


def test_certain_is_explained_only_where_years_are_compared(town):
    assert colophon.CERTAIN in str(statement.reading(results.of(2023, town)))
    assert colophon.CERTAIN not in str(statement.reading(results.of(2022, town)))


def test_a_year_without_a_survey_has_no_values_to_read_and_no_pages_of_areas(town):
    folder = town / "data/2021"
    folder.mkdir()
    (folder / "year.toml").write_text("year = 2021\n", "utf-8")
    year = results.of(2021, town)
    assert statement.reading(year) is None
    assert statement.own_pages(year) is None
