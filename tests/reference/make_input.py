"""Draw the answers of survey_input.csv, once: ten strata of unequal size, one with n = 1."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

SIZES = {1: [40, 12, 25, 1, 60, 33, 8, 18, 90, 27], 2: [35, 15, 22, 6, 48, 30, 9, 21, 75, 20]}
POPULATION = np.array([900, 60, 400, 15, 5000, 150, 20, 700, 2600, 90])


def draw(year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw one year's answers; a stratum is one of ten areas."""
    stratum = np.repeat(np.arange(10), SIZES[year])
    size = np.array(SIZES[year])[stratum]
    loudness = rng.uniform(0.08, 0.6, (10, 3))
    answers = (rng.random((len(stratum), 3)) < loudness[stratum]).astype(float)
    answers[rng.random(answers.shape) < 0.12] = np.nan
    return pd.DataFrame(
        {
            "year": year,
            "stratum": stratum,
            "population": POPULATION[stratum],
            "weight": (POPULATION[stratum] / size * rng.uniform(0.6, 1.6, len(stratum))).round(4),
            "sex": rng.choice(["k", "m"], len(stratum)),
            "tenure": rng.choice(["rent", "own", "coop"], len(stratum), p=[0.5, 0.35, 0.15]),
            **{f"q{at + 1}": answers[:, at] for at in range(3)},
        }
    )


if __name__ == "__main__":
    rng = np.random.default_rng(20230917)
    frames = pd.concat([draw(year, rng) for year in (1, 2)])
    path = Path(__file__).with_name("survey_input.csv")
    frames.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
