"""How many reports claim a difference where there is none? Run: python benchmarks/false_claims.py

Null years of the demonstration, drawn with replacement, as many answers an area and year as there
are. "No change": the answers of both years in the own area together, so areas differ but years do
not. "No difference": all answers together, so nothing differs. Crime: four years of negative
binomial counts with the rates, the sums and the overdispersion of the demonstration's own.
Every claim that a report could make is counted, shown or not: areas and municipality, groups,
questions, groups of people, areas against the rest, areas told from the highest, crime.
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
from analysis.statistics import comparison, rates

ROOT = Path(__file__).resolve().parents[1]
YEARS, BEFORE, NOW, AT_ONCE = 600, 2022, 2023, 50
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


def drawn(pool: pd.DataFrame, like: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw as many people for each area as `like` has; from the area alone if the pool has it."""
    parts = []
    for area, n in like["area"].value_counts(sort=False).items():
        own = np.flatnonzero(pool["area"] == area) if "area" in pool else np.arange(len(pool))
        parts.append(pool.iloc[rng.choice(own, n)].assign(area=area))
    return pd.concat(parts, ignore_index=True)


def cells(answers: pd.DataFrame, model: IndexModel, residents: pd.Series) -> pd.DataFrame:
    """Estimate a year; all of it counts as shown from ten answers."""
    per_answer = residents / answers["area"].value_counts()
    weighed = answers.assign(weight=answers["area"].map(per_answer).astype(float))
    found = estimates.computed(weighed, model, residents).cells
    return found.assign(status=np.where(found["n"] >= 10, "shown", "hidden"))


def claims(now: pd.DataFrame, before: pd.DataFrame, here: Town) -> dict[str, int]:
    """Count what a report says of two years."""
    moved = comparison.changes(now, before, here.measures, "index")
    level = moved["measure"].map(here.measures.set_index("measure")["group"].ne(""))
    kind = np.where(level, "questions", "groups")
    kind = np.where(moved["measure"].eq("index"), "index", kind)
    kind = np.where(moved["split"].ne(""), "people", kind)
    said = moved["verdict"].isin(CLAIMS).groupby(kind).sum().to_dict()
    own = now.loc[now["area"].ne("")]
    rest = comparison.against_rest(own, here.residents[NOW], here.measures, "index")
    mains = own.loc[own["measure"].eq("index") & own["status"].eq("shown")]
    like = comparison.like_highest(mains, rest.loc[rest["measure"].eq("index")])
    return {
        **said,
        "rest": int(rest["verdict"].eq(comparison.CERTAIN).sum()),
        "highest": len(mains) - len(like),
    }


def crimes(here: Town, rng: np.random.Generator) -> pd.DataFrame:
    """Draw counts about each row's mean rate; a parent is the sum of its parts and a remainder."""
    counts = here.crime.loc[here.crime["area"].eq("")].sort_values("year", kind="stable")
    factor = rates.overdispersion(counts).factor
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
            before, now = (
                cells(drawn(pool, here.answers[year], rng), here.model, here.residents[year])
                for year in (BEFORE, NOW)
            )
            found.append((name, {**claims(now, before, here), "crime": int(crime)}))
    return found


def main() -> None:
    """Print the per cent of null years with a claim, of each sort and of any."""
    years = int(sys.argv[1]) if len(sys.argv) > 1 else YEARS
    with ProcessPoolExecutor(2) as pool:
        batches = list(pool.map(many, range(years // AT_ONCE)))
    found = pd.DataFrame([{"kind": name, **said} for batch in batches for name, said in batch])
    changed = found["kind"].eq("no change")
    found.loc[changed, ["rest", "highest"]] = 0  # true there: areas do differ
    said = found.drop(columns="kind").gt(0)
    said["anything"] = said.any(axis=1)
    share = 100 * said.groupby(found["kind"]).mean()
    margin = 1.96 * np.sqrt(share["anything"] * (100 - share["anything"]) / (len(found) / 2))
    print(share.assign(margin=margin).round(1).T.to_string())
    print(f"{len(found) // 2} years of each kind")


if __name__ == "__main__":
    main()
