"""Towns made at random, small ones with small areas, to be attacked: a seed in, a root's files out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

YEARS = (2022, 2023)
TOWN = 'name = "Slumpens kommun"\nshort_name = "Slumpen"\ncode = "9999"\n'
YEAR = """year = {year}
[survey]
file = "survey.csv"
source = "Påhittade svar"
invited = {invited}
columns = {{ area = "area", sex = "sex", age_group = "age_group", tenure = "tenure" }}
"""
GROUPS = {"sex": ["k", "m"], "age_group": ["16–24", "25–64", "65–85"], "tenure": ["hyr", "äger"]}
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
    """Write a town of 5–14 areas, one to three of them with fewer than ten answers, in two years.

    In half of the towns two areas become one in the second year.
    """
    rng = np.random.default_rng(seed)
    areas = np.array([f"omrade-{at:02}" for at in range(rng.integers(5, 15))])
    residents = np.sort(rng.lognormal(7.2, 0.6, len(areas)).astype(int)) + 150
    groups = np.repeat(["g0", "g1", "g2", "g3"], rng.integers([2, 2, 0, 0], 5))
    normal = pd.Series(rng.uniform(0.05, 0.35, len(groups))).rename(lambda at: f"q{at}")
    _declare(root, groups, normal)
    small = rng.choice(max(len(areas) // 2, 3), rng.integers(1, 4), replace=False)
    home = {YEARS[0]: areas, YEARS[1]: areas.copy()}
    if seed % 2:
        home[YEARS[1]][:2] = "nytt"
    _register(root, home, residents)
    level = rng.normal(0, 0.4, len(areas))
    for year in YEARS:
        answered = rng.integers(15, 110, len(areas))
        answered[small] = rng.integers(3, 12, len(small))
        area = np.repeat(np.arange(len(areas)), np.minimum(answered, residents // 2))
        folder = root / "data" / str(year)
        folder.mkdir()
        text = YEAR.format(year=year, invited=2 * len(area))
        for split, labels in GROUPS.items():
            text += f"[survey.labels.{split}]\n" + "".join(f'"{one}" = "{one}"\n' for one in labels)
        (folder / "year.toml").write_text(text, "utf-8")
        answers = _answers(rng, level[area], normal).assign(area=home[year][area])
        for split, labels in GROUPS.items():
            answers[split] = rng.choice([*labels, ""], len(area), p=[*_parts(labels), 0.02])
        answers.to_csv(folder / "survey.csv", index=False)


def _parts(labels: list[str]) -> np.ndarray:
    """Let the first group be the smallest."""
    parts = np.arange(1, len(labels) + 1)
    return 0.98 * parts / parts.sum()


def _register(root: Path, home: dict[int, np.ndarray], residents: np.ndarray) -> None:
    """Write the areas of both years; one that is not in a year ends or begins."""
    people = {year: pd.Series(residents).groupby(names).sum() for year, names in home.items()}
    register = pd.DataFrame({f"adults_{year}": own for year, own in people.items()})
    first, last = (register[f"adults_{year}"].isna() for year in YEARS)
    register["first_year"] = np.where(first, YEARS[1], YEARS[0])
    register["last_year"] = np.where(last, YEARS[0], YEARS[1])
    register = register.rename_axis("area_id").reset_index()
    register.assign(name=register["area_id"]).to_csv(root / "data/areas.csv", index=False)


def _declare(root: Path, groups: np.ndarray, normal: pd.Series) -> None:
    text = '[[version]]\nname = "A"\nvalid_from = 2020\n[version.groups]\n'
    text += "".join(f'{group} = "{group.upper()}"\n' for group in dict.fromkeys(groups))
    for group, (key, share) in zip(groups, normal.items(), strict=True):
        text += QUESTION.format(key=key, group=group, normal=share)
    (root / "data").mkdir(parents=True)
    (root / "data/index_model.toml").write_text(text, "utf-8")
    (root / "data/municipality.toml").write_text(TOWN, "utf-8")


def _answers(rng: np.random.Generator, level: np.ndarray, normal: pd.Series) -> pd.DataFrame:
    """Draw answers that hang together in an area and in a person; one in twenty is missing."""
    person = level + rng.normal(0, 0.7, len(level))
    odds = np.add.outer(person, np.log(normal / (1 - normal)).to_numpy())
    is_problem = rng.random(odds.shape) < 1 / (1 + np.exp(-odds))
    answers = np.where(rng.random(odds.shape) < 0.05, 9, 1 + is_problem)
    return pd.DataFrame(answers, columns=normal.index)
