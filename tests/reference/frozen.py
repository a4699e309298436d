"""Read the frozen sample and what R's survey package says of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
QUESTIONS = ["q1", "q2", "q3"]


def answers(year: int) -> pd.DataFrame:
    every = pd.read_csv(HERE / "survey_input.csv").rename(columns={"stratum": "area"})
    return every[every["year"] == year].reset_index(drop=True)


def residents(year: int) -> pd.Series:
    return answers(year).groupby("area")["population"].first()


def expected(what: str, year: int) -> pd.DataFrame:
    """Return R's rows of one kind: `level`, `measure`, `value`, `se`, `lower`, `upper`, `n`, `df`."""
    rows = pd.read_csv(HERE / "survey_expected.csv", dtype={"level": str})
    rows = rows[(rows["what"] == what) & (rows["year"] == year)]
    return rows.assign(level=rows["level"].fillna("")).reset_index(drop=True)


def weights() -> pd.DataFrame:
    return pd.read_csv(HERE / "survey_weights.csv")
