"""Tables whose rows draw their own numbers: questions of a place, changes of the areas."""

import math
import re

import pytest

from analysis import results
from analysis.figures import dots, questions, tables


@pytest.fixture
def year(town):
    return results.of(2023, town)


def test_an_areas_questions_stand_under_their_group_beside_the_municipality(year):
    made = questions.listed(year, "vast")
    assert [column.label for column in made.columns][3:] == ["Kommunen", "Mot 2022", "Svar"]
    assert [row[0] for row in made.rows] == ["Ute", "Skräp", "Hemma", "Oro"]
    assert sorted(made.heads) == [0, 2]
    # 15 of 50; (400 · 10/40 + 800 · 8/40 + 1200 · 15/50) / 2400 = 620/2400; 10 of 50 the year before.
    assert made.rows[1][1] == "30\xa0%"
    assert made.rows[1][3:] == ("26\xa0%", "+10", "50")


def test_a_certain_change_is_said_in_its_row(year):
    rows = {row[0]: row for row in questions.listed(year, "soder").rows}
    assert rows["Skräp"][4] == "−40\xa0säkert"


def test_the_picture_of_a_row_shows_the_numbers_of_the_row(year):
    made = questions.listed(year, "vast")
    for row, drawn in zip(made.rows, made.dots.rows, strict=True):
        if drawn is not None:
            said = [float(number) for number in re.findall(r"\d+", row[1] + row[2] + row[3])]
            shown = [drawn.value, drawn.lower, drawn.upper, drawn.beside]
            assert said == pytest.approx([share * 100 for share in shown], abs=0.5)
    assert [drawn is None for drawn in made.dots.rows] == [True, False, True, False]


def test_what_may_not_be_shown_has_no_picture_and_no_number(town):
    lines = (town / "data/2023/survey.csv").read_text("utf-8").splitlines()
    (town / "data/2023/survey.csv").write_text("\n".join([*lines[:9], *lines[41:]]) + "\n", "utf-8")
    made = questions.listed(results.of(2023, town), "norr")
    assert made.dots is None
    assert {row[1:3] for row in made.rows} == {("visas inte", "–")}
    assert "svaren är för få" in made.caption


def test_the_changes_say_how_many_are_certain_and_draw_those_apart(year):
    made = tables.changes(year)
    certain = [row[0] for row in made.rows if row[-1] == "ja"]
    assert made.caption.startswith(f"Ett område av {len(made.rows)}")
    assert certain == ["Söder"]
    assert [drawn.is_strong for drawn in made.dots.rows] == [row[-1] == "ja" for row in made.rows]
    assert [drawn.is_open for drawn in made.dots.rows] == [row[-1] == "nej" for row in made.rows]


def test_an_axis_has_round_ends_and_holds_everything():
    column = dots.column([dots.Dot(0.43, 0.33, 0.53), None], "share")
    assert (column.label, column.at(0.53), column.at(math.nan)) == ("0 till 60\xa0%", 0.8833, None)
    around = dots.column([dots.Dot(-0.64, -0.94, -0.34)], "index", zero=False)
    assert (around.label, around.at(0.0)) == ("−1,0 till 1,0", 0.5)


def test_a_row_on_a_page_is_drawn_without_words_and_hidden_from_readers(year):
    html = questions.listed(year, "vast")._repr_mimebundle_()["text/html"]
    drawn = re.findall(r"<svg[^>]*>", html)
    assert len(drawn) == 2
    assert all('aria-hidden="true"' in tag for tag in drawn)
