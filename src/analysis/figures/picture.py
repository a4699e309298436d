"""Drawings become SVGs of the report: any by matplotlib, and a column of dots beside a table."""

from __future__ import annotations

import hashlib
import io
import math
import re
import sys
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import jinja2
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, ScalarFormatter

from analysis import swedish
from analysis.errors import refuse
from analysis.figures import scales, wording

HERE = Path(__file__).parent
FACE = "Source Sans Pro"
SIZE = 11.5  # points
INCHES = 5.2  # a drawing's width: fit for a phone, wider screens enlarge it
LONGEST = 32  # letters of a line beside a chart; longer names get two lines
YEARS = (1900, 2100)  # ticks that all are between these are years, and have no thousands
GIVEN = (
    *("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b"),
    *("#3274a1", "#e1812c", "#3a923a", "#c03d3e", "#9372b2", "#845b53"),
)  # matplotlib's first colours, and the same as seaborn softens them for bars
COLOURS = {**dict(zip(GIVEN, scales.LINES[:6] * 2, strict=True)), "#000000": scales.INK}
ENDS = ("value", "lower", "upper")
SHAPE, EDGE = (120, 14), 6  # of a small picture, and its margin
MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Pictures:
    """A column of small pictures, one a row or None, under a heading that names their axis."""

    label: str
    svgs: tuple[str | None, ...]


DISC = ("o", "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z")
SIGNS = {  # a marker of matplotlib's, the same as a path, its colour and what fills it
    "disc": (*DISC, scales.INK, scales.INK),
    "ring": (*DISC, scales.INK, scales.PAPER),
    "before": (*DISC, scales.SOFT, scales.PAPER),
    "fall": ("v", "m-4.7-3.7h9.4l-4.7 8z", scales.FALL, scales.FALL),
    "rise": ("^", "m-4.7 3.7h9.4l-4.7-8z", scales.RISE, scales.RISE),
}


def signs(rows: pd.DataFrame, *, changed: bool = False) -> pd.Series:
    """Choose signs: a triangle for a certain change, a ring for what is uncertain, else a disc."""
    verdict, status = (rows.get(name, pd.Series("", rows.index)) for name in ("verdict", "status"))
    is_open = status.eq("uncertain") | changed
    return verdict.where(verdict.isin(wording.CERTAIN), is_open.map({True: "ring", False: "disc"}))


@cache
def style() -> Path:
    """Return the look of all charts; matplotlib learns the face that pages and PDFs have."""
    for weight in ("Regular", "Semibold"):
        path = Path(str(files("font_source_sans_pro"))) / f"files/SourceSansPro-{weight}.otf"
        font_manager.fontManager.addfont(path)
    return HERE / "style.mplstyle"


@cache
def template(name: str) -> Any:
    """Return the macros of a template."""
    loader = jinja2.FileSystemLoader(HERE / "templates")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    return environment.get_template(name, globals={"colours": scales}).module


def rows(labels: Iterable[str], each: float) -> tuple[Canvas, Axes]:
    """Make a chart of one row a label, `each` inches high, or more where a label has two lines."""
    wrapped = [textwrap.fill(str(label), LONGEST) for label in labels]
    each = max(each, 0.36) if "\n" in "".join(wrapped) else each
    canvas = Canvas(figsize=(INCHES, 0.56 + each * len(wrapped)), layout="constrained")
    axes = canvas.subplots()
    axes.set_yticks(range(len(wrapped)), wrapped, linespacing=1.0)
    axes.set_ylim(len(wrapped) - 0.5, -0.5)
    axes.xaxis.set_major_formatter(numbered())
    axes.locator_params(axis="x", nbins=6, steps=[1, 2, 5, 10])
    axes.grid(visible=False, axis="y")
    return canvas, axes


def points(
    axes: Axes, shown: pd.DataFrame, columns: Sequence[str], signs: pd.Series, step: float
) -> None:
    """Draw values with their intervals on the rows of their index, `step` rows beside the middle."""
    scale = scales.factor(shown["unit"].iloc[0])
    for sign, ends in (shown[list(columns)].astype(float) * scale).groupby(signs):
        marker, _, colour, fill = SIGNS[str(sign)]
        value, lower, upper = ends.to_numpy().T
        axes.hlines(ends.index + step, lower, upper, colors=colour)
        axes.plot(value, ends.index + step, marker, color=colour, markerfacecolor=fill)


def dress(drawn: Any) -> Canvas:
    """Give somebody else's drawing our face, lines and Swedish numbers; pyplot forgets it.

    It is the whole that axes, a grid, a container or an array of axes belongs to.
    """
    first = drawn if hasattr(drawn, "figure") else next(iter(np.ravel(drawn)), None)
    canvas = getattr(first, "figure", None)
    if not isinstance(canvas, Canvas):
        what = f"figure.of fick {type(drawn).__name__}, ingen bild"
        raise refuse(what, "skriv: ax = sns.scatterplot(…); figure.of(ax, …)")
    style()
    width = INCHES * (1 if len(canvas.axes) <= 2 else 1.3)  # two: a chart and its bar of colours
    canvas.set_size_inches(width, width * canvas.get_figheight() / canvas.get_figwidth())
    for axes in canvas.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[:].set_edgecolor(scales.LINE)
        axes.tick_params(length=0)
        if axes.get_xlabel().endswith("[metre]"):  # a map by geopandas: nobody reads coordinates
            axes.set_axis_off()
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), ScalarFormatter):
                axis.set_major_formatter(numbered())
    for text in cast("list[Text]", canvas.findobj(Text)):
        text.set(fontfamily=FACE, fontsize=float(text.get_fontsize()) * SIZE / 10)
        text.set_text(_swedish(text.get_text()))
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(canvas)
    return canvas


def _swedish(said: str) -> str:
    """Put a decimal comma in a number that stands alone, and Swedish for a known column's name."""
    if re.fullmatch(rf"[-{swedish.MINUS}]?\d+\.\d+", said):
        return swedish.number(float(said.replace(swedish.MINUS, "-")), len(said.split(".")[1]))
    return wording.HEADS.get(said, said)


def numbered() -> FuncFormatter:
    """Write an axis' numbers with as many decimals as its step needs; years without thousands."""

    def said(value: float, _: int | None = None) -> str:
        ticks = cast("Axis", formatter.axis).get_majorticklocs()
        if ticks.min() >= YEARS[0] and ticks.max() <= YEARS[1]:
            return f"{value:.0f}" if value == round(value) else ""
        step = float(np.diff(ticks[:2]).max(initial=0)) or 1.0
        return swedish.number(value, max(0, math.ceil(-math.log10(step) - 1e-9)))

    formatter = FuncFormatter(said)
    return formatter


def svg(canvas: Canvas, name: str, *, tight: bool = False, wide: bool = False) -> str:
    """Write a drawing as an SVG that is the same every time, without size or prolog.

    Its `name` tells its identifiers from those of others on a page. A `tight` one is measured, so
    that nothing is cut off; a `wide` one is scrolled on a phone.
    """
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

    They have `value`, `lower`, `upper`, `unit`, `decimals`, perhaps `beside`, `status`, `verdict`.
    Differences have `zero` in the middle.
    """
    numbers = rows.reindex(columns=[*ENDS, "beside"]).astype(float)
    if rows["unit"].nunique() != 1 or numbers["value"].isna().all():
        return None
    ticks = np.array(scales.even_breaks(pd.Series([0, numbers.abs().max().max()]), MOST_LINES))
    ticks = np.concatenate([-ticks[:0:-1], ticks]) if zero else ticks

    def at(values: Any) -> Any:
        parts = (np.asarray(values) - ticks[0]) / (ticks[-1] - ticks[0])
        return np.char.mod("%g", np.round(EDGE + parts * (SHAPE[0] - 2 * EDGE), 1))

    lines, middle = at(ticks), at(0) if zero else ""
    places = pd.DataFrame(at(numbers), columns=numbers.columns).to_dict("records")
    svgs = []
    for place, name in zip(places, signs(rows, changed=zero), strict=True):
        drawn = template("dots.svg.j2").row(SHAPE, lines, middle, place, SIGNS[name])
        svgs.append(None if place["value"] == "nan" else drawn.replace("\n", ""))
    axis: dict[str, Any] = rows.iloc[0].to_dict()
    axis |= {"decimals": 1} if axis["unit"] == "index" else {}
    ends = " till ".join(wording.number(end, axis) for end in ticks[[0, -1]])
    return Pictures(f"{ends}{wording.unit(axis)}", tuple(svgs))
