"""What may be shown: rules by hand, and no hidden cell solvable by an exact solver of our own."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.statistics import audit, disclosure
from analysis.statistics.audit import Relations, Row, difference_of, index_of_shares, total_of_parts
from analysis.statistics.disclosure import Policy, gate, primary


def cells(*rows: tuple[str, float, float], **more: object) -> pd.DataFrame:
    """Make cells of (kind, value, n) with intervals too narrow to be marked."""
    table = pd.DataFrame(rows, columns=["kind", "value", "n"])
    found = table.assign(
        se=0.01, lower=table["value"] - 0.02, upper=table["value"] + 0.02, n_eff=table["n"]
    )
    return found.assign(**({"asked": True} | more))


def statuses(*rows: tuple[str, float, float], **more: object) -> list[str]:
    return list(primary(cells(*rows, **more), Policy()))


@pytest.mark.parametrize(
    ("kind", "value", "n", "status"),
    [
        ("share", 0.4, 9, "hidden"),
        ("share", 0.4, 10, "uncertain"),
        ("share", 0.4, 29, "uncertain"),
        ("share", 0.4, 30, "shown"),
        ("share", 0.0, 29, "hidden"),
        ("share", 1.0, 29, "hidden"),
        ("share", 0.0, 30, "shown"),
        ("index", 0.0, 29, "uncertain"),
        ("index", 1.0, 29, "uncertain"),
        ("index", 2.2, 9, "hidden"),
        ("share", np.nan, 0, "no_answers"),
        ("index", 1.6, np.nan, "shown"),
    ],
)
def test_a_cell_is_judged_by_its_answers(kind: str, value: float, n: float, status: str) -> None:
    assert statuses((kind, value, n)) == [status]


def test_a_cell_not_asked_is_neither_hidden_nor_without_answers() -> None:
    assert statuses(("share", 0.0, 3), asked=False) == ["not_asked"]


def test_a_wide_interval_is_marked_uncertain() -> None:
    share, index = ("share", 0.5, 50), ("index", 2.0, 50)
    assert statuses(share, index, lower=0.35, upper=0.66) == ["uncertain", "shown"]
    assert statuses(share, index, lower=1.5, upper=2.5) == ["uncertain", "uncertain"]


def test_few_effective_answers_are_marked_uncertain() -> None:
    assert statuses(("share", 0.5, 50), n_eff=29.0) == ["uncertain"]


def three_areas(small: int = 8) -> tuple[pd.DataFrame, Relations]:
    """A total and three areas of 8, 40 and 50 answers, ten residents each."""
    counts = np.array([small, 40, 50])
    share = np.array([0.25, 0.5, 0.5])
    total = float((counts * share).sum() / counts.sum())
    rows = [("share", total, float(counts.sum()))]
    rows += [("share", float(p), float(n)) for p, n in zip(share, counts, strict=True)]
    relations = Relations.from_rows([total_of_parts(0, [1, 2, 3], 10 * counts)], 4)
    return cells(*rows, last=[True, False, False, False]), relations


def test_the_smallest_other_area_is_hidden_with_the_small_one_and_the_total_is_shown() -> None:
    found = gate(*three_areas())
    assert list(found["status"]) == ["shown", "hidden", "hidden", "shown"]


def test_a_hidden_cell_has_no_number_left() -> None:
    found = gate(*three_areas())
    numbers = found[["value", "se", "lower", "upper", "n_eff"]]
    assert numbers.loc[[1, 2]].isna().all(axis=None)
    assert numbers.loc[[0, 3]].notna().all(axis=None)


def test_nothing_small_is_nothing_hidden() -> None:
    assert "hidden" not in set(gate(*three_areas(small=30))["status"])


def test_cells_are_not_changed_by_the_gate() -> None:
    table, relations = three_areas()
    before = table.copy()
    gate(table, relations)
    pd.testing.assert_frame_equal(table, before)


def test_the_total_is_hidden_when_everyone_said_no() -> None:
    """Nothing else can help: a total of 0 says that every part is 0."""
    table, relations = three_areas(small=20)
    found = gate(table.assign(value=0.0), relations)
    assert list(found["status"]) == ["hidden", "hidden", "shown", "shown"]


def test_a_share_of_zero_is_joined_by_one_that_can_take_its_place() -> None:
    """The area of 40 has no problem either, so it hides nothing; the area of 50 has room."""
    table, relations = three_areas(small=20)
    found = gate(table.assign(value=[25 / 110, 0.0, 0.0, 0.5]), relations)
    assert list(found["status"]) == ["shown", "hidden", "shown", "hidden"]


def test_a_hidden_count_can_be_three_off_though_one_equation_leaves_it_little_room() -> None:
    """Two parts of 9 answers, one resident each against a hundred: the small one fixes the large."""
    table = cells(("share", 0.5, 200), ("share", 5 / 9, 9), ("share", 5 / 9, 9), ("share", 0.5, 60))
    relations = Relations.from_rows([total_of_parts(0, [1, 2, 3], [1000, 10, 900])], 4)
    found = gate(table.assign(last=[True, False, False, False]), relations)
    assert list(found["status"]) == ["shown", "hidden", "hidden", "hidden"]


def test_a_difference_is_hidden_with_either_year_and_neither_year_is_hidden_for_it() -> None:
    table = cells(("difference", 0.1, 8), ("share", 0.5, 40), ("share", 0.4, 8))
    relations = Relations.from_rows([difference_of(0, 1, 2)], 3)
    assert list(gate(table, relations)["status"]) == ["hidden", "shown", "hidden"]


def test_a_small_area_one_year_hides_nothing_in_the_other_year() -> None:
    """Cells 0-3 are now, 4-7 before, 8-11 the differences."""
    (now, _), (before, _) = three_areas(), three_areas(small=30)
    gone = cells(*[("difference", 0.0, 40.0)] * 4, last=False)
    rows = [total_of_parts(at, [at + 1, at + 2, at + 3], [80, 400, 500]) for at in (0, 4)]
    rows += [difference_of(at + 8, at, at + 4) for at in range(4)]
    found = gate(pd.concat([now, before, gone]), Relations.from_rows(rows, 12))
    hidden = found["status"].eq("hidden").to_numpy()
    assert np.flatnonzero(hidden).tolist() == [1, 2, 9, 10]


def test_an_index_that_gives_a_hidden_share_away_costs_one_more_cell() -> None:
    """All questions but one are shown, and the index is their mean score."""
    shares = [("share", 0.0, 20.0), ("share", 0.4, 20.0), ("share", 0.4, 21.0)]
    table = cells(("index", 8 / 3, 20.0), *shares)
    relations = Relations.from_rows([index_of_shares(0, [1, 2, 3], [10, 10, 10])], 4)
    found = gate(table, relations)
    assert list(found["status"]) == ["uncertain", "hidden", "hidden", "uncertain"]


def test_a_group_never_printed_is_protected_when_it_is_small() -> None:
    """Three people gave no sex; women, men and the total would tell what they answered."""
    table = cells(("share", 0.5, 103), ("share", 0.5, 40), ("share", 0.5, 60), ("share", 1 / 3, 3))
    relations = Relations.from_rows([total_of_parts(0, [1, 2, 3], [103, 40, 60])], 4)
    whole, printed = [True, False, False, False], [True, True, True, False]
    found = gate(table.assign(last=whole, published=printed), relations)
    assert list(found["status"]) == ["shown", "hidden", "shown", "hidden"]


def test_a_group_never_printed_is_no_secret_when_it_is_large() -> None:
    table = cells(("share", 0.5, 140), ("share", 0.5, 40), ("share", 0.5, 60), ("share", 0.5, 40))
    relations = Relations.from_rows([total_of_parts(0, [1, 2, 3], [4, 6, 4])], 4)
    found = gate(table.assign(published=[True, True, True, False]), relations)
    assert list(found["status"]) == ["shown", "shown", "shown", "hidden"]


def test_cells_without_values_take_no_part_in_the_arithmetic() -> None:
    table, relations = three_areas()
    found = gate(table.assign(n=table["n"].where(table.index != 2, 0)), relations)
    assert list(found["status"]) == ["shown", "hidden", "no_answers", "hidden"]


def test_relations_over_other_cells_are_refused() -> None:
    table, relations = three_areas()
    with pytest.raises(ValueError, match="3 cells"):
        gate(table.head(3), relations)


def test_no_cells_are_no_statuses() -> None:
    assert gate(three_areas()[0].head(0), Relations.from_rows([], 0)).empty


@dataclass(frozen=True, slots=True)
class Town:
    """A small town's cells and equations, in floats for the gate and in fractions for the attack."""

    cells: pd.DataFrame
    rows: list[Row]
    exact: list[dict[int, Fraction]]


@st.composite
def towns(draw: st.DrawFn, *, fewest: int = 1) -> Town:
    """Draw a year or two of areas x questions, split in two groups, with index and differences."""
    areas, questions = draw(st.integers(2, 4)), draw(st.integers(1, 3))
    years, split, indexed = draw(st.integers(1, 2)), draw(st.booleans()), draw(st.booleans())
    table, rows, exact = [], [], []

    def add(kind: str, value: Fraction, n: int, *, last: bool = False) -> int:
        table.append((kind, float(value), float(n), last, value))
        return len(table) - 1

    def equate(row: Row, coefficients: list[Fraction]) -> None:
        rows.append(row)
        exact.append(dict(zip((int(at) for at in row.cells), coefficients, strict=True)))

    weight = [Fraction(draw(st.integers(1, 50))) for _ in range(areas)]
    first = []
    for _ in range(years):
        before = len(table)
        shares: dict[int, list[int]] = {}
        for _ in range(questions):
            n = [[draw(st.integers(fewest, 45)) for _ in range(2)] for _ in range(areas)]
            x = [[draw(st.integers(0, size)) for size in pair] for pair in n]
            total_n = sum(map(sum, n))
            mass = [w * sum(pair) for w, pair in zip(weight, n, strict=True)]
            part = [Fraction(sum(a), sum(b)) for a, b in zip(x, n, strict=True)]
            whole = sum(m * p for m, p in zip(mass, part, strict=True)) / sum(mass)
            total = add("share", whole, total_n, last=True)
            own = [add("share", p, sum(pair)) for p, pair in zip(part, n, strict=True)]
            for at, cell in enumerate(own):
                shares.setdefault(at, []).append(cell)
            equate(total_of_parts(total, own, mass), [-sum(mass), *mass])
            if split:
                sums = [sum(w * pair[g] for w, pair in zip(weight, n, strict=True)) for g in (0, 1)]
                said = [sum(w * pair[g] for w, pair in zip(weight, x, strict=True)) for g in (0, 1)]
                groups = [
                    add("share", said[g] / sums[g], sum(pair[g] for pair in n)) for g in (0, 1)
                ]
                equate(total_of_parts(total, groups, sums), [-sum(mass), *sums])
        if indexed:
            slopes = [draw(st.sampled_from([2, 4, 6])) for _ in range(questions)]
            for own in shares.values():
                score = sum(s * table[c][4] for s, c in zip(slopes, own, strict=True)) / questions
                index = add("index", score, int(min(table[c][2] for c in own)))
                equate(
                    index_of_shares(index, own, slopes),
                    [Fraction(-questions), *map(Fraction, slopes)],
                )
        first.append(range(before, len(table)))
    for older, newer in pairwise(first):
        for was, now in zip(older, newer, strict=True):
            change = add("difference", table[now][4] - table[was][4], 99)
            equate(difference_of(change, now, was), [Fraction(-1), Fraction(1), Fraction(-1)])
    found = cells(*[row[:3] for row in table], last=[row[3] for row in table])
    return Town(found, rows, exact)


def solvable(equations: list[dict[int, Fraction]], unknown: set[int]) -> set[int]:
    """Solve for each unknown by Gauss–Jordan elimination in fractions: it is alone in its row."""
    left = [{at: c for at, c in row.items() if at in unknown} for row in equations]
    reduced: list[dict[int, Fraction]] = []
    for row in left:
        for pivot_row in reduced:
            pivot = next(iter(pivot_row))
            row = subtract(row, pivot_row, row.get(pivot, Fraction(0)))
        if row:
            pivot = next(iter(row))
            row = {at: c / row[pivot] for at, c in row.items()}
            reduced = [subtract(old, row, old.get(pivot, Fraction(0))) for old in reduced]
            reduced.append(row)
    return {next(iter(row)) for row in reduced if len(row) == 1}


def subtract(
    row: dict[int, Fraction], other: dict[int, Fraction], times: Fraction
) -> dict[int, Fraction]:
    every = [*row, *(at for at in other if at not in row)]
    found = {at: row.get(at, Fraction(0)) - times * other.get(at, Fraction(0)) for at in every}
    return {at: c for at, c in found.items() if c}


def passed(town: Town) -> pd.DataFrame:
    return gate(town.cells, Relations.from_rows(town.rows, len(town.cells)))


def hidden_in(found: pd.DataFrame) -> set[int]:
    return set(np.flatnonzero(found["status"].eq("hidden")).tolist())


def test_the_tests_own_solver_solves_two_equations_with_two_unknowns() -> None:
    one, two = Fraction(1), Fraction(2)
    equations = [{0: one, 1: one, 2: one}, {0: one, 1: two, 3: one}]
    assert solvable(equations, {0, 1}) == {0, 1}
    assert solvable(equations, {0, 1, 2}) == set()
    assert solvable(equations, {0, 2, 3}) == set()
    assert solvable(equations, {2, 3}) == {2, 3}


@settings(max_examples=120, deadline=None, derandomize=True)
@given(towns())
def test_no_hidden_cell_is_solvable_from_all_that_is_published(town: Town) -> None:
    hidden = hidden_in(passed(town))
    assert not solvable(town.exact, hidden)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(towns(fewest=30))
def test_nothing_is_hidden_when_nothing_is_small(town: Town) -> None:
    assert not hidden_in(passed(town))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(towns())
def test_what_is_small_stays_hidden_and_blank(town: Town) -> None:
    found = passed(town)
    small = primary(town.cells, Policy()).eq("hidden")
    assert found.loc[small, "status"].eq("hidden").all()
    assert (found["value"].isna() == found["status"].eq("hidden")).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(1, 45), st.floats(0, 1)), min_size=2, max_size=6))
def test_a_hidden_count_keeps_its_range_within_one_equation(parts: list[tuple[int, float]]) -> None:
    """The range is reckoned by hand: what one part gains, the other hidden parts must lose."""
    n = np.array([size for size, _ in parts])
    x = np.array([round(size * share) for size, share in parts])
    rows = [("share", x.sum() / n.sum(), float(n.sum()))]
    rows += [("share", a / b, float(b)) for a, b in zip(x, n, strict=True)]
    table = cells(*rows, last=[True, *[False] * len(parts)])
    relations = Relations.from_rows([total_of_parts(0, range(1, len(rows)), n)], len(rows))
    found = gate(table, relations)
    hidden = found["status"].eq("hidden").to_numpy()[1:]
    small = primary(table, Policy()).eq("hidden").to_numpy()[1:]
    spare = np.inf if found["status"][0] == "hidden" else 0.0
    for at in np.flatnonzero(small):
        others = hidden & (np.arange(len(n)) != at)
        most = min(n[at], x[at] + x[others].sum() + spare) + 1e-6
        least = max(0, x[at] - (n - x)[others].sum() - spare) - 1e-6
        both = least <= x[at] - 3 and most >= x[at] + 3
        none = least <= 0 and most >= min(n[at], x[at] + 1)
        everyone = most >= n[at] and least <= max(0, x[at] - 1)
        assert both or none or everyone


@settings(max_examples=25, deadline=None, derandomize=True)
@given(towns())
def test_no_added_cell_could_be_shown_instead(town: Town) -> None:
    """Showing any one of them again narrows some secret's range below what it needs."""
    policy, relations = Policy(), Relations.from_rows(town.rows, len(town.cells))
    status = primary(town.cells, policy)
    hidden = passed(town)["status"].eq("hidden").to_numpy()
    secret = status.eq("hidden").to_numpy()
    changes = town.cells["kind"].eq("difference").to_numpy()
    room = disclosure._room(town.cells, secret & ~changes, policy)
    for cell in np.flatnonzero(hidden & ~secret & ~changes):
        fewer = hidden & (np.arange(len(hidden)) != cell)
        assert list(audit.exposed(relations, fewer, room))
