"""The rules that every finished page keeps, whatever the notebook gave it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

from analysis.errors import Finding, Refusal

Attributes = dict[str, str]

FORBIDDEN = frozenset(["script", "iframe", "object", "embed", "base", "form"])
FETCHES = ("src", "srcset", "poster", "data", "background")


class _Reader(HTMLParser):
    """Collect the elements of a page, and the text of its title."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.title = ""
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.inside.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.inside[-1:] == ["title"] and "svg" not in self.inside:
            self.title += data


def check(html: str) -> None:
    """Refuse a page that breaks a rule.

    Raises:
        Refusal: naming every broken rule.
    """
    found = [Finding(fault, "rätta figuren, tabellen eller texten") for fault in faults(html)]
    if found:
        raise Refusal(found)


def faults(html: str) -> Iterator[str]:
    """Say which rules a page breaks."""
    reader = _Reader()
    reader.feed(html)
    elements = reader.elements
    if not any(tag == "html" and attributes.get("lang") for tag, attributes in elements):
        yield "sidan säger inte sitt språk"
    if not reader.title.strip():
        yield "sidan saknar titel"
    yield from _headings([int(tag[1]) for tag, _ in elements if tag in _LEVELS])
    yield from _names(elements)
    yield from _tables(elements)
    for tag, attributes in elements:
        yield from _element(tag, attributes)


_LEVELS = frozenset(f"h{level}" for level in range(1, 7))


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


def _tables(elements: list[tuple[str, Attributes]]) -> Iterator[str]:
    tags = Counter(tag for tag, _ in elements)
    if tags["table"] != tags["caption"]:
        yield f"{tags['table']} tabeller men {tags['caption']} tabellrubriker"
    for tag, attributes in elements:
        if tag == "th" and attributes.get("scope") not in ("col", "row"):
            yield "ett tabellhuvud saknar scope"


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
