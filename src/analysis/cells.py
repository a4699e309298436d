"""One row per cell: the form that every estimate of a year has, computed or delivered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

KEYS = ["area", "split", "level", "measure"]
QUANTITIES = ["value", "se", "lower", "upper", "n", "n_eff", "df"]


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """A year's cells and what they were made from.

    Attributes:
        cells: one row per cell: KEYS (`area` "" is the municipality, `split` "" is everyone),
            `kind` share | index, QUANTITIES, `asked`, `delivered`.
        rest: one row per area and measure: `difference`, `se`, `lower`, `upper`, `p_value`
            against the rest of the municipality; empty without answers.
        reconciled: one row per cell that is both delivered and computed: `value`, `computed`.
        mass: the public weight sums behind the municipality's shares, for the disclosure audit:
            `area`, `split`, `level`, `measure`, `weight`.
        adults: residents 16–85 by area.
        merged: areas of the year after that are whole areas of this year together; cells too.
        invited, answered: people; None where unknown.
    """

    cells: pd.DataFrame
    rest: pd.DataFrame
    reconciled: pd.DataFrame
    mass: pd.DataFrame
    adults: pd.Series
    invited: int | None
    answered: int | None
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
