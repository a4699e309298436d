"""Drawings become SVGs of the report: any by matplotlib, and a column of dots beside a table."""

from __future__ import annotations

import hashlib
import io
import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from analysis import swedish
from analysis.errors import refuse
from analysis.figures import scales, wording

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure as Canvas

FACE = "Source Sans Pro"
SIZE = 11.5  # points
INCHES = 5.2  # a drawing's width: fit for a phone, wider screens enlarge it
YEARS = (1900, 2100)  # ticks that all are between these are years, and have no thousands
GIVEN = (
    *("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b"),
    *("#3274a1", "#e1812c", "#3a923a", "#c03d3e", "#9372b2", "#845b53"),
)  # matplotlib's first colours, and the same as seaborn softens them for bars
COLOURS = {**dict(zip(GIVEN, scales.LINES[:6] * 2, strict=True)), "#000000": scales.INK}

WIDTH, HEIGHT, EDGE = 120, 14, 6
STEPS = (0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
MOST_LINES = 6
DISC = "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z"
MARKS = {
    "fall": ("m-4.7-3.7h9.4l-4.7 8z", scales.FALL),
    "rise": ("m-4.7 3.7h9.4l-4.7-8z", scales.RISE),
}  # a certain change, and nothing else; all other values are a disc, or a ring where uncertain


@dataclass(frozen=True, slots=True)
class Pictures:
    """A column of small pictures, one a row or None, under a heading that names their axis."""

    label: str
    svgs: tuple[str | None, ...]


@cache
def style() -> Any:
    """Return the look of all charts; registers the face that pages and PDFs share."""
    import seaborn as sns
    from matplotlib import font_manager, rc_params_from_file

    for weight in ("Regular", "Semibold"):
        path = Path(str(files("font_source_sans_pro"))) / f"files/SourceSansPro-{weight}.otf"
        font_manager.fontManager.addfont(path)
    sheet = Path(__file__).parent / "style.mplstyle"
    ours = rc_params_from_file(sheet, use_default_template=False)
    return {**sns.axes_style("whitegrid"), **ours}


def canvas_of(drawn: Any) -> Canvas:
    """Find the whole drawing that axes, a grid, a container or an array of axes belongs to."""
    from matplotlib.figure import FigureBase

    first = drawn if hasattr(drawn, "figure") else next(iter(np.ravel(drawn)), None)
    canvas = getattr(first, "figure", None)
    if not isinstance(canvas, FigureBase):
        kind = type(drawn).__name__
        raise refuse(
            f"figure.of fick {kind}, ingen bild", "skriv: ax = sns.scatterplot(…); figure.of(ax, …)"
        )
    return canvas.get_figure(root=True)


def dress(canvas: Canvas) -> None:
    """Give somebody else's drawing our face, lines and Swedish numbers; pyplot forgets it."""
    from matplotlib import ticker
    from matplotlib.text import Text

    style()
    width = (
        INCHES if len(canvas.axes) <= 2 else INCHES * 1.3
    )  # two: a bar of colours beside a chart
    canvas.set_size_inches(width, width * canvas.get_figheight() / canvas.get_figwidth())
    for axes in canvas.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[:].set_edgecolor(scales.LINE)
        axes.tick_params(length=0)
        if axes.get_xlabel().endswith("[metre]"):  # a map by geopandas: nobody reads coordinates
            axes.set_axis_off()
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), ticker.ScalarFormatter | ticker.LogFormatter):
                axis.set_major_formatter(ticker.FuncFormatter(tick(axis)))
    for text in cast("list[Text]", canvas.findobj(Text)):
        text.set(fontfamily=FACE, fontsize=float(text.get_fontsize()) * SIZE / 10)
        text.set_text(_swedish(text.get_text()))
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(canvas)


def _swedish(said: str) -> str:
    """Put a decimal comma in a number that stands alone, and Swedish for a known column's name."""
    if re.fullmatch(rf"[-{swedish.MINUS}]?\d+\.\d+", said):
        return swedish.number(float(said.replace(swedish.MINUS, "-")), len(said.split(".")[1]))
    return str(wording.HEADS.get(said, said))


def tick(axis: Axis) -> Any:
    """Write ticks with as many decimals as their step needs; years without thousands."""

    def said(value: float, _: int | None = None) -> str:
        ticks = axis.get_majorticklocs()
        if len(ticks) and min(ticks) >= YEARS[0] and max(ticks) <= YEARS[1]:
            return f"{value:.0f}" if value == round(value) else ""
        step = abs(value) if axis.get_scale() == "log" else np.diff(ticks[:2]).max(initial=0)
        return swedish.number(value, max(0, int(np.ceil(-np.log10(step or 1) - 1e-9))))

    return said


def svg(canvas: Canvas, name: str, *, tight: bool = False, wide: bool = False) -> str:
    """Write a drawing as an SVG that is the same every time, without size or prolog.

    Args:
        name: tells the drawing's identifiers from those of others on a page.
        tight: whether to measure everything drawn, so that nothing is cut off; it costs time.
        wide: whether the drawing is too wide for a phone, and is scrolled there.
    """
    import matplotlib as mpl

    beside, salt = io.StringIO(), hashlib.sha256(name.encode()).hexdigest()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    box: dict[str, Any] = {"bbox_inches": "tight", "pad_inches": 0.03} if tight else {}
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        canvas.savefig(beside, format="svg", metadata=nothing, transparent=True, **box)
    return _lean(beside.getvalue(), "chart wide" if wide else "chart")


def _lean(text: str, look: str) -> str:
    """Drop what nobody sees: the prolog, identifiers that nothing refers to, fine decimals."""
    unseen = r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>|<defs>\s*</defs>"
    text = re.sub(unseen, "", text[text.index("<svg") :], flags=re.DOTALL)
    head, body = text.split(">", 1)
    box = re.findall(r'viewBox="[^"]*"', head)[0]
    root = f'<svg xmlns="http://www.w3.org/2000/svg" {box} class="{look}" stroke-linejoin="round"'
    face = f' font-family="\'{FACE}\', sans-serif" font-size="{SIZE}px">'
    used = set(re.findall(r"#([^\")]+)", body))
    # Only inside tags: text is not ours to change.
    drawn = re.sub(r"\s*(<[^>]+>)\s*", lambda tag: _plainer(tag[1], used), body)
    return root + face + re.sub(r"<g></g>|<defs></defs>", "", drawn)


def _plainer(tag: str, used: set[str]) -> str:
    """Write a tag's style as attributes, which a page's own style can overrule."""
    if "fill: none" in tag and "stroke" not in tag:
        return ""  # the ground that everything stands on, in no colour
    style = re.search(r'style="([^"]*)"', tag)
    said = dict(re.findall(r"([\w-]+): ?([^;]+)", style[1] if style else ""))
    if tag.startswith("<text"):
        defaults = {"font-size": f"{SIZE}px", "fill": scales.INK}
        said = {name: value for name, value in said.items() if defaults.get(name) != value}
        if FACE in said.get("font-family", ""):
            del said["font-family"]
    attributes = "".join(f' {name}="{COLOURS.get(value, value)}"' for name, value in said.items())
    tag = re.sub(r' style="[^"]*"', lambda _: attributes, tag.replace("xlink:href", "href"))
    tag = re.sub(r' id="([^"]+)"', lambda name: name[0] if name[1] in used else "", tag)
    tag = re.sub(r' transform="rotate\(-?0 [^"]*"', "", tag)
    tag = re.sub(r"(\d\d\.\d|\b\d\.\d\d)\d+", r"\1", re.sub(r"\s+", " ", tag))
    return re.sub(r" ?([MLCQHVz]) ?| (?=\")", r"\1", tag) if tag.startswith("<path") else tag


def dots(rows: pd.DataFrame, *, zero: bool = False) -> Pictures | None:
    """Draw rows on one axis with round ends, the same in page and PDF; None where none is shown.

    Args:
        rows: `value`, `lower`, `upper`, `unit`, `decimals`; perhaps `beside`, `status`, `verdict`.
        zero: whether zero stands in the middle: the values are differences.
    """
    numbers = rows.reindex(columns=["value", "lower", "upper", "beside"]).astype(float)
    if rows["unit"].nunique() != 1 or numbers["value"].isna().all():
        return None
    reach = float(numbers.abs().max().max()) or 1.0
    step = next((step for step in STEPS if reach / step <= MOST_LINES), reach / MOST_LINES)
    end = max(1, math.ceil(reach / step - 1e-9)) * step
    low = -end if zero else 0.0

    def at(value: float) -> str:
        return f"{EDGE + (value - low) / (end - low) * (WIDTH - 2 * EDGE):.1f}".removesuffix(".0")

    lines = "".join(
        f"M{at(low + step * each)} 0v14" for each in range(round((end - low) / step) + 1)
    )
    ground = f'<path d="{lines}" stroke="{scales.LINE}"/>'
    ground += f'<path d="M{at(0)} 0v14" stroke="{scales.SOFT}"/>' if zero else ""
    shape = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    root = f'<svg xmlns="http://www.w3.org/2000/svg" {shape} aria-hidden="true" fill="none">'
    svgs = [
        None if math.isnan(row["value"]) else f"{root}{ground}{_row({**mark, **row}, at)}</svg>"
        for mark, row in zip(rows.to_dict("records"), numbers.to_dict("records"), strict=True)
    ]
    first: dict[str, Any] = rows.iloc[0].to_dict()
    first["decimals"] = 1 if first["unit"] == "index" else first["decimals"]
    ends = [wording.number(value, first) for value in (low, end)]
    return Pictures(f"{ends[0]} till {ends[1]}{wording.unit(first)}", tuple(svgs))


def _row(row: Mapping[str, Any], at: Any) -> str:
    """Draw the line across, the interval and the mark, in this order."""
    is_open = row.get("status") == "uncertain" or row.get("verdict", "fall") not in MARKS
    shape, colour = MARKS.get(row.get("verdict", ""), (DISC, scales.INK))
    parts = []
    if not math.isnan(row["beside"]):
        parts.append(
            f'<path d="M{at(row["beside"])} 2v10" stroke="{scales.SOFT}" stroke-width="2.5"/>'
        )
    if not math.isnan(row["lower"]) and not math.isnan(row["upper"]):
        ends = f"M{at(row['lower'])} 7H{at(row['upper'])}"
        parts.append(f'<path d="{ends}" stroke="{colour}" stroke-width="1.4"/>')
    fill = scales.PAPER if is_open else colour
    mark = f'<path d="M{at(row["value"])} 7{shape}" fill="{fill}" stroke="{colour}" stroke-width="1.4"/>'
    return "".join([*parts, mark])
