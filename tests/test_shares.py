"""Shares against R's survey package, against hand reckoning, and under random designs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.statistics import shares
from analysis.statistics.shares import Sample
from reference import frozen

YEARS = (1, 2)


def equal_to_r(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Compare rows in the same order; R has no interval for a share of 0 or 1."""
    np.testing.assert_allclose(ours["value"], theirs["value"], atol=1e-6, rtol=0)
    np.testing.assert_allclose(ours["se"], theirs["se"], atol=1e-4, rtol=0)
    np.testing.assert_array_equal(ours["n"], theirs["n"])
    np.testing.assert_array_equal(ours["df"], theirs["df"])
    inside = theirs["value"].between(0, 1, inclusive="neither").to_numpy()
    assert inside.sum() > len(theirs) / 2
    for bound in ("lower", "upper"):
        np.testing.assert_allclose(
            ours[bound][inside], theirs[bound].to_numpy()[inside], atol=1e-4, rtol=0
        )


def one_stratum(problem: list[int], *, population: float = 1e9) -> Sample:
    """Make a sample of one stratum and one question, of equal weights."""
    n = len(problem)
    answers = np.array(problem, np.int8)[:, None]
    return Sample(np.zeros(n, int), np.full(n, population / n), answers, np.array([population]))


@pytest.mark.parametrize("year", YEARS)
def test_area_shares_equal_svymean_and_svyciprop(year: int) -> None:
    theirs = frozen.expected("area", year).dropna(subset=["indicator"])
    ours = shares.by_area(frozen.sample(year)).set_index(["area", "indicator"])
    keys = pd.MultiIndex.from_arrays([theirs["level"].astype(int), theirs["indicator"].astype(int)])
    equal_to_r(ours.loc[keys].reset_index(), theirs)


@pytest.mark.parametrize("year", YEARS)
def test_the_municipality_equals_svymean_and_svyratio(year: int) -> None:
    ours = shares.by_domain(frozen.sample(year))
    equal_to_r(ours, frozen.expected("everyone", year).dropna(subset=["indicator"]))
    ratio = frozen.expected("svyratio", year)
    np.testing.assert_allclose(ours[["value", "se"]], ratio[["value", "se"]], atol=1e-6)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize(
    ("split", "level"),
    [("sex", "k"), ("sex", "m"), ("tenure", "rent"), ("tenure", "own"), ("tenure", "coop")],
)
def test_a_domain_equals_svyby_and_svyciprop(year: int, split: str, level: str) -> None:
    member = (frozen.people(year)[split] == level).to_numpy()
    ours = shares.by_domain(frozen.sample(year), member)
    theirs = frozen.expected("domain", year).dropna(subset=["indicator"])
    equal_to_r(ours, theirs[theirs["level"] == level])
    by = frozen.expected("svyby", year)
    by = by[by["level"] == level]
    np.testing.assert_allclose(ours[["value", "se"]], by[["value", "se"]], atol=1e-6)


@pytest.mark.parametrize("year", YEARS)
def test_the_rest_of_the_municipality_equals_svymean_of_the_other_strata(year: int) -> None:
    theirs = frozen.expected("rest", year).dropna(subset=["indicator"])
    equal_to_r(shares.estimates(shares.of_rest(frozen.sample(year))), theirs)


def test_a_simple_sample_is_reckoned_by_hand() -> None:
    found = shares.by_area(one_stratum([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], population=20)).iloc[0]
    assert found["value"] == pytest.approx(0.2)
    assert found["se"] == pytest.approx((0.5 * 0.2 * 0.8 / 9) ** 0.5)
    assert found["n_eff"] == pytest.approx(18)
    assert found["deff"] == pytest.approx(0.5)
    assert (found["n"], found["df"]) == (10, 9)


def test_equal_weights_without_fpc_almost_give_clopper_and_pearson() -> None:
    lower, upper = shares.interval(*(np.array([x]) for x in (0.2, 0.2 * 0.8 / 10, 10.0, 9.0)))
    assert (lower[0], upper[0]) == pytest.approx((0.02521073, 0.55609546))


def test_no_answer_is_left_out_of_both_sides() -> None:
    found = shares.by_area(one_stratum([1, 0, -1, -1])).iloc[0]
    assert (found["value"], found["n"]) == (0.5, 2)


def test_one_answer_has_a_share_but_no_certainty() -> None:
    for answers in ([1], [1, -1, -1]):
        found = shares.by_area(one_stratum(answers)).iloc[0]
        assert (found["value"], found["n"]) == (1.0, 1)
        assert found[["se", "lower", "upper", "n_eff"]].isna().all()


def test_no_answers_have_no_share() -> None:
    found = shares.by_area(one_stratum([-1, -1])).iloc[0]
    assert found["n"] == 0
    assert found[["value", "se", "lower", "upper", "df"]].isna().all()


@pytest.mark.parametrize("answer", [0, 1])
def test_answers_all_alike_still_have_an_interval(answer: int) -> None:
    found = shares.by_area(one_stratum([answer] * 20)).iloc[0]
    assert (found["value"], found["se"]) == (answer, 0)
    assert found["upper"] - found["lower"] == pytest.approx(1 - 0.025 ** (1 / 20))


def test_a_stratum_without_respondents_is_harmless() -> None:
    sample = frozen.sample(1)
    wider = Sample(sample.stratum, sample.weight, sample.problem, np.append(sample.population, 0.0))
    pd.testing.assert_frame_equal(shares.by_domain(wider), shares.by_domain(sample))
    assert shares.by_area(wider).tail(3)["value"].isna().all()


def test_the_order_of_the_respondents_does_not_matter() -> None:
    sample = frozen.sample(1)
    order = np.random.default_rng(1).permutation(len(sample.stratum))
    mixed = Sample(
        sample.stratum[order], sample.weight[order], sample.problem[order], sample.population
    )
    pd.testing.assert_frame_equal(shares.by_area(mixed), shares.by_area(sample))


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """Draw a small sample; weights alike or not, any answers, strata perhaps empty or lonely."""
    strata = draw(st.integers(1, 4))
    stratum = np.array(draw(st.lists(st.integers(0, strata - 1), min_size=2, max_size=25)))
    rows = len(stratum)
    answers = st.lists(st.sampled_from([-1, 0, 1]), min_size=7, max_size=7)
    problem = np.array(draw(st.lists(answers, min_size=rows, max_size=rows)), np.int8)
    weight = np.full(rows, 2.0)
    if draw(st.booleans()):
        weight = np.array(draw(st.lists(st.floats(1, 9), min_size=rows, max_size=rows)))
    extra = np.array(draw(st.lists(st.integers(0, 50), min_size=strata, max_size=strata)))
    return Sample(stratum, weight, problem, np.bincount(stratum, minlength=strata) + extra * 1.0)


def plainly(sample: Sample, column: int, member: np.ndarray) -> tuple[float, float]:
    """Reckon a domain's share and variance by the formula of the textbook, one stratum at a time."""
    asked = member & (sample.problem[:, column] >= 0)
    weight = np.where(asked, sample.weight, 0.0)
    share = weight @ (sample.problem[:, column] == 1) / weight.sum()
    u = weight * ((sample.problem[:, column] == 1) - share) / weight.sum()
    variance = 0.0
    for code, population in enumerate(sample.population):
        own = u[sample.stratum == code]
        if len(own) == 1:
            variance += (1 - 1 / population) * own[0] ** 2
        elif len(own) > 1:
            kept = 1 - len(own) / population
            variance += kept * len(own) / (len(own) - 1) * ((own - own.mean()) ** 2).sum()
    return share, variance


@settings(deadline=None, max_examples=60)
@given(samples(), st.data())
def test_every_random_design_equals_the_textbook(sample: Sample, data: st.DataObject) -> None:
    flags = st.lists(st.booleans(), min_size=len(sample.stratum), max_size=len(sample.stratum))
    member = np.array(data.draw(flags))
    found = shares.by_domain(sample, member)
    for column in range(sample.problem.shape[1]):
        n = int((member & (sample.problem[:, column] >= 0)).sum())
        assert found["n"][column] == n
        if n < 2:
            assert np.isnan(found["se"][column])
            continue
        share, variance = plainly(sample, column, member)
        assert found["value"][column] == pytest.approx(share)
        assert found["se"][column] ** 2 == pytest.approx(variance, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(samples())
def test_an_interval_holds_its_share_and_stays_within_0_and_1(sample: Sample) -> None:
    found = pd.concat([shares.by_area(sample), shares.by_domain(sample)]).dropna(subset="lower")
    assert (found["lower"].between(0, found["value"] + 1e-12)).all()
    assert (found["upper"].between(found["value"] - 1e-12, 1)).all()
    assert (found["lower"] < found["upper"]).all()


@settings(deadline=None, max_examples=40)
@given(samples())
def test_the_rest_is_the_domain_of_everyone_else(sample: Sample) -> None:
    others = shares.estimates(shares.of_rest(sample))
    for code in range(len(sample.population)):
        ours = others[others["area"] == code].reset_index(drop=True).drop(columns="area")
        domain = shares.by_domain(sample, sample.stratum != code)
        exact = domain["se"].isna() | (domain["se"] > 1e-7)
        pd.testing.assert_frame_equal(
            ours[exact], domain[exact], check_dtype=False, rtol=1e-6, atol=1e-7
        )
