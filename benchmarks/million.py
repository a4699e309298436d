"""How long do 1.5 million respondents take? Run: python benchmarks/million.py

1.5 million respondents × 33 questions in 7 000 areas: all shares with their intervals, the index
and eight group indices with theirs. Beside it a bare `groupby().mean()` of the same frame.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.statistics import problem_index, shares

RESPONDENTS, QUESTIONS, AREAS = 1_500_000, 33, 7_000
NORMAL = dict(zip([f"q{at:02}" for at in range(QUESTIONS)], np.linspace(0.04, 0.4, QUESTIONS)))
MEMBERS = {"index": list(NORMAL)} | {
    f"group {at}": [str(key) for key in keys]
    for at, keys in enumerate(np.array_split(list(NORMAL), 8))
}


def year(seed: int) -> tuple[pd.DataFrame, pd.Series]:
    """Draw a year of answers, 5 % missing, with uneven weights; and the areas' residents."""
    rng = np.random.default_rng(seed)
    code = rng.integers(0, AREAS, RESPONDENTS)
    names = pd.Index([f"area {at:04}" for at in range(AREAS)])
    answered = np.bincount(code, minlength=AREAS)
    residents = pd.Series(answered * rng.uniform(2, 20, AREAS), names)
    chance = {key: rng.random(RESPONDENTS, dtype=np.float32) for key in NORMAL}
    answers = pd.DataFrame(
        {key: np.where(x > 0.95, np.nan, x < 0.95 * NORMAL[key]) for key, x in chance.items()}
    )
    weight = (residents.to_numpy() / answered)[code] * rng.uniform(0.5, 2, RESPONDENTS)
    answers.insert(0, "area", pd.Categorical.from_codes(code, names))
    answers.insert(1, "weight", weight)
    return answers, residents


def timed(name: str, act: Callable[..., pd.DataFrame], *given: object) -> pd.DataFrame:
    """Print how long an act takes, by the clock and by the processor."""
    start, busy = time.perf_counter(), time.process_time()
    found = act(*given)
    clock, processor = time.perf_counter() - start, time.process_time() - busy
    print(f"{name}: {clock:.1f} s, {processor:.1f} s of processor")
    return found


def main() -> None:
    """Print seconds and memory."""
    answers, residents = year(1)
    curves = {key: problem_index.curve(normal) for key, normal in NORMAL.items()}
    start, busy = time.perf_counter(), time.process_time()
    asked = shares.ratios(answers, list(NORMAL), residents, "area")
    shared = timed("shares' intervals", shares.estimate, asked)
    scored = timed("index", problem_index.estimate, asked, curves, MEMBERS)
    clock, processor = time.perf_counter() - start, time.process_time() - busy
    print(f"together: {clock:.1f} s, {processor:.1f} s of processor")
    print(f"{len(shared) + len(scored)} estimates")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GB")
    timed("a bare groupby().mean()", answers.groupby("area", observed=True).mean)


if __name__ == "__main__":
    main()
