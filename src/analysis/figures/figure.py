"""What a cell shows, as values that carry their own words and numbers: any drawing in, Figure out."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

import pandas as pd

from analysis import swedish
from analysis.errors import refuse
from analysis.figures import picture, wording
from analysis.figures.picture import Pictures

FIGURE = "application/vnd.analysis.figure+json"
TABLE = "application/vnd.analysis.table+json"
NOTICE = "application/vnd.analysis.notice+json"
KEY_FIGURES = "application/vnd.analysis.keyfigures+json"

TWINS = {"geometry": "geometry", "area": "name", "measure": "label", "unit": "decimals"}
NAMED = re.compile(r'\b(id="|url\(#|href="#)(?=.)')
MOST_ROWS = 1_500  # of a drawing's table; more would be single answers, or nothing to read


def _bundle(kind: str, macro: str) -> Any:
    """Make the method that shows a value: the press's JSON, HTML for Lab and plain text."""

    def bundle(self: Any, **_: object) -> dict[str, Any]:
        html = str(getattr(picture.template("lab.html.j2"), macro)(self))
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
    shown = picture.svg(picture.dress(drawn), f"{title}{alt}", tight=True)
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
