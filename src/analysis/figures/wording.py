"""The fixed words of states, values and changes: a row in, its words out; each said in one place."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import swedish
from analysis.figures import scales

Row = Mapping[str, Any]  # a row of a frame of results, as a dict or a Series
Words = dict[str, str]

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
WHY: dict[str, Words] = WORDS["why"]
STATES: Words = WORDS["states"]
VERDICTS: Words = WORDS["verdicts"]
HEADS: Words = WORDS["heads"]
MARGIN: Words = WORDS["margin"]
COUNT: Words = WORDS["count"]
ANSWERS: Words = {**VERDICTS, **WORDS["answers"]}
YES_NO = {"True": "ja", "False": "nej"}
KNOWN = {"status": {**STATES, "shown": "säkert"}, "verdict": VERDICTS}
SHOWN = ("shown", "uncertain")
TESTED = ("fall", "rise", "uncertain")
CERTAIN = ("fall", "rise")
ENDS = ("value", "lower", "upper")
PER = f"Per 100{swedish.NO_BREAK}000 invånare"
AS_RATE = {"unit": f"anmälda brott {PER.lower()}", "decimals": 0}


def told(frame: pd.DataFrame, name: str, otherwise: Any = "") -> Any:
    """Return what a frame's context says: the year, the place's words, the source."""
    return getattr(frame.attrs.get("context"), name, otherwise)


def margin_head(frame: pd.DataFrame) -> str:
    """Name an interval: ”Felmarginal (95 %)”."""
    return f"{MARGIN[told(frame, 'kind', 'survey')]} (95{swedish.NO_BREAK}%)"


def margin_note(frame: pd.DataFrame, word: str = "Streck") -> str:
    """Explain a chart's lines, where it has any: ”Streck: felmarginal (95 %).”."""
    has_any = "lower" in frame and frame["lower"].notna().any()
    return f"{word}: {margin_head(frame).lower()}." if has_any else ""


def triangle(frame: pd.DataFrame) -> str:
    """Explain the sign of a certain change, where any row has one."""
    has_any = "verdict" in frame and frame["verdict"].isin(CERTAIN).any()
    return "Triangel: säkerställd förändring." if has_any else ""


def number(value: float, row: Row, *, signed: bool = False) -> str:
    """Write a number with the decimals of its row, shares as per cent, without unit."""
    write = swedish.signed if signed else swedish.number
    return write(value * scales.factor(row["unit"]), int(row["decimals"]))


def unit(row: Row) -> str:
    """Return what follows a row's number: a no-break space and % where it is per cent."""
    return f"{swedish.NO_BREAK}%" if row["unit"] in ("share", "%") else ""


def value(row: Row, column: str = "value") -> str:
    """Write a row's value in its unit, or its state where there is none to show."""
    if row.get("status", "shown") not in SHOWN and column == "value":
        return STATES[row["status"]]
    return swedish.MISSING if pd.isna(row[column]) else number(row[column], row) + unit(row)


def interval(row: Row) -> str:
    """Write a row's 95 % interval: 1,20–1,34; a dash where there is none."""
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return swedish.MISSING
    return f"{number(row['lower'], row)}–{number(row['upper'], row)}{unit(row)}"


def ranged(row: Row) -> str:
    """Write a row's value with its interval, where it has one: 1,27 (1,20–1,34)."""
    return value(row) + (f" ({interval(row)})" if pd.notna(row.get("lower")) else "")


def margin(row: Row) -> str:
    """Write a row's interval, and that the value is uncertain where it is."""
    if row["status"] != "uncertain":
        return interval(row)
    return f"{interval(row).strip(swedish.MISSING)} {STATES['uncertain']}".strip()


def difference(row: Row, *, with_unit: bool = False) -> str:
    """Write a difference: −0,15, or +3 (procentenheter); a dash where nothing is compared."""
    if row["verdict"] in ("not_compared", "withheld") or pd.isna(row["difference"]):
        return swedish.MISSING
    said = number(row["difference"], row, signed=True)
    if not with_unit or not unit(row):
        return said
    ending = "" if said.lstrip("+" + swedish.MINUS) == "1" else "er"
    return f"{said}{swedish.NO_BREAK}procentenhet{ending}"


def reach(row: Row) -> str:
    """Write a difference's 95 % interval: −0,90 till −0,39; a dash where there is none."""
    if pd.isna(row["lower"]) or difference(row) == swedish.MISSING:
        return swedish.MISSING
    return " till ".join(number(row[end], row, signed=True) for end in ("lower", "upper"))


def verdict(row: Row) -> str:
    """Say of a change, with its size, only what is certain: ”ingen säker förändring (+0,02)”."""
    said = difference(row, with_unit=True)
    return VERDICTS[row["verdict"]] + (f" ({said})" if said != swedish.MISSING else "")


def percent(change: float) -> str:
    """Write a change in per cent: +11 %; a dash where the base was too small."""
    return swedish.MISSING if pd.isna(change) else f"{swedish.signed(change, 0)}{swedish.NO_BREAK}%"


def with_unit(number: str, unit: str) -> str:
    """Write a target or an outcome with its unit; a dash where there is none."""
    return f"{number} {unit}".strip() if str(number).strip(" .-–") else swedish.MISSING


def unit_name(row: Row) -> str:
    """Name what a row's numbers count, for an axis."""
    names = {"index": "Problemindex", "share": "Procent"}
    return names.get(row["unit"], swedish.capitalised(row["unit"]))


def is_whole(frame: pd.DataFrame, label: str) -> pd.Series:
    """Tell which rows are the municipality's, where the rows are areas."""
    return frame["area"].eq("") if label == "name" else pd.Series(False, frame.index)


def ends(frame: pd.DataFrame, label: str) -> str:
    """Say which rows are highest and lowest, by their printed values."""
    said = []
    for word, end in {"högst": frame["value"].max(), "lägst": frame["value"].min()}.items():
        alike = frame.loc[frame["value"].eq(end)]
        names = list(alike[label])
        who = swedish.listed(names) if len(names) < 4 else f"{len(names)} lika"
        said.append(f"{word} {who} ({value(alike.iloc[0])})")
    return ", ".join(said)


def against(row: Row) -> str:
    """Write a value and what it is compared with, for a sentence: ”43 mot 19 procent”."""
    said = " mot ".join(number(row[name], row) for name in ("value", "before"))
    return said + (" procent" if unit(row) else "")


def outcome(row: Row) -> str:
    """Say an outcome beside its target: ”861 av 800 fotpatruller: ja”."""
    if with_unit(row["outcome"], "") == swedish.MISSING:
        return str(row["fulfilled"])
    return f"{row['outcome']} av {with_unit(row['target'], row['unit'])}: {row['fulfilled']}"


def kept(fulfilled: pd.Series) -> str:
    """Say how many promises were kept: ”Fem av åtta mål är uppfyllda, två delvis; …”."""
    words = fulfilled.astype(str).str.strip().str.lower()
    yes, partly, no = (int(words.eq(word).sum()) for word in ("ja", "delvis", "nej"))
    left = len(words) - yes - partly - no
    count = [*swedish.SMALL_WORDS, *map(str, range(len(swedish.SMALL_WORDS), 1000))]
    first, done = (count[yes] if yes else "inget"), "uppfyllt" if yes < 2 else "uppfyllda"
    said = f"{swedish.capitalised(first)} av {count[len(words)]} mål är {done}"
    said += f", {count[partly]} delvis" if partly else ""
    said += f", {count[no]} inte" if no and no < len(words) else ""
    return said + (f"; {count[left]} har inte följts upp" if left else "")


def listing(kind: str, frame: pd.DataFrame, label: str, say: Callable[[Row], str]) -> str:
    """Say every row's numbers where they are few, else the ends'; for an alt text beside a table."""
    rows = frame.to_dict("records")
    picked = rows if len(rows) <= 10 else [*rows[:3], *rows[-3:]]
    left = "" if picked is rows else f" De tre första och de tre sista av {len(rows)}."
    return f"{kind}.{left} {'; '.join(f'{row[label]} {say(row)}' for row in picked)}."


def column(values: pd.Series) -> list[str]:
    """Write any column: numbers with the decimals that it needs, years without thousands."""
    if values.dtype == bool or not pd.api.types.is_numeric_dtype(values):
        words = KNOWN.get(str(values.name), YES_NO)
        texts = values.astype(object).map(lambda each: words.get(str(each), str(each)))
        return list(texts.mask(values.isna(), swedish.MISSING))
    if str(values.name).casefold() in ("year", "år"):
        return [swedish.MISSING if pd.isna(each) else f"{each:.0f}" for each in values]
    known = values.dropna()
    largest = float(known.abs().max())
    fine = 2 - math.floor(math.log10(largest)) if largest > 0 else 0  # three figures that count
    places = (at for at in range(fine) if np.allclose(known, known.round(at), 0, 1e-9))
    decimals = max(0, next(places, fine))
    return [swedish.number(each, decimals) for each in values]


def label(frame: pd.DataFrame, *, year: bool = True) -> str:
    """Name what a frame shows, and its year: its one measure, or its one place."""
    has_year = year and "year" in frame and frame["year"].notna().any()
    newest = f" {frame['year'].max():.0f}" if has_year else ""
    for column in ("label", "name"):
        if column in frame and frame[column].dropna().nunique() == 1:
            return f"{frame[column].dropna().iloc[0]}{newest}"
    return f"Frågorna{newest}"


def signs(rows: pd.Datapd.DataFrame, *, changed: bool = False) -> pd.Series:
    """Choose signs: a triangle for a certain change, a ring for what is uncertain, else a disc."""
    verdict, status = (rows.get(name, pd.Series("", rows.index)) for name in ("verdict", "status"))
    is_open = status.eq("uncertain") | changed
    return verdict.where(verdict.isin(CERTAIN), is_open.map({True: "ring", False: "disc"}))


def points(rows: pd.DataFrame) -> str:
    """Say that differences are percentage points, where all are."""
    return " (procentenheter)" if rows["unit"].eq("share").all() else ""


def notes(rows: pd.DataFrame) -> Iterator[str]:
    """Explain the states and verdicts that the rows have, and nothing else."""
    why = WHY[told(rows, "kind", "survey")]
    yield from (said for state, said in why.items() if state in set(rows.get("status", ())))
    if "not_tested" in (verdicts := set(rows.get("verdict", ()))):
        start = "Inte prövad: allt" if verdicts & set(TESTED) else "Förändringarna"
        yield f"{start} prövas inte, eftersom många prövningar ger falska larm."
    if "difference" in rows and rows["unit"].nunique() > 1 and rows["difference"].notna().any():
        yield "Skillnader mellan andelar är procentenheter."


def translated(said: str) -> str:
    """Put a decimal comma in a number that stands alone, and Swedish for a known column's name."""
    if re.fullmatch(rf"[-{swedish.MINUS}]?\d+\.\d+", said):
        return swedish.number(float(said.replace(swedish.MINUS, "-")), len(said.split(".")[1]))
    return HEADS.get(said, said)
