"""What is compared: gated estimates with the year before and with the rest, crime with last year's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.sources.survey import TOTAL
from analysis.statistics import comparison as change
from analysis.statistics import rates

CELL = ["area", "split", "level", "measure"]


def between(
    gated: pd.DataFrame, number: int, earlier: int | None, questions: frozenset[str]
) -> pd.DataFrame:
    """Compare every shown cell with the year before; Benjamini–Hochberg over areas."""
    now = gated.loc[gated["year"].eq(number)].set_index(CELL)
    columns = ["difference", "se", "lower", "upper", "p_value"]
    if earlier is None:
        empty = pd.DataFrame(np.nan, index=now.index, columns=columns)
        return empty.assign(certain=False, tests_n=0).reset_index()
    before = gated.loc[gated["year"].eq(earlier)].set_index(CELL).reindex(now.index)
    comparable = before["kind"].eq(now["kind"]).to_numpy()
    found = change.difference(now, before)[columns]
    kept = np.where(comparable[:, None], found.to_numpy(), np.nan)
    return _discovered(
        pd.DataFrame(kept, index=now.index, columns=columns).reset_index(), questions
    )


def _discovered(comparisons: pd.DataFrame, questions: frozenset[str]) -> pd.DataFrame:
    """Mark what is certain, by Benjamini–Hochberg within each family of tests.

    A family is one measure over all areas, or all questions of the municipality (or of a split
    level) together; an index of the municipality is a test of its own.
    """
    is_area = comparisons["area"].ne(TOTAL)
    alone = comparisons["measure"].where(~comparisons["measure"].isin(questions), "questions")
    family = comparisons["measure"].where(
        is_area, alone + "|" + comparisons["split"] + comparisons["level"]
    )
    tests = comparisons.groupby([is_area, family])["p_value"]
    found = tests.transform(lambda values: change.discoveries(values.to_numpy()))
    return comparisons.assign(certain=found.astype(bool), tests_n=tests.transform("count"))


def crime(counts: pd.DataFrame | None, number: int) -> pd.DataFrame | None:
    """Compare a year's reported crimes with the year before.

    Args:
        counts: as of `crime.read`.

    Returns:
        One row per crime in the file's order: `code`, `label`, `parent`, `count_now`, `before`,
        `rate_per_100k`, `lower`, `upper`, `percent` (change of the rate, NaN from a base below 20),
        `p_value`; None without crime data.
    """
    if counts is None:
        return None
    key = ["code", "label", "parent"]
    now = counts.loc[counts["year"].eq(number)].rename(columns={"count": "count_now"})
    old = counts.loc[counts["year"].eq(number - 1), [*key, "count", "mean_population"]]
    both = now.merge(
        old.rename(columns={"count": "before", "mean_population": "population_before"}),
        on=key,
        how="left",
        validate="one_to_one",
    )
    people, people_before = both["mean_population"], both["population_before"].astype(float)
    interval = rates.interval(both["count_now"], people)
    found = rates.change(both["count_now"], people, both["before"].astype(float), people_before)
    return pd.concat([both, interval, found], axis=1)


def with_rest(rest: pd.DataFrame | None, gated: pd.DataFrame, number: int) -> pd.DataFrame:
    """Keep the comparisons with the rest of the municipality of cells that are shown.

    Their direction and certainty may be printed, never their numbers: each would be one more
    equation, which the gate does not know.
    """
    if rest is None or rest.empty:
        columns = [*CELL, "difference", "lower", "upper", "p_value", "certain", "tests_n"]
        return pd.DataFrame(columns=columns)
    shown = gated.loc[
        gated["year"].eq(number)
        & gated["status"].isin(["shown", "uncertain"])
        & ~gated["delivered"]
    ]
    kept = rest.assign(split="", level="").merge(shown[CELL], on=CELL)
    return _discovered(kept, frozenset())
