import pytest

from analysis import results


@pytest.fixture
def small_town(town):
    """Leave eight answers in Norr in 2023."""
    lines = (town / "data/2023/survey.csv").read_text("utf-8").splitlines()
    (town / "data/2023/survey.csv").write_text("\n".join(lines[:9] + lines[41:]) + "\n", "utf-8")
    return results.of(2023, town)


def states(year, measure):
    return year.by_area(measure)["status"].to_dict()


def test_an_area_hidden_whole_gets_the_next_smallest_for_company(small_town):
    for measure in ("index", "skrap", "oro", "ute"):
        found = states(small_town, measure)
        assert found["norr"] == found["soder"] == "hidden"


def test_the_municipality_is_shown_though_an_area_is_hidden(small_town):
    assert small_town.cell("skrap")["status"] == "shown"
    assert small_town.cell("index")["status"] == "shown"


def test_the_year_before_is_whole_when_nothing_is_small_in_it(small_town):
    rows = small_town.cells(year=2022)
    assert not rows["status"].eq("hidden").any()


def test_what_is_hidden_in_either_year_has_no_change(small_town):
    assert small_town.change("index", "norr") is None
    assert small_town.change("index", "soder") is None
    assert small_town.change("index", "vast") is not None
