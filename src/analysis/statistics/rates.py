"""Reported crime per resident: counts and mean populations in, rates, intervals and tests out.

`counts` has one row per year and row of the table: `year`, `code`, `label`, `parent` (a label),
`area` ("" for the municipality), `count`, `mean_population`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

PER: Final = 100_000
SMALLEST_BASE: Final = 20
TAIL: Final = 0.025
KEYS: Final = ["code", "label", "parent", "area"]


class Spread(NamedTuple):
    """How much more counts vary between years than Poisson's, and the df behind that number."""

    factor: float
    df: float


POISSON: Final = Spread(1.0, np.inf)


def overdispersion(counts: pd.DataFrame, *, pair: tuple[int, int] | None = None) -> Spread:
    """Estimate Pearson's dispersion about each row's own mean rate (McCullagh & Nelder 1989, §6.2).

    Args:
        counts: see the module; every row of the table that is alike (the municipality's, say).
        pair: two years that count as one, so that the factor owes nothing to their difference.

    Returns:
        The factor, never below 1, and its degrees of freedom: those of rows without parts of
        their own. No degrees of freedom (NaN) with too few years.
    """
    year = counts["year"].replace({pair[0]: pair[1]}) if pair else counts["year"]
    cells = counts.assign(year=year).dropna(subset="count")
    cells = cells.groupby([*KEYS, "year"], dropna=False, as_index=False)[
        ["count", "mean_population"]
    ].sum()
    rows = cells.groupby(KEYS, dropna=False)
    rate = rows["count"].transform("sum") / rows["mean_population"].transform("sum")
    expected = (rate * cells["mean_population"]).where(lambda each: each > 0)
    squares = ((cells["count"] - expected) ** 2 / expected).sum()
    free = (rows["year"].count() - 1).reset_index(name="df")
    whole = free["label"].isin(cells["parent"])
    if not free["df"].sum():
        return Spread(1.0, np.nan)
    return Spread(max(squares / free["df"].sum(), 1.0), float(free.loc[~whole, "df"].sum()))


def interval(
    count: npt.ArrayLike, people: npt.ArrayLike, spread: Spread = POISSON
) -> pd.DataFrame:
    """Rate counts per 100 000 residents with a 95 % interval (Garwood 1936, widened).

    The exact Poisson interval of count / factor, which is what an overdispersed count is worth;
    the factor is that of `spread`, times (t at its df / z)².

    Returns:
        One row per count: `rate`, `lower`, `upper`; NaN where a count is missing.

    Raises:
        ValueError: a count is negative or a population is not positive.
    """
    events, residents = _checked(count, people)
    df = spread.df if spread.df > 0 else np.inf
    worth = spread.factor * (special.stdtrit(df, TAIL) / special.ndtri(TAIL)) ** 2
    low = np.where(events == 0, 0.0, special.gammaincinv(events / worth, TAIL))
    high = special.gammaincinv(events / worth + 1, 1 - TAIL)
    bounds = {"rate": events, "lower": worth * low, "upper": worth * high}
    return pd.DataFrame({name: PER * value / residents for name, value in bounds.items()})


def estimate(counts: pd.DataFrame) -> pd.DataFrame:
    """Add `rate`, `lower` and `upper` to the counts, from the overdispersion of their years."""
    is_area = counts["area"].ne("")
    parts = [
        rows.join(
            interval(rows["count"], rows["mean_population"], overdispersion(rows)).set_axis(
                rows.index
            )
        )
        for _, rows in counts.groupby(is_area)
    ]
    return pd.concat(parts).loc[counts.index] if parts else counts.assign(**{"rate": np.nan, "lower": np.nan, "upper": np.nan})


def change(counts: pd.DataFrame, year: int, earlier: int) -> pd.DataFrame:
    """Compare the rates of two years.

    Given both counts' sum the later is binomial (Przyborowski & Wilenski 1940), here of the
    counts' worth; its z is read off Student's t with the overdispersion's degrees of freedom. The
    interval of the difference is made of the two years' own (Zou & Donner 2008).

    Returns:
        One row per row of the year's table: KEYS, `before`, `count`, `rate_before`, `rate`,
        `difference`, `lower`, `upper` (per 100 000), `percent` (change of the rate, NaN from fewer
        than 20 events), `p_value` (NaN with fewer than three years of counts).
    """
    raise NotImplementedError


def _checked(
    count: npt.ArrayLike, people: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    events = np.atleast_1d(np.asarray(count, dtype=float))
    residents = np.broadcast_to(np.asarray(people, dtype=float), events.shape)
    unknown = np.isnan(events) & np.isnan(residents)
    if (events < 0).any() or not (unknown | (residents > 0)).all():
        raise ValueError("a count is negative or a population is not positive")
    return events, residents
