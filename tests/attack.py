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
import pandas as pd

from analysis import results
from analysis.results import Results
from analysis.sources import areas as register_of
from analysis.sources import config, survey
from analysis.sources.config import IndexModel
from analysis.statistics import disclosure, problem_index, shares

PROJECT = Path(__file__).parents[1]
KEYS = ["area", "question"]
LEAST = 0.8  # of an area's respondents, or all but two, answer a question: taken for granted
MORE = 2  # respondents more than answered any question, at most
HALF = 0.005 + 1e-9  # of the last printed digit, of shares and indices
NEAR = 4  # respondents that the attacker may be wrong about, in two hidden areas; in others 0
MOST = 4000  # ways of the other hidden areas that are tried


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """What is published of a year, by area ("" the municipality) and measure, and what is known."""

    model: IndexModel
    cells: pd.DataFrame  # index (area, measure)
    residents: pd.Series
    answered: int
    answers: pd.DataFrame  # the truth, of which hidden areas' respondents are told, all but NEAR
    hidden: list[str]

    def members(self, measure: str) -> list[str]:
        return [i.key for i in self.model.indicators if measure in ("index", i.group)]

    def score(self, question: str, share: np.ndarray) -> np.ndarray:
        (normal,) = (i.normal_share for i in self.model.indicators if i.key == question)
        limits = {"answers": self.model.answers, "breadth": self.model.breadth}
        return problem_index.score(problem_index.curve(normal or 0, **limits), share)

    def sizes(self) -> pd.DataFrame:
        """Bound the respondents of shown areas by the numbers that answered their questions."""
        most = self.cells["n"].groupby(level="area").max()
        most = most[self.residents.index.difference(self.hidden)]
        return pd.DataFrame({"least": most - 2, "most": most + 2 + MORE}).astype(int)


def published(root: Path, year: int, report: Results) -> Published:
    """Gather what is known of a year from a report that has it."""
    declared, register = config.of(root, year), register_of.register(root, year)
    source, model = declared.year.survey, declared.model
    assert source is not None and model is not None
    cells = report.estimates.query("year == @year").set_index(["area", "measure"])
    is_hidden = cells["status"].eq("hidden").groupby(level="area").all()
    answered = int(report.response.set_index("year")["answered"][year])
    answers = survey.answers(root, year, source, model, register)
    hidden = [area for area in register.index if is_hidden[area]]
    residents = register_of.adults(register, year)
    return Published(model, cells, residents, answered, answers, hidden)


def attacked(root: Path, years: tuple[int, int]) -> pd.DataFrame:
    """Attack every hidden count: `year`, `area`, `question`, true `count`, `found`."""
    report = results.of(years[1], root)
    known = {year: published(root, year, report) for year in years}
    pairs = {year: _options(each) for year, each in known.items()}
    moved = report.changes.rename(columns={"measure": "question"})[[*KEYS, "difference"]]
    _reconcile(pairs, moved, *years)
    rows = []
    for year, each in known.items():
        truth = each.answers.groupby("area")[each.members("index")].sum()
        for (area, question), counts in _possible(each, pairs[year]).items():
            count = int(truth.loc[area, question])
            assert count in counts or not counts, "the attacker has ruled out the truth"
            rows.append((year, area, question, count, len(counts) < 2))
    return pd.DataFrame(rows, columns=["year", *KEYS, "count", "found"])


def _options(known: Published) -> pd.DataFrame:
    """List what every shown area may have answered, question by question: problems k of m."""
    found = []
    for size, group in itertools.product(known.sizes().itertuples(), known.model.groups):
        for question in known.members(group):
            k, m = _pairs(known, size, known.cells.loc[(size.Index, question)]).T
            told = {"area": size.Index, "question": question, "group": group}
            told |= {"k": k, "m": m, "share": k / m, "score": known.score(question, k / m)}
            found.append(pd.DataFrame(told))
    pairs = pd.concat(found, ignore_index=True)
    for measure in 2 * ["index", *known.model.groups]:
        pairs = _within_index(known, pairs, measure)
    return pairs


def _grid(k: np.ndarray, m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    k, m = (grid.ravel() for grid in np.meshgrid(k, m))
    return k[k <= m], m[k <= m]


def _pairs(known: Published, size: tuple, cell: pd.Series) -> np.ndarray:
    """List the problems and answers that would be printed as a shown area's are."""
    if cell["status"] not in disclosure.SHOWN:  # everyone, of few, answered alike
        m = np.arange(max(10, int(LEAST * size.least)), min(size.most, 29) + 1)
        return np.vstack([np.column_stack([0 * m, m]), np.column_stack([m, m])]).astype(float)
    m = np.arange(cell["n"] - 2, min(cell["n"] + 2, size.most) + 1)
    k, m = _grid(np.arange(m.max() + 1), m)
    is_near = np.abs(k / m - cell["value"]) <= HALF
    k, m = k[is_near], m[is_near]
    share, fits = k / m, np.zeros(len(m), bool)
    for n in sorted({max(size.least, m.max()), size.most}):
        f = n / known.residents[size.Index]
        variance = (1 - f) * n / (n - 1) * share * (1 - share) / m
        gaps = np.array(shares.interval(share, variance, m, m - 1)).T - [*cell[["lower", "upper"]]]
        fits |= (np.abs(gaps) <= HALF + 1e-4).all(axis=1)
    return np.column_stack([k, m])[fits | ~fits.any()]


def _kept(rows: pd.DataFrame, fits: pd.Series) -> pd.Series:
    """Let all rows of an area's question be where none fits: then something is not as thought."""
    return fits | ~fits.groupby([rows[key] for key in KEYS]).transform("any")


def _within_index(known: Published, pairs: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Leave out what an area's printed index excludes, whatever the other questions are."""
    own, many = pairs[pairs["question"].isin(known.members(measure))], len(known.members(measure))
    total = own["area"].map(known.cells["value"].xs(measure, level="measure")) * many
    ends = own.groupby(KEYS)["score"].agg(["min", "max"])
    ends = ends.groupby("area").transform("sum") - ends  # of the other questions
    low, high = own[KEYS].join(ends, on=KEYS)[["min", "max"]].add(own["score"], axis=0).T.to_numpy()
    fits = (low <= total + HALF * many) & (high >= total - HALF * many)
    return pairs.drop(index=own.index[~_kept(own, fits | total.isna())])


def _reconcile(pairs: dict[int, pd.DataFrame], moved: pd.DataFrame, old: int, new: int) -> None:
    """Leave out what the printed differences between the years exclude."""
    before, now = (pairs[year].reset_index() for year in (old, new))
    both = now.merge(before, on=KEYS, suffixes=("", "_old")).merge(moved.dropna(), on=KEYS)
    gap = both["share"] - both["share_old"] - both["difference"]
    fits = _kept(both, gap.abs() <= HALF)
    for year, column in ((old, "index_old"), (new, "index")):
        pairs[year] = pairs[year].drop(index={*both[column]} - {*both.loc[fits, column]})


def _possible(known: Published, pairs: pd.DataFrame) -> dict[tuple[str, str], set[int]]:
    """List the counts that are possible in each hidden area, over all numbers of respondents."""
    questions, sizes = known.members("index"), known.sizes()
    found = {pair: set[int]() for pair in itertools.product(known.hidden, questions)}
    bounds = {question: _bounds(known, pairs, question) for question in questions}
    true = known.answers["area"].value_counts().reindex(known.hidden, fill_value=0)
    near = [range(max(1, n - NEAR), n + NEAR + 1) if at < 2 else (n,) for at, n in enumerate(true)]
    for numbers in itertools.product(*near):
        others = known.answered - sum(numbers)
        if not sizes["least"].sum() <= others <= sizes["most"].sum():
            continue
        counts = {question: _counts(known, numbers, *own) for question, own in bounds.items()}
        if all(all(own) for own in counts.values()):
            for question, own in counts.items():
                for area, possible in zip(known.hidden, own, strict=True):
                    found[area, question] |= possible
    return found


def _bounds(known: Published, pairs: pd.DataFrame, question: str) -> tuple[float, ...]:
    """Bound the municipality's share, and what the shown areas add to problems less share.

    Returns:
        The lowest and highest share; the most that they add at the lowest, the least at the highest.
    """
    whole = known.cells.loc[""]["value"]
    ends = {q: np.clip(whole[q] + np.array([-HALF, HALF]), 0, 1) for q in known.members("index")}
    (group,) = (each.group for each in known.model.indicators if each.key == question)
    possible = np.linspace(*ends[question], 401)
    for measure in (group, "index"):
        mates = known.members(measure)
        rest = sum(known.score(q, ends[q]) for q in mates if q != question) + np.zeros(2)
        gap = known.score(question, possible)[:, None] + rest - whole[measure] * len(mates)
        fits = (gap[:, 0] <= HALF * len(mates)) & (gap[:, 1] >= -HALF * len(mates))
        possible = possible[fits] if fits.any() else possible
    low, high = possible[0], possible[-1]
    own = pairs[pairs["question"].eq(question)].join(known.sizes(), on="area")
    each = own["area"].map(known.residents).to_numpy() / own[["least", "most"]].to_numpy().T
    most = pd.Series((each * (own["k"] - low * own["m"]).to_numpy()).max(axis=0))
    least = pd.Series((each * (own["k"] - high * own["m"]).to_numpy()).min(axis=0))
    area = own["area"].to_numpy()
    return low, high, most.groupby(area).max().sum(), least.groupby(area).min().sum()


def _counts(
    known: Published, numbers: tuple[int, ...], low: float, high: float, most: float, least: float
) -> list[set[int]]:
    """List the counts of one question that are possible, in each hidden area, of so many people."""
    ways = []
    for area, n in zip(known.hidden, numbers, strict=True):
        k, m = _grid(
            np.arange(n + 1), np.arange(max(1, min(int(np.ceil(LEAST * n)), n - 2)), n + 1)
        )
        ways.append((k, known.residents[area] / n * (k - np.outer([low, high], m))))
    found = []
    for at, (k, own) in enumerate(ways):
        beside = np.zeros((2, 1))
        for _, more in ways[:at] + ways[at + 1 :]:
            beside = (beside[:, :, None] + more[:, None]).reshape(2, -1)
            beside = beside[:, :: max(1, beside.shape[1] // MOST)]
        sums = own[:, :, None] + beside[:, None]
        fits = (sums[0] + most >= -1e-9) & (sums[1] + least <= 1e-9)
        found.append({int(count) for count in k[fits.any(axis=1)]})
    return found
