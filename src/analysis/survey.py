"""The survey in its two forms: answers by respondent, or a delivered table by area and measure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import catalogue, rawtable
from analysis.errors import Finding, Refusal, nearest, raise_if_any
from analysis.rawtable import RawTable
from analysis.records import DeliveredSource, IndexModel, Indicator, SurveySource

INDEX = "index"
MEASURE, VALUE = "\0measure", "\0value"  # names that no file has
TOTAL = ""
SCALES = {"index": (1.0, 6.0), "share": (1.0, 1.0), "percent": (100.0, 1.0)}


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
    area, findings = _areas(table, source.columns["area"], register)
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


def delivered(
    root: Path, number: int, source: DeliveredSource, labels: dict[str, str], register: pd.DataFrame
) -> pd.DataFrame:
    """Read the delivered table as one row per area and measure.

    Args:
        labels: every known spelling of a measure and its key; where it is empty
            (no model file) each spelling becomes its own measure.

    Returns:
        Columns `area` (area_id, "" for the municipality), `measure`, `label`, `value`, `lower`,
        `upper` (index 0–6 or share 0–1) and `n`; missing is NaN.

    Raises:
        Refusal: with every unknown area or measure, stray number and repeated cell.
    """
    table = catalogue.table(root, number, source)
    rawtable.require(table, set(source.columns.values()) - {""})
    long = table if source.form == "long" else _unpivoted(table, source)
    known = _spellings(register) | ({source.total: TOTAL} if source.total else {})
    area, findings = rawtable.matched(long, source.columns["area"], known, what="okänt område")
    column = source.columns.get("indicator", MEASURE)
    spelled = labels | source.indicators
    if labels:
        measure, unknown = rawtable.matched(long, column, spelled, what="okänd fråga")
        findings += unknown
    else:
        measure = long.rows[column].map(lambda text: spelled.get(text, text))
    frame = pd.DataFrame({"area": area, "measure": measure, "label": long.rows[column]})
    for name in ("value", "lower", "upper", "n"):
        values, faulty = _quantity(long, source, name)
        frame[name] = values
        findings += faulty
    findings += [*_repeated(long, frame), *_contradictions(long, frame, source)]
    findings += [
        table.finding(None, spelling, f"okänd fråga ”{key}”.", nearest(key, set(labels.values())))
        for spelling, key in source.indicators.items()
        if labels and key not in labels.values()
    ]
    raise_if_any(findings)
    return frame.reset_index(drop=True)


def _require_known(
    table: RawTable, source: SurveySource, model: IndexModel, columns: dict[str, str]
) -> None:
    """Refuse missing columns, keys that no indicator has, and columns that nothing explains."""
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


def _spellings(register: pd.DataFrame) -> dict[str, str]:
    return {
        spelling: area
        for area, name, aliases in zip(
            register.index, register["name"], register["aliases"], strict=True
        )
        for spelling in (area, name, *aliases)
    }


def _areas(table: RawTable, column: str, register: pd.DataFrame) -> tuple[pd.Series, list[Finding]]:
    return rawtable.matched(table, column, _spellings(register), what="okänt område")


def _duplicates(table: RawTable, column: str | None) -> list[Finding]:
    if column is None:
        return []
    numbers = table.rows[column]
    return [
        table.finding(int(row), column, f"svarande ”{text}” finns redan.", "Ta bort dubbletten.")
        for row, text in numbers[numbers.duplicated()].items()
    ]


def _coded(
    table: RawTable, column: str, indicator: Indicator
) -> tuple[npt.NDArray[np.int8], list[Finding]]:
    """Code a question's answers 1, 0 or -1; a finding for each row outside the scale."""
    texts = table.rows[column]
    answered = texts.isin(indicator.answers)
    stray = ~answered & ~texts.isin([*indicator.no_answer, ""])
    scale = ", ".join([*indicator.answers, *indicator.no_answer])
    findings = [
        table.finding(
            int(row), column, f"svaret ”{text}” finns inte i skalan.", f"Giltiga: {scale}."
        )
        for row, text in texts[stray].items()
    ]
    problem = texts.isin(indicator.problem).to_numpy()
    return np.where(answered, problem, -1).astype(np.int8), findings


def _split(
    table: RawTable, source: SurveySource, name: str
) -> tuple[pd.Categorical, list[Finding]]:
    labels = source.labels[name]  # type: ignore[index]
    column = source.columns[name]  # type: ignore[index]
    texts = table.rows[column].map(labels)
    stray = texts.isna() & table.rows[column].ne("")
    findings = [
        table.finding(int(row), column, f"”{text}” är okänt.", f"Giltiga: {', '.join(labels)}.")
        for row, text in table.rows.loc[stray, column].items()
    ]
    return pd.Categorical(texts, categories=list(dict.fromkeys(labels.values()))), findings


def _weights(
    table: RawTable, column: str | None
) -> tuple[npt.NDArray[np.float64] | None, list[Finding]]:
    if column is None:
        return None, []
    values, findings = rawtable.numbers(table, column)
    findings += [
        table.finding(int(row), column, "vikten är inte större än noll.", "Rätta vikten.")
        for row, value in values.items()
        if not value > 0
    ]
    return values.to_numpy(), findings


def _unpivoted(table: RawTable, source: DeliveredSource) -> RawTable:
    """Turn a wide table (a column per measure) long; row numbers are kept."""
    fixed = [name for name in source.columns.values() if name]
    measures = [name for name in table.rows.columns if name and name not in fixed]
    if not measures:
        what = 'form = "wide" men ingen kolumn är en fråga.'
        raise Refusal(
            [table.finding(None, "", what, 'En rad per område och fråga: form = "long".')]
        )
    long = table.rows.melt(
        id_vars=fixed,
        value_vars=measures,
        var_name=MEASURE,
        value_name=VALUE,
        ignore_index=False,
    )
    return RawTable(table.file, long)


def _quantity(
    table: RawTable, source: DeliveredSource, name: str
) -> tuple[pd.Series, list[Finding]]:
    """Read value, limits or n in their unit; a finding for each outside its range."""
    fallback = VALUE if name == "value" and source.form == "wide" else ""
    column = source.columns.get(name, fallback)  # type: ignore[call-overload]
    if not column:
        return pd.Series(np.nan, index=table.rows.index), []
    values, findings = rawtable.numbers(table, column, is_whole=name == "n")
    divisor, top = (1.0, np.inf) if name == "n" else SCALES[source.unit]
    values = values / divisor
    findings += [
        table.finding(
            int(row), column, f"{value:g} ligger utanför 0–{top:g}.", "Rätta talet eller unit."
        )
        for row, value in values.items()
        if value < 0 or value > top
    ]
    return values, findings


def _contradictions(table: RawTable, frame: pd.DataFrame, source: DeliveredSource) -> list[Finding]:
    """Find values outside their limits, values without n, and shares given as per cent."""
    outside = frame["lower"].gt(frame["value"]) | frame["upper"].lt(frame["value"])
    unknown = frame["n"].isna() & frame["value"].notna() & ("n" in source.columns)
    findings = [
        table.finding(int(row), "", what, remedy)
        for mask, what, remedy in (
            (
                outside,
                "värdet ligger utanför sin felmarginal.",
                "Rätta kolumnerna lower och upper.",
            ),
            (
                unknown,
                "antalet svar saknas.",
                "Fyll i det: utan antal vet ingen om värdet får visas.",
            ),
        )
        for row in frame.index[mask]
    ]
    if source.unit == "percent" and 0 < frame["value"].max() <= 0.01:
        what = "alla värden är högst 1 fast unit är percent."
        findings.append(table.finding(None, "", what, 'Är de andelar: skriv unit = "share".'))
    return findings


def _repeated(table: RawTable, frame: pd.DataFrame) -> list[Finding]:
    twice = frame.duplicated(["area", "measure"]) & frame["area"].notna() & frame["measure"].notna()
    return [
        table.finding(int(row), "", "samma område och fråga finns två gånger.", "Ta bort den ena.")
        for row in frame.index[twice]
    ]
