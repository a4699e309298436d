"""Shares against R's survey package, against hand reckoning, and under random designs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.statistics import shares
from reference import frozen
from reference.frozen import QUESTIONS

KINDS = [("area", "area"), ("everyone", None), ("svyratio", None)]
KINDS += [(what, split) for what in ("domain", "svyby") for split in ("sex", "tenure")]
ANSWER = st.sampled_from([np.nan, 0.0, 1.0])
PERSON = st.tuples(st.integers(0, 3), st.sampled_from([1, 2, 7.5]), st.booleans(), ANSWER, ANSWER)


def shared(*given: object) -> pd.DataFrame:
    return shares.estimate(shares.ratios(*given))  # type: ignore[arg-type]


def estimated(year: int, by: str | None) -> pd.DataFrame:
    return shared(frozen.answers(year), QUESTIONS, frozen.residents(year), by)


def one_area(problems: list[float], *, residents: float = 1e9) -> pd.Series:
    """Estimate one question of one area, all weights alike."""
    answers = pd.DataFrame({"area": "a", "weight": residents / len(problems), "q": problems})
    return shared(answers, ["q"], pd.Series({"a": residents}), "area").iloc[0]


def equal_to_r(ours: pd.DataFrame, what: str, year: int) -> None:
    """Compare what R has too; it has no interval for a share of 0 or 1."""
    theirs = frozen.expected(what, year).query("measure != 'index'")
    named = ours.rename(columns={ours.columns[0]: "level"}).astype({"level": str})
    both = named.merge(theirs, on=["level", "measure"], how="left", suffixes=("", "_r"))
    alone = both["value_r"].isna()
    assert (both.loc[alone, "n"] <= 1).all()
    assert alone.mean() < 0.5
    for name in ("value", "se"):
        np.testing.assert_allclose(both[name][~alone], both[f"{name}_r"][~alone], atol=1e-9, rtol=0)
    known = both.dropna(subset="n_r")
    np.testing.assert_array_equal(known[["n", "df"]], known[["n_r", "df_r"]])
    inside = known[known["value_r"].between(0, 1, inclusive="neither")]
    for name in ("lower", "upper"):
        np.testing.assert_allclose(inside[name], inside[f"{name}_r"], atol=1e-4, rtol=0)


@pytest.mark.parametrize(("what", "by"), KINDS)
def test_shares_equal_svymean_svyratio_svyby_and_svyciprop(what: str, by: str | None) -> None:
    for year in (1, 2):
        equal_to_r(estimated(year, by), what, year)


@pytest.mark.parametrize("year", [1, 2])
def test_the_rest_of_the_municipality_equals_svymean_of_the_other_strata(year: int) -> None:
    answers, residents = frozen.answers(year), frozen.residents(year)
    for code in residents.index:
        rest = answers.assign(rest=np.where(answers["area"] == code, None, str(code)))
        equal_to_r(shared(rest, QUESTIONS, residents, "rest"), "rest", year)


def test_a_simple_sample_is_reckoned_by_hand() -> None:
    found = one_area([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], residents=20)
    assert found["value"] == pytest.approx(0.2)
    assert found["se"] == pytest.approx((0.5 * 0.2 * 0.8 / 9) ** 0.5)
    assert found["n_eff"] == pytest.approx(18)
    assert (found["n"], found["df"]) == (10, 9)


def test_equal_weights_without_fpc_almost_give_clopper_and_pearson() -> None:
    lower, upper = shares.interval(*(np.array([x]) for x in (0.2, 0.2 * 0.8 / 10, 10.0, 9.0)))
    assert (lower[0], upper[0]) == pytest.approx((0.02521073, 0.55609546))


def test_few_answers_have_a_share_but_no_certainty_and_none_have_neither() -> None:
    assert one_area([1, 0, np.nan, np.nan])["value"] == 0.5
    for problems in ([1], [1, np.nan, np.nan]):
        found = one_area(problems)
        assert (found["value"], found["n"]) == (1.0, 1)
        assert found[["se", "lower", "upper", "n_eff"]].isna().all()
    found = one_area([np.nan, np.nan])
    assert found["n"] == 0
    assert found[["value", "se", "lower", "upper", "df"]].isna().all()


@pytest.mark.parametrize("answer", [0, 1])
def test_answers_all_alike_still_have_an_interval(answer: int) -> None:
    found = one_area([answer] * 20)
    assert (found["value"], found["se"]) == (answer, 0)
    assert found["upper"] - found["lower"] == pytest.approx(1 - 0.025 ** (1 / 20))


def test_an_area_without_respondents_is_a_row_without_a_value() -> None:
    answers, residents = frozen.answers(1), frozen.residents(1)
    wider = pd.concat([residents, pd.Series({99: 500})])
    pd.testing.assert_frame_equal(shared(answers, QUESTIONS, wider), estimated(1, None))
    empty = shared(answers, QUESTIONS, wider, "area").query("area == 99")
    assert empty["n"].tolist() == [0, 0, 0]
    assert empty["value"].isna().all()


def test_who_is_in_no_group_still_counts_in_the_design() -> None:
    answers = frozen.answers(1)
    blank = answers.assign(sex=answers["sex"].where(answers["sex"] == "k"))
    women = estimated(1, "sex").query("group == 'k'").reset_index(drop=True)
    found = shared(blank, QUESTIONS, frozen.residents(1), "sex")
    pd.testing.assert_frame_equal(found, women)


@pytest.mark.parametrize("residents", [{"a": 1}, {"b": 9}, {"a": np.nan}])
def test_answers_without_residents_are_refused(residents: dict[str, float]) -> None:
    answers = pd.DataFrame({"area": ["a", "a"], "weight": 1.0, "q": [0.0, 1.0]})
    with pytest.raises(ValueError, match="residents"):
        shared(answers, ["q"], pd.Series(residents), "area")


@settings(deadline=None, max_examples=60)
@given(st.lists(PERSON, min_size=2, max_size=25), st.lists(st.integers(0, 50), min_size=4))
def test_intervals_hold_their_shares_whatever_the_design_and_the_order(
    people: list[tuple], more: list[int]
) -> None:
    answers = pd.DataFrame(people, columns=["area", "weight", "member", "q1", "q2"])
    residents = pd.Series(np.bincount(answers["area"], minlength=4) + more[:4])
    found = shared(answers, ["q1", "q2"], residents, "member")
    assert found.loc[found["n"] < 2, "se"].isna().all()
    bounded = found.dropna(subset="lower")
    assert bounded["lower"].between(0, bounded["value"] + 1e-12).all()
    assert bounded["upper"].between(bounded["value"] - 1e-12, 1).all()
    assert (bounded["lower"] < bounded["upper"]).all()
    mixed = answers.sample(frac=1, random_state=3)
    again = shared(mixed, ["q1", "q2"], residents, "member")
    pd.testing.assert_frame_equal(again, found)
