"""Read the frozen sample and what R's survey package says of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.statistics.shares import Sample

HERE = Path(__file__).parent
QUESTIONS = ["q1", "q2", "q3"]


def people(year: int) -> pd.DataFrame:
    answers = pd.read_csv(HERE / "survey_input.csv")
    return answers[answers["year"] == year].reset_index(drop=True)


def sample(year: int) -> Sample:
    answers = people(year)
    return Sample(
        answers["stratum"].to_numpy(),
        answers["weight"].to_numpy(dtype=float),
        answers[QUESTIONS].fillna(-1).to_numpy().astype(np.int8),
        answers.groupby("stratum")["population"].first().to_numpy(dtype=float),
    )


def expected(what: str, year: int) -> pd.DataFrame:
    """Return R's rows of one kind, with `indicator` for the three questions."""
    rows = pd.read_csv(HERE / "survey_expected.csv", dtype={"level": str})
    rows = rows[(rows["what"] == what) & (rows["year"] == year)]
    codes = {question: code for code, question in enumerate(QUESTIONS)}
    return rows.assign(indicator=rows["measure"].map(codes), level=rows["level"].fillna(""))


def weights() -> pd.DataFrame:
    return pd.read_csv(HERE / "survey_weights.csv")
