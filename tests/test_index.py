"""The index's curve by hand, and its error against R and against a bootstrap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from analysis.statistics import comparison as change
from analysis.statistics import problem_index as index
from analysis.statistics import shares
from analysis.statistics.problem_index import Curve
from analysis.statistics.shares import Sample
from reference import frozen

LINES = [Curve(np.array([0.0, 9.0]), np.array([0.0, 9.0 * rise])) for rise in (2, 3, 5)]
ALL = {"index": np.arange(3)}


def clopper_pearson(share: float) -> tuple[float, float]:
    found = stats.beta.ppf(
        [0.025, 0.975], [360 * share, 360 * share + 1], [360 * (1 - share) + 1, 360 * (1 - share)]
    )
    return found[0], found[1]


def test_the_curve_follows_the_method_step_by_step() -> None:
    low, high = clopper_pearson(0.2)
    b1, b2 = 0.2 - 1.5 * (0.2 - low), 0.2 + 1.5 * (high - 0.2)
    bounds = [b1 - np.diff(clopper_pearson(b1))[0], b1, b2]
    for _ in range(4):
        bounds.append(bounds[-1] + np.diff(clopper_pearson(bounds[-1]))[0])
    curve = index.curve(0.2)
    np.testing.assert_allclose(curve.x, [0, *bounds])
    np.testing.assert_allclose(curve.y, [0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6])
    assert index.score(curve, np.array([(b1 + b2) / 2, bounds[-1], 1.0])).tolist() == [2, 6, 6]


def test_without_room_for_level_0_only_nobody_is_0() -> None:
    curve = index.curve(0.03)
    assert curve.y.tolist() == [0, 1.5, 2.5, 3.5, 4.5, 5.5, 6]
    assert index.level(curve, np.array([0.0, curve.x[1] / 2])).tolist() == [0, 1]


def test_without_room_for_level_1_a_small_share_is_level_2() -> None:
    curve = index.curve(0.002)
    assert curve.y.tolist() == [0, 2.5, 3.5, 4.5, 5.5, 6]
    assert index.level(curve, np.array([0.0, 1e-6, curve.x[1]])).tolist() == [0, 2, 2]


def test_level_2_holds_both_its_ends() -> None:
    curve = index.curve(0.2)
    ends, hair = curve.x[1:7], 1e-9
    assert index.level(curve, ends).tolist() == [1, 2, 2, 3, 4, 5]
    assert index.level(curve, ends - hair).tolist() == [0, 1, 2, 3, 4, 5]
    assert index.level(curve, ends + hair).tolist() == [1, 2, 3, 4, 5, 6]


@given(st.floats(0, 1), st.lists(st.floats(0, 1), min_size=2))
def test_more_problems_never_lower_the_index(normal_share: float, drawn: list[float]) -> None:
    curve, rising = index.curve(normal_share), np.sort(drawn)
    for reading in (index.score, index.level):
        found = reading(curve, rising)
        assert (np.diff(found) >= 0).all()
        assert found.min() >= 0
        assert found.max() <= 6
    assert index.score(curve, np.array([0.0]))[0] == 0
    assert (np.abs(index.level(curve, rising) - index.score(curve, rising)) <= 2).all()


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_normal_share_outside_0_and_1_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="normal share"):
        index.curve(share)


def test_a_missing_share_has_no_index() -> None:
    curve = index.curve(0.2)
    for reading in (index.score, index.level, index.slope):
        assert np.isnan(reading(curve, np.array([np.nan]))[0])


def test_the_slope_is_the_rise_between_two_knots() -> None:
    curve = index.curve(0.2)
    found = index.slope(curve, curve.x[1:] + 1e-3)
    np.testing.assert_allclose(found, [*(np.diff(curve.y) / np.diff(curve.x))[1:], 0], rtol=1e-5)


@pytest.mark.parametrize("year", [1, 2])
@pytest.mark.parametrize("what", ["area", "rest", "everyone", "domain"])
def test_a_sum_of_straight_lines_equals_svycontrast(year: int, what: str) -> None:
    sample = frozen.sample(year)
    theirs = frozen.expected(what, year)
    theirs = theirs[theirs["measure"] == "index"]
    if what == "area":
        ours = index.by_area(sample, LINES, ALL)
        assert ours["se"].isna().tolist() == (shares.design(sample).size < 2).tolist()
        ours = ours.iloc[theirs["level"].astype(int)]
    elif what == "rest":
        rest = index.against_rest(sample, LINES, ALL)
        np.testing.assert_allclose(rest["rest"], theirs["value"], atol=1e-6)
        members = [sample.stratum != code for code in range(len(sample.population))]
        ours = pd.concat(index.by_domain(sample, LINES, ALL, member) for member in members)
    elif what == "everyone":
        ours = index.by_domain(sample, LINES, ALL)
    else:
        sex = frozen.people(year)["sex"]
        ours = pd.concat(
            index.by_domain(sample, LINES, ALL, (sex == level).to_numpy())
            for level in theirs["level"]
        )
    assert len(ours) == len(theirs) > 0
    np.testing.assert_allclose(ours["value"], theirs["value"], atol=1e-6)
    np.testing.assert_allclose(ours["se"], theirs["se"], atol=1e-6)


def correlated(seed: int, *, questions: int = 20) -> tuple[Sample, list[Curve]]:
    """Draw answers of which one person's lean together, with uneven weights and some missing."""
    rng = np.random.default_rng(seed)
    sizes = np.array([50, 60, 80, 120, 200, 300])
    stratum = np.repeat(np.arange(len(sizes)), sizes)
    normal = rng.uniform(0.08, 0.35, questions)
    true = np.clip(normal * rng.uniform(0.6, 1.8, (len(sizes), 1)), 0.02, 0.8)
    noise = rng.normal(size=(len(stratum), 1)), rng.normal(size=(len(stratum), questions))
    lean = np.sqrt(0.3) * noise[0] + np.sqrt(0.7) * noise[1]
    problem = (lean < special.ndtri(true)[stratum]).astype(np.int8)
    problem[rng.random(problem.shape) < 0.05] = -1
    population = sizes * rng.uniform(3, 30, len(sizes))
    weight = (population / sizes)[stratum] * rng.uniform(0.7, 1.4, len(stratum))
    return Sample(stratum, weight, problem, population), [index.curve(share) for share in normal]


def rao_wu(
    sample: Sample, curves: list[Curve], members: dict[str, np.ndarray], *, draws: int
) -> np.ndarray:
    """Bootstrap the errors of the areas' measures and, last, of the municipality's.

    Rao & Wu (1988): n - 1 of n with replacement, weights rescaled for the fpc.
    """
    rng = np.random.default_rng(1)
    totals = []
    for code, population in enumerate(sample.population):
        own = sample.stratum == code
        n = own.sum()
        shrink = np.sqrt(1 - n / population)
        times = rng.multinomial(n - 1, np.full(n, 1 / n), size=draws)
        weights = sample.weight[own] * (1 - shrink + shrink * n / (n - 1) * times)
        answers = sample.problem[own]
        totals.append([weights @ (answers == 1), weights @ (answers >= 0)])
    totals.append(np.sum(totals, axis=0))
    found = []
    for problems, answered in totals:
        scores = np.column_stack(
            [index.score(curve, (problems / answered)[:, at]) for at, curve in enumerate(curves)]
        )
        found.append([scores[:, own].mean(axis=1).std(ddof=1) for own in members.values()])
    return np.array(found)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_linearised_error_is_within_5_percent_of_the_bootstrap(seed: int) -> None:
    sample, curves = correlated(seed)
    members = {"index": np.arange(20), "group": np.arange(8), "other": np.arange(8, 20)}
    ours = np.append(
        index.by_area(sample, curves, members)["se"], index.by_domain(sample, curves, members)["se"]
    )
    bootstrap = rao_wu(sample, curves, members, draws=2000)
    np.testing.assert_allclose(ours.reshape(7, 3) / bootstrap, 1, atol=0.05)


def test_an_area_against_the_rest_is_two_independent_domains() -> None:
    sample, curves = correlated(4, questions=7)
    members = {"index": np.arange(7), "group": np.array([1, 4])}
    found = index.against_rest(sample, curves, members)
    for code in range(len(sample.population)):
        own = found[found["area"] == code].reset_index(drop=True)
        area = index.by_area(sample, curves, members).query("area == @code").reset_index(drop=True)
        others = index.by_domain(sample, curves, members, sample.stratum != code)
        np.testing.assert_allclose(own["rest"], others["value"])
        exact = change.difference(area, others)
        pd.testing.assert_frame_equal(own[exact.columns], exact, rtol=1e-6)


def test_an_area_that_lacks_one_answer_has_no_index() -> None:
    sample = frozen.sample(1)
    problem = sample.problem.copy()
    problem[sample.stratum == 4, 1] = -1
    members = {"index": np.arange(3), "without": np.array([0, 2])}
    found = index.by_area(replace(sample, problem=problem), LINES, members)
    lacking, whole = (found[found["measure"] == key].set_index("area").loc[4] for key in members)
    assert lacking["n"] == 0
    assert lacking[["value", "se", "lower", "upper", "df"]].isna().all()
    assert whole[["value", "se", "lower", "upper", "df"]].notna().all()


def test_the_interval_uses_t_and_stays_within_the_scale() -> None:
    curves = [index.curve(0.2)]
    problem = np.repeat([1, 0], [10, 10]).astype(np.int8)[:, None]
    sample = Sample(np.zeros(20, int), np.full(20, 5.0), problem, np.array([100.0]))
    found = index.by_area(sample, curves, {"index": np.array([0])}).iloc[0]
    assert (found["n"], found["df"], found["n_eff"]) == (20, 19, 20)
    assert found["value"] - found["lower"] == pytest.approx(stats.t.ppf(0.975, 19) * found["se"])
    assert found["upper"] == 6


def test_answers_all_alike_leave_the_index_without_an_error() -> None:
    problem = np.zeros((30, 2), np.int8)
    sample = Sample(np.zeros(30, int), np.full(30, 5.0), problem, np.array([150.0]))
    found = index.by_area(sample, [index.curve(0.2)] * 2, {"index": np.arange(2)}).iloc[0]
    assert found["value"] == 0
    assert found[["se", "lower", "upper"]].isna().all()


def test_whole_levels_are_averaged_but_claim_no_certainty() -> None:
    sample, curves = correlated(5, questions=3)
    found = index.by_area(sample, curves, ALL, integer=True)
    share = shares.of_areas(sample).share
    levels = [index.level(curve, share[:, at]) for at, curve in enumerate(curves)]
    np.testing.assert_allclose(found["value"], np.mean(levels, axis=0))
    assert found[["se", "lower", "upper"]].isna().all(axis=None)


def test_the_mean_of_areas_counts_each_by_its_residents() -> None:
    areas = pd.DataFrame(
        {
            "measure": "index",
            "value": [1.0, 3.0, np.nan, 2.0],
            "se": [0.1, 0.2, np.nan, np.nan],
            "n": [10, 30, 0, 1],
            "n_eff": [9.0, 25.0, np.nan, 1.0],
        }
    )
    found = index.mean_of_areas(areas, np.array([100.0, 200.0, 900.0, 100.0])).iloc[0]
    assert found["value"] == pytest.approx((1 + 6 + 2) / 4)
    assert found["se"] == pytest.approx(((0.1 / 4) ** 2 + (0.2 / 2) ** 2) ** 0.5 * 1.5**0.5)
    assert (found["n"], found["df"], found["n_eff"]) == (41, 38, 35)


def test_the_order_of_the_respondents_does_not_matter() -> None:
    sample, curves = correlated(6, questions=7)
    members = {"index": np.arange(7), "group": np.array([6, 0])}
    order = np.random.default_rng(1).permutation(len(sample.stratum))
    mixed = Sample(
        sample.stratum[order], sample.weight[order], sample.problem[order], sample.population
    )
    at_hand = shares.of_areas(sample)
    pd.testing.assert_frame_equal(
        index.by_area(mixed, curves, members), index.by_area(sample, curves, members, own=at_hand)
    )
    pd.testing.assert_frame_equal(
        index.against_rest(mixed, curves, members), index.against_rest(sample, curves, members)
    )
