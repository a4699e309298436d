"""What sets an area apart: results in, its questions ranked by what they add to its index."""

from __future__ import annotations

import pandas as pd

from analysis.results import Results
from analysis.sources.survey import TOTAL


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
    total = rows.loc[rows["area"].eq(TOTAL)].set_index("measure")
    asked = [name for name in year.questions() if name in own.index and name in total.index]
    pairs = own.loc[asked, ["value", "lower", "status"]].assign(
        total=total["value"][asked], excess=own["steps"][asked] - total["steps"][asked]
    )
    found = pairs.dropna(subset=["value", "total"])
    found = found.assign(is_clear=found["lower"].gt(found["total"]))
    return found.sort_values("excess", ascending=False, kind="stable")
