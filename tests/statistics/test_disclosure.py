import numpy as np
import pandas as pd
import pytest

from analysis.sources.records import Disclosure
from analysis.statistics import disclosure

POLICY = Disclosure()


PLAIN = {"split": "", "group": "", "se": 0.01, "unit": "share", "decimals": 0}
PLAIN |= {"value": 0.4, "lower": 0.35, "upper": 0.45}


def cells(**answers: int | list[int]) -> pd.DataFrame:
    """Make shares of 40 % by area, with a number of answers to each question."""
    rows = [
        (area.strip("_"), f"q{at}", float(n), float(n), float(n))
        for area, counts in answers.items()
        for at, n in enumerate(np.atleast_1d(counts))
    ]
    return pd.DataFrame(rows, columns=["area", "measure", "n", "n_eff", "df"]).assign(**PLAIN)


def states(frame: pd.DataFrame) -> dict[str, list[str]]:
    found = disclosure.judged(frame, POLICY)
    return found.groupby("area", sort=False)["status"].agg(list).to_dict()


def test_an_area_with_one_question_that_few_answered_is_hidden_whole_and_not_alone():
    found = states(cells(norr=[50, 9], soder=[60, 60], vast=[40, 40]))
    assert found == {"norr": ["hidden"] * 2, "soder": ["shown"] * 2, "vast": ["hidden"] * 2}


def test_two_small_areas_keep_each_other_company():
    found = states(cells(a=9, b=3, c=40, d=50))
    assert found == {"a": ["hidden"], "b": ["hidden"], "c": ["shown"], "d": ["shown"]}


def test_nothing_is_hidden_where_ten_answered():
    assert states(cells(a=10, b=30)) == {"a": ["uncertain"], "b": ["shown"]}


def test_the_municipality_is_no_partner_but_is_hidden_when_few_answered():
    assert states(cells(_=9, a=4, b=5)) == {"": ["hidden"], "a": ["hidden"], "b": ["hidden"]}
    assert states(cells(_=99, a=4, b=95))[""] == ["shown"]


def test_an_unknown_number_of_answers_neither_hides_nor_is_a_partner():
    town = cells(a=40, b=5, c=41).replace({"n": {40: np.nan}})
    assert states(town) == {"a": ["shown"], "b": ["hidden"], "c": ["hidden"]}


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_what_everyone_answered_is_not_told_of_fewer_than_thirty(share):
    town = cells(a=[29, 29], b=[30, 30])
    town["value"] = np.where(town["measure"].eq("q0"), share, 0.4)
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
    town = cells(a=50, b=50).assign(**change)
    assert states(town) == {"a": [status], "b": [status]}


def test_an_area_where_nobody_answered_one_question_is_not_small_for_that():
    town = cells(a=[50, 0], b=[50, 50])
    town.loc[town["n"].eq(0), "value"] = np.nan
    assert states(town)["a"] == ["shown", "no_answers"]


def test_a_small_area_does_not_tell_that_nobody_answered_a_question():
    assert states(cells(a=[5, 0], b=[50, 50], c=[6, 6]))["a"] == ["hidden", "hidden"]


def test_hidden_cells_have_no_number_at_all():
    town = disclosure.gate(disclosure.judged(cells(a=5, b=6, c=50), POLICY))
    assert town["status"].tolist() == ["hidden", "hidden", "shown"]
    assert town.loc[:1, list(disclosure.NUMBERS)].isna().all(axis=None)
    assert town.loc[2, list(disclosure.NUMBERS)].notna().all()


def test_groups_of_people_are_hidden_like_areas_each_split_by_itself():
    frame = cells(a=40, b=9, c=40).assign(
        area="", split=["sex", "sex", "age_group"], group=["Kvinnor", "Män", "16–24 år"]
    )
    assert disclosure.judged(frame, POLICY)["status"].tolist() == ["hidden", "hidden", "shown"]


def test_printed_numbers_are_rounded_and_tell_nothing_else():
    town = cells(a=52).assign(value=0.405, lower=0.3449, upper=0.4551)
    (shown,) = disclosure.printed(town).to_dict("records")
    assert [shown[name] for name in ("value", "lower", "upper", "n")] == [0.41, 0.34, 0.46, 50]
    assert not {"se", "df", "n_eff"} & set(shown)


def test_a_delivered_value_keeps_its_own_decimals():
    own = {"unit": ["share", "index"], "decimals": [1, 3], "value": [0.12345, 1.23456]}
    assert disclosure.printed(cells(a=[50, 50]).assign(**own))["value"].tolist() == [0.123, 1.235]


def test_rounding_is_half_up_as_people_expect():
    found = disclosure.rounded([1.265, 2.675, -1.265, 0.145], 2)
    assert found.tolist() == [1.27, 2.68, -1.27, 0.15]
    assert str(disclosure.rounded(-0.001, 2)) == "0.0"


@pytest.mark.parametrize(
    ("answers", "printed"), [(700, (0.15, 0.25, 0.0)), (1400, (0.18, 0.22, 0.01))]
)
def test_where_an_area_is_hidden_a_small_whole_has_coarse_intervals(answers, printed):
    town = cells(_=answers, a=5, b=6, c=50).assign(value=0.2, lower=0.18, upper=0.22)
    found = disclosure.gate(disclosure.judged(town, POLICY)).iloc[0]
    assert tuple(found[["lower", "upper", "se"]]) == pytest.approx(printed)
