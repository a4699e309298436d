"""Rates against the Poisson and binomial distributions, and the overdispersion by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics import comparison, rates


def counts(years: dict[int, list[float]], *, people: float = 1000.0) -> pd.DataFrame:
    """Make a table of two rows, theft and arson, a year each list."""
    labels = ["theft", "arson"]
    parts = [
        pd.DataFrame({"year": year, "label": labels, "count": found})
        for year, found in years.items()
    ]
    keys = {"code": "", "parent": "", "area": "", "mean_population": people}
    return pd.concat(parts, ignore_index=True).assign(**keys)


def rated(count: list[float], people: float) -> pd.DataFrame:
    return rates.interval(pd.DataFrame({"count": count, "mean_population": people}))


def test_the_interval_is_garwoods() -> None:
    found = rated([0, 1, 10, 100], 100_000)
    assert found["rate"].tolist() == [0, 1, 10, 100]
    np.testing.assert_allclose(found["lower"], [0, 0.0253, 4.7954, 81.3637], atol=1e-3)
    np.testing.assert_allclose(found["upper"], [3.6889, 5.5716, 18.3904, 121.6269], atol=1e-3)


@given(st.integers(1, 5000), st.floats(1e3, 1e6))
def test_each_bound_leaves_2_5_percent_outside(count: int, people: float) -> None:
    found = rated([count], people).iloc[0] * people / rates.PER
    assert stats.poisson.sf(count - 1, found["lower"]) == pytest.approx(0.025, rel=1e-6)
    assert stats.poisson.cdf(count, found["upper"]) == pytest.approx(0.025, rel=1e-6)


def test_the_overdispersion_is_pearsons_about_the_own_mean() -> None:
    found = rates.overdispersion(counts({1: [80, 10], 2: [120, 10], 3: [100, 10]}))
    assert found == (pytest.approx((20**2 + 20**2) / 100 / 4), 4)
    assert rates.overdispersion(counts({1: [100, 10], 2: [101, 10]}))[0] == 1
    assert np.isnan(rates.overdispersion(counts({1: [80, 10]}))[1])


def test_a_row_with_parts_gives_no_degrees_of_freedom_of_its_own() -> None:
    nested = counts({1: [80, 10], 2: [120, 20], 3: [100, 15]})
    nested.loc[nested["label"] == "arson", "parent"] = "theft"
    assert rates.overdispersion(nested)[1] == 2


def test_counts_that_vary_more_have_wider_intervals() -> None:
    calm = rates.estimate(counts({1: [100, 10], 2: [100, 10], 3: [100, 10]}))
    wild = rates.estimate(counts({1: [50, 10], 2: [150, 10], 3: [100, 10]}))
    assert wild["rate"].iloc[-2] == calm["rate"].iloc[-2] == 10_000
    width = [frame["upper"].iloc[-2] - frame["lower"].iloc[-2] for frame in (wild, calm)]
    assert width[0] > 3 * width[1]


def test_a_change_is_told_per_resident_and_in_percent_from_20() -> None:
    table = counts({1: [50, 19], 2: [50, 19], 3: [60, 30]})
    table.loc[table["year"] == 3, "mean_population"] = 1200.0
    found = rates.change(table, 3, 2)
    assert found["difference"].tolist() == pytest.approx([0, 600])
    assert found["percent"].iloc[0] == pytest.approx(0)
    assert np.isnan(found["percent"].iloc[1])
    assert found["p_value"].iloc[0] == pytest.approx(1)


def test_without_overdispersion_and_many_years_the_test_is_the_exact_binomial_one() -> None:
    still = {year: [1000.0, 21.0] for year in range(400)}
    found = rates.change(counts({**still, 400: [1000, 12], 401: [1000, 30]}), 401, 400)
    assert found["p_value"].iloc[1] == pytest.approx(stats.binomtest(12, 42).pvalue, rel=0.05)


def test_the_test_owes_nothing_to_the_change_itself() -> None:
    past = {1: [70.0, 10.0], 2: [130.0, 10.0], 3: [100.0, 10.0]}
    lost = [
        rates.change(counts({**past, 4: [far, 10]}), 4, 3)["p_value"].iloc[0] for far in (100, 400)
    ]
    assert lost[1] < 0.01 < lost[0]


def test_two_years_alone_cannot_tell_a_change_from_how_counts_vary() -> None:
    found = comparison.crime(counts({1: [100, 10], 2: [300, 12]}), 2, 1)
    assert found["verdict"].tolist() == ["no_interval", "no_interval"]


def test_crimes_that_swing_every_year_are_not_claimed_to_have_changed() -> None:
    swings = {1: [100.0, 50.0], 2: [300.0, 20.0], 3: [100.0, 50.0]}
    verdict = comparison.crime(counts({**swings, 4: [300, 20]}), 4, 3)["verdict"]
    assert verdict.tolist() == ["uncertain", "uncertain"]
    still = {year: [100.0, 50.0] for year in range(1, 6)}
    verdict = comparison.crime(counts({**still, 6: [300, 20]}), 6, 5)["verdict"]
    assert verdict.tolist() == ["rise", "fall"]


def test_a_missing_count_stays_missing() -> None:
    table = counts({1: [100, np.nan], 2: [100, 10], 3: [100, np.nan]})
    found = comparison.crime(table, 3, 2).iloc[1]
    assert found[["rate", "lower", "upper", "difference", "p_value"]].isna().all()
    assert found["verdict"] == "not_compared"
