"""How many reports claim a difference where there is none? Run: python benchmarks/false_claims.py

Null years of the demonstration, drawn with replacement, as many answers an area and year as there
are. "No change": the answers of both years in the own area together, so areas differ but years do
not. "No difference": all answers together, so nothing differs. Crime: four years of negative
binomial counts with the rates, the sums and the overdispersion of the demonstration's own.
Every claim that a report could make is counted, shown or not: areas and municipality, groups,
questions, groups of people, areas against the rest, areas told from the highest, crime. As all
begin at the index, the rest of a year is estimated only where the index claims something.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import estimates
from analysis.sources import areas, config, registers, survey
from analysis.sources.config import IndexModel
from analysis.statistics import comparison, problem_index, rates, shares

ROOT = Path(__file__).resolve().parents[1]
YEARS, BEFORE, NOW, AT_ONCE = 400, 2022, 2023, 50
CLAIMS = (comparison.FALL, comparison.RISE, comparison.CERTAIN)


@dataclass(frozen=True, slots=True)
class Town:
    """Hold what null years are drawn from: two years of answers, residents, four years' crime."""

    answers: dict[int, pd.DataFrame]
    residents: dict[int, pd.Series]
    model: IndexModel
    measures: pd.DataFrame
    crime: pd.DataFrame


def town() -> Town:
    """Read the demonstration."""
    model = config.of(ROOT, NOW).model
    assert model is not None
    answers, residents = {}, {}
    for year in (BEFORE, NOW):
        source, register = config.of(ROOT, year).year.survey, areas.register(ROOT, year)
        assert source is not None
        read = survey.answers(ROOT, year, source, model, register)
        answers[year], residents[year] = read, areas.adults(register, year)
    questions = [(item.key, item.group) for item in model.indicators]
    above = [("index", ""), *((group, "") for group in model.groups)]
    measures = pd.DataFrame([*above, *questions], columns=["measure", "group"])
    return Town(answers, residents, model, measures, registers.crime(ROOT, NOW))


def drawn(pool: pd.DataFrame, like: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """Draw as many people for each area as `like` has; from the area alone if the pool has it."""
    everyone = np.arange(len(pool))
    homes = pool.groupby("area").indices if "area" in pool else {}
    numbers = like.value_counts(sort=False)
    rows = [rng.choice(homes.get(area, everyone), n) for area, n in numbers.items()]
    areas = numbers.index.repeat(numbers.to_numpy())
    return pool.iloc[np.concatenate(rows)].reset_index(drop=True).assign(area=areas)


def weighed(answers: pd.DataFrame, residents: pd.Series) -> pd.DataFrame:
    """Let each respondent stand for the area's residents per answer."""
    per_answer = residents / answers["area"].value_counts()
    return answers.assign(weight=answers["area"].map(per_answer).astype(float))


def judged(cells: pd.DataFrame) -> pd.DataFrame:
    """Count everything as shown from ten answers."""
    return cells.assign(status=np.where(cells["n"] >= 10, "shown", "hidden"))


def mains(answers: pd.DataFrame, model: IndexModel, residents: pd.Series) -> pd.DataFrame:
    """Estimate the index of the areas and the municipality alone."""
    curves = {
        item.key: problem_index.curve(
            item.normal_share or 0.0, answers=model.answers, breadth=model.breadth
        )
        for item in model.indicators
        if item.in_index
    }
    members = {"index": list(curves)}
    parts = [
        problem_index.estimate(shares.ratios(answers, list(curves), residents, by), curves, members)
        for by in ("area", None)
    ]
    keys = {"split": "", "group": "", "unit": "index", "source": "computed"}
    return judged(pd.concat(parts, ignore_index=True).fillna({"area": ""}).assign(**keys))


def claims(now: pd.DataFrame, before: pd.DataFrame, here: Town) -> dict[str, int]:
    """Count what a report says of two years."""
    moved = comparison.changes(now, before, here.measures, "index")
    is_question = moved["measure"].isin(here.measures.query("group != ''")["measure"])
    kind = np.where(is_question, "questions", "groups")
    kind = np.where(moved["measure"].eq("index"), "index", kind)
    kind = np.where(moved["split"].ne(""), "people", kind)
    said = moved["verdict"].isin(CLAIMS).groupby(kind).sum().to_dict()
    own = now.loc[now["area"].ne("") & now["split"].eq("")]
    rest = comparison.against_rest(own, here.residents[NOW], here.measures, "index")
    leading = own.loc[own["measure"].eq("index") & own["status"].eq("shown")]
    like = comparison.like_highest(leading, rest.loc[rest["measure"].eq("index")])
    certain = int(rest["verdict"].eq(comparison.CERTAIN).sum())
    return {**said, "rest": certain, "highest": len(leading) - len(like)}


def report(years: dict[int, pd.DataFrame], here: Town, *, alike: bool) -> dict[str, int]:
    """Count what the report of two drawn years says; of areas, only where they are alike."""
    answers = {year: weighed(drawn, here.residents[year]) for year, drawn in years.items()}
    tops = {year: mains(own, here.model, here.residents[year]) for year, own in answers.items()}
    said = claims(tops[NOW], tops[BEFORE], here)
    true = {} if alike else {"rest": 0, "highest": 0}
    if not any({**said, **true}.values()):
        return {**said, **true}
    whole = {
        year: judged(estimates.computed(own, here.model, here.residents[year]))
        for year, own in answers.items()
    }
    return {**claims(whole[NOW], whole[BEFORE], here), **true}


def crimes(here: Town, rng: np.random.Generator) -> pd.DataFrame:
    """Draw counts about each row's mean rate; a parent is the sum of its parts and a remainder."""
    counts = here.crime.loc[here.crime["area"].eq("")].sort_values("year", kind="stable")
    factor, _ = rates.overdispersion(counts)
    rows = counts.groupby(["label", "parent"], sort=False)[["count", "mean_population"]].sum()
    people = counts.groupby("year")["mean_population"].first()
    mean = np.outer(people, rows["count"] / rows["mean_population"])
    labels, parents = rows.index.get_level_values(0), rows.index.get_level_values(1)
    parts = np.array([[parent == label for parent in parents] for label in labels], dtype=float)
    own = np.maximum(mean - mean @ parts.T, 0.0)
    chance = np.maximum(own, 1e-9) / (factor - 1)
    values = np.where(own > 0, rng.negative_binomial(chance, 1 / factor), 0)
    whole = np.linalg.inv(np.eye(len(labels)) - parts)
    return counts.assign(count=(values @ whole.T).ravel())


def many(seed: int) -> list[tuple[str, dict[str, int]]]:
    """Draw some null years of both kinds."""
    here, rng = town(), np.random.default_rng(seed)
    people = pd.concat(here.answers.values(), ignore_index=True)
    pools = {"no change": people, "no difference": people.drop(columns="area")}
    found = []
    for _ in range(AT_ONCE):
        crime = comparison.crime(crimes(here, rng), NOW, BEFORE)["verdict"].isin(CLAIMS).sum()
        for name, pool in pools.items():
            years = {year: drawn(pool, own["area"], rng) for year, own in here.answers.items()}
            said = report(years, here, alike=name == "no difference")
            found.append((name, {**said, "crime": int(crime)}))
    return found


def main() -> None:
    """Print the per cent of null years with a claim, of each sort and of any."""
    years = int(sys.argv[1]) if len(sys.argv) > 1 else YEARS
    with ProcessPoolExecutor(2) as pool:
        batches = list(pool.map(many, range(years // AT_ONCE)))
    found = pd.DataFrame([{"kind": name, **said} for batch in batches for name, said in batch])
    said = found.drop(columns="kind").fillna(0).gt(0)
    said["anything"] = said.any(axis=1)
    share = 100 * said.groupby(found["kind"]).mean()
    margin = 1.96 * np.sqrt(share["anything"] * (100 - share["anything"]) / (len(found) / 2))
    print(share.assign(margin=margin).round(1).T.to_string())
    print(f"{len(found) // 2} years of each kind")


if __name__ == "__main__":
    main()
