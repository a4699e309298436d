"""The index's curve by hand, and its error against R, a bootstrap and repeated samples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from analysis.statistics import problem_index, shares
from analysis.statistics.problem_index import Curve
from reference import frozen
from reference.frozen import QUESTIONS

RISES = {"q1": 2, "q2": 3, "q3": 5}
LINES = {q: Curve(np.array([0.0, 9.0]), np.array([0.0, 9.0 * rise])) for q, rise in RISES.items()}
ALL = {"index": QUESTIONS}


def clopper_pearson(share: float) -> np.ndarray:
    yes, no = 360 * share, 360 * (1 - share)
    return stats.beta.ppf([0.025, 0.975], [yes, yes + 1], [no + 1, no])


def test_the_curve_follows_the_method_step_by_step() -> None:
    low, high = clopper_pearson(0.2)
    b1, b2 = 0.2 - 1.5 * (0.2 - low), 0.2 + 1.5 * (high - 0.2)
    bounds = [b1 - np.diff(clopper_pearson(b1))[0], b1, b2]
    for _ in range(4):
        bounds.append(bounds[-1] + np.diff(clopper_pearson(bounds[-1]))[0])
    curve = problem_index.curve(0.2)
    np.testing.assert_allclose(curve.x, [0, *bounds])
    np.testing.assert_allclose(curve.y, [0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6])
    wanted = np.array([(b1 + b2) / 2, bounds[-1], 1.0])
    assert problem_index.score(curve, wanted).tolist() == [2, 6, 6]


def test_without_room_for_level_0_only_nobody_is_0() -> None:
    curve = problem_index.curve(0.03)
    assert curve.y.tolist() == [0, 1.5, 2.5, 3.5, 4.5, 5.5, 6]
    assert problem_index.level(curve, np.array([0.0, curve.x[1] / 2])).tolist() == [0, 1]


def test_without_room_for_level_1_a_small_share_is_level_2() -> None:
    curve = problem_index.curve(0.002)
    assert curve.y.tolist() == [0, 2.5, 3.5, 4.5, 5.5, 6]
    assert problem_index.level(curve, np.array([0.0, 1e-6, curve.x[1]])).tolist() == [0, 2, 2]


def test_level_2_holds_both_its_ends() -> None:
    curve = problem_index.curve(0.2)
    ends, hair = curve.x[1:7], 1e-9
    assert problem_index.level(curve, ends).tolist() == [1, 2, 2, 3, 4, 5]
    assert problem_index.level(curve, ends - hair).tolist() == [0, 1, 2, 3, 4, 5]
    assert problem_index.level(curve, ends + hair).tolist() == [1, 2, 3, 4, 5, 6]


@given(st.floats(0, 1), st.lists(st.floats(0, 1), min_size=2))
def test_more_problems_never_lower_the_index(normal_share: float, drawn: list[float]) -> None:
    curve, rising = problem_index.curve(normal_share), np.sort(drawn)
    for reading in (problem_index.score, problem_index.level):
        found = reading(curve, rising)
        assert (np.diff(found) >= 0).all()
        assert found.min() >= 0
        assert found.max() <= 6
    assert problem_index.score(curve, np.array([0.0]))[0] == 0
    gap = problem_index.level(curve, rising) - problem_index.score(curve, rising)
    assert (np.abs(gap) <= 2).all()


def allowance(asked: pd.DataFrame) -> np.ndarray:
    """Reckon what the error of straight lines has beyond R's: p(1 - p) at (x + 1) / (n + 2)."""
    n, share = asked["n_eff"], asked["value"]
    shrunk = (share * n + 1) / (n + 2)
    more = shrunk * (1 - shrunk) / n - asked["se"] ** 2
    squared = (asked["measure"].map(RISES) / len(RISES)) ** 2 * more
    return squared.to_numpy().reshape(-1, len(RISES)).sum(axis=1)


@pytest.mark.parametrize("year", [1, 2])
@pytest.mark.parametrize("what", ["area", "everyone", "domain"])
def test_a_sum_of_straight_lines_equals_svycontrast(year: int, what: str) -> None:
    by = {"area": "area", "everyone": None, "domain": "sex"}[what]
    answers, residents = frozen.answers(year), frozen.residents(year)
    asked = shares.ratios(answers, QUESTIONS, residents, by)
    ours = problem_index.estimate(asked, LINES, ALL)
    ours["linear"] = ours["se"] ** 2 - allowance(shares.estimate(asked))
    theirs = frozen.expected(what, year).query("measure == 'index'")
    key = ours.columns[0]
    both = ours.assign(level=ours[key].astype(str)).merge(theirs, on="level", suffixes=("", "_r"))
    assert len(both) == len(theirs) > 0
    np.testing.assert_allclose(both["value"], both["value_r"], atol=1e-9)
    np.testing.assert_allclose(both["linear"] ** 0.5, both["se_r"], atol=1e-9)


def correlated(seed: int) -> tuple[pd.DataFrame, pd.Series, dict[str, Curve]]:
    """Draw answers of which one person's lean together, with uneven weights and some missing."""
    rng = np.random.default_rng(seed)
    sizes = np.array([50, 60, 80, 120, 200, 300])
    area = np.repeat(np.arange(len(sizes)), sizes)
    normal = rng.uniform(0.08, 0.35, 20)
    true = np.clip(normal * rng.uniform(0.6, 1.8, (len(sizes), 1)), 0.02, 0.8)
    noise = rng.normal(size=(len(area), 1)), rng.normal(size=(len(area), 20))
    lean = np.sqrt(0.3) * noise[0] + np.sqrt(0.7) * noise[1]
    problem = (lean < special.ndtri(true)[area]).astype(float)
    problem[rng.random(problem.shape) < 0.05] = np.nan
    residents = sizes * rng.uniform(3, 30, len(sizes))
    curves = {f"q{at}": problem_index.curve(share) for at, share in enumerate(normal)}
    weight = (residents / sizes)[area] * rng.uniform(0.7, 1.4, len(area))
    answers = pd.DataFrame(problem, columns=[*curves]).assign(area=area, weight=weight)
    return answers, pd.Series(residents), curves


def rao_wu(
    answers: pd.DataFrame, residents: pd.Series, curves: dict, members: dict
) -> list[list[float]]:
    """Bootstrap the errors of the areas' measures and, last, of the municipality's.

    Rao & Wu (1988): n - 1 of n with replacement, weights rescaled for the fpc.
    """
    rng = np.random.default_rng(1)
    problems, answered = [], []
    for area, own in answers.groupby("area"):
        n, asked = len(own), own[list(curves)]
        shrink = np.sqrt(1 - n / residents[area])
        times = rng.multinomial(n - 1, np.full(n, 1 / n), size=2000)
        weights = own["weight"].to_numpy() * (1 - shrink + shrink * n / (n - 1) * times)
        problems.append(weights @ (asked == 1).to_numpy())
        answered.append(weights @ asked.notna().to_numpy())
    found = []
    for named, mass in [*zip(problems, answered, strict=True), (sum(problems), sum(answered))]:
        share = pd.DataFrame(named / mass, columns=[*curves])
        scores = share.apply(lambda one: problem_index.score(curves[one.name], one))
        found.append([scores[own].mean(axis=1).std() for own in members.values()])
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_error_is_within_5_percent_of_the_bootstrap(seed: int) -> None:
    answers, residents, curves = correlated(seed)
    keys = list(curves)
    members = {"index": keys, "group": keys[:8], "other": keys[8:]}
    parts = (
        problem_index.estimate(shares.ratios(answers, keys, residents, by), curves, members)
        for by in ("area", None)
    )
    se = pd.concat(parts)["se"].to_numpy().reshape(7, 3)
    np.testing.assert_allclose(se / rao_wu(answers, residents, curves, members), 1, atol=0.05)


def test_an_area_that_lacks_one_answer_has_no_index() -> None:
    answers = frozen.answers(1)
    answers.loc[answers["area"] == 4, "q2"] = np.nan
    members = {"index": QUESTIONS, "without": ["q1", "q3"]}
    asked = shares.ratios(answers, QUESTIONS, frozen.residents(1), "area")
    found = problem_index.estimate(asked, LINES, members)
    lacking, whole = (found.query("area == 4 and measure == @key").iloc[0] for key in members)
    assert lacking["n"] == 0
    assert lacking[["value", "se", "lower", "upper", "df"]].isna().all()
    assert whole[["value", "se", "lower", "upper", "df"]].notna().all()


def one_area(problem: np.ndarray) -> pd.Series:
    """Estimate the index of one area from (people, questions), every normal share 0.2."""
    answers = pd.DataFrame(problem, columns=[f"q{at}" for at in range(problem.shape[1])])
    curves = {key: problem_index.curve(0.2) for key in answers}
    members = {"index": list(answers)}
    answers = answers.assign(area="a", weight=5.0)
    residents = pd.Series({"a": 5.0 * len(answers)})
    asked = shares.ratios(answers, list(curves), residents, "area")
    return problem_index.estimate(asked, curves, members).iloc[0]


def test_the_interval_is_wider_upwards_and_stays_within_the_scale() -> None:
    found = one_area(np.repeat([1.0, 0.0], [20, 60])[:, None])
    assert (found["n"], found["df"], found["n_eff"]) == (80, 79, 80)
    assert 0 < found["value"] - found["lower"] < found["upper"] - found["value"]
    assert one_area(np.repeat([1.0, 0.0], [15, 15])[:, None])["upper"] == 6


def test_a_few_who_name_everything_leave_fewer_degrees_of_freedom() -> None:
    spread, heaped = np.zeros((100, 10)), np.zeros((100, 10))
    spread[np.arange(100), np.arange(100) % 10] = 1
    heaped[:10] = 1
    assert one_area(heaped)["df"] < 30 < one_area(spread)["df"]


def test_answers_all_alike_leave_the_index_without_an_error() -> None:
    found = one_area(np.zeros((30, 2)))
    assert found["value"] == 0
    assert found[["se", "lower", "upper"]].isna().all()


def test_whole_levels_are_averaged_but_claim_no_certainty() -> None:
    answers, residents, curves = correlated(5)
    members = {"index": list(curves)}
    ratios = shares.ratios(answers, list(curves), residents, "area")
    found = problem_index.estimate(ratios, curves, members, whole_levels=True)
    asked = shares.estimate(ratios)
    levels = [
        problem_index.level(curve, asked.loc[asked["measure"] == key, "value"].to_numpy())
        for key, curve in curves.items()
    ]
    np.testing.assert_allclose(found["value"], np.mean(levels, axis=0))
    assert found[["se", "lower", "upper"]].isna().all(axis=None)


def test_without_an_index_there_are_no_rows() -> None:
    asked = shares.ratios(frozen.answers(1), QUESTIONS, frozen.residents(1))
    assert problem_index.estimate(asked, {}, {}).empty


def test_the_mean_of_areas_counts_each_by_its_residents() -> None:
    areas = pd.DataFrame(
        {
            "area": [*"abcd"],
            "measure": "index",
            "value": [1.0, 3.0, np.nan, 2.0],
            "se": [0.1, 0.2, np.nan, np.nan],
            "n": [10, 30, 0, 1],
            "n_eff": [9.0, 25.0, np.nan, 1.0],
            "df": [9.0, 29.0, np.nan, np.nan],
        }
    )
    residents = pd.Series({"a": 100.0, "b": 200.0, "c": 900.0, "d": 100.0})
    found = problem_index.mean_of_areas(areas, residents).iloc[0]
    assert found["value"] == pytest.approx((1 + 6 + 2) / 4)
    unknown = (0.1**2 + 0.2**2) / 2
    assert found["se"] ** 2 == pytest.approx((0.1 / 4) ** 2 + (0.2 / 2) ** 2 + unknown / 16)
    assert (found["n"], found["df"], found["n_eff"]) == (41, 38, 35)
