"""Comparison of independent estimates, and the one promise for all that a report claims.

In at most 5 % of years in which nothing differs does anything in a report claim a difference.
`PROMISE` shares out the 5 %. Each part pays for a tree of tests: a family below is tested only
where the test above it is certain (Yekutieli 2008), by Benjamini & Hochberg (1995) at the part's
level. In a year without differences a false claim must begin at a top, so only tops cost. The
trees are drawn in `docs/metod.md`, §4. What no test reaches is `NOT_TESTED`: it is shown with its
interval and without a verdict.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd
from scipy import special

from analysis.statistics import rates, shares
from analysis.statistics.disclosure import SHOWN

PROMISE: Final = {"changes": 0.02, "rest": 0.005, "crime": 0.01}  # 1.5 % left for thin tails
FALL, RISE, HIGHER, LOWER = "fall", "rise", "higher", "lower"
CERTAIN, UNCERTAIN, NOT_TESTED = "certain", "uncertain", "not_tested"
NO_INTERVAL, NOT_COMPARED, WITHHELD = "no_interval", "not_compared", "withheld"
TOP: Final = ""
CELL: Final = ["area", "split", "group", "measure"]
ALIKE: Final = ["unit", "source"]
NUMBERS: Final = ["value", "se", "lower", "upper", "df"]
TESTED: Final = ["difference", "se", "lower", "upper", "p_value", "df"]


def difference(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Test the differences between two aligned frames of independent estimates.

    Welch's test with Satterthwaite's degrees of freedom. Where every respondent answered alike the
    standard error is 0, which is no certainty: half the width of the own interval takes its place.

    Args:
        now, before: the columns NUMBERS, with the same index.

    Returns:
        One row per pair, columns TESTED: `difference` is now - before, `lower` and `upper` bound
        it at 95 %; all but the difference NaN where either has no error.
    """
    found = now["value"] - before["value"]
    (own, own_df), (other, other_df) = _error(now), _error(before)
    se = np.sqrt(own + other)
    df = (se**4 / (own**2 / own_df + other**2 / other_df)).clip(upper=shares.AS_NORMAL)
    margin = shares.quantile(df) * se
    p_value = 2 * special.stdtr(df, -(found / se).abs())
    return pd.concat([found, se, found - margin, found + margin, p_value, df], axis=1, keys=TESTED)


def _error(estimates: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Read variances and their degrees of freedom, NaN where there are none."""
    df = estimates["df"].where(estimates["df"] > 0).clip(upper=shares.AS_NORMAL)
    alike = (estimates["upper"] - estimates["lower"]) / (2 * shares.quantile(df))
    return estimates["se"].mask(estimates["se"] == 0, alike) ** 2, df


def discoveries(p_values: pd.Series, level: float) -> pd.Series:
    """Mark the tests that stand when all are made together (Benjamini & Hochberg 1995).

    A missing p-value is no test: it is never marked, and does not count among the tests.

    >>> discoveries(pd.Series([0.01, 0.04, 0.03, float("nan")]), 0.05).tolist()
    [True, True, True, False]
    """
    scaled = p_values * (p_values.count() / p_values.rank(method="max"))
    return p_values <= p_values.where(scaled <= level).max()


def judged(tests: pd.DataFrame, level: float) -> pd.Series:
    """Walk down a tree of tests: CERTAIN, UNCERTAIN, or NOT_TESTED where no test reaches.

    Args:
        tests: `cell` (a name), `parent` (whose children are one family; TOP has none), `p_value`.
    """
    verdict = pd.Series(NOT_TESTED, index=tests.index, dtype="str")
    reached = tests.loc[tests["parent"].eq(TOP) & tests["p_value"].notna()]
    while len(reached):
        family = reached.groupby("parent")["p_value"]
        certain = family.transform(lambda p_values: discoveries(p_values, level)).astype(bool)
        verdict.loc[reached.index] = np.where(certain, CERTAIN, UNCERTAIN)
        above = reached.loc[certain, "cell"]
        reached = tests.loc[tests["parent"].isin(above) & tests["p_value"].notna()]
    return verdict


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
        now, before: one row per CELL (area "" is the municipality, split "" everyone) with NUMBERS
            unrounded, ALIKE and `status`. Leave out of `before` what a break makes incomparable.
        measures: `measure`, `group` (the measure above a question, or "").
        main: the measure that is tested first.
        withheld: measures whose scale looks turned.

    Returns:
        One row per row of `now`: CELL, TESTED, `before`, `value`, `verdict`; NaN and NOT_COMPARED
        (or WITHHELD) unless the cell is shown in both years with one unit and one source.
    """
    new = now.reset_index(drop=True)
    old = new[CELL].merge(before, on=CELL, how="left", validate="one_to_one")
    is_shown, was_shown = new["status"].isin(SHOWN), old["status"].isin(SHOWN)
    comparable = is_shown & was_shown & (new[ALIKE] == old[ALIKE]).all(axis=1)
    turned = comparable & new["measure"].isin(withheld)
    tested = new[CELL].join(difference(new, old).where(comparable & ~turned))
    verdict = _directed(tested.assign(**_tree(new, measures, main)), PROMISE["changes"])
    return tested.assign(
        before=old["value"].where(was_shown),
        value=new["value"].where(is_shown),
        verdict=verdict.mask(turned, WITHHELD),
    )


def _directed(tests: pd.DataFrame, level: float) -> pd.Series:
    """Judge, and say which way a certain difference goes, or why one is not tested."""
    verdict = judged(tests, level)
    verdict = verdict.mask(verdict.eq(CERTAIN), np.where(tests["difference"] < 0, FALL, RISE))
    verdict = verdict.mask(tests["p_value"].isna(), NO_INTERVAL)
    return verdict.mask(tests["difference"].isna(), NOT_COMPARED)


def _tree(cells: pd.DataFrame, measures: pd.DataFrame, main: str) -> dict[str, pd.Series]:
    """Name each cell and the one above: the group's, else the main's; people's main, the whole's."""
    group = cells["measure"].map(measures.set_index("measure")["group"])
    above = cells.assign(measure=group.where(group.isin(cells["measure"]), main))
    whole = cells.assign(area="", split="", group="", measure=main)
    is_main, is_split = cells["measure"].eq(main), cells["split"].ne("")
    parent = _name(above, CELL).mask(is_main & is_split, _name(whole, CELL))
    return {"cell": _name(cells, CELL), "parent": parent.mask(is_main & ~is_split, TOP)}


def _name(rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    return rows[keys].add("\t").sum(axis=1)


def against_rest(
    areas: pd.DataFrame, residents: pd.Series, measures: pd.DataFrame, main: str
) -> pd.DataFrame:
    """Compare every area with the mean of the other areas, each counting by its residents.

    A mean of areas, not the others' pooled answers: both sides then bend alike on the index's
    curve, and delivered tables can be compared too. The area's error is the one it would have at
    the mean's level, as a variance grows with the value.

    Args:
        areas: one row per CELL of areas, ungated: NUMBERS and `status`. Hidden areas are part of
            the others' mean, but are not tested.
        residents: by area.
        measures, main: as in `changes`.

    Returns:
        One row per row of `areas`: CELL, TESTED, `direction` (HIGHER, LOWER or ""), `verdict`
        (CERTAIN, UNCERTAIN or NOT_TESTED).
    """
    areas = areas.reset_index(drop=True)
    rest = _rest(areas, areas["area"].map(residents))
    level = np.sqrt(rest["value"] / areas["value"].where(areas["value"] > 0))
    tested = difference(areas.assign(se=areas["se"] * level), rest)
    tested = areas[CELL].join(tested.where(areas["status"].isin(SHOWN)))
    above, below = tested["difference"] > 0, tested["difference"] <= 0
    return tested.assign(
        direction=np.select([above, below], [HIGHER, LOWER], ""),
        verdict=judged(tested.assign(**_tree(areas, measures, main)), PROMISE["rest"]),
    )


def _rest(areas: pd.DataFrame, residents: pd.Series) -> pd.DataFrame:
    """Average, for each row, the same measure in all other areas; an unknown error is average."""
    by, variance = areas["measure"], areas["se"] ** 2
    variance = variance.fillna(variance.groupby(by).transform("mean"))
    weight = residents.where(areas["value"].notna(), 0.0).fillna(0.0)
    df = areas["df"].clip(upper=shares.AS_NORMAL)
    parts = [weight, weight * areas["value"], weight**2 * variance, df]
    own = pd.concat(parts, axis=1, keys=["weight", "value", "variance", "df"])
    others = own.groupby(by).transform("sum") - own.fillna(0.0)
    total = others["weight"].where(others["weight"] > 0)
    se = np.sqrt(others["variance"]) / total
    return others.assign(value=others["value"] / total, se=se, lower=np.nan, upper=np.nan)


def like_highest(areas: pd.DataFrame, rest: pd.DataFrame) -> tuple[str, ...]:
    """Name the areas that a test of differences cannot tell from the highest, the highest first.

    Args:
        areas: the main measure of the areas shown, as in `against_rest`.
        rest: what that said of it: unless the highest is certainly higher than the rest, or no area
            could be held against it, no area can be told from the highest.

    Returns:
        Their `area`, falling; only the highest where there are no errors to test by.
    """
    falling = areas.dropna(subset="value").sort_values("value", ascending=False, kind="stable")
    first, others = falling.iloc[:1], falling.iloc[1:]
    highest = first.loc[first.index.repeat(len(others))].set_index(others.index)
    p_value = difference(highest, others)["p_value"]
    judged_ones = rest.loc[rest["verdict"].ne(NOT_TESTED)]  # none where residents are unknown
    certain = judged_ones.loc[judged_ones["verdict"].eq(CERTAIN), "area"]
    is_open = judged_ones.empty or first["area"].isin(certain).any()
    told = discoveries(p_value, PROMISE["rest"]) & is_open
    return (*first["area"], *others.loc[~told & p_value.notna(), "area"])


def crime(counts: pd.DataFrame, year: int, earlier: int) -> pd.DataFrame:
    """Compare two years of reported crime, as `rates.change`, with a `verdict` for each row."""
    found = rates.change(counts, year, earlier)
    parent = _name(found.assign(area=""), rates.ROW).mask(found["area"].eq(""), TOP)
    tests = found.assign(cell=_name(found, rates.ROW), parent=parent)
    return found.assign(verdict=_directed(tests, PROMISE["crime"]))
