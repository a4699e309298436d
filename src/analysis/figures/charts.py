"""Frames become charts with matplotlib and seaborn: one frame in, one Figure out, or None.

A sign means the same in all: a disc is what the chart is about, a ring what it is compared with, a
line the interval, a triangle a certain change and the way it went. None: nothing to show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import matplotlib as mpl
import pandas as pd
import seaborn as sns

from analysis import swedish
from analysis.figures import axes as draw
from analysis.figures import picture, scales, tables, wording
from analysis.figures.axes import ENDS
from analysis.figures.figure import Figure
from analysis.figures.scales import Scale
from analysis.figures.wording import Row, told

Frame: TypeAlias = pd.DataFrame
BEFORE = ("before", "before_lower", "before_upper")
MOST_NUMBERS = 12  # columns of a grid with numbers in its cells


def intervals(
    frame: Frame,
    value: str = "value",
    *,
    label: str = "name",
    before: tuple[str, str, str] | None = None,
    title: str = "",
    alt: str = "",
    source: str = "",
) -> Figure | None:
    """Draw each row's value with its interval, in the rows' order; certain changes are triangles.

    Args:
        frame: `value`, `lower`, `upper`, `unit`, `decimals`; perhaps `verdict` and `status`.
        value: "value", or "difference" with zero in sight.
        label: the column that names the rows.
        before: the columns of last year's value, lower and upper, such as `charts.BEFORE`.
    """
    if frame[value].isna().all():
        return None
    shown = frame.reset_index(drop=True).assign(value=frame[value].to_numpy())
    changed, what = value == "difference", tables.label(frame)
    svg = _rows_svg(shown, label, before, changed, f"intervals{value}{what}")
    listed = {"name": tables.areas, "group": tables.splits}.get(label, tables.questions)
    table = tables.changes(frame, name=label) if changed else listed(frame)
    signs = [
        f"Punkt: {told(frame, 'year')}. Ring: {told(frame, 'earlier')}." if before else "",
        f"Streck: {wording.margin_head(frame).lower()}.",
        "Triangel: säkerställd förändring." if wording.has_certain(shown) else "",
    ]
    return Figure(
        title
        or (wording.moved(shown, label) if changed else f"{what}: {wording.ends(shown, label)}"),
        alt or _alt("Punktdiagram", shown, label, wording.verdict if changed else wording.value),
        " ".join(filter(None, signs)),
        source or told(frame, "source"),
        svg,
        table or tables.of(frame, what),
    )


def _rows_svg(
    shown: Frame, label: str, before: tuple[str, str, str] | None, changed: bool, name: str
) -> str:
    with mpl.rc_context(picture.style()):
        height, step = (0.38, 0.17) if before else (0.26, 0.0)
        canvas, axes = draw.rows(shown[label], height, strong=wording.is_whole(shown, label))
        if before:
            draw.points(axes, shown, before, step=step, colour=scales.SOFT, is_open=True)
        draw.marked(axes, shown, step=-step, is_open=changed)
        draw.say_missing(axes, shown)
        draw.from_zero(axes, shown, in_middle=changed)
        draw.name_axis(axes, wording.unit_name(shown.iloc[0].to_dict(), changed=changed))
        return picture.svg(canvas, f"{name}{list(shown[label])}")


def pairs(
    frame: Frame, *, rows: int = 8, title: str = "", alt: str = "", source: str = ""
) -> Figure | None:
    """Draw an area's values and the municipality's, both with intervals, most above it first.

    Args:
        frame: estimates of one year and unit: rows of one area, and of "" (the municipality).
        rows: how many questions to draw.
    """
    is_area = frame["area"].ne("")
    whole = frame.loc[~is_area, ["measure", *ENDS]].set_axis(["measure", *BEFORE], axis=1)
    both = frame.loc[is_area].dropna(subset=["value"]).merge(whole, on="measure")
    if both.empty:
        return None
    excess = (both["value"] - both["before"]).sort_values(ascending=False, kind="stable")
    both = both.loc[excess.index[:rows]]
    top, place = both.iloc[0], told(frame, "unit_word", "kommunen")
    area, is_over = top["name"], top["value"] > top["before"]
    most = f"mest över {place} i ”{top['label']}”: {wording.against(top)}"
    made = intervals(
        both,
        label="label",
        before=BEFORE,
        title=title or f"{area} ligger {most if is_over else f'inte över {place} i någon fråga'}",
        alt=alt or _alt(f"Punkter, {area} mot {place}", both, "label", wording.against),
        source=source or told(frame, "source", "–"),
    )
    signs = f"Punkt: {area}. Ring: {place}. Streck: {wording.margin_head(frame).lower()}."
    drawn = frame.loc[frame["measure"].isin(both["measure"])]
    table = tables.questions(drawn, caption=f"{area} och {place}")
    return made and replace(made, caption=signs, table=table)


def bars(promises: Frame, *, title: str = "", alt: str = "", source: str = "") -> Figure | None:
    """Draw what came out of each promise against its target, in per cent of the target."""
    table = tables.promises(promises)
    if table is None:
        return None
    shown = promises.reset_index(drop=True)
    share = wording.amount(shown["outcome"]) / wording.amount(shown["target"]) * 100
    shown = shown.assign(
        share=share, said=[wording.outcome(row) for row in shown.to_dict("records")]
    )
    with mpl.rc_context(picture.style()):
        canvas, axes = draw.rows(shown["promise"], 0.46)
        looks: dict[str, Any] = {"color": scales.OUTLINE, "saturation": 1, "width": 0.5}
        sns.barplot(shown, x="share", y=shown.index, orient="h", ax=axes, **looks)
        axes.axvline(100, color=scales.INK, linewidth=1.4)
        for at, words in enumerate(shown["said"]):
            under = 0.43 if shown["share"][at] > 0 else 0.0
            axes.text(1, at + under, words, va="center", fontsize=10)
        longest = max(110.0, shown["share"].max() * 1.05)
        axes.set(xlim=(0, longest), ylim=(len(shown) - 0.3, -0.5), ylabel="")
        draw.name_axis(axes, "Utfall i procent av målet")
        axes.grid(visible=False)
        svg = picture.svg(canvas, "bars")
    return Figure(
        title or wording.kept(promises["fulfilled"]),
        alt or _alt("Stapeldiagram, utfall mot mål", shown, "promise", lambda row: row["said"]),
        "Stapel: utfallet i procent av målet. Svart linje: målet.",
        source or told(promises, "promises_source") or told(promises, "municipality"),
        svg,
        table,
    )


def trends(
    frame: Frame,
    value: str = "value",
    *,
    by: str = "label",
    title: str = "",
    alt: str = "",
    source: str = "",
) -> Figure | None:
    """Draw each row's values over the years with intervals, in small charts on the same scale.

    A year without a value is a gap in the line; with fewer than two years there is no chart.

    Args:
        value: "value", or "rate" of crimes; `lower` and `upper` are its interval.
        by: the column that names the charts.
    """
    shown = frame.assign(value=frame[value], **({} if "unit" in frame else wording.AS_RATE))
    shown = shown.loc[shown.groupby(by)["value"].transform("count").gt(0)]
    known = shown.dropna(subset=["value"]).set_index("year").sort_index()
    if known.index.nunique() < 2:
        return None
    lines = {str(name): rows for name, rows in known.groupby(by, sort=False)}
    unit, span = wording.unit_name(shown.iloc[0].to_dict()), f"{known.index[0]}–{known.index[-1]}"
    moved = [f"{name} {wording.from_to(rows)}" for name, rows in lines.items()]
    table = shown.assign(status=shown.get("status", "shown"))
    return Figure(
        title or (f"{moved[0]}, {span}" if len(moved) == 1 else f"{unit} {span}"),
        alt or f"{swedish.capitalised('; '.join(moved))}. Linjediagram, {unit.lower()} {span}.",
        f"{unit}. Lodrätt streck: {wording.margin_head(shown).lower()}. Skalan börjar på noll.",
        source or told(frame, "crime_source" if value == "rate" else "source"),
        _lines_svg(lines, f"trends{value}{unit}{span}"),
        tables.wide(table, by, "year", f"{unit} {span}"),
    )


def _lines_svg(lines: dict[str, Frame], name: str) -> str:
    every = pd.concat(lines.values())
    years = range(int(every.index.min()), int(every.index.max()) + 1)
    with mpl.rc_context(picture.style()):
        canvas, panels = draw.panels(len(lines))
        for panel, (title, rows) in zip(panels, lines.items(), strict=True):
            draw.line(panel, rows.reindex(years), title, every[["value", "upper"]].max(axis=None))
        return picture.svg(canvas, f"{name}{list(lines)}")


def heatmap(
    frame: Frame,
    rows: str = "name",
    columns: str = "label",
    *,
    breaks: tuple[float, ...] = (),
    title: str = "",
    alt: str = "",
    source: str = "",
) -> Figure | None:
    """Draw values of one year and unit as a grid of colours, the highest rows and columns first.

    Args:
        breaks: the classes' limits; those of the place when not given.
    """
    if frame["value"].isna().all():
        return None
    top: Row = frame.nlargest(1, "value").iloc[0].to_dict()
    limits = breaks or told(frame, f"{top['unit']}_breaks") or scales.even_breaks(frame["value"])
    scale = scales.scale(limits, unit=top["unit"], decimals=int(top["decimals"]))
    frame = draw.highest_first(draw.highest_first(frame, rows), columns)
    cells = frame.assign(at=scale.classes(frame["value"]))
    steps = cells.pivot(index=rows, columns=columns, values="at").fillna(-1)
    steps = steps.loc[frame[rows].unique(), frame[columns].unique()]
    table = tables.wide(frame, rows, columns, tables.label(frame))
    highest = f"{top[rows]}, {top[columns]} ({wording.value(top)})"
    crosses = " Kryss: visas inte." if steps.lt(0).any(axis=None) else ""
    return Figure(
        title or f"Högst i snitt: {steps.columns[0]}. Högst av alla: {highest}",
        alt or f"Rutnät, {len(steps)} rader och {len(steps.columns)} kolumner. Högst: {highest}.",
        f"Mörkare: högre värde. De högsta i snitt står överst och till vänster.{crosses}",
        source or told(frame, "source"),
        _grid_svg(steps, scale, [row[1:] for row in table.rows]),
        table,
    )


def _grid_svg(steps: Frame, scale: Scale, texts: list[tuple[str, ...]]) -> str:
    few = len(steps.columns) <= MOST_NUMBERS
    with mpl.rc_context(picture.style()):
        canvas, axes = draw.grid(steps, scale, few=few)
        if few:
            draw.numbers(axes, steps, scale, texts)
        return picture.svg(canvas, f"heatmap{list(steps)}", wide=not few)


def _alt(kind: str, shown: Frame, label: str, say: Callable[[Row], str]) -> str:
    """Say every row's numbers where they are few, else the ends'; the table has them all."""
    rows = shown.to_dict("records")
    picked = rows if len(rows) <= 10 else [*rows[:3], *rows[-3:]]
    left = "" if picked is rows else f" De tre första och de tre sista av {len(rows)}."
    return f"{kind}.{left} {'; '.join(f'{row[label]} {say(row)}' for row in picked)}."
