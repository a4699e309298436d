"""What may leave the house: two years' estimates in, one gated table out.

Tells the gate how the published cells hang together, so that a hidden one cannot be computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from analysis.cells import KEYS, Estimates
from analysis.sources import config as records
from analysis.sources.config import IndexModel
from analysis.sources.survey import INDEX, TOTAL
from analysis.statistics import disclosure
from analysis.statistics import problem_index as index
from analysis.statistics.audit import Relations, Row, index_of_shares, total_of_parts

FLATTEST = 0.1
REACH = 3.0  # answers
Places = dict[tuple[str, ...], int]
EMPTY = [
    "year", *KEYS, "kind", "value", "se", "lower", "upper", "n", "n_eff", "df",
    "asked", "delivered", "status",
]  # fmt: skip


def gate(
    years: Mapping[int, Estimates], policy: records.Disclosure, model: IndexModel | None
) -> pd.DataFrame:
    """Gate everything that is published of a year and the year it is compared with.

    Differences need no cells of their own: they are made from the gated values, and so are
    missing where either year is hidden.

    Returns:
        The estimates' cells with `year` and `status`; hidden ones without value, error or
        interval.
    """
    if not years:
        return pd.DataFrame(columns=EMPTY)
    frames = [found.cells.assign(year=year) for year, found in years.items()]
    cells = pd.concat(frames, ignore_index=True)
    cells = cells.assign(
        last=cells["area"].eq(TOTAL) | cells["measure"].eq(INDEX),
        published=cells["split"].eq("") | cells["level"].ne(""),
        withheld=_partners(cells, policy),
    )
    rows = [row for year, found in years.items() for row in _relations(cells, year, found, model)]
    relations = Relations.from_rows(rows, len(cells))
    rules = disclosure.Policy(**policy.model_dump())
    gated = disclosure.gate(cells, relations, rules)
    return gated.loc[gated["published"], EMPTY].reset_index(drop=True)


def _partners(cells: pd.DataFrame, policy: records.Disclosure) -> pd.Series:
    """Mark the second smallest area of each year where only the smallest must be hidden whole.

    One area hidden alone follows from the total and the others; the gate would find that, and
    hide here a question and there an index. Hiding the next area whole is easier to understand.
    """
    areas = cells.loc[cells["area"].ne(TOTAL)]
    sizes = areas.groupby(["year", "area"])["n"].max().sort_values(kind="stable")
    marked = [
        (year, of_year.index[1][1])
        for year, of_year in sizes.groupby(level="year")
        if of_year.lt(policy.hide_below).sum() == 1 and len(of_year) > 2
    ]
    keys = zip(cells["year"], cells["area"], strict=True)
    return pd.Series([key in marked for key in keys], index=cells.index)


def _relations(
    cells: pd.DataFrame, year: int, found: Estimates, model: IndexModel | None
) -> Iterator[Row]:
    """Yield every public equation between a year's cells."""
    own = cells.loc[cells["year"].eq(year)]
    at = dict(zip(own[KEYS].itertuples(index=False, name=None), own.index, strict=True))
    yield from _totals(at, found.mass)
    yield from _merged(at, found)
    if model is not None:
        yield from _indices(own, at, model)
        yield from _means_of_areas(at, model, found.adults)


def _totals(at: Places, mass: pd.DataFrame) -> Iterator[Row]:
    """Equate each whole with the weighted mean of its parts: areas, or levels of a split."""
    for (_, measure), parts in mass.groupby(["split", "measure"], sort=False):
        keys = list(parts[KEYS].itertuples(index=False, name=None))
        known = [key in at for key in keys]
        total = (TOTAL, "", "", measure)
        if total in at and any(known):
            there = [at[key] for key, has in zip(keys, known, strict=True) if has]
            yield total_of_parts(at[total], there, parts["weight"].to_numpy()[known])


def _merged(at: Places, found: Estimates) -> Iterator[Row]:
    """Equate each area that is other areas together with the weighted mean of theirs."""
    mass = found.mass.loc[found.mass["split"].eq("")].set_index(["area", "measure"])["weight"]
    for area, parts in found.merged.items():
        for measure in mass.index.unique("measure"):
            keys = [(part, "", "", measure) for part in parts if (part, measure) in mass.index]
            if (area, "", "", measure) in at and all(key in at for key in keys):
                weight = [mass[part, measure] for part, *_ in keys]
                yield total_of_parts(
                    at[area, "", "", measure], [at[key] for key in keys], np.array(weight)
                )


def _indices(own: pd.DataFrame, at: Places, model: IndexModel) -> Iterator[Row]:
    """Equate each index with the mean of its questions' scores, by their slopes at the shares."""
    chosen = [item for item in model.indicators if item.in_index]
    members = {group: [item for item in chosen if item.group == group] for group in model.groups}
    steep = _steepness(own, model)
    for area, split, level in own[KEYS[:3]].drop_duplicates().itertuples(index=False, name=None):
        if not area and not split and model.aggregate == "areas":
            continue  # `_means_of_areas` has its equation
        for measure, items in {INDEX: chosen, **members}.items():
            shares = [at.get((area, split, level, item.key)) for item in items]
            whole = at.get((area, split, level, measure))
            known = [share for share in shares if share is not None]
            if items and whole is not None and len(known) == len(items):
                yield index_of_shares(whole, known, steep[known].to_numpy())


def _means_of_areas(at: Places, model: IndexModel, adults: pd.Series) -> Iterator[Row]:
    """Equate the municipality's index with its areas', where it is their weighted mean."""
    for measure in (INDEX, *model.groups) if model.aggregate == "areas" else ():
        there = [area for area in adults.dropna().index if (area, "", "", measure) in at]
        if (TOTAL, "", "", measure) in at and there:
            parts = [at[area, "", "", measure] for area in there]
            yield total_of_parts(at[TOTAL, "", "", measure], parts, adults[there].to_numpy())


def _steepness(own: pd.DataFrame, model: IndexModel) -> pd.Series:
    """Return by cell how an index moves with a share, over a few answers either way.

    Where the curve is flat an index still follows from unknown shares, not from itself.
    """
    found = pd.Series(0.0, own.index)
    for item in model.indicators:
        rows = own.loc[own["measure"].eq(item.key)]
        if item.in_index and not rows.empty:
            curve = index.curve(
                item.normal_share or 0.0, answers=model.answers, breadth=model.breadth
            )
            reach = REACH / rows["n"].clip(lower=REACH).to_numpy(dtype=float)
            value = rows["value"].fillna(0).to_numpy(dtype=float)
            low, high = np.clip(value - reach, 0, 1), np.clip(value + reach, 0, 1)
            rise = index.score(curve, high) - index.score(curve, low)
            found[rows.index] = np.maximum(rise / (high - low), FLATTEST)
    return found
