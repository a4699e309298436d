"""Years in which nothing differs, drawn and judged whole: the promise, in small."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from analysis.statistics import comparison, problem_index, shares

AREAS, PEOPLE, YEARS = 12, 60, 50
NORMAL = dict(zip("abcdef", (0.1, 0.15, 0.2, 0.25, 0.3, 0.35), strict=True))
CURVES = {key: problem_index.curve(share) for key, share in NORMAL.items()}
MEMBERS = {"index": [*"abcdef"], "g": [*"abc"], "h": [*"def"]}
GROUP = dict(zip("abcdef", "ggghhh", strict=True))
MEASURES = pd.DataFrame({"measure": [*MEMBERS, *NORMAL], "group": ["", "", "", *GROUP.values()]})
RESIDENTS = pd.Series(np.linspace(500, 5000, AREAS), [f"area {at}" for at in range(AREAS)])


def year(rng: np.random.Generator, *, worse: str = "") -> pd.DataFrame:
    """Draw and estimate a year in which areas are alike, one perhaps worse."""
    lean = 0.5 * rng.normal(size=(AREAS * PEOPLE, 1)) + 0.8 * rng.normal(size=(AREAS * PEOPLE, 6))
    area = RESIDENTS.index.repeat(PEOPLE)
    limit = special.ndtri(list(NORMAL.values())) + 0.8 * (area == worse)[:, None]
    answers = pd.DataFrame((lean < limit).astype(float), columns=[*NORMAL])
    answers = answers.assign(area=area, sex=rng.choice(["k", "m"], len(area)))
    answers["weight"] = answers["area"].map(RESIDENTS / PEOPLE)
    parts = []
    for by in ("area", None, "sex"):
        asked = shares.ratios(answers, [*NORMAL], RESIDENTS, by)
        scored = problem_index.estimate(asked, CURVES, MEMBERS)
        both = pd.concat([scored.assign(unit="index"), shares.estimate(asked).assign(unit="share")])
        parts.append(both.assign(split="sex" if by == "sex" else ""))
    cells = pd.concat(parts, ignore_index=True)
    return cells.fillna({"area": "", "group": ""}).assign(source="computed", status="shown")


def claims(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """List what is claimed of change, and of areas beside the rest and beside the highest."""
    moved = comparison.changes(now, before, MEASURES, "index")
    own = now.loc[now["area"].ne("")]
    rest = comparison.against_rest(own, RESIDENTS, MEASURES, "index")
    mains = rest["measure"].eq("index")
    like = comparison.like_highest(own.loc[own["measure"].eq("index")], rest.loc[mains])
    apart = rest.loc[mains & ~rest["area"].isin(like)].assign(verdict="certain")
    every = pd.concat([moved, rest, apart])
    return every.loc[every["verdict"].isin(["fall", "rise", "certain"])]


def test_hardly_a_report_in_twenty_claims_anything_where_nothing_differs() -> None:
    rng = np.random.default_rng(1)
    claimed = sum(not claims(year(rng), year(rng)).empty for _ in range(YEARS))
    assert claimed <= 6  # of 50: more has a chance below 2 % where the promise is kept


def test_an_area_that_turns_much_worse_is_claimed_and_named() -> None:
    rng = np.random.default_rng(2)
    found = claims(year(rng, worse="area 3"), year(rng))
    main = found.loc[found["measure"].eq("index") & found["area"].eq("area 3"), "verdict"]
    assert {"rise", "certain"} <= set(main)
