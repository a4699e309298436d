"""The problem index 0–6, a labelled reconstruction: answers and level curves in, index out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.statistics import shares
from analysis.statistics.shares import Design, Floats, Ratios

HIGHEST = 6.0
HEIGHTS = np.array([0.5, 1.5, 2.5, 3.5, 4.5, 5.5, HIGHEST])
REACH = 1.5
TOGETHER = 4.0  # of bend²: more than the own (REACH² - 1), as answers, and so bends, hang together
SMALLEST = 0.02


class Curve(NamedTuple):
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
    """
    low, high = shares.clopper_pearson(normal_share, answers)
    first = normal_share - breadth * (normal_share - low)
    bounds = [first - _width(first, answers), first]
    bounds.append(normal_share + breadth * (high - normal_share))
    while len(bounds) < len(HEIGHTS):
        bounds.append(bounds[-1] + _width(bounds[-1], answers))
    x = np.array(bounds)
    return Curve(np.append(0.0, x[x > 0]), np.append(0.0, HEIGHTS[x > 0]))


def _width(share: Floats, answers: float) -> Floats:
    """Measure the interval at a boundary; one outside 0..1 has that of the nearest share."""
    low, high = shares.clopper_pearson(np.clip(share, 0.0, 1.0), answers)
    return np.asarray(high - low)


def score(curve: Curve, share: Floats) -> Floats:
    """Read the index at each share; 0 at 0, 6 above the last knot."""
    return np.asarray(np.interp(share, curve.x, curve.y))


def level(curve: Curve, share: Floats) -> Floats:
    """Read the whole level 0..6 at each share; level 2 holds both its ends, 0 % is always 0."""
    below, above = curve.x[(curve.y > 0) & (curve.y < 2)], curve.x[(curve.y > 2) & (curve.y < 6)]
    passed = np.searchsorted(below, share, "right") + np.searchsorted(above, share, "left")
    found = np.where(share > 0, np.floor(curve.y[1]) + passed, 0.0)
    return np.where(np.isnan(share), np.nan, found)


def estimate(
    asked: Ratios,
    curves: Mapping[str, Curve],
    members: Mapping[str, Sequence[str]],
    *,
    whole_levels: bool = False,
) -> pd.DataFrame:
    """Score every measure in every domain from its pooled shares.

    Args:
        asked: the shares of these questions, and of others perhaps.
        curves, members: one for each question of the index; for each measure its questions.
        whole_levels: score by whole levels, which have no error.

    Returns:
        One row per domain (`area` or `group`) and `measure`, columns as `shares.estimate`: `value`,
        `lower`, `upper` in 0..6, `n` the fewest answers to a question, `n_eff` Kish's, `df`
        effective. No value where a question has no answers, no error where none differ.
    """
    found = asked.of(curves)
    rise, bend, slack = (np.nan_to_num(part) for part in tangents(curves, found))
    part = np.array([[key in own for key in curves] for own in members.values()], dtype=float)
    part = part.reshape(len(members), len(curves)) / part.sum(axis=-1, keepdims=True)
    fewest = np.where(part > 0, np.stack([found.n, found.df])[:, :, None], np.inf)
    n, df = fewest.min(axis=3, initial=np.inf)
    scores = np.nan_to_num(_read(curves, found.share, whole_levels=whole_levels))
    value = np.where(n > 0, scores @ part.T, np.nan)
    drawn = found.drawn
    variance, free = _errors(drawn, _effects(found, rise, part))
    is_known = (variance > 0) & (n > 1) & (not whole_levels)
    se = np.where(is_known, np.sqrt(variance + slack @ part.T**2), np.nan)
    df = np.minimum(df, free)
    bounds = _interval(value, bend @ part.T, se, df)
    return shares.framed(drawn, [*members], value, se, *bounds, n, n * _evenness(drawn), df)


def _read(curves: Mapping[str, Curve], share: Floats, *, whole_levels: bool = False) -> Floats:
    """Read each question's curve at its shares, (…, questions)."""
    read = level if whole_levels else score
    pairs = zip(curves.values(), share.T, strict=True)
    return np.array([read(own, one) for own, one in pairs]).reshape(share.T.shape).T


def tangents(curves: Mapping[str, Curve], found: Ratios) -> tuple[Floats, Floats, Floats]:
    """Take each curve's rise, its bend and what a straight line leaves out, (domains, questions).

    A curve's slope jumps at its knots, and a sample in which nobody names a problem shows none. So
    it is read over 1.5 standard errors each way from the share (x + 1) / (n + 2): the chord's rise;
    the bend, by which chance moves the mean score (half the second difference); and the variance
    besides: that of the bend, and that of shares so near 0 or 1 that they hide theirs.
    """
    n = shares.effective_n(found.share, found.variance, found.n)
    share = (found.share * n + 1) / (n + 2)
    variance = share * (1 - share) / n
    reach = REACH * np.sqrt(variance)
    low, high = np.maximum(share - reach, 0.0), np.minimum(share + reach, 1.0)
    at_low, at_share, at_high = (_read(curves, one) for one in (low, share, high))
    rise = (at_high - at_low) / (high - low)
    turn = (at_high - at_share) / (high - share) - (at_share - at_low) / (share - low)
    bend = variance * turn / (high - low)
    return rise, bend, rise**2 * (variance - found.variance) + TOGETHER * bend**2


def _effects(found: Ratios, rise: Floats, part: Floats) -> Floats:
    """Sum what a respondent's answers do to a measure, linearised (Särndal et al. 1992, §5.5)."""
    drawn = found.drawn
    effects = np.zeros((len(part), len(drawn.rows)))
    unit = np.divide(rise, found.mass, where=found.mass > 0, out=np.zeros_like(rise))
    for at, question in enumerate(found.questions):
        named = found.answers[question].to_numpy(dtype=float)[drawn.rows]
        named -= drawn.of_member(found.share[:, at])
        effect = np.nan_to_num(drawn.of_member(unit[:, at]) * drawn.weight * named)
        for measure in np.flatnonzero(part[:, at]):
            effects[measure] += part[measure, at] * effect
    return effects


def _errors(drawn: Design, effects: Floats) -> tuple[Floats, Floats]:
    """Find each variance and its df: n - 1 of normal effects, fewer where a few are large.

    Satterthwaite's, from the fourth moments.
    """
    n = drawn.total(np.ones_like(drawn.weight))
    variance, df = np.empty((2, len(n), len(effects)))
    for at, effect in enumerate(effects):
        squares = drawn.by_domain(drawn.scale * drawn.by_cell(effect**2))
        fourths = drawn.by_domain(drawn.scale**2 * drawn.by_cell(effect**4))
        with np.errstate(divide="ignore", invalid="ignore"):
            df[:, at] = 2 / np.maximum(fourths / squares**2 - 1 / n, 2 / n**2)
        variance[:, at] = drawn.variance(effect)
    return variance, df


def _evenness(drawn: Design) -> Floats:
    """Divide Kish's effective number of members by their number, (D, 1)."""
    n, total, squares = (drawn.total(drawn.weight**power) for power in (0, 1, 2))
    return (total**2 / np.where(n > 0, n * squares, np.nan))[:, None]


def _interval(value: Floats, bend: Floats, se: Floats, df: Floats) -> tuple[Floats, Floats]:
    """Bound a measure at 95 %: t on the log scale, about the value less half its bend.

    The whole bend, read over so wide a reach, is more than chance moves the mean: see coverage.py.
    What a margin is more than half of the value is added straight: on the log scale a few answers
    would make an index of few questions reach from 0 to 6.
    """
    middle = np.maximum(value - bend / 2, SMALLEST)
    margin = shares.quantile(df) * se
    straight = np.maximum(margin - middle / 2, 0.0)
    factor = np.exp((margin - straight) / middle)
    lower, upper = middle / factor - straight, middle * factor + straight
    return np.clip(lower, 0.0, value), np.clip(upper, value, HIGHEST)


def mean_of_areas(areas: pd.DataFrame, residents: pd.Series) -> pd.DataFrame:
    """Average the areas' measures, each area counting by its residents.

    Areas without a value are left out; the variance of those without an error is taken to be the
    average of the others', as R's `options(survey.lonely.psu = "average")`.

    Returns:
        One row per `measure`, columns as `estimate` (`group` is "").
    """
    there = areas.dropna(subset="value")
    by = there["measure"]
    part = there["area"].map(residents)
    part = part / part.groupby(by).transform("sum")
    variance = (there["se"] ** 2).fillna((there["se"] ** 2).groupby(by).transform("mean"))
    parts = there.assign(value=part * there["value"], se=part**2 * variance, df=there["n"] - 1)
    found = parts.groupby("measure", sort=False)[["value", "se", "n", "n_eff", "df"]].sum()
    se = np.sqrt(found["se"].where(found["se"] > 0))
    margin = shares.quantile(found["df"].to_numpy(float)) * se
    bounds = {"lower": found["value"] - margin, "upper": found["value"] + margin}
    kept = found.assign(se=se, **{name: bound.clip(0, HIGHEST) for name, bound in bounds.items()})
    return kept.reset_index().assign(group="")
