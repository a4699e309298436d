"""Small maps, and questions in order: what they show is what the gate lets out."""

import re

from analysis import results
from analysis.figures import atlas, crimes, questions, tables


def test_every_question_has_a_small_map_in_the_figure_of_its_group(town):
    year = results.of(2023, town)
    shown = atlas.questions(year)
    assert [figure.table.columns[1].label for figure in shown.figures] == ["Skräp", "Oro"]
    assert all(figure.svg.count('font-weight="600"') == 1 for figure in shown.figures)
    assert "Skräp: högst i Väst, 30" in shown.figures[0].alt


def test_all_small_maps_have_the_classes_and_colours_of_the_large_one(town):
    year = results.of(2023, town)
    from analysis.figures import maps

    large = maps.choropleth(year, "skrap").svg
    small = atlas.questions(year).figures[0].svg
    used = set(re.findall(r"<g fill=\"(#[0-9a-f]{6})\"", small))
    assert used
    assert used <= set(re.findall(r"#[0-9a-f]{6}", large))


def test_a_hidden_area_has_no_colour_and_no_number_on_a_small_map(town):
    policy = town / "data" / "municipality.toml"
    policy.write_text(policy.read_text("utf-8") + "\n[disclosure]\nhide_below = 45\n", "utf-8")
    year = results.of(2023, town)
    figure = atlas.questions(year).figures[0]
    assert dict(figure.table.rows)["Söder"] == "visas inte"
    assert re.search(r'fill="url\(#\w+h\)"><use', figure.svg)


def test_without_geometry_there_are_no_small_maps(town, rewrite):
    rewrite(town / "data" / "2023" / "year.toml", 'division = "a"\n', "")
    assert atlas.questions(results.of(2023, town)) is None


def test_ranked_questions_fall_from_the_most_common(town):
    rows = questions.ranked(results.of(2023, town)).rows
    values = [int(re.match(r"\d+", row[1])[0]) for row in rows]
    assert values == sorted(values, reverse=True)
    assert [row[0] for row in rows] == ["Skräp", "Oro"]


def test_a_question_is_listed_for_women_and_men_side_by_side(town):
    year = results.of(2023, town)
    made = tables.questions_by(year, "sex")
    assert [column.label for column in made.columns] == ["Fråga", "Kvinnor", "Män"]
    assert [row[0] for row in made.rows] == ["Skräp", "Oro"]
    assert tables.questions_by(year, "tenure") is None


def test_survey_and_register_stand_side_by_side(town):
    made = crimes.beside_survey(results.of(2023, town))
    assert [column.label for column in made.columns][1:3] == ["2022", "2023"]
    assert made.rows[1][1:3] == ("1\xa0000", "1\xa0500")
    assert crimes.beside_survey(results.of(2022, town)) is None
