"""An executed notebook in, its checked content out: one stream of tokens for page and PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import mistune
from nbformat import NotebookNode

from analysis import swedish
from analysis.errors import Finding, Refusal, refuse
from analysis.publishing import grids

FIGURE = "application/vnd.analysis.figure+json"
TABLE = "application/vnd.analysis.table+json"
NOTICE = "application/vnd.analysis.notice+json"
KEY_FIGURES = "application/vnd.analysis.keyfigures+json"
WIDGET = "application/vnd.jupyter.widget-view+json"
NEEDED = ("title", "alt", "source", "svg", "table")
PLACEHOLDER = re.compile(
    r"alt|bild(en)?|chart|diagram|figur|figure|graf|image|img|karta|map|picture|plot|todo"
    r"|no description( has been provided for this image)?"
)
SAFE_LINK = re.compile(r"(?:https?://|mailto:|\.{0,2}/(?!/)|#|[^:/?#]+(?:[/?#]|$))", re.IGNORECASE)
DRAWING = re.compile(r"\W*(?:<Axes|<Figure|<matplotlib|<seaborn|Text\(|array\(\[+<Axes|<\w*Grid)")
OURS = 'skriv sist i cellen: figure.of(ax, data=…, title="…", alt="…")'

Token = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader is given.

    Attributes:
        title: the words of the only top heading.
        about: the notebook's metadata for publishing: lang, site, home, pdf, nav, footer …
        notices: what must be seen first: its first sentence, and all of it as Markdown.
        blocks: mistune's block tokens, and our own "figure", "grid" and "keyfigures".
    """

    title: str
    about: Mapping[str, Any]
    notices: tuple[tuple[str, str], ...]
    blocks: tuple[Token, ...]

    @property
    def lang(self) -> str:
        """The language of the text."""
        return str(self.about.get("lang", "sv"))

    def parts(self) -> tuple[list[Token], list[Token], list[Token]]:
        """Divide the blocks: the top heading, what is before the first section, the sections."""
        levels = [block["attrs"].get("level", 0) for block in self.blocks]
        top = levels.index(1) + 1
        end = levels.index(2) if 2 in levels else len(levels)
        return (list(self.blocks[:top]), list(self.blocks[top:end]), list(self.blocks[end:]))


def of(notebook: NotebookNode, name: str = "") -> Content:
    """Read an executed notebook; cells tagged "analyst" are not for the reader.

    Raises:
        Refusal: with everything that a reader would miss: errors, pictures without words,
            outputs that cannot be shown, headings out of order.
    """
    cells = [cell for cell in notebook.cells if "analyst" not in cell.metadata.get("tags", ())]
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if code and not any(cell.outputs or cell.execution_count for cell in code):
        raise refuse("inga celler är körda", "kör notebooken först (Run All Cells)", file=name)
    blocks = [block for cell in cells for block in _of_cell(cell)]
    notices = {block["text"]: None for block in blocks if _is(block, "notice")}
    shown = _spoken([block for block in blocks if not _is(block, "notice", "fault")])
    if faults := [*_faults(blocks, name), *_heading_faults(shown, name)]:
        raise Refusal(faults)
    placed = tuple(grids.once(list(_placed(shown))))
    title = next(words(block) for block in placed if _is(block, "heading"))
    about = notebook.metadata.get("analysis", {})
    return Content(title, about, tuple((_first(text), text) for text in notices), placed)


def parse(markdown: str) -> list[Token]:
    """Parse Markdown to tokens; HTML in it is text, and links lead only where they may."""
    tokens = _markdown()(markdown)
    assert isinstance(tokens, list)
    return [_tamed(token) for token in tokens if not _is(token, "blank_line")]


def words(token: Token) -> str:
    """Return the text of a token without its marks."""
    if _is(token, "softbreak", "linebreak"):
        return " "
    return str(token.get("raw", "")) + "".join(map(words, token.get("children", ())))


@cache
def _markdown() -> mistune.Markdown:
    return mistune.create_markdown(renderer=None, plugins=["table"])


def _is(token: Token, *kinds: str) -> bool:
    return token["type"] in kinds


def _first(notice: str) -> str:
    """Return what is bold first in a notice, else its first sentence."""
    plain = " ".join(words(block) for block in parse(notice))
    bold = re.match(r"\W*\*\*(.+?)\*\*", notice)
    return bold[1] if bold else re.split(r"(?<=[.!?]) ", plain)[0]


def is_more(first: str, notice: str) -> bool:
    """Say whether a notice is more than its first sentence."""
    return len(notice) > len(first) + 8


def _tamed(token: Token) -> Token:
    """Make unsafe links plain text."""
    children = [
        _tamed(child) for child in token.get("children", ()) if not _is(child, "blank_line")
    ]
    if _is(token, "link") and not SAFE_LINK.match(token["attrs"]["url"]):
        return {"type": "unlinked", "children": children}
    return {**token, "children": children} if "children" in token else token


def _of_cell(cell: NotebookNode) -> Iterator[Token]:
    if cell.cell_type == "markdown":
        yield from parse(cell.source)
    outputs = cell.get("outputs", ())
    has_picture = any("image/" in " ".join(output.get("data", ())) for output in outputs)
    for output in outputs:
        if output.output_type == "error":
            what = f"cellen slutade med {output.ename}: {output.evalue}"
            yield _fault(what, "rätta cellen och kör notebooken igen")
        elif output.output_type != "stream":  # prints are the run's, not the reader's
            plain = str(output.data.get("text/plain", ""))
            if not (has_picture and DRAWING.match(plain) and len(output.data) == 1):
                yield from _of_bundle(output.data, plain)


def _of_bundle(data: Mapping[str, Any], plain: str) -> Iterator[Token]:
    """Turn one output into tokens, of the richest form that we know; else into a fault."""
    if NOTICE in data:
        yield {"type": "notice", "text": data[NOTICE]["text"]}
    elif KEY_FIGURES in data:
        yield {"type": "keyfigures", "attrs": {"figures": data[KEY_FIGURES]["items"]}}
    elif FIGURE in data:
        yield {"type": "figure", "attrs": {"shown": data[FIGURE]}}
    elif TABLE in data:
        yield {"type": "grid", "attrs": {"shown": data[TABLE]}}
    elif WIDGET in data:
        yield _fault("en widget kan inte stå i en rapport", f"välj ett läge och {OURS}")
    elif any(kind.startswith("image/") for kind in data) or DRAWING.match(plain):
        yield _fault("en bild utan titel, alt-text och siffror", OURS)
    elif "text/markdown" in data:
        yield from parse(data["text/markdown"])
    elif table := grids.of_html(data.get("text/html", "")):
        yield {"type": "grid", "attrs": {"shown": table}}
    else:
        what = f"cellen visar något som rapporten inte kan visa: {plain[:60] or ', '.join(data)}"
        yield _fault(what, "visa figure.of(…), tables.of(…) eller Text(…), eller ta bort raden")


def _fault(what: str, remedy: str) -> Token:
    return {"type": "fault", "what": what, "remedy": remedy}


def _spoken(blocks: list[Token]) -> list[Token]:
    """Leave out headings, below the first level, that nothing is said under."""
    kept: list[Token] = []
    for block in reversed(blocks):
        level = block["attrs"]["level"] if _is(block, "heading") else 0
        after: Token = kept[-1] if kept else {"type": "heading", "attrs": {"level": 1}}
        if level <= 1 or not _is(after, "heading") or after["attrs"]["level"] > level:
            kept.append(block)
    return kept[::-1]


def _placed(blocks: Iterable[Token]) -> Iterator[Token]:
    """Give headings, figures and tables ids of their own, and nameless tables a name."""
    taken: Counter[str] = Counter()
    heading = ""
    for block in blocks:
        attrs, name = dict(block.get("attrs", ())), ""
        if _is(block, "heading"):
            heading = words(block)
            name = f"a-{swedish.slug(heading)}"
        elif _is(block, "table"):
            attrs = {"caption": heading}
        elif _is(block, "figure", "grid"):
            shown = {"caption": heading, **attrs["shown"]}
            kind, said = ("figur", "title") if _is(block, "figure") else ("tabell", "caption")
            name = shown.get("key") or f"{kind}-{swedish.slug(shown[said])[:40]}"
            attrs["shown"] = shown
        if name:
            taken[name] += 1
            attrs["id"] = name if taken[name] == 1 else f"{name}-{taken[name]}"
        yield {**block, "attrs": attrs}


def _faults(blocks: Iterable[Token], name: str) -> Iterator[Finding]:
    place = name
    for block in blocks:
        if _is(block, "heading"):
            place = f"{name}, under ”{words(block)}”".removeprefix(", ")
        elif _is(block, "fault"):
            yield Finding(block["what"], block["remedy"], place)
        elif _is(block, "figure"):
            yield from _figure_faults(block["attrs"]["shown"], place)
        if _has_image(block):
            yield Finding("en bild i löpande text har varken källa eller siffror", OURS, place)


def _has_image(token: Token) -> bool:
    return _is(token, "image") or any(map(_has_image, token.get("children", ())))


def _figure_faults(figure: Mapping[str, Any], place: str) -> Iterator[Finding]:
    name = figure.get("title") or "en figur"
    if missing := [part for part in NEEDED if not figure.get(part)]:
        yield Finding(f"”{name}” saknar {', '.join(missing)}", "ge figuren alla dess delar", place)
    if PLACEHOLDER.fullmatch(str(figure.get("alt", "")).strip(" .").casefold()):
        yield Finding(f"”{name}” har en alt-text som inget säger", "säg vad bilden visar", place)


def _heading_faults(blocks: Iterable[Token], name: str) -> Iterator[Finding]:
    headings = [
        (block["attrs"]["level"], words(block)) for block in blocks if _is(block, "heading")
    ]
    tops = [said for level, said in headings if level == 1]
    if len(tops) != 1:
        what = f"sidan har {len(tops)} rubriker av högsta nivån: {', '.join(tops)}"
        yield Finding(what, "ha en enda rubrik med ett nummertecken (# …)", name)
    for (before, _), (level, said) in zip([(0, ""), *headings], headings, strict=False):
        if level > before + 1:
            what = f"rubriken ”{said}” hoppar från nivå {before} till {level}"
            yield Finding(what, "låt rubrikerna gå ett steg i taget", name)
