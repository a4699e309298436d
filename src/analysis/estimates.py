"""A year's estimates: answers, or a table that someone else reckoned, in; one row per cell out.

Nothing here may be printed: `results` gates it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import Finding, raise_if_any, refuse
from analysis.sources import areas as register_of
from analysis.sources import delivered, survey
from analysis.sources.config import SPLITS, Config, DeliveredSource, IndexModel, SurveySource
from analysis.statistics import problem_index, shares, weights
from analysis.statistics.problem_index import Curve
from analysis.statistics.shares import Floats

TOTAL = ""
INDEX = "index"
KEYS = ["area", "split", "group", "measure"]
QUANTITIES = ["value", "se", "lower", "upper", "n", "n_eff", "df"]
CELL = ["unit", "decimals", *QUANTITIES, "source"]
UNITS = {"index": "index", "share": "share", "percent": "share"}
DECIMALS = {"index": 2, "share": 0}
Z = 1.959963984540054

Margin = tuple[npt.NDArray[np.integer], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """A year's cells, not gated.

    Attributes:
        cells: one row per KEYS (`area` "" is the municipality, `split` "" everyone): `unit`,
            `decimals`, QUANTITIES, `source` ("computed" | "delivered").
        reconciled: one row per area and measure both `delivered` and `computed`.
        residents: 16–85 years, by area; NaN where unknown.
        labels: by measure, as a delivered table names them.
        invited, answered: people; None where unknown.
    """

    cells: pd.DataFrame
    reconciled: pd.DataFrame
    residents: pd.Series
    labels: Mapping[str, str]
    invited: int | None
    answered: int | None


def of(root: Path, declared: Config, areas: pd.DataFrame) -> Estimates:
    """Estimate a year; no cells where it has neither answers nor a delivered table.

    Args:
        areas: the year's register.

    Raises:
        Refusal: with every fault of the year's survey files.
    """
    year, model = declared.year, declared.model
    found = none(register_of.adults(areas, year.year))
    if year.survey is not None:
        if model is None:
            what = f"svaren för {year.year} saknar indexmodell."
            raise refuse(what, "Gör filen efter mallen.", file="data/index_model.toml")
        answers = survey.answers(root, year.year, year.survey, model, areas)
        residents = _residents(answers, areas, year.year)
        weighed = answers.assign(weight=_weights(answers, residents, year.survey))
        found = replace(computed(weighed, model, residents), invited=year.survey.invited)
    if year.delivered is None:
        return found
    table = delivered.read(root, year.year, year.delivered, model, areas)
    with_table = _reconciled(found, _cells(table, year.delivered))
    return replace(
        with_table,
        labels=table.drop_duplicates("measure").set_index("measure")["label"].to_dict(),
        invited=found.invited or year.delivered.invited,
        answered=found.answered or year.delivered.answered,
    )


def computed(answers: pd.DataFrame, model: IndexModel, residents: pd.Series) -> Estimates:
    """Estimate every share and index of areas, municipality and groups of people.

    Args:
        answers: as in `statistics.shares`.
        residents: 16–85 years, by area.
    """
    questions = [item.key for item in model.indicators if item.key in answers]
    curves, members = _index(model, questions)
    is_whole = model.levels == "integer"

    def by(column: str | None) -> pd.DataFrame:
        asked = shares.estimate(answers, questions, residents, column)
        scored = problem_index.estimate(
            answers, curves, members, residents, column, whole_levels=is_whole
        )
        return pd.concat([_computed(scored, "index"), _computed(asked, "share")])

    areas, total = by("area"), by(None).assign(area=TOTAL)
    if model.aggregate == "areas" and members:
        mean = problem_index.mean_of_areas(areas.loc[areas["unit"].eq("index")], residents)
        shared = total.loc[total["unit"].eq("share")]
        total = pd.concat([_computed(mean, "index").assign(area=TOTAL), shared])
    everyone = pd.concat([areas, total]).assign(split="", group="")
    splits = [by(split).assign(split=split, area=TOTAL) for split in SPLITS if split in answers]
    cells = pd.concat([everyone, *splits], ignore_index=True)[[*KEYS, *CELL]]
    return replace(none(residents), cells=cells, answered=len(answers))


def _index(
    model: IndexModel, questions: list[str]
) -> tuple[dict[str, Curve], dict[str, list[str]]]:
    """Draw the curves of the index's questions and list each measure's; none unless all were asked."""
    chosen = [item for item in model.indicators if item.in_index]
    if not {item.key for item in chosen} <= set(questions):
        return {}, {}
    curves = {
        item.key: problem_index.curve(
            item.normal_share or 0.0, answers=model.answers, breadth=model.breadth
        )
        for item in chosen
    }
    groups = {key: [item.key for item in chosen if item.group == key] for key in model.groups}
    members = {INDEX: list(curves), **{key: own for key, own in groups.items() if own}}
    return curves, members if curves else {}


def _computed(found: pd.DataFrame, unit: str) -> pd.DataFrame:
    return found.assign(unit=unit, decimals=DECIMALS[unit], source="computed")


def _residents(answers: pd.DataFrame, areas: pd.DataFrame, year: int) -> pd.Series:
    """Return the residents of the year's areas; refuse fewer than have answered."""
    register_of.require_adults(areas, year)
    residents = register_of.adults(areas, year)
    answered = answers["area"].value_counts().reindex(residents.index, fill_value=0)
    raise_if_any(
        Finding(
            f"området ”{areas['name'][area]}” har {count} svar men {residents[area]:g} invånare "
            "16–85 år.",
            f"Fyll i kolumnen adults_{year}.",
            register_of.FILE,
        )
        for area, count in answered.items()
        if count and not residents[area] >= count
    )
    return residents


def _weights(answers: pd.DataFrame, residents: pd.Series, source: SurveySource) -> pd.Series:
    """Weigh each answer by residents per answer, unless the file has weights, and rake."""
    weight = answers["weight"]
    if weight.isna().all():
        per_answer = residents / answers["area"].value_counts()
        weight = answers["area"].map(per_answer).astype(float)
    if not source.margins:
        return weight
    strata = pd.Categorical(answers["area"])
    totals: Floats = np.bincount(strata.codes, weight).astype(float)
    margins: list[Margin] = [(strata.codes, totals)]
    for split, people in source.margins.items():
        wanted = {source.labels[split][value]: count for value, count in people.items()}
        margins.append(_margin(pd.Categorical(answers[split]), weight.to_numpy(), wanted))
    try:
        return pd.Series(weights.rake(weight.to_numpy(), margins), weight.index)
    except ValueError as fault:
        what = f"[survey.margins] i year.toml kan inte uppfyllas: {fault}"
        raise refuse(what, "Rätta talen i year.toml.") from None


def _margin(labels: pd.Categorical, weight: Floats, wanted: Mapping[str, float]) -> Margin:
    """Share out the weights by a margin; those whose split is blank keep theirs."""
    codes = np.where(labels.codes < 0, len(labels.categories), labels.codes)
    blank = weight[labels.codes < 0].sum()
    people = np.array([wanted[name] for name in labels.categories])
    people = people * (weight.sum() - blank) / people.sum()
    return codes, np.append(people, blank) if blank else people


def _cells(table: pd.DataFrame, source: DeliveredSource) -> pd.DataFrame:
    """Give a delivered table the form of cells; an interval, where there is one, gives the se."""
    known = table.loc[table["value"].notna() | table["n"].eq(0)]
    return known.assign(
        split="",
        group="",
        unit=UNITS.get(source.unit, source.unit_name),
        se=(known["upper"] - known["lower"]) / (2 * Z),
        n_eff=np.nan,
        df=np.where(known["n"] > 1, known["n"] - 1, np.inf),
        source="delivered",
    )[[*KEYS, *CELL]]


def _reconciled(own: Estimates, given: pd.DataFrame) -> Estimates:
    """Let delivered values win, and keep what was computed beside them.

    Where we know that few answered, we know it of the delivered value too.
    """
    computed_too = own.cells[[*KEYS, "unit", "value", "n"]]
    both = given.merge(
        computed_too, on=[*KEYS, "unit"], how="left", suffixes=("", "_computed"), validate="1:1"
    )
    given = both.assign(n=both[["n", "n_computed"]].min(axis=1))[given.columns]
    keys = [pd.MultiIndex.from_frame(frame[KEYS]) for frame in (own.cells, given)]
    names = {"value": "delivered", "value_computed": "computed"}
    return replace(
        own,
        cells=pd.concat([own.cells.loc[~keys[0].isin(keys[1])], given], ignore_index=True),
        reconciled=both.rename(columns=names)[["area", "measure", *names.values()]].dropna(),
    )


def none(residents: pd.Series) -> Estimates:
    """Return a year without estimates."""
    reconciled = pd.DataFrame(columns=["area", "measure", "delivered", "computed"])
    cells = pd.DataFrame(columns=[*KEYS, *CELL]).astype(dict.fromkeys(QUANTITIES, float))
    return Estimates(cells, reconciled, residents, {}, None, None)
