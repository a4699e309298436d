"""Reported crime per resident: counts and mean populations in, rates, intervals and tests out."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special, stats

PER: Final = 100_000
SMALLEST_BASE: Final = 20
TAIL: Final = 0.025


def interval(count: npt.ArrayLike, exposure: npt.ArrayLike) -> pd.DataFrame:
    """Rate counts per 100 000 residents, with the exact 95 % Poisson interval (Garwood 1936).

    Args:
        count: events.
        exposure: mean population, one for all or one for each count.

    Returns:
        One row per count: `rate_per_100k`, `lower`, `upper`; NaN where a count is missing.

    Raises:
        ValueError: a count is negative or a population is not positive.
    """
    events, people = _checked(count, exposure)
    low = np.where(events == 0, 0.0, special.gammaincinv(events, TAIL))
    high = special.gammaincinv(events + 1, 1 - TAIL)
    found = {"rate_per_100k": events, "lower": low, "upper": high}
    return pd.DataFrame({name: PER * value / people for name, value in found.items()})


def change(
    count_now: npt.ArrayLike,
    exposure_now: npt.ArrayLike,
    count_before: npt.ArrayLike,
    exposure_before: npt.ArrayLike,
) -> pd.DataFrame:
    """Compare the rates of two years by the exact conditional test (Przyborowski & Wilenski 1940).

    Given the sum, the later count is binomial with the later year's part of the exposure.

    Returns:
        One row per pair: `difference_per_100k`, `percent` change of the rate (NaN from fewer than
        20 events), two-sided `p_value` (1 where nothing happened in either year).

    Raises:
        ValueError: a count is negative or a population is not positive.
    """
    now, people_now = _checked(count_now, exposure_now)
    before, people_before = _checked(count_before, exposure_before)
    rate_now, rate_before = now / people_now, before / people_before
    enough = before >= SMALLEST_BASE
    percent = 100 * (rate_now / np.where(enough, rate_before, np.nan) - 1)
    part = people_now / (people_now + people_before)
    return pd.DataFrame(
        {
            "difference_per_100k": PER * (rate_now - rate_before),
            "percent": percent,
            "p_value": [_binomial(*pair) for pair in zip(now, before, part, strict=True)],
        }
    )


def _binomial(now: float, before: float, part: float) -> float:
    if np.isnan(now) or np.isnan(before):
        return float("nan")
    if now + before == 0:
        return 1.0
    return float(stats.binomtest(int(now), int(now + before), part).pvalue)


def _checked(
    count: npt.ArrayLike, exposure: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    events = np.atleast_1d(np.asarray(count, dtype=float))
    people = np.broadcast_to(np.asarray(exposure, dtype=float), events.shape)
    unknown = np.isnan(events) & np.isnan(people)
    if (events < 0).any() or not (unknown | (people > 0)).all():
        raise ValueError("a count is negative or a population is not positive")
    return events, people
