"""Frames become tables: one frame in, a Table without empty columns out; None for no register."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from analysis import swedish
from analysis.figures import scales, wording
from analysis.figures.figure import Column, Pictures, Table, template, twin
from analysis.figures.wording import Row, told

Frame: TypeAlias = pd.DataFrame
CERTAIN = "Säkerställd?"
of = twin  # any frame, with Swedish numbers
SHAPE, EDGE, MOST_LINES = (120, 14), 6, 6  # of a small picture, its margin and its axis
VALUES = ("value", "before", "beside", "count", "rate")
NUMBERS: dict[str, Callable[[Row], str]] = {
    **{name: partial(wording.value, column=name) for name in VALUES},
    "margin": wording.margin,
    "reach": wording.reach,
    "difference": wording.difference,
    "percent": lambda row: wording.percent(row["percent"]),
    "n": lambda row: swedish.number(row["n"]),
}
WORDS: dict[str, Callable[[Row], str]] = {
    "verdict": lambda row: wording.ANSWERS[row["verdict"]],
    "target": lambda row: wording.with_unit(row["target"], row["unit"]),
    "outcome": lambda row: wording.with_unit(row["outcome"], row["unit"]),
}  # other columns of words stand as they are


def areas(
    frame: Frame, *, changes: Frame | None = None, caption: str = "", page: str = "omraden/{}.html"
) -> Table | None:
    """List one measure's values of one year by area, the highest first, the municipality among them.

    The measure's `changes` add what has changed; `page` is the way to an area's page, {} its id.
    """
    if frame.empty:
        return None
    is_whole = frame["area"].eq("")
    whole = swedish.capitalised(told(frame, "whole", "hela kommunen"))
    rows = frame.assign(
        name=frame["name"].mask(is_whole, whole),
        beside=frame.loc[is_whole, "value"].max(),
        link=frame["area"].map(page.format).mask(is_whole, ""),
        strong=is_whole,
    ).sort_values("value", ascending=False, kind="stable")
    return _listed(rows, "name", caption or f"{wording.label(frame)} per område", changes)


def questions(frame: Frame, *, changes: Frame | None = None, caption: str = "") -> Table | None:
    """List a year's questions of an area beside the municipality's values, or the latter's alone.

    With the measures' column `group`, each group stands before its questions, in bold; without, the
    highest value comes first. None where there is nothing to list.
    """
    if frame.empty:
        return None
    is_area = frame["area"].ne("")
    rows, place, beside = frame, told(frame, "municipality", "Kommunen"), pd.Series(dtype=float)
    if is_area.any():
        rows, beside = frame.loc[is_area], frame.loc[~is_area].set_index("measure")["value"]
        place = rows["name"].iloc[0]
    rows = rows.assign(beside=rows["measure"].map(beside))
    if "group" not in rows:
        rows = rows.sort_values("value", ascending=False, kind="stable")
    else:
        order = pd.factorize(rows["group"].mask(rows["group"].eq(""), rows["measure"]))[0]
        rows = rows.assign(strong=rows["group"].eq(""), order=order).drop(columns="group")
        rows = rows.sort_values(["order", "strong"], ascending=[True, False], kind="stable")
    return _listed(rows, "label", caption or f"{place} {told(frame, 'year')}: frågorna", changes)


def splits(frame: Frame, *, changes: Frame | None = None) -> Table | None:
    """List one measure's values by groups of people in the whole municipality."""
    if frame.empty:
        return None
    by = swedish.listed([word.lower() for word in dict.fromkeys(frame["split_label"])])
    return _listed(frame, "group", f"{wording.label(frame)} efter {by}", changes)


def changes(moved: Frame, *, name: str = "name") -> Table:
    """List changes, the largest fall first, what cannot be compared last.

    The column `name` names the rows: "name" of areas, "label" of questions, "group" of people.
    """
    rows = moved.sort_values("difference", kind="stable")
    before, now = told(moved, "earlier", "Före"), told(moved, "year", "Nu")
    heads = {
        name: wording.HEADS[name],
        "before": str(before),
        "value": str(now),
        "difference": f"Skillnad{wording.points(rows)}",
        "reach": wording.margin_head(moved),
        "verdict": CERTAIN,
    }
    drawn = dots(rows.assign(value=rows["difference"]), zero=True)
    rows = rows.assign(strong=wording.is_whole(rows, name))
    caption = f"{wording.label(moved, year=False)}: förändring {before}–{now}"
    made = _set(caption, rows, heads, [wording.triangle(rows), *wording.notes(rows)])
    return replace(made, pictures=drawn)


def crime(changes: Frame) -> Table | None:
    """List reported crimes, their rates and their change, from `Results.crime_changes`."""
    if changes.empty:
        return None
    before = told(changes, "earlier", "förra året")
    rows = changes.assign(unit="", decimals=0, strong=changes["parent"].eq(""))
    heads = {
        "label": "Brott",
        "code": "Brottskod",
        "count": "Antal",
        "rate": wording.PER,
        "percent": f"Per invånare mot {before}",
        "verdict": CERTAIN,
    }
    few = (rows["percent"].isna() & rows["before"].notna()).any()
    note = "Procent anges bara när det förra året hade minst 20 anmälningar." if few else ""
    return _set(f"Anmälda brott {told(changes, 'year')}".strip(), rows, heads, [note])


def crime_years(crime: Frame) -> Table | None:
    """List reported crimes year by year."""
    if crime.empty:
        return None
    rows = crime.loc[crime["area"].eq("")]
    head = rows["year"].astype(str) + rows["preliminary"].map({True: "*", False: ""})
    rows = rows.assign(Brott=rows["label"], head=head, said=rows["count"].map(swedish.number))
    span = f"{rows['year'].min()}–{rows['year'].max()}"
    made = wide(rows, "Brott", "head", f"Anmälda brott {span}", "said")
    return replace(made, note="* Preliminära uppgifter." if rows["preliminary"].any() else "")


def wastewater(frame: Frame) -> Table | None:
    """List the drugs in the wastewater, the years side by side."""
    if frame.empty:
        return None
    said = frame["value"].map(partial(swedish.number, decimals=1))
    said = said.mask(frame["state"].eq("below_loq"), "under mätgränsen")
    rows = frame.assign(Ämne=frame["substance"], said=said)
    where, source = frame["place"] + " " + frame["week"], told(frame, "wastewater_source", "okänd")
    note = f"Milligram per 1{swedish.NO_BREAK}000 invånare och dygn, "
    note += f"{swedish.listed([*dict.fromkeys(where)])}. Källa: {source}."
    return replace(wide(rows, "Ämne", "year", "Narkotika i avloppsvattnet", "said"), note=note)


def promises(frame: Frame) -> Table | None:
    """List what was promised, the target, the outcome and whether it was kept."""
    if frame.empty:
        return None
    heads = {name: wording.HEADS[name] for name in ("promise", "target", "outcome", "fulfilled")}
    return _set(f"Löftet {told(frame, 'year')}: mål och utfall", frame, heads, [])


def wide(frame: Frame, rows: str, columns: str, caption: str, texts: str = "") -> Table:
    """Set values, or `texts`, side by side, `rows` by `columns`; years with their intervals."""
    status = frame["status"] if "status" in frame else pd.Series("", frame.index)
    star = status.map({"uncertain": "*"}).fillna("")
    says = wording.ranged if columns == "year" else wording.value
    values = frame[texts] if texts else [says(row) for row in frame.to_dict("records")]
    grid = frame.assign(said=values + star).pivot(index=rows, columns=columns, values="said")
    grid = grid.reindex(index=dict.fromkeys(frame[rows]), columns=dict.fromkeys(frame[columns]))
    made = twin(grid.fillna(swedish.MISSING), caption)
    heads = tuple(Column(head.label, at > 0) for at, head in enumerate(made.columns))
    note = ("* " if star.any() else "") + " ".join(wording.notes(frame))
    return replace(made, columns=heads, note=note)


def _listed(rows: Frame, name: str, caption: str, changes: Frame | None) -> Table:
    """List values with what the rows have of interval, comparison, change and answers."""
    if changes is not None and len(changes):
        on = [each for each in ("area", "group", "measure") if each in changes and each in rows]
        moved = changes[[*on, "difference", "verdict"]]
        merged = pd.DataFrame(rows).merge(moved, on=on, how="left", validate="one_to_one")
        merged.attrs = rows.attrs
        rows = merged.fillna({"verdict": "not_compared"})
    else:
        rows = rows.assign(difference=np.nan, verdict="no_interval")
    units = {"index": "Index", "share": "Andel"} if rows["unit"].nunique() == 1 else {}
    place = swedish.capitalised(told(rows, "unit_word", "kommunen"))
    heads = {
        name: wording.HEADS[name],
        "value": units.get(rows["unit"].iloc[0], "Värde"),
        "margin": wording.margin_head(rows),
        **({"beside": place} if name == "label" else {}),
        "difference": f"Mot {told(rows, 'earlier', 'förut')}{wording.points(rows)}",
        "verdict": CERTAIN,
        "n": wording.COUNT[told(rows, "kind", "survey")],
    }
    drawn = dots(rows.drop(columns="verdict"))
    line = (
        f"Grått tvärstreck: {place.lower()}."
        if drawn and rows.filter(["beside"]).notna().any(axis=None)
        else ""
    )
    return replace(_set(caption, rows, heads, [line, *wording.notes(rows)]), pictures=drawn)


def _set(caption: str, rows: Frame, heads: dict[str, str], note: Iterable[str]) -> Table:
    """Write the columns that have a heading; `strong` and `link` of the rows go where they belong."""
    nothing = {"", swedish.MISSING, wording.VERDICTS["not_tested"]}
    listed, known = rows.to_dict("records"), NUMBERS | WORDS
    texts = {name: [known.get(name, itemgetter(name))(row) for row in listed] for name in heads}
    there = [name for name, cells in texts.items() if set(cells) - nothing]
    return Table(
        caption,
        tuple(Column(heads[name], name in NUMBERS) for name in there),
        tuple(zip(*(texts[name] for name in there), strict=True)),
        " ".join(filter(None, note)),
        tuple(rows.get("link", ())),
        tuple(np.flatnonzero(rows.get("strong", ())).tolist()),
    )


def dots(rows: pd.DataFrame, *, zero: bool = False) -> Pictures | None:
    """Draw rows on one axis with round ends, `zero` in the middle where they are differences.

    They have `value`, `lower`, `upper`, `unit`, `decimals`, perhaps `beside`, `status`, `verdict`.
    """
    numbers = rows.reindex(columns=[*wording.ENDS, "beside"]).astype(float)
    if rows["unit"].nunique() != 1 or numbers["value"].isna().all():
        return None
    ticks = np.array(scales.even_breaks(pd.Series([0, numbers.abs().max().max()]), MOST_LINES))
    ticks = np.concatenate([-ticks[:0:-1], ticks]) if zero else ticks

    def at(values: Any) -> Any:
        parts = (np.asarray(values) - ticks[0]) / (ticks[-1] - ticks[0])
        return np.char.mod("%g", np.round(EDGE + parts * (SHAPE[0] - 2 * EDGE), 1))

    lines, middle = at(ticks), at(0) if zero else ""
    places = pd.DataFrame(at(numbers), columns=numbers.columns).to_dict("records")
    draw, kinds = template("dots.svg.j2").row, wording.signs(rows, changed=zero)
    signs = zip(places, map(scales.SIGNS.get, kinds), strict=True)
    svgs = [draw(SHAPE, lines, middle, *sign).replace("\n", "") for sign in signs]
    axis: dict[str, Any] = rows.iloc[0].to_dict()
    axis |= {"decimals": 1} if axis["unit"] == "index" else {}
    ends = " till ".join(wording.number(end, axis) for end in ticks[[0, -1]])
    known = zip(svgs, numbers["value"].notna(), strict=True)
    shown = tuple(svg if is_known else None for svg, is_known in known)
    return Pictures(f"{ends}{wording.unit(axis)}", shown)
