"""How many years invent a change where there is none? Run: python benchmarks/false_claims.py"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import special, stats

from analysis.statistics import comparison as change
from analysis.statistics import problem_index as index
from analysis.statistics import shares
from analysis.statistics.shares import Floats, Sample

AREAS, ANSWERS, YEARS, QUESTIONS = 60, 50, 2000, 20
AT_ONCE = 250
MANY = 1e9  # residents, so that drawn answers need no finite population correction

Estimate = Callable[[np.random.Generator, int], pd.DataFrame]


def sample(problem: np.ndarray) -> Sample:
    """Give answers, (areas * answers, columns), their design."""
    stratum = np.repeat(np.arange(AREAS), ANSWERS)
    weight = np.full(len(stratum), MANY / ANSWERS)
    return Sample(stratum, weight, problem.astype(np.int8), np.full(AREAS, MANY))


def share_of(true: float) -> Estimate:
    """Draw one question, whose share is the same in all areas and years."""

    def draw(rng: np.random.Generator, years: int) -> pd.DataFrame:
        return shares.by_area(sample(rng.random((AREAS * ANSWERS, years)) < true))

    return draw


def index_draw(rng: np.random.Generator, years: int) -> pd.DataFrame:
    """Draw an index of 20 questions, of which one person's answers lean together."""
    normal = np.tile(np.linspace(0.08, 0.35, QUESTIONS), years)
    person = rng.normal(size=(AREAS * ANSWERS, years)).repeat(QUESTIONS, axis=1)
    lean = np.sqrt(0.3) * person + np.sqrt(0.7) * rng.normal(size=person.shape)
    curves = [index.curve(share) for share in normal[:QUESTIONS]] * years
    members = {str(at): np.arange(at * QUESTIONS, (at + 1) * QUESTIONS) for at in range(years)}
    return index.by_area(sample(lean < special.ndtri(normal)), curves, members)


def claims(draw: Estimate, rng: np.random.Generator) -> Floats:
    """Count the years with any claim: uncorrected, Benjamini–Hochberg of Wald's test, and ours."""
    years = []
    for _ in range(0, YEARS, AT_ONCE):
        tested = change.difference(draw(rng, AT_ONCE), draw(rng, AT_ONCE))
        ours = tested["p_value"].to_numpy().reshape(AREAS, -1).T
        wald = 2 * stats.norm.sf(np.abs(tested["difference"] / tested["se"])).reshape(AREAS, -1).T
        for t, z in zip(ours, wald, strict=True):
            years.append(
                [(t < 0.05).any(), change.discoveries(z).any(), change.discoveries(t).any()]
            )
    found: Floats = np.mean(years, axis=0)
    return found


def main() -> None:
    """Print the table."""
    print(f"{AREAS} areas, {ANSWERS} answers, {YEARS} years without any true change")
    print("measure       uncorrected  Wald, B–H  ours")
    measures: dict[str, Estimate] = {f"share {p}": share_of(p) for p in (0.05, 0.1, 0.2, 0.3, 0.5)}
    for label, draw in (measures | {"index": index_draw}).items():
        found = 100 * claims(draw, np.random.default_rng(1))
        print(f"{label:<14}" + "".join(f"{part:<12.1f}" for part in found))


if __name__ == "__main__":
    main()
