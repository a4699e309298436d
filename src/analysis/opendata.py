"""The year's gated results as files that others can reckon with."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from analysis import facts, tables
from analysis.results import Results

# As coarse as the pages, or nearly: finer ones would let hidden values be computed from totals.
SHARE_DECIMALS, INDEX_DECIMALS, MARGIN_DECIMALS = 3, 2, 2
COLUMNS = [
    "area",
    "area_name",
    "group",
    "indicator",
    "indicator_name",
    "unit",
    "year",
    "value",
    "lower",
    "upper",
    "n",
    "status",
]
CHANGE_COLUMNS = [
    *("area", "area_name", "group", "indicator", "indicator_name", "year", "compared_with"),
    *("difference", "lower", "upper", "p_value", "certain"),
]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write(year: Results, folder: Path) -> None:
    """Write facts.json and data/*.csv into a folder.

    `data/resultat.csv` has one row per area (empty: the municipality), group of residents,
    indicator and year; what is hidden has its status and no number.
    """
    (folder / "data").mkdir(parents=True, exist_ok=True)
    text = json.dumps(facts.as_json(year), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "facts.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    frames = {
        "resultat": estimates(year),
        "forandringar": changes(year),
        "brott": tables.crime_comparison(year),
    }
    for name, frame in frames.items():
        if frame is not None and not frame.empty:
            harmless(frame).to_csv(
                folder / "data" / f"{name}.csv",
                index=False,
                lineterminator="\n",
                encoding="utf-8-sig",
            )


def estimates(year: Results) -> pd.DataFrame:
    """Return the tidy table of estimates, both years."""
    rows = year.estimates.loc[year.estimates["measure"].isin(year.measures.index)]
    return _named(_coarse(rows, "value"), year).assign(
        unit=rows["kind"].map({"index": "index 0–6", "share": "andel 0–1"}),
        n=rows["n"].mask(rows["status"].eq("hidden")).astype("Int64"),
    )[COLUMNS]


def changes(year: Results) -> pd.DataFrame:
    """Return the tidy table of comparisons with the earlier year."""
    rows = year.changes.dropna(subset="difference")
    kinds = rows["measure"].map(year.measures["kind"])
    rows = rows.assign(year=year.number, compared_with=year.earlier, kind=kinds)
    rows = _coarse(rows, "difference").assign(p_value=rows["p_value"].round(3))
    return _named(rows, year)[CHANGE_COLUMNS]


def _coarse(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Round values and margins."""
    is_index = rows["kind"].eq("index")
    value = rows[name].round(INDEX_DECIMALS).where(is_index, rows[name].round(SHARE_DECIMALS))
    return rows.assign(**{name: value}, **rows[["lower", "upper"]].round(MARGIN_DECIMALS))


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would run as a formula."""
    texts = frame.select_dtypes(include=["object", "string"]).columns
    return frame.assign(**{name: frame[name].map(_harmless) for name in texts})


def _harmless(text: object) -> object:
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA_STARTS) else text


def _named(rows: pd.DataFrame, year: Results) -> pd.DataFrame:
    names = year.areas["name"].to_dict() | {"": year.municipality.name}
    return rows.assign(
        area_name=rows["area"].map(names),
        group=rows["level"],
        indicator=rows["measure"],
        indicator_name=rows["measure"].map(year.measures["label"]),
    )
