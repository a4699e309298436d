"""Towns made at random, small ones with small areas, to be attacked: a seed in, a root's files out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

YEARS = (2022, 2023)
SPLITS = {"sex": ["k", "m"], "age_group": ["16-24", "25-44", "45-64", "65-85"]}
YEAR = """year = {year}
[survey]
file = "survey.csv"
source = "Påhittade svar"
invited = {invited}
columns = {{ area = "area", sex = "sex", age_group = "age_group" }}
[survey.labels.sex]
k = "Kvinnor"
m = "Män"
[survey.labels.age_group]
"16-24" = "16–24 år"
"25-44" = "25–44 år"
"45-64" = "45–64 år"
"65-85" = "65–85 år"
"""
QUESTION = """[[version.indicators]]
key = "{key}"
label = "{key}"
statement = "ser problemet"
group = "{group}"
answers = ["1", "2"]
problem = ["2"]
no_answer = ["9"]
normal_share = {normal:.2f}
in_index = true
"""


def write(root: Path, seed: int) -> None:
    """Write a town of 5–14 areas, one to three of them with fewer than ten answers, in two years."""
    rng = np.random.default_rng(seed)
    areas = [f"omrade-{at:02}" for at in range(rng.integers(5, 15))]
    residents = np.sort(rng.lognormal(7.2, 0.6, len(areas)).astype(int)) + 150
    groups = {f"g{at}": int(rng.integers(2, 5)) for at in range(rng.integers(2, 5))}
    questions = [(f"{group}q{at}", group) for group, many in groups.items() for at in range(many)]
    normal = rng.uniform(0.05, 0.35, len(questions))
    (root / "data").mkdir(parents=True)
    town = 'name = "Slumpens kommun"\nshort_name = "Slumpen"\ncode = "9999"\n'
    (root / "data/municipality.toml").write_text(town, "utf-8")
    _write_model(root, groups, questions, normal)
    register = pd.DataFrame({"area_id": areas, "name": areas})
    register = register.assign(**{f"adults_{year}": residents for year in YEARS})
    register.to_csv(root / "data/areas.csv", index=False)
    small = rng.choice(max(len(areas) // 2, 3), rng.integers(1, 4), replace=False)
    level = rng.normal(0, 0.4, len(areas))
    for year in YEARS:
        answered = rng.integers(15, 110, len(areas))
        answered[small] = rng.integers(3, 12, len(small))
        answered = np.minimum(answered, residents // 2)
        home = root / "data" / str(year)
        home.mkdir()
        invited = int(answered.sum() * 2)
        (home / "year.toml").write_text(YEAR.format(year=year, invited=invited), "utf-8")
        rows = _answers(rng, areas, answered, level, questions, normal)
        rows.to_csv(home / "survey.csv", index=False)


def _write_model(
    root: Path, groups: dict[str, int], questions: list[tuple[str, str]], normal: np.ndarray
) -> None:
    head = '[[version]]\nname = "A"\nvalid_from = 2020\n[version.groups]\n'
    named = "".join(f'{group} = "{group.upper()}"\n' for group in groups)
    asked = (
        QUESTION.format(key=key, group=group, normal=share)
        for (key, group), share in zip(questions, normal, strict=True)
    )
    (root / "data/index_model.toml").write_text(head + named + "".join(asked), "utf-8")


def _answers(
    rng: np.random.Generator,
    areas: list[str],
    answered: np.ndarray,
    level: np.ndarray,
    questions: list[tuple[str, str]],
    normal: np.ndarray,
) -> pd.DataFrame:
    """Draw answers that hang together in an area and in a person; one in twenty is missing."""
    area = np.repeat(np.arange(len(areas)), answered)
    person = rng.normal(0, 0.7, len(area))
    rows: dict[str, object] = {"area": np.array(areas)[area]}
    rows |= {name: rng.choice(values, len(area)) for name, values in SPLITS.items()}
    for (key, _), share in zip(questions, normal, strict=True):
        odds = np.log(share / (1 - share)) + level[area] + person
        is_problem = rng.random(len(area)) < 1 / (1 + np.exp(-odds))
        rows[key] = np.where(rng.random(len(area)) < 0.05, 9, 1 + is_problem)
    return pd.DataFrame(rows)
