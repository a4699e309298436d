"""Maps as pictures of their own: a year's results and a measure in, one Figure out."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis import swedish
from analysis.figures import drawing, scales, tables, wording
from analysis.figures.figure import Figure
from analysis.figures.scales import Scale
from analysis.results import Results
from analysis.sources.survey import TOTAL

__all__ = ["choices", "choropleth"]

MEANING = {
    "index": "Skala 0 (närmast obefintligt problem) till 6 (alarmerande påtagligt problem).",
    "share": "Andel av dem som svarat som upplever problemet.",
}
LEGEND = {
    "uncertain": "skrafferat: osäkert",
    "hidden": "prickat: visas inte",
    "not_asked": "streckat: inte frågat",
    "no_answers": "streckat: inga svar",
}


def __dir__() -> list[str]:
    return __all__


def choropleth(
    year: Results, measure: str | None = None, *, area: str = "", number: int | None = None
) -> Figure | None:
    """Map a measure over all areas; None where there is no geometry.

    Args:
        year: the results, as from `results.of(2023)`.
        measure: a name from `year.measures`, such as "index"; the report's main one when None.
        area: an area to point out, on its own page.
        number: this year, or the year compared with; this year when None.

    Raises:
        Refusal: for a measure or an area that the year does not have; it names the nearest.

    >>> year = results.of(2023)  # doctest: +SKIP
    >>> maps.choropleth(year)  # the index, everywhere  # doctest: +SKIP
    >>> maps.choropleth(year, "otrygg_ute_sent")  # one question  # doctest: +SKIP
    >>> maps.choropleth(year, "index", area="raslatt")  # one area  # doctest: +SKIP
    """
    year.require_area(area)
    measure = year.asked(measure)
    number = number or year.number
    if year.outlines is None or measure is None or measure not in year.measures.index:
        return None
    if number not in (year.number, year.earlier):
        return None
    cells = year.by_area(measure, year=number)
    kind = year.measures["kind"][measure]
    scale = scale_of(year, kind)
    shown = cells.loc[cells["status"].isin(wording.PRINTED)].sort_values("value", kind="stable")
    page = "{}.html" if area else "omraden/{}.html"
    table = tables.areas(year, measure, number=number, page=page)
    assert table is not None
    if (measure, number) != (year.main_measure(), year.number):
        table = replace(table, dots=None)  # many maps on one page: a picture of their own is enough
    label = year.measures["label"][measure]
    return Figure(
        title=_title(year, measure, number, shown, area),
        alt=_alt(label, number, cells, shown, area),
        caption=_caption(year, measure, number),
        source=source(year),
        svg=_drawn(year, measure, number, cells, scale, area),
        table=table,
        description=_description(cells, scale),
    )


def choices(year: Results) -> list[Figure]:
    """Draw the maps that a reader may choose among: the main measure's two years, then the groups."""
    groups = [choropleth(year, group) for group in (year.model.groups if year.model else ())]
    before = choropleth(year, number=year.earlier) if year.earlier else None
    return [made for made in (choropleth(year), before, *groups) if made is not None]


def scale_of(year: Results, kind: str) -> Scale:
    """Return the classes and colours of a kind of measure, the same on all maps and in all years."""
    own = year.municipality.map
    breaks = own.index_breaks if kind == "index" else own.share_breaks
    return scales.scale(breaks, is_share=kind == "share")


def source(year: Results) -> str:
    """Name where the survey's numbers come from."""
    chosen = year.year.delivered or year.year.survey
    return f"{chosen.source}." if chosen else "okänd"


def _title(year: Results, measure: str, number: int, shown: pd.DataFrame, area: str) -> str:
    label = year.measures["label"][measure]
    if area:
        own, whole = (year.cell(measure, place, year=number) for place in (area, TOTAL))
        beside = "" if whole is None else f", kommunen {wording.value(whole)}"
        said = "värdet visas inte" if own is None else wording.value(own)
        return f"{year.areas['name'][area]}, {label.lower()} {number}: {said}{beside}"
    if shown.empty:
        return f"{label} {number}: inget område har tillräckligt många svar"
    top, bottom = shown.iloc[-1], shown.iloc[0]
    return f"{label} {number}: högst i {_named(top)}, lägst i {_named(bottom)}"


def _named(cell: pd.Series) -> str:
    return f"{cell['name']} ({wording.value(cell)})"


def _alt(label: str, year: int, cells: pd.DataFrame, shown: pd.DataFrame, area: str) -> str:
    text = f"Karta: {label.lower()} {year} i {len(cells)} områden."
    if area:
        text += f" Utpekat: {_named(cells.loc[area])}."
    if shown.empty:
        return text + " Inget värde kan visas."
    ends = [
        f"{name} {_named(cell)}, felmarginal {wording.interval(cell)}"
        for name, cell in (("Högst:", shown.iloc[-1]), ("Lägst:", shown.iloc[0]))
    ]
    counts = cells["status"].value_counts()
    states = [
        f"{swedish.counted(int(counts[state]), 'område', 'områden')}: {wording.STATES[state]}"
        for state in ("uncertain", "hidden", "not_asked", "no_answers")
        if counts.get(state)
    ]
    return " ".join(
        [
            text,
            *(f"{end}." for end in ends),
            *([swedish.capitalised("; ".join(states)) + "."] if states else []),
        ]
    )


def _description(cells: pd.DataFrame, scale: Scale) -> str:
    """Say which areas are in which class, in words."""
    classes = scale.classes(cells["value"].where(cells["status"].isin(wording.PRINTED)))
    parts = [
        f"{swedish.capitalised(label)}: {swedish.listed(list(cells.loc[classes.eq(number), 'name']))}."
        for number, label in reversed(list(enumerate(scale.labels())))
        if classes.eq(number).any()
    ]
    return "Områden i varje klass. " + " ".join(parts)


def _caption(year: Results, measure: str, number: int) -> str:
    question = year.measures["question"][measure]
    asked = f" Fråga: ”{question}”" if question else ""
    answered = year.response["answered"].get(number, np.nan)
    people = f" {swedish.number(answered)} svar i hela kommunen." if not np.isnan(answered) else ""
    scale = (
        " Skala 0 (närmast obefintligt problem) till 6 (alarmerande påtagligt problem); 2 är den nivå som vi antar är normal i Sverige."
        if year.measures["kind"][measure] == "index"
        else ""
    )
    label = year.measures["label"][measure]
    return f"{label} {number}.{scale}{asked}{people}"


def _drawn(
    year: Results, measure: str, number: int, cells: pd.DataFrame, scale: Scale, area: str
) -> str:
    assert year.outlines is not None
    classes = scale.classes(cells["value"].where(cells["status"].isin(wording.PRINTED)))
    places = [
        drawing.Place(
            name=cell["name"],
            shape=shape,
            fill=scale.colours[step] if step >= 0 else cell["status"][0],
            is_hatched=cell["status"] == "uncertain",
            said=_said(year, measure, number, str(name), cell),
            is_named_first=cell["name"] in year.municipality.priority_areas,
            is_pointed_out=name == area,
        )
        for (name, cell), step, shape in zip(
            cells.iterrows(), classes, year.outlines["geometry"], strict=True
        )
    ]
    mark = "m" + hashlib.sha256(f"{measure}{area}{number}".encode()).hexdigest()[:4]
    choice = f"{year.measures['label'][measure]} {number}"
    return drawing.svg(places, year.water, legend(scale, cells), mark, choice)


def _said(year: Results, measure: str, number: int, area: str, cell: pd.Series) -> str:
    """Say of an area what its row in the table says: value, interval, change and certainty."""
    said = f"{cell['name']}: {wording.value(cell)}"
    if cell["status"] not in wording.PRINTED:
        return said
    said += f" (felmarginal {wording.interval(cell)})"
    said += f", {wording.STATES[cell['status']]}." if cell["status"] == "uncertain" else "."
    if year.earlier in (None, number):
        return said
    kind = year.measures["kind"][measure]
    change = year.change(measure, area)
    moved = "" if change is None else f" {wording.difference(change, kind)}"
    return f"{said} Mot {year.earlier}:{moved}, {wording.verdict(change, kind)}."


def legend(scale: Scale, cells: pd.DataFrame) -> list[tuple[str, bool, str]]:
    """Explain every class, and every mark that the map uses, in words."""
    classes = zip(scale.colours, scale.labels(), strict=True)
    return [
        *((colour, False, label) for colour, label in classes),
        *(
            (scales.PAPER, True, words) if state == "uncertain" else (state[0], False, words)
            for state, words in LEGEND.items()
            if cells["status"].eq(state).any()
        ),
    ]
