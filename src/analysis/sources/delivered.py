"""A table that someone else reckoned, by area and measure: a file in, one validated frame out."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from analysis.errors import nearest, short
from analysis.sources import readers
from analysis.sources.areas import spellings
from analysis.sources.columns import RawTable, fold, matched, numbers
from analysis.sources.config import IndexModel
from analysis.sources.records import DeliveredSource
from analysis.sources.survey import TOTAL, require_measures

REFERENCE: Final = "reference"  # of the country or the county beside the whole place
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
    table, column = (
        readers.table(root, number, source, source.columns.values()),
        source.columns["area"],
    )
    own = {"total": TOTAL, "reference": REFERENCE}
    named = {name: getattr(source, name) for name in own if getattr(source, name)}
    known = spellings(register) | {text: own[name] for name, text in named.items()}
    area = matched(table, column, known, STRANGER)
    for name, text in named.items():
        if not area.eq(own[name]).any():
            remedy = f"{nearest(text, table.rows[column])} Rätta {name} i year.toml."
            table.fault(None, column, f"raden ”{text}” finns inte.", remedy)
    frame = _measured(table, area, source)
    frame = frame.assign(measure=_measures(table, frame["label"], source, model))
    _require_sense(table, frame, source)
    table.check()
    return frame.assign(label=frame["label"].replace(source.labels)).reset_index(drop=True)


def _measured(table: RawTable, area: pd.Series, source: DeliveredSource) -> pd.DataFrame:
    """Give each area and measure a row, with what stands beside the value; NaN where nothing does."""
    columns = source.columns
    beside = {
        name: _quantity(table, columns[name], name, source) if name in columns else np.nan
        for name in ("lower", "upper", "n")
    }
    names = {name: name for name in table.rows.columns.difference([*columns.values()], sort=False)}
    if source.form == "long":
        names = {columns["value"]: table.rows[columns["indicator"]]}
    frames = [
        pd.DataFrame(
            {
                **beside,
                "area": area,
                "label": label,
                "value": _quantity(table, name, "value", source),
                "decimals": _decimals(table.rows[name], source),
            }
        )
        for name, label in names.items()
    ]
    if not frames:
        what = 'form = "wide" men ingen kolumn är en fråga.'
        table.fault(None, "", what, 'En rad per område och fråga: form = "long".')
        table.check()
    return pd.concat(frames)


def _quantity(table: RawTable, column: str, name: str, source: DeliveredSource) -> pd.Series:
    """Read a column in its unit; faults for what is no number or outside the unit's range."""
    values = numbers(table, column, is_whole=name == "n")
    divisor, top = (1.0, np.inf) if name == "n" else UNITS[source.unit][:2]
    outside = table.rows.loc[values.lt(0) | values.gt(divisor * top), column]
    what = f"”{{}}” ligger utanför 0–{divisor * top:g} (unit = {source.unit})."
    table.faults(outside, column, what, "Rätta talet, eller unit i year.toml.")
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
        return label.map({text: spelled.get(fold(text), text) for text in label.unique()})
    keys = label.map({text: spelled.get(fold(text)) for text in label.unique()})
    unknown, column = label[keys.isna()].drop_duplicates(), source.columns.get("indicator")
    for row, text in unknown.items():
        remedy = f"{nearest(text, labels)} Annars: namnge den under [delivered.indicators]"
        at = int(str(row)) if column else None
        table.fault(
            at, column or text, f"okänd fråga ”{short(text)}”.", f"{remedy} eller i ignored."
        )
    if unknown.empty:
        require_measures(table, set(keys), model, source)
    return keys


def _require_sense(table: RawTable, frame: pd.DataFrame, source: DeliveredSource) -> None:
    """Note repeated cells, values outside their limits or without n, and shares given as per cent."""
    keys = frame[["area", "measure"]]
    value, lower, upper = frame["value"], frame["lower"], frame["upper"]
    uncounted = frame["n"].isna() & value.notna() & ("n" in source.columns)
    for rows, what, remedy in (
        (keys.duplicated() & keys.notna().all(axis=1), "finns två gånger.", "Ta bort den ena."),
        (lower.gt(value) | upper.lt(value), "värdet ligger utanför sin felmarginal.", "Rätta dem."),
        (uncounted, "antalet svar saknas.", "Fyll i det: utan antal får värdet inte visas."),
    ):
        table.faults(frame.loc[rows, "label"], "", f"”{{}}”: {what}", remedy)
    if source.unit == "percent" and 0 < value.max() <= 0.01:
        what = "alla värden är högst 1 fast unit är percent."
        table.fault(None, "", what, 'Är de andelar: skriv unit = "share".')
