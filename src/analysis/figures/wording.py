"""The fixed words of states, values and changes: a row in, its words out; each said in one place."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis import swedish

Row = Mapping[str, Any]  # a row of a frame of results, as a dict or a Series

SHOWN = ("shown", "uncertain")
TESTED = ("fall", "rise", "uncertain")
CERTAIN = ("fall", "rise")
STATES = {
    "shown": "",
    "uncertain": "osäkert",
    "hidden": "visas inte",
    "not_asked": "inte frågat",
    "no_answers": "inga svar",
}
WHY = {
    "survey": {
        "uncertain": "Osäkert: få svar eller stor felmarginal.",
        "hidden": "Värdet visas inte, eftersom för få har svarat.",
        "not_asked": "Frågan ställdes inte.",
        "no_answers": "Ingen har svarat.",
    },
    "register": {
        "uncertain": "Osäkert: litet underlag.",
        "hidden": "Värdet visas inte, eftersom underlaget är för litet.",
        "not_asked": "Uppgiften finns inte för året.",
        "no_answers": "Uppgiften saknas.",
    },
}
MARGIN = {"survey": "Felmarginal", "register": "Osäkerhet"}  # what an interval of 95 % is called
COUNT = {"survey": "Svar", "register": "Underlag"}
PER = f"Per 100{swedish.NO_BREAK}000 invånare"
AS_RATE = {"unit": f"anmälda brott {PER.lower()}", "decimals": 0}
VERDICTS = {
    "fall": "säkerställd minskning",
    "rise": "säkerställd ökning",
    "uncertain": "ingen säker förändring",
    "not_tested": "inte prövad",
    "no_interval": "kan inte prövas",
    "not_compared": "kan inte jämföras",
    "withheld": "jämförs inte, skalan kan vara vänd",
}
ANSWERS = {
    **VERDICTS,
    "fall": "ja",
    "rise": "ja",
    "uncertain": "nej",
    "no_interval": swedish.MISSING,
}
WORDS = {"status": {**STATES, "shown": "säkert"}, "verdict": VERDICTS}
HEADS = dict(
    re.findall(
        r"(\w+)=(\w+)",
        "name=Område label=Fråga year=År value=Värde lower=Från upper=Till n=Svar group=Grupp "
        "before=Före difference=Skillnad verdict=Förändring status=Säkerhet adults=Vuxna "
        "count=Antal promise=Löfte target=Mål outcome=Utfall place=Plats True=ja False=nej",
    )
)  # what columns and legends are called


def told(frame: pd.DataFrame, name: str, otherwise: Any = "") -> Any:
    """Return what a frame's context says: the year, the place's words, the source."""
    return getattr(frame.attrs.get("context"), name, otherwise)


def margin_head(frame: pd.DataFrame) -> str:
    """Name an interval: ”Felmarginal (95 %)”."""
    return f"{MARGIN[told(frame, 'kind', 'survey')]} (95{swedish.NO_BREAK}%)"


def number(value: float, row: Row, *, signed: bool = False) -> str:
    """Write a number with the decimals of its row, shares as per cent, without unit."""
    scaled = value * 100 if row["unit"] == "share" else value
    write = swedish.signed if signed else swedish.number
    return write(scaled, int(row["decimals"]))


def unit(row: Row) -> str:
    """Return what follows a row's number: a no-break space and % where it is per cent."""
    return f"{swedish.NO_BREAK}%" if row["unit"] in ("share", "%") else ""


def value(row: Row, column: str = "value") -> str:
    """Write a row's value in its unit, or its state where there is none to show."""
    if row.get("status", "shown") not in SHOWN and column == "value":
        return STATES[row["status"]]
    return swedish.MISSING if _no(row[column]) else number(row[column], row) + unit(row)


def interval(row: Row) -> str:
    """Write a row's 95 % interval: 1,20–1,34; a dash where there is none."""
    if _no(row["lower"]) or _no(row["upper"]):
        return swedish.MISSING
    return f"{number(row['lower'], row)}–{number(row['upper'], row)}{unit(row)}"


def margin(row: Row) -> str:
    """Write a row's interval, and that the value is uncertain where it is."""
    if row["status"] != "uncertain":
        return interval(row)
    return " ".join(filter(None, [interval(row).strip(swedish.MISSING), STATES["uncertain"]]))


def difference(row: Row, *, with_unit: bool = False) -> str:
    """Write a difference: −0,15, or +3 (procentenheter); a dash where nothing is compared."""
    if row["verdict"] in ("not_compared", "withheld") or _no(row["difference"]):
        return swedish.MISSING
    said = number(row["difference"], row, signed=True)
    if not with_unit or not unit(row):
        return said
    ending = "" if said.lstrip("+" + swedish.MINUS) == "1" else "er"
    return f"{said}{swedish.NO_BREAK}procentenhet{ending}"


def reach(row: Row) -> str:
    """Write a difference's 95 % interval: −0,90 till −0,39; a dash where there is none."""
    if _no(row["lower"]) or difference(row) == swedish.MISSING:
        return swedish.MISSING
    return " till ".join(number(row[end], row, signed=True) for end in ("lower", "upper"))


def verdict(row: Row) -> str:
    """Say what may be said of a change, with its size: ”ingen säker förändring (+0,02)”.

    Never says that something changed unless the change is certain.
    """
    said = difference(row, with_unit=True)
    return VERDICTS[row["verdict"]] + (f" ({said})" if said != swedish.MISSING else "")


def is_certain(row: Row) -> str:
    """Answer ”säkerställd?” in a table: ja, nej, or why nothing can be said."""
    return ANSWERS[row["verdict"]]


def percent(change: float) -> str:
    """Write a change in per cent: +11 %; a dash where the base was too small."""
    return swedish.MISSING if _no(change) else f"{swedish.signed(change, 0)}{swedish.NO_BREAK}%"


def with_unit(number: str, unit: str) -> str:
    """Write a target or an outcome with its unit; a dash where there is none."""
    return f"{number} {unit}".strip() if str(number).strip(" .-–") else swedish.MISSING


def unit_name(row: Row, *, changed: bool = False) -> str:
    """Name what a row's numbers count, for an axis."""
    names = {"index": ("Problemindex", "steg"), "share": ("Procent", "procentenheter")}
    name, step = names.get(row["unit"], (swedish.capitalised(row["unit"]), row["unit"]))
    return f"Skillnad, {step}" if changed else name


def has_certain(frame: pd.DataFrame) -> bool:
    """Tell whether any row has changed for certain."""
    return "verdict" in frame and bool(frame["verdict"].isin(CERTAIN).any())


def is_whole(frame: pd.DataFrame, label: str) -> pd.Series:
    """Tell which rows are the municipality's, where the rows are areas."""
    return frame["area"].eq("") if label == "name" else pd.Series(False, frame.index)


def ends(frame: pd.DataFrame, label: str) -> str:
    """Say which row is highest and which is lowest."""
    rows = frame.dropna(subset=["value"]).sort_values("value", ascending=False, kind="stable")
    said = [f"{row[label]} ({value(row)})" for row in rows.iloc[[0, -1]].to_dict("records")]
    return f"högst {said[0]}, lägst {said[1]}"


def moved(frame: pd.DataFrame, label: str) -> str:
    """Name the rows that have changed for certain, or say that none has."""
    since = f"sedan {told(frame, 'earlier')}"
    if not frame["verdict"].isin(TESTED).any():
        return f"Förändring {since}"
    named = frame[label].mask(is_whole(frame, label), told(frame, "whole"))
    names = {state: list(named[frame["verdict"].eq(state)]) for state in CERTAIN}
    parts = [f"{VERDICTS[state]} i {swedish.listed(who)}" for state, who in names.items() if who]
    return f"{swedish.capitalised('; '.join(parts) or 'ingen säkerställd förändring')} {since}"


def from_to(rows: pd.DataFrame) -> str:
    """Say where a line begins and ends: ”från 1,42 till 1,27”."""
    first, last = rows.dropna(subset=["value"]).iloc[[0, -1]].to_dict("records")
    return f"från {value(first)} till {value(last)}"


def against(row: Row) -> str:
    """Write a value and what it is compared with, for a sentence: ”43 mot 19 procent”."""
    said = " mot ".join(number(row[name], row) for name in ("value", "before"))
    return said + (" procent" if unit(row) else "")


def outcome(row: Row) -> str:
    """Say an outcome beside its target: ”861 av 800 fotpatruller: ja”."""
    if with_unit(row["outcome"], "") == swedish.MISSING:
        return str(row["fulfilled"])
    return f"{row['outcome']} av {with_unit(row['target'], row['unit'])}: {row['fulfilled']}"


def amount(texts: pd.Series) -> pd.Series:
    """Read numbers as Swedish writes them; NaN where there is none."""
    plain = texts.astype(str).str.replace(r"[\s ]", "", regex=True).str.replace(",", ".")
    return pd.to_numeric(plain, errors="coerce")


def kept(fulfilled: pd.Series) -> str:
    """Say how many promises were kept: ”Fem av åtta mål är uppfyllda, två delvis; …”."""
    words = fulfilled.astype(str).str.strip().str.lower()
    yes, partly, no = (int(words.eq(word).sum()) for word in ("ja", "delvis", "nej"))
    left = len(words) - yes - partly - no
    count = [*swedish.SMALL_WORDS, *map(str, range(len(swedish.SMALL_WORDS), 1000))]
    ending = "t" if yes < 2 else "da"
    said = f"{swedish.capitalised(count[yes]) if yes else 'Inget'} av {count[len(words)]} mål är uppfyll{ending}"
    said += f", {count[partly]} delvis" if partly else ""
    said += f", {count[no]} inte" if no and no < len(words) else ""
    return said + (f"; {count[left]} har inte följts upp" if left else "")


def column(values: pd.Series) -> list[str]:
    """Write any column: numbers with the decimals that it needs, years without thousands."""
    if values.dtype == bool:
        return ["ja" if each else "nej" for each in values]
    if not pd.api.types.is_numeric_dtype(values):
        words = WORDS.get(str(values.name), {})
        return [swedish.MISSING if _no(each) else words.get(each, str(each)) for each in values]
    if str(values.name).casefold() in ("year", "år"):
        return [swedish.MISSING if _no(each) else f"{each:.0f}" for each in values]
    largest = float(values.abs().max())
    fine = 2 - math.floor(math.log10(largest)) if largest > 0 else 0  # three figures that count
    rounded = [
        places
        for places in range(6)
        if np.allclose(values.dropna(), values.dropna().round(places), atol=1e-9, rtol=0)
    ]
    return [swedish.number(each, max(0, min([fine, *rounded[:1]]))) for each in values]


def _no(value: Any) -> bool:
    return bool(pd.isna(value))
