"""Change and comparison of independent estimates: two estimate frames in, a tested one out."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from analysis.statistics import shares
from analysis.statistics.shares import Floats

LEVEL: Final = 0.05
AS_NORMAL: Final = 1e9


def difference(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Test the differences between two aligned frames of independent estimates.

    Welch's test with Satterthwaite's degrees of freedom (Satterthwaite 1946). Where every
    respondent answered alike the standard error is 0, which is no certainty: half the width of
    the estimate's own interval takes its place.

    Args:
        now, before: columns `value`, `se`, `lower`, `upper`, `df`, in the same row order.

    Returns:
        One row per pair, with the index of `now`: `difference` (now - before), `se`, 95 % `lower`
        and `upper`, `p_value`, `df`; all but the difference NaN where either has no error.

    Raises:
        ValueError: the frames have different numbers of rows.
    """
    if len(now) != len(before):
        raise ValueError(f"{len(now)} estimates now but {len(before)} before")
    found = now["value"].to_numpy(dtype=float) - before["value"].to_numpy(dtype=float)
    variances = [_standard_error(frame) ** 2 for frame in (now, before)]
    degrees = [_degrees(frame) for frame in (now, before)]
    se = np.sqrt(variances[0] + variances[1])
    df = satterthwaite(variances, degrees)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * special.stdtr(df, -np.abs(found / se))
    margin = shares.on_every_core(special.stdtrit, 1 - LEVEL / 2, df) * se
    return pd.DataFrame(
        {
            "difference": found,
            "se": se,
            "lower": found - margin,
            "upper": found + margin,
            "p_value": p_value,
            "df": df,
        },
        index=now.index,
    )


def satterthwaite(variances: list[Floats], degrees: list[Floats]) -> Floats:
    """Find the degrees of freedom of a sum of independent variances; NaN where the sum is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = sum(v**2 / df for v, df in zip(variances, degrees, strict=True))
        found: Floats = np.minimum(sum(variances) ** 2 / spread, AS_NORMAL)
    return found


def discoveries(p_values: npt.ArrayLike, *, level: float = LEVEL) -> npt.NDArray[np.bool_]:
    """Mark the tests that stand when all are made together (Benjamini & Hochberg 1995).

    A missing p-value is no test: it is never marked, and does not count among the tests.

    >>> discoveries([0.01, 0.04, 0.03, float("nan")]).tolist()
    [True, True, True, False]
    """
    p_value = np.asarray(p_values, dtype=float)
    made = np.sort(p_value[~np.isnan(p_value)])
    passing = made[made <= level * np.arange(1, len(made) + 1) / max(len(made), 1)]
    return p_value <= (passing[-1] if len(passing) else -1.0)


def _standard_error(estimates: pd.DataFrame) -> Floats:
    se: Floats = estimates["se"].to_numpy(dtype=float, copy=True)
    alike = se == 0
    width = (estimates["upper"] - estimates["lower"]).to_numpy(dtype=float)[alike]
    se[alike] = width / (2 * special.stdtrit(_degrees(estimates)[alike], 1 - LEVEL / 2))
    return se


def _degrees(estimates: pd.DataFrame) -> Floats:
    df = estimates["df"].to_numpy(dtype=float)
    return np.where(df > 0, np.minimum(df, AS_NORMAL), np.nan)
