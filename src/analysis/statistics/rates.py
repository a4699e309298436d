"""Reported crime per resident: counts and mean populations in, rates, intervals and tests out.

`counts` has one row per year and row of the table: `year`, `code`, `label`, `parent` (a label),
`area` ("" for the municipality), `count`, `mean_population`; NaN where unknown.
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
AS_NORMAL: Final = 1e9
ROW: Final = ["code", "label", "parent", "area"]


class Spread(NamedTuple):
    """How many times Poisson's variance counts have, and that number's degrees of freedom."""

    factor: float
    df: float


POISSON: Final = Spread(1.0, AS_NORMAL)


def overdispersion(counts: pd.DataFrame) -> Spread:
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
        return Spread(1.0, np.nan)
    parts = free.loc[~free["label"].isin(free["parent"]), "df"].sum()
    return Spread(max(squares / free["df"].sum(), 1.0), float(parts))


def interval(count: npt.ArrayLike, people: npt.ArrayLike, spread: Spread = POISSON) -> pd.DataFrame:
    """Rate counts per 100 000 residents, with a 95 % interval.

    Poisson's exact interval (Garwood 1936) of what the counts are worth: count / factor, and the
    factor times (t at its df / z)².

    Returns:
        One row per count: `rate`, `lower`, `upper`; NaN where a count is missing.

    Raises:
        ValueError: a count is negative or a population is not positive.
    """
    events, residents = np.broadcast_arrays(
        np.atleast_1d(np.asarray(count, dtype=float)), np.asarray(people, dtype=float)
    )
    unknown = np.isnan(events) & np.isnan(residents)
    if (events < 0).any() or not (unknown | (residents > 0)).all():
        raise ValueError("a count is negative or a population is not positive")
    df = spread.df if spread.df > 0 else AS_NORMAL
    worth = spread.factor * (special.stdtrit(df, TAIL) / special.ndtri(TAIL)) ** 2
    low = np.where(events == 0, 0.0, special.gammaincinv(events / worth, TAIL))
    high = special.gammaincinv(events / worth + 1, 1 - TAIL)
    bounds = {"rate": events, "lower": worth * low, "upper": worth * high}
    return pd.DataFrame({name: PER * value / residents for name, value in bounds.items()})


def estimate(counts: pd.DataFrame) -> pd.DataFrame:
    """Add `rate`, `lower` and `upper`, widened as the years of the municipality or areas vary."""
    found = counts.assign(rate=np.nan, lower=np.nan, upper=np.nan)
    for is_whole in (True, False):
        own = counts.loc[counts["area"].eq("") == is_whole]
        bounds = interval(own["count"], own["mean_population"], overdispersion(own))
        found.loc[own.index, bounds.columns] = bounds.to_numpy()
    return found


def change(counts: pd.DataFrame, year: int, earlier: int) -> pd.DataFrame:
    """Compare the rates of two years, beside how much they vary between years anyhow.

    The overdispersion is that of the years before, and owes nothing to the change. Given both
    counts' sum the later is binomial (Przyborowski & Wilenski 1940), here of what the counts are
    worth; its z is read as Student's t. The interval is made of the two years' (Zou & Donner 2008).

    Returns:
        One row per row of the year: `code`, `label`, `parent`, `area`, `before`, `count`,
        `rate_before`, `rate`, `difference`, `lower`, `upper` (per 100 000), `percent` (change of
        the rate, NaN from a base below 20), `p_value` (NaN with fewer than three years).
    """
    past = counts.loc[counts["year"] <= year]
    parts = [_changed(own, year, earlier) for _, own in past.groupby(past["area"].ne(""))]
    return pd.concat(parts or [_changed(past, year, earlier)], ignore_index=True)


def _changed(counts: pd.DataFrame, year: int, earlier: int) -> pd.DataFrame:
    spread = overdispersion(counts.loc[counts["year"] < year])
    columns = [*ROW, "count", "mean_population"]
    now, old = (counts.loc[counts["year"].eq(one), columns] for one in (year, earlier))
    both = now.merge(old, on=ROW, how="left", suffixes=("", "_before"), validate="one_to_one")
    new = interval(both["count"], both["mean_population"], spread)
    past = interval(both["count_before"], both["mean_population_before"], spread)
    difference = new["rate"] - past["rate"]
    up = np.hypot(new["upper"] - new["rate"], past["rate"] - past["lower"])
    down = np.hypot(new["rate"] - new["lower"], past["upper"] - past["rate"])
    base = past["rate"].where(both["count_before"] >= SMALLEST_BASE)
    return both[[*ROW, "count"]].assign(
        before=both["count_before"],
        rate_before=past["rate"],
        rate=new["rate"],
        difference=difference,
        lower=difference - down,
        upper=difference + up,
        percent=100 * difference / base,
        p_value=_p_value(both, spread),
    )


def _p_value(both: pd.DataFrame, spread: Spread) -> npt.NDArray[np.float64]:
    now, before = (both[name].to_numpy(float) / spread.factor for name in ("count", "count_before"))
    people = both["mean_population"].to_numpy(float)
    part = people / (people + both["mean_population_before"].to_numpy(float))
    above = np.where(now > 0, special.betainc(np.maximum(now, 1e-9), before + 1, part), 1.0)
    below = np.where(before > 0, special.betaincc(now + 1, np.maximum(before, 1e-9), part), 1.0)
    exact = np.minimum(2 * np.minimum(above, below), 1.0)
    z = special.ndtri(exact / 2)
    return np.where(np.isnan(now + before), np.nan, 2 * special.stdtr(spread.df, z))
