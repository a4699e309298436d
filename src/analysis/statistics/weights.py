"""Weights that meet known totals of the population: weights and codes in, new weights out.

Estimates treat the new weights as given, which makes their intervals somewhat too wide.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer]


def post_stratify(weight: Floats, cell: Codes, population: Floats) -> Floats:
    """Scale the weights of each cell to its population (R's `postStratify`).

    Args:
        weight: (respondents,) residents that each respondent stands for.
        cell: (respondents,) codes 0..C-1.
        population: (C,) residents in each cell.

    Raises:
        ValueError: a cell has residents but no respondents, or the reverse.

    >>> post_stratify(np.array([1.0, 1.0, 2.0]), np.array([0, 0, 1]), np.array([6.0, 8.0])).tolist()
    [3.0, 3.0, 8.0]
    """
    total = np.bincount(cell, weight, minlength=len(population))
    if len(total) != len(population) or ((total > 0) != (population > 0)).any():
        raise ValueError("a cell has residents but no respondents, or respondents but no residents")
    scaled: Floats = weight * (population / np.where(total > 0, total, 1.0))[cell]
    return scaled


def rake(
    weight: Floats, margins: Sequence[tuple[Codes, Floats]], *, most_rounds: int = 1000
) -> Floats:
    """Scale the weights to each margin in turn until no weight moves (R's `rake`; Deming 1940).

    Args:
        margins: (respondents,) codes and (categories,) residents of each margin.

    Raises:
        ValueError: as `post_stratify`, or the margins cannot be met together, as when their sums
            differ.
    """
    for _ in range(most_rounds):
        before = weight
        for codes, population in margins:
            weight = post_stratify(weight, codes, population)
        if np.allclose(weight, before, rtol=1e-10, atol=0.0):
            break
    for codes, population in margins:
        if not np.allclose(np.bincount(codes, weight, len(population)), population, rtol=1e-6):
            raise ValueError("the margins cannot be met together; are their sums the same?")
    return weight
