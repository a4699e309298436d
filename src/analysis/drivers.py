"""What sets an area apart: results in, its questions ranked by what they add to its index."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis import index
from analysis.results import Results
from analysis.survey import TOTAL


def rank(year: Results, area: str) -> pd.DataFrame:
    """Rank an area's questions by what they add to its index above the municipality's.

    Returns:
        Index `measure`; `value`, `total` (the municipality's), `excess` (steps on the scale 0–6,
        the difference of scores; of shares where there is no index model), `status` and `is_clear`
        (the area's interval lies above the municipality's value), largest excess first. Questions
        hidden or not asked are left out.
    """
    rows = year.cells()
    own = rows.loc[rows["area"].eq(area)].set_index("measure")
    total = rows.loc[rows["area"].eq(TOTAL)].set_index("measure")["value"]
    asked = [name for name in year.questions() if name in own.index and name in total.index]
    pairs = (
        own.loc[asked, ["value", "lower", "status"]]
        .assign(total=total[asked])
        .dropna(subset=["value", "total"])
    )
    scores = {name: _scorer(year, name) for name in pairs.index}
    excess = [
        float(scores[name](value) - scores[name](whole))
        for name, value, whole in zip(pairs.index, pairs["value"], pairs["total"], strict=True)
    ]
    found = pairs.assign(
        excess=np.array(excess, dtype=float), is_clear=pairs["lower"].gt(pairs["total"])
    )
    return found.sort_values("excess", ascending=False, kind="stable")


def _scorer(year: Results, measure: str) -> Callable[[float], float]:
    """Return how a question's value becomes steps: its curve, or as it is where it has none."""
    normal = year.measures["normal"][measure]
    if year.model is None or np.isnan(normal) or year.measures["kind"][measure] != "share":
        return lambda value: value
    model = year.model
    curve = index.curve(normal, answers=model.answers, breadth=model.breadth)
    return lambda value: float(index.score(curve, np.array([value]))[0])
