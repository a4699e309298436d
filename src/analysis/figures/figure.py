"""What a cell shows, as values that carry their own words and numbers: any drawing in, Figure out."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from analysis import swedish
from analysis.errors import refuse
from analysis.figures import picture, wording
from analysis.figures.picture import Pictures

FIGURE = "application/vnd.analysis.figure+json"
TABLE = "application/vnd.analysis.table+json"
NOTICE = "application/vnd.analysis.notice+json"
KEY_FIGURES = "application/vnd.analysis.keyfigures+json"

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLES = {
    "title": "Fler svarar där det är tryggare",
    "alt": "Punktdiagram: svarsandel och problemindex i 34 områden.",
    "source": "SCB, befolkning 31 december 2023",
}
MOST_ROWS = 1_500  # of a drawing's table; more would be single answers, or nothing to read


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and whether it holds numbers (set to the right)."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a reader sees it: every cell is a text; the first column names the row.

    Args:
        links: where each row's name leads ("" nowhere); or none at all.
        strong: numbers of the rows that stand out: the municipality's, totals.
        pictures: of the rows' numbers, a column beside their names.
        key: the table's id on its page and the name of its CSV.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    links: tuple[str, ...] = ()
    strong: tuple[int, ...] = ()
    pictures: Pictures | None = None
    key: str = ""

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.columns)]
        if not self.caption or not self.columns or wrong:
            raise ValueError(f"table {self.caption!r}: caption, columns and even rows: {wrong[:1]}")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        links = [link or None for link in self.links] or None
        return _bundle(TABLE, {**asdict(self), "links": links}, "grid", self)

    def __str__(self) -> str:
        lines = [[column.label for column in self.columns], *map(list, self.rows)]
        widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
        body = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
        return "\n".join([self.caption, *body, self.note]).rstrip()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with everything that a reader who cannot see it needs.

    Args:
        title: the finding, as a sentence.
        alt: what the picture shows, short, with the same numbers as the table.
        caption: how to read it; a sentence or more.
        source: where the numbers come from, without a final stop.
        description: more words, where the alt text is not enough.
        key: the figure's id on its page and the name of its CSV.
    """

    title: str
    alt: str
    caption: str
    source: str
    svg: str = field(repr=False)
    table: Table = field(repr=False)
    description: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        empty = [name for name in ("title", "alt", "source", "svg") if not getattr(self, name)]
        if empty:
            raise ValueError(f"a figure needs {', '.join(empty)}")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        inner = self.table._repr_mimebundle_()[TABLE]
        shown = {name: getattr(self, name) for name in self.__slots__}
        return _bundle(FIGURE, {**shown, "table": inner}, "figure", self)

    def __str__(self) -> str:
        return f"{self.title}\n{self.alt}\n\n{self.table}\n{self.caption} Källa: {self.source}."


@dataclass(frozen=True, slots=True)
class Text:
    """Computed sentences, as Markdown."""

    markdown: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/markdown": self.markdown, "text/plain": self.markdown}

    def __str__(self) -> str:
        return self.markdown


@dataclass(frozen=True, slots=True)
class Notice:
    """A few words that must be seen first, such as that the data are made up."""

    text: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return _bundle(NOTICE, {"text": self.text}, "notice", self)

    def __str__(self) -> str:
        return self.text


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

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return _bundle(KEY_FIGURES, asdict(self), "keyfigures", self)

    def __str__(self) -> str:
        return "\n".join(f"{item.label}: {item.value} {item.note}".rstrip() for item in self.items)


def of(
    drawn: Any,
    *,
    data: pd.DataFrame,
    title: str = "",
    alt: str = "",
    source: str | None = None,
    caption: str = "",
    key: str = "",
) -> Figure:
    """Make a figure of the report from any drawing by matplotlib, seaborn, geopandas or pandas.

    Args:
        drawn: axes, a figure, a seaborn grid, or an array of axes.
        data: the numbers that the drawing shows; they become its table.
        source: where they come from; that of the year's survey when the frame knows it.

    Raises:
        Refusal: when title, alt text or source is missing, or `drawn` is no drawing.

    >>> ax = sns.scatterplot(mapped, x="adults", y="value")  # doctest: +SKIP
    >>> figure.of(ax, data=mapped[["name", "adults", "value"]], title="…", alt="…")  # doctest: +SKIP
    """
    source = source or wording.told(data, "source")
    said = {"title": title, "alt": alt, "source": source}
    if missing := [name for name in said if not said[name]]:
        line = ", ".join(f'{name}="{EXAMPLES[name]}"' for name in missing)
        raise refuse(
            f"bilden saknar {swedish.listed(missing)}", f"skriv: figure.of(ax, data=…, {line})"
        )
    if len(data) > MOST_ROWS:
        raise refuse(
            f"bildens tabell skulle få {swedish.number(len(data))} rader",
            "ge data= en tabell med de tal som bilden visar, högst en rad per område, år och fråga",
        )
    canvas = picture.canvas_of(drawn)
    picture.dress(canvas)
    shown = picture.svg(canvas, f"{key}{title}{alt}", tight=True)
    return Figure(title, alt, caption, str(source), shown, twin(data, title), key=key)


def twin(frame: pd.DataFrame, caption: str, note: str = "", key: str = "") -> Table:
    """Set any frame as a table: Swedish headings where they are known, Swedish numbers.

    Geometry is left out, and keys that stand beside their names; a named index comes first.
    """
    twins = {"geometry": "geometry", "area": "name", "measure": "label", "unit": "decimals"}
    unsaid = [name for name, other in twins.items() if other in frame]
    frame = pd.DataFrame(frame).drop(columns=unsaid, errors="ignore")
    if frame.index.name or frame.index.nlevels > 1:
        frame = frame.reset_index()
    kinds = [pd.api.types.is_numeric_dtype(kind) and kind != bool for kind in frame.dtypes]
    heads = [wording.HEADS.get(str(name), str(name)) for name in frame.columns]
    columns = tuple(Column(head, is_number) for head, is_number in zip(heads, kinds, strict=True))
    texts = [wording.column(frame.iloc[:, at]) for at in range(len(heads))]
    return Table(caption, columns, tuple(zip(*texts, strict=True)), note, key=key)


def _bundle(kind: str, shown: dict[str, Any], macro: str, value: object) -> dict[str, Any]:
    """Return the press's JSON, HTML for Lab and plain text."""
    html = getattr(_templates(), macro)(value)
    return {
        kind: json.loads(json.dumps(shown)),  # lists, not tuples: as it is read again
        "text/html": f"<style>{_look(macro)}</style>{html}",
        "text/plain": str(value),
    }


@cache
def _templates() -> Any:
    loader = jinja2.FileSystemLoader(TEMPLATES)
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    return environment.get_template("lab.html.j2").module


@cache
def _look(macro: str) -> str:
    """Return how values look in Lab; a picture brings its face, which Lab does not have."""
    sheets = ["lab.css", *(["face.css"] if macro == "figure" else [])]
    return "".join((TEMPLATES / sheet).read_text("utf-8") for sheet in sheets)
