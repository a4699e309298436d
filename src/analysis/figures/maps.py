"""Maps: any GeoDataFrame of areas with a value or a change in, one Figure with its table out."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis import swedish
from analysis.errors import nearest, refuse
from analysis.figures import drawing, scales, tables, wording
from analysis.figures.figure import Figure, Table, twin
from analysis.figures.wording import told

MEANING = {"index": "Skala 0 (närmast obefintligt problem) till 6 (alarmerande påtagligt problem)."}
MISSING = "uppgift saknas"
PAGE = "omraden/{}.html"
MARKS = {
    "skrafferat": (f"{scales.PAPER} uncertain", ("uncertain",)),
    "prickat": ("hidden", ("hidden",)),
    "streckat": ("missing", ("not_asked", "no_answers", "missing")),
}
MOVED = {"fall": f"{scales.FALL} fall", "rise": f"{scales.RISE} rise", "uncertain": scales.BLANK}


def choropleth(
    mapped: gpd.GeoDataFrame,
    value: str = "value",
    *,
    title: str = "",
    source: str = "",
    backdrop: gpd.GeoDataFrame | None = None,
    highlight: str = "",
    breaks: Sequence[float] | None = None,
) -> Figure | None:
    """Map a value over areas, in `breaks` or the place's own classes; None without shapes or values.

    Args:
        mapped: one row an area: `geometry`, `name`, the value, and what is known: `status`, `lower`,
            `upper`, `difference`, `verdict`, `unit`, `decimals`, `label`, `year`.
        backdrop: water and towns, as `this_year.backdrop`.
        highlight: an area (`area` or `name`) that the map is about: it shows where that lies.
    """
    if len(mapped) and value in mapped and mapped[value].isna().all():
        return None
    rows = _complete(mapped, value).assign(value=mapped[value])
    unit, decimals = rows[["unit", "decimals"]].iloc[0]
    limits = breaks or told(rows, f"{unit}_breaks", None) or scales.even_breaks(rows["value"])
    scale = scales.scale(limits, unit=unit, decimals=int(decimals))
    fill, legend = _fills(rows, scale), list(zip(scale.colours, scale.labels(), strict=True))
    groups = {words: rows["name"][fill.str[:7].eq(by)] for by, words in legend[::-1]}
    what, finding = wording.label(rows), _ends(rows)
    return _figure(
        rows.assign(fill=fill, said=_said(rows)),
        [legend, _marks(rows["status"])],
        backdrop,
        highlight,
        heading=what,
        title=title or f"{what}: {finding}",
        alt=f"Karta: {title + '. ' if highlight else ''}{what} i {len(rows)} områden, {finding}.",
        caption=MEANING.get(unit, ""),
        source=source,
        description=_grouped(groups),
        table=_table(rows, value, "{}.html" if highlight else PAGE),
    )


def changes(
    moved: gpd.GeoDataFrame, *, title: str = "", backdrop: gpd.GeoDataFrame | None = None
) -> Figure | None:
    """Map where a measure has changed for certain; None where no area has a shape or was tested.

    Args:
        moved: one row an area, as areas merged with the year's changes of a measure: `geometry`,
            `name`, `difference`, `verdict`, `unit`, `decimals`, `label`.
    """
    if "verdict" in moved and not moved["verdict"].isin(wording.TESTED).any():
        return None
    rows = _complete(moved, "difference")
    names = {way: rows.loc[rows["verdict"].eq(way), "name"] for way in wording.VERDICTS}
    groups = {wording.VERDICTS[way]: who for way, who in names.items()}
    certain = {wording.VERDICTS[way]: names[way] for way in wording.CERTAIN}
    finding = _grouped(certain) or "Ingen förändring är säkerställd."
    since = f"Sedan {told(rows, 'earlier', 'tidigare')}"
    what = f"{wording.label(rows, year=False)}, förändring {since.lower()}"
    marks: list[drawing.Entry] = [
        (MOVED.get(way, "missing"), f"{wording.VERDICTS[way]}: {len(who)}")
        for way, who in names.items()
        if len(who) or way in MOVED
    ]
    said = [f"{row['name']}: {wording.verdict(row)}." for row in rows.to_dict("records")]
    return _figure(
        rows.assign(fill=rows["verdict"].map(MOVED).fillna("missing"), said=said),
        [marks],
        backdrop,
        heading=since,
        title=title or f"{what}. {finding.removesuffix('.')}",
        alt=f"Karta: {what}, i {len(rows)} områden. {finding}",
        caption="Siffran efter varje tecken: så många områden.",
        description=_grouped(groups),
        table=tables.changes(rows),
    )


def _fills(rows: gpd.GeoDataFrame, scale: scales.Scale) -> pd.Series:
    """Return each area's colour, hatched where its value is uncertain, or why it has none."""
    step = scale.classes(rows["value"].where(rows["status"].isin(wording.SHOWN)))
    over = rows["status"].map({"uncertain": " uncertain"}).fillna("")
    colour = step.map(dict(enumerate(scale.colours))) + over
    return colour.fillna(rows["status"].map({"hidden": "hidden"})).fillna("missing")


def _figure(
    rows: gpd.GeoDataFrame,
    legend: Sequence[Sequence[drawing.Entry]],
    backdrop: gpd.GeoDataFrame | None,
    highlight: str = "",
    *,
    heading: str,
    source: str = "",
    table: Table,
    **words: str,
) -> Figure | None:
    """Draw the rows that have a shape, and put the figure together."""
    is_it = rows["name"].eq(highlight) | rows.get("area", rows["name"]).eq(highlight)
    if highlight and not is_it.any():
        known = nearest(highlight, rows["name"])
        raise refuse(f"området ”{highlight}” finns inte på kartan.", known)
    drawn = rows.assign(is_pointed_out=is_it).loc[rows.geometry.notna()]
    if drawn.empty:
        return None
    nothing = gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[])
    whole, behind = (
        swedish.capitalised(told(rows, "whole")),
        nothing if backdrop is None else backdrop,
    )
    svg = drawing.svg(drawn, behind, legend, heading=heading, whole=whole)
    return Figure(source=source or told(rows, "source"), svg=svg, table=table, **words)


def _complete(mapped: gpd.GeoDataFrame, value: str) -> gpd.GeoDataFrame:
    """Fill in what a frame does not say of its value."""
    if value not in mapped or "geometry" not in mapped or mapped.empty:
        what = f"kartan behöver områden med geometri och kolumnen ”{value}”."
        raise refuse(what, nearest(value, mapped.select_dtypes("number").columns))
    numbers = mapped[value]
    size = 2 - int(np.log10(max(1.0, float(numbers.abs().max() or 1))))
    known = {
        "name": mapped.index.astype(str),
        "unit": "",
        "decimals": 0 if numbers.dropna().mod(1).eq(0).all() else max(0, size),
        "label": value,
    }
    if value != "difference":  # a change says itself what cannot be compared
        known["status"] = numbers.notna().map({True: "shown", False: "missing"})
    return mapped.assign(**{name: made for name, made in known.items() if name not in mapped})


def _table(rows: gpd.GeoDataFrame, value: str, page: str) -> Table:
    """List the areas; of a frame of the analyst's own, its names and values."""
    if value != "value" or not {"area", "lower", "n"} <= {*rows}:
        return twin(rows[["name", value]].sort_values(value), wording.label(rows))
    moved = rows[["area", "difference", "verdict"]] if "verdict" in rows else None
    still = rows.drop(columns=["difference", "verdict"], errors="ignore")
    listed = tables.areas(still, changes=moved, page=page)
    assert listed is not None  # a map has areas
    return listed


def _marks(status: pd.Series) -> list[drawing.Entry]:
    """Explain the marks that the map uses."""
    marks: list[drawing.Entry] = []
    for mark, (fill, states) in MARKS.items():
        words = [wording.STATES.get(state, MISSING) for state in states if status.eq(state).any()]
        marks += [(fill, f"{mark}: {' eller '.join(words)}")] if words else []
    return marks


def _said(rows: gpd.GeoDataFrame) -> list[str]:
    """Say of each area what its row in the table says: value, interval, change and certainty."""
    margin = wording.MARGIN[told(rows, "kind", "survey")].lower()
    since, said = told(rows, "earlier", "förut"), []
    for row in rows.to_dict("records"):
        words = wording.value(row) if row["status"] != "missing" else MISSING
        if pd.notna(row.get("lower")):
            words += f" ({margin} {wording.interval(row)})"
        words += ", osäkert." if row["status"] == "uncertain" else "."
        if pd.notna(row.get("verdict")) and row["status"] in wording.SHOWN:
            words += f" Mot {since}: {wording.verdict(row)}."
        said.append(f"{row['name']}: {words}")
    return said


def _ends(rows: gpd.GeoDataFrame) -> str:
    """Say which areas are highest and lowest; all of them where several are alike."""
    shown, said = rows.loc[rows["status"].isin(wording.SHOWN)], []
    for word, end in {"högst": shown["value"].max(), "lägst": shown["value"].min()}.items():
        alike = shown.loc[shown["value"].eq(end)]
        who = swedish.listed(list(alike["name"])) if len(alike) < 4 else f"{len(alike)} områden"
        said += [f"{word} i {who} ({wording.value(row)})" for _, row in alike[:1].iterrows()]
    return ", ".join(said) or "inget värde kan visas"


def _grouped(groups: dict[str, pd.Series]) -> str:
    """Say which areas are in each group."""
    return " ".join(
        f"{swedish.capitalised(words)}: {swedish.listed(list(names))}."
        for words, names in groups.items()
        if len(names)
    )
