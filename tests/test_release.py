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


@pytest.fixture
def town_of_few_women(town):
    """Leave fourteen women in 2023: nine are worried, none sees litter as a problem."""
    file = town / "data/2023/survey.csv"
    head, *lines = [line.split(",") for line in file.read_text("utf-8").splitlines()]
    women = [row[:3] for row in lines if row[2] == "k"][:14]
    women = [[*row, "1", "2" if at % 3 else "1"] for at, row in enumerate(women)]
    rows = [head, *women, *(row for row in lines if row[2] == "m")]
    file.write_text("\n".join(map(",".join, rows)) + "\n", "utf-8")
    return town


@pytest.mark.parametrize("aggregate", ["pooled", "areas"])
def test_a_groups_hidden_share_cannot_be_had_from_its_index(town_of_few_women, aggregate):
    model = town_of_few_women / "data/index_model.toml"
    named = f'name = "A"\naggregate = "{aggregate}"'
    model.write_text(model.read_text("utf-8").replace('name = "A"', named), "utf-8")
    year = results.of(2023, town_of_few_women)
    women = year.estimates.query("year == 2023 and split == 'sex' and level == 'Kvinnor'")
    found = women.set_index("measure")["status"]
    assert found["skrap"] == "hidden", "what all of few answered"
    assert found["oro"] != "hidden"
    assert found["ute"] == "hidden", "the group's only question"
    assert found["index"] == "hidden", "the mean of skrap and oro"
