"""The survey's answers: a file with one row per respondent in, a frame of coded answers out."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import swedish
from analysis.errors import nearest
from analysis.sources import readers
from analysis.sources.areas import spellings
from analysis.sources.columns import RawTable, mapped, matched, numbers
from analysis.sources.config import IndexModel
from analysis.sources.records import DeliveredSource, SurveySource

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
    columns = source.columns
    table = readers.table(root, number, source, [*columns.values(), *source.indicators])
    named = {key: key for key in model.question_keys if key in table.rows}
    asked = named | {key: column for column, key in source.indicators.items()}
    for name in table.rows.columns.difference([*columns.values(), *asked.values()]):
        near = nearest(name, [*model.question_keys, *columns.values()])
        remedy = f"{near} Annars: namnge den under [survey.indicators] eller i ignored."
        table.fault(None, name, "kolumnen är okänd.", remedy)
    require_measures(table, asked, model, source)
    table.check()
    coded = {"area": matched(table, columns["area"], spellings(register))}
    if people := columns.get("respondent"):
        twice = table.rows.loc[table.rows[people].duplicated(), people]
        table.faults(twice, people, "svarande ”{}” finns redan.", "Ta bort dubbletten.")
    coded["weight"] = _weights(table, columns.get("weight"))
    for split, labels in source.labels.items():
        way = f"Annars: lägg värdet i labels.{split} i year.toml."
        words = _coded(table, columns[split], {"": None, **labels}, way)
        coded[split] = words.astype(pd.CategoricalDtype(list(labels.values())))
    for item in model.indicators:
        if item.key in asked:
            code = {text: float(text in item.problem) for text in item.answers}
            silent = dict.fromkeys(["", *item.no_answer], np.nan)
            coded[item.key] = _coded(table, asked[item.key], silent | code).astype(float)
    table.check()
    return pd.DataFrame(coded).reset_index(drop=True)


def require_measures(
    table: RawTable,
    found: Collection[str],
    model: IndexModel,
    source: SurveySource | DeliveredSource,
) -> None:
    """Note keys that no question has, and what a table lacks without `not_asked` saying so.

    A table that has one question has them all, one that has a group's index has all indices.

    Args:
        found: the keys of the measures that the table has.
    """
    questions, indices = model.question_keys, ("index", *model.groups)
    for name, key in source.indicators.items():
        if key not in (known := (*questions, *indices)):
            table.fault(None, name, f"okänd fråga ”{key}”.", nearest(key, known))
    wanted = () if found and not set(questions) & set(found) else questions
    wanted += indices if set(model.groups) & set(found) else ()
    for key in set(source.not_asked).difference(set(questions + indices).difference(found)):
        what = f"”{key}” i not_asked finns i filen, eller är okänd."
        table.fault(None, "", what, "Ta bort den.")
    if lost := [key for key in wanted if key not in {*found, *source.not_asked}]:
        line = json.dumps([*source.not_asked, *lost])
        what = f"{swedish.listed([f'”{key}”' for key in lost])} saknas."
        remedy = f"Rätta filen. Ska de inte finnas: skriv not_asked = {line} i year.toml."
        table.fault(None, "", what, remedy)


def _coded(
    table: RawTable, column: str, scale: Mapping[str, object], remedy: str = ""
) -> pd.Series:
    """Give each text its code; a fault for what the scale has not."""
    texts = table.rows[column]
    valid = f"Giltiga: {', '.join(filter(None, scale))}. {remedy}".strip()
    table.faults(texts[~texts.isin([*scale])], column, "”{}” finns inte i skalan.", valid)
    return mapped(texts, scale.get)


def _weights(table: RawTable, column: str | None) -> pd.Series:
    if column is None:
        return pd.Series(np.nan, table.rows.index)
    values = numbers(table, column)
    bad = table.rows.loc[~values.gt(0), column]
    table.faults(bad, column, "vikten ”{}” är inte större än noll.", "Rätta vikten.")
    return values
