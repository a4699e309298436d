"""All questions of a place in one table, each with its picture: results in, a Table out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from analysis import swedish
from analysis.figures import dots, tables, wording
from analysis.figures.figure import Table, table
from analysis.results import Results
from analysis.sources.survey import TOTAL

__all__ = ["listed", "ranked"]


def __dir__() -> list[str]:
    return __all__


def listed(year: Results, area: str = TOTAL) -> Table | None:
    """List every question under its group: value, interval, change, answers, what to compare with.

    An area is compared with the municipality, the municipality with what we assume is normal.

    >>> questions.listed(results.of(2023), "raslatt")  # doctest: +SKIP
    """
    own = _own(year, area)
    return None if own is None else _set(year, own, area, _title(year, own, area))


def ranked(year: Results, area: str = TOTAL) -> Table | None:
    """List the questions that may be shown, the most common first; otherwise as `listed`.

    >>> questions.ranked(results.of(2023))  # doctest: +SKIP
    """
    own = _own(year, area)
    if own is None:
        return None
    shown = own.loc[~own["is_head"] & own["status"].isin(wording.PRINTED)]
    if shown.empty:
        return None
    shown = shown.sort_values("value", ascending=False, kind="stable")
    place = year.areas["name"][area] if area else year.municipality.name
    caption = f"{place} {year.number}: frågorna i ordning, störst först"
    return _set(year, shown, area, caption)


def _set(year: Results, own: pd.DataFrame, area: str, caption: str) -> Table:
    """Set the cells as a table, in their order."""
    has_beside, name = own["beside"].notna().any(), "Kommunen" if area else "Antaget normalt"
    heads = ["Värde", tables.INTERVAL, *([name] if has_beside else [])]
    heads += [*([f"Mot {year.earlier}"] if year.earlier else []), "Svar"]
    body = [
        (
            cell["label"],
            wording.value(cell),
            wording.margin(cell),
            *([wording.plain_value(cell["beside"], cell["kind"])] if has_beside else []),
            *([wording.moved(year.change(key, area), cell["kind"])] if year.earlier else []),
            wording.answers_n(cell),
        )
        for key, cell in own.iterrows()
    ]
    made = table(
        caption,
        ["Fråga", *heads],
        body,
        numeric=heads,
        note=" ".join(_note(year, own, area)),
    )
    groups = frozenset(at for at, is_head in enumerate(own["is_head"]) if is_head)
    drawn = [None if cell["is_head"] else _dot(cell) for _, cell in own.iterrows()]
    kind = own.loc[~own["is_head"], "kind"].iloc[0]
    return replace(made, heads=groups, dots=dots.column(drawn, kind))


def _own(year: Results, area: str) -> pd.DataFrame | None:
    """Return the place's cells in order of presentation, each group before its questions.

    Returns:
        Index `measure`; the cells' columns, `label`, `beside` (what to compare with), `is_head`,
        `is_strong` (an area's interval lies above the municipality's value); None without any.
    """
    year.require_area(area)
    rows = year.cells()
    cells = rows.loc[rows["area"].eq(area)].set_index("measure")
    there = [name for name in _order(year) if name in cells.index]
    questions = set(year.questions())
    if not questions.intersection(there):
        return None
    whole = rows.loc[rows["area"].eq(TOTAL)].set_index("measure")["value"]
    beside = (whole if area else year.measures["normal"]).reindex(there)
    own = cells.loc[there].assign(
        label=year.measures["label"][there],
        beside=beside,
        is_head=[name not in questions for name in there],
    )
    return own.assign(is_strong=bool(area) & own["lower"].gt(own["beside"]) & ~own["is_head"])


def _order(year: Results) -> list[str]:
    """List the questions, the index of a group before the group's; those without a group last."""
    group = year.measures["group"]
    members = {
        key: list(group.index[group.eq(key)]) for key in (year.model.groups if year.model else ())
    }
    grouped = [name for key, names in members.items() if names for name in (key, *names)]
    return [*grouped, *(name for name in year.questions() if name not in grouped)]


def _dot(cell: pd.Series) -> dots.Dot | None:
    return dots.of_cell(cell, beside=float(cell["beside"]), is_strong=bool(cell["is_strong"]))


def _title(year: Results, own: pd.DataFrame, area: str) -> str:
    """Say which problems are the most common, where any may be shown."""
    place = year.areas["name"][area] if area else year.municipality.name
    shown = own.loc[own["status"].isin(wording.PRINTED) & ~own["is_head"]]
    if shown.empty:
        return f"{place} {year.number}: svaren är för få för att visas"
    most = "högst" if shown["kind"].iloc[0] == "index" else "vanligast"
    top = shown.loc[shown["value"].nlargest(3).index]
    named = [f"”{cell['label']}” ({wording.value(cell)})" for _, cell in top.iterrows()]
    return f"{place} {year.number}, {most}: {swedish.listed(named)}"


def _note(year: Results, own: pd.DataFrame, area: str) -> Iterator[str]:
    """Explain the units and the marks that the table really has."""
    shown = own.loc[own["status"].isin(wording.PRINTED)]
    if own["is_head"].any():
        yield "Frågorna: andel som upplever problemet. Grupperna, i fetstil: problemindex 0–6."
    if not shown.empty:
        line = " Streck: felmarginal." if shown["lower"].notna().any() else ""
        yield f"Punkt: värdet.{line}"
    if not shown.empty and own["beside"].notna().any():
        yield f"Grått tvärstreck: {'kommunen' if area else 'det vi antar är normalt i Sverige'}."
    if own["is_strong"].any():
        yield "Röd romb: tydligt över kommunen."
    if own["status"].eq("uncertain").any():
        yield "Osäkert (ihålig punkt): få svar eller stor felmarginal."
    if own["status"].eq("hidden").any():
        yield wording.WHY["hidden"]
    if year.earlier and not shown.empty:
        yield (
            f"Mot {year.earlier}: skillnad, för andelar i procentenheter, räknad på oavrundade "
            "värden; ”säkert” när den är säkerställd, annars ryms den inom felmarginalen."
        )
