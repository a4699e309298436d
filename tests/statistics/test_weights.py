"""Weights against R's postStratify and rake."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.statistics import weights
from reference import frozen

SEX = pd.Series({"k": 5100.0, "m": 4835.0})
TENURE = pd.Series({"rent": 4200.0, "own": 4100.0, "coop": 1635.0})


def test_weights_equal_rs() -> None:
    people, by_r = frozen.answers(1), frozen.weights()
    sex, tenure = (people["sex"], SEX), (people["tenure"], TENURE)
    for margins, name in (([sex], "post"), ([sex, tenure], "raked")):
        found = weights.rake(people["weight"].astype(float), margins)
        np.testing.assert_allclose(found, by_r[name], atol=1e-6, rtol=0)


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0.1, 50)), min_size=1, max_size=30))
def test_every_cell_meets_its_population(drawn: list[tuple[int, float]]) -> None:
    people = pd.DataFrame(drawn, columns=["cell", "weight"])
    population = pd.Series([10.0, 200.0, 3.0])[sorted(people["cell"].unique())]
    found = weights.rake(people["weight"], [(people["cell"], population)])
    np.testing.assert_allclose(found.groupby(people["cell"]).sum(), population)


def test_a_respondent_in_no_cell_keeps_the_weight() -> None:
    cell, weight = pd.Series(["k", None, "m"]), pd.Series([1.0, 7.0, 2.0])
    assert weights.rake(weight, [(cell, SEX)]).tolist() == [5100.0, 7.0, 4835.0]


@pytest.mark.parametrize("population", [[5.0, 0.0], [5.0, 5.0, 5.0], [5.0]])
def test_people_without_respondents_and_the_reverse_are_refused(population: list[float]) -> None:
    with pytest.raises(ValueError, match="but not both"):
        weights.rake(pd.Series([1.0] * 3), [(pd.Series([0, 1, 1]), pd.Series(population))])


def test_margins_of_different_sums_are_refused() -> None:
    cell = pd.Series([0, 1, 0, 1])
    margins = [(cell, pd.Series([5.0, 5.0])), (1 - cell, pd.Series([6.0, 6.0]))]
    with pytest.raises(ValueError, match="cannot be met together"):
        weights.rake(pd.Series([1.0] * 4), margins)
