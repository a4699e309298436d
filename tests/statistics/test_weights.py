"""Weights against R's postStratify and rake."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics import weights
from reference import frozen

SEX = np.array([5100.0, 4835.0])
TENURE = np.array([4200.0, 4100.0, 1635.0])


def codes(column: str, labels: list[str]) -> np.ndarray:
    numbers = {label: at for at, label in enumerate(labels)}
    return frozen.answers(1)[column].map(numbers).to_numpy()


def given_weights() -> np.ndarray:
    return frozen.answers(1)["weight"].to_numpy(dtype=float)


def test_post_stratified_weights_equal_rs() -> None:
    found = weights.post_stratify(given_weights(), codes("sex", ["k", "m"]), SEX)
    np.testing.assert_allclose(found, frozen.weights()["post"], atol=1e-6, rtol=0)


def test_raked_weights_equal_rs() -> None:
    margins = [(codes("sex", ["k", "m"]), SEX), (codes("tenure", ["rent", "own", "coop"]), TENURE)]
    found = weights.rake(given_weights(), margins)
    np.testing.assert_allclose(found, frozen.weights()["raked"], atol=1e-6, rtol=0)


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0.1, 50)), min_size=1, max_size=30))
def test_every_cell_meets_its_population(drawn: list[tuple[int, float]]) -> None:
    cell, weight = np.array([code for code, _ in drawn]), np.array([w for _, w in drawn])
    population = np.where(np.bincount(cell, minlength=3) > 0, [10.0, 200.0, 3.0], 0.0)
    found = weights.post_stratify(weight, cell, population)
    np.testing.assert_allclose(np.bincount(cell, found, 3), population)


@pytest.mark.parametrize("population", [[5.0, 0.0], [5.0, 5.0, 5.0], [5.0]])
def test_people_without_respondents_or_respondents_without_people_are_refused(
    population: list[float],
) -> None:
    with pytest.raises(ValueError, match="no respondents"):
        weights.post_stratify(np.ones(3), np.array([0, 1, 1]), np.array(population))


def test_margins_of_different_sums_are_refused() -> None:
    codes = np.array([0, 1, 0, 1])
    margins = [(codes, np.array([5.0, 5.0])), (codes[::-1], np.array([6.0, 6.0]))]
    with pytest.raises(ValueError, match="cannot be met together"):
        weights.rake(np.ones(4), margins)
