"""Shares of a stratified sample of persons: answers in, one row per domain and question out.

`answers` has one row per respondent: `area` (the stratum), `weight` (residents that the respondent
stands for), splits, and one float column per question: 1 problem, 0 no problem, NaN no answer.
A domain is any part of the respondents: an area, a group of people, areas together, everyone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]

TAIL = 0.025
AS_NORMAL = 1e9
COLUMNS = ["value", "se", "lower", "upper", "n", "n_eff", "df"]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Place each respondent in a cell: a domain's part of a stratum.

    A stratum with one respondent has no spread of its own: it is centred on the estimate, as R
    `survey` does with `options(survey.lonely.psu = "adjust")`.

    Attributes:
        rows, cell, weight: (members,) row in `answers`, cell 0..C-1, residents stood for.
        domain: (C,) the cell's domain, 0..D-1; labels: (D,) their names.
        scale, centre: (C,) of the cell's stratum: (1 - f) n / (n - 1) and 1 / n, with f = n / N;
            where n = 1, 1 - f and 0.
    """

    rows: Codes
    cell: Codes
    weight: Floats
    domain: Codes
    scale: Floats
    centre: Floats
    labels: pd.Index

    def by_cell(self, values: npt.ArrayLike) -> Floats:
        """Sum the members' values, (C,)."""
        return np.bincount(self.cell, values, len(self.domain)).astype(np.float64)

    def by_domain(self, parts: npt.ArrayLike) -> Floats:
        """Sum the cells' parts, (D,)."""
        return np.bincount(self.domain, parts, len(self.labels)).astype(np.float64)

    def total(self, values: npt.ArrayLike) -> Floats:
        """Sum the members' values in each domain, (D,)."""
        return self.by_domain(self.by_cell(values))

    def of_member(self, by_domain: Floats) -> Floats:
        """Give each member the value of the own domain, (members,)."""
        return np.asarray(by_domain[self.domain][self.cell])

    def variance(self, effects: Floats) -> Floats:
        """Estimate the variance of each domain's sum of effects, zeros outside it counted, (D,)."""
        squares = self.by_cell(effects * effects) - self.centre * self.by_cell(effects) ** 2
        return self.by_domain(self.scale * np.maximum(squares, 0.0))


class Ratios(NamedTuple):
    """Hold estimated shares, each array (domains, questions); `mass` sums the answers' weights."""

    drawn: Design
    answers: pd.DataFrame
    questions: list[str]
    share: Floats
    variance: Floats
    n: Floats
    df: Floats
    mass: Floats

    def of(self, questions: Iterable[str]) -> Ratios:
        """Keep some of the questions."""
        kept = list(questions)
        at = [self.questions.index(question) for question in kept]
        return Ratios(self.drawn, self.answers, kept, *(part[:, at] for part in self[3:]))


def design(answers: pd.DataFrame, residents: pd.Series, by: str | None = None) -> Design:
    """Lay out a stratified sample of persons, without clusters, for estimates of domains.

    Args:
        answers: see the module.
        residents: residents by area, the index holding every area once.
        by: a column of `answers` (missing: in no domain), or None for everyone as the domain "".

    Raises:
        ValueError: an area has answers but no residents, or more answers than residents.
    """
    stratum = residents.index.get_indexer(answers["area"])
    people = residents.to_numpy(dtype=float)
    size = np.bincount(stratum[stratum >= 0], minlength=len(people))
    if (stratum < 0).any() or not (people >= size)[size > 0].all():
        raise ValueError("an area has answers but no residents, or more answers than residents")
    if by == "area":
        code, labels = stratum, residents.index.rename("area")
    else:
        groups = pd.Categorical(answers[by] if by else [""] * len(answers))
        code, labels = groups.codes.astype(np.intp), groups.categories.rename("group")
    rows = np.flatnonzero(code >= 0)
    pairs, cell = np.unique(stratum[rows] * len(labels) + code[rows], return_inverse=True)
    home, domain = np.divmod(pairs, max(len(labels), 1))
    n = size[home]
    scale = (1 - n / people[home]) * n / np.maximum(n - 1, 1)
    weight = answers["weight"].to_numpy(dtype=float)[rows]
    return Design(rows, cell, weight, domain, scale, (n > 1) / n, labels)


def ratios(
    answers: pd.DataFrame, questions: Sequence[str], residents: pd.Series, by: str | None = None
) -> Ratios:
    """Estimate how much of the weight of a question's answers names the problem, in each domain.

    The variance is that of w (y - p) / sum of w (Särndal, Swensson & Wretman 1992, §5.6). Where
    all answer alike the share is exactly 0 or 1, the variance 0; it is NaN from less than two.

    Args:
        answers, residents, by: as in `design`.
        questions: columns of `answers`.
    """
    drawn = design(answers, residents, by)
    found = np.empty((5, len(drawn.labels), len(questions)))
    for at, question in enumerate(questions):
        named = answers[question].to_numpy(dtype=float)[drawn.rows]
        asked = ~np.isnan(named)
        named[~asked] = 0.0
        counted, weight = drawn.by_cell(asked), drawn.weight * asked
        n, problems, mass = drawn.by_domain(counted), drawn.total(named), drawn.total(weight)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = drawn.total(weight * named) / mass
            share = np.where((problems == 0) | (problems == n), problems / n, share)
            variance = drawn.variance(weight * (named - drawn.of_member(share))) / mass**2
        variance = np.where((share == 0) | (share == 1), 0.0, variance)
        df = n - drawn.by_domain(counted > 0)
        found[:, :, at] = share, np.where(n < 2, np.nan, variance), n, df, mass
    return Ratios(drawn, answers, list(questions), *found)


def estimate(found: Ratios) -> pd.DataFrame:
    """Lay out every question's share in every domain, as R's `svyby` and `svyciprop("beta")`.

    Returns:
        One row per domain (`area` where `by` is "area", else `group`) and `measure`, in that
        order: `value`, `se`, `lower`, `upper` in 0..1, `n`, `n_eff`, `df`. Without answers all
        but `n` are NaN; with one there is a value, but no error.
    """
    drawn, _, questions, share, variance, n, df, _ = found
    bounds, worth = interval(share, variance, n, df), effective_n(share, variance, n)
    return framed(drawn, questions, share, np.sqrt(variance), *bounds, n, worth, df)


def framed(drawn: Design, measures: Sequence[str], *columns: Floats) -> pd.DataFrame:
    """Lay out COLUMNS, each (domains, measures), as one row per domain and measure."""
    keys = pd.MultiIndex.from_product([drawn.labels, list(measures)])
    values = np.stack(columns, axis=2).reshape(len(keys), len(COLUMNS))
    found = pd.DataFrame(values, keys.set_names("measure", level=1), COLUMNS).reset_index()
    return found.assign(df=found["df"].where(found["n"] > 0)).astype({"n": np.int64})


def interval(share: Floats, variance: Floats, n: Floats, df: Floats) -> tuple[Floats, Floats]:
    """Bound a share at 95 % (Korn & Graubard 1998; R's `svyciprop(method = "beta")`).

    Clopper–Pearson at the effective number of answers times (t at n - 1 / t at df)². NaN where
    the variance or the df is missing.
    """
    worth = effective_n(share, variance, n) * (quantile(n - 1) / quantile(df)) ** 2
    return clopper_pearson(share, worth)


def clopper_pearson(share: Floats | float, n: Floats | float) -> tuple[Floats, Floats]:
    """Bound a share of n answers, which need not be a whole number, at 95 %."""
    yes, no = n * share, n * (1 - share)
    lower = np.where(yes == 0, 0.0, special.betaincinv(yes, no + 1, TAIL))
    return lower, np.where(no == 0, 1.0, special.betaincinv(yes + 1, no, 1 - TAIL))


def effective_n(share: Floats, variance: Floats, n: Floats) -> Floats:
    """Count the answers of a simple random sample with this variance; n where that is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(variance == 0, n, share * (1 - share) / variance)


def quantile(df: Floats) -> Floats:
    """Return the 97.5th percentile of Student's t; NaN without degrees of freedom."""
    return np.asarray(special.stdtrit(df, 1 - TAIL))
