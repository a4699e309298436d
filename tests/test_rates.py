"""Rates against the tables of the Poisson and binomial distributions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics import rates


def test_the_interval_is_garwoods() -> None:
    found = rates.interval([0, 1, 10, 100], 100_000)
    assert found["rate_per_100k"].tolist() == [0, 1, 10, 100]
    np.testing.assert_allclose(found["lower"], [0, 0.0253, 4.7954, 81.3637], atol=1e-3)
    np.testing.assert_allclose(found["upper"], [3.6889, 5.5716, 18.3904, 121.6269], atol=1e-3)


@given(st.integers(1, 5000), st.floats(1e3, 1e6))
def test_each_bound_leaves_2_5_percent_outside(count: int, people: float) -> None:
    found = rates.interval([count], [people]).iloc[0] * people / rates.PER
    assert stats.poisson.sf(count - 1, found["lower"]) == pytest.approx(0.025, rel=1e-6)
    assert stats.poisson.cdf(count, found["upper"]) == pytest.approx(0.025, rel=1e-6)


def test_a_change_is_told_per_resident() -> None:
    found = rates.change([60, 60], [120_000, 100_000], [50, 50], [100_000, 100_000])
    assert found["percent"].tolist() == pytest.approx([0, 20])
    assert found["difference_per_100k"].tolist() == pytest.approx([0, 10])
    assert found["p_value"][0] == 1


def test_the_test_is_the_exact_binomial_one() -> None:
    found = rates.change([30], [1000], [12], [1000]).iloc[0]
    tail = sum(stats.binom.pmf(k, 42, 0.5) for k in range(13))
    assert found["p_value"] == pytest.approx(2 * tail)


def test_percent_is_told_only_from_twenty() -> None:
    found = rates.change([40, 40, 5], 1000, [19, 20, 0], 1000)
    assert found["percent"].isna().tolist() == [True, False, True]
    assert found["p_value"].notna().all()


def test_nothing_in_either_year_is_no_evidence() -> None:
    assert rates.change([0], 1000, [0], 1000)["p_value"][0] == 1


def test_a_missing_count_stays_missing() -> None:
    assert rates.interval([np.nan], 1000).isna().all(axis=None)
    assert rates.change([np.nan], 1000, [30], 1000).isna().all(axis=None)


@given(st.integers(0, 300), st.integers(0, 300), st.floats(1e3, 1e6), st.floats(1e3, 1e6))
def test_turning_the_years_round_changes_only_the_sign(
    now: int, before: int, people_now: float, people_before: float
) -> None:
    forth = rates.change([now], [people_now], [before], [people_before]).iloc[0]
    back = rates.change([before], [people_before], [now], [people_now]).iloc[0]
    assert forth["difference_per_100k"] == -back["difference_per_100k"]
    assert 0 <= forth["p_value"] <= 1
    assert forth["p_value"] == pytest.approx(back["p_value"], rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(("count", "people"), [(-1, 1000), (1, 0), (1, -5), (1, np.nan)])
def test_impossible_counts_and_populations_are_refused(count: int, people: float) -> None:
    with pytest.raises(ValueError, match="negative or a population"):
        rates.interval([count], people)
