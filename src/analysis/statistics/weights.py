"""Weights that meet known totals of the population: weights and labels in, new weights out.

Estimates treat the new weights as given, which makes their intervals somewhat too wide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def rake(weight: pd.Series, margins: Sequence[tuple[pd.Series, pd.Series]]) -> pd.Series:
    """Scale the weights to each margin in turn until no weight moves (R's `rake`; Deming 1940).

    With one margin this is post-stratification (R's `postStratify`).

    Args:
        weight: residents that each respondent stands for.
        margins: each the respondents' cells and the residents by cell; who has no cell keeps the
            weight.

    Raises:
        ValueError: a cell has residents but no respondents, or the reverse, or the margins cannot
            be met together, as when their sums differ.

    >>> cell, population = pd.Series(["a", "a", "b"]), pd.Series({"a": 6.0, "b": 8.0})
    >>> rake(pd.Series([1.0, 1.0, 2.0]), [(cell, population)]).tolist()
    [3.0, 3.0, 8.0]
    """
    for _ in range(1000):
        before = weight
        for cell, population in margins:
            total = weight.groupby(cell, observed=True).sum()
            if set(total.index) != set(population[population > 0].index):
                raise ValueError("a cell has residents or respondents, but not both")
            weight = weight * cell.map(population / total).astype(float).fillna(1.0)
        if np.allclose(weight, before, rtol=1e-10, atol=0.0):
            break
    for cell, population in margins:
        missing = population - weight.groupby(cell, observed=True).sum()
        if missing.abs().gt(1e-6 * population).any():
            raise ValueError("the margins cannot be met together; are their sums the same?")
    return weight
