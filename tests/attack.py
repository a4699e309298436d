"""An attacker who reasons in whole numbers over everything that is published of two years.

Known to the attacker: the frames of both years' results, the residents of every area, how many
answered in all, the rules and the index model. Respondents are known only as printed, in fives and
not at all in hidden areas. The attack lists, for every shown area and question, the pairs (problems,
answers) that would have been printed so: share, interval, number of answers, its group's index, the
whole index and the difference from the other year. What the shown areas can add up to, and the
municipality's share as printed and as the group's index has it, leave some counts possible in the
hidden areas; the same respondents must be possible in all questions. A hidden count is *found* when
one count is possible. (Splits say nothing of areas: no count is printed by area and group.)
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import results
from analysis.results import Results
from analysis.sources import areas as register_of
from analysis.sources import config, survey
from analysis.sources.config import IndexModel
from analysis.statistics import disclosure, problem_index, shares

PROJECT = Path(__file__).parents[1]
Array = npt.NDArray[np.float64]
LEAST = 0.8  # of an area's respondents, or all but two, answer a question: taken for granted
MORE = 2  # respondents more than answered any question, at most
HALF = 0.005  # of the last printed digit, of shares and indices
EXACT = 1e-9
NEAR = 4  # respondents that the attacker may be wrong about, in two hidden areas; in others 0
MOST = 4000  # ways of the other hidden areas that are tried


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """What is published of a year, by area ("" the municipality) and measure, and what is known."""

    model: IndexModel
    cells: pd.DataFrame  # index (area, measure)
    residents: pd.Series
    answered: int
    respondents: pd.Series  # by area: told of the hidden ones, all but NEAR
    hidden: tuple[str, ...]

    def cell(self, area: str, measure: str) -> pd.Series:
        found: pd.Series = self.cells.loc[(area, measure)]
        return found

    def questions(self, group: str | None = None) -> list[str]:
        return [each.key for each in self.model.indicators if group in (None, each.group)]

    def curve(self, question: str) -> problem_index.Curve:
        (normal,) = (i.normal_share for i in self.model.indicators if i.key == question)
        model = self.model
        return problem_index.curve(normal or 0, answers=model.answers, breadth=model.breadth)


def published(root: Path, year: int, report: Results) -> Published:
    """Gather what is known of a year from a report that has it."""
    declared = config.of(root, year)
    assert declared.model is not None
    cells = report.estimates.query("year == @year").set_index(["area", "measure"])
    is_hidden = cells["status"].eq("hidden").groupby(level="area").all()
    answered = report.response.set_index("year")["answered"][year]
    residents = register_of.adults(register_of.register(root, year), year)
    hidden = [area for area in residents.index if is_hidden[area]]
    size = _answers(root, year)["area"].value_counts().reindex(residents.index, fill_value=0)
    return Published(declared.model, cells, residents, int(answered), size, tuple(hidden))


def attacked(root: Path, years: tuple[int, int]) -> pd.DataFrame:
    """Attack every hidden count: `year`, `area`, `question`, true `count`, `found`."""
    report = results.of(years[1], root)
    known = {year: published(root, year, report) for year in years}
    options = {year: _options(each) for year, each in known.items()}
    _reconcile(options, report, years)
    rows = []
    for year, each in known.items():
        truth = _answers(root, year).groupby("area")[each.questions()].sum()
        possible = _possible(each, options[year])
        for (area, question), counts in possible.items():
            count = int(truth.loc[area, question])
            assert count in counts or not counts, "the attacker has ruled out the truth"
            rows.append((year, area, question, count, len(counts) < 2))
    return pd.DataFrame(rows, columns=["year", "area", "question", "count", "found"])


def _answers(root: Path, year: int) -> pd.DataFrame:
    declared = config.of(root, year)
    source, model = declared.year.survey, declared.model
    assert source is not None and model is not None
    return survey.answers(root, year, source, model, register_of.register(root, year))


Options = dict[tuple[str, str], Array]  # (area, question): rows of problems, answers


def _options(known: Published) -> Options:
    """List what every shown area may have answered, question by question."""
    found: Options = {}
    for area in known.residents.index.difference(known.hidden):
        size = _size(known, area)
        for question in known.questions():
            found[area, question] = _pairs(known, area, question, size)
        for _ in range(2):
            for measure in ("index", *known.model.groups):
                _index_bounds(known, found, area, measure)
    return found


def _size(known: Published, area: str) -> tuple[int, int]:
    """Bound the respondents of a shown area by the numbers that answered its questions."""
    most = int(known.cells.loc[area]["n"].max())
    return most - 2, most + 2 + MORE


def _pairs(known: Published, area: str, question: str, size: tuple[int, int]) -> Array:
    """List the problems and answers that would be printed as a shown area's are."""
    cell = known.cell(area, question)
    if cell["status"] not in disclosure.SHOWN:  # everyone, of few, answered alike
        m = np.arange(max(10, int(LEAST * size[0])), min(size[1], 29) + 1)
        return np.vstack([np.column_stack([0 * m, m]), np.column_stack([m, m])]).astype(float)
    m = np.arange(cell["n"] - 2, min(cell["n"] + 2, size[1]) + 1)
    k, m = (grid.ravel() for grid in np.meshgrid(np.arange(m.max() + 1), m))
    k, m = k[k <= m], m[k <= m]
    share = k / m
    alike = np.abs(share - cell["value"]) <= HALF + EXACT
    k, m, share = k[alike], m[alike], share[alike]
    fits = np.zeros(len(m), bool)
    for n in sorted({max(size[0], m.max()), size[1]}):
        f = n / known.residents[area]
        variance = (1 - f) * n / (n - 1) * share * (1 - share) / m
        ends = shares.interval(share, variance, m, m - 1)
        near = [
            np.abs(end - cell[name]) <= HALF + 1e-4
            for end, name in zip(ends, ("lower", "upper"), strict=True)
        ]
        fits |= near[0] & near[1]
    return np.column_stack([k, m])[fits | ~fits.any()]


def _index_bounds(known: Published, found: Options, area: str, measure: str) -> None:
    """Leave out what an area's printed index excludes, whatever the other questions are."""
    cell = known.cell(area, measure)
    if cell["status"] not in disclosure.SHOWN:
        return
    questions = known.questions(None if measure == "index" else measure)
    scores = {
        q: problem_index.score(known.curve(q), found[area, q][:, 0] / found[area, q][:, 1])
        for q in questions
    }
    least, most = (sum(end(own) for own in scores.values()) for end in (np.min, np.max))
    total, room = cell["value"] * len(questions), (HALF + EXACT) * len(questions)
    for question, own in scores.items():
        others = least - own.min(), most - own.max()
        keep = (own + others[0] <= total + room) & (own + others[1] >= total - room)
        if keep.any():
            found[area, question] = found[area, question][keep]


def _reconcile(options: dict[int, Options], report: Results, years: tuple[int, int]) -> None:
    """Leave out what the printed differences between the years exclude."""
    moved = report.changes.set_index(["area", "measure"])["difference"]
    for (area, question), now in options[years[1]].items():
        before = options[years[0]].get((area, question))
        if before is None or np.isnan(moved.get((area, question), np.nan)):
            continue
        change = np.subtract.outer(now[:, 0] / now[:, 1], before[:, 0] / before[:, 1])
        fits = np.abs(change - moved[area, question]) <= HALF + EXACT
        if fits.any():
            options[years[1]][area, question] = now[fits.any(axis=1)]
            options[years[0]][area, question] = before[fits.any(axis=0)]


def _possible(known: Published, options: Options) -> dict[tuple[str, str], set[int]]:
    """List the counts that are possible in each hidden area, over all numbers of respondents."""
    found = {pair: set[int]() for pair in itertools.product(known.hidden, known.questions())}
    shown = known.residents.index.difference(known.hidden)
    sizes = np.array([_size(known, area) for area in shown])
    bounds = {question: _bounds(known, options, question) for question in known.questions()}
    near = [
        range(max(1, n - NEAR), n + NEAR + 1) if at < 2 else (n,)
        for at, n in enumerate(known.respondents[area] for area in known.hidden)
    ]
    for numbers in itertools.product(*near):
        others = known.answered - sum(numbers)
        if not sizes[:, 0].sum() <= others <= sizes[:, 1].sum():
            continue
        counts = {}
        for question, own in bounds.items():
            counts[question] = _counts(known, numbers, own)
            if not all(counts[question]):
                break
        else:
            for question, area in itertools.product(counts, known.hidden):
                found[area, question] |= counts[question][known.hidden.index(area)]
    return found


def _bounds(known: Published, options: Options, question: str) -> tuple[float, ...]:
    """Bound the municipality's share, and what the shown areas add to problems less share.

    Returns:
        The lowest and highest share; the most that they add at the lowest, the least at the highest.
    """
    ends = {q: _share(known, q) for q in known.questions()}
    (group,) = (each.group for each in known.model.indicators if each.key == question)
    shares_ = np.linspace(*ends[question], 401)
    for measure in (group, "index"):
        mates = known.questions(None if measure == "index" else measure)
        cell = known.cell("", measure)
        score = problem_index.score(known.curve(question), shares_)
        rest = [
            problem_index.score(known.curve(q), np.array(ends[q])) for q in mates if q != question
        ]
        least, most = np.sum(rest, axis=0) if rest else (0.0, 0.0)
        total, room = cell["value"] * len(mates), (HALF + EXACT) * len(mates)
        fits = (score + least <= total + room) & (score + most >= total - room)
        shares_ = shares_[fits] if fits.any() else shares_
    low, high = shares_[0], shares_[-1]
    added = np.zeros(2)
    for area in known.residents.index.difference(known.hidden):
        pairs, people = options[area, question], known.residents[area]
        weights = people / np.array(_size(known, area))[:, None]
        added[0] += (weights * (pairs[:, 0] - low * pairs[:, 1])).max()
        added[1] += (weights * (pairs[:, 0] - high * pairs[:, 1])).min()
    return low, high, added[0], added[1]


def _share(known: Published, question: str) -> tuple[float, float]:
    value = known.cell("", question)["value"]
    return max(value - HALF, 0.0), min(value + HALF, 1.0)


def _counts(
    known: Published, numbers: tuple[int, ...], bounds: tuple[float, ...]
) -> list[set[int]]:
    """List the counts of one question that are possible, in each hidden area, of so many people."""
    low, high, most, least = bounds
    ways = []
    for area, n in zip(known.hidden, numbers, strict=True):
        m = np.arange(max(1, min(int(np.ceil(LEAST * n)), n - 2)), n + 1)
        k, m = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), m))
        k, m = k[k <= m], m[k <= m]
        weight = known.residents[area] / n
        ways.append((k, weight * (k - low * m), weight * (k - high * m)))
    found = []
    for at, (k, at_low, at_high) in enumerate(ways):
        beside = [np.zeros(1), np.zeros(1)]
        for _, *adds in (way for other, way in enumerate(ways) if other != at):
            beside = [
                np.add.outer(own, more).ravel() for own, more in zip(beside, adds, strict=True)
            ]
            beside = [own[:: max(1, len(own) // MOST)] for own in beside]
        fits = (np.add.outer(at_low, beside[0]) + most >= -EXACT) & (
            np.add.outer(at_high, beside[1]) + least <= EXACT
        )
        found.append({int(count) for count in k[fits.any(axis=1)]})
    return found
