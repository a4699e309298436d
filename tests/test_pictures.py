"""Maps, charts and tables: the same numbers in picture, alt text and table."""

import re
import xml.etree.ElementTree as ET

import pytest

from analysis import reading, results
from analysis.figures import charts, crimes, figure, maps, tables
from analysis.text import quality as control


@pytest.fixture
def year(town):
    return results.of(2023, town)


FIGURES = {
    "map": lambda year: maps.choropleth(year),
    "map of an area": lambda year: maps.choropleth(year, area="vast"),
    "groups": charts.groups,
    "drivers": lambda year: charts.drivers(results.of(2022, year.root), "soder"),
    "crime": crimes.trends,
    "crime rates": crimes.rates_now,
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_every_figure_is_well_formed_named_and_the_same_every_time(year, draw):
    made = draw(year)
    ET.fromstring(made.svg)
    assert made.svg == draw(year).svg
    assert made.table.rows
    html = made._repr_mimebundle_()["text/html"]
    assert 'role="img"' in html
    assert "<caption>" in html


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_every_decimal_or_large_number_of_an_alt_text_stands_in_the_table(year, draw):
    made = draw(year)
    cells = " ".join(cell for row in made.table.rows for cell in row)
    total = year.cell("index")
    known = cells + f" {total['value']:.2f}".replace(".", ",")
    assert [
        number for number in re.findall(r"\d+,\d+|\d+\xa0\d{3}", made.alt) if number not in known
    ] == []


def test_a_chart_that_is_kept_is_the_same_and_its_copy_is_no_source(year):
    drawn = []
    for _ in range(2):
        with reading.gathering() as files:
            drawn.append(crimes.trends(year).svg)
        assert year.root / "data/2023/crime.csv" in files
        assert not any(".kept" in str(file) for file in files)
    assert drawn[0] == drawn[1]
    assert (year.root / "reports/.kept/crime-2023.svg").is_file()


def test_two_figures_of_a_page_share_no_identifier(year):
    drawings = [draw(year).svg for draw in FIGURES.values()]
    names = [name for svg in drawings for name in set(re.findall(r'\bid="([^"]+)"', svg))]
    assert {name for name in names if names.count(name) > 1} == set()


def test_a_hidden_area_has_its_pattern_and_no_number(town):
    lines = (town / "data/2023/survey.csv").read_text("utf-8").splitlines()
    (town / "data/2023/survey.csv").write_text(
        "\n".join(lines[:1] + lines[1:9] + lines[41:]) + "\n", "utf-8"
    )
    made = maps.choropleth(results.of(2023, town))
    assert "prickat: visas inte" in made.svg
    assert "Norr: visas inte" in made.svg
    assert made.table.rows[0][:3] == ("Norr", "visas inte", "–")


def test_areas_stand_in_swedish_order_with_change_and_certainty(year):
    listed = tables.areas(year)
    assert [row[0] for row in listed.rows] == ["Norr", "Söder", "Väst", "Hela kommunen"]
    assert listed.rows[0][3:5] == ("0,00", "nej")
    assert listed.rows[1][4] == "ja"


def test_hostile_text_in_a_table_is_shown_never_run():
    made = figure.table("<script>x</script>", ["a"], [["<img onerror=y>"]])
    html = made._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "<img" not in html


def test_a_figure_without_alt_text_cannot_be_made():
    with pytest.raises(ValueError, match="alt"):
        figure.Figure("t", "", "c", "s", "<svg/>", figure.table("c", ["a"], [["b"]]))


def test_the_control_names_what_must_be_looked_at(year):
    said = str(control.verdict(year))
    assert "Skriv i year.toml: survey.csv: sha256" in said
    assert control.overview(year).rows


@pytest.mark.parametrize("name", ["Kv 12.345", "Kr $aa$ bb $^_{$", 'Kv id="q" x', "Å" * 90])
def test_a_name_stands_in_a_chart_as_it_is_written_and_never_breaks_it(town, rewrite, name):
    label = name.replace('"', '\\"')
    rewrite(town / "data/index_model.toml", 'ute = "Ute"', f'ute = "{label}"')
    made = charts.groups(results.of(2023, town))
    drawn = "".join(ET.fromstring(made.svg).itertext())
    assert (name if len(name) < 36 else "…") in drawn
