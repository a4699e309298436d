"""Comparison of independent estimates, and the one promise for all that a report claims.

In at most 5 % of years in which nothing differs does anything in a report claim a difference. The
5 % are shared out in `PROMISE`; every share pays for a tree of tests, in which a family is tested
only when the test above it was certain (Yekutieli 2008), each by Benjamini & Hochberg (1995). In a
year without differences a false claim must begin at the top, so only the top families cost:

| share | top family | below, where the one above is certain |
|---|---|---|
| changes | main measure of every area and the municipality | groups of that area; questions of a |
|         |                                                 | certain group; splits where the     |
|         |                                                 | municipality's main is certain      |
| rest    | main measure of every area against the rest     | groups; questions; the highest area |
|         |                                                 | against each other area             |
| crime   | every row of the municipality's table           | the same row by area                |

What is never reached is `NOT_TESTED`: shown with its interval, without a verdict.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd

from analysis.statistics.shares import Floats

PROMISE: Final = {"changes": 0.03, "rest": 0.01, "crime": 0.01}

FALL: Final = "fall"
RISE: Final = "rise"
UNCERTAIN: Final = "uncertain"
NOT_TESTED: Final = "not_tested"
NO_INTERVAL: Final = "no_interval"
NOT_COMPARED: Final = "not_compared"
WITHHELD: Final = "withheld"
CERTAIN: Final = "certain"
HIGHER: Final = "higher"
LOWER: Final = "lower"

CELL: Final = ["area", "split", "group", "measure"]
SHOWN: Final = ("shown", "uncertain")


def changes(
    now: pd.DataFrame,
    before: pd.DataFrame,
    measures: pd.DataFrame,
    main: str,
    *,
    withheld: Collection[str] = (),
) -> pd.DataFrame:
    """Compare a year's estimates with those of an earlier year, and say what is certain.

    Args:
        now, before: one row per CELL (`area`, `split`, `group`, `measure`; area "" is the
            municipality, split "" everyone) with `value`, `se`, `lower`, `upper`, `df`, `unit`,
            `source`, `status`, all unrounded. Leave out of `before` what a break makes
            incomparable.
        measures: `measure`, `level` ("index" | "group" | "question"), `group`.
        main: the measure that is tested first.
        withheld: measures whose scale looks turned.

    Returns:
        One row per row of `now`, in its order: CELL, `before`, `value`, `difference`, `se`,
        `lower`, `upper`, `p_value`, `verdict`. Compared are cells of one unit and one source that
        are shown in both years; the others have NaN and NOT_COMPARED (or WITHHELD).
    """
    raise NotImplementedError


def against_rest(
    areas: pd.DataFrame, residents: pd.Series, measures: pd.DataFrame, main: str
) -> pd.DataFrame:
    """Compare every area with the mean of the other areas, each counting by its residents.

    Args:
        areas: one row per `area` and `measure`, ungated: `value`, `se`, `lower`, `upper`, `df`;
            hidden areas belong here, as part of the others' mean (do not print their rows).
        residents: by area.
        measures, main: as in `changes`.

    Returns:
        One row per row of `areas`: `area`, `measure`, `difference`, `se`, `p_value`, `direction`
        (HIGHER | LOWER, "" where unknown), `verdict` (CERTAIN | UNCERTAIN | NOT_TESTED).
    """
    raise NotImplementedError


def like_highest(areas: pd.DataFrame, rest: pd.DataFrame) -> tuple[str, ...]:
    """Name the areas that a test of differences cannot tell from the highest, the highest first.

    Args:
        areas: the main measure of the areas shown, as in `against_rest`.
        rest: what `against_rest` said; unless the highest is certainly higher than the rest no
            area can be told from it.
    """
    raise NotImplementedError


def crime(counts: pd.DataFrame, year: int, earlier: int) -> pd.DataFrame:
    """Compare two years of reported crime, as `rates.change`, with a `verdict` for each row."""
    raise NotImplementedError


def difference(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Test the differences between two aligned frames of independent estimates."""
    raise NotImplementedError
