"""The problem index 0–6, a labelled reconstruction: coded answers and level curves in, index out.

Every frame has a `measure` (a key of `members`), `value`, `lower`, `upper` in 0..6, `se`, `n`
(fewest answers over the members), `n_eff` (Kish's, fewest over the members), `df`, and `deff`
(always missing: an index has no simple random counterpart). Where no respondents differ, and for
whole levels, there is a value but no error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.statistics import comparison as change
from analysis.statistics import shares
from analysis.statistics.shares import TAIL, Design, Floats, Integers, Mask, Ratio, Sample

HIGHEST = 6.0
REACH = 1.5
BLOCK = 1 << 15

Members = Mapping[str, Integers]


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
    """Draw the curve of an indicator whose national normal share is known.

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


def slope(curve: Curve, share: Floats, reach: Floats | float = 1e-9) -> Floats:
    """Read the index's mean rise per unit of share, from `reach` below the share to above it."""
    low, high = np.maximum(share - reach, 0.0), share + reach
    return (score(curve, high) - score(curve, low)) / (high - low)


def by_area(
    sample: Sample,
    curves: Sequence[Curve],
    members: Members,
    *,
    integer: bool = False,
    own: Ratio | None = None,
) -> pd.DataFrame:
    """Score every measure in every stratum; missing where a member has no answers.

    The standard error is linearised (Särndal, Swensson & Wretman 1992, §5.5).

    Args:
        curves: one for each indicator column.
        members: for each measure, its indicator columns.
        own: `shares.of_areas(sample)`, where it is at hand.

    Returns:
        One row per `area` (stratum code) and `measure`, sorted by area.
    """
    own, drawn = own or shares.of_areas(sample), shares.design(sample)
    _, squares = _moments(sample, _influence(curves, own), members)
    return _estimates(curves, own, drawn.scale[:, None] * squares, members, integer=integer)


def by_domain(
    sample: Sample,
    curves: Sequence[Curve],
    members: Members,
    member: Mask | None = None,
    *,
    integer: bool = False,
) -> pd.DataFrame:
    """Score every measure from the pooled shares of a domain, or of everyone.

    Returns:
        One row per `measure`.
    """
    own, drawn = shares.of_domain(sample, member), shares.design(sample)
    influence = np.repeat(_influence(curves, own)[:, None], len(drawn.size), axis=1)
    variance = _stratified(_moments(sample, influence, members, member), drawn).sum(axis=0)
    return _estimates(curves, own, variance, members, integer=integer)


def mean_of_areas(areas: pd.DataFrame, population: Floats) -> pd.DataFrame:
    """Average the areas' indices, each area counting by its residents.

    Areas without an index are left out; the variance of those without an error is taken to be
    the average of the others', as R's `options(survey.lonely.psu = "average")`.

    Args:
        areas: as from `by_area`.
        population: (H,) residents.

    Returns:
        One row per `measure`.
    """
    measures = list(dict.fromkeys(areas["measure"]))
    value, se, n, n_eff = (
        areas[column].to_numpy(dtype=float).reshape(-1, len(measures))
        for column in ("value", "se", "n", "n_eff")
    )
    there = ~np.isnan(value)
    part = np.where(there, population[:, None], 0.0)
    part = part / part.sum(axis=0)
    known = there & ~np.isnan(se)
    variance = np.where(known, (part * se) ** 2, 0.0).sum(axis=0)
    variance *= there.sum(axis=0) / np.where(known.any(axis=0), known.sum(axis=0), np.nan)
    return _frame(
        measures,
        np.where(there, part * value, 0.0).sum(axis=0),
        variance,
        np.where(there, n, 0).sum(axis=0),
        np.where(there, n_eff, 0).sum(axis=0),
        np.where(there, n - 1, 0).sum(axis=0),
    )


def against_rest(sample: Sample, curves: Sequence[Curve], members: Members) -> pd.DataFrame:
    """Test every stratum's index against the index of all the others pooled.

    Returns:
        One row per `area` and `measure`: `rest` (the others' index), and the area less the rest
        as from `change.difference`.
    """
    others, drawn = shares.of_rest(sample), shares.design(sample)
    influence = _influence(curves, others)
    variance = _quadratic(_covariance(sample, drawn), influence, members)
    variance -= _stratified(_moments(sample, influence, members), drawn)
    rest = _estimates(curves, others, variance, members)
    areas = by_area(sample, curves, members)
    keys = areas[["area", "measure"]].assign(rest=rest["value"])
    return pd.concat([keys, change.difference(areas, rest)], axis=1)


def _clopper_pearson(share: float, answers: float) -> tuple[float, float]:
    yes, no = answers * share, answers * (1 - share)
    low = float(special.betaincinv(yes, no + 1, TAIL)) if share > 0 else 0.0
    high = float(special.betaincinv(yes + 1, no, 1 - TAIL)) if share < 1 else 1.0
    return low, high


def _width(share: float, answers: float) -> float:
    """Measure the interval at a boundary; one outside 0..1 has that of the nearest share."""
    low, high = _clopper_pearson(min(max(share, 0.0), 1.0), answers)
    return high - low


def _influence(curves: Sequence[Curve], found: Ratio) -> Floats:
    """Find what a unit of weight adds to an indicator's index: (no or yes, …, indicators).

    The slope is the mean one within 1.5 standard errors of the share. The slope at the very share
    would jump at the knots; this one keeps within 5 % of the bootstrap from 50 answers.
    """
    reach = np.maximum(REACH * np.sqrt(found.variance), 1e-9)
    rise = [
        slope(own, found.share[..., at], reach[..., at])
        / np.where(found.n > 0, found.w, 1)[..., at]
        for at, own in enumerate(curves)
    ]
    influence = np.stack(rise, axis=-1)
    return np.nan_to_num(np.stack([-influence * found.share, influence * (1 - found.share)]))


def _moments(
    sample: Sample, influence: Floats, members: Members, member: Mask | None = None
) -> Floats:
    """Sum the respondents' influence on each measure, and its square: (2, strata, measures)."""
    effects = []
    for measures, columns in _together(members):
        patterns = shares.answer_patterns(len(columns))
        answers = np.hstack([patterns == 1, patterns == 2]).astype(float)
        by_pattern = np.hstack(list(influence[:, :, columns])) @ answers.T
        effects.append((measures, columns, by_pattern.ravel()))
    found = np.zeros((2, len(members), len(sample.population)))
    for start in range(0, len(sample.stratum), BLOCK):
        rows = slice(start, start + BLOCK)
        weight = sample.weight[rows] if member is None else sample.weight[rows] * member[rows]
        z = np.zeros((len(members), len(weight)))
        for measures, columns, effect in effects:
            added = effect.take(shares.answer_cell(sample, columns, rows)) * weight
            for measure in measures:
                z[measure] += added
        shares.add_by_stratum(found[0], sample.stratum[rows], z)
        shares.add_by_stratum(found[1], sample.stratum[rows], z * z)
    size = np.array([len(columns) for columns in members.values()])
    return np.stack([found[0].T / size, found[1].T / size**2])


def _together(members: Members) -> Iterator[tuple[list[int], Integers]]:
    """Part the indicators into handfuls that belong to the same measures, by place."""
    measures_of: dict[int, list[int]] = {}
    for place, columns in enumerate(members.values()):
        for column in columns:
            measures_of.setdefault(int(column), []).append(place)
    alike: dict[tuple[int, ...], list[int]] = {}
    for column, measures in measures_of.items():
        alike.setdefault(tuple(measures), []).append(column)
    for shared, own in alike.items():
        for start in range(0, len(own), shares.TOGETHER):
            yield list(shared), np.array(own[start : start + shares.TOGETHER])


def _stratified(moments: Floats, drawn: Design) -> Floats:
    """Turn sums and squares into each stratum's part of the variance, (strata, measures)."""
    found, squares = moments
    parts: Floats = drawn.scale[:, None] * (squares - drawn.centre[:, None] * found**2)
    return parts


def _covariance(sample: Sample, drawn: Design) -> Floats:
    """Estimate the covariance of all totals of (problem weight, weight), (2 indicators) square."""
    own = shares.sums(sample)
    totals = np.hstack([own.wy, own.w])
    found = -(totals.T * (drawn.scale * drawn.centre)) @ totals
    root = sample.weight * np.sqrt(drawn.scale)[sample.stratum]
    for start in range(0, len(root), BLOCK):
        answers = sample.problem[start : start + BLOCK]
        block = np.hstack([answers == 1, answers >= 0]) * root[start : start + BLOCK, None]
        found += block.T @ block
    return found


def _quadratic(covariance: Floats, influence: Floats, members: Members) -> Floats:
    """Find each measure's variance when totals have this covariance, (strata, measures)."""
    no, yes = influence
    found = []
    for columns in members.values():
        at = np.concatenate([columns, no.shape[1] + np.asarray(columns)])
        factor = np.hstack([(yes - no)[:, columns], no[:, columns]]) / len(columns)
        found.append(((factor @ covariance[np.ix_(at, at)]) * factor).sum(axis=1))
    return np.column_stack(found)


def _estimates(
    curves: Sequence[Curve],
    found: Ratio,
    variance: Floats,
    members: Members,
    *,
    integer: bool = False,
) -> pd.DataFrame:
    """Score shares (…, indicators) whose measures have this variance (…, measures)."""
    reading = level if integer else score
    read = np.stack([reading(own, found.share[..., at]) for at, own in enumerate(curves)], axis=-1)
    with np.errstate(invalid="ignore"):
        kish = found.w**2 / np.where(found.n > 0, found.w2, np.nan)
    value = np.stack([read[..., columns].mean(axis=-1) for columns in members.values()], axis=-1)
    n, n_eff, df = (
        np.stack([counts[..., columns].min(axis=-1) for columns in members.values()], axis=-1)
        for counts in (found.n, kish, found.df)
    )
    unknown = (n < 2) | np.isnan(value) | integer
    return _frame(list(members), value, np.where(unknown, np.nan, variance), n, n_eff, df)


def _frame(
    measures: list[str], value: Floats, variance: Floats, n: Floats, n_eff: Floats, df: Floats
) -> pd.DataFrame:
    """Bound (areas, measures) or (measures,) by the t distribution within 0..6."""
    se = np.sqrt(np.where(variance > 0, variance, np.nan))
    margin = special.stdtrit(np.where(df > 0, df, np.nan), 1 - TAIL) * se
    columns = {
        "value": value,
        "se": se,
        "lower": np.clip(value - margin, 0.0, HIGHEST),
        "upper": np.clip(value + margin, 0.0, HIGHEST),
        "n": n.astype(np.int64),
        "n_eff": n_eff,
        "df": np.where(n > 0, df, np.nan),
        "deff": np.full_like(value, np.nan),
    }
    *area, at = (codes.ravel() for codes in np.indices(value.shape))
    found = pd.DataFrame({name: column.ravel() for name, column in columns.items()})
    found.insert(0, "measure", np.array(measures, dtype=object)[at])
    return found.assign(area=area[0])[["area", *found]] if area else found
