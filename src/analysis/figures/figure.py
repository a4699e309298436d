"""What a cell shows, as values that carry their own words and numbers: any drawing in, Figure out."""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import jinja2
import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure as Canvas
from matplotlib.text import Text as Words
from matplotlib.ticker import ScalarFormatter

from analysis import swedish
from analysis.errors import refuse
from analysis.figures import scales, wording

FIGURE = "application/vnd.analysis.figure+json"
TABLE = "application/vnd.analysis.table+json"
NOTICE = "application/vnd.analysis.notice+json"
KEY_FIGURES = "application/vnd.analysis.keyfigures+json"

TWINS = {"geometry": "geometry", "area": "name", "measure": "label", "unit": "decimals"}
NAMED = re.compile(r'\b(id="|url\(#|href="#)(?=.)')
MOST_ROWS = 1_500  # of a drawing's table; more would be single answers, or nothing to read


@cache
def template(name: str) -> Any:
    """Return the macros of a template."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    return environment.get_template(name, globals={"colours": scales}).module


def _bundle(kind: str, macro: str) -> Any:
    """Make the method that shows a value: the press's JSON, HTML for Lab and plain text."""

    def bundle(self: Any, **_: object) -> dict[str, Any]:
        html = str(getattr(template("lab.html.j2"), macro)(self))
        # Lab keeps other notebooks' pictures, unseen; a name that two share finds no pattern there.
        html = NAMED.sub(rf"\g<0>{uuid4().hex[:6]}", html)
        shown = json.loads(json.dumps(asdict(self)))  # lists, not tuples: as it is read again
        return {kind: shown, "text/html": html, "text/plain": repr(self)}

    return bundle


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and whether it holds numbers (set to the right)."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Pictures:
    """A column of small pictures, one a row or None, under a heading that names their axis."""

    label: str
    svgs: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a reader sees it: every cell is a text; the first column names the row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    links: tuple[str, ...] = ()  # where each row's name leads ("" nowhere), or none at all
    strong: tuple[int, ...] = ()  # the rows that stand out: the municipality's, totals
    pictures: Pictures | None = None  # of the rows' numbers, a column beside their names
    key: str = ""  # the table's id on its page and the name of its CSV
    _repr_mimebundle_ = _bundle(TABLE, "grid")


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with everything that a reader who cannot see it needs."""

    title: str  # the finding, as a sentence
    alt: str  # what the picture shows, short, with the same numbers as the table
    caption: str  # how to read it; a sentence or more
    source: str  # where the numbers come from, without a final stop
    svg: str = field(repr=False)
    table: Table = field(repr=False)
    description: str = ""  # more words, where the alt text is not enough
    key: str = ""  # the figure's id on its page and the name of its CSV
    _repr_mimebundle_ = _bundle(FIGURE, "figure")

    def __post_init__(self) -> None:
        empty = [name for name in ("title", "alt", "source", "svg") if not getattr(self, name)]
        if empty:
            raise ValueError(f"a figure needs {', '.join(empty)}")


@dataclass(frozen=True, slots=True)
class Text:
    """Computed sentences, as Markdown."""

    markdown: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/markdown": self.markdown, "text/plain": self.markdown}


@dataclass(frozen=True, slots=True)
class Notice:
    """A few words that must be seen first, such as that the data are made up."""

    text: str
    _repr_mimebundle_ = _bundle(NOTICE, "notice")


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number that is seen from afar, what it is, and a few words beside it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The year in a few numbers."""

    items: tuple[KeyFigure, ...]
    _repr_mimebundle_ = _bundle(KEY_FIGURES, "keyfigures")


def of(
    drawn: Any,
    *,
    data: pd.DataFrame,
    title: str = "",
    alt: str = "",
    source: str | None = None,
    caption: str = "",
) -> Figure:
    """Make a figure of the report from any drawing by matplotlib, seaborn, geopandas or pandas.

    The numbers of `data` become its table; `source` is that of the year's survey where they know it.

    Raises:
        Refusal: when title, alt text or source is missing, or `drawn` is no drawing.

    >>> figure.of(ax, data=mapped[["name", "adults"]], title="…", alt="…")  # doctest: +SKIP
    """
    source = source or str(wording.told(data, "source"))
    said = {"title": title, "alt": alt, "source": source}
    if missing := [name for name in said if not said[name]]:
        line = ", ".join(f'{name}="…"' for name in missing)
        what = f"bilden saknar {swedish.listed(missing)}"
        raise refuse(what, f"skriv: figure.of(ax, data=…, {line})")
    if len(data) > MOST_ROWS:
        what = f"bildens tabell skulle få {swedish.number(len(data))} rader"
        raise refuse(what, "ge data= de tal som bilden visar, en rad per område, år och fråga")
    shown = svg(dress(drawn), f"{title}{alt}", tight=True)
    return Figure(title, alt, caption, source, shown, twin(data, title))


def twin(frame: pd.DataFrame, caption: str, note: str = "") -> Table:
    """Set any frame as a table: Swedish headings where they are known, Swedish numbers.

    Geometry is left out, and keys that stand beside their names; a named index comes first.
    """
    unsaid = [name for name, other in TWINS.items() if other in frame]
    frame = pd.DataFrame(frame).drop(columns=unsaid, errors="ignore")
    if frame.index.name or frame.index.nlevels > 1:
        frame = frame.reset_index()
    kinds = [pd.api.types.is_numeric_dtype(kind) and kind != bool for kind in frame.dtypes]
    heads = [wording.HEADS.get(str(name), str(name)) for name in frame.columns]
    columns = tuple(Column(head, is_number) for head, is_number in zip(heads, kinds, strict=True))
    texts = [wording.column(frame.iloc[:, at]) for at in range(len(heads))]
    return Table(caption, columns, tuple(zip(*texts, strict=True)), note)


def dress(drawn: Any) -> Canvas:
    """Give somebody else's drawing our face, lines and Swedish numbers; pyplot forgets it."""
    first = drawn if hasattr(drawn, "figure") else next(iter(np.ravel(drawn)), None)
    canvas = getattr(first, "figure", None)
    if not isinstance(canvas, Canvas):
        what = f"figure.of fick {type(drawn).__name__}, ingen bild"
        raise refuse(what, "skriv: ax = sns.scatterplot(…); figure.of(ax, …)")
    scales.style()
    width = scales.INCHES * (
        1 if len(canvas.axes) <= 2 else 1.3
    )  # two: a chart and its bar of colours
    canvas.set_size_inches(width, width * canvas.get_figheight() / canvas.get_figwidth())
    for axes in canvas.axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.spines[:].set_edgecolor(scales.LINE)
        axes.tick_params(length=0)
        if axes.get_xlabel().endswith("[metre]"):  # a map by geopandas: nobody reads coordinates
            axes.set_axis_off()
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_formatter(), ScalarFormatter):
                axis.set_major_formatter(scales.numbered())
    for text in cast("list[Words]", canvas.findobj(Words)):
        text.set(fontfamily=scales.FACE, fontsize=float(text.get_fontsize()) * 1.15)
        text.set_text(wording.translated(text.get_text()))
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(canvas)
    return canvas


def svg(canvas: Canvas, name: str, *, tight: bool = False, wide: bool = False) -> str:
    """Write a drawing as an SVG that is the same every time; its `name` tells its ids from those of others.

    A `tight` one is measured, so that nothing is cut off; a `wide` one is scrolled on a phone.
    """
    beside, salt = io.StringIO(), hashlib.sha256(name.encode()).hexdigest()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    box: dict[str, Any] = {"bbox_inches": "tight", "pad_inches": 0.03} if tight else {}
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        canvas.savefig(beside, format="svg", metadata=nothing, transparent=True, **box)
    unseen = r"<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>|\n *"
    _, _, text = beside.getvalue().partition("<svg")
    head, _, body = re.sub(unseen, "", text, flags=re.DOTALL).partition(">")
    used = set(re.findall(r"#([^\")]+)", body))
    drawn = re.sub(r"<[^>]+>", lambda tag: _plain(tag[0], used), body)  # text is not ours to change
    look = f'class="chart{" wide" if wide else ""}" stroke-linejoin="round"'
    view = re.search(r'viewBox="[^"]*"', head)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {view and view[0]} {look}>{drawn}'


def _plain(tag: str, used: set[str]) -> str:
    """Write a tag's style as attributes, which a page can overrule; drop what nothing refers to."""

    def attributes(style: re.Match[str]) -> str:
        said = dict(re.findall(r"([\w-]+): ?([^;]+)", style[1])).items()
        return " ".join(f'{name}="{scales.COLOURS.get(value, value)}"' for name, value in said)

    tag = re.sub(r'style="([^"]*)"', attributes, tag.replace("xlink:href", "href"))
    tag = re.sub(r"(\.\d\d)\d+", r"\1", tag)  # a hundredth of a point is not seen
    return re.sub(r' id="([^"]+)"', lambda name: name[0] if name[1] in used else "", tag)
