"""The survey's answers: a file with one row per respondent in, a frame of coded answers out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import Finding, nearest, raise_if_any
from analysis.sources import config, readers
from analysis.sources.areas import spellings
from analysis.sources.columns import mapped
from analysis.sources.config import IndexModel, Indicator, SurveySource
from analysis.sources.readers import RawTable

INDEX = "index"
TOTAL = ""


def answers(
    root: Path, number: int, source: SurveySource, model: IndexModel, register: pd.DataFrame
) -> pd.DataFrame:
    """Read one row per respondent.

    Returns:
        `area` (area_id), `weight` (as delivered, NaN where none is), a categorical column per split
        that the file has and a float column per question asked: 1 problem, 0 not, NaN no answer.

    Raises:
        Refusal: with every unknown area, duplicate respondent, stray answer and missing column.
    """
    needed = [*source.columns.values(), *source.indicators]
    table = readers.table(root, number, source, needed)
    column_of = {key: column for column, key in source.indicators.items()}
    asked = {
        item.key: column
        for item in model.indicators
        if (column := column_of.get(item.key, item.key)) in table.rows
    }
    raise_if_any(_unknown(table, source, model, asked))
    column = source.columns["area"]
    area, findings = readers.matched(table, column, spellings(register), what="okänt område")
    findings += _duplicates(table, source.columns.get("respondent"))
    coded: dict[str, pd.Series] = {"area": area}
    coded["weight"], faulty = _weights(table, source.columns.get("weight"))
    findings += faulty
    for split, labels in source.labels.items():
        coded[split], faulty = _split(table, source.columns[split], split, labels)
        findings += faulty
    for item in model.indicators:
        if item.key in asked:
            coded[item.key], faulty = _question(table, asked[item.key], item)
            findings += faulty
    raise_if_any(findings)
    return pd.DataFrame(coded).reset_index(drop=True)


def _unknown(
    table: RawTable, source: SurveySource, model: IndexModel, asked: Mapping[str, str]
) -> list[Finding]:
    """Find columns that nothing explains, keys that no question has, and questions that are gone."""
    keys, known = set(model.question_keys), {*source.columns.values(), *asked.values()}
    remedy = "Annars: namnge den under [survey.indicators] eller i ignored."
    return [
        *(
            table.finding(None, column, f"okänd fråga ”{key}”.", nearest(key, keys))
            for column, key in source.indicators.items()
            if key not in keys
        ),
        *(
            table.finding(None, name, "kolumnen är okänd.", f"{nearest(name, known)} {remedy}")
            for name in table.rows
            if name not in {*known, *source.indicators}
        ),
        *config.unexplained(table, asked, model, source),
    ]


def _duplicates(table: RawTable, column: str | None) -> list[Finding]:
    if column is None:
        return []
    people = table.rows[column]
    what = "svarande ”{}” finns redan."
    return table.faults(people[people.duplicated()], column, what, "Ta bort dubbletten.")


def _question(table: RawTable, column: str, question: Indicator) -> tuple[pd.Series, list[Finding]]:
    """Code answers; a finding for each row outside the scale."""
    texts = table.rows[column]
    code = {text: float(text in question.problem) for text in question.answers}
    silent = dict.fromkeys(["", *question.no_answer], np.nan)
    scale = ", ".join([*code, *question.no_answer])
    stray = texts[~texts.isin([*code, *silent])]
    what = "svaret ”{}” finns inte i skalan."
    findings = table.faults(stray, column, what, f"Giltiga: {scale}.")
    return mapped(texts, (silent | code).get).astype(float), findings


def _split(
    table: RawTable, column: str, split: str, labels: Mapping[str, str]
) -> tuple[pd.Series, list[Finding]]:
    texts = table.rows[column]
    stray = texts[~texts.isin(["", *labels])]
    remedy = f"Giltiga: {', '.join(labels)}. Annars: lägg värdet i labels.{split} i year.toml."
    findings = table.faults(stray, column, "”{}” är okänt.", remedy)
    return mapped(texts, labels.get).astype(pd.CategoricalDtype(list(labels.values()))), findings


def _weights(table: RawTable, column: str | None) -> tuple[pd.Series, list[Finding]]:
    if column is None:
        return pd.Series(np.nan, table.rows.index), []
    values, findings = readers.numbers(table, column)
    bad = table.rows.loc[~values.gt(0), column]
    findings += table.faults(bad, column, "vikten ”{}” är inte större än noll.", "Rätta vikten.")
    return values, findings
