"""What the report says of itself: only what is so, and of the right kind of source."""

from dataclasses import replace

import made
import pytest
from made import words

from analysis.errors import Refusal
from analysis.text import about


def test_a_document_is_named_by_its_place_its_part_or_its_area():
    year = made.of()
    assert words(about.title(year, "Anmälda brott")) == "# Anmälda brott 2023, Lillstads kommun"
    said = words(about.title(year, "Tryggheten", part="fråga för fråga"))
    assert said == "# Tryggheten i Lillstad 2023 – fråga för fråga"
    assert words(about.title(year, "trygghet", area="soder")) == "# Söder: trygghet 2023"
    with pytest.raises(Refusal, match="soder"):
        about.title(year, "trygghet", area="sodr")


def test_made_up_data_are_announced_in_a_bold_line_and_real_ones_are_not():
    year = made.of()
    assert about.notice(year) is None
    declared = year.config.year
    crime = declared.crime.model_copy(update={"synthetic": True})
    config = replace(year.config, year=declared.model_copy(update={"crime": crime}))
    said = about.notice(replace(year, config=config)).text
    assert said.startswith("**Demonstration: använd inte siffrorna som fakta.** De anmälda brotten")
    assert "Svaren är gjorda" not in said


def test_texts_are_chosen_by_the_beginning_of_their_names_and_headings_lowered():
    assert words(about.text(made.of(), "01")) == "## Året\n\nDet hände mycket."
    assert about.text(made.of(), "02") is None  # headings alone, which a new year begins with


def test_the_rule_of_hiding_is_three_sentences_and_tells_of_0_and_100_per_cent():
    said = words(about.method(made.of()))
    rule = said.split("**Sekretess.** ")[1].split("\n")[0]
    assert rule.count(". ") + 1 == 3
    assert "0 eller 100 procent av färre än 30 svar" in rule


def test_documents_and_files_that_the_year_does_not_have_are_not_linked_and_are_named():
    year = made.of(crime=None)
    assert "brott.html" in words(about.contents(made.of()))
    assert "brott" not in words(about.contents(year)) + words(about.downloads(year))
    assert "kontroll" not in words(about.contents(year))  # stays in the house
    assert "anmälda brott, avloppsvattnet" in words(about.absent(year))
