"""Shares of a stratified sample of persons: answers in, one row per domain and question out.

`answers` has one row per respondent: `area` (the stratum), `weight` (residents that the respondent
stands for), splits, and one float column per question: 1 problem, 0 no problem, NaN no answer.
A domain is any part of the respondents: an area, a group of people, areas together, everyone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

TAIL = 0.025
EVERYONE = ""


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Place each respondent in a cell: a domain's part of a stratum.

    A stratum with one respondent has no spread of its own: it is centred on the estimate, as R
    `survey` does with `options(survey.lonely.psu = "adjust")`.

    Attributes:
        rows: (members,) row numbers in `answers` of those who belong to a domain.
        weight: (members,) residents that each of them stands for.
        cell: (members,) their cells, 0..C-1.
        domain: (C,) the cell's domain, 0..D-1.
        scale: (C,) of the cell's stratum: (1 - f) n / (n - 1), or 1 - f where n = 1; f = n / N.
        centre: (C,) of the cell's stratum: 1 / n, or 0 where n = 1.
        labels: (D,) the domains, named "area" where they are the strata, else "group".
    """

    rows: Codes
    weight: Floats
    cell: Codes
    domain: Codes
    scale: Floats
    centre: Floats
    labels: pd.Index

    def by_cell(self, values: npt.ArrayLike) -> Floats:
        """Sum the members' values in each cell, (C,)."""
        return np.bincount(self.cell, values, len(self.domain))

    def by_domain(self, parts: Floats) -> Floats:
        """Sum the cells' parts in each domain, (D,)."""
        return np.bincount(self.domain, parts, len(self.labels))

    def of_members(self, by_domain: Floats) -> Floats:
        """Give each member the value of the own domain, (members,)."""
        own: Floats = by_domain[self.domain][self.cell]
        return own

    def variance(self, effects: Floats) -> Floats:
        """Estimate the variance of each domain's sum of effects, (D,).

        Those outside the domain count as zeros in their stratum (Lumley 2010, §2.5).
        """
        total, squares = self.by_cell(effects), self.by_cell(effects * effects)
        return self.by_domain(self.scale * np.maximum(squares - self.centre * total**2, 0.0))

    def degrees(self, effects: Floats) -> Floats:
        """Find the effective df of `variance`, fewer where a few have large effects, (D,).

        Satterthwaite's with the fourth moments: n - 1 if the effects are normal.
        """
        n = self.by_domain(self.by_cell(np.ones_like(effects)))
        squares = self.by_domain(self.scale * self.by_cell(effects**2))
        fourths = self.by_domain(self.scale**2 * self.by_cell(effects**4))
        with np.errstate(divide="ignore", invalid="ignore"):
            return 2 / np.maximum(fourths / squares**2 - 1 / n, 2 / n**2)

    def evenness(self) -> Floats:
        """Divide Kish's effective number of members by their number, (D,)."""
        n, total, squares = (self.by_domain(self.by_cell(self.weight**k)) for k in (0, 1, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            return total**2 / (n * squares)


@dataclass(frozen=True, slots=True, eq=False)
class Ratios:
    """Hold the estimated shares of some questions, each array (domains, questions).

    Attributes:
        share: 0..1, NaN without answers; exactly 0 or 1 where all answer alike.
        variance: linearised; 0 where all answer alike, NaN with fewer than two answers.
        n, df: answers, and answers less the strata that they come from.
        mass: sum of the weights of those who answered.
    """

    share: Floats
    variance: Floats
    n: Floats
    df: Floats
    mass: Floats


def design(
    answers: pd.DataFrame, residents: pd.Series, by: str | pd.Series | None = None
) -> Design:
    """Lay out a stratified sample of persons for the estimation of domains.

    Args:
        answers: see the module; no clusters, no households.
        residents: residents by area, the index holding every area once.
        by: a column of `answers`, or a label for each of its rows (missing: in no domain), or
            None for everyone as one domain.

    Raises:
        ValueError: a respondent's area has no residents, or fewer than have answered.
    """
    stratum = residents.index.get_indexer(answers["area"])
    size = np.bincount(stratum[stratum >= 0], minlength=len(residents))
    people = residents.to_numpy(dtype=float)
    if (stratum < 0).any() or not (people >= size)[size > 0].all():
        raise ValueError("an area has answers but no residents, or more answers than residents")
    code, labels = _domains(answers, residents, by)
    rows = np.flatnonzero(code >= 0)
    own = stratum[rows] * len(labels) + code[rows]
    cells, cell = np.unique(own, return_inverse=True)
    of_cell = cells // max(len(labels), 1)
    n = size[of_cell]
    several = n > 1
    return Design(
        rows,
        answers["weight"].to_numpy(dtype=float)[rows],
        cell,
        cells % max(len(labels), 1),
        (1 - n / people[of_cell]) * np.where(several, n / np.maximum(n - 1, 1), 1.0),
        several / n,
        labels,
    )


def _domains(
    answers: pd.DataFrame, residents: pd.Series, by: str | pd.Series | None
) -> tuple[Codes, pd.Index]:
    """Number the domains and find each respondent's; every area is one, with or without answers."""
    if isinstance(by, str) and by == "area":
        codes: Codes = residents.index.get_indexer(answers["area"])
        return codes, residents.index.rename("area")
    if by is None:
        return np.zeros(len(answers), np.intp), pd.Index([EVERYONE], name="group")
    labels = pd.Categorical(answers[by] if isinstance(by, str) else by)
    return labels.codes.astype(np.intp), labels.categories.rename("group")


def ratios(drawn: Design, answers: pd.DataFrame, questions: Sequence[str]) -> Ratios:
    """Estimate the share of the domain's answers that name the problem, and its variance.

    The ratio of two weighted sums; the variance is that of the linearised values
    w (y - p) / sum of w (Särndal, Swensson & Wretman 1992, §5.6).
    """
    found = [_ratio(drawn, answers[question].to_numpy(dtype=float)) for question in questions]
    if not found:
        return Ratios(*np.empty((5, len(drawn.labels), 0)))
    return Ratios(*(np.column_stack(parts) for parts in zip(*found, strict=True)))


def _ratio(drawn: Design, answer: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    named = answer[drawn.rows]
    asked = ~np.isnan(named)
    named[~asked] = 0.0
    counted = drawn.by_cell(asked)
    n, problems = drawn.by_domain(counted), drawn.by_domain(drawn.by_cell(named))
    weight = drawn.weight * asked
    mass, found = (drawn.by_domain(drawn.by_cell(part)) for part in (weight, weight * named))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(problems == n, n / n, np.where(problems == 0, 0.0, found / mass))
        alike = (share == 0) | (share == 1)
        squares = drawn.variance(weight * (named - drawn.of_members(share))) / mass**2
    variance = np.where(n < 2, np.nan, np.where(alike, 0.0, squares))
    return share, variance, n, n - drawn.by_domain(counted > 0), mass


def estimate(
    answers: pd.DataFrame,
    questions: Sequence[str],
    residents: pd.Series,
    by: str | pd.Series | None = None,
) -> pd.DataFrame:
    """Estimate every question's share in every domain, as R's `svyby` and `svyciprop("beta")`.

    Args:
        answers, residents, by: as in `design`.
        questions: columns of `answers`.

    Returns:
        One row per domain (`area` where `by` is "area", else `group`, "" for everyone) and
        `measure`, in that order: `value`, `lower`, `upper` in 0..1, `se`, `n`, `n_eff`, `df`,
        `deff`. Without answers all but `n` are NaN; with one there is a value, but no error.
    """
    drawn = design(answers, residents, by)
    return bounded(ratios(drawn, answers, questions), drawn.labels, questions)


def bounded(found: Ratios, labels: pd.Index, questions: Sequence[str]) -> pd.DataFrame:
    """Lay out ratios as `estimate` returns them, with their intervals."""
    share, variance, n, df, _ = (
        part.ravel() for part in (found.share, found.variance, found.n, found.df, found.mass)
    )
    lower, upper = interval(share, variance, n, df)
    simple = np.where(share * (1 - share) > 0, share * (1 - share), np.nan)
    return pd.DataFrame(
        {
            labels.name: labels.repeat(len(questions)),
            "measure": np.tile(np.array(questions, dtype=object), len(labels)),
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
    effective[differ] *= (quantile(n[differ] - 1) / quantile(df[differ])) ** 2
    effective[~(df > 0)] = np.nan
    yes, no = effective * share, effective * (1 - share)
    some, most = np.where(share > 0, yes, np.nan), np.where(share < 1, no, np.nan)
    lower = special.betaincinv(some, no + 1, TAIL)
    upper = special.betaincinv(yes + 1, most, 1 - TAIL)
    known = np.isfinite(effective)
    return (
        np.where(known & (share == 0), 0.0, lower),
        np.where(known & (share == 1), 1.0, upper),
    )


def effective_n(share: Floats, variance: Floats, n: Floats) -> Floats:
    """Count the answers of a simple random sample with this variance; n where that is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(variance == 0, n, share * (1 - share) / variance)
    return found


def quantile(df: npt.ArrayLike) -> Floats:
    """Return the 97.5th percentile of Student's t; NaN without degrees of freedom."""
    degrees = np.asarray(df, dtype=float)
    found: Floats = special.stdtrit(np.where(degrees > 0, degrees, np.nan), 1 - TAIL)
    return found
