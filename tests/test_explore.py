"""Choosing with the mouse: quick, and through the same gate as the report."""

import time

import pytest

from analysis import explore, results, swedish
from analysis import text as narrative
from analysis.errors import Refusal
from analysis.figures import atlas, charts, crimes, maps, questions, tables
from analysis.text import quality as control

ROOMS = (atlas, charts, control, crimes, explore, maps, narrative, questions, results, tables)


def test_what_is_chosen_is_said_and_stands_as_a_line_that_runs(town):
    year = results.of(2023, town)
    assert explore.sentence(year, "skrap", ("soder", "")).startswith("Skräp 2023, Söder: 20")
    line = explore.call_of(year, "skrap", ("soder", ""))
    assert line == 'maps.choropleth(results.of(2023), "skrap", area="soder")'


def test_a_hidden_value_is_not_said(town):
    policy = town / "data" / "municipality.toml"
    policy.write_text(policy.read_text("utf-8") + "\n[disclosure]\nhide_below = 45\n", "utf-8")
    year = results.of(2023, town)
    hidden = year.by_area("skrap")["status"].eq("hidden")
    assert hidden["soder"]
    said = explore.sentence(year, "skrap", ("soder", ""))
    assert "visas inte" in said
    assert "%" not in said


def test_a_choice_is_followed_within_three_tenths_of_a_second(town, monkeypatch):
    monkeypatch.chdir(town)
    desk = explore.desk(2023)
    boxes = desk.children[0].children
    picture = desk.children[3].children[0]
    before, began = picture.value, time.perf_counter()
    boxes[1].value = "oro"
    assert time.perf_counter() - began < 0.3
    assert picture.value != before
    assert "Oro 2023, Lillstads kommun" in desk.children[1].value
    boxes[0].value = 2022
    assert "Oro 2022, Lillstads kommun" in desk.children[1].value
    boxes[2].value = ("", "Kvinnor")
    assert "Oro 2022, Kvinnor" in desk.children[1].value


def test_every_measure_and_place_of_the_year_can_be_chosen(town, monkeypatch):
    monkeypatch.chdir(town)
    boxes = explore.desk(2023).children[0].children
    year = results.of(2023, town)
    assert {name for _, name in boxes[1].options} == set(year.measures.index)
    assert len(boxes[2].options) == 1 + len(year.areas) + 2


def test_a_refusal_in_a_notebook_is_its_words_alone(town):
    with pytest.raises(Refusal) as refused:
        results.of(1999, town)
    (shown,) = refused.value._render_traceback_()
    assert shown == str(refused.value)


def test_a_number_in_a_notebook_has_a_decimal_comma():
    assert swedish.plain_number(1.2675) == "1,268"
    assert swedish.plain_number(0.0) == "0"
    assert swedish.plain_number(float("nan")) == swedish.MISSING


def test_results_say_what_they_are_in_a_few_lines(town):
    year = results.of(2023, town)
    assert repr(year).splitlines()[0].startswith("Lillstads kommun 2023: 2 frågor, 3 områden.")
    assert "survey.csv: Lillstads enkät" in repr(year)


@pytest.mark.parametrize("module", ROOMS, ids=lambda room: room.__name__)
def test_tab_shows_only_what_a_notebook_calls(module):
    own = {name for name, value in vars(module).items() if _is_made_in(value, module)}
    assert set(dir(module)) <= own
    assert 1 <= len(dir(module)) <= 30


def _is_made_in(value, module):
    return f"{getattr(value, '__module__', '')}.".startswith(f"{module.__name__}.")
