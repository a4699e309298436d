"""Differences against R and Welch, the tree of tests by hand, and the areas beside each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.statistics import comparison, shares
from reference import frozen
from reference.frozen import QUESTIONS

MEASURES = pd.DataFrame({"measure": ["index", "g", "h", "q", "r"], "group": ["", "", "", "g", "h"]})


def estimates(**columns: object) -> pd.DataFrame:
    """Make estimates; what is not given does not matter to the test."""
    plain = {"value": 1.0, "se": 0.1, "lower": np.nan, "upper": np.nan, "df": np.inf}
    keys = {"area": "", "split": "", "group": "", "measure": "index", "unit": "index"}
    return pd.DataFrame({**plain, **keys, "source": "computed", "status": "shown", **columns})


def verdicts(now: pd.DataFrame, before: pd.DataFrame, **options: object) -> list[str]:
    found = comparison.changes(now, before, MEASURES, "index", **options)  # type: ignore[arg-type]
    return found["verdict"].tolist()


def test_the_difference_of_two_years_equals_svycontrast() -> None:
    theirs, both = frozen.expected("difference", 2), []
    for year in (1, 2):
        sample = frozen.answers(year), QUESTIONS, frozen.residents(year)
        areas = shares.estimate(shares.ratios(*sample, "area")).rename(columns={"area": "level"})
        every = pd.concat(
            [areas.astype({"level": str}), shares.estimate(shares.ratios(*sample)).assign(level="")]
        )
        both.append(theirs[["level", "measure"]].merge(every, on=["level", "measure"]))
    before, now = both
    ours = comparison.difference(now, before)
    counted = (now["se"] > 0) & (before["se"] > 0)
    assert counted.sum() > 20
    np.testing.assert_allclose(ours["difference"], theirs["value"], atol=1e-9)
    np.testing.assert_allclose(ours["se"][counted], theirs["se"][counted], atol=1e-9)


def test_means_of_two_samples_equal_welchs_test() -> None:
    rng = np.random.default_rng(1)
    samples = [rng.normal(1, 2, 12), rng.normal(0, 1, 30)]
    now, before = (
        estimates(value=[x.mean()], se=x.std(ddof=1) / len(x) ** 0.5, df=len(x) - 1)
        for x in samples
    )
    found = comparison.difference(now, before).iloc[0]
    welch = stats.ttest_ind(*samples, equal_var=False)
    bounds = welch.confidence_interval()
    assert (found["p_value"], found["df"]) == pytest.approx((welch.pvalue, welch.df))
    assert (found["lower"], found["upper"]) == pytest.approx((bounds.low, bounds.high))


def test_answers_all_alike_are_as_uncertain_as_their_interval() -> None:
    alike = estimates(value=[0.0], se=0.0, lower=0.0, upper=0.1, df=39)
    found = comparison.difference(estimates(value=[0.1], se=0.05, df=39), alike).iloc[0]
    assert found["se"] == pytest.approx(np.hypot(0.05, 0.1 / (2 * stats.t.ppf(0.975, 39))))


def test_benjamini_and_hochberg_are_followed_by_hand() -> None:
    p_values = pd.Series([0.20, 0.012, 0.001, 0.03, np.nan, 0.039])
    wanted = [False, True, True, True, False, True]
    assert comparison.discoveries(p_values, 0.05).tolist() == wanted
    assert comparison.discoveries(pd.Series([np.nan]), 0.05).tolist() == [False]


def test_no_branch_is_tested_below_an_uncertain_one() -> None:
    tests = pd.DataFrame(
        {
            "cell": ["a", "b", "a1", "a2", "b1", "a11"],
            "parent": ["", "", "a", "a", "b", "a1"],
            "p_value": [0.001, 0.4, 0.004, 0.3, 0.000, 0.02],
        }
    )
    found = comparison.judged(tests, 0.03).tolist()
    certain, uncertain = comparison.CERTAIN, comparison.UNCERTAIN
    assert found == [certain, uncertain, certain, uncertain, comparison.NOT_TESTED, certain]


def test_the_parts_of_the_promise_stay_within_five_percent() -> None:
    assert sum(comparison.PROMISE.values()) <= 0.05


def test_groups_are_tested_where_the_index_moved_and_questions_below_their_group() -> None:
    before = estimates(measure=["index", "g", "h", "q", "r"], area="a")
    moved = before.assign(value=[0.2, 0.2, 1.0, 0.2, 0.2])
    assert verdicts(moved, before) == ["fall", "fall", "uncertain", "fall", "not_tested"]
    still = before.assign(value=[1.0, 0.2, 0.2, 0.2, 0.2])
    assert verdicts(still, before) == ["uncertain", *["not_tested"] * 4]


def test_groups_of_people_are_tested_where_the_municipality_moved() -> None:
    before = estimates(split=["", "sex", "sex"], group=["", "k", "m"])
    assert verdicts(before.assign(value=[2.0, 2.0, 1.0]), before) == ["rise", "rise", "uncertain"]
    still = before.assign(value=[1.0, 2.0, 2.0])
    assert verdicts(still, before) == ["uncertain", "not_tested", "not_tested"]


def test_only_alike_and_shown_cells_are_compared() -> None:
    before = estimates(area=[*"abcde"], se=[0.1, 0.1, 0.1, 0.1, np.nan])
    now = before.assign(value=3.0).assign(
        source=["computed", "delivered", "computed", "computed", "computed"],
        status=["shown", "shown", "hidden", "uncertain", "shown"],
    )
    wanted = ["rise", "not_compared", "not_compared", "rise", "no_interval"]
    assert verdicts(now, before) == wanted
    found = comparison.changes(now, before.iloc[1:], MEASURES, "index")
    assert found["verdict"].iloc[0] == "not_compared"
    assert found.loc[found["verdict"].eq("not_compared"), "difference"].isna().all()
    assert np.isnan(found["value"].iloc[2])
    assert verdicts(now.iloc[:1], before, withheld={"index"}) == ["withheld"]


def test_an_area_is_compared_with_the_mean_of_the_others() -> None:
    areas = estimates(area=[*"abc"], value=[4.0, 1.0, 2.0], se=[0.2, 0.1, 0.3])
    residents = pd.Series({"a": 500, "b": 300, "c": 100})
    found = comparison.against_rest(areas, residents, MEASURES, "index").iloc[0]
    rest = (300 * 1.0 + 100 * 2.0) / 400
    assert found["difference"] == pytest.approx(4 - rest)
    error = np.hypot(300 * 0.1, 100 * 0.3) / 400
    assert found["se"] == pytest.approx(np.hypot(0.2 * (rest / 4) ** 0.5, error))
    assert (found["direction"], found["verdict"]) == ("higher", "certain")


def test_a_hidden_area_is_part_of_the_rest_but_not_tested() -> None:
    areas = estimates(area=[*"abc"], value=[4.0, 1.0, 2.0])
    hidden = areas.assign(status=["hidden", "shown", "shown"])
    residents = pd.Series({"a": 500, "b": 300, "c": 100})
    both = [comparison.against_rest(one, residents, MEASURES, "index") for one in (areas, hidden)]
    assert both[0]["difference"].iloc[1] == both[1]["difference"].iloc[1]
    assert both[1]["verdict"].iloc[0] == "not_tested"
    assert both[1]["direction"].iloc[0] == ""


def test_who_is_like_the_highest_is_told_by_their_differences() -> None:
    areas = estimates(area=[*"abcd"], value=[1.0, 3.0, 2.9, 1.1])
    rest = pd.DataFrame({"area": [*"abcd"], "verdict": "certain"})
    assert comparison.like_highest(areas, rest) == ("b", "c")
    unsure = rest.assign(verdict="uncertain")
    assert comparison.like_highest(areas, unsure) == ("b", "c", "d", "a")
    assert comparison.like_highest(areas.assign(se=np.nan), rest) == ("b",)
    assert comparison.like_highest(areas.iloc[:0], rest) == ()
