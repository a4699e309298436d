"""Results become tables a reader can follow: one value in, one Table out; None without data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from analysis import swedish
from analysis.figures import dots, wording
from analysis.figures.figure import Table, table
from analysis.results import Results
from analysis.sources import rawtable
from analysis.sources.config import SPLITS, Source
from analysis.sources.survey import TOTAL

__all__ = [
    "areas",
    "changes",
    "promises",
    "questions_by",
    "questions_by_area",
    "splits",
    "wastewater",
]

INTERVAL = f"Felmarginal (95{swedish.NO_BREAK}%)"
MADE_UP = "Påhittade värden, bara för demonstration."
EXACT = "Skillnader är räknade på oavrundade värden."
VALUE_HEAD = {"index": "Index 0–6", "share": "Andel"}


def __dir__() -> list[str]:
    return __all__


def areas(
    year: Results,
    measure: str | None = None,
    *,
    number: int | None = None,
    page: str = "omraden/{}.html",
) -> Table | None:
    """List every area's value, interval, change and number of answers, in alphabetical order.

    Args:
        number: the year before, which has no change to tell of; this year when None.
        page: the way to an area's page; {} is its id.
    """
    measure = year.asked(measure)
    if measure is None or measure not in year.measures.index:
        return None
    kind, cells = year.measures["kind"][measure], year.by_area(measure, year=number)
    total = year.cell(measure, year=number)
    if total is not None:
        cells.loc[TOTAL] = total.reindex(cells.columns).fillna({"name": "Hela kommunen"})
    is_now = number in (None, year.number)
    rows = [
        (
            cell["name"],
            wording.value(cell),
            wording.margin(cell),
            *(_change_cells(year, measure, str(area), kind) if is_now else ()),
            wording.answers_n(cell),
        )
        for area, cell in cells.iterrows()
    ]
    changed = _change_heads(year) if is_now else []
    heads = [VALUE_HEAD[kind], INTERVAL, *changed, "Svar"]
    beside = math.nan if total is None else float(total["value"])
    drawn = [dots.of_cell(cell, beside=beside) for _, cell in cells.iterrows()]
    made = table(
        f"{year.measures['label'][measure]} {number or year.number} i varje område",
        ["Område", *heads],
        rows,
        numeric=[*heads[:2], *changed[:1], "Svar"],
        note=" ".join(_areas_note(year if is_now else None, cells, total, kind)),
        links=[page.format(area) if area else "" for area in cells.index],
    )
    return replace(made, dots=dots.column(drawn, kind))


def _areas_note(
    year: Results | None, cells: pd.DataFrame, total: pd.Series | None, kind: str
) -> Iterator[str]:
    """Explain the marks and words that the table really has."""
    if total is not None and total["status"] in wording.PRINTED:
        yield f"Grått tvärstreck: hela kommunen, {wording.value(total)}."
    # An index rests on several questions; the least answered one says how much it can bear.
    if kind == "index" and cells["n"].notna().any():
        yield "Svar: på den fråga som minst antal har besvarat."
    yield _note(cells["status"], year)
    redrawn = [name for area, name in cells["name"].items() if year and area in year.history]
    if redrawn:
        yield f"Nya gränser i år: {swedish.listed(redrawn)}."


def changes(year: Results, measure: str | None = None) -> Table | None:
    """List every area's change with its interval; the caption says how many are certain."""
    measure = year.asked(measure)
    rows = year.changes.loc[year.changes["measure"].eq(measure) & year.changes["split"].eq("")]
    rows = rows.dropna(subset="difference").set_index("area")
    rows = rows.loc[[area for area in year.areas.index if area in rows.index]]
    if rows.empty or measure is None:
        return None
    kind, tested = year.measures["kind"][measure], rows["p_value"].notna().any()
    heads = ["Skillnad", INTERVAL, "Säkerställd?"][: 3 if tested else 1]
    body = [
        (
            year.areas["name"][area],
            *(
                wording.difference(row, kind),
                wording.reach(row, kind),
                wording.is_certain(row),
            )[: len(heads)],
        )
        for area, row in rows.iterrows()
    ]
    certain = swedish.counted(int(rows["certain"].sum()), "område", "områden")
    drawn = [
        dots.Dot(
            value=float(row["difference"]),
            lower=float(row["lower"]),
            upper=float(row["upper"]),
            is_open=not row["certain"],
            is_strong=bool(row["certain"]),
        )
        for _, row in rows.iterrows()
    ]
    made = table(
        f"{swedish.capitalised(certain)} av {len(rows)} har en säkerställd förändring sedan {year.earlier}",
        ["Område", *heads],
        body,
        numeric=heads[:2],
        note="Till vänster om noll har problemen minskat. Röd romb: säkerställd förändring. "
        f"Ihålig punkt: ryms inom felmarginalen. {EXACT}",
    )
    return replace(made, dots=dots.column(drawn, kind, zero=False))


def promises(year: Results) -> Table | None:
    """List what was promised, the target, the outcome and whether it was kept."""
    if year.promises is None:
        return None
    body = [
        (
            row.promise,
            _with_unit(row.target, row.unit),
            _with_unit(row.outcome, row.unit),
            row.fulfilled,
        )
        for row in year.promises.itertuples()
    ]
    return table(
        f"Medborgarlöftet {year.number}: mål och utfall",
        ["Löfte", "Mål", "Utfall", "Uppfyllt"],
        body,
        note=_made_up(year.year.promises),
    )


def wastewater(year: Results) -> Table | None:
    """List the drugs measured in the wastewater."""
    if year.wastewater is None:
        return None
    body = [
        (
            row.substance,
            row.place,
            row.week,
            "under mätgränsen"
            if row.state == "below_loq"
            else swedish.number(row.value_mg_per_1000_day, 1),
        )
        for row in year.wastewater.itertuples()
    ]
    heads = ["Ämne", "Plats", "Vecka", "mg per 1 000 invånare och dygn"]
    return table(
        f"Narkotika i avloppsvattnet {year.number}",
        heads,
        body,
        numeric=heads[3:],
        note=_made_up(year.year.wastewater),
    )


def splits(year: Results, measure: str | None = None) -> Table | None:
    """List the municipality's value by sex, age and tenure."""
    measure = year.asked(measure)
    rows = pd.DataFrame() if measure is None else year.splits(measure)
    if rows.empty:
        return None
    body = [
        (cell["level"], wording.value(cell), wording.margin(cell), wording.answers_n(cell))
        for _, cell in rows.iterrows()
    ]
    kind = rows["kind"].iloc[0]
    head = VALUE_HEAD[kind]
    drawn = [dots.of_cell(cell) for _, cell in rows.iterrows()]
    made = table(
        f"{year.measures['label'][measure]} {year.number} efter kön, ålder och boende",
        ["Grupp", head, INTERVAL, "Svar"],
        body,
        numeric=[head, INTERVAL, "Svar"],
        note=_note(rows["status"]),
    )
    return replace(made, dots=dots.column(drawn, kind))


def questions_by_area(year: Results, names: Sequence[str], caption: str) -> Table:
    """List some questions' values side by side, one row per area; uncertain ones are marked."""
    cells = [year.by_area(name) for name in names]
    rows = [
        (name, *(_marked(column.loc[area]) for column in cells))
        for area, name in year.areas["name"].items()
    ]
    heads = list(year.measures["label"][list(names)])
    statuses = pd.concat([column["status"] for column in cells])
    return table(caption, ["Område", *heads], rows, numeric=heads, note=_marks_note(statuses))


def questions_by(year: Results, split: str) -> Table | None:
    """List every question's value for the levels of a split: "sex", "age_group" or "tenure"."""
    rows = year.estimates
    rows = rows.loc[rows["year"].eq(year.number) & rows["split"].eq(split)]
    rows = rows.loc[rows["measure"].isin(year.questions())]
    if rows.empty:
        return None
    levels = list(dict.fromkeys(rows["level"]))
    by_key = {(cell["measure"], cell["level"]): cell for _, cell in rows.iterrows()}
    body = [
        (year.measures["label"][name], *(_marked(by_key.get((name, level))) for level in levels))
        for name in dict.fromkeys(rows["measure"])
    ]
    caption = f"Alla frågor {year.number} efter {SPLITS[split].lower()}"
    note = _marks_note(rows["status"])
    return table(caption, ["Fråga", *levels], body, numeric=levels, note=note)


def _marked(cell: pd.Series | None) -> str:
    """Write a value, with an asterisk where it is uncertain."""
    if cell is None:
        return swedish.MISSING
    return wording.value(cell) + ("*" if cell["status"] == "uncertain" else "")


def _marks_note(statuses: pd.Series) -> str:
    star = "* " if statuses.eq("uncertain").any() else ""
    return star + _note(statuses)


def _made_up(source: Source | None) -> str:
    return MADE_UP if source is not None and source.synthetic else ""


def _change_heads(year: Results) -> list[str]:
    return [f"Mot {year.earlier}", "Säkerställd?"] if year.earlier else []


def _change_cells(year: Results, measure: str, area: str, kind: str) -> tuple[str, ...]:
    if not year.earlier:
        return ()
    found = year.change(measure, area)
    return wording.difference(found, kind), wording.is_certain(found)


def _note(statuses: pd.Series, year: Results | None = None) -> str:
    there = [wording.WHY[state] for state in wording.WHY if statuses.eq(state).any()]
    return " ".join([*there, *([EXACT] if year is not None and year.earlier else [])])


def _with_unit(number: str, unit: str) -> str:
    return f"{number} {unit}".strip() if number not in rawtable.MISSING else swedish.MISSING
