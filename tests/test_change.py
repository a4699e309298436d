"""Differences against R, Welch's test and the rule of Benjamini and Hochberg."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics import comparison as change
from analysis.statistics import shares
from analysis.statistics.shares import Sample
from reference import frozen


def estimates(**columns: float | list[float]) -> pd.DataFrame:
    """Make an estimate frame; what is not given does not matter to the test."""
    return pd.DataFrame({"lower": [np.nan], "upper": np.nan} | columns).astype(float)


def test_the_difference_of_two_years_equals_svycontrast() -> None:
    both = [shares.by_area(frozen.sample(year)) for year in (2, 1)]
    everyone = [shares.by_domain(frozen.sample(year)) for year in (2, 1)]
    theirs = frozen.expected("difference", 2)
    area = theirs[theirs["level"] != ""]
    keys = pd.MultiIndex.from_arrays([area["level"].astype(int), area["indicator"].astype(int)])
    ours = change.difference(*(frame.set_index(["area", "indicator"]).loc[keys] for frame in both))
    alike = [frame.set_index(["area", "indicator"]).loc[keys]["se"].eq(0) for frame in both]
    counted = ~(alike[0] | alike[1]).to_numpy()
    assert counted.sum() > 20
    total = change.difference(*everyone)
    found = pd.concat([total, ours[counted]])
    expected = pd.concat([theirs[theirs["level"] == ""], area[counted]])
    np.testing.assert_allclose(found["difference"], expected["value"], atol=1e-6, rtol=0)
    np.testing.assert_allclose(found["se"], expected["se"], atol=1e-6, rtol=0)


def test_means_of_two_samples_equal_welchs_test() -> None:
    rng = np.random.default_rng(1)
    samples = [rng.normal(1, 2, 12), rng.normal(0, 1, 30)]
    now, before = (
        estimates(value=x.mean(), se=x.std(ddof=1) / len(x) ** 0.5, df=len(x) - 1) for x in samples
    )
    found = change.difference(now, before).iloc[0]
    welch = stats.ttest_ind(*samples, equal_var=False)
    bounds = welch.confidence_interval()
    assert (found["p_value"], found["df"]) == pytest.approx((welch.pvalue, welch.df))
    assert (found["lower"], found["upper"]) == pytest.approx((bounds.low, bounds.high))


@pytest.mark.parametrize("unknown", [{"se": np.nan, "df": 9.0}, {"se": 0.1, "df": 0.0}])
def test_without_an_error_in_one_year_the_difference_is_untested(unknown: dict[str, float]) -> None:
    known = estimates(value=0.5, se=0.1, df=20)
    for pair in (
        [known, estimates(value=0.2, **unknown)],
        [estimates(value=0.8, **unknown), known],
    ):
        found = change.difference(*pair).iloc[0]
        assert found["difference"] == pytest.approx(0.3)
        assert found[["lower", "upper", "p_value", "df"]].isna().all()


def test_answers_all_alike_are_as_uncertain_as_their_interval() -> None:
    quiet, loud = (
        Sample(
            np.zeros(40, int),
            np.full(40, 1e6),
            np.array(answers, np.int8)[:, None],
            np.array([4e7]),
        )
        for answers in ([0] * 40, [1] * 4 + [0] * 36)
    )
    found = change.difference(shares.by_area(loud), shares.by_area(quiet)).iloc[0]
    upper = 1 - 0.025 ** (1 / 40)
    own = upper / (2 * stats.t.ppf(0.975, 39))
    assert found["se"] == pytest.approx((0.1 * 0.9 / 39 + own**2) ** 0.5, rel=1e-6)


def test_an_unlimited_df_is_the_normal_distribution() -> None:
    now, before = (estimates(value=x, se=0.5, df=np.inf) for x in (1.0, 0.0))
    found = change.difference(now, before).iloc[0]
    assert found["p_value"] == pytest.approx(2 * stats.norm.sf(2**0.5), rel=1e-6)


def test_unequal_numbers_of_rows_are_refused() -> None:
    one = estimates(value=1, se=0.1, df=9)
    with pytest.raises(ValueError, match="2 estimates now but 1 before"):
        change.difference(pd.concat([one, one]), one)


def test_benjamini_and_hochberg_are_followed_by_hand() -> None:
    p_values = [0.20, 0.012, 0.001, 0.03, np.nan, 0.039]
    assert change.discoveries(p_values).tolist() == [False, True, True, True, False, True]
    assert change.discoveries([0.04, 0.5]).tolist() == [False, False]
    assert change.discoveries([np.nan]).tolist() == [False]
    assert change.discoveries([]).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_discoveries_are_those_whose_adjusted_p_is_within_the_level(p_values: list[float]) -> None:
    adjusted = stats.false_discovery_control(p_values)
    clear = np.abs(adjusted - change.LEVEL) > 1e-9
    found = change.discoveries(p_values)
    assert (found[clear] == (adjusted <= change.LEVEL)[clear]).all()
