"""A year's cells reckoned from its answers: answers in, Estimates out, not yet gated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.cells import KEYS, QUANTITIES, Estimates
from analysis.errors import Finding, raise_if_any, refuse
from analysis.sources import areas as register_of
from analysis.sources import config as records
from analysis.sources import survey
from analysis.sources.config import IndexModel, Year
from analysis.sources.survey import INDEX, TOTAL
from analysis.statistics import problem_index as index
from analysis.statistics import shares, weights
from analysis.statistics.shares import Sample


def of(
    root: Path,
    year: Year,
    model: IndexModel | None,
    areas: pd.DataFrame,
    merged: Mapping[str, tuple[str, ...]],
) -> Estimates | None:
    """Estimate a year from its answers; None where it has none. Raises Refusal with every fault."""
    if year.survey is None:
        return None
    if model is None:
        what = f"svaren för {year.year} saknar indexmodell."
        raise refuse(what, "Gör filen efter mallen i README.", file="data/index_model.toml")
    answers = survey.answers(root, year.year, year.survey, model, areas)
    sample = _sample(answers, areas, year.year, year.survey)
    cells = [
        _share_cells(sample, answers, model, areas),
        _index_cells(sample, answers, model, areas),
        *_split_cells(sample, answers, model),
        *_merged_cells(sample, answers, model, areas, merged),
    ]
    return Estimates(
        cells=pd.concat(cells, ignore_index=True),
        rest=_rest(sample, answers, model, areas),
        reconciled=pd.DataFrame(columns=[*KEYS, "value", "computed"]),
        mass=_mass(sample, answers, model, areas),
        adults=register_of.adults(areas, year.year),
        invited=year.survey.invited,
        answered=len(answers.area),
        merged=merged,
    )


def _sample(
    answers: survey.Answers, areas: pd.DataFrame, year: int, source: records.SurveySource
) -> Sample:
    """Weigh each answer by residents per answer, unless the file has weights."""
    answered = np.bincount(answers.area, minlength=len(areas))
    register_of.require_adults(areas, year)
    population = register_of.adults(areas, year).to_numpy(dtype=float)
    raise_if_any(
        Finding(
            f"området ”{name}” har {count} svar men {people:g} invånare 16–85 år.",
            f"Fyll i kolumnen adults_{year}.",
            "data/areas.csv",
        )
        for name, count, people in zip(areas["name"], answered, population, strict=True)
        if count and not people >= count
    )
    weight = answers.weight
    if weight is None:
        weight = (population / np.maximum(answered, 1))[answers.area]
    if source.margins:
        weight = _raked(weight, answers, source)
    return Sample(answers.area, weight, answers.problem, np.nan_to_num(population))


def _raked(weight: np.ndarray, answers: survey.Answers, source: records.SurveySource) -> np.ndarray:
    """Scale the weights to the year's margins, the areas' totals kept.

    Those whose split is blank keep their weight; the margin is met by the others.
    """
    margins: list[tuple[np.ndarray, np.ndarray]] = [
        (answers.area, np.bincount(answers.area, weight))
    ]
    for split, people in source.margins.items():
        labels = answers.splits[split]
        codes = np.where(labels.codes < 0, len(labels.categories), labels.codes)
        known = {source.labels[split][value]: count for value, count in people.items()}
        wanted = np.array([known[name] for name in labels.categories])
        blank = weight[labels.codes < 0].sum()
        wanted = wanted * (weight.sum() - blank) / wanted.sum()
        margins.append((codes, np.append(wanted, blank) if blank else wanted))
    try:
        return weights.rake(weight, margins)
    except ValueError as fault:
        raise refuse(
            f"[survey.margins] i year.toml kan inte uppfyllas: {fault}", "Rätta talen i year.toml."
        ) from None


def _frame(
    estimates: pd.DataFrame,
    kind: str,
    *,
    area: object,
    measure: object,
    asked: object,
    split: str = "",
    level: str = "",
) -> pd.DataFrame:
    """Give an estimate frame the keys of a cell."""
    return estimates[QUANTITIES].assign(
        area=area,
        split=split,
        level=level,
        measure=measure,
        kind=kind,
        asked=asked,
        delivered=False,
    )


def _share_cells(
    sample: Sample, answers: survey.Answers, model: IndexModel, areas: pd.DataFrame
) -> pd.DataFrame:
    keys = np.array([item.key for item in model.indicators])
    by_area, total = shares.by_area(sample), shares.by_domain(sample)
    code = by_area["indicator"].to_numpy()
    return pd.concat(
        [
            _frame(
                by_area,
                "share",
                area=areas.index.to_numpy()[by_area["area"]],
                measure=keys[code],
                asked=answers.asked[code],
            ),
            _frame(
                total,
                "share",
                area=TOTAL,
                measure=keys[total["indicator"]],
                asked=answers.asked[total["indicator"]],
            ),
        ]
    )


def _indexed(
    sample: Sample, answers: survey.Answers, model: IndexModel
) -> tuple[Sample, list[index.Curve], dict[str, np.ndarray]] | None:
    """Narrow a sample to the index's questions; None unless all of them were asked."""
    codes = [at for at, item in enumerate(model.indicators) if item.in_index]
    if not codes or not answers.asked[codes].all():
        return None
    chosen = [model.indicators[at] for at in codes]
    curves = [
        index.curve(item.normal_share or 0.0, answers=model.answers, breadth=model.breadth)
        for item in chosen
    ]
    members = {INDEX: np.arange(len(chosen))}
    for group in model.groups:
        own = [at for at, item in enumerate(chosen) if item.group == group]
        if own:
            members[group] = np.array(own)
    narrow = Sample(sample.stratum, sample.weight, sample.problem[:, codes], sample.population)
    return narrow, curves, members


def _index_cells(
    sample: Sample, answers: survey.Answers, model: IndexModel, areas: pd.DataFrame
) -> pd.DataFrame | None:
    parts = _indexed(sample, answers, model)
    if parts is None:
        return None
    narrow, curves, members = parts
    integer = model.levels == "integer"
    by_area = index.by_area(narrow, curves, members, integer=integer)
    total = index.by_domain(narrow, curves, members, integer=integer)
    if model.aggregate == "areas":
        total = index.mean_of_areas(by_area, sample.population)
    names = areas.index.to_numpy()[by_area["area"]]
    return pd.concat(
        [
            _frame(by_area, "index", area=names, measure=by_area["measure"], asked=True),
            _frame(total, "index", area=TOTAL, measure=total["measure"], asked=True),
        ]
    )


def _split_cells(
    sample: Sample, answers: survey.Answers, model: IndexModel
) -> Iterator[pd.DataFrame]:
    """Estimate the municipality's shares and index by sex, age and tenure."""
    for split, labels in answers.splits.items():
        # Level "" is those whose split is blank: in the equations, never published.
        for level in [*labels.categories, *([""] if labels.isna().any() else [])]:
            member = np.asarray(labels.isna() if level == "" else labels == level)
            yield from _domain_cells(sample, answers, model, member, split=split, level=level)


def _merged_cells(
    sample: Sample,
    answers: survey.Answers,
    model: IndexModel,
    areas: pd.DataFrame,
    merged: Mapping[str, tuple[str, ...]],
) -> Iterator[pd.DataFrame]:
    """Estimate areas of the year after that are whole areas of this year together."""
    for area, parts in merged.items():
        member = np.isin(answers.area, areas.index.get_indexer(list(parts)))
        yield from _domain_cells(sample, answers, model, member, area=area)


def _domain_cells(
    sample: Sample,
    answers: survey.Answers,
    model: IndexModel,
    member: np.ndarray,
    *,
    area: str = TOTAL,
    split: str = "",
    level: str = "",
) -> Iterator[pd.DataFrame]:
    """Estimate the shares and indices of some of the respondents."""
    found = shares.by_domain(sample, member)
    code = found["indicator"].to_numpy()
    names = np.array([item.key for item in model.indicators])[code]
    asked = answers.asked[code]
    key = {"area": area, "split": split, "level": level}
    yield _frame(found, "share", measure=names, asked=asked, **key)
    parts = _indexed(sample, answers, model)
    if parts is not None:
        scored = index.by_domain(*parts, member, integer=model.levels == "integer")
        yield _frame(scored, "index", measure=scored["measure"], asked=True, **key)


def _rest(
    sample: Sample, answers: survey.Answers, model: IndexModel, areas: pd.DataFrame
) -> pd.DataFrame:
    parts = _indexed(sample, answers, model)
    if parts is None or model.levels == "integer":
        return pd.DataFrame(columns=["area", "measure", "difference", "p_value"])
    found = index.against_rest(*parts)
    return found.assign(area=areas.index.to_numpy()[found["area"]])


def _mass(
    sample: Sample, answers: survey.Answers, model: IndexModel, areas: pd.DataFrame
) -> pd.DataFrame:
    """Sum the weights of those who answered each question, by area and by split level."""
    keys = [item.key for item in model.indicators]
    weights = np.where(sample.problem >= 0, sample.weight[:, None], 0.0)
    groups = [("", "", areas.index.to_numpy()[sample.stratum])]
    groups += [
        (split, TOTAL, np.asarray(labels.astype(object)))
        for split, labels in answers.splits.items()
    ]
    frames = []
    for split, area, labels in groups:
        sums = pd.DataFrame(weights, columns=keys).groupby(pd.Series(labels).fillna("")).sum()
        long = (
            sums.rename_axis("label")
            .melt(ignore_index=False, var_name="measure", value_name="weight")
            .reset_index()
        )
        key = (
            {"area": area, "level": long["label"]}
            if split
            else {"area": long["label"], "level": ""}
        )
        frames.append(long.assign(split=split, **key))
    return pd.concat(frames, ignore_index=True)[[*KEYS, "weight"]]
