"""Frames become tables: one frame in, a Table without empty columns out; None for no register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from analysis import swedish
from analysis.figures import picture, wording
from analysis.figures.figure import Column, Table, twin
from analysis.figures.picture import Pictures
from analysis.figures.wording import Row, told

Frame: TypeAlias = pd.DataFrame
Said = tuple[str, bool, Callable[[Row], str]]  # a column: its heading, is it numbers, a row's text
of = twin  # any frame, with Swedish numbers
CERTAIN: Said = ("Säkerställd?", False, wording.is_certain)


def areas(
    frame: Frame, *, changes: Frame | None = None, caption: str = "", page: str = "omraden/{}.html"
) -> Table:
    """List one measure's values by area, the highest first, the municipality among them.

    Args:
        frame: estimates of one year and measure; also joined to their areas.
        changes: of the same measure; adds what has changed.
        page: the way to an area's page; {} is its id.
    """
    is_whole = frame["area"].eq("")
    whole = swedish.capitalised(told(frame, "whole", "hela kommunen"))
    rows = frame.assign(
        name=frame["name"].mask(is_whole, whole),
        beside=frame.loc[is_whole, "value"].max(),
        link=frame["area"].map(page.format).mask(is_whole, ""),
        strong=is_whole,
    ).sort_values("value", ascending=False, kind="stable")
    return _listed(rows, "Område", "name", caption or f"{label(frame)} per område", changes)


def questions(frame: Frame, *, changes: Frame | None = None, caption: str = "") -> Table:
    """List the questions of an area beside the municipality's values, or the municipality's alone.

    Args:
        frame: estimates of one year; rows of area "" stand beside those of the one other area. With
            the measures' column `group`, each group stands before its questions, in bold; without,
            the highest value comes first.
        changes: adds what has changed.
    """
    is_area = frame["area"].ne("")
    whole = frame.loc[~is_area].set_index("measure")["value"]
    rows = frame.loc[is_area] if is_area.any() else frame
    place = rows["name"].iloc[0] if is_area.any() else told(frame, "municipality", "Kommunen")
    beside = rows["measure"].map(whole) if is_area.any() else np.nan
    rows = rows.assign(beside=beside)
    if "group" in rows:
        is_group = rows["group"].eq("")
        order = pd.factorize(rows["group"].mask(is_group, rows["measure"]))[0]
        rows = rows.assign(strong=is_group, order=order).drop(columns="group")
        rows = rows.sort_values(["order", "strong"], ascending=[True, False], kind="stable")
    else:
        rows = rows.sort_values("value", ascending=False, kind="stable")
    said = caption or f"{place} {told(frame, 'year')}: frågorna"
    return _listed(rows, "Fråga", "label", said, changes)


def splits(frame: Frame, *, changes: Frame | None = None, caption: str = "") -> Table | None:
    """List one measure's values by groups of people in the whole municipality."""
    if frame.empty:
        return None
    by = swedish.listed([word.lower() for word in dict.fromkeys(frame["split_label"])])
    return _listed(frame, "Grupp", "group", caption or f"{label(frame)} efter {by}", changes)


def changes(moved: Frame, *, caption: str = "", name: str = "name") -> Table:
    """List changes, the largest fall first, what cannot be compared last.

    Args:
        name: the column that names the rows: "name" of areas, "label" of questions, or "group".
    """
    rows = moved.sort_values("difference", kind="stable")
    before, now = told(moved, "earlier", "Före"), told(moved, "year", "Nu")
    columns: list[Said] = [
        (wording.HEADS[name], False, lambda row: row[name]),
        (str(before), True, lambda row: wording.value(row, "before")),
        (str(now), True, wording.value),
        (f"Skillnad{_points(rows)}", True, wording.difference),
        (wording.margin_head(moved), True, wording.reach),
        CERTAIN,
    ]
    drawn = picture.dots(rows.assign(value=rows["difference"]), zero=True)
    note = "Triangel: säkerställd förändring." if wording.has_certain(rows) else ""
    rows = rows.assign(strong=wording.is_whole(rows, name))
    caption = caption or f"{label(moved, year=False)}: förändring {before}–{now}"
    return _set(caption, rows, columns, [note, *_notes(rows)], drawn)


def crime(changes: Frame, *, caption: str = "") -> Table | None:
    """List reported crimes, their rates and their change, from `Results.crime_changes`."""
    if changes.empty:
        return None
    before, now = told(changes, "earlier", "förra året"), told(changes, "year")
    rows = changes.assign(unit="", decimals=0, strong=changes["parent"].eq(""))
    columns: list[Said] = [
        ("Brott", False, lambda row: row["label"]),
        ("Brottskod", False, lambda row: row["code"]),
        ("Antal", True, lambda row: wording.value(row, "count")),
        (wording.PER, True, lambda row: wording.value(row, "rate")),
        (f"Per invånare mot {before}", True, lambda row: wording.percent(row["percent"])),
        CERTAIN,
    ]
    few = rows["percent"].isna() & rows["before"].notna()
    note = "Procent anges bara när det förra året hade minst 20 anmälningar." if few.any() else ""
    return _set(caption or f"Anmälda brott {now}".strip(), rows, columns, [note])


def crime_years(crime: Frame, value: str = "count", *, caption: str = "") -> Table | None:
    """List reported crimes year by year; `value` is "count" or "rate" (per 100 000)."""
    if crime.empty:
        return None
    rows = crime.loc[crime["area"].eq("")]
    late = rows["preliminary"].astype(bool)
    rows = rows.assign(head=rows["year"].astype(str) + np.where(late, "*", ""))
    order = rows.loc[rows["year"].eq(rows["year"].max()), "label"]
    grid = rows.pivot(index="label", columns="head", values=value).reindex(order).round()
    per = f", {wording.PER.lower()}" if value == "rate" else ""
    said = caption or f"Anmälda brott {rows['year'].min()}–{rows['year'].max()}{per}"
    note = "* Preliminära uppgifter." if late.any() else ""
    return twin(grid.rename_axis("Brott"), said, note)


def wastewater(frame: Frame, *, caption: str = "") -> Table | None:
    """List the drugs in the wastewater, the years side by side."""
    if frame.empty:
        return None
    said = frame["value"].map(lambda value: swedish.number(value, 1))
    said = said.mask(frame["state"].eq("below_loq"), "under mätgränsen")
    where = swedish.listed(list(dict.fromkeys(frame["place"] + " " + frame["week"])))
    note = f"Milligram per 1{swedish.NO_BREAK}000 invånare och dygn. Mätt i {where}."
    rows = frame.assign(Ämne=frame["substance"], said=said, status="shown")
    made = wide(rows, "Ämne", "year", caption or "Narkotika i avloppsvattnet", texts="said")
    return replace(made, note=note)


def promises(frame: Frame, *, caption: str = "") -> Table | None:
    """List what was promised, the target, the outcome and whether it was kept."""
    if frame.empty:
        return None
    columns: list[Said] = [
        ("Löfte", False, lambda row: row["promise"]),
        ("Mål", False, lambda row: wording.with_unit(row["target"], row["unit"])),
        ("Utfall", False, lambda row: wording.with_unit(row["outcome"], row["unit"])),
        ("Uppfyllt", False, lambda row: row["fulfilled"]),
    ]
    said = caption or f"Löftet {told(frame, 'year')}: mål och utfall"
    return _set(said, frame, columns, [])


def wide(frame: Frame, rows: str, columns: str, caption: str, *, texts: str = "") -> Table:
    """Set values side by side, a row for each of `rows` and a column for each of `columns`.

    Args:
        texts: a column of texts to show, in place of the values.
    """
    star = frame["status"].map({"uncertain": "*"}).fillna("")
    values = [wording.value(row) for row in frame.to_dict("records")] if not texts else frame[texts]
    grid = frame.assign(said=values + star).pivot(index=rows, columns=columns, values="said")
    grid = grid.reindex(index=dict.fromkeys(frame[rows]), columns=dict.fromkeys(frame[columns]))
    made = twin(grid.fillna(swedish.MISSING), caption)
    heads = (made.columns[0], *(Column(head.label, True) for head in made.columns[1:]))
    note = ("* " if star.any() else "") + " ".join(_notes(frame))
    return replace(made, columns=heads, note=note)


def label(frame: Frame, *, year: bool = True) -> str:
    """Name what a frame shows, and its year: its one measure, or its one place."""
    newest = f" {frame['year'].max():.0f}" if year and "year" in frame else ""
    for column in ("label", "name"):
        if column in frame and frame[column].dropna().nunique() == 1:
            return f"{frame[column].dropna().iloc[0]}{newest}"
    return f"Frågorna{newest}"


def _listed(rows: Frame, head: str, name: str, caption: str, changes: Frame | None) -> Table:
    """List values with what the rows have of interval, comparison, change and answers."""
    if changes is not None and len(changes):
        on = [each for each in ("area", "group", "measure") if each in changes and each in rows]
        moved = changes[[*on, "difference", "verdict"]]
        merged = pd.DataFrame(rows).merge(moved, on=on, how="left", validate="one_to_one")
        merged.attrs = rows.attrs
        rows = merged.fillna({"verdict": "not_compared"})
    else:
        rows = rows.assign(difference=np.nan, verdict="no_interval")
    beside = rows.get("beside", pd.Series(np.nan, rows.index))
    units = {"index": "Index", "share": "Andel"}
    value = units.get(rows["unit"].iloc[0], "Värde") if rows["unit"].nunique() == 1 else "Värde"
    place = swedish.capitalised(told(rows, "unit_word", "kommunen"))
    columns: list[Said] = [
        (head, False, lambda row: row[name]),
        (value, True, wording.value),
        (wording.margin_head(rows), True, wording.margin),
        (place, True, lambda row: wording.value(row, "beside") if name == "label" else ""),
        (f"Mot {told(rows, 'earlier', 'förut')}{_points(rows)}", True, wording.difference),
        CERTAIN,
        (wording.COUNT[told(rows, "kind", "survey")], True, lambda row: swedish.number(row["n"])),
    ]
    rows = rows.assign(beside=beside)
    drawn = picture.dots(rows.drop(columns="verdict"))
    line = f"Grått tvärstreck: {place.lower()}." if drawn and beside.notna().any() else ""
    return _set(caption, rows, columns, [line, *_notes(rows)], drawn)


def _set(
    caption: str,
    rows: Frame,
    columns: list[Said],
    note: list[str],
    pictures: Pictures | None = None,
) -> Table:
    """Write every row's columns; `strong` and `link` of the rows go where they belong."""
    texts = [[write(row) for row in rows.to_dict("records")] for _, _, write in columns]
    there = [at for at, cells in enumerate(texts) if set(cells) - {"", swedish.MISSING}]
    return Table(
        caption,
        tuple(Column(head, is_number) for head, is_number, _ in (columns[at] for at in there)),
        tuple(zip(*(texts[at] for at in there), strict=True)),
        " ".join(filter(None, note)),
        tuple(rows["link"]) if "link" in rows else (),
        tuple(np.flatnonzero(rows["strong"]).tolist()) if "strong" in rows else (),
        pictures,
    )


def _points(rows: Frame) -> str:
    return " (procentenheter)" if rows["unit"].eq("share").all() else ""


def _notes(rows: Frame) -> Iterator[str]:
    """Explain the states and verdicts that the rows have, and nothing else."""
    why = wording.WHY[told(rows, "kind", "survey")]
    states = set(rows["status"]) if "status" in rows else set()
    yield from (said for state, said in why.items() if state in states)
    if "verdict" in rows and rows["verdict"].eq("not_tested").any():
        yield "Inte prövad: alla frågor prövas inte, eftersom många prövningar ger falska larm."
    if "difference" in rows and rows["unit"].nunique() > 1 and rows["difference"].notna().any():
        yield "Skillnader mellan andelar är procentenheter."
