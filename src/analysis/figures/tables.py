"""Frames become tables: one frame in, a Table without empty columns out; None for no register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from operator import itemgetter
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
CERTAIN: Said = ("Säkerställd?", False, lambda row: wording.ANSWERS[row["verdict"]])


def areas(
    frame: Frame, *, changes: Frame | None = None, caption: str = "", page: str = "omraden/{}.html"
) -> Table | None:
    """List one measure's values of one year by area, the highest first, the municipality among them.

    The measure's `changes` add what has changed; `page` is the way to an area's page, {} its id.
    None where there is nothing to list.
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
    return _listed(rows, "name", caption or f"{label(frame)} per område", changes)


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
    return _listed(frame, "group", f"{label(frame)} efter {by}", changes)


def changes(moved: Frame, *, name: str = "name") -> Table:
    """List changes, the largest fall first, what cannot be compared last.

    The column `name` names the rows: "name" of areas, "label" of questions, "group" of people.
    """
    rows = moved.sort_values("difference", kind="stable")
    before, now = told(moved, "earlier", "Före"), told(moved, "year", "Nu")
    columns: list[Said] = [
        (wording.HEADS[name], False, itemgetter(name)),
        (str(before), True, partial(wording.value, column="before")),
        (str(now), True, wording.value),
        (f"Skillnad{_points(rows)}", True, wording.difference),
        (wording.margin_head(moved), True, wording.reach),
        CERTAIN,
    ]
    drawn = picture.dots(rows.assign(value=rows["difference"]), zero=True)
    rows = rows.assign(strong=wording.is_whole(rows, name))
    caption = f"{label(moved, year=False)}: förändring {before}–{now}"
    return _set(caption, rows, columns, [wording.triangle(rows), *_notes(rows)], drawn)


def crime(changes: Frame) -> Table | None:
    """List reported crimes, their rates and their change, from `Results.crime_changes`."""
    if changes.empty:
        return None
    before = told(changes, "earlier", "förra året")
    rows = changes.assign(unit="", decimals=0, strong=changes["parent"].eq(""))
    columns: list[Said] = [
        ("Brott", False, itemgetter("label")),
        ("Brottskod", False, itemgetter("code")),
        ("Antal", True, partial(wording.value, column="count")),
        (wording.PER, True, partial(wording.value, column="rate")),
        (f"Per invånare mot {before}", True, lambda row: wording.percent(row["percent"])),
        CERTAIN,
    ]
    few = (rows["percent"].isna() & rows["before"].notna()).any()
    note = "Procent anges bara när det förra året hade minst 20 anmälningar." if few else ""
    return _set(f"Anmälda brott {told(changes, 'year')}".strip(), rows, columns, [note])


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
    where = swedish.listed(list(dict.fromkeys(frame["place"] + " " + frame["week"])))
    note = f"Milligram per 1{swedish.NO_BREAK}000 invånare och dygn. Mätt i {where}."
    return replace(wide(rows, "Ämne", "year", "Narkotika i avloppsvattnet", "said"), note=note)


def promises(frame: Frame) -> Table | None:
    """List what was promised, the target, the outcome and whether it was kept."""
    if frame.empty:
        return None
    columns: list[Said] = [
        ("Löfte", False, itemgetter("promise")),
        ("Mål", False, lambda row: wording.with_unit(row["target"], row["unit"])),
        ("Utfall", False, lambda row: wording.with_unit(row["outcome"], row["unit"])),
        ("Uppfyllt", False, itemgetter("fulfilled")),
    ]
    return _set(f"Löftet {told(frame, 'year')}: mål och utfall", frame, columns, [])


def wide(frame: Frame, rows: str, columns: str, caption: str, texts: str = "") -> Table:
    """Set values, or `texts`, side by side: a row for each of `rows`, a column of `columns`.

    Years have their intervals.
    """
    status = frame["status"] if "status" in frame else pd.Series("", frame.index)
    star = status.map({"uncertain": "*"}).fillna("")
    says = wording.ranged if columns == "year" else wording.value
    values = frame[texts] if texts else [says(row) for row in frame.to_dict("records")]
    grid = frame.assign(said=values + star).pivot(index=rows, columns=columns, values="said")
    grid = grid.reindex(index=dict.fromkeys(frame[rows]), columns=dict.fromkeys(frame[columns]))
    made = twin(grid.fillna(swedish.MISSING), caption)
    heads = tuple(Column(head.label, at > 0) for at, head in enumerate(made.columns))
    note = ("* " if star.any() else "") + " ".join(_notes(frame))
    return replace(made, columns=heads, note=note)


def label(frame: Frame, *, year: bool = True) -> str:
    """Name what a frame shows, and its year: its one measure, or its one place."""
    has_year = year and "year" in frame and frame["year"].notna().any()
    newest = f" {frame['year'].max():.0f}" if has_year else ""
    for column in ("label", "name"):
        if column in frame and frame[column].dropna().nunique() == 1:
            return f"{frame[column].dropna().iloc[0]}{newest}"
    return f"Frågorna{newest}"


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
    rows = rows if "beside" in rows else rows.assign(beside=np.nan)
    units = {"index": "Index", "share": "Andel"} if rows["unit"].nunique() == 1 else {}
    place = swedish.capitalised(told(rows, "unit_word", "kommunen"))
    columns: list[Said] = [
        (wording.HEADS[name], False, itemgetter(name)),
        (units.get(rows["unit"].iloc[0], "Värde"), True, wording.value),
        (wording.margin_head(rows), True, wording.margin),
        (place, True, lambda row: wording.value(row, "beside") if name == "label" else ""),
        (f"Mot {told(rows, 'earlier', 'förut')}{_points(rows)}", True, wording.difference),
        CERTAIN,
        (wording.COUNT[told(rows, "kind", "survey")], True, lambda row: swedish.number(row["n"])),
    ]
    drawn = picture.dots(rows.drop(columns="verdict"))
    line = f"Grått tvärstreck: {place.lower()}." if drawn and rows["beside"].notna().any() else ""
    return _set(caption, rows, columns, [line, *_notes(rows)], drawn)


def _set(
    caption: str, rows: Frame, columns: list[Said], note: list[str], drawn: Pictures | None = None
) -> Table:
    """Write every row's columns; `strong` and `link` of the rows go where they belong."""
    texts = [[write(row) for row in rows.to_dict("records")] for _, _, write in columns]
    nothing = {"", swedish.MISSING, wording.VERDICTS["not_tested"]}
    there = [at for at, cells in enumerate(texts) if set(cells) - nothing]
    return Table(
        caption,
        tuple(Column(head, is_number) for head, is_number, _ in (columns[at] for at in there)),
        tuple(zip(*(texts[at] for at in there), strict=True)),
        " ".join(filter(None, note)),
        tuple(rows.get("link", ())),
        tuple(np.flatnonzero(rows.get("strong", ())).tolist()),
        drawn,
    )


def _points(rows: Frame) -> str:
    return " (procentenheter)" if rows["unit"].eq("share").all() else ""


def _notes(rows: Frame) -> Iterator[str]:
    """Explain the states and verdicts that the rows have, and nothing else."""
    why = wording.WHY[told(rows, "kind", "survey")]
    yield from (said for state, said in why.items() if state in set(rows.get("status", ())))
    if "not_tested" in (verdicts := set(rows.get("verdict", ()))):
        start = "Inte prövad: alla frågor" if verdicts & set(wording.TESTED) else "Förändringarna"
        yield f"{start} prövas inte, eftersom många prövningar ger falska larm."
    if "difference" in rows and rows["unit"].nunique() > 1 and rows["difference"].notna().any():
        yield "Skillnader mellan andelar är procentenheter."
