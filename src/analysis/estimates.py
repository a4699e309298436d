"""A year's estimates: answers, or a table that someone else reckoned, in; one row per cell out.

Nothing here may be printed: `results` gates it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import Finding, raise_if_any, refuse
from analysis.sources import areas as register_of
from analysis.sources import survey
from analysis.sources.config import Config, IndexModel
from analysis.sources.records import SPLITS, DeliveredSource, SurveySource
from analysis.statistics import comparison, disclosure, problem_index, shares, weights
from analysis.statistics.problem_index import Curve

TOTAL = disclosure.TOTAL
INDEX = "index"
KEYS = comparison.CELL
QUANTITIES = [*disclosure.NUMBERS, "computed"]
CELL = ["label", "unit", "decimals", "source", *QUANTITIES]
EVERYONE = {"area": TOTAL, "split": "", "group": ""}
UNITS = {"index": "index", "share": "share", "percent": "share"}
OF_INDEX, OF_SHARE = {"unit": "index", "decimals": 2}, {"unit": "share", "decimals": 0}
Z = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """A year's cells, not gated.

    Attributes:
        cells: one row per KEYS (`area` "" is the municipality, `split` "" everyone): `label` (as a
            delivered table has it), `unit`, `decimals`, `source` ("computed" | "delivered"),
            QUANTITIES (`computed`: our own value where one was delivered) and `status`.
        invited, answered: people; None where unknown.
    """

    cells: pd.DataFrame
    invited: int | None
    answered: int | None


def of(root: Path, declared: Config, areas: pd.DataFrame) -> Estimates:
    """Estimate a year; no cells where it has neither answers nor a delivered table.

    Args:
        areas: the year's register.

    Raises:
        Refusal: with every fault of the year's survey files.
    """
    year, model, answered = declared.year, declared.model, None
    cells = pd.DataFrame(columns=[*KEYS, *CELL]).astype(dict.fromkeys(QUANTITIES, float))
    if year.survey is not None:
        if model is None:
            what = f"svaren för {year.year} saknar indexmodell."
            raise refuse(what, "Gör filen efter mallen.", file="data/index_model.toml")
        answers = survey.answers(root, year.year, year.survey, model, areas)
        residents = _residents(answers, areas, year.year)
        weighed = answers.assign(weight=_weights(answers, residents, year.survey))
        cells, answered = computed(weighed, model, residents), len(answers)
    if year.delivered is not None:
        table = survey.delivered(root, year.year, year.delivered, model, areas)
        cells = _replaced(cells, _cells(table, year.delivered))
        answered = answered or year.delivered.answered
    invited = [source.invited for source in (year.survey, year.delivered) if source is not None]
    judged = disclosure.judged(cells, declared.municipality.disclosure)
    return Estimates(judged, next(filter(None, invited), None), answered)


def computed(answers: pd.DataFrame, model: IndexModel, residents: pd.Series) -> pd.DataFrame:
    """Estimate every share and index of areas, municipality and groups of people.

    Args:
        answers: as in `statistics.shares`.
        residents: 16–85 years, by area.

    Returns:
        `Estimates.cells`, without `status`.
    """
    questions = [item.key for item in model.indicators if item.key in answers]
    curves, members = _index(model, questions)
    is_whole = model.levels == "integer"

    def by(column: str | None) -> pd.DataFrame:
        asked = shares.ratios(answers, questions, residents, column)
        scored = problem_index.estimate(asked, curves, members, whole_levels=is_whole)
        return pd.concat([scored.assign(**OF_INDEX), shares.estimate(asked).assign(**OF_SHARE)])

    areas, total = by("area"), by(None)
    if model.aggregate == "areas" and members:
        mean = problem_index.mean_of_areas(areas.loc[areas["unit"].eq("index")], residents)
        total = pd.concat([mean.assign(**OF_INDEX), total.loc[total["unit"].eq("share")]])
    splits = [by(split).assign(split=split) for split in SPLITS if split in answers]
    cells = pd.concat([areas, total.assign(**EVERYONE), *splits], ignore_index=True)
    return cells.assign(source="computed").reindex(columns=[*KEYS, *CELL]).fillna(EVERYONE)


def _index(
    model: IndexModel, questions: list[str]
) -> tuple[dict[str, Curve], dict[str, list[str]]]:
    """Draw the curves of the index's questions and list each measure's; none unless all were asked."""
    chosen = [item for item in model.indicators if item.in_index]
    if not chosen or not {item.key for item in chosen} <= set(questions):
        return {}, {}
    curves = {
        item.key: problem_index.curve(
            item.normal_share or 0.0, answers=model.answers, breadth=model.breadth
        )
        for item in chosen
    }
    groups = {key: [item.key for item in chosen if item.group == key] for key in model.groups}
    return curves, {INDEX: list(curves), **{key: own for key, own in groups.items() if own}}


def _residents(answers: pd.DataFrame, areas: pd.DataFrame, year: int) -> pd.Series:
    """Return the residents of the year's areas; refuse fewer than have answered."""
    register_of.require_adults(areas, year)
    both = areas.assign(residents=register_of.adults(areas, year), n=answers["area"].value_counts())
    raise_if_any(
        Finding(
            f"området ”{area.name}” har {area.n:g} svar men {area.residents:g} invånare 16–85 år.",
            f"Fyll i kolumnen adults_{year}.",
            register_of.FILE,
        )
        for area in both.loc[both["n"].gt(0) & ~both["residents"].ge(both["n"])].itertuples()
    )
    return both["residents"]


def _weights(answers: pd.DataFrame, residents: pd.Series, source: SurveySource) -> pd.Series:
    """Weigh each answer by residents per answer, unless the file has weights, and rake.

    Those whose group is blank keep their part of the whole.
    """
    area, weight = answers["area"], answers["weight"]
    if weight.isna().all():
        weight = area.map(residents / area.value_counts()).astype(float)
    margins = [(area, weight.groupby(area).sum())]
    for split, people in source.margins.items():
        wanted = pd.Series(people).rename(source.labels[split])
        known = weight[answers[split].notna()].sum()
        margins.append((answers[split], wanted * known / wanted.sum()))
    try:
        return weights.rake(weight, margins) if source.margins else weight
    except ValueError as fault:
        what = f"[survey.margins] i year.toml kan inte uppfyllas: {fault}"
        raise refuse(what, "Rätta talen i year.toml.") from None


def _cells(table: pd.DataFrame, source: DeliveredSource) -> pd.DataFrame:
    """Give a delivered table the form of cells; an interval, where there is one, gives the se."""
    known = table.loc[table["value"].notna() | table["n"].eq(0)].reindex(columns=[*KEYS, *CELL])
    return known.assign(
        split="",
        group="",
        unit=UNITS.get(source.unit, source.unit_name),
        se=(known["upper"] - known["lower"]) / (2 * Z),
        df=np.where(known["n"] > 1, known["n"] - 1, np.inf),
        source="delivered",
    )


def _replaced(own: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Let delivered values win, and keep what was computed beside them.

    Where we know that few answered, we know it of the delivered value too.
    """
    names = {"value": "computed", "n": "answered"}
    beside = own[[*KEYS, "unit", *names]].rename(columns=names)
    both = given.drop(columns="computed").merge(
        beside, on=[*KEYS, "unit"], how="left", validate="1:1"
    )
    both = both.assign(n=both[["n", "answered"]].min(axis=1)).drop(columns="answered")
    return pd.concat([own, both]).drop_duplicates(KEYS, keep="last", ignore_index=True)
