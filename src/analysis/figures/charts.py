"""Frames become charts with matplotlib: one frame in, one Figure out, or None.

A sign means the same in all: a disc is what the chart is about, a ring what it is compared with, a
line the interval, a triangle a certain change and the way it went.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Patch

from analysis import swedish
from analysis.figures import figure, scales, tables, wording
from analysis.figures.figure import Figure
from analysis.figures.wording import ENDS, Row, told

Frame: TypeAlias = pd.DataFrame
Chart: TypeAlias = Figure | None
Names: TypeAlias = Sequence[str]
BEFORE = ("before", "before_lower", "before_upper")
TILE = 12  # pixels of a grid's cell
FEW = 12  # columns of a grid that a telephone has room for
GROUND = {"facecolor": scales.PAPER, "edgecolor": "none", "pad": 1}  # lines do not cross words


def intervals(frame: Frame, *, label: str = "name", before: Names = (), title: str = "") -> Chart:
    """Draw each row's value with its interval, in the rows' order; certain changes are triangles.

    The rows have `value`, `lower`, `upper`, `unit`, `decimals`, perhaps `verdict` and `status`; the
    column `label` names them. Columns such as `charts.BEFORE` have last year's value and interval.
    """
    if frame["value"].isna().all():
        return None
    shown, what = frame.reset_index(drop=True), wording.label(frame)
    listed = {"name": tables.areas, "group": tables.splits}.get(label, tables.questions)
    has_both = bool(before) and frame[before[0]].notna().any()
    years = f"Punkt: {told(frame, 'year')}. Ring: {told(frame, 'earlier')}." if has_both else ""
    line = wording.margin_note(frame)
    return Figure(
        title or f"{what}: {wording.ends(shown, label)}",
        wording.listing("Punktdiagram", shown, label, wording.value),
        " ".join(filter(None, [years, line, wording.triangle(shown)])),
        told(frame, "source"),
        _rows_svg(shown, label, before),
        listed(frame) or tables.of(frame, what),
    )


def _rows_svg(shown: Frame, label: str, before: Names) -> str:
    with mpl.rc_context(fname=scales.style()):
        canvas, axes = scales.rows(shown[label], 0.38 if before else 0.26)
        for at in np.flatnonzero(wording.is_whole(shown, label)):
            axes.get_yticklabels()[at].set_fontweight(600)
        old = [(before, pd.Series("before", shown.index), 0.17)] if before else []
        for columns, kinds, step in [*old, (ENDS, wording.signs(shown), -0.17 if before else 0.0)]:
            ends = shown[[*columns]].astype(float) * scales.factor(shown["unit"].iloc[0])
            for kind, rows in ends.groupby(kinds):
                marker, _, colour, fill = scales.SIGNS[str(kind)]
                value, lower, upper = rows.to_numpy().T
                axes.hlines(rows.index + step, lower, upper, colors=colour)
                axes.plot(value, rows.index + step, marker, color=colour, markerfacecolor=fill)
        for at, row in shown[shown["value"].isna()].iterrows():
            why = wording.STATES.get(row.get("status", "")) or wording.VERDICTS["not_compared"]
            look: dict[str, Any] = {"color": scales.SOFT, "fontsize": 10, "bbox": GROUND}
            axes.text(0.01, at, why, va="center", transform=axes.get_yaxis_transform(), **look)
        axes.set(xlim=(0, None), xlabel=wording.unit_name(shown.iloc[0].to_dict()))
        return figure.svg(canvas, f"intervals{list(shown[label])}{list(shown['value'])}")


def pairs(frame: Frame, *, most: int = 8, title: str = "") -> Chart:
    """Draw one area's values and the municipality's (""), with intervals, most above it first."""
    is_area = frame["area"].ne("")
    whole = frame.loc[~is_area, ["measure", *ENDS]].set_axis(["measure", *BEFORE], axis=1)
    both = frame.loc[is_area].dropna(subset=["value"]).merge(whole, on="measure")
    if both.empty:
        return None
    excess = (both["value"] - both["before"]).sort_values(ascending=False, kind="stable")
    both = both.loc[excess.index[:most]]
    top, place = both.iloc[0], told(frame, "unit_word", "kommunen")
    area, drawn = top["name"], frame.loc[frame["measure"].isin(both["measure"])]
    over = f"mest över {place} i ”{top['label']}”: {wording.against(top)}"
    finding = over if excess.max() > 0 else f"inte över {place} i någon fråga"
    made = intervals(both, label="label", before=BEFORE, title=title or f"{area} ligger {finding}")
    listed = tables.questions(drawn, caption=f"{area} och {place}")
    return made and replace(
        made,
        alt=wording.listing(f"Punkter, {area} mot {place}", both, "label", wording.against),
        caption=f"Punkt: {area}. Ring: {place}. {wording.margin_note(frame)}".strip(),
        table=listed or made.table,
    )


def bars(promises: Frame, *, title: str = "") -> Chart:
    """Draw what came out of each promise against its target, in per cent of the target."""
    table = tables.promises(promises)
    if table is None:
        return None
    shown = promises.assign(said=[wording.outcome(row) for row in promises.to_dict("records")])
    plain = shown[["outcome", "target"]].replace({r"\s": "", ",": "."}, regex=True)
    share = plain.apply(pd.to_numeric, errors="coerce").eval("100 * outcome / target")
    with mpl.rc_context(fname=scales.style()):
        canvas, axes = scales.rows(shown["promise"], 0.46)
        axes.barh(range(len(share)), share, height=0.5, color=scales.OUTLINE)
        axes.axvline(100, color=scales.INK)
        for at, (words, reached) in enumerate(zip(shown["said"], share, strict=True)):
            axes.text(1, at + (0.43 if reached > 0 else 0.0), words, va="center", fontsize=10)
        axes.set(
            xlim=(0, max(110.0, share.max() * 1.05)),
            ylim=(len(share) - 0.3, -0.5),
            xlabel="Utfall i procent av målet",
        )
        axes.grid(visible=False)
        svg = figure.svg(canvas, "bars")
    return Figure(
        title or wording.kept(promises["fulfilled"]),
        wording.listing("Stapeldiagram, utfall mot mål", shown, "promise", lambda row: row["said"]),
        "Stapel: utfallet i procent av målet. Svart linje: målet.",
        told(promises, "promises_source") or told(promises, "municipality"),
        svg,
        table,
    )


def trends(frame: Frame, value: str = "value", *, by: str = "label", title: str = "") -> Chart:
    """Draw each row's values over the years with intervals, in small charts on the same scale.

    A year without a value is a gap in the line; with fewer than two years there is no chart. The
    value is "value", or "rate" of crimes; the column `by` names the charts.
    """
    shown = frame.assign(value=frame[value], **({} if "unit" in frame else wording.AS_RATE))
    shown = shown.loc[shown.groupby(by)["value"].transform("count").gt(0)]
    known = shown.dropna(subset=["value"]).set_index("year").sort_index()
    if known.index.nunique() < 2:
        return None
    unit, span = wording.unit_name(shown.iloc[0].to_dict()), f"{known.index[0]}–{known.index[-1]}"
    head = "Brott" if value == "rate" else by
    lines = wording.margin_note(shown, "Lodrätt streck")
    moved = [
        f"{name} från {wording.value(rows.iloc[0])} till {wording.value(rows.iloc[-1])}"
        for name, rows in known.groupby(by, sort=False)
    ]
    return Figure(
        title or (f"{moved[0]}, {span}" if len(moved) == 1 else f"{unit} {span}"),
        f"{swedish.capitalised('; '.join(moved))}. Linjediagram, {unit.lower()} {span}.",
        " ".join(filter(None, [f"{unit}.", lines, "Skalan börjar på noll."])),
        told(frame, "crime_source" if value == "rate" else "source"),
        _lines_svg(known, by),
        tables.wide(shown.rename(columns={by: head}), head, "year", title or f"{unit} {span}"),
    )


def _lines_svg(known: Frame, by: str) -> str:
    """Draw small charts in one pair of axes, which is ten times faster than axes for each."""
    lines = list(known.groupby(by, sort=False))
    years = np.arange(known.index.min(), known.index.max() + 1)
    top = known[["value", "upper"]].max(axis=None) * scales.factor(known["unit"].iloc[0]) or 1.0
    across = min(2, len(lines))
    tops = -2 * top * np.arange(-(-len(lines) // across))
    ticks = np.array(scales.even_breaks(pd.Series([0, top]), 2))
    ticks = ticks[ticks <= top]
    with mpl.rc_context(fname=scales.style()):
        canvas = Canvas(figsize=(scales.INCHES, 0.1 + 1.4 * len(tops)))
        shape: dict[str, Any] = {"xlim": (-0.12, across * 1.35 - 0.22), "xticks": []}
        shape["ylim"] = (tops[-1] - top * 0.38, top * 1.7)
        axes = canvas.add_axes((0.1, 0, 0.9, 1), frame_on=False, **shape)
        for at, (name, rows) in enumerate(lines):
            x, y = at % across * 1.35, tops[at // across]
            axes.hlines(ticks + y, x - 0.12, x + 1.12, colors=scales.LINE, linewidth=0.6)
            axes.text(x - 0.12, y + top * 1.45, textwrap.shorten(str(name), 34), fontweight=600)
            _line(axes, rows.reindex(years), x, y)
            if at + across >= len(lines):  # nothing stands below
                for year in years[[0, -1]] if len(years) > 5 else years:
                    place = x + (year - years[0]) / (years[-1] - years[0])
                    axes.text(place, y - top * 0.1, str(year), ha="center", va="top")
        named = wording.column(pd.Series(ticks)) * len(tops)
        axes.set_yticks(np.add.outer(tops, ticks).ravel(), named)
        axes.grid(visible=False)
        return figure.svg(canvas, f"trends{[name for name, _ in lines]}{top}{years}")


def _line(axes: Axes, rows: Frame, x: float, y: float) -> None:
    """Draw a line over the years of the index with its intervals; its ends are written out."""
    ends = rows[list(ENDS)].astype(float) * scales.factor(rows["unit"].dropna().iloc[0]) + y
    value, lower, upper = ends.to_numpy().T
    places, tops = np.linspace(x, x + 1, len(rows)), np.fmax(value, upper)
    axes.vlines(places, lower, upper, colors=scales.SOFT)
    axes.plot(places, value, "o-", color=scales.INK, markersize=4.5)
    for at, side in zip(np.flatnonzero(~np.isnan(value))[[0, -1]], ("left", "right"), strict=True):
        said = wording.number(rows["value"].iloc[at], rows.iloc[at])
        look: dict[str, Any] = {"textcoords": "offset points", "fontsize": 10.5, "bbox": GROUND}
        axes.annotate(said, (places[at], tops[at]), (0, 5), ha=side, **look)


def heatmap(frame: Frame, rows: str = "name", columns: str = "label", *, title: str = "") -> Chart:
    """Draw values of one year and unit as a grid of colours, the highest rows and columns first."""
    if frame["value"].isna().all():
        return None
    top: Row = frame.nlargest(1, "value").iloc[0].to_dict()
    limits = told(frame, f"{top['unit']}_breaks") or scales.even_breaks(frame["value"])
    scale = scales.scale(limits, unit=top["unit"], decimals=int(top["decimals"]))
    for name in (columns, rows):
        mean = frame.reset_index(drop=True).groupby(name)["value"].transform("mean")
        frame = frame.iloc[mean.sort_values(ascending=False, kind="stable").index]
    cells = frame.assign(step=scale.classes(frame["value"]))
    steps = cells.pivot(index=rows, columns=columns, values="step").fillna(-1)
    steps = steps.loc[frame[rows].unique(), frame[columns].unique()]
    highest = f"{top[rows]}, {top[columns]} ({wording.value(top)})"
    crosses = " Kryss: visas inte." if steps.lt(0).any(axis=None) else ""
    return Figure(
        title or f"Högst i snitt: {steps.columns[0]}. Högst av alla: {highest}",
        f"Rutnät, {len(steps)} rader och {len(steps.columns)} kolumner. Högst: {highest}.",
        f"Mörkare: högre värde. De högsta i snitt står överst och till vänster.{crosses}",
        told(frame, "source"),
        _grid_svg(steps, scale),
        tables.wide(frame, rows, columns, wording.label(frame)),
    )


def _grid_svg(steps: Frame, scale: scales.Scale) -> str:
    """Draw classes (-1 a cross) with names over and beside them, and what the colours mean."""
    names, wide = list(map(str, steps.columns)), len(steps.columns) > FEW
    high = 0.19 * len(steps) + 0.09 * max(map(len, names)) + 0.6
    down, across = np.nonzero(steps.lt(0).to_numpy())
    patches = [Patch(facecolor=fill, edgecolor=scales.OUTLINE) for fill in scale.colours]
    # One small image: a thousand cells drawn one by one are 190 kB.
    tiles = steps.mask(steps.lt(0)).to_numpy(float).repeat(TILE, 0).repeat(TILE, 1)
    tiles[::TILE], tiles[:, ::TILE] = np.nan, np.nan
    look: dict[str, Any] = {"extent": (0, len(names), len(steps), 0), "aspect": "auto"}
    look |= {"vmin": -0.5, "vmax": len(patches) - 0.5, "interpolation": "none"}
    with mpl.rc_context(fname=scales.style()):
        canvas = Canvas(figsize=(scales.INCHES * (1.45 if wide else 1), high), layout="constrained")
        axes = canvas.subplots()
        axes.imshow(tiles, ListedColormap(scale.colours), **look)
        axes.scatter(across + 0.5, down + 0.5, marker="x", s=14, color=scales.SOFT, linewidths=0.8)
        axes.set_xticks(np.arange(len(names)) + 0.5, names, rotation=90)
        axes.set_yticks(np.arange(len(steps)) + 0.5, steps.index)
        axes.tick_params("x", labeltop=True, labelbottom=False)
        axes.grid(visible=False)
        canvas.legend(patches, scale.labels(), loc="outside lower left", ncols=4)
        return figure.svg(canvas, f"heatmap{names}", wide=wide)
