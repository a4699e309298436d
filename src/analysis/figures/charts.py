"""Charts of the survey: results in, one Figure out; None without data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis import swedish
from analysis.drivers import rank
from analysis.figures import drawn, maps, tables, wording
from analysis.figures.figure import Figure, Table, table
from analysis.results import Results
from analysis.sources.survey import INDEX, TOTAL

__all__ = ["drivers", "groups", "highest_drivers"]

NORMAL = 2.0  # the index that we assume is normal


def __dir__() -> list[str]:
    return __all__


def groups(year: Results, area: str = TOTAL) -> Figure | None:
    """Draw the index of each group of questions, this year and the year before."""
    year.require_area(area)
    if year.model is None:
        return None
    there = [
        name
        for name in year.model.groups
        if name in year.measures.index and year.cell(name, area) is not None
    ]
    cells = [year.cell(name, area) for name in there]
    now = pd.DataFrame(cells, index=there)
    if not there or not now["status"].isin(wording.PRINTED).any():
        return None
    before = [
        None if year.earlier is None else year.cell(name, area, year=year.earlier) for name in there
    ]
    labels = [year.measures["label"][name] for name in there]
    place = year.areas["name"][area] if area else year.municipality.name
    said = "; ".join(
        f"{label} {wording.value(now.loc[name])}" for name, label in zip(there, labels, strict=True)
    )
    top = now.loc[now["status"].isin(wording.PRINTED), "value"].idxmax()
    finding = f"högst är {year.measures['label'][top].lower()} ({wording.value(now.loc[top])})"
    earlier = f" Grått lodrätt streck: {year.earlier}." if year.earlier else ""
    return Figure(
        title=f"{place} {year.number}: {finding}",
        alt=f"Prickdiagram: problemindex {year.number} för {len(there)} grupper av frågor. {said}.",
        caption=f"Prick: {year.number}. Vågrätt streck: felmarginal.{earlier}"
        " Streckad linje: 2, som vi antar är det normala i Sverige.",
        source=maps.source(year),
        svg=drawn.points(
            year,
            labels,
            now,
            [np.nan if cell is None else cell["value"] for cell in before],
            "Problemindex 0–6",
            NORMAL,
            f"groups-{area}-{year.number}",
        ),
        table=_groups_table(year, there, now, before, place, area),
    )


def _groups_table(
    year: Results,
    there: list[str],
    now: pd.DataFrame,
    before: Sequence[pd.Series | None],
    place: str,
    area: str,
) -> Table:
    heads = [
        "Grupp",
        "Index 0–6",
        tables.INTERVAL,
        *([str(year.earlier), "Skillnad", "Säkerställd?"] if year.earlier else []),
    ]
    body = []
    for name, old in zip(there, before, strict=True):
        row = [
            year.measures["label"][name],
            wording.value(now.loc[name]),
            wording.interval(now.loc[name]),
        ]
        if year.earlier:
            found = year.change(name, area)
            row += [
                swedish.MISSING if old is None else wording.value(old),
                wording.difference(found, "index"),
                wording.is_certain(found),
            ]
        body.append(row)
    return table(
        f"Problemindex {year.number} efter grupp: {place}", heads, body, numeric=[*heads[1:5]]
    )


def drivers(year: Results, area: str, *, most: int = 8) -> Figure | None:
    """Draw the questions where an area lies clearly above the municipality; None without any."""
    year.require_area(area)
    ranked = rank(year, area)
    ranked = ranked.loc[ranked["is_clear"]].head(most)
    if ranked.empty:
        return None
    labels = [year.measures["label"][name] for name in ranked.index]
    place, is_steps = year.areas["name"][area], year.main_measure() == INDEX
    unit = "Steg på skalan" if is_steps else "Procentenheter"
    head = "Steg över" if is_steps else "Procentenheter över"
    excess = ranked["excess"] * (1 if is_steps else 100)
    kinds = year.measures["kind"][ranked.index]
    columns = zip(labels, kinds, ranked["value"], ranked["total"], excess, strict=True)
    cells = [
        (
            label,
            *(wording.plain_value(one, kind) for one in (value, total)),
            swedish.signed(over, 2 if is_steps else 0),
        )
        for label, kind, value, total, over in columns
    ]
    said = "; ".join(f"{row[0]} {row[3]}" for row in cells)
    return Figure(
        title=f"{place} skiljer sig mest i ”{labels[0]}”: {cells[0][1]}, kommunen {cells[0][2]}",
        alt=f"Stapeldiagram: frågorna som mest höjer {place} över kommunen {year.number}. {said}.",
        caption=f"{unit} över kommunens nivå, {year.number}." + " Skala 0–6." * is_steps,
        source=maps.source(year),
        svg=drawn.once(
            year,
            "bars",
            labels,
            excess.tolist(),
            f"{unit} över kommunen",
            f"drivers-{area}-{year.number}",
        ),
        table=table(
            f"Vad som utmärker {place} {year.number}",
            ["Fråga", place, "Kommunen", head],
            cells,
            numeric=[place, "Kommunen", head],
        ),
    )


def highest_drivers(year: Results) -> Figure | None:
    """Draw the drivers of the area with the highest value."""
    main = year.main_measure()
    cells = None if main is None else year.by_area(main)
    if cells is None or not cells["status"].isin(wording.PRINTED).any():
        return None
    shown = cells.loc[cells["status"].isin(wording.PRINTED), "value"]
    return drivers(year, str(shown.idxmax()))
