"""The police's own table, by area and measure: a file in, one validated frame out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import Finding, Refusal, folded, nearest, raise_if_any
from analysis.sources import catalogue, rawtable
from analysis.sources.areas import spellings
from analysis.sources.config import DeliveredSource, IndexModel
from analysis.sources.rawtable import RawTable
from analysis.sources.survey import TOTAL

SCALES = {"index": (1.0, 6.0), "share": (1.0, 1.0), "percent": (100.0, 1.0)}
STRANGER = (
    "Rätta filen, eller lägg stavningen som alias i data/areas.csv. "
    "Kommunens rad anges med total i year.toml, andra summor med ignored_rows."
)


def read(
    root: Path,
    number: int,
    source: DeliveredSource,
    model: IndexModel | None,
    register: pd.DataFrame,
) -> pd.DataFrame:
    """Read the delivered table as one row per area and measure.

    Args:
        model: names the measures; without one each spelling in the file becomes its own.

    Returns:
        Columns `area` (area_id, "" for the municipality), `measure`, `label`, `value`, `lower`,
        `upper` (index 0–6 or share 0–1) and `n`; missing is NaN.

    Raises:
        Refusal: with every unknown area, unknown or missing measure, stray number and repeated cell.
    """
    table = catalogue.table(root, number, source)
    rawtable.require(table, {*source.columns.values(), *source.indicators} - {""})
    known = spellings(register) | ({source.total: TOTAL} if source.total else {})
    column = source.columns["area"]
    area, findings = rawtable.matched(table, column, known, what="okänt område", remedy=STRANGER)
    findings += _lost_total(table, area, source)
    frame, faulty = (_wide if source.form == "wide" else _long)(table, area, source)
    findings += faulty
    measures, unknown = _measures(table, frame["label"], source, model.labels if model else {})
    if model and not unknown:
        unknown = [*catalogue.unexplained(table, set(measures), model, source)]
    frame = frame.assign(measure=measures)
    findings += [*unknown, *_repeated(table, frame), *_contradictions(table, frame, source)]
    raise_if_any(findings)
    return frame.reset_index(drop=True)


def _wide(
    table: RawTable, area: pd.Series, source: DeliveredSource
) -> tuple[pd.DataFrame, list[Finding]]:
    """Turn a column per measure into a row per area and measure."""
    fixed = set(source.columns.values())
    names = [name for name in table.rows.columns if name and name not in fixed]
    if not names:
        what = 'form = "wide" men ingen kolumn är en fråga.'
        raise Refusal(
            [table.finding(None, "", what, 'En rad per område och fråga: form = "long".')]
        )
    beside, findings = _quantities(table, source)
    read = {name: _quantity(table, name, "value", source) for name in names}
    frames = [
        beside.assign(area=area, label=name, value=values) for name, (values, _) in read.items()
    ]
    faulty = [item for _, found in read.values() for item in found]
    return pd.concat(frames), [*findings, *folded(faulty)]


def _long(
    table: RawTable, area: pd.Series, source: DeliveredSource
) -> tuple[pd.DataFrame, list[Finding]]:
    beside, findings = _quantities(table, source)
    values, faulty = _quantity(table, source.columns["value"], "value", source)
    label = table.rows[source.columns["indicator"]]
    return beside.assign(area=area, label=label, value=values), [*findings, *faulty]


def _quantities(table: RawTable, source: DeliveredSource) -> tuple[pd.DataFrame, list[Finding]]:
    """Read what stands beside the value: limits and n, NaN where the file has none."""
    columns, findings = {}, []
    for name in ("lower", "upper", "n"):
        column = source.columns.get(name)
        columns[name], faulty = _quantity(table, column, name, source) if column else (np.nan, [])
        findings += faulty
    return pd.DataFrame(columns, index=table.rows.index), findings


def _quantity(
    table: RawTable, column: str, name: str, source: DeliveredSource
) -> tuple[pd.Series, list[Finding]]:
    """Read a column in its unit; findings for what is no number or outside the unit's range."""
    values, findings = rawtable.numbers(table, column, is_whole=name == "n")
    divisor, top = (1.0, np.inf) if name == "n" else SCALES[source.unit]
    outside = table.rows.loc[values.lt(0) | values.gt(divisor * top), column]
    what = f"”{{}}” ligger utanför 0–{divisor * top:g} (unit = {source.unit})."
    findings += table.faults(outside, column, what, "Rätta talet, eller unit i year.toml.")
    return values / divisor, findings


def _measures(
    table: RawTable, label: pd.Series, source: DeliveredSource, labels: dict[str, str]
) -> tuple[pd.Series, list[Finding]]:
    """Translate labels to keys; findings for unknown labels and for keys that no question has."""
    spelled = {rawtable.fold(text): key for text, key in (labels | source.indicators).items()}
    key_of = {text: spelled.get(rawtable.fold(text)) for text in label.unique()}
    if not labels:
        return label.map(lambda text: key_of[text] or text), []
    findings = [
        table.finding(
            None if source.form == "wide" else int(row),
            text if source.form == "wide" else source.columns["indicator"],
            f"okänd fråga ”{text}”.",
            f"{nearest(text, labels)} Annars: namnge den under [delivered.indicators] eller i ignored.",
        )
        for row, text in label.drop_duplicates().items()
        if key_of[text] is None
    ]
    strange = {text: key for text, key in source.indicators.items() if key not in labels.values()}
    findings += [
        table.finding(None, text, f"okänd fråga ”{key}”.", nearest(key, set(labels.values())))
        for text, key in strange.items()
    ]
    return label.map(key_of), findings


def _lost_total(table: RawTable, area: pd.Series, source: DeliveredSource) -> list[Finding]:
    if source.total is None or area.eq(TOTAL).any():
        return []
    column = source.columns["area"]
    what = f"kommunens rad ”{source.total}” finns inte."
    close = nearest(source.total, table.rows.loc[area.isna(), column])
    return [table.finding(None, column, what, f"{close} Rätta total i year.toml.")]


def _contradictions(table: RawTable, frame: pd.DataFrame, source: DeliveredSource) -> list[Finding]:
    """Find values outside their limits, values without n, and shares given as per cent."""
    outside = frame["lower"].gt(frame["value"]) | frame["upper"].lt(frame["value"])
    unknown = frame["n"].isna() & frame["value"].notna() & ("n" in source.columns)
    findings = [
        *table.faults(
            frame.loc[outside, "label"],
            "",
            "”{}”: värdet ligger utanför sin felmarginal.",
            "Rätta kolumnerna lower och upper.",
        ),
        *table.faults(
            frame.loc[unknown, "label"],
            "",
            "”{}”: antalet svar saknas.",
            "Fyll i det: utan antal vet ingen om värdet får visas.",
        ),
    ]
    if source.unit == "percent" and 0 < frame["value"].max() <= 0.01:
        what = "alla värden är högst 1 fast unit är percent."
        findings.append(table.finding(None, "", what, 'Är de andelar: skriv unit = "share".'))
    return findings


def _repeated(table: RawTable, frame: pd.DataFrame) -> list[Finding]:
    twice = frame.duplicated(["area", "measure"]) & frame["area"].notna() & frame["measure"].notna()
    what = "”{}”: samma område och fråga finns två gånger."
    return table.faults(frame.loc[twice, "label"], "", what, "Ta bort den ena.")
