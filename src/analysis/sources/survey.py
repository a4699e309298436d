"""The survey's answers: one row per respondent in, coded answers out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import Finding, nearest, raise_if_any
from analysis.sources import catalogue, rawtable
from analysis.sources.areas import spellings
from analysis.sources.config import IndexModel, Indicator, SurveySource
from analysis.sources.rawtable import RawTable

INDEX = "index"
TOTAL = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """Every respondent's answers, coded.

    Attributes:
        area: (respondents,) row number in the register of areas.
        weight: (respondents,) delivered weights, or None.
        problem: (respondents, indicators) 1 problem, 0 no problem, -1 no answer.
        asked: (indicators,) whether the year's file has the question.
        splits: for each split the file has, its label for every respondent.
    """

    area: npt.NDArray[np.intp]
    weight: npt.NDArray[np.float64] | None
    problem: npt.NDArray[np.int8]
    asked: npt.NDArray[np.bool_]
    splits: dict[str, pd.Categorical]


def answers(
    root: Path, number: int, source: SurveySource, model: IndexModel, register: pd.DataFrame
) -> Answers:
    """Read one row per respondent.

    Args:
        register: the areas, with columns `area_id`, `name`, `aliases`.

    Raises:
        Refusal: with every unknown area, duplicate respondent, stray answer and missing column.
    """
    table = catalogue.table(root, number, source)
    column_of = {key: column for column, key in source.indicators.items()}
    columns = {item.key: column_of.get(item.key, item.key) for item in model.indicators}
    asked = [item for item in model.indicators if columns[item.key] in table.rows.columns]
    _require_known(table, source, model, columns)
    area, findings = rawtable.matched(
        table, source.columns["area"], spellings(register), what="okänt område"
    )
    findings += _duplicates(table, source.columns.get("respondent"))
    coded = {item.key: _coded(table, columns[item.key], item) for item in asked}
    splits = {name: _split(table, source, name) for name in source.labels}
    weight, weight_findings = _weights(table, source.columns.get("weight"))
    findings += weight_findings
    findings += [item for _, found in [*coded.values(), *splits.values()] for item in found]
    raise_if_any(findings)
    silent = np.full(len(table.rows), -1, dtype=np.int8)
    return Answers(
        area=register.index.get_indexer(area),
        weight=weight,
        problem=np.asfortranarray(
            np.column_stack(
                [coded[item.key][0] if item.key in coded else silent for item in model.indicators]
            )
        ),
        asked=np.array([item.key in coded for item in model.indicators]),
        splits={name: labels for name, (labels, _) in splits.items()},
    )


def _require_known(
    table: RawTable, source: SurveySource, model: IndexModel, columns: dict[str, str]
) -> None:
    """Refuse missing columns and questions, keys that no indicator has, and unexplained columns."""
    rawtable.require(table, [*source.columns.values(), *source.indicators])
    keys = {item.key for item in model.indicators}
    raise_if_any(
        table.finding(None, column, f"okänd fråga ”{key}”.", nearest(key, keys))
        for column, key in source.indicators.items()
        if key not in keys
    )
    known = {*source.columns.values(), *columns.values(), *source.ignored}
    raise_if_any(
        table.finding(
            None,
            column,
            "kolumnen är okänd.",
            f"{nearest(column, known)} Annars: namnge den under [survey.indicators] eller i ignored.",
        )
        for column in table.rows.columns
        if column not in known
    )
    asked = [key for key, column in columns.items() if column in table.rows.columns]
    raise_if_any(catalogue.unexplained(table, asked, model, source))


def _duplicates(table: RawTable, column: str | None) -> list[Finding]:
    if column is None:
        return []
    numbers = table.rows[column]
    twice = numbers[numbers.duplicated()]
    return table.faults(twice, column, "svarande ”{}” finns redan.", "Ta bort dubbletten.")


def _coded(
    table: RawTable, column: str, indicator: Indicator
) -> tuple[npt.NDArray[np.int8], list[Finding]]:
    """Code a question's answers 1, 0 or -1; a finding for each row outside the scale."""
    texts = table.rows[column]
    answered = texts.isin(indicator.answers)
    stray = ~answered & ~texts.isin([*indicator.no_answer, ""])
    scale = ", ".join([*indicator.answers, *indicator.no_answer])
    what = "svaret ”{}” finns inte i skalan."
    findings = table.faults(texts[stray], column, what, f"Giltiga: {scale}.")
    problem = texts.isin(indicator.problem).to_numpy()
    return np.where(answered, problem, -1).astype(np.int8), findings


def _split(
    table: RawTable, source: SurveySource, name: str
) -> tuple[pd.Categorical, list[Finding]]:
    labels = source.labels[name]  # type: ignore[index]
    column = source.columns[name]  # type: ignore[index]
    texts = table.rows[column].map(labels)
    stray = texts.isna() & table.rows[column].ne("")
    remedy = f"Giltiga: {', '.join(labels)}. Annars: lägg värdet i labels.{name} i year.toml."
    findings = table.faults(table.rows.loc[stray, column], column, "”{}” är okänt.", remedy)
    return pd.Categorical(texts, categories=list(dict.fromkeys(labels.values()))), findings


def _weights(
    table: RawTable, column: str | None
) -> tuple[npt.NDArray[np.float64] | None, list[Finding]]:
    if column is None:
        return None, []
    values, findings = rawtable.numbers(table, column)
    bad = table.rows.loc[~values.gt(0), column]
    findings += table.faults(bad, column, "vikten ”{}” är inte större än noll.", "Rätta vikten.")
    return values.to_numpy(), findings
