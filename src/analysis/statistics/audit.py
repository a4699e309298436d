"""How closely hidden cells follow from published ones: public equations in, exposed cells out.

Every relation is linear in how far cells may lie from their true values: matrix @ away = 0, where
what is published lies 0 away. A relation that is not linear, such as an index read off shares,
enters by its slopes at the true values: a cell it fixes is one it fixes near the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import linalg, optimize, sparse
from scipy.sparse import csgraph

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]
Mask = npt.NDArray[np.bool_]

MOST_TOGETHER: Final = 20_000
MOST_CELLS: Final = 2000
FEW_CELLS: Final = 400
NOTHING: Final = 1e-9
NEARLY: Final = 1 - 1e-6


class Row(NamedTuple):
    """One equation: the sum of coefficient * value over its cells is public."""

    cells: Integers
    coefficients: Floats


def total_of_parts(total: int, parts: npt.ArrayLike, weights: npt.ArrayLike) -> Row:
    """Equate a whole with the weighted mean of its parts; weights are residents or weight sums.

    Parts that all weigh nothing, as of a question nobody was asked, say nothing of the whole.
    """
    weight = np.asarray(weights, dtype=float)
    whole = weight.sum()
    coefficients = np.append(-1.0, weight / whole) if whole > 0 else np.zeros(weight.size + 1)
    return Row(np.append(total, parts), coefficients)


def index_of_shares(index: int, shares: npt.ArrayLike, slopes: npt.ArrayLike) -> Row:
    """Equate an index with the mean of its shares' scores, by the scores' slopes at the shares."""
    slope = np.asarray(slopes, dtype=float)
    return Row(np.append(index, shares), np.append(-1.0, slope / len(slope)))


def difference_of(difference: int, now: int, before: int) -> Row:
    """Equate a difference with now less before."""
    return Row(np.array([difference, now, before]), np.array([-1.0, 1.0, -1.0]))


@dataclass(frozen=True, slots=True, eq=False)
class Relations:
    """Hold all that the public knows of how cells hang together.

    Attributes:
        matrix: (equations, cells), by row; no stored zeros.
        columns: the same, by column.
    """

    matrix: sparse.csr_array
    columns: sparse.csc_array

    @classmethod
    def from_rows(cls, rows: Iterable[Row], cells: int) -> Relations:
        """Assemble equations over cells 0..cells-1."""
        given = list(rows)
        lengths = np.array([len(row.cells) for row in given], dtype=np.intp)
        at = np.concatenate([np.empty(0, np.intp), *(row.cells for row in given)]).astype(np.intp)
        data = np.concatenate([np.empty(0), *(row.coefficients for row in given)])
        equation = np.repeat(np.arange(len(given)), lengths)
        matrix = sparse.csr_array((data, (equation, at)), shape=(len(given), cells))
        matrix.eliminate_zeros()
        return cls(matrix, sparse.csc_array(matrix))

    def count(self, among: Mask) -> Integers:
        """Count each equation's cells among some: (equations,)."""
        touching = self.columns[:, np.flatnonzero(among)].indices
        return np.bincount(touching, minlength=self.matrix.shape[0])

    def beside(self, equations: Integers) -> Integers:
        """List the cells of some equations."""
        return np.asarray(self.matrix[equations].indices)


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Hold how far each cell may lie from its true value, and must be able to.

    Attributes:
        below, above: (cells,) at most, by nature: a share stays in 0..1.
        need_below, need_above: (cells,) at least; 0 where nothing is asked.
    """

    below: Floats
    above: Floats
    need_below: Floats
    need_above: Floats


class Exposure(NamedTuple):
    """A hidden cell held too close to its true value on one side, above (1) or below (-1).

    `pull` (cells,) is how much room one unit of each cell, were it hidden, gives at most: the dual
    of the linear programme. Hiding a cell without pull cannot help.
    """

    cell: int
    side: int
    shortage: float
    pull: Floats


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """Hold the equations that touch unknown cells.

    Attributes:
        cells, equations: the numbers in the relations of columns and rows.
        block: (cells,) the same number where cells hang together.
    """

    cells: Integers
    equations: Integers
    matrix: sparse.csc_array
    block: Integers


def restrict(relations: Relations, unknown: Mask) -> System:
    """Narrow the equations to the unknown cells."""
    cells = np.flatnonzero(unknown)
    equations = np.flatnonzero(relations.count(unknown))
    matrix = relations.columns[:, cells][equations]
    block = csgraph.connected_components(_graph(matrix), directed=False)[1]
    return System(cells, equations, matrix, block[: len(cells)])


def recoverable(relations: Relations, unknown: Mask) -> Mask:
    """Mark the unknown cells whose exact value follows from the known ones.

    Cell j does when e_j lies in the row space of the equations restricted to unknown cells. Where
    more than MOST_CELLS hang together none is marked: there the ranges alone decide.

    Returns:
        (cells,).
    """
    system, found = restrict(relations, unknown), np.zeros_like(unknown)
    for block in _blocks(system):
        part = _touching(system.matrix[:, block])
        if part.nnz and len(block) <= MOST_CELLS:
            found[system.cells[block]] = _in_row_space(part.toarray())
    return found


def exposed(relations: Relations, unknown: Mask, room: Room) -> Iterator[Exposure]:
    """Find the unknown cells whose feasible range does not reach as far as they need.

    Linear programmes over all cells at once clear nearly all; each one left has its own. Where more
    than MOST_CELLS hang together it moves only the MOST_CELLS nearest and takes the rest as known,
    which can hide too much, never too little.
    """
    system = restrict(relations, unknown)
    below, above = room.below[system.cells], room.above[system.cells]
    for side, need, limits in (
        (1, room.need_above[system.cells], (below, above)),
        (-1, room.need_below[system.cells], (above, below)),
    ):
        for at in _left_over(system, need, *limits):
            reach, dual = _reach(system, at, need[at], *limits)
            if reach < need[at] * NEARLY:
                pull = side * (relations.matrix[system.equations].T @ dual)
                yield Exposure(int(system.cells[at]), side, float(need[at] - reach), pull)


def _left_over(system: System, need: Floats, below: Floats, above: Floats) -> Integers:
    """List the cells that no joint move takes as far up as they need."""
    fixed = (need > 0) & _alone(system)
    waiting = (need > 0) & ~fixed
    for piece in _pieces(system, waiting):
        moving, there = waiting[piece], waiting[piece]
        while moving.sum() > 1 and 10 * there.sum() > moving.sum():
            goal = np.where(moving, need[piece], np.inf)
            top = np.minimum(above[piece], goal)
            found = _solve(system.matrix[:, piece], -1.0 * moving / goal, below[piece], top)
            there = moving & (found.x >= need[piece] * NEARLY)
            moving = moving & ~there
        waiting[piece] = moving
    return np.flatnonzero(waiting | fixed)


def _reach(
    system: System, at: int, need: float, below: Floats, above: Floats
) -> tuple[float, Floats]:
    """Move one cell up as far as it needs or can; return how far, and the equations' duals."""
    dual = np.zeros(len(system.equations))
    if _alone(system)[at]:
        own = system.matrix[:, [at]]
        fixing = np.argmin(_sizes(system)[own.indices])
        dual[own.indices[fixing]] = -1 / own.data[fixing]
        return 0.0, dual
    reach = 0.0
    for near in _near(system, at):
        found = _solve(system.matrix[:, near], -1.0 * (near == at), below[near], above[near])
        reach = -float(found.fun)
        if reach >= need * NEARLY:
            break
        dual = np.zeros(len(system.equations))
        dual[np.unique(system.matrix[:, near].indices)] = found.eqlin.marginals
    return reach, dual


def _sizes(system: System) -> Integers:
    """Count each equation's unknown cells."""
    return np.bincount(system.matrix.indices, minlength=len(system.equations))


def _alone(system: System) -> Mask:
    """Mark the cells that are the only unknown of an equation."""
    entries = _sizes(system)[system.matrix.indices] == 1
    found = np.zeros(len(system.cells), dtype=bool)
    found[np.repeat(np.arange(len(found)), np.diff(system.matrix.indptr))[entries]] = True
    return found


def _solve(
    matrix: sparse.csc_array, cost: Floats, below: Floats, above: Floats
) -> optimize.OptimizeResult:
    """Minimise the cost of cells that move within their limits and leave the equations true."""
    equations = _touching(matrix)
    found = optimize.linprog(
        cost,
        A_eq=equations,
        b_eq=np.zeros(equations.shape[0]),
        bounds=np.column_stack([-below, above]),
        method="highs",
    )
    if found.status != 0:
        raise ArithmeticError(f"the disclosure audit was not solved: {found.message}")
    return found


def _touching(matrix: sparse.csc_array) -> sparse.csr_array:
    """Keep the rows that are not empty."""
    return sparse.csr_array(matrix)[np.unique(matrix.indices)]


def _graph(matrix: sparse.csc_array) -> sparse.csr_array:
    """Join each cell 0..n-1 with the equations that touch it, numbered after the cells."""
    return sparse.csr_array(sparse.block_array([[None, abs(matrix).T], [abs(matrix), None]]))


def _blocks(system: System) -> list[Integers]:
    """Group the cells that hang together."""
    order = np.argsort(system.block, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(system.block[order])) + 1)


def _pieces(system: System, wanted: Mask) -> list[Integers]:
    """Cut the blocks with wanted cells into pieces small enough for one programme."""
    blocks = np.unique(system.block[wanted])
    cells = np.flatnonzero(np.isin(system.block, blocks))
    cells = cells[np.argsort(system.block[cells], kind="stable")]
    return np.array_split(cells, -(-len(cells) // MOST_TOGETHER)) if len(cells) else []


def _near(system: System, at: int) -> Iterator[Integers]:
    """List the cells that hang together with one: the nearest few first, at last MOST_CELLS."""
    block = np.flatnonzero(system.block == system.block[at])
    if len(block) <= FEW_CELLS:
        yield block
        return
    order = csgraph.breadth_first_order(_graph(system.matrix), at, directed=False)[0]
    nearest = order[order < len(system.cells)]
    yield nearest[:FEW_CELLS]
    yield nearest[:MOST_CELLS]


def _in_row_space(dense: Floats) -> Mask:
    """Mark the unit vectors in the row space, by their leverage on an orthonormal basis of it."""
    basis, triangle, _ = linalg.qr(dense.T, mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    rank = int((size > NOTHING * size[0]).sum())
    return np.asarray(1 - (basis[:, :rank] ** 2).sum(axis=1) < NOTHING)
