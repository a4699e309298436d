"""The rules that every finished page keeps: those read in its text, without a browser."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

from analysis.publishing.content import PLACEHOLDER

Attributes = dict[str, str]

VOID = frozenset(["br", "hr", "img", "input", "link", "meta", "source", "wbr"])
FORBIDDEN = frozenset(["iframe", "object", "embed", "base", "form"])
FETCHES = ("src", "srcset", "poster", "data", "background")
LEVELS = frozenset(f"h{level}" for level in range(1, 7))
LANDMARKS = frozenset(["aside", "nav", "section"])
NUMBER = re.compile(r"\d+,\d+")


class _Reader(HTMLParser):
    """Collect the elements of a page, the text of title and script, and what pictures and tables say."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.title = ""
        self.scripts: list[str] = []
        self.alts: list[str] = []
        self.cells = ""
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.inside.append(tag)
        if tag == "script":
            self.scripts.append("")
        if tag == "svg" and attributes.get("role") == "img":
            self.alts.append(attributes.get("aria-label", ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.inside[-1:] == ["title"] and "svg" not in self.inside:
            self.title += data
        elif self.inside[-1:] == ["script"]:
            self.scripts[-1] += data
        elif "table" in self.inside:
            self.cells += f" {data}"


def title(html: str) -> str:
    """Return a page's title."""
    reader = _Reader()
    reader.feed(html)
    return reader.title


def faults(html: str) -> Iterator[str]:
    """Say which rules a page breaks."""
    reader = _Reader()
    reader.feed(html)
    elements = reader.elements
    if [attributes.get("lang") for tag, attributes in elements if tag == "html"] != ["sv"]:
        yield "sidan säger inte att den är på svenska"
    if not reader.title.strip():
        yield "sidan saknar titel"
    yield from _headings([int(tag[1]) for tag, _ in elements if tag in LEVELS])
    yield from _names(elements)
    yield from _landmarks(elements)
    yield from _tables(elements)
    yield from _pictures(reader)
    yield from _scripts(reader)
    for tag, attributes in elements:
        yield from _element(tag, attributes)


def _headings(levels: list[int]) -> Iterator[str]:
    if levels.count(1) != 1:
        yield f"sidan har {levels.count(1)} rubriker av högsta nivån"
    for before, after in zip([0, *levels], levels, strict=False):
        if after > before + 1:
            yield f"rubrikerna hoppar från nivå {before} till {after}"


def _names(elements: list[tuple[str, Attributes]]) -> Iterator[str]:
    names = Counter(attributes["id"] for _, attributes in elements if "id" in attributes)
    yield from (f"id ”{name}” finns {count} gånger" for name, count in names.items() if count > 1)
    for _, attributes in elements:
        wanted = f"{attributes.get('aria-labelledby', '')} {attributes.get('aria-describedby', '')}"
        anchor = attributes.get("href", "")
        for name in [*wanted.split(), *([anchor[1:]] if anchor.startswith("#") else [])]:
            if name not in names:
                yield f"”{name}” pekas ut men finns inte"


def _landmarks(elements: list[tuple[str, Attributes]]) -> Iterator[str]:
    names = [attributes.get("aria-label", "") for tag, attributes in elements if tag in LANDMARKS]
    yield from (f"”{name}” är två delars namn" for name, n in Counter(names).items() if n > 1)


def _tables(elements: list[tuple[str, Attributes]]) -> Iterator[str]:
    tags = Counter(tag for tag, _ in elements)
    if tags["table"] != tags["caption"]:
        yield f"{tags['table']} tabeller men {tags['caption']} tabellrubriker"
    for tag, attributes in elements:
        if tag == "th" and attributes.get("scope") not in ("col", "row"):
            yield "ett tabellhuvud saknar scope"


def _pictures(reader: _Reader) -> Iterator[str]:
    for alt in reader.alts:
        if PLACEHOLDER.fullmatch(alt.strip(" .").casefold()) or len(alt) < 15:
            yield f"alt-texten säger inget: {alt}"
        strange = set(NUMBER.findall(alt)) - set(NUMBER.findall(reader.cells))
        if strange:
            yield f"alt-texten har tal som inte står i någon tabell: {', '.join(sorted(strange))}"


def _scripts(reader: _Reader) -> Iterator[str]:
    """Allow one script, the one that the page's security policy names by its hash."""
    policies = [at.get("content", "") for tag, at in reader.elements if "http-equiv" in at]
    allowed = [word for policy in policies for word in re.findall(r"script-src ([^;]+)", policy)]
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in reader.scripts
    ]
    if len(hashes) > 1 or (hashes or ["'none'"]) != (allowed or ["'none'"]):
        yield f"sidan har {len(hashes)} skript, inte precis det som säkerhetsregeln nämner"


def _element(tag: str, attributes: Attributes) -> Iterator[str]:
    if tag in FORBIDDEN:
        yield f"sidan har ett <{tag}>"
    if tag == "svg" and not (
        attributes.get("aria-hidden") == "true"
        or (attributes.get("role") and {"aria-label", "aria-labelledby"} & set(attributes))
    ):
        yield "en bild (svg) saknar role eller namn"
    if tag == "img" and "alt" not in attributes:
        yield "en bild (img) saknar alt"
    for name, value in attributes.items():
        link = (
            name in ("href", "xlink:href") and tag != "a" and not value.startswith(("#", "data:"))
        )
        if link or (name in FETCHES and not value.startswith("data:")):
            yield f"<{tag} {name}> hämtar något utifrån: {value[:60]}"
        if name == "style" or name.startswith("on"):
            yield f"<{tag}> har {name}, som sidans säkerhetsregel stoppar"
