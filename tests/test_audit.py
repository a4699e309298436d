"""What can be computed from published equations, by hand and by brute force."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.statistics import audit
from analysis.statistics.audit import (
    Relations,
    Room,
    difference_of,
    index_of_shares,
    total_of_parts,
)


def mask(length: int, *cells: int) -> np.ndarray:
    return np.isin(np.arange(length), cells)


def room(values: list[float], needs: dict[int, float]) -> Room:
    value = np.array(values)
    need = np.array([needs.get(cell, 0.0) for cell in range(len(values))])
    return Room(value, 1 - value, np.minimum(need, value), np.minimum(need, 1 - value))


def test_one_unknown_part_of_a_known_total_is_recoverable() -> None:
    relations = Relations.from_rows([total_of_parts(0, [1, 2, 3], [100, 200, 300])], 4)
    assert audit.recoverable(relations, mask(4, 2)).tolist() == [False, False, True, False]


def test_two_unknown_parts_of_a_known_total_are_not_recoverable() -> None:
    relations = Relations.from_rows([total_of_parts(0, [1, 2, 3], [100, 200, 300])], 4)
    assert not audit.recoverable(relations, mask(4, 2, 3)).any()


def test_two_equations_with_the_same_two_unknowns_give_both() -> None:
    rows = [total_of_parts(0, [2, 3], [1, 1]), index_of_shares(1, [2, 3], [20, 10])]
    found = audit.recoverable(Relations.from_rows(rows, 4), mask(4, 2, 3))
    assert found.tolist() == [False, False, True, True]


def test_a_total_is_recoverable_when_two_others_add_up_to_the_same() -> None:
    rows = [total_of_parts(0, [1, 2], [1, 1]), total_of_parts(3, [1, 2], [1, 1])]
    found = audit.recoverable(Relations.from_rows(rows, 4), mask(4, 0, 1, 2))
    assert found.tolist() == [True, False, False, False]


def test_a_share_where_the_score_is_flat_does_not_follow_from_the_index() -> None:
    relations = Relations.from_rows([index_of_shares(0, [1, 2], [0, 10])], 3)
    assert not audit.recoverable(relations, mask(3, 1)).any()
    assert audit.recoverable(relations, mask(3, 2)).any()


def test_a_year_follows_from_the_other_and_the_difference() -> None:
    relations = Relations.from_rows([difference_of(0, 1, 2)], 3)
    assert audit.recoverable(relations, mask(3, 1)).any()
    assert not audit.recoverable(relations, mask(3, 0, 1)).any()


def test_the_range_of_a_share_is_what_the_other_hidden_parts_can_take() -> None:
    """With weights 1:3 and 10 % in the larger part, the smaller can rise by 3 · 10 % and no more."""
    relations = Relations.from_rows([total_of_parts(0, [1, 2], [1, 3])], 3)
    values, unknown = [0.2, 0.5, 0.1], mask(3, 1, 2)
    assert not list(audit.exposed(relations, unknown, room(values, {1: 0.3})))
    (found,) = audit.exposed(relations, unknown, room(values, {1: 0.31}))
    assert (found.cell, found.side) == (1, 1)
    assert found.shortage == pytest.approx(0.01)


def test_only_cells_with_pull_can_widen_a_range() -> None:
    """One unit of the total is four of a part that is a quarter of it; another part is worth one."""
    relations = Relations.from_rows(
        [total_of_parts(0, [1, 2, 3], [1, 2, 1]), difference_of(4, 5, 6)], 7
    )
    values = [0.5, 0.5, 0.5, 0.5, 0.0, 0.2, 0.2]
    found = list(audit.exposed(relations, mask(7, 1), room(values, {1: 0.1})))
    assert [item.side for item in found] == [1, -1]
    assert found[0].pull == pytest.approx([4, -1, -2, -1, 0, 0, 0])


def test_two_shares_of_zero_do_not_protect_each_other() -> None:
    relations = Relations.from_rows([total_of_parts(0, [1, 2, 3], [1, 1, 1])], 4)
    needs = room([0.1, 0.0, 0.0, 0.3], {1: 0.1})
    assert [found.cell for found in audit.exposed(relations, mask(4, 1, 2), needs)] == [1]
    assert not list(audit.exposed(relations, mask(4, 1, 2, 3), needs))


def test_more_cells_than_one_programme_holds_are_judged_in_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pieces clear the cells that they can; a cell too close in its own piece stays exposed."""
    monkeypatch.setattr(audit, "MOST_CELLS", 4)
    relations = Relations.from_rows([total_of_parts(0, range(1, 21), [1] * 20)], 21)
    unknown = mask(21, *range(1, 21))
    values = [0.5] * 21
    assert not list(
        audit.exposed(relations, unknown, room(values, dict.fromkeys(range(1, 21), 0.4)))
    )
    assert not list(audit.exposed(relations, unknown, room(values, {7: 0.5})))
    assert not audit.recoverable(relations, unknown).any()


def test_parts_that_weigh_nothing_say_nothing_of_the_whole() -> None:
    relations = Relations.from_rows([total_of_parts(0, [1, 2], [0, 0])], 3)
    assert not audit.recoverable(relations, mask(3, 0)).any()


def test_nothing_unknown_is_nothing_exposed() -> None:
    relations = Relations.from_rows([], 3)
    assert not audit.recoverable(relations, mask(3)).any()
    assert not list(audit.exposed(relations, mask(3), room([0.1, 0.2, 0.3], {})))
    assert not list(audit.exposed(relations, mask(3, 1), room([0.1, 0.2, 0.3], {1: 0.1})))
