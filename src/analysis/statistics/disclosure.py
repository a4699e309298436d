"""The gate between estimates and everything that prints: cells and their relations in, states out.

A cell is hidden because few answered it, or because a hidden one could be computed from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.statistics import audit
from analysis.statistics.audit import Exposure, Relations, Room

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]
Mask = npt.NDArray[np.bool_]

STATUSES: Final = ("shown", "uncertain", "hidden", "not_asked", "no_answers")
TELLING: Final = ("value", "se", "lower", "upper", "n_eff", "deff")
MOST_TRIALS: Final = 200
TOP: Final = {"share": 1.0, "index": 6.0, "difference": np.inf}


@dataclass(frozen=True, slots=True)
class Policy:
    """When a number may be shown.

    Attributes:
        hide_below: fewest answers of a cell that is shown.
        uncertain_below: fewest answers, real and effective, of a cell without a mark; also of a
            share of exactly 0 or 1 that is shown.
        widest_share, widest_index: 95 % intervals this wide are marked.
        margin: answers by which a hidden count must be able to be both lower and higher; or it
            can be 0 and one higher, or everyone and one lower.
        index_margin: how far a hidden index must be able to lie either way.
    """

    hide_below: int = 10
    uncertain_below: int = 30
    widest_share: float = 0.30
    widest_index: float = 1.0
    margin: float = 3.0
    index_margin: float = 0.1


def primary(cells: pd.DataFrame, policy: Policy) -> pd.Series:
    """Judge each cell by itself.

    A value without a number of answers, as in a delivered table, is shown.

    Args:
        cells: `kind` share | index | difference, `value`, `lower`, `upper`, `n`, `n_eff`, `asked`;
            `n` and `n_eff` NaN where unknown.

    Returns:
        One of STATUSES for each cell.
    """
    share, index = cells["kind"].eq("share"), cells["kind"].eq("index")
    few = cells["n"].lt(policy.uncertain_below)
    alike = share & (cells["value"].le(audit.NOTHING) | cells["value"].ge(1 - audit.NOTHING))
    width = cells["upper"] - cells["lower"]
    wide = (share & width.ge(policy.widest_share)) | (index & width.ge(policy.widest_index))
    found = np.select(
        [
            ~cells["asked"].astype(bool),
            cells["n"].eq(0) | cells["value"].isna(),
            cells["n"].lt(policy.hide_below) | (alike & few),
            few | cells["n_eff"].lt(policy.uncertain_below) | wide,
        ],
        ["not_asked", "no_answers", "hidden", "uncertain"],
        "shown",
    )
    return pd.Series(found, cells.index, name="status")


def gate(cells: pd.DataFrame, relations: Relations, policy: Policy | None = None) -> pd.DataFrame:
    """Decide what may be shown of all that is published together.

    Cells hidden by themselves are joined by those others, fewest answers first, that keep them from
    being computed, exactly or too closely. Each of those that turns out not to be needed is shown
    again, so that none is hidden in vain.

    Args:
        cells: as for `primary`, and `se`; row i is cell i of the relations. May have `last` (hidden
            only when nothing else is enough; no cell when missing), `withheld` (hidden from the
            start to protect others; no cell when missing) and `published` (False for a group that
            is in the equations but never printed; every cell True when missing).

    Returns:
        The cells and `status`; a hidden cell has none of TELLING.

    Raises:
        ValueError: the relations are not over these cells.
        ArithmeticError: the two audits, by ranges and by row space, do not agree.
    """
    if len(cells) != relations.matrix.shape[1]:
        raise ValueError(f"{len(cells)} cells, but relations over {relations.matrix.shape[1]}")
    status = primary(cells, policy or Policy())
    withheld = _flag(cells, "withheld", missing=False) & status.isin(["shown", "uncertain"])
    status = status.mask(withheld, "hidden")
    plan = _plan(cells, relations, status, policy or Policy())
    hidden = _without_needless(plan, *_hide(plan))
    if (audit.recoverable(relations, hidden) & plan.secret).any():
        raise ArithmeticError("a hidden cell can still be computed from the shown ones")
    status = status.mask(hidden & status.isin(["shown", "uncertain"]), "hidden")
    told = [name for name in TELLING if name in cells]
    blank = cells[told].mask(status.eq("hidden"))
    return cells.assign(status=status, **{name: blank[name] for name in told})


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Hold what hiding goes by, arrays over cells.

    Attributes:
        secret: hidden by themselves.
        unknown: these, and what is never printed.
        free: may be hidden to protect others.
        rank: order in which to hide, lowest first.
    """

    relations: Relations
    room: Room
    secret: Mask
    unknown: Mask
    difference: Mask
    free: Mask
    last: Mask
    rank: Integers


def _plan(cells: pd.DataFrame, relations: Relations, status: pd.Series, policy: Policy) -> _Plan:
    difference = cells["kind"].eq("difference").to_numpy()
    withheld = _flag(cells, "withheld", missing=False)
    secret = status.eq("hidden").to_numpy() & ~difference & ~withheld
    printed = status.isin(["shown", "uncertain"]).to_numpy()
    published, last = _flag(cells, "published", missing=True), _flag(cells, "last", missing=False)
    order = np.lexsort((cells["n"], cells["kind"].eq("index"), last))
    return _Plan(
        relations,
        _room(cells, secret, policy),
        secret,
        status.eq("hidden").to_numpy() | (printed & ~published),
        difference,
        printed & published & ~difference,
        last,
        np.argsort(order),
    )


def _flag(cells: pd.DataFrame, name: str, *, missing: bool) -> Mask:
    return np.asarray(cells.get(name, pd.Series(missing, cells.index)), dtype=bool)


def _room(cells: pd.DataFrame, secret: Mask, policy: Policy) -> Room:
    """Bound how far values can lie from the truth, and say how far secret ones must."""
    value, top = cells["value"].to_numpy(dtype=float), cells["kind"].map(TOP).to_numpy(dtype=float)
    value = np.nan_to_num(value)
    below, above = np.where(np.isinf(top), top, value), top - value
    answer = 1 / np.maximum(cells["n"].to_numpy(dtype=float), 1)
    share = cells["kind"].eq("share").to_numpy()
    far = np.where(share, policy.margin * answer, policy.index_margin)
    one = np.where(share, answer, policy.index_margin)
    to_none = below <= far
    to_all = (above <= far) & ~to_none
    return Room(
        below,
        above,
        np.where(secret, np.minimum(below, np.where(to_all, one, far)), 0.0),
        np.where(secret, np.minimum(above, np.where(to_none, one, far)), 0.0),
    )


def _hide(plan: _Plan) -> tuple[Mask, dict[int, Exposure], Room]:
    """Hide one more cell for each exposed one until none is.

    Returns:
        What is hidden; for each cell added, whom it was to protect; the room that secrets now have,
        less than asked for only where nothing that is published narrows it.
    """
    hidden, asked = _with_differences(plan, plan.unknown), plan.room
    reasons = dict[int, Exposure]()
    while exposures := list(audit.exposed(plan.relations, hidden, asked)):
        added = _complements(plan, hidden, exposures)
        asked = _asking(plan.room, exposures)
        if not added:
            return hidden, reasons, _asking(plan.room, exposures, others=True)
        reasons |= added
        hidden = _with_differences(plan, hidden | _mask(list(added), len(hidden)))
    return hidden, reasons, plan.room


def _mask(cells: list[int], length: int) -> Mask:
    found = np.zeros(length, dtype=bool)
    found[cells] = True
    return found


def _asking(room: Room, exposures: list[Exposure], *, others: bool = False) -> Room:
    """Ask room only for these, or only for the others; more hidden never takes room away."""
    above, below = (
        _mask([found.cell for found in exposures if found.side == side], len(room.above)) ^ others
        for side in (1, -1)
    )
    return replace(
        room,
        need_above=np.where(above, room.need_above, 0.0),
        need_below=np.where(below, room.need_below, 0.0),
    )


def _with_differences(plan: _Plan, hidden: Mask) -> Mask:
    """Hide each difference whose now or before is hidden."""
    if not plan.difference.any():
        return hidden
    beside = plan.relations.beside(np.flatnonzero(plan.relations.count(hidden)))
    found = hidden.copy()
    found[beside[plan.difference[beside]]] = True
    return found


def _complements(plan: _Plan, hidden: Mask, exposures: list[Exposure]) -> dict[int, Exposure]:
    """Choose a cell for each exposed one that none chosen in this round may help."""
    chosen = dict[int, Exposure]()
    closed = np.flatnonzero(plan.relations.count(hidden | plan.difference) == 0)
    stuck = _mask(list(plan.relations.beside(closed)), len(hidden))
    free = np.flatnonzero(plan.free & ~hidden)
    for found in exposures:
        pull, gain = found.pull[free], np.zeros(len(hidden))
        gain[free] = pull * np.where(pull > 0, plan.room.above[free], -plan.room.below[free])
        if gain[list(chosen)].max(initial=0.0) <= audit.NOTHING < gain.max(initial=0.0):
            chosen[_best(plan, gain, found.shortage * audit.NEARLY, stuck)] = found
    return chosen


def _best(plan: _Plan, gain: Floats, shortage: float, stuck: Mask) -> int:
    """Choose the first in rank that may be enough alone, else the one that gives most.

    A cell is stuck where another equation would give it away at once; others go before it.
    """
    if gain[~plan.last].sum() >= shortage:
        gain = np.where(plan.last, 0.0, gain)
    for enough in (np.flatnonzero((gain >= shortage) & ~stuck), np.flatnonzero(gain >= shortage)):
        if len(enough):
            return int(enough[np.argmin(plan.rank[enough])])
    return int(np.argmax(gain))


def _without_needless(plan: _Plan, hidden: Mask, reasons: dict[int, Exposure], room: Room) -> Mask:
    """Show each added cell without which every secret has the same room, the last in rank first.

    Tries MOST_TRIALS of them, for time; those not tried stay hidden.
    """
    for cell in sorted(reasons, key=plan.rank.__getitem__, reverse=True)[:MOST_TRIALS]:
        rest = plan.unknown | (hidden & ~plan.difference & ~_mask([cell], len(hidden)))
        trial = _with_differences(plan, rest)
        if not _gives_away(plan, trial, cell) and not any(
            _narrowed(plan, trial, asked) for asked in (_asking(room, [reasons[cell]]), room)
        ):
            hidden = trial
    return hidden


def _narrowed(plan: _Plan, hidden: Mask, room: Room) -> bool:
    return next(audit.exposed(plan.relations, hidden, room), None) is not None


def _gives_away(plan: _Plan, hidden: Mask, cell: int) -> bool:
    """Tell whether a shown cell leaves a secret alone in one of its equations."""
    equations = plan.relations.columns[:, [cell]].indices
    return any(
        hidden[beside].sum() == 1 and bool(plan.secret[beside[hidden[beside]]].any())
        for beside in (plan.relations.beside(np.array([row])) for row in equations)
    )
