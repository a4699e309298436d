"""Reported crime per resident: counts and mean populations in, rates, intervals and tests out.

`counts` has one row per year and row of the table: `year`, `code`, `label`, `parent` (a label),
`area` ("" for the municipality), `count`, `mean_population`; NaN where unknown.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from analysis.statistics.shares import AS_NORMAL, TAIL

PER: Final = 100_000
SMALLEST_BASE: Final = 20
ROW: Final = ["code", "label", "parent", "area"]
RATES: Final = ["before", "rate_before", "rate", "difference", "lower", "upper", "percent"]


def overdispersion(counts: pd.DataFrame) -> tuple[float, float]:
    """Estimate Pearson's dispersion of all rows about their own mean rates over the years.

    McCullagh & Nelder 1989, §6.2. The degrees of freedom are those of rows that are nobody's
    parent, as the others repeat them.

    Returns:
        The factor, never below 1, and its df; 1 and NaN where no row has two years.
    """
    known = counts.dropna(subset=["count", "mean_population"])
    rows = known.groupby(ROW)
    rate = rows["count"].transform("sum") / rows["mean_population"].transform("sum")
    expected = (rate * known["mean_population"]).where(rate > 0)
    squares = ((known["count"] - expected) ** 2 / expected).sum()
    free = rows.size().sub(1).rename("df").reset_index()
    if not free["df"].sum():
        return 1.0, np.nan
    parts = free.loc[~free["label"].isin(free["parent"]), "df"].sum()
    return max(squares / free["df"].sum(), 1.0), float(parts)


def interval(counts: pd.DataFrame, factor: float = 1.0, df: float = np.nan) -> pd.DataFrame:
    """Rate counts per 100 000 residents, with a 95 % interval.

    Poisson's exact interval (Garwood 1936) of what the counts are worth: count / factor, and the
    overdispersion's factor times (t at its df / z)².

    Returns:
        `rate`, `lower`, `upper` of each row of `counts`; NaN where a count is missing.
    """
    count, people = counts["count"].astype(float), counts["mean_population"].astype(float)
    tails = special.stdtrit(df if df > 0 else AS_NORMAL, TAIL) / special.ndtri(TAIL)
    worth = factor * tails**2
    low = worth * special.gammaincinv(count / worth, TAIL)
    high = worth * special.gammaincinv(count / worth + 1, 1 - TAIL)
    bounds = pd.DataFrame({"rate": count, "lower": low.mask(count == 0, 0.0), "upper": high})
    return PER * bounds.div(people, axis=0)


def estimate(counts: pd.DataFrame) -> pd.DataFrame:
    """Add `rate`, `lower` and `upper`, widened as the years of the municipality or areas vary."""
    parts = [own.join(interval(own, *overdispersion(own))) for own in _kinds(counts)]
    return pd.concat(parts).loc[counts.index]


def change(counts: pd.DataFrame, year: int, earlier: int) -> pd.DataFrame:
    """Compare the rates of two years, beside how much they vary between years anyhow.

    The overdispersion is that of the years before, and owes nothing to the change. Given both
    counts' sum the later is binomial (Przyborowski & Wilenski 1940), here of what the counts are
    worth; its z is read as Student's t. The interval is made of the two years' (Zou & Donner 2008).

    Returns:
        One row per row of the year: ROW, `count`, RATES (`lower` and `upper` bound the difference,
        `percent` is NaN from a base below 20), `p_value` (NaN with fewer than three years).
    """
    parts = [_changed(own, year, earlier) for own in _kinds(counts)]
    return pd.concat(parts, ignore_index=True)


def _kinds(counts: pd.DataFrame) -> list[pd.DataFrame]:
    """Part the municipality's rows from those of areas, whose counts vary more."""
    return [counts.loc[counts["area"].eq("") == is_whole] for is_whole in (True, False)]


def _changed(counts: pd.DataFrame, year: int, earlier: int) -> pd.DataFrame:
    factor, df = overdispersion(counts.loc[counts["year"] < year])
    rated = counts[["year", *ROW, "count", "mean_population"]].join(interval(counts, factor, df))
    now, old = (rated.loc[rated["year"].eq(one)].drop(columns="year") for one in (year, earlier))
    both = now.merge(old, on=ROW, how="left", suffixes=("", "_before"), validate="one_to_one")
    difference = both["rate"] - both["rate_before"]
    up = np.hypot(both["upper"] - both["rate"], both["rate_before"] - both["lower_before"])
    down = np.hypot(both["rate"] - both["lower"], both["upper_before"] - both["rate_before"])
    base = both["rate_before"].where(both["count_before"] >= SMALLEST_BASE)
    found = both.rename(columns={"count_before": "before"}).assign(
        difference=difference,
        lower=difference - down,
        upper=difference + up,
        percent=100 * difference / base,
        p_value=_p_value(both, factor, df),
    )
    return found[[*ROW, "count", *RATES, "p_value"]]


def _p_value(both: pd.DataFrame, factor: float, df: float) -> npt.NDArray[np.float64]:
    names = ["count", "count_before", "mean_population", "mean_population_before"]
    now, before, people, residents = both[names].to_numpy(dtype=float).T
    later, sooner, part = now / factor, before / factor, people / (people + residents)
    above = special.betainc(later, sooner + 1, part)
    below = special.betaincc(later + 1, sooner, part)
    exact = np.minimum(2 * np.minimum(above, below), 1.0)
    return np.asarray(2 * special.stdtr(df, special.ndtri(exact / 2)))
