"""How large must a change be to be seen? Run: python benchmarks/power.py

Two years of the demonstration in which nothing changed, but in one area of the usual size: there
one question, or all of them, is named by so many points more, or the index is so much higher.
Counted: how often the report calls the area's index, and the question, a certain rise; and how
often the question's own interval leaves out 0, which is shown but claims nothing.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import pandas as pd
from false_claims import BEFORE, NOW, Town, drawn, judged, mains, town, weighed

from analysis import estimates
from analysis.statistics import comparison, problem_index

AREA, QUESTION, DRAWS, AT_ONCE = "hovslatt", "otrygg_ute_sent", 400, 25
CASES = (
    ("one question +10 points", QUESTION, 0.1, 0.0),
    ("one question +20 points", QUESTION, 0.2, 0.0),
    ("all questions +10 points", "", 0.1, 0.0),
    ("all questions +20 points", "", 0.2, 0.0),
    ("all questions +1/2 index step", "", 0.0, 0.5),
    ("all questions +3/4 index step", "", 0.0, 0.75),
    ("all questions +1 index step", "", 0.0, 1.0),
)


def raised(
    answers: pd.DataFrame, true: pd.Series, curves: dict, points: float, steps: float, rng
) -> pd.DataFrame:
    """Turn so many answers into problems that the true shares rise by points or index steps."""
    found = answers.copy()
    for key, share in true.items():
        x, y = curves[key].x, curves[key].y
        level = np.interp(share, x, y) + steps
        wanted = min(share + points, 1.0) if points else max(np.interp(level, y, x), share)
        turned = (found[key] == 0) & (rng.random(len(found)) < (wanted - share) / (1 - share))
        found.loc[turned, key] = 1.0
    return found


def cells(answers: pd.DataFrame, here: Town, year: int) -> pd.DataFrame:
    """Estimate everything of the one area."""
    residents = here.residents[year].loc[[AREA]]
    found = estimates.computed(weighed(answers, residents), here.model, residents)
    return judged(found.loc[found["area"].eq(AREA)])


def many(draws: int, seed: int) -> pd.DataFrame:
    """Draw pairs of years, and change the one area of the later in every way."""
    here, rng = town(), np.random.default_rng(seed)
    people = pd.concat(here.answers.values(), ignore_index=True)
    curves = {
        item.key: problem_index.curve(item.normal_share or 0.0)
        for item in here.model.indicators
        if item.in_index
    }
    true = people.loc[people["area"].eq(AREA), list(curves)].mean()
    rows = []
    for _ in range(draws):
        years = {year: drawn(people, own["area"], rng) for year, own in here.answers.items()}
        tops = {
            year: mains(weighed(own, here.residents[year]), here.model, here.residents[year])
            for year, own in years.items()
        }
        own = {year: answers.loc[answers["area"].eq(AREA)] for year, answers in years.items()}
        others = {year: top.loc[top["area"].ne(AREA)] for year, top in tops.items()}
        before = pd.concat([others[BEFORE], cells(own[BEFORE], here, BEFORE)])
        for name, only, points, steps in CASES:
            moved = true.loc[[only]] if only else true
            after = cells(raised(own[NOW], moved, curves, points, steps, rng), here, NOW)
            now = pd.concat([others[NOW], after])
            said = comparison.changes(now, before, here.measures, "index")
            said = said.loc[said["area"].eq(AREA)].set_index("measure")
            rows.append(
                {
                    "case": name,
                    "index": said["verdict"]["index"] == comparison.RISE,
                    "question": said["verdict"][QUESTION] == comparison.RISE,
                    "interval": said["lower"][QUESTION] > 0,
                }
            )
    return pd.DataFrame(rows)


def main() -> None:
    """Print per cent of the draws."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    with ProcessPoolExecutor(2) as pool:
        found = pd.concat(pool.map(partial(many, AT_ONCE), range(draws // AT_ONCE)))
    print((100 * found.groupby("case", sort=False).mean()).round(0).to_string())
    n = town().answers[NOW]["area"].eq(AREA).sum()
    print(f"{AREA}, {n} answers, {draws} pairs of years")


if __name__ == "__main__":
    main()
