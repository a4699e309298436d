"""The problem index 0–6, a labelled reconstruction: answers and level curves in, index out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.statistics import shares
from analysis.statistics.shares import EVERYONE, TAIL, Design, Floats, Ratios

HIGHEST = 6.0
REACH = 1.5
TOGETHER = 5.0  # of bend²: more than the own (REACH² - 1), as answers, and so their bends, hang together
SMALLEST = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Map a share to the index: straight lines between the knots, flat above the last.

    Attributes:
        x: shares in rising order, from 0.
        y: index at each knot; the boundary between levels k and k + 1 lies at k + 0.5.
    """

    x: Floats
    y: Floats


def curve(normal_share: float, *, answers: float = 360, breadth: float = 1.5) -> Curve:
    """Draw the curve of a question whose national normal share is known.

    Level 2 is the Clopper–Pearson interval of the normal share, `breadth` times as wide; every
    other level is as wide as the interval at the boundary below (above, for level 1) it.

    Raises:
        ValueError: the normal share is not in 0..1.
    """
    if not 0 <= normal_share <= 1:
        raise ValueError(f"normal share {normal_share} is not between 0 and 1")
    low, high = _clopper_pearson(normal_share, answers)
    first = normal_share - breadth * (normal_share - low)
    bounds = [normal_share + breadth * (high - normal_share)]
    while len(bounds) < 5:
        bounds.append(bounds[-1] + _width(bounds[-1], answers))
    bounds = [first - _width(first, answers), first, *bounds]
    heights = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, HIGHEST]
    knots = [(x, y) for x, y in zip(bounds, heights, strict=True) if x > 0]
    x, y = np.array([(0.0, 0.0), *knots]).T
    return Curve(x, y)


def score(curve: Curve, share: Floats) -> Floats:
    """Read the index at each share; 0 at 0, 6 above the last knot."""
    found: Floats = np.interp(share, curve.x, curve.y)
    return found


def level(curve: Curve, share: Floats) -> Floats:
    """Read the whole level 0..6 at each share; level 2 holds both its ends, 0 % is always 0."""
    below, above = curve.x[(curve.y > 0) & (curve.y < 2)], curve.x[(curve.y > 2) & (curve.y < 6)]
    passed = np.searchsorted(below, share, "right") + np.searchsorted(above, share, "left")
    found = np.where(share > 0, np.floor(curve.y[1]) + passed, 0.0)
    return np.where(np.isnan(share), np.nan, found)


def estimate(
    answers: pd.DataFrame,
    curves: Mapping[str, Curve],
    members: Mapping[str, Sequence[str]],
    residents: pd.Series,
    by: str | pd.Series | None = None,
    *,
    whole_levels: bool = False,
) -> pd.DataFrame:
    """Score every measure in every domain from its pooled shares.

    Args:
        answers, residents, by: as in `shares.design`.
        curves: one for each question of the index.
        members: for each measure ("index", each group) its questions.
        whole_levels: score by whole levels, which have no error.

    Returns:
        One row per domain (`area` or `group`) and `measure`, columns as `shares.estimate`: `value`,
        `lower`, `upper` in 0..6, `n` the fewest answers to a question, `n_eff` Kish's, `df`
        effective, `deff` NaN. No value where a question has no answers, no error where none differ.
    """
    drawn = shares.design(answers, residents, by)
    found = shares.ratios(drawn, answers, list(curves))
    rise, bend, slack = _tangents(curves, found)
    read = level if whole_levels else score
    scores = np.column_stack(
        [read(own, share) for own, share in zip(curves.values(), found.share.T, strict=True)]
    )
    rows = []
    for questions in members.values():
        own = [place for place, question in enumerate(curves) if question in questions]
        effects = _effects(drawn, answers, list(curves), found, rise, own)
        n, value = found.n[:, own].min(axis=1), scores[:, own].mean(axis=1)
        known = (n > 1) & ~np.isnan(value) & (not whole_levels)
        variance = np.where(known, drawn.variance(effects), np.nan)
        df = np.minimum(found.df[:, own].min(axis=1), drawn.degrees(effects))
        error = variance + slack[:, own].sum(axis=1) / len(own) ** 2
        rows.append((value, np.sqrt(np.where(variance > 0, error, np.nan)), bend[:, own].mean(axis=1), n, df))
    columns = (np.column_stack(parts).ravel() for parts in zip(*rows, strict=True))
    return _bounded(drawn, list(members), *columns)


def _tangents(curves: Mapping[str, Curve], found: Ratios) -> tuple[Floats, Floats, Floats]:
    """Take each curve's slope, bend and what a straight line leaves out, (domains, questions).

    A curve's own slope jumps at its knots, and none is known where nobody names a problem. So it
    is read over 1.5 standard errors each way from the share (x + 1) / (n + 2): the chord's slope;
    half the second difference, by how much chance moves the mean score; and the variance that the
    slope does not carry, that of the bend and that of shares too near 0 or 1 to show theirs.
    """
    n = shares.effective_n(found.share, found.variance, found.n)
    share = (found.share * n + 1) / (n + 2)
    variance = share * (1 - share) / n
    reach = REACH * np.sqrt(variance)
    low, high = np.maximum(share - reach, 0.0), np.minimum(share + reach, 1.0)
    at_low, at_share, at_high = (
        np.column_stack([score(own, x) for own, x in zip(curves.values(), xs.T, strict=True)])
        for xs in (low, share, high)
    )
    rise = (at_high - at_low) / (high - low)
    turn = (at_high - at_share) / (high - share) - (at_share - at_low) / (share - low)
    bend = variance * turn / (high - low)
    slack = rise**2 * (variance - found.variance) + TOGETHER * bend**2
    return rise, bend, slack


def _effects(
    drawn: Design,
    answers: pd.DataFrame,
    questions: list[str],
    found: Ratios,
    rise: Floats,
    own: list[int],
) -> Floats:
    """Sum what a respondent's answers do to a measure, linearised (Särndal et al. 1992, §5.5)."""
    effects = np.zeros(len(drawn.rows))
    for at in own:
        with np.errstate(divide="ignore", invalid="ignore"):
            unit = drawn.of_members(rise[:, at] / (found.mass[:, at] * len(own)))
        share = drawn.of_members(found.share[:, at])
        named = answers[questions[at]].to_numpy(dtype=float)[drawn.rows]
        effects += np.nan_to_num(unit * drawn.weight * (named - share))
    return effects


def _bounded(
    drawn: Design,
    measures: list[str],
    value: Floats,
    se: Floats,
    bend: Floats,
    n: Floats,
    df: Floats,
) -> pd.DataFrame:
    """Lay out measures with intervals: t on the log scale, about the value less its bend."""
    middle = np.maximum(value - bend, SMALLEST)
    factor = np.exp(shares.quantile(df) * se / middle)
    keys = pd.MultiIndex.from_product([drawn.labels, measures], names=[drawn.labels.name, "measure"])
    return pd.DataFrame(
        {
            "value": value,
            "se": se,
            "lower": np.minimum(middle / factor, value),
            "upper": np.clip(middle * factor, value, HIGHEST),
            "n": n.astype(np.int64),
            "n_eff": n * drawn.evenness().repeat(len(measures)),
            "df": np.where(n > 0, df, np.nan),
            "deff": np.nan,
        },
        index=keys,
    ).reset_index()


def mean_of_areas(areas: pd.DataFrame, residents: pd.Series) -> pd.DataFrame:
    """Average the areas' measures, each area counting by its residents.

    Areas without a value are left out; the variance of those without an error is taken to be the
    average of the others', as R's `options(survey.lonely.psu = "average")`.

    Args:
        areas: `area`, `measure`, `value`, `se`, `n`, `n_eff`, `df`, as from `estimate`.

    Returns:
        One row per `measure`, columns as `estimate` (`group` is "").
    """
    there = areas.dropna(subset="value")
    part = there["area"].map(residents)
    part = part / part.groupby(there["measure"]).transform("sum")
    parts = there.assign(
        value=part * there["value"],
        se=(part * there["se"]) ** 2,
        share=part.where(there["se"].notna()) ** 2,
        df=there["n"] - 1,
        every=part**2,
    )
    sums = parts.groupby("measure", sort=False)[
        ["value", "se", "n", "n_eff", "df", "share", "every"]
    ].sum()
    se = np.sqrt((sums["se"] * sums["every"] / sums["share"]).where(sums["share"] > 0))
    margin = shares.quantile(sums["df"]) * se
    bounds = {
        "lower": (sums["value"] - margin).clip(lower=0.0),
        "upper": (sums["value"] + margin).clip(upper=HIGHEST),
    }
    kept = sums[["value", "n", "n_eff", "df"]].assign(group=EVERYONE, se=se, deff=np.nan, **bounds)
    return kept.reset_index()


def _clopper_pearson(share: float, answers: float) -> tuple[float, float]:
    yes, no = answers * share, answers * (1 - share)
    low = float(special.betaincinv(yes, no + 1, TAIL)) if share > 0 else 0.0
    high = float(special.betaincinv(yes + 1, no, 1 - TAIL)) if share < 1 else 1.0
    return low, high


def _width(share: float, answers: float) -> float:
    """Measure the interval at a boundary; one outside 0..1 has that of the nearest share."""
    low, high = _clopper_pearson(min(max(share, 0.0), 1.0), answers)
    return high - low
