"""How often do the 95 % intervals hold the true share? Run: python benchmarks/coverage.py"""

from __future__ import annotations

import numpy as np
from scipy import stats

from analysis.statistics import shares
from analysis.statistics.shares import Sample

SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
ANSWERS = (30, 50, 100, 200, 300)
DRAWS = 4000


def exactly(share: float, n: int, population: int) -> float:
    """Sum the chances of all samples of one area whose interval holds the true share."""
    named = round(share * population)
    problems = np.arange(n + 1)
    found = problems / n
    variance = (1 - n / population) * found * (1 - found) / (n - 1)
    counts = np.full(n + 1, float(n))
    lower, upper = shares.interval(found, variance, counts, counts - 1)
    chance = stats.hypergeom.pmf(problems, population, named, n)
    held = (lower <= named / population + 1e-12) & (named / population <= upper + 1e-12)
    return float(chance[held].sum())


def stratified(share: float, n: int, rng: np.random.Generator) -> float:
    """Draw a municipality of ten unequal areas, every draw a column, and count the hits."""
    population = np.array([200, 300, 400, 600, 800, 1000, 1500, 2000, 3000, 4000])
    size = np.maximum(np.round(n / 10 * np.linspace(0.6, 1.4, 10)), 2).astype(int)
    named = np.round(population * np.clip(share * np.linspace(1.5, 0.5, 10), 0, 1)).astype(int)
    stratum = np.repeat(np.arange(10), size)
    place = np.arange(len(stratum)) - (np.cumsum(size) - size)[stratum]
    draws = rng.hypergeometric(named, population - named, size, (DRAWS, 10))
    problem = (place[:, None] < draws.T[stratum]).astype(np.int8)
    weight = (population / size)[stratum]
    found = shares.by_domain(Sample(stratum, weight, problem, population.astype(float)))
    true = named.sum() / population.sum()
    return float(((found["lower"] <= true) & (found["upper"] >= true)).mean())


def main() -> None:
    """Print the tables."""
    rng = np.random.default_rng(1)
    for label, times in (("one area, f = 0.25", 4), ("one area, f = 0.05", 20)):
        print(f"\n{label}, exact\nshare  " + "".join(f"n={n:<7}" for n in ANSWERS))
        for share in SHARES:
            row = [100 * exactly(share, n, times * n) for n in ANSWERS]
            print(f"{share:<7}" + "".join(f"{covered:<9.2f}" for covered in row))
    print(f"\nten areas, uneven weights, {DRAWS} draws")
    for share in SHARES:
        row = [100 * stratified(share, n, rng) for n in ANSWERS]
        print(f"{share:<7}" + "".join(f"{covered:<9.2f}" for covered in row))


if __name__ == "__main__":
    main()
