"""How often do the 95 % intervals hold the truth? Run: python benchmarks/coverage.py

Shares: exactly, over all samples of one area, and in ten unequal areas pooled. The index of an
area: in samples of n people, drawn with replacement, from what an area of the demonstration
answered in two years (whose knots lie where the shares are), and from a model in which the
answers of one person lean together.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from false_claims import town
from scipy import special, stats

from analysis.statistics import problem_index, shares

SHARES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
ANSWERS = (30, 50, 100, 200, 300)
PEOPLE = (50, 80, 150, 300)
DRAWS = 2000


def exactly(share: float, n: int, residents: int) -> float:
    """Sum the chances of all samples of one area whose interval holds the true share."""
    named = round(share * residents)
    problems = np.arange(n + 1)
    found = problems / n
    variance = (1 - n / residents) * found * (1 - found) / (n - 1)
    counts = np.full(n + 1, float(n))
    lower, upper = shares.interval(found, variance, counts, counts - 1)
    chance = stats.hypergeom.pmf(problems, residents, named, n)
    held = (lower <= named / residents + 1e-12) & (named / residents <= upper + 1e-12)
    return 100 * float(chance[held].sum())


def pooled(share: float, n: int, rng: np.random.Generator) -> float:
    """Draw a municipality of ten unequal areas, every draw a question, and count the hits."""
    residents = np.array([200, 300, 400, 600, 800, 1000, 1500, 2000, 3000, 4000])
    size = np.maximum(np.round(n / 10 * np.linspace(0.6, 1.4, 10)), 2).astype(int)
    named = np.round(residents * np.clip(share * np.linspace(1.5, 0.5, 10), 0, 1)).astype(int)
    area = np.repeat(np.arange(10), size)
    place = np.arange(len(area)) - (np.cumsum(size) - size)[area]
    draws = rng.hypergeometric(named, residents - named, size, (DRAWS, 10))
    answers = pd.DataFrame((place[:, None] < draws.T[area]).astype(float))
    keyed = pd.DataFrame({"area": area, "weight": (residents / size)[area]}).join(answers)
    found = shares.estimate(shares.ratios(keyed, list(answers), pd.Series(residents)))
    true = named.sum() / residents.sum()
    return 100 * float(((found["lower"] <= true) & (found["upper"] >= true)).mean())


def index(problem: np.ndarray, true: np.ndarray, n: int, curves: dict) -> float:
    """Count the samples, n people each, whose interval holds the index of the true shares."""
    answers = pd.DataFrame(problem, columns=list(curves))
    areas = len(problem) // n
    answers = answers.assign(area=np.repeat(np.arange(areas), n), weight=1.0)
    members = {"index": list(curves)}
    residents = pd.Series(1e9, index=range(areas))
    asked = shares.ratios(answers, list(curves), residents, "area")
    found = problem_index.estimate(asked, curves, members)
    pairs = zip(curves.values(), true, strict=True)
    value = np.mean([np.interp(share, curve.x, curve.y) for curve, share in pairs])
    return 100 * float(((found["lower"] <= value) & (found["upper"] >= value)).mean())


def indices(rng: np.random.Generator) -> pd.DataFrame:
    """Try every third area of the demonstration and five levels of the model."""
    here = town()
    normal = {item.key: item.normal_share or 0.0 for item in here.model.indicators if item.in_index}
    curves = {key: problem_index.curve(share) for key, share in normal.items()}
    people = pd.concat(here.answers.values())
    rows = []
    for n in PEOPLE:
        for area in sorted(people["area"].unique())[::3]:
            own = people.loc[people["area"].eq(area), list(curves)].to_numpy(dtype=float)
            if len(own) > 100:
                problem = own[rng.integers(len(own), size=DRAWS * n)]
                hits = index(problem, np.nanmean(own, axis=0), n, curves)
                rows.append(("demonstration", n, hits))
        for level in (0.5, 0.75, 1.0, 1.3, 1.6):
            spread = np.random.default_rng(round(10 * level)).uniform(0.6, 1.5, len(normal))
            true = np.clip(level * spread * np.array(list(normal.values())), 0.01, 0.8)
            person = rng.normal(size=(DRAWS * n, 1))
            lean = np.sqrt(0.3) * person + np.sqrt(0.7) * rng.normal(size=(DRAWS * n, len(true)))
            problem = (lean < special.ndtri(true)).astype(float)
            rows.append(("model", n, index(problem, true, n, curves)))
    return pd.DataFrame(rows, columns=["source", "n", "held"])


def main() -> None:
    """Print the tables, in per cent."""
    rng = np.random.default_rng(1)
    for label, times in (("one area, f = 0.25", 4), ("one area, f = 0.05", 20)):
        rows = [[exactly(share, n, times * n) for n in ANSWERS] for share in SHARES]
        print(f"\n{label}, exactly\n{pd.DataFrame(rows, SHARES, ANSWERS).round(2).to_string()}")
    rows = [[pooled(share, n, rng) for n in ANSWERS] for share in SHARES]
    print(f"\nten areas, {DRAWS} draws\n{pd.DataFrame(rows, SHARES, ANSWERS).round(1).to_string()}")
    found = indices(rng).groupby(["source", "n"])["held"].agg(["mean", "min", "max"])
    print(f"\nan area's index, {DRAWS} draws an area\n{found.round(1).to_string()}")


if __name__ == "__main__":
    main()
