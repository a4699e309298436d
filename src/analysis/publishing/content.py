"""An executed notebook in, its checked content out: one stream of tokens for page and PDF."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import mistune
from nbformat import NotebookNode

from analysis.errors import Finding, Refusal

FIGURE = "application/vnd.analysis.figure+json"
TABLE = "application/vnd.analysis.table+json"
NOTICE = "application/vnd.analysis.notice+json"
NEEDED = ("title", "alt", "caption", "source", "svg", "table")
PLACEHOLDERS = frozenset(
    [
        "alt",
        "bild",
        "bilden",
        "chart",
        "diagram",
        "figur",
        "figure",
        "graf",
        "image",
        "img",
        "karta",
        "map",
        "picture",
        "plot",
        "todo",
        "untitled",
    ]
) | {"no description", "no description has been provided for this image"}
SAFE_LINK = re.compile(r"(?:https?://|mailto:|\.{0,2}/(?!/)|#|[^:/?#]+(?:[/?#]|$))", re.IGNORECASE)

LAB_STYLE = re.compile(r"\A<style>.*?</style>", re.DOTALL)  # for the analyst; pages have their own

Token = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader is given.

    Attributes:
        title: the words of the only top heading.
        about: the notebook's metadata for the press: lang, site, home, pdf, footer …
        notices: what must be seen first, each a list of block tokens.
        blocks: mistune's block tokens, and our own "figure" and "table".
    """

    title: str
    about: Mapping[str, Any]
    notices: tuple[list[Token], ...]
    blocks: tuple[Token, ...]

    @property
    def lang(self) -> str:
        """The language of the text."""
        return str(self.about.get("lang", "sv"))

    def headings(self, level: int) -> list[tuple[str, str]]:
        """List (id, words) of the headings of a level."""
        found = (block for block in self.blocks if block["type"] == "heading")
        return [
            (block["attrs"]["id"], words(block))
            for block in found
            if block["attrs"]["level"] == level
        ]


def of(notebook: NotebookNode) -> Content:
    """Read an executed notebook.

    Raises:
        Refusal: with everything that a reader would miss: errors, pictures without words,
            outputs that cannot be shown, headings out of order.
    """
    blocks = [block for cell in notebook.cells for block in _of_cell(cell)]
    notices = {block["text"]: None for block in blocks if block["type"] == "notice"}
    spoken = _spoken([block for block in blocks if block["type"] not in ("notice", "fault")])
    shown = tuple(_placed(spoken))
    faults = [*_faults(blocks), *_heading_faults(shown)]
    if faults:
        raise Refusal(faults)
    top = next(block for block in shown if block["type"] == "heading")
    about = notebook.metadata.get("analysis", {})
    return Content(words(top), about, tuple(map(parse, notices)), shown)


def parse(markdown: str) -> list[Token]:
    """Parse Markdown to tokens; HTML in it is text, and links lead only where they may."""
    tokens = _markdown()(markdown)
    assert isinstance(tokens, list)
    return [_tamed(token) for token in tokens if token["type"] != "blank_line"]


def words(token: Token) -> str:
    """Return the text of a token without its marks."""
    if token["type"] in ("softbreak", "linebreak"):
        return " "
    return str(token.get("raw", "")) + "".join(map(words, token.get("children", ())))


def slug(text: str) -> str:
    """Make an identifier of a heading.

    >>> slug("Vad ökar i Österängen?")
    'vad-okar-i-osterangen'
    """
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "avsnitt"


@cache
def _markdown() -> mistune.Markdown:
    return mistune.create_markdown(renderer=None, plugins=["table"])


def _tamed(token: Token) -> Token:
    """Make unsafe links plain text and mark the cells that name their row."""
    children = [
        _tamed(child) for child in token.get("children", ()) if child["type"] != "blank_line"
    ]
    if token["type"] == "link" and not SAFE_LINK.match(token["attrs"]["url"]):
        return {"type": "unlinked", "children": children}
    if token["type"] == "table_row":
        children[0] = {**children[0], "attrs": {**children[0]["attrs"], "row": True}}
    return {**token, "children": children} if "children" in token else token


def _of_cell(cell: NotebookNode) -> Iterator[Token]:
    if cell.cell_type == "markdown":
        yield from parse(cell.source)
    for output in cell.get("outputs", ()):
        if output.output_type == "error":
            yield _fault(f"cellen slutade med {output.ename}: {output.evalue}", "rätta cellen")
        elif output.output_type != "stream":
            yield from _of_bundle(output.data)


def _of_bundle(data: Mapping[str, Any]) -> Iterator[Token]:
    """Turn one output into tokens, the richest form that the press knows."""
    if NOTICE in data:
        yield {"type": "notice", "text": data[NOTICE]["text"]}
    elif FIGURE in data or TABLE in data:
        kind = FIGURE if FIGURE in data else TABLE
        name = "figure" if kind == FIGURE else "grid"
        yield {
            "type": name,
            "data": data[kind],
            "attrs": {"html": LAB_STYLE.sub("", data.get("text/html", ""))},
        }
    elif "text/markdown" in data:
        yield from parse(data["text/markdown"])
    else:
        shown = str(data.get("text/plain", ", ".join(data)))[:60]
        yield _fault(
            f"cellen visar något som sidan inte kan visa: {shown}",
            "visa en figur, en tabell eller ord (Figure, Table, Words), eller avsluta raden med ;",
        )


def _spoken(blocks: Sequence[Token]) -> list[Token]:
    """Leave out headings, below the first level, that nothing is said under."""
    kept: list[Token] = []
    for block in reversed(blocks):
        level = block["attrs"]["level"] if block["type"] == "heading" else 0
        after: Token = kept[-1] if kept else {"type": "heading", "attrs": {"level": 1}}
        if level > 1 and after["type"] == "heading" and after["attrs"]["level"] <= level:
            continue
        kept.append(block)
    return kept[::-1]


def _fault(what: str, remedy: str) -> Token:
    return {"type": "fault", "what": what, "remedy": remedy}


def _placed(blocks: Iterable[Token]) -> Iterator[Token]:
    """Give every heading its own id and every Markdown table the name of its heading."""
    taken: dict[str, int] = {}
    heading = ""
    for block in blocks:
        if block["type"] == "heading":
            heading = words(block)
            base = slug(heading)
            taken[base] = taken.get(base, 0) + 1
            name = base if taken[base] == 1 else f"{base}-{taken[base]}"
            yield {**block, "attrs": {**block["attrs"], "id": f"a-{name}"}}
        elif block["type"] == "table":
            yield {**block, "attrs": {"caption": f"Tabell: {heading}"}}
        else:
            yield block


def _faults(blocks: Iterable[Token]) -> Iterator[Finding]:
    heading = ""
    for block in blocks:
        if block["type"] == "heading":
            heading = words(block)
        elif block["type"] == "fault":
            yield Finding(block["what"], block["remedy"], f"under ”{heading}”")
        elif block["type"] == "figure":
            yield from _figure_faults(block, f"under ”{heading}”")
        if "image" in _kinds(block):
            yield Finding(
                "en bild i löpande text har ingen källa och ingen tabell",
                "visa den som en figur (Figure)",
                f"under ”{heading}”",
            )


def _kinds(token: Token) -> set[str]:
    return {token["type"]}.union(*map(_kinds, token.get("children", ())))


def _figure_faults(block: Token, place: str) -> Iterator[Finding]:
    figure = block["data"]
    name = figure.get("title") or "en figur"
    for part in NEEDED:
        if not figure.get(part):
            yield Finding(f"”{name}” saknar {part}", "ge figuren alla dess delar", place)
    if str(figure.get("alt", "")).strip(" .").casefold() in PLACEHOLDERS:
        yield Finding(f"”{name}” har en alt-text som inget säger", "säg vad bilden visar", place)
    if not block["attrs"]["html"]:
        yield Finding(f"”{name}” saknar text/html", "visa den som Figure", place)


def _heading_faults(blocks: Iterable[Token]) -> Iterator[Finding]:
    headings = [block for block in blocks if block["type"] == "heading"]
    tops = [words(block) for block in headings if block["attrs"]["level"] == 1]
    if len(tops) != 1:
        yield Finding(
            f"sidan har {len(tops)} rubriker av högsta nivån: {', '.join(tops)}",
            "ha en enda rubrik med ett nummertecken (# …)",
        )
    level = 0
    for block in headings:
        if block["attrs"]["level"] > level + 1:
            yield Finding(
                f"rubriken ”{words(block)}” hoppar från nivå {level} till {block['attrs']['level']}",
                "låt rubrikerna gå ett steg i taget",
            )
        level = block["attrs"]["level"]
