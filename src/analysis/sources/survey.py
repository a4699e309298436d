"""The survey's answers, and tables that someone else reckoned: files in, frames by measure out."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from analysis import swedish
from analysis.errors import nearest, short
from analysis.sources import readers
from analysis.sources.areas import spellings
from analysis.sources.columns import ALIAS, RawTable, fold, mapped, matched, numbers
from analysis.sources.config import IndexModel
from analysis.sources.records import DeliveredSource, SurveySource

INDEX = "index"
TOTAL = ""
REFERENCE: Final = "reference"  # of the country or the county beside the whole place
# What a unit's numbers are divided by, their largest value then, and the decimals that are printed
# at most (a share's are of per cent): more would tell what single persons answered.
UNITS = {
    "index": (1.0, 6.0, 2),
    "share": (1.0, 1.0, 1),
    "percent": (100.0, 1.0, 1),
    "number": (1.0, np.inf, 3),
}
STRANGER = f"{ALIAS} Platsens rad anges med total i year.toml, landets eller länets med reference."


def answers(
    root: Path, number: int, source: SurveySource, model: IndexModel, register: pd.DataFrame
) -> pd.DataFrame:
    """Read one row per respondent.

    Returns:
        `area` (area_id), `weight` (as delivered, NaN where none is), a categorical column per split
        that the file has and a float column per question asked: 1 problem, 0 not, NaN no answer.

    Raises Refusal with every unknown area, duplicate respondent, stray answer and missing column.
    """
    columns = source.columns
    table, questions = asked(root, number, source, model)
    rows, weight = table.rows, columns.get("weight")
    strangers = rows.columns.difference([*columns.values(), *questions.values()])
    _require_measures(table, questions, [(None, name, name) for name in strangers], model, source)
    table.check()
    coded = {"area": matched(table, columns["area"], spellings(register))}
    coded["weight"] = numbers(table, weight) if weight else pd.Series(np.nan, rows.index)
    for split, labels in source.labels.items():
        way = f" Annars: lägg värdet i labels.{split} i year.toml."
        words = _coded(table, columns[split], {"": None, **labels}, way)
        coded[split] = words.astype(pd.CategoricalDtype(list(labels.values())))
    for item in model.indicators:
        if item.key in questions:
            code = {text: float(text in item.problem) for text in item.answers}
            silent = dict.fromkeys(["", *item.no_answer], np.nan)
            coded[item.key] = _coded(table, questions[item.key], silent | code).astype(float)
    if people := columns.get("respondent"):
        twice = rows[people][rows[people].duplicated()]
        table.faults(twice, "svarande ”{}” finns redan.", "Ta bort dubbletten.")
    if weight:
        bad = rows[weight][~coded["weight"].gt(0)]
        table.faults(bad, "vikten ”{}” är inte större än noll.", "Rätta vikten.")
    table.check()
    return pd.DataFrame(coded).reset_index(drop=True)


def asked(
    root: Path, number: int, source: SurveySource, model: IndexModel
) -> tuple[RawTable, dict[str, str]]:
    """Read the answers as texts, and tell which column each question has."""
    table = readers.table(root, number, source, [*source.columns.values(), *source.indicators])
    own = {key: key for key in model.question_keys if key in table.rows}
    return table, own | {key: column for column, key in source.indicators.items()}


def delivered(
    root: Path, number: int, source: DeliveredSource, model: IndexModel | None, areas: pd.DataFrame
) -> pd.DataFrame:
    """Read a table that someone else reckoned as one row per area and measure.

    The model names the measures; without one each spelling in the file becomes its own.

    Returns:
        Columns `area` (area_id, TOTAL or REFERENCE), `measure`, `label`, `value`, `lower`, `upper`
        (index 0–6, share 0–1 or the delivered unit), `n` and `decimals` (of the printed value);
        missing is NaN.

    Raises Refusal with every unknown area or measure, stray number and repeated cell.
    """
    table = readers.table(root, number, source, source.columns.values())
    column = source.columns["area"]
    named = {source.total: TOTAL, source.reference: REFERENCE}
    own = {text: key for text, key in named.items() if text}
    area = matched(table, column, spellings(areas) | own, STRANGER)
    for text, key in own.items():
        if not area.eq(key).any():
            remedy = f"{nearest(text, table.rows[column])} Rätta den i year.toml."
            table.fault(None, column, f"raden ”{text}” finns inte.", remedy)
    frame = _measured(table, area, source)
    frame = frame.assign(measure=_measures(table, frame["label"], source, model))
    _require_sense(table, frame, source)
    return frame.assign(label=frame["label"].replace(source.labels)).reset_index(drop=True)


def _measured(table: RawTable, area: pd.Series, source: DeliveredSource) -> pd.DataFrame:
    """Give each area and measure a row, with what stands beside the value; NaN where nothing does."""
    rows, columns = table.rows, source.columns
    quantity = partial(_quantity, table, source=source)
    bounds = {name: quantity(columns[name]) for name in ("lower", "upper") if name in columns}
    n = numbers(table, columns["n"], is_count=True) if "n" in columns else np.nan
    beside = {"area": area, "lower": np.nan, "upper": np.nan, "n": n}
    frame = pd.DataFrame(beside).assign(**bounds)
    names = {name: name for name in rows.columns.difference([*columns.values()], sort=False)}
    if source.form == "long":
        names = {columns["value"]: rows[columns["indicator"]]}
    if not names:
        what = 'form = "wide" men ingen kolumn är en fråga.'
        table.fault(None, "", what, 'En rad per område och fråga: form = "long".')
        table.check()
    return pd.concat(
        frame.assign(label=label, value=quantity(name), decimals=_decimals(rows[name], source))
        for name, label in names.items()
    )


def _require_sense(table: RawTable, frame: pd.DataFrame, source: DeliveredSource) -> None:
    """Refuse repeated cells, values outside their limits or without n, shares given as per cent."""
    value, keys, label = frame["value"], frame[["area", "measure"]], frame["label"].rename("")
    twice = keys.duplicated() & keys.notna().all(axis=1)
    outside = frame["lower"].gt(value) | frame["upper"].lt(value)
    uncounted = frame["n"].isna() & value.notna() & ("n" in source.columns)
    if source.unit == "percent" and 0 < value.max() <= 0.01:
        what = "alla värden är högst 1 fast unit är percent."
        table.fault(None, "", what, 'Är de andelar: skriv unit = "share".')
    way = "Fyll i det: utan antal får värdet inte visas."
    table.check(
        (label[twice], "”{}”: finns två gånger.", "Ta bort den ena."),
        (label[outside], "”{}”: värdet ligger utanför sin felmarginal.", "Rätta dem."),
        (label[uncounted], "”{}”: antalet svar saknas.", way),
    )


def _quantity(table: RawTable, column: str, source: DeliveredSource) -> pd.Series:
    """Read a column in its unit; faults for what is no number or outside the unit's range."""
    values, (divisor, top, _) = numbers(table, column), UNITS[source.unit]
    outside = table.rows[column][values.lt(0) | values.gt(divisor * top)]
    what = f"”{{}}” ligger utanför 0–{divisor * top:g} (unit = {source.unit})."
    table.faults(outside, what, "Rätta talet, eller unit i year.toml.")
    return values / divisor


def _decimals(texts: pd.Series, source: DeliveredSource) -> int:
    """Count the decimals that a column is delivered with, as they will be printed."""
    delivered = texts.str.extract(r"[.,](\d+)\s*%?$", expand=False).str.len().max()
    printed = 0 if pd.isna(delivered) else int(delivered) - 2 * (source.unit == "share")
    wanted = max(printed, 0) if source.decimals is None else source.decimals
    return min(wanted, UNITS[source.unit][2])


def _measures(
    table: RawTable, label: pd.Series, source: DeliveredSource, model: IndexModel | None
) -> pd.Series:
    """Translate labels to keys; faults for unknown labels and for keys that no question has."""
    labels = (model.labels if model else {}) | source.indicators
    spelled = {fold(text): key for text, key in labels.items()}
    if not model:
        return mapped(label, lambda text: spelled.get(fold(text), text))
    keys = mapped(label, lambda text: spelled.get(fold(text)))
    column, strangers = source.columns.get("indicator"), label[keys.isna()].drop_duplicates()
    places = [
        (int(str(row)) if column else None, column or text, text) for row, text in strangers.items()
    ]
    _require_measures(table, set(keys.dropna()), places, model, source)
    return keys


def _require_measures(
    table: RawTable,
    found: Collection[str],
    strangers: list[tuple[int | None, str, str]],
    model: IndexModel,
    source: SurveySource | DeliveredSource,
) -> None:
    """Note names that no question has, and what a table lacks without `not_asked` saying so.

    A table that has one question has them all, one that has a group's index has all indices.
    `found` are the keys of the measures it has, `strangers` its other names by row and column.
    """
    questions, indices = model.question_keys, ("index", *model.groups)
    known, section = (
        {*questions, *indices},
        "survey" if isinstance(source, SurveySource) else "delivered",
    )
    for name, key in source.indicators.items():
        if key not in known:
            table.fault(None, name, f"okänd fråga ”{key}”.", nearest(key, known))
    for key in set(source.not_asked) - (known - {*found}):
        table.fault(None, "", f"”{key}” i not_asked finns i filen, eller är okänd.", "Ta bort den.")
    wanted = () if found and not set(questions) & set(found) else questions
    wanted += indices if set(model.groups) & set(found) else ()
    lost = [key for key in wanted if key not in {*found, *source.not_asked}]
    is_renamed = len(lost) == len(strangers) == 1
    for row, column, name in strangers:
        what = "kolumnen är okänd." if row is None else f"okänd fråga ”{short(name)}”."
        near = nearest(name, [*model.labels, *source.indicators])
        remedy = f"{near} Annars: namnge den under [{section}.indicators] eller i ignored."
        if is_renamed:
            line = f'[{section}.indicators] och "{name}" = "{lost[0]}"'
            remedy = f"”{lost[0]}” saknas. Är det samma fråga: skriv i year.toml {line}."
        table.fault(row, column, what, remedy)
    if lost and not is_renamed and (found or not strangers):
        what = f"{swedish.listed([f'”{key}”' for key in lost])} saknas."
        line = f"not_asked = {json.dumps([*source.not_asked, *lost])}"
        table.fault(None, "", what, f"Rätta filen. Ska de inte finnas: skriv {line} i year.toml.")


def _coded(
    table: RawTable, column: str, scale: Mapping[str, object], remedy: str = ""
) -> pd.Series:
    """Give each text its code; a fault for what the scale has not."""
    texts = table.rows[column]
    valid = f"Giltiga: {', '.join(filter(None, scale))}.{remedy}"
    table.faults(texts[~texts.isin([*scale])], "”{}” finns inte i skalan.", valid)
    return mapped(texts, scale.get)
