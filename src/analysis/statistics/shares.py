"""Shares of a stratified sample and their uncertainty: coded answers in, estimates out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]
Mask = npt.NDArray[np.bool_]

TAIL = 0.025
TOGETHER = 5  # questions: 3**5 patterns of answers fit in a byte
CHUNK = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Hold every respondent's coded answers and the design they were drawn by.

    Attributes:
        stratum: (respondents,) codes 0..H-1.
        weight: (respondents,) residents that each respondent stands for.
        problem: (respondents, indicators) 1 problem, 0 no problem, -1 no answer.
        population: (H,) residents of each stratum.
    """

    stratum: Integers
    weight: Floats
    problem: npt.NDArray[np.int8]
    population: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Hold what a stratum gives to a variance: scale * (sum of squares - centre * sum²).

    A stratum with one respondent has no spread of its own: it is centred on the estimate, as R
    `survey` does with `options(survey.lonely.psu = "adjust")`.

    Attributes:
        size: (H,) respondents, whether or not they answered a certain question.
        scale: (H,) (1 - f) n / (n - 1), or 1 - f where n = 1; f = n / population.
        centre: (H,) 1 / n, or 0 where n = 1.
    """

    size: Integers
    scale: Floats
    centre: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Hold sums over those who answered, each (strata, indicators).

    Attributes:
        n, problems: people who answered, people who named a problem.
        w, wy: their sums of weights.
        w2, w2y: their sums of squared weights.
    """

    n: Floats
    problems: Floats
    w: Floats
    wy: Floats
    w2: Floats
    w2y: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ratio:
    """Hold shares and their variances, in one shape throughout.

    Attributes:
        share: 0..1, NaN without answers; exactly 0 or 1 where all answer alike.
        variance: linearised; NaN with fewer than two answers.
        n, df: answers, and answers less strata.
        w, w2: sums of weights and of squared weights.
    """

    share: Floats
    variance: Floats
    n: Floats
    df: Floats
    w: Floats
    w2: Floats


def design(sample: Sample) -> Design:
    """Find each stratum's size, scale and centre."""
    size = np.bincount(sample.stratum, minlength=len(sample.population))
    several = size > 1
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = np.clip(1 - np.where(size > 0, size / sample.population, 1.0), 0.0, 1.0)
    scale = kept * np.where(several, size / np.maximum(size - 1, 1), 1.0)
    return Design(size, scale, several / np.maximum(size, 1))


def sums(sample: Sample, member: Mask | None = None) -> Sums:
    """Sum counts, weights and squared weights by stratum and indicator, in the domain."""
    rows = slice(None) if member is None else np.flatnonzero(member)
    strata, indicators = len(sample.population), sample.problem.shape[1]
    common = _common_weight(sample)
    weight = sample.weight[rows]
    powers = (None,) if common is not None else (None, weight, weight * weight)
    found = np.empty((3, 2, strata, indicators))
    for start in range(0, indicators, TOGETHER):
        columns = np.arange(start, min(start + TOGETHER, indicators))
        patterns = answer_patterns(len(columns))
        counted = np.hstack([patterns > 0, patterns == 2]).astype(float)
        cell = answer_cell(sample, columns, rows)
        for order, power in enumerate(powers):
            by_pattern = np.bincount(cell, power, strata * len(patterns)).reshape(strata, -1)
            summed = (by_pattern @ counted).reshape(strata, 2, -1)
            found[order][:, :, columns] = summed.swapaxes(0, 1)
    if common is not None:
        found[1], found[2] = found[0] * common[:, None], found[0] * common[:, None] ** 2
    return Sums(*found.reshape(6, strata, indicators))


def add_by_stratum(total: Floats, stratum: Integers, values: Floats) -> None:
    """Add (rows, respondents) to the totals (rows, H); quickest where they are in order."""
    if (stratum[1:] < stratum[:-1]).any():
        for own, row in zip(total, values, strict=True):
            own += np.bincount(stratum, row, len(own))
        return
    first = np.flatnonzero(np.diff(stratum, prepend=-1))
    total[:, stratum[first]] += np.add.reduceat(values, first, axis=1)


def answer_cell(
    sample: Sample, columns: Integers, rows: Integers | slice = slice(None)
) -> npt.NDArray[np.intp]:
    """Number each respondent's stratum and answers to at most five questions in one code.

    Returns:
        (respondents,) stratum * 3**k + the row of `answer_patterns(k)` that was answered; one
        pass over the respondents then serves k questions.
    """
    pattern = np.zeros(len(sample.stratum[rows]), np.int8)
    for place, column in enumerate(columns):
        pattern += sample.problem[rows, column] * np.int8(3**place)
    patterns = 3 ** len(columns)
    cell: npt.NDArray[np.intp] = np.multiply(sample.stratum[rows], patterns, dtype=np.intp)
    cell += patterns // 2
    cell += pattern
    return cell


def answer_patterns(questions: int) -> npt.NDArray[np.intp]:
    """List all answers to some questions, (3**questions, questions): 0 none, 1 no, 2 problem."""
    return np.indices((3,) * questions).reshape(questions, -1)[::-1].T


def of_areas(sample: Sample) -> Ratio:
    """Estimate every stratum's shares, (strata, indicators).

    Within a stratum the linearised values sum to 0: the variance is scale * sum w² (y - p)² / w².
    """
    own, scale = sums(sample), design(sample).scale[:, None]
    share = _share(own.wy, own.w, own.problems, own.n)
    squares = own.w2y * (1 - 2 * share) + share**2 * own.w2
    variance = _variance(scale * squares, own.w, own.problems, own.n)
    return Ratio(share, variance, own.n, own.n - 1, own.w, own.w2)


def of_domain(sample: Sample, member: Mask | None = None) -> Ratio:
    """Estimate the members' (everyone's) shares over all strata, (indicators,)."""
    return _pooled(_parts(sums(sample, member), design(sample)).sum(axis=1))


def of_rest(sample: Sample) -> Ratio:
    """Estimate, for every stratum, the shares in all the others, (strata, indicators)."""
    parts = _parts(sums(sample), design(sample))
    return _pooled(parts.sum(axis=1, keepdims=True) - parts)


def by_area(sample: Sample) -> pd.DataFrame:
    """Estimate every indicator's share in every stratum.

    Returns:
        One row per `area` (stratum code) and `indicator` (column), sorted, with `value`, `lower`,
        `upper` in 0..1, `se`, `n`, `n_eff`, `df`, `deff`. Without answers all but `n` are NaN;
        with one answer there is a value, but no error or interval.
    """
    return estimates(of_areas(sample))


def by_domain(sample: Sample, member: Mask | None = None) -> pd.DataFrame:
    """Estimate every indicator's share among the members, or among everyone.

    Ratio estimator over strata; those outside the domain stay in the variance as zeros (R's
    `svyby`, Lumley 2010 §2.5). The degrees of freedom are answers less strata in the domain.

    Args:
        member: (respondents,) who belongs to the domain.

    Returns:
        One row per `indicator`, columns as `by_area`.
    """
    return estimates(of_domain(sample, member))


def estimates(found: Ratio) -> pd.DataFrame:
    """Bound shares and lay them out, one row each, as `by_area` (two axes) or `by_domain` (one)."""
    keys = dict(zip(("area", "indicator")[-found.n.ndim :], np.indices(found.n.shape), strict=True))
    share, variance, n, df = (x.ravel() for x in (found.share, found.variance, found.n, found.df))
    lower, upper = interval(share, variance, n, df)
    simple = np.where(share * (1 - share) > 0, share * (1 - share), np.nan)
    return pd.DataFrame(
        {
            **{key: codes.ravel() for key, codes in keys.items()},
            "value": share,
            "se": np.sqrt(variance),
            "lower": lower,
            "upper": upper,
            "n": n.astype(np.int64),
            "n_eff": effective_n(share, variance, n),
            "df": np.where(n > 0, df, np.nan),
            "deff": variance * (n - 1) / simple,
        }
    )


def interval(share: Floats, variance: Floats, n: Floats, df: Floats) -> tuple[Floats, Floats]:
    """Bound a share at 95 % (Korn & Graubard 1998; R's `svyciprop(method = "beta")`).

    Clopper–Pearson at the effective number of answers, share (1 - share) / variance (n where the
    variance is 0), times (t at n - 1 / t at df)². NaN where the variance or the df is missing.
    """
    effective = effective_n(share, variance, n)
    differ = df != n - 1
    effective[differ] *= (_quantile(n[differ] - 1) / _quantile(df[differ])) ** 2
    yes, no = effective * share, effective * (1 - share)
    lower, upper = np.full_like(share, np.nan), np.full_like(share, np.nan)
    known = np.isfinite(effective) & (df > 0)
    lower[known & (share == 0)], upper[known & (share == 1)] = 0.0, 1.0
    some, most = known & (share > 0), known & (share < 1)
    lower[some] = on_every_core(special.betaincinv, TAIL, yes[some], no[some] + 1)
    upper[most] = on_every_core(special.betaincinv, 1 - TAIL, yes[most] + 1, no[most])
    return lower, upper


def on_every_core(quantile: Callable[..., Floats], tail: float, *parameters: Floats) -> Floats:
    """Find a quantile of many distributions in parts; nothing else takes as much of the time."""
    starts = range(0, max(len(parameters[0]), 1), CHUNK)
    with ThreadPoolExecutor() as cores:
        parts = cores.map(
            lambda start: quantile(*(each[start : start + CHUNK] for each in parameters), tail),
            starts,
        )
        return np.concatenate(list(parts))


def effective_n(share: Floats, variance: Floats, n: Floats) -> Floats:
    """Count the answers of a simple random sample with this variance; n where that is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(variance == 0, n, share * (1 - share) / variance)
    return found


def _common_weight(sample: Sample) -> Floats | None:
    """Find each stratum's weight where all its respondents have the same; otherwise None."""
    common = np.zeros(len(sample.population))
    common[sample.stratum] = sample.weight
    return common if (common[sample.stratum] == sample.weight).all() else None


def _parts(own: Sums, drawn: Design) -> Floats:
    """Split the ratio estimator and its variance into terms that add up over strata.

    With z = wy - p w, a stratum's term is scale * (sum z² - centre (sum z)²) = yy - 2p yw + p² ww.
    """
    scale, centre = drawn.scale[:, None], drawn.centre[:, None]
    yy = scale * (own.w2y - centre * own.wy**2)
    yw = scale * (own.w2y - centre * own.wy * own.w)
    ww = scale * (own.w2 - centre * own.w**2)
    return np.stack([own.n, own.problems, own.n > 0, own.w, own.wy, own.w2, yy, yw, ww])


def _pooled(parts: Floats) -> Ratio:
    """Estimate from summed parts, (9, …)."""
    n, problems, strata, w, wy, w2, yy, yw, ww = parts
    share = _share(wy, w, problems, n)
    squares = np.maximum(yy - 2 * share * yw + share**2 * ww, 0.0)
    return Ratio(share, _variance(squares, w, problems, n), n, n - strata, w, w2)


def _share(wy: Floats, w: Floats, problems: Floats, n: Floats) -> Floats:
    """Divide the weights, but let the counts say who is alone in an answer, free of rounding."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(n > 0, np.where(problems == n, 1.0, wy / w), np.nan)
    return np.where((problems == 0) & (n > 0), 0.0, share)


def _variance(squares: Floats, w: Floats, problems: Floats, n: Floats) -> Floats:
    """Divide by w²: exactly 0 where all answer alike, missing where n < 2."""
    alike = (problems == 0) | (problems == n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n < 2, np.nan, np.where(alike, 0.0, squares / w**2))


def _quantile(df: Floats) -> Floats:
    found: Floats = special.stdtrit(np.where(df > 0, df, np.nan), 1 - TAIL)
    return found
