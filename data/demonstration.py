"""Write the demonstration's answers, data/2022/survey.csv and data/2023/survey.csv.

The answers are invented; what they add up to is published. The tables below say which index each
area should get in each year, and how single questions stand above or below it. Calibration takes
three steps, all on counts of problem answers by area and question. (1) Each wanted level becomes
a share through the model's own curve, and a count out of those who answer the question. (2) In
each area the counts are moved one answer at a time, where the area is furthest from its wanted
profile, until its index is as near as an answer can bring it. (3) The municipality's pooled index
is brought to the published value in the same way, one answer here and there among the areas that
the report does not name. Last the counts are dealt out: in each area the problem answers go to
the respondents with the highest score (their own disposition, one for each group of questions,
sex, age, tenure, chance), so that answers hang together in a person as they do in life. Nothing
else is steered: the ordinary code must find the published figures in the answers by itself.

Run `python data/demonstration.py`. The stream of RandomState is frozen: same bytes everywhere.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.sources import areas, config
from analysis.sources.config import IndexModel, Indicator
from analysis.statistics import problem_index as index
from analysis.statistics.problem_index import Curve

HOME = Path(__file__).resolve().parents[1]
YEARS = (2022, 2023)
SEED = 680
INVITED = 5000
MUNICIPALITY = {2022: 1.42, 2023: 1.27}  # published
NAMED = ("Österängen", "Råslätt", "Öxnehaga", "Huskvarna söder", "Ekhagen", "Bankeryd")

# Area: answers 2022 and 2023, index 2022 and 2023, per cent who rent, per cent in houses.
AREAS = """
Bankeryd                           94  97  1.04 1.16  25 60
Barnarp                            70  72  1.03 0.93  20 70
Barnarps-Tenhults landsbygder      68  70  0.91 0.81   8 88
Bymarken                           76  78  0.97 0.87  10 75
Bäckalyckan-Västra Torpa           75  77  1.15 1.03  30 45
Egna Hem-Stensholm                 83  85  1.18 1.07  25 60
Ekhagen                            99 103  1.44 1.56  55 25
Gråbo-Tormenås                     75  77  1.27 1.15  45 30
Gränna                             73  74  0.85 0.90  30 55
Gräshagen-Tokarp                   67  69  1.33 1.19  50 20
Hisingstorp-Dalvik-Skänkeberg      83  85  1.39 1.26  45 30
Hovslätt                           83  85  1.05 0.97  25 60
Huskvarna centrum                  77  79  1.63 1.41  60 10
Huskvarna söder                    95  97  1.50 1.64  65 15
Järstorp-Bottnaryd-Norra Unnaryd   83  85  0.87 0.82   8 88
Jönköping centrum Väster           81  83  1.65 1.45  55  2
Jönköping centrum Öster           101 103  1.67 1.47  60  2
Kaxholmen                          59  61  0.91 0.96  20 70
Liljeholmen-Västra Rosenlund       83  85  1.47 1.33  60 15
Ljungarum                          14   8  1.21 1.09  35 40
Norrahammar                        83  85  1.33 1.20  35 50
Norrängen                          31  24  1.03 0.93  15 65
Rosenlund-Vättersnäs               65  67  1.25 1.13  40 40
Råslätt                           117 121  2.36 1.72  92  3
Samset-Mariebo                     71  73  1.11 1.00  25 55
Skärstad-Lekeryd                   87  89  0.89 0.81  12 82
Söder-Munksjöstaden               109 111  1.57 1.37  50  3
Södra Munksjön-Kättilstorp         61  63  1.35 1.23  50 20
Taberg-Månsarp                     87  89  1.09 0.99  25 65
Tenhult                            65  67  0.97 1.04  30 60
Trånghalla-Kortebo                 87  89  0.99 0.89  20 65
Visingsö-Örserum-Ölmstad           81  83  0.81 0.81  10 80
Österängen                        103 107  2.00 1.81  85  8
Öxnehaga                          116 124  1.98 1.70  75 20
"""

# Question: level above or below the area's index in 2022 and 2023, per cent "vet ej".
QUESTIONS = """
nedskrapning            0.25  0.30   2
skadegorelse            0.10  0.00   4
klotter                -0.15 -0.20   4
morka_platser           0.20  0.20   3
fortkorning             0.70  0.75   2
trafikregler            0.40  0.45   4
buskorning              0.45  0.40   3
berusade               -0.20 -0.25   4
narkotikapaverkade      0.05  0.10   8
narkotikahandel         0.15  0.25  12
ungdomsgang             0.00  0.05   4
brak                   -0.45 -0.50   4
utsatt_vald            -0.40 -0.40   1
utsatt_hot             -0.30 -0.25   1
utsatt_stold           -0.20 -0.15   1
utsatt_skadegorelse    -0.25 -0.30   1
utsatt_inbrott         -0.35 -0.40   1
utsatt_bedrageri        0.15  0.30   2
oro_inbrott             0.05 -0.05   2
oro_fordon             -0.05 -0.10   4
oro_overfall            0.20  0.10   2
otrygg_ute_sent         0.25  0.15   3
radd_for_personer      -0.15 -0.15   4
avstatt                -0.05 -0.05   2
otrygg_kollektivtrafik  0.10  0.10   9
litar_inte             -0.15 -0.10   5
hjalps_inte_at         -0.10 -0.05   7
svag_sammanhallning     0.10  0.10   7
rekommenderar_inte     -0.30 -0.30   4
polisen_bryr_sig_inte   0.15  0.05  13
kritisk_till_polisen   -0.05 -0.10  15
polisen_syns_inte       0.30  0.20   6
"""

# What stands out in some areas: a question or a whole group, above (+) the area's own level.
PROFILES: dict[str, dict[str, float]] = {
    "Österängen": {"tillit": 1.0, "otrygg_ute_sent": 1.1, "utemiljo": -0.2, "polisen": -0.2},
    "Råslätt": {"missbruk": 0.5, "ordning": 0.4, "polisen": -0.4, "tillit": -0.2},
    "Öxnehaga": {"oro": 0.4, "otrygghet": 0.3, "narkotikahandel": 0.4, "tillit": -0.2},
    "Huskvarna söder": {"ungdomsgang": 0.8, "otrygghet": 0.3, "nedskrapning": 0.3},
    "Ekhagen": {"buskorning": 0.6, "narkotikahandel": 0.5, "oro": 0.2},
    "Jönköping centrum Öster": {"berusade": 1.0, "brak": 0.8, "fortkorning": -0.6},
    "Jönköping centrum Väster": {"berusade": 0.8, "brak": 0.5, "fortkorning": -0.5},
    "Bankeryd": {"fortkorning": 0.4, "oro_inbrott": 0.4},
    "Järstorp-Bottnaryd-Norra Unnaryd": {"polisen": 0.8, "fortkorning": 0.5, "tillit": -0.4},
    "Skärstad-Lekeryd": {"polisen": 0.8, "fortkorning": 0.5, "tillit": -0.4},
    "Visingsö-Örserum-Ölmstad": {"polisen": 1.0, "tillit": -0.5, "missbruk": -0.4},
}

# How much higher women score than men, and each age group, by group of questions.
WOMEN = {"oro": 0.3, "otrygghet": 0.6, "utsatthet": -0.1, "polisen": -0.15}
SEXES = ("k", "m")
AGES = ("16-24", "25-44", "45-64", "65-85")
AGE_SHARES = (0.11, 0.26, 0.32, 0.31)  # who answers: older people more often
AGE_SCORES = {"utsatthet": (0.5, 0.3, 0.0, -0.4), "utemiljo": (-0.4, 0.1, 0.2, 0.0)}
TENURES = ("hyresratt", "bostadsratt", "smahus")
TENURE_SCORES = np.array([0.3, 0.0, -0.2])

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Targets:
    """The tables above for one year, in the order of the register and of the model."""

    answers: Counts  # (areas,)
    index: Floats  # (areas,)
    tenure: Floats  # (areas, tenures)
    level: Floats  # (areas, questions)
    no_answer: Floats  # (questions,)
    free: Flags  # (areas,) the published report does not name the area


def main(target: Path = HOME) -> None:
    """Write both years' survey.csv below a folder and print their sha256."""
    for year in YEARS:
        file = target / "data" / str(year) / "survey.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="\n") as out:
            csv.writer(out, lineterminator="\n").writerows(answers(year))
        print(year, hashlib.sha256(file.read_bytes()).hexdigest())


def answers(year: int) -> list[list[str]]:
    """Make a year's file: a header, then one row per respondent in the order of their number."""
    model, register = config.model(HOME, year), areas.register(HOME)
    assert model is not None
    random = np.random.RandomState([SEED, year])
    names = register["name"].to_numpy()
    wanted = _targets(year, model, names, random)
    area = random.permutation(np.repeat(np.arange(len(names)), wanted.answers))
    sex, age = random.randint(0, 2, area.size), random.choice(4, area.size, p=AGE_SHARES)
    draw = random.random_sample(area.size)[:, None]
    tenure = (draw > wanted.tenure.cumsum(axis=1)[area, :2]).sum(axis=1)
    answered = random.random_sample((area.size, len(model.indicators))) >= wanted.no_answer
    asked = np.array([answered[area == h].sum(axis=0) for h in range(len(names))])
    weight = areas.adults(register, year).to_numpy() / wanted.answers
    counts = _counts(model, wanted, asked, weight, MUNICIPALITY[year], random)
    score = np.where(answered, _scores(model, sex, age, tenure, random), -np.inf)
    problem = _dealt(counts, area, score)
    number = np.sort(random.choice(INVITED, area.size, replace=False)) + 1
    persons = [number, names[area], np.array(SEXES)[sex], np.array(AGES)[age]]
    questions = zip(model.indicators, problem.T, answered.T, strict=True)
    given = [_codes(*question, random) for question in questions]
    header = ["lopnr", "omrade", "kon", "alder", "boende", *(item.key for item in model.indicators)]
    columns = [*persons, np.array(TENURES)[tenure], *given]
    return [header, *([str(cell) for cell in row] for row in zip(*columns, strict=True))]


def _targets(
    year: int, model: IndexModel, names: Iterable[str], random: np.random.RandomState
) -> Targets:
    """Read the tables for one year and spread each area's questions about its index."""
    at = YEARS.index(year)
    by_area = {line[:33].strip(): line[33:].split() for line in AREAS.strip().splitlines()}
    rows = np.array([by_area[name] for name in names], dtype=float)
    by_key = {key: row for key, *row in map(str.split, QUESTIONS.strip().splitlines())}
    asked = np.array([by_key[item.key] for item in model.indicators], dtype=float)
    offset = asked[:, at] + [[_standing(name, item) for item in model.indicators] for name in names]
    offset = offset + random.normal(0, 0.25, offset.shape)
    level = rows[:, [2 + at]] + offset - offset.mean(axis=1, keepdims=True)
    rent, house = rows[:, 4] / 100, rows[:, 5] / 100
    return Targets(
        answers=rows[:, at].astype(int),
        index=rows[:, 2 + at],
        tenure=np.column_stack([rent, 1 - rent - house, house]),
        level=np.clip(level, 0, 5),
        no_answer=asked[:, 2] / 100,
        free=np.array([name not in NAMED for name in names]),
    )


def _standing(name: str, item: Indicator) -> float:
    profile = PROFILES.get(name, {})
    return profile.get(item.key, profile.get(item.group, 0.0))


def _counts(
    model: IndexModel,
    wanted: Targets,
    asked: Counts,
    weight: Floats,
    municipality: float,
    random: np.random.RandomState,
) -> Counts:
    """Calibrate the number of problem answers, (areas, questions)."""
    curves = [
        index.curve(item.normal_share or 0.0, answers=model.answers, breadth=model.breadth)
        for item in model.indicators
    ]
    columns = zip(wanted.level.T, curves, strict=True)
    share = np.column_stack([np.interp(level, curve.y, curve.x) for level, curve in columns])
    counts = np.floor(share * asked + 0.5).astype(int)
    for h in range(len(counts)):
        counts[h] = _steered(counts[h], asked[h], curves, wanted.level[h], wanted.index[h])
    cells = [(h, j) for h in np.flatnonzero(wanted.free) for j in range(len(curves))]
    order = [cells[at] for at in random.permutation(len(cells))]
    return _pooled(counts, asked, curves, weight, municipality, order)


def _levels(curves: list[Curve], share: Floats) -> Floats:
    return np.array([float(index.score(c, s)) for c, s in zip(curves, share, strict=True)])


def _steered(
    counts: Counts, asked: Counts, curves: list[Curve], level: Floats, target: float
) -> Counts:
    """Move one answer at a time until no move brings the area's index nearer its target."""
    now = _levels(curves, counts / asked)
    gap = target - now.mean()
    step = 1 if gap > 0 else -1
    moved = _levels(curves, np.clip((counts + step) / asked, 0, 1))
    nearer = np.abs(gap - (moved - now) / len(now)) < abs(gap) - 1e-9
    if not nearer.any():
        return counts
    best = int(np.argmax(np.where(nearer, np.round(step * (level - now), 9), -np.inf)))
    return _steered(counts + step * (np.arange(len(now)) == best), asked, curves, level, target)


def _pooled(
    counts: Counts,
    asked: Counts,
    curves: list[Curve],
    weight: Floats,
    target: float,
    order: list[tuple[int, int]],
) -> Counts:
    """Move single answers in the cells' order until the municipality's index meets its target."""
    moved, out_of = counts.copy(), weight @ asked
    for cell in order:
        gap = target - _levels(curves, weight @ moved / out_of).mean()
        if abs(gap) < 2e-4:
            break
        moved[cell] = np.clip(moved[cell] + np.sign(gap), 0, asked[cell])
    return moved


def _scores(
    model: IndexModel, sex: Counts, age: Counts, tenure: Counts, random: np.random.RandomState
) -> Floats:
    """Score every respondent's leaning to each question, (respondents, questions)."""
    general = 0.45 * random.normal(size=sex.size) + TENURE_SCORES[tenure]
    by_group = {
        group: general
        + 0.35 * random.normal(size=sex.size)
        + WOMEN.get(group, 0.0) * (sex == 0)
        + np.array(AGE_SCORES.get(group, (0.0,) * 4))[age]
        for group in model.groups
    }
    leaning = np.column_stack([by_group[item.group] for item in model.indicators])
    return leaning + random.normal(size=leaning.shape)


def _dealt(counts: Counts, area: Counts, score: Floats) -> Flags:
    """Give each area's problem answers to its highest scores."""
    problem = np.zeros(score.shape, dtype=bool)
    for h, j in np.ndindex(counts.shape):
        there = np.flatnonzero(area == h)
        problem[there[np.argsort(-score[there, j], kind="stable")[: counts[h, j]]], j] = True
    return problem


def _codes(
    item: Indicator, problem: Flags, answered: Flags, random: np.random.RandomState
) -> list[str]:
    """Write the answers as the file codes them: milder ones are commoner, three in ten gaps blank."""
    calm = [code for code in item.answers if code not in item.problem]
    silent = np.where(random.random_sample(problem.size) < 0.3, "", item.no_answer[0])
    draw = random.random_sample(problem.size)
    scales = [item.problem if bad else calm for bad in problem]
    words = [scale[int(u * u * len(scale))] for scale, u in zip(scales, draw, strict=True)]
    return [str(text) for text in np.where(answered, words, silent)]


if __name__ == "__main__":
    main()
