"""Weights that meet known totals of the population: weights and labels in, new weights out.

Estimates treat the new weights as given, which makes their intervals somewhat too wide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def post_stratify(weight: pd.Series, cell: pd.Series, population: pd.Series) -> pd.Series:
    """Scale the weights of each cell to its population (R's `postStratify`).

    Args:
        weight: residents that each respondent stands for.
        cell: the cell of each respondent; those without one keep their weight.
        population: residents, by cell.

    Raises:
        ValueError: a cell has residents but no respondents, or the reverse.

    >>> cell, population = pd.Series(["a", "a", "b"]), pd.Series({"a": 6.0, "b": 8.0})
    >>> post_stratify(pd.Series([1.0, 1.0, 2.0]), cell, population).tolist()
    [3.0, 3.0, 8.0]
    """
    total = weight.groupby(cell, observed=True).sum()
    if set(total.index) != set(population[population > 0].index):
        raise ValueError("a cell has residents but no respondents, or respondents but no residents")
    return weight * cell.map(population / total).astype(float).fillna(1.0)


def rake(
    weight: pd.Series, margins: Sequence[tuple[pd.Series, pd.Series]], *, most_rounds: int = 1000
) -> pd.Series:
    """Scale the weights to each margin in turn until no weight moves (R's `rake`; Deming 1940).

    Args:
        margins: cells and population, as in `post_stratify`.

    Raises:
        ValueError: as `post_stratify`, or the margins cannot be met together, as when their sums
            differ.
    """
    for _ in range(most_rounds):
        before = weight
        for cell, population in margins:
            weight = post_stratify(weight, cell, population)
        if np.allclose(weight, before, rtol=1e-10, atol=0.0):
            break
    for cell, population in margins:
        met = weight.groupby(cell, observed=True).sum()
        if not np.allclose(met[population.index], population, rtol=1e-6):
            raise ValueError("the margins cannot be met together; are their sums the same?")
    return weight
