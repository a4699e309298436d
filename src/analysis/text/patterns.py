"""Sentence patterns: a block of a *.md.j2 file and its numbers in, Markdown out.

Python chooses the block and gives it its numbers; a communicator edits the words. Names and other
texts from data are escaped, so that they never become links or marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from analysis import swedish
from analysis.figures import wording
from analysis.figures.figure import Text
from analysis.figures.wording import Row

HERE = Path(__file__).parent
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
BARE = ("index", "share", "%", "")  # units that are not said after a number


class Markdown(str):
    """A text whose marks are meant."""

    __slots__ = ()


def said(name: str, /, **values: Any) -> Markdown:
    """Fill a pattern with its numbers: `said("findings.power", points=20)`.

    Args:
        name: the file without suffix, a stop, and the block.
    """
    file, block = name.split(".")
    template = _environment().get_template(f"{file}.md.j2")
    written = "".join(template.blocks[block](template.new_context(values)))
    return Markdown(re.sub(" {2,}", " ", written).strip())


def paragraph(*sentences: str) -> Text | None:
    """Join the sentences that there are; None where there are none."""
    return Text(Markdown(" ".join(filter(None, sentences)))) if any(sentences) else None


def paragraphs(*parts: str) -> Text | None:
    """Set each part that there is as a paragraph or a list of its own."""
    return Text(Markdown("\n\n".join(filter(None, parts)))) if any(parts) else None


def plain(text: object) -> str:
    """Escape what Markdown would read as a mark or HTML."""
    return SPECIAL.sub(r"\\\1", str(text).replace("\n", " "))


def value(row: Row, column: str = "value") -> str:
    """Say a row's number in running text: 1,27, 55 procent, 6,5 kronor."""
    unit = "" if row["unit"] in BARE else f"{swedish.NO_BREAK}{row['unit']}"
    return spoken(wording.value(row, column)) + unit


def interval(row: Row) -> str:
    """Say a row's interval in running text: 1,22–1,32, 20–31 procent."""
    return spoken(wording.interval(row))


def percent(number: float, decimals: int = 0) -> str:
    """Say per cent in running text, without sign: 16 procent."""
    return f"{swedish.number(abs(number), decimals)}{swedish.NO_BREAK}procent"


def listed(names: Sequence[str]) -> Markdown:
    """List names, each escaped: ”Råslätt, Öxnehaga och Österängen”."""
    return Markdown(swedish.listed([str(_escaped(name)) for name in names]))


def lowered(words: str) -> str:
    """Begin with a small letter, inside a sentence; an abbreviation such as MDMA is left."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def spoken(written: str) -> str:
    """Say per cent in words."""
    return written.replace(f"{swedish.NO_BREAK}%", f"{swedish.NO_BREAK}procent")


def _escaped(shown: object) -> object:
    return shown if isinstance(shown, Markdown) else plain(shown)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(  # Markdown, escaped by finalize
        loader=jinja2.FileSystemLoader(HERE),
        finalize=_escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "as_is": Markdown,
        "bare": lambda written: written.removesuffix(f"{swedish.NO_BREAK}procent"),
        "capitalised": lambda words: type(words)(swedish.capitalised(words)),
        "counted": swedish.counted,
        "extract": lambda key, names: names[key],
        "figure": wording.value,
        "in_words": lambda count: swedish.counted(count, "område", "områden").split(" ")[0],
        "interval": interval,
        "listed": listed,
        "lowered": lowered,
        "many": lambda *counted: swedish.capitalised(swedish.counted(*counted)),
        "moved": lambda percent: spoken(wording.percent(percent)),
        "number": swedish.number,
        "percent": percent,
        "value": value,
        "verdict": wording.verdict,
        "verdict_word": wording.VERDICTS.get,
    }
    return environment
