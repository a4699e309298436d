"""Pictures and tables as values that carry title, alt text, source and their own numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from IPython.display import display
from markupsafe import Markup, escape

from analysis.figures.dots import Dots

FIGURE = "application/vnd.analysis.figure+json"
TABLE = "application/vnd.analysis.table+json"
NOTICE = "application/vnd.analysis.notice+json"

Bundle = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and whether it holds numbers (set to the right)."""

    label: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a reader sees it: every cell is a text; the first column names the row.

    Args:
        caption: what the table shows.
        columns: the headings.
        rows: one sequence of texts a row.
        note: a line under the table.
        links: a link for each row's head, or None.
        heads: numbers of the rows that head a group of rows.
        dots: pictures of the rows' numbers, a column beside the rows' heads.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    links: tuple[str, ...] = ()
    heads: frozenset[int] = frozenset()
    dots: Dots | None = None

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.columns)]
        if not self.caption or not self.columns or wrong:
            raise ValueError(f"table {self.caption!r}: caption, columns and even rows: {wrong[:1]}")

    def as_json(self) -> Bundle:
        """Return what the press needs to set the table."""
        return {
            "caption": self.caption,
            "columns": [{"label": item.label, "numeric": item.numeric} for item in self.columns],
            "rows": [list(row) for row in self.rows],
            "note": self.note or None,
            "links": list(self.links) or None,
            "heads": sorted(self.heads),
            "dots": self.dots and self.dots.as_json(),
        }

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return {TABLE: self.as_json(), "text/html": _render("table", self), "text/plain": str(self)}

    def __str__(self) -> str:
        lines = [[item.label for item in self.columns], *map(list, self.rows)]
        widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
        body = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
        return "\n".join([self.caption, *body, self.note]).rstrip()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with everything a reader who cannot see it needs.

    Args:
        title: the finding, as a sentence.
        alt: what the picture shows, short, with the same numbers as the table.
        caption: measure, question, year and number of answers.
        source: where the numbers come from.
        svg: the picture.
        table: the same numbers.
        description: a longer description, where the alt text is not enough.
    """

    title: str
    alt: str
    caption: str
    source: str
    svg: str = field(repr=False)
    table: Table = field(repr=False)
    description: str = ""

    def __post_init__(self) -> None:
        empty = [
            name for name in ("title", "alt", "caption", "source", "svg") if not getattr(self, name)
        ]
        if empty:
            raise ValueError(f"a figure needs {', '.join(empty)}")

    def as_json(self) -> Bundle:
        """Return what the press needs to set the figure."""
        texts = {name: getattr(self, name) for name in ("title", "alt", "caption", "source", "svg")}
        return {
            **texts,
            "description": self.description or None,
            "table": self.table.as_json(),
        }

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return {
            FIGURE: self.as_json(),
            "text/html": _render("figure", self),
            "text/plain": str(self),
        }

    def __str__(self) -> str:
        return f"{self.title}\n{self.alt}\n\n{self.table}\n{self.caption} Källa: {self.source}"


@dataclass(frozen=True, slots=True)
class Figures:
    """Several pictures that belong together, shown one after the other."""

    figures: tuple[Figure, ...]

    def _ipython_display_(self) -> None:
        display(*self.figures)

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.figures))


@dataclass(frozen=True, slots=True)
class Notice:
    """A few words that must be seen first, such as that the data are made up."""

    text: str

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return {
            NOTICE: {"text": self.text},
            "text/markdown": f"> {self.text}",
            "text/plain": self.text,
        }

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Words:
    """Computed sentences, as Markdown."""

    text: str

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return {"text/markdown": self.text, "text/plain": self.text}

    def __str__(self) -> str:
        return self.text


def table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    numeric: Sequence[str] = (),
    note: str = "",
    links: Sequence[str] = (),
) -> Table:
    """Make a table; `numeric` names the columns that hold numbers."""
    heads = tuple(Column(label, label in numeric) for label in columns)
    return Table(caption, heads, tuple(tuple(row) for row in rows), note, tuple(links))


def plain(markdown: str) -> str:
    """Make free text safe inside Markdown: marks stand as themselves.

    >>> plain("*Råslätt* [x]")
    '\\\\*Råslätt\\\\* \\\\[x\\\\]'
    """
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(markdown.split()))


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["svg"] = _drawn
    environment.globals["dot"] = lambda dots, row: Markup(dots.svg(row))
    return environment


def _drawn(svg: str, alt: str) -> str:
    """Give the root of our own SVG its role and its name; nothing else is marked safe."""
    named = escape(alt)
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{named}" ', 1))


@cache
def _style() -> str:
    """Return the look of figures and tables in Lab; pages have their own."""
    return f"<style>{(Path(__file__).parent / 'templates/lab.css').read_text('utf-8')}</style>"


def _render(name: str, value: object) -> str:
    variables: Mapping[str, object] = {name: value}
    found: str = _environment().get_template(f"{name}.html.j2").render(variables)
    return _style() + found
