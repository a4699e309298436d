"""What may leave the house: two years' estimates in, one gated table out.

Tells the gate how the published cells hang together, so that a hidden one cannot be computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from analysis import catalogue, disclosure, index
from analysis.audit import Relations, Row, index_of_shares, total_of_parts
from analysis.catalogue import IndexModel
from analysis.estimates import KEYS, Estimates
from analysis.survey import INDEX, TOTAL

FLATTEST = 0.1
EMPTY = [
    "year", *KEYS, "kind", "value", "se", "lower", "upper", "n", "n_eff", "df",
    "asked", "delivered", "status",
]  # fmt: skip


def gate(
    years: Mapping[int, Estimates], policy: catalogue.Disclosure, model: IndexModel | None
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
        last=cells["area"].eq(TOTAL),
        published=cells["split"].eq("") | cells["level"].ne(""),
    )
    rows = [row for year, found in years.items() for row in _relations(cells, year, found, model)]
    relations = Relations.from_rows(rows, len(cells))
    rules = disclosure.Policy(**policy.model_dump())
    gated = disclosure.gate(cells, relations, rules)
    return gated.loc[gated["published"], EMPTY].reset_index(drop=True)


def _relations(
    cells: pd.DataFrame, year: int, found: Estimates, model: IndexModel | None
) -> Iterator[Row]:
    """Yield every public equation between a year's cells."""
    own = cells.loc[cells["year"].eq(year)]
    at = dict(zip(own[KEYS].itertuples(index=False, name=None), own.index, strict=True))
    yield from _totals(at, found.mass)
    if model is not None:
        yield from _indices(own, at, model)


def _totals(at: dict[tuple[str, ...], int], mass: pd.DataFrame) -> Iterator[Row]:
    """Equate each whole with the weighted mean of its parts: areas, or levels of a split."""
    for (_, measure), parts in mass.groupby(["split", "measure"], sort=False):
        keys = list(parts[KEYS].itertuples(index=False, name=None))
        known = [key in at for key in keys]
        total = (TOTAL, "", "", measure)
        if total in at and any(known):
            there = [at[key] for key, has in zip(keys, known, strict=True) if has]
            yield total_of_parts(at[total], there, parts["weight"].to_numpy()[known])


def _indices(own: pd.DataFrame, at: dict[tuple[str, ...], int], model: IndexModel) -> Iterator[Row]:
    """Equate each index with the mean of its questions' scores, by their slopes at the shares."""
    chosen = [item for item in model.indicators if item.in_index]
    members = {group: [item for item in chosen if item.group == group] for group in model.groups}
    curves = {
        item.key: index.curve(
            item.normal_share or 0.0, answers=model.answers, breadth=model.breadth
        )
        for item in chosen
    }
    values = own["value"].to_dict()
    for area, split, level in own[KEYS[:3]].drop_duplicates().itertuples(index=False, name=None):
        for measure, items in {INDEX: chosen, **members}.items():
            keys = [(area, split, level, item.key) for item in items]
            whole = (area, split, level, measure)
            if items and whole in at and all(key in at for key in keys):
                shares = [at[key] for key in keys]
                slopes = [
                    float(index.slope(curves[item.key], np.array([values[cell]]))[0])
                    for item, cell in zip(items, shares, strict=True)
                ]
                # Where the curve is flat an index still follows from unknown shares, not from itself.
                yield index_of_shares(
                    at[whole], shares, np.maximum(np.nan_to_num(slopes), FLATTEST)
                )
