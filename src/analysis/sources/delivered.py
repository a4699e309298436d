"""A table that someone else reckoned, by area and measure: a file in, one validated frame out."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from analysis.errors import Finding, Refusal, nearest, raise_if_any
from analysis.sources import config, readers
from analysis.sources.areas import spellings
from analysis.sources.config import DeliveredSource, IndexModel
from analysis.sources.readers import RawTable

TOTAL: Final = ""  # the area_id of the whole place
REFERENCE: Final = "reference"  # of the country or the county beside it
# What a unit's numbers are divided by, their largest value then, and the decimals that are printed
# at most (a share's are of per cent): more would tell what single persons answered.
UNITS = {
    "index": (1.0, 6.0, 2),
    "share": (1.0, 1.0, 1),
    "percent": (100.0, 1.0, 1),
    "number": (1.0, np.inf, 3),
}
STRANGER = (
    "Rätta filen, eller lägg stavningen som alias i data/areas.csv. "
    "Hela platsens rad anges med total i year.toml, landets eller länets med reference."
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
        Columns `area` (area_id, TOTAL or REFERENCE), `measure`, `label`, `value`, `lower`, `upper`
        (index 0–6, share 0–1 or the delivered unit), `n` and `decimals` (of the printed value);
        missing is NaN.

    Raises:
        Refusal: with every unknown area, unknown or missing measure, stray number and repeated cell.
    """
    needed = [name for role, name in source.columns.items()]
    table = readers.table(root, number, source, needed)
    known = {**spellings(register), **_own_rows(source)}
    column = source.columns["area"]
    area, findings = readers.matched(table, column, known, what="okänt område", remedy=STRANGER)
    findings += _lost_rows(table, area, source)
    frame, faulty = _measured(table, area, source)
    measures, unknown = _measures(table, frame["label"], source, model)
    frame = frame.assign(measure=measures, label=frame["label"].replace(source.labels))
    if model and not unknown:
        unknown = list(config.unexplained(table, set(measures), model, source))
    findings += [*faulty, *unknown, *_contradictions(table, frame, source)]
    raise_if_any(findings)
    return frame.reset_index(drop=True)


def _own_rows(source: DeliveredSource) -> dict[str, str]:
    """Name the rows that are of no area: the whole place, and what it is compared with."""
    pairs = ((source.total, TOTAL), (source.reference, REFERENCE))
    return {name: key for name, key in pairs if name}


def _lost_rows(table: RawTable, area: pd.Series, source: DeliveredSource) -> list[Finding]:
    column = source.columns["area"]
    strangers = table.rows.loc[area.isna(), column]
    return [
        table.finding(
            None,
            column,
            f"raden ”{name}” finns inte.",
            f"{nearest(name, strangers)} Rätta {'reference' if key else 'total'} i year.toml.",
        )
        for name, key in _own_rows(source).items()
        if not area.eq(key).any()
    ]


def _measured(
    table: RawTable, area: pd.Series, source: DeliveredSource
) -> tuple[pd.DataFrame, list[Finding]]:
    """Give each area and measure a row, with what stands beside the value; NaN where nothing does."""
    columns, findings = {}, []
    for name in ("lower", "upper", "n"):
        column = source.columns.get(name)
        columns[name], faulty = _quantity(table, column, name, source) if column else (np.nan, [])
        findings += faulty
    beside = pd.DataFrame({**columns, "area": area}, index=table.rows.index)
    if source.form == "long":
        names = {source.columns["value"]: table.rows[source.columns["indicator"]]}
    else:
        fixed = set(source.columns.values())
        names = {name: name for name in table.rows.columns if name and name not in fixed}
    if not names:
        what = 'form = "wide" men ingen kolumn är en fråga.'
        remedy = 'En rad per område och fråga: form = "long".'
        raise Refusal([table.finding(None, "", what, remedy)])
    frames = []
    for name, label in names.items():
        values, faulty = _quantity(table, name, "value", source)
        places = _decimals(table.rows[name], source)
        frames.append(beside.assign(label=label, value=values, decimals=places))
        findings += faulty
    return pd.concat(frames), findings


def _quantity(
    table: RawTable, column: str, name: str, source: DeliveredSource
) -> tuple[pd.Series, list[Finding]]:
    """Read a column in its unit; findings for what is no number or outside the unit's range."""
    values, findings = readers.numbers(table, column, is_whole=name == "n")
    divisor, top = (1.0, np.inf) if name == "n" else UNITS[source.unit][:2]
    outside = table.rows.loc[values.lt(0) | values.gt(divisor * top), column]
    what = f"”{{}}” ligger utanför 0–{divisor * top:g} (unit = {source.unit})."
    findings += table.faults(outside, column, what, "Rätta talet, eller unit i year.toml.")
    return values / divisor, findings


def _decimals(texts: pd.Series, source: DeliveredSource) -> int:
    """Count the decimals that a column is delivered with, as they will be printed."""
    most = UNITS[source.unit][2]
    if source.decimals is not None:
        return min(source.decimals, most)
    delivered = texts.str.extract(r"[.,](\d+)\s*%?$", expand=False).str.len().max()
    printed = 0 if pd.isna(delivered) else int(delivered) - (2 if source.unit == "share" else 0)
    return min(max(printed, 0), most)


def _measures(
    table: RawTable, label: pd.Series, source: DeliveredSource, model: IndexModel | None
) -> tuple[pd.Series, list[Finding]]:
    """Translate labels to keys; findings for unknown labels and for keys that no question has."""
    labels = model.labels if model else {}
    spelled = {readers.fold(text): key for text, key in (labels | source.indicators).items()}
    key_of = {text: spelled.get(readers.fold(text)) for text in label.unique()}
    if not model:
        return label.map(lambda text: key_of[text] or text), []
    column = source.columns.get("indicator", "")
    remedy = "Annars: namnge den under [delivered.indicators] eller i ignored."
    findings = [
        table.finding(
            int(row) if column else None,
            column or text,
            f"okänd fråga ”{text}”.",
            f"{nearest(text, labels)} {remedy}",
        )
        for row, text in label.drop_duplicates().items()
        if key_of[text] is None
    ]
    keys = set(labels.values())
    findings += [
        table.finding(None, text, f"okänd fråga ”{key}”.", nearest(key, keys))
        for text, key in source.indicators.items()
        if key not in keys
    ]
    return label.map(key_of), findings


def _contradictions(table: RawTable, frame: pd.DataFrame, source: DeliveredSource) -> list[Finding]:
    """Find repeated cells, values outside their limits or without n, and shares given as per cent."""
    repeated = frame.duplicated(["area", "measure"]) & frame[["area", "measure"]].notna().all(
        axis=1
    )
    outside = frame["lower"].gt(frame["value"]) | frame["upper"].lt(frame["value"])
    uncounted = frame["n"].isna() & frame["value"].notna() & ("n" in source.columns)
    said = (
        (repeated, "samma område och fråga finns två gånger.", "Ta bort den ena."),
        (outside, "värdet ligger utanför sin felmarginal.", "Rätta kolumnerna lower och upper."),
        (
            uncounted,
            "antalet svar saknas.",
            "Fyll i det: utan antal vet ingen om värdet får visas.",
        ),
    )
    findings = [
        finding
        for rows, what, remedy in said
        for finding in table.faults(frame.loc[rows, "label"], "", f"”{{}}”: {what}", remedy)
    ]
    if source.unit == "percent" and 0 < frame["value"].max() <= 0.01:
        what = "alla värden är högst 1 fast unit är percent."
        findings.append(table.finding(None, "", what, 'Är de andelar: skriv unit = "share".'))
    return findings
