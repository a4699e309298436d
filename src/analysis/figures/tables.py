"""Frames of results become tables a reader can follow: one frame in, one Table out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis import swedish
from analysis.figures import dots, wording
from analysis.figures.figure import Column, Pictures, Table, twin
from analysis.figures.wording import Row, told

of = twin  # any frame, with Swedish numbers

Said = tuple[str, bool, Callable[[Row], str]]  # a column: its heading, is it numbers, a row's text
CERTAIN: Said = ("Säkerställd?", False, wording.is_certain)


def areas(
    frame: pd.DataFrame,
    *,
    changes: pd.DataFrame | None = None,
    caption: str = "",
    page: str = "omraden/{}.html",
    key: str = "",
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
    return _listed(
        rows, "Område", "name", caption or f"{label(frame)} i varje område", changes, key
    )


def questions(
    frame: pd.DataFrame, *, changes: pd.DataFrame | None = None, caption: str = "", key: str = ""
) -> Table:
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
    if "group" in rows:
        group = rows["group"].where(rows["group"].ne(""), rows["measure"])
        order = group.map({name: at for at, name in enumerate(dict.fromkeys(group))})
        rows = rows.assign(beside=beside, strong=rows["group"].eq(""), order=order)
        rows = rows.sort_values(["order", "strong"], ascending=[True, False], kind="stable")
        rows = rows.drop(columns="group")
    else:
        rows = rows.assign(beside=beside).sort_values("value", ascending=False, kind="stable")
    said = caption or f"{place} {told(frame, 'year')}: frågorna"
    return _listed(rows, "Fråga", "label", said, changes, key)


def splits(
    frame: pd.DataFrame, *, changes: pd.DataFrame | None = None, caption: str = "", key: str = ""
) -> Table:
    """List one measure's values by groups of people in the whole municipality."""
    by = swedish.listed([word.lower() for word in dict.fromkeys(frame["split_label"])])
    return _listed(frame, "Grupp", "group", caption or f"{label(frame)} efter {by}", changes, key)


def changes(moved: pd.DataFrame, *, caption: str = "", name: str = "name", key: str = "") -> Table:
    """List changes, the largest fall first, what cannot be compared last.

    Args:
        name: the column that names the rows: "name" of areas, "label" of questions, or "group".
    """
    rows = moved.sort_values("difference", kind="stable")
    before, now = told(moved, "earlier", "Före"), told(moved, "year", "Nu")
    certain: list[Said] = [(_margin(moved), True, wording.reach), CERTAIN]
    columns: list[Said] = [
        (wording.HEADS[name], False, lambda row: row[name]),
        (str(before), True, lambda row: wording.value(row, "before")),
        (str(now), True, wording.value),
        (f"Skillnad{_points(rows)}", True, wording.difference),
        *(certain if rows["verdict"].isin(wording.TESTED).any() else []),
    ]
    drawn = dots.column(rows.assign(value=rows["difference"]), zero=True)
    note = "Triangel: säkerställd förändring, åt vänster en minskning." if drawn else ""
    rows = rows.assign(strong=rows["area"].eq("") if name == "name" else False)
    said = caption or f"{label(moved, year=False)}: förändring {before}–{now}"
    return _set(said, rows, columns, [note, *_notes(rows)], key, drawn)


def crime(changes: pd.DataFrame, *, caption: str = "", key: str = "") -> Table:
    """List reported crimes, their rates and their change, from `Results.crime_changes`."""
    before, now = told(changes, "earlier", "förra året"), told(changes, "year")
    rows = changes.assign(unit="", decimals=0, strong=changes["parent"].eq(""))
    has_before = bool(rows["rate_before"].notna().any())
    moved = f"Per invånare mot {before}"
    columns: list[tuple[bool, Said]] = [
        (True, ("Brott", False, lambda row: row["label"])),
        (rows["code"].ne("").any(), ("Brottskod", False, lambda row: row["code"] or "–")),
        (True, ("Antal", True, lambda row: wording.value(row, "count"))),
        (True, (wording.PER, True, lambda row: wording.value(row, "rate"))),
        (has_before, (moved, True, lambda row: wording.percent_change(row["percent"]))),
        (has_before, CERTAIN),
    ]
    small = has_before and rows["percent"].isna().any()
    note = ["Procent anges bara när det förra året hade minst 20 anmälningar." if small else ""]
    there = [said for is_there, said in columns if is_there]
    return _set(caption or f"Anmälda brott {now}".strip(), rows, there, note, key)


def crime_years(
    crime: pd.DataFrame, value: str = "count", *, caption: str = "", key: str = ""
) -> Table:
    """List reported crimes year by year; `value` is "count" or "rate" (per 100 000)."""
    rows = crime.loc[crime["area"].eq("")]
    late = rows["preliminary"].astype(bool)
    rows = rows.assign(head=rows["year"].astype(str).mask(late, rows["year"].astype(str) + "*"))
    order = rows.loc[rows["year"].eq(rows["year"].max()), "label"]
    grid = rows.pivot(index="label", columns="head", values=value).reindex(order).round()
    per = f", {wording.PER.lower()}" if value == "rate" else ""
    said = caption or f"Anmälda brott {rows['year'].min()}–{rows['year'].max()}{per}"
    note = "* Preliminära uppgifter." if late.any() else ""
    return twin(grid.rename_axis("Brott"), said, note, key)


def wastewater(frame: pd.DataFrame, *, caption: str = "", key: str = "") -> Table:
    """List the drugs in the wastewater, the years side by side."""
    said = frame["value"].map(lambda value: swedish.number(value, 1))
    said = said.mask(frame["state"].eq("below_loq"), "under mätgränsen")
    where = swedish.listed(list(dict.fromkeys(frame["place"] + " " + frame["week"])))
    note = f"Milligram per 1{swedish.NO_BREAK}000 invånare och dygn. Mätt i {where}."
    rows = frame.assign(Ämne=frame["substance"], said=said, status="shown")
    caption = caption or "Narkotika i avloppsvattnet"
    return replace(wide(rows, "Ämne", "year", caption, texts="said"), note=note, key=key)


def promises(frame: pd.DataFrame, *, caption: str = "", key: str = "") -> Table:
    """List what was promised, the target, the outcome and whether it was kept."""
    columns: list[Said] = [
        ("Löfte", False, lambda row: row["promise"]),
        ("Mål", False, lambda row: wording.with_unit(row["target"], row["unit"])),
        ("Utfall", False, lambda row: wording.with_unit(row["outcome"], row["unit"])),
        ("Uppfyllt", False, lambda row: row["fulfilled"]),
    ]
    said = caption or f"Löftet {told(frame, 'year')}: mål och utfall"
    return _set(said, frame, columns, [], key)


def wide(
    frame: pd.DataFrame, rows: str, columns: str, caption: str, *, texts: str = "", key: str = ""
) -> Table:
    """Set values side by side, a row for each of `rows` and a column for each of `columns`.

    Args:
        texts: a column of texts to show, in place of the values.
    """
    star = frame["status"].map({"uncertain": "*"}).fillna("")
    said = (
        frame[texts] if texts else [wording.value(row) for row in frame.to_dict("records")] + star
    )
    grid = frame.assign(said=said).pivot(index=rows, columns=columns, values="said")
    grid = grid.reindex(index=dict.fromkeys(frame[rows]), columns=dict.fromkeys(frame[columns]))
    made = twin(grid.fillna(swedish.MISSING), caption)
    heads = (made.columns[0], *(Column(head.label, True) for head in made.columns[1:]))
    note = ("* " if star.any() else "") + " ".join(_notes(frame))
    return replace(made, columns=heads, note=note, key=key)


def label(frame: pd.DataFrame, *, year: bool = True) -> str:
    """Name what a frame of one measure shows, and its year."""
    there = list(dict.fromkeys(frame["label"].dropna()))
    newest = f" {frame['year'].max():.0f}" if year and "year" in frame else ""
    return (there[0] if len(there) == 1 else "Frågorna") + newest


def _listed(
    rows: pd.DataFrame, head: str, name: str, caption: str, changes: pd.DataFrame | None, key: str
) -> Table:
    """List values with what the rows have of interval, comparison, change and answers."""
    if changes is not None:
        on = [each for each in ("area", "group", "measure") if each in changes and each in rows]
        moved = changes[[*on, "difference", "verdict"]]
        merged = pd.DataFrame(rows).merge(moved, on=on, how="left", validate="one_to_one")
        merged.attrs = rows.attrs
        rows = merged.fillna({"verdict": "not_compared"})
    rows = rows.assign(**{"beside": np.nan} if "beside" not in rows else {})
    one_unit, kind = rows["unit"].nunique() == 1, told(rows, "kind", "survey")
    value = {"index": "Index", "share": "Andel"}.get(
        rows["unit"].iloc[0] if one_unit else "", "Värde"
    )
    place = swedish.capitalised(told(rows, "unit_word", "kommunen"))
    has_place = bool(
        rows["beside"].nunique() > 1 or name == "label" and rows["beside"].notna().any()
    )
    is_tested = changes is not None and rows["verdict"].isin(wording.TESTED).any()
    moved_head = f"Mot {told(rows, 'earlier', 'förut')}{_points(rows)}"
    columns: list[tuple[bool, Said]] = [
        (True, (head, False, lambda row: row[name])),
        (True, (value, True, wording.value)),
        (bool(rows["lower"].notna().any()), (_margin(rows), True, wording.margin)),
        (has_place, (place, True, lambda row: wording.value(row, "beside"))),
        (changes is not None, (moved_head, True, wording.difference)),
        (is_tested, CERTAIN),
        (
            bool(rows["n"].notna().any()),
            (wording.COUNT[kind], True, lambda row: swedish.number(row["n"])),
        ),
    ]
    there = [said for is_there, said in columns if is_there]
    drawn = dots.column(rows.drop(columns="verdict", errors="ignore"))
    line = "" if not drawn or rows["beside"].isna().all() else f"Grått tvärstreck: {place.lower()}."
    return _set(caption, rows, there, [line, *_notes(rows)], key, drawn)


def _set(
    caption: str,
    rows: pd.DataFrame,
    columns: Sequence[Said],
    note: Sequence[str],
    key: str,
    pictures: Pictures | None = None,
) -> Table:
    """Write every row's columns; `strong` and `link` of the rows go where they belong."""
    records = rows.to_dict("records")
    return Table(
        caption,
        tuple(Column(head, is_number) for head, is_number, _ in columns),
        tuple(tuple(write(row) for _, _, write in columns) for row in records),
        " ".join(filter(None, note)),
        tuple(rows["link"]) if "link" in rows else (),
        tuple(np.flatnonzero(rows["strong"]).tolist()) if "strong" in rows else (),
        pictures,
        key,
    )


def _points(rows: pd.DataFrame) -> str:
    return " (procentenheter)" if rows["unit"].eq("share").all() else ""


def _margin(rows: pd.DataFrame) -> str:
    return f"{wording.MARGIN[told(rows, 'kind', 'survey')]} (95{swedish.NO_BREAK}%)"


def _notes(rows: pd.DataFrame) -> Iterator[str]:
    """Explain the states and verdicts that the rows have, and nothing else."""
    why = wording.WHY[told(rows, "kind", "survey")]
    states = set(rows["status"]) if "status" in rows else set()
    yield from (said for state, said in why.items() if state in states)
    if "verdict" in rows and rows["verdict"].eq("not_tested").any():
        yield "Inte prövad: alla frågor prövas inte, eftersom många prövningar ger falska larm."
    if "verdict" in rows and rows["unit"].nunique() > 1:
        yield "Skillnader mellan andelar är procentenheter."
