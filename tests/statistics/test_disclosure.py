import numpy as np
import pandas as pd
import pytest

from analysis.sources.config import Disclosure
from analysis.statistics import disclosure

POLICY = Disclosure()


def cells(**answers: dict[str, int]) -> pd.DataFrame:
    """Make shares of 40 % by area, with a number of answers to each question."""
    rows = [
        {"area": area.strip("_"), "measure": measure, "n": n}
        for area, counts in answers.items()
        for measure, n in counts.items()
    ]
    frame = pd.DataFrame(rows)
    n = frame["n"].astype(float)
    return frame.assign(
        split="",
        group="",
        n=n,
        n_eff=n,
        df=n,
        se=0.01,
        unit="share",
        decimals=0,
        value=0.4,
        lower=0.35,
        upper=0.45,
    )


def states(frame: pd.DataFrame) -> dict[str, list[str]]:
    found = frame.assign(status=disclosure.states(frame, "area", POLICY))
    return found.groupby("area", sort=False)["status"].agg(list).to_dict()


def test_an_area_with_one_question_that_few_answered_is_hidden_whole_and_not_alone():
    town = cells(norr={"a": 50, "b": 9}, soder={"a": 60, "b": 60}, vast={"a": 40, "b": 40})
    assert states(town) == {
        "norr": ["hidden", "hidden"],
        "soder": ["shown", "shown"],
        "vast": ["hidden", "hidden"],
    }


def test_two_small_areas_keep_each_other_company():
    town = cells(a={"q": 9}, b={"q": 3}, c={"q": 40}, d={"q": 50})
    assert states(town) == {"a": ["hidden"], "b": ["hidden"], "c": ["shown"], "d": ["shown"]}


def test_nothing_is_hidden_where_ten_answered():
    assert states(cells(a={"q": 10}, b={"q": 30})) == {"a": ["uncertain"], "b": ["shown"]}


def test_the_municipality_is_no_partner_but_is_hidden_when_few_answered():
    town = cells(_={"q": 9}, a={"q": 4}, b={"q": 5})
    assert states(town) == {"": ["hidden"], "a": ["hidden"], "b": ["hidden"]}
    assert states(cells(_={"q": 99}, a={"q": 4}, b={"q": 95}))[""] == ["shown"]


def test_an_unknown_number_of_answers_neither_hides_nor_is_a_partner():
    town = cells(a={"q": 40}, b={"q": 5}, c={"q": 41}).replace({"n": {40: np.nan}})
    assert states(town) == {"a": ["shown"], "b": ["hidden"], "c": ["hidden"]}


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_what_everyone_answered_is_not_told_of_fewer_than_thirty(share):
    town = cells(a={"q": 29, "r": 29}, b={"q": 30, "r": 30})
    town["value"] = np.where(town["measure"].eq("q"), share, 0.4)
    assert states(town) == {"a": ["hidden", "uncertain"], "b": ["shown", "shown"]}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"n": 0.0, "value": np.nan}, "no_answers"),
        ({"n": np.nan, "value": np.nan}, "no_answers"),
        ({"n_eff": 29.0}, "uncertain"),
        ({"lower": 0.2, "upper": 0.5}, "uncertain"),
        ({"unit": "index", "lower": 0.2, "upper": 1.1}, "shown"),
        ({"unit": "index", "lower": 0.2, "upper": 1.2}, "uncertain"),
        ({"unit": "kronor", "lower": 0.0, "upper": 9e9}, "shown"),
    ],
)
def test_each_state_has_its_reason(change, status):
    town = cells(a={"q": 50}, b={"q": 50}).assign(**change)
    assert states(town) == {"a": [status], "b": [status]}


def test_an_area_where_nobody_answered_one_question_is_not_small_for_that():
    town = cells(a={"q": 50, "r": 0}, b={"q": 50, "r": 50})
    town.loc[town["n"].eq(0), "value"] = np.nan
    assert states(town)["a"] == ["shown", "no_answers"]


def test_hidden_cells_have_no_number_at_all():
    town = disclosure.gate(disclosure.judged(cells(a={"q": 5}, b={"q": 6}, c={"q": 50}), POLICY))
    assert town["status"].tolist() == ["hidden", "hidden", "shown"]
    assert town.loc[:1, list(disclosure.NUMBERS)].isna().all(axis=None)
    assert town.loc[2, list(disclosure.NUMBERS)].notna().all()


def test_groups_of_people_are_hidden_like_areas_each_split_by_itself():
    women, men = cells(_={"q": 40}), cells(_={"q": 9})
    frame = pd.concat(
        [
            women.assign(split="sex", group="Kvinnor"),
            men.assign(split="sex", group="Män"),
            women.assign(split="age_group", group="16–24 år"),
        ],
        ignore_index=True,
    )
    assert disclosure.judged(frame, POLICY)["status"].tolist() == ["hidden", "hidden", "shown"]


def test_printed_numbers_are_rounded_and_tell_nothing_else():
    town = cells(a={"q": 52}).assign(value=0.405, lower=0.3449, upper=0.4551)
    (shown,) = disclosure.printed(town).to_dict("records")
    assert [shown[name] for name in ("value", "lower", "upper", "n")] == [0.41, 0.34, 0.46, 50]
    assert not {"se", "df", "n_eff"} & set(shown)


def test_a_delivered_value_keeps_its_own_decimals():
    town = cells(a={"q": 50, "r": 50}).assign(
        unit=["share", "index"], decimals=[1, 3], value=[0.12345, 1.23456]
    )
    assert disclosure.printed(town)["value"].tolist() == [0.123, 1.235]


def test_rounding_is_half_up_as_people_expect():
    assert disclosure.rounded([1.265, 2.675, -1.265, 0.145], 2).tolist() == [
        1.27,
        2.68,
        -1.27,
        0.15,
    ]
    assert str(disclosure.rounded(-0.001, 2)) == "0.0"
