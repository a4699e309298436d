"""How long do two years of 1.5 million respondents take? Run: python benchmarks/million.py

Two tables of 1.5 million respondents × 33 questions in 7 000 areas; timed are all shares with
intervals, all areas' index and eight group indices with intervals, and all changes between the
years. Beside it a bare `groupby().mean()` of the same two tables in pandas, in the same run.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from analysis.statistics import comparison as change
from analysis.statistics import problem_index as index
from analysis.statistics import shares
from analysis.statistics.shares import Sample

RESPONDENTS, QUESTIONS, AREAS, ROUNDS = 1_500_000, 33, 7_000, 5
NORMAL = np.linspace(0.04, 0.4, QUESTIONS)
MEMBERS = {"index": np.arange(QUESTIONS)} | {
    f"group {at}": columns for at, columns in enumerate(np.array_split(np.arange(QUESTIONS), 8))
}


def year(seed: int, *, uneven: bool = False) -> Sample:
    """Draw a year, its respondents in order of area and its questions one after the other."""
    rng = np.random.default_rng(seed)
    stratum = np.sort(rng.integers(0, AREAS, RESPONDENTS))
    answered = np.bincount(stratum, minlength=AREAS)
    population = answered * rng.uniform(2, 20, AREAS)
    problem = np.empty((RESPONDENTS, QUESTIONS), np.int8, order="F")
    for column, share in enumerate(NORMAL):
        drawn = rng.random(RESPONDENTS, dtype=np.float32)
        problem[:, column] = np.where(drawn > 0.95, -1, drawn < 0.95 * share)
    weight = (population / answered)[stratum]
    if uneven:
        weight *= rng.uniform(0.5, 2, RESPONDENTS)
    return Sample(stratum, weight, problem, population)


def everything(years: list[Sample]) -> list[pd.DataFrame]:
    """Estimate all shares and indices of both years, and all changes."""
    curves = [index.curve(share) for share in NORMAL]
    estimates = []
    for sample in years:
        own = shares.of_areas(sample)
        scored = index.by_area(sample, curves, MEMBERS, own=own)
        estimates.append((shares.estimates(own), scored))
    changes = [change.difference(*pair) for pair in zip(*estimates, strict=True)]
    return [frame for pair in estimates for frame in pair] + changes


def seconds(act: Callable[[], object]) -> float:
    """Time one act."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def bare(tables: list[tuple[pd.DataFrame, Sample]]) -> list[pd.DataFrame]:
    """Take the plain means by area of both years."""
    return [table.groupby(sample.stratum).mean() for table, sample in tables]


def compare(weights: str, *, uneven: bool) -> None:
    """Print the medians of rounds taken in turn."""
    years = [year(1, uneven=uneven), year(2, uneven=uneven)]
    tables = [(pd.DataFrame(s.problem).astype(float).mask(s.problem < 0), s) for s in years]
    rounds = [
        (seconds(partial(everything, years)), seconds(partial(bare, tables))) for _ in range(ROUNDS)
    ]
    ours, theirs = (statistics.median(times) for times in zip(*rounds, strict=True))
    print(f"{weights}: {ours:.2f} s; pandas {theirs:.2f} s; ratio {ours / theirs:.2f}")
    print("  rounds " + " ".join(f"{own:.2f}/{other:.2f}" for own, other in rounds))


def main() -> None:
    """Print time and ratio for equal and for uneven weights, and the memory of it all."""
    compare("equal weights within an area", uneven=False)
    compare("uneven weights", uneven=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")


if __name__ == "__main__":
    main()
