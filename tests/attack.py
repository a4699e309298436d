"""An attacker who reasons in whole numbers over everything that is published of two years.

Known to the attacker: every number of both years' reports (`test_attack` shows that pages, PDFs,
drawings and files hold no others), residents by area, how many answered in all, the rules and the
index model. Respondents are known as printed, in fives; of hidden areas all but NEAR are told, which
is more than those who were invited tell. So are, exactly, the widths of all intervals but those of
areas' shares, and how many residents each group of people stands for. Then:

- every area, question and group of people has a window: the printed value, both ends of its
  interval, the difference from the other year with its own, and the indices above it;
- the municipality's share is also that of men and women together, of the ages, of the tenures;
- a shown area's pairs (problems, answers) are those that would have been printed so;
- a hidden area's are those that make up the municipality's share and its variance with the shown.

The same respondents must be possible in all questions. A hidden count is *found* when one count is
possible, and where the ways are too many to try.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import estimates, report, results
from analysis.publishing.build import Options
from analysis.results import Results
from analysis.sources import areas as register_of
from analysis.sources import config, survey
from analysis.sources.config import IndexModel
from analysis.sources.records import SPLITS
from analysis.statistics import comparison, disclosure, problem_index, shares

PROJECT = Path(__file__).parents[1]
CELL, KEYS = comparison.CELL, ["area", "question"]
WHOLE = ("", "", "")
LEAST = 0.8  # of an area's respondents, or all but two, answer a question: taken for granted
MORE = 2  # respondents more than answered any question, at most
HALF = 0.005 + 1e-9  # of the last printed digit, of shares and indices
NEAR = 4  # respondents that the attacker may be wrong about, in two hidden areas; in others 0
MOST = 4000  # ways of the other hidden areas that are tried


@dataclass(frozen=True, eq=False)
class Published:
    """What is published of a year, by area ("" the municipality) and measure, and what is known."""

    model: IndexModel
    cells: pd.DataFrame  # by CELL; `low` and `high` bound each number
    true: pd.DataFrame  # by CELL, ungated
    residents: pd.Series
    answered: int
    answers: pd.DataFrame  # the truth
    hidden: list[str]

    def members(self, measure: str) -> list[str]:
        return [i.key for i in self.model.indicators if measure in ("index", i.group)]

    @cached_property
    def curves(self) -> dict[str, problem_index.Curve]:
        limits = {"answers": self.model.answers, "breadth": self.model.breadth}
        normal = {i.key: i.normal_share or 0 for i in self.model.indicators}
        return {key: problem_index.curve(share, **limits) for key, share in normal.items()}

    def of(self, area: str, measure: str) -> pd.Series:
        return self.cells.loc[(area, "", "", measure)]

    def sizes(self) -> pd.DataFrame:
        """Bound the respondents of shown areas by the numbers that answered their questions."""
        most = self.cells["n"].groupby(level="area").max()
        most = most[self.residents.index.difference(self.hidden)]
        return pd.DataFrame({"least": most - 2, "most": most + 2 + MORE}).astype(int)


def published(root: Path, year: int, reports: dict[int, Results]) -> Published:
    """Gather what is known of a year from the reports that have it, which say the same."""
    declared, register = config.of(root, year), register_of.register(root, year)
    source, model = declared.year.survey, declared.model
    assert source is not None and model is not None
    frames = [frame for report in reports.values() for frame in (report.estimates, report.splits)]
    printed = pd.concat(frames).query("year == @year and status != 'not_asked'")
    printed = printed.fillna(dict.fromkeys(CELL, "")).drop(columns=["name", "split_label"])
    printed = printed.drop_duplicates().set_index(CELL).sort_index()
    assert printed.index.is_unique
    answers = survey.answers(root, year, source, model, register)
    residents = register_of.adults(register, year)
    weight = answers["area"].map(residents / answers["area"].value_counts()).astype(float)
    status = printed.xs("", level="split")["status"]
    is_hidden = status.eq("hidden").groupby(level="area").all()
    hidden = [area for area in register.index if is_hidden[area]]
    answered = int(reports[year].response.set_index("year")["answered"][year])
    told = answers.assign(weight=weight)
    true = estimates.computed(told, model, residents).set_index(CELL)
    cells = _windows(printed, true)
    return Published(model, cells, true, residents, answered, told, hidden)


def _windows(printed: pd.DataFrame, true: pd.DataFrame) -> pd.DataFrame:
    """Bound each number by what is printed of it and of its interval, whose widths are told."""
    real = true.reindex(printed.index)
    said = [printed["value"]]
    for end in ("lower", "upper"):
        is_free = ~real[end].isin([0.0, 1.0, problem_index.HIGHEST]) & (
            (printed[end] - real[end]).abs() <= HALF  # not coarser
        )
        said.append((printed[end] + real["value"] - real[end]).where(is_free))
    said = pd.concat(said, axis=1)
    return printed.assign(low=said.max(axis=1) - HALF, high=said.min(axis=1) + HALF)


def attacked(root: Path, years: tuple[int, int]) -> pd.DataFrame:
    """Attack every hidden count: `year`, `area`, `question`, true `count`, `found`."""
    reports = {year: results.of(year, root) for year in years}
    known = {year: published(root, year, reports) for year in years}
    moved = _moved(reports[years[1]], *(known[year] for year in years))
    pairs = {year: _options(each) for year, each in known.items()}
    _reconcile(pairs, moved, *years)
    rows = []
    for year, each in known.items():
        truth = each.answers.groupby("area")[each.members("index")].sum()
        for (area, question), counts in _possible(each, pairs[year]).items():
            count = int(truth.loc[area, question])
            assert count in counts or not counts, "the attacker has ruled out the truth"
            rows.append((year, area, question, count, len(counts) < 2))
    return pd.DataFrame(rows, columns=["year", *KEYS, "count", "found"])


def _moved(report: Results, before: Published, now: Published) -> pd.DataFrame:
    """Bound the differences, by CELL, and let them narrow the windows of both years' numbers."""
    printed = pd.concat([report.changes, report.split_changes]).dropna(subset="difference")
    printed = printed.drop(columns="value").fillna(dict.fromkeys(CELL, "")).set_index(CELL)
    both = printed.index
    real = comparison.difference(now.true.loc[both], before.true.loc[both])
    names = {"difference": "value"}
    moved = _windows(printed.rename(columns=names), real.rename(columns=names))
    gap, back = moved[["low", "high"]], -moved[["high", "low"]].set_axis(["low", "high"], axis=1)
    old, new = (each.cells.loc[both, ["low", "high"]] for each in (before, now))
    for each, own, told in ((now, new, old + gap), (before, old, new + back)):
        low, high = np.maximum(own["low"], told["low"]), np.minimum(own["high"], told["high"])
        each.cells.loc[both, ["low", "high"]] = np.column_stack([low, high])
    return gap


def _options(known: Published) -> pd.DataFrame:
    """List what every shown area may have answered, question by question: problems k of m."""
    cells = known.cells.xs(("", ""), level=CELL[1:3]).rename_axis(KEYS).reset_index()
    cells = cells.loc[cells["question"].isin(known.members("index"))]
    cells = cells.join(known.sizes(), on="area", how="inner")
    is_shown = cells["status"].isin(disclosure.SHOWN)
    pairs = pd.concat([_printed_so(known, cells[is_shown]), _alike(cells[~is_shown])])
    pairs = pairs[[*KEYS, "k", "m"]].reset_index(drop=True).assign(score=0.0)
    for question, own in pairs.groupby("question"):
        pairs.loc[own.index, "score"] = np.interp(own["k"] / own["m"], *known.curves[str(question)])
    for measure in 2 * ["index", *known.model.groups]:
        pairs = _within_index(known, pairs, measure)
    return pairs


def _printed_so(known: Published, cells: pd.DataFrame) -> pd.DataFrame:
    """List the problems and answers that would be printed as a shown area's are."""
    pairs = cells.merge(pd.Series(range(-2, 3), name="more"), how="cross")
    pairs = pairs.assign(m=pairs["n"] + pairs["more"]).query("m <= most")
    pairs = pairs.merge(
        pd.Series(range(1 + int(pairs["m"].max() / 100) + 1), name="at"), how="cross"
    )
    pairs = pairs.assign(k=np.ceil(pairs["low"] * pairs["m"]).clip(lower=0) + pairs["at"])
    pairs = pairs.query("k <= high * m and k <= m").reset_index(drop=True)
    share, m = (pairs["k"] / pairs["m"]).to_numpy(), pairs["m"].to_numpy()
    people, fits = pairs["area"].map(known.residents).to_numpy(), np.zeros(len(m), bool)
    for n in (np.maximum(pairs["least"], m), pairs["most"].to_numpy()):
        variance = (1 - n / people) * n / (n - 1) * share * (1 - share) / m
        bounds = np.array(shares.interval(share, np.asarray(variance), m, m - 1))
        gaps = np.abs(bounds.T - pairs[["lower", "upper"]].to_numpy())
        fits |= (gaps <= HALF + 1e-4).all(axis=1)
    return pairs[_kept(pairs, pd.Series(fits))]


def _alike(cells: pd.DataFrame) -> pd.DataFrame:
    """List what a shown area's hidden share can be: everyone, of few, answered alike."""
    pairs = cells.merge(pd.Series(range(10, 30), name="m"), how="cross")
    pairs = pairs.query(f"m <= most and m >= {LEAST} * least - 1")
    return pd.concat([pairs.assign(k=0), pairs.assign(k=pairs["m"])])


def _kept(rows: pd.DataFrame, fits: pd.Series) -> pd.Series:
    """Let all rows of an area's question be where none fits: then something is not as thought."""
    return fits | ~fits.groupby([rows[key] for key in KEYS]).transform("any")


def _within_index(known: Published, pairs: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Leave out what an area's printed index excludes, whatever the other questions are."""
    own, many = pairs[pairs["question"].isin(known.members(measure))], len(known.members(measure))
    index = known.cells[["low", "high"]].xs(("", "", measure), level=CELL[1:])
    total = many * index.reindex(own["area"]).set_axis(own.index)
    ends = own.groupby(KEYS)["score"].agg(["min", "max"])
    ends = ends.groupby("area").transform("sum") - ends  # of the other questions
    low, high = own[KEYS].join(ends, on=KEYS)[["min", "max"]].add(own["score"], axis=0).T.to_numpy()
    fits = (low <= total["high"]) & (high >= total["low"])
    return pairs.drop(index=own.index[~_kept(own, fits | total["low"].isna())])


def _reconcile(pairs: dict[int, pd.DataFrame], moved: pd.DataFrame, old: int, new: int) -> None:
    """Leave out what the differences between the years exclude."""
    before, now = (pairs[year].reset_index() for year in (old, new))
    own = moved.xs(("", ""), level=CELL[1:3]).rename_axis(KEYS)
    both = now.merge(before, on=KEYS, suffixes=("", "_old")).join(own, on=KEYS, how="inner")
    gap = both["k"] / both["m"] - both["k_old"] / both["m_old"]
    fits = _kept(both, gap.between(both["low"], both["high"]))
    for year, column in ((old, "index_old"), (new, "index")):
        pairs[year] = pairs[year].drop(index={*both[column]} - {*both.loc[fits, column]})


def _whole(known: Published) -> pd.DataFrame:
    """Bound the municipality's share of each question, by its groups of people too."""
    found, weight = _shares(known, WHOLE), known.answers["weight"]
    asked = known.answers[found.index].notna()
    mass = asked.mul(weight, axis=0)
    for split in (name for name in SPLITS if name in known.answers):
        sums = (1 - mass[known.answers[split].notna()].sum() / mass.sum()).to_numpy()
        sums = pd.DataFrame({"low": 0.0, "high": sums}, found.index)
        for group, own in mass.groupby(known.answers[split], observed=True):
            sums += _shares(known, ("", split, group)).mul(own.sum() / mass.sum(), axis=0)
        low, high = np.maximum(found["low"], sums["low"]), np.minimum(found["high"], sums["high"])
        found = _within(known, WHOLE, pd.DataFrame({"low": low, "high": high}))
    return found.assign(mass=mass.sum())


def _shares(known: Published, domain: tuple[str, str, str]) -> pd.DataFrame:
    """Bound the shares of the municipality or of a group of people: `low`, `high` by question."""
    own = known.cells.loc[domain].reindex(known.members("index"))[["low", "high"]].clip(0, 1)
    return _within(known, domain, own.fillna({"low": 0.0, "high": 1.0}))


def _within(known: Published, domain: tuple[str, str, str], ends: pd.DataFrame) -> pd.DataFrame:
    """Narrow bounds of shares by the domain's indices, read backwards on each question's curve."""
    found, own = ends.to_numpy(dtype=float, copy=True), known.cells.loc[domain]
    for measure in 2 * [*known.model.groups, "index"]:
        mates = known.members(measure)
        rows = ends.index.get_indexer(mates)
        score = np.array([np.interp(found[at], *known.curves[ends.index[at]]) for at in rows])
        total = len(mates) * own.loc[measure, ["low", "high"]].to_numpy(dtype=float)
        for place, at in enumerate([] if np.isnan(total).any() else rows):
            x, y = known.curves[ends.index[at]]
            of_others = np.delete(score, place, axis=0).sum(axis=0)[::-1]
            found[at] = np.clip(found[at], *np.interp(total - of_others, y, x, right=1))
    return pd.DataFrame(found, ends.index, ["low", "high"])


def _possible(known: Published, pairs: pd.DataFrame) -> dict[tuple[str, str], set[int]]:
    """List the counts that are possible in each hidden area, over all numbers of respondents."""
    questions, sizes = known.members("index"), known.sizes()
    found = {pair: set[int]() for pair in itertools.product(known.hidden, questions)}
    whole = {own.Index: own for own in _whole(known).itertuples()}
    added = {question: _added(known, pairs, whole[question]) for question in questions}
    true = known.answers["area"].value_counts().reindex(known.hidden, fill_value=0)
    near = [range(max(1, n - NEAR), n + NEAR + 1) if at < 2 else (n,) for at, n in enumerate(true)]
    for numbers in itertools.product(*near):
        others = known.answered - sum(numbers)
        if not sizes["least"].sum() <= others <= sizes["most"].sum():
            continue
        counts = {key: _counts(known, numbers, whole[key], own) for key, own in added.items()}
        if all(all(own) for own in counts.values()):
            for question, own in counts.items():
                for area, possible in zip(known.hidden, own, strict=True):
                    found[area, question] |= possible
    return found


def _added(known: Published, pairs: pd.DataFrame, whole: tuple) -> np.ndarray:
    """Sum the most that shown areas add to each of `_sums`, less what the municipality's are."""
    own = pairs[pairs["question"].eq(whole.Index)].join(known.sizes(), on="area")
    people = own["area"].map(known.residents).to_numpy()
    each = [_sums(whole, people, own[n].to_numpy(), own["k"], own["m"]) for n in ("least", "most")]
    most = pd.DataFrame(np.maximum(*each).T).groupby(own["area"].to_numpy()).max().sum()
    low, high = _variance(known, whole)
    return most.to_numpy() + [0.0, 0.0, -low, high]


def _sums(whole: tuple, residents: np.ndarray, n: np.ndarray, k: np.ndarray, m: np.ndarray):
    """Give what k problems of m answers, of n people, add to the municipality's sums.

    Four rows whose totals must not be negative: problems less those of the lowest share, those of
    the highest less problems; the variance's most, and its least negative.
    """
    k, m, each, ends = np.asarray(k), np.asarray(m), residents / n, (whole.low, whole.high)
    scale = (1 - n / residents) * n / np.maximum(n - 1, 1) * (each / whole.mass) ** 2
    spread = [
        scale * (k - 2 * k * p + m * p**2 - (n > 1) / n * (k - m * p) ** 2)
        for p in (*ends, (whole.low + whole.high) / 2)
    ]
    low, high = (each * (k - p * m) for p in ends)
    return np.array([low, -high, 1.001 * np.max(spread, 0), -0.999 * np.min(spread, 0)])


def _variance(known: Published, whole: tuple) -> tuple[float, float]:
    """Bound the variance of the municipality's share by its printed interval."""
    cell, real = known.of("", whole.Index), known.true.loc[(*WHOLE, whole.Index)]
    if cell["status"] not in disclosure.SHOWN:
        return 0.0, 1.0
    tried = np.geomspace(0.05, 20.0, 601) * real["se"] ** 2
    share, variance = np.meshgrid(np.linspace(whole.low, whole.high, 9), tried)
    lower, upper = shares.interval(share, variance, np.array(real["n"]), np.array(real["df"]))
    gaps = np.array([lower - cell["lower"], cell["upper"] - upper])
    is_fine = abs(real[["lower", "upper"]] - cell[["lower", "upper"]]).max() <= HALF
    least, most = (-HALF, HALF) if is_fine else (-1e-9, disclosure.COARSE["share"])
    fits = tried[((gaps >= least) & (gaps <= most)).all(axis=0).any(axis=1)]
    return (0.98 * fits.min(), 1.02 * fits.max()) if len(fits) else (0.0, 1.0)


def _counts(known: Published, numbers: tuple, whole: tuple, added: np.ndarray) -> list[set[int]]:
    """List the counts of one question that are possible, in each hidden area, of so many people."""
    ways = []
    for area, n in zip(known.hidden, numbers, strict=True):
        few = max(1, min(int(np.ceil(LEAST * n)), n - 2))
        k, m = (way.ravel() for way in np.meshgrid(range(n + 1), range(few, n + 1)))
        k, m = k[k <= m], m[k <= m]
        ways.append((k, _sums(whole, known.residents[area], np.array(n), k, m)))
    found = []
    for at, (k, own) in enumerate(ways):
        beside = np.zeros((4, 1))
        for _, more in ways[:at] + ways[at + 1 :]:
            beside = (beside[:, :, None] + more[:, None]).reshape(4, -1)
            beside = beside[:, :: max(1, beside.shape[1] // MOST)]
        sums = own[:, :, None] + beside[:, None] + added[:, None, None]
        found.append({int(count) for count in k[(sums >= -1e-9).all(axis=0).any(axis=1)]})
    return found


def publish(root: str, seed: int) -> None:
    """Publish the newest year; from a seed, with all numbers changed in what is not printed."""
    rng, reckoned = np.random.default_rng(seed), estimates.computed

    def changed(answers: pd.DataFrame, model: IndexModel, residents: pd.Series) -> pd.DataFrame:
        cells = reckoned(answers, model, residents)
        numbers = cells[["value", "lower", "upper"]]
        near = disclosure.rounded(numbers, 2) + rng.uniform(-0.0049, 0.0049, numbers.shape)
        five = disclosure.STEP * disclosure.rounded(cells["n"] / disclosure.STEP, 0)
        n = (five + rng.integers(-2, 3, len(cells))).astype(int)
        moved = numbers.mask((numbers > 0) & (numbers < 1), near)
        return cells.assign(**moved, n=cells["n"].mask(cells["n"] > 35, n))

    if seed:
        estimates.computed = changed
    summary, _ = report.run(None, Path(root), Options(jobs=2))
    assert summary.is_whole, summary.failed
