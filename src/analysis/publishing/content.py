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
from analysis.errors import Finding, raise_if_any, refuse
from analysis.publishing import grids

FIGURE = "application/vnd.analysis.figure+json"
TABLE = "application/vnd.analysis.table+json"
NOTICE = "application/vnd.analysis.notice+json"
KEY_FIGURES = "application/vnd.analysis.keyfigures+json"
KINDS = {NOTICE: "notice", KEY_FIGURES: "keyfigures", FIGURE: "figure", TABLE: "grid"}
NEEDED = ("title", "alt", "source", "svg", "table")
SHORTEST = 15  # letters of an alt text; a shorter one says nothing
FIRST = re.compile(r"(?:\*\*)?(.+?)(?:\*\*|(?<=[.!?])\s|$)", re.DOTALL)  # of a notice
OURS = 'skriv sist i cellen: figure.of(ax, data=…, title="…", alt="…"), tables.of(…) eller Text(…)'

Token = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader is given, as mistune's block tokens and our own of `KINDS`.

    Attributes:
        title: the words of the only top heading.
        about: the notebook's metadata for publishing: lang, site, home, pdf, nav, footer …
        notices: what must be seen first: its first sentence, and where it is more, all of it.
        head: the top heading; then, before the first section, `lead` and from a figure `picture`.
        rest: the sections.
        footer: what ends every page.
    """

    title: str
    about: Mapping[str, Any]
    notices: list[tuple[str, list[Token]]]
    head: list[Token]
    lead: list[Token]
    picture: list[Token]
    rest: list[Token]
    footer: list[Token]


def of(notebook: NotebookNode, name: str = "notebooken") -> Content:
    """Read an executed notebook; cells tagged "analyst" are not for the reader.

    Raises:
        Refusal: with everything that a reader would miss: errors, pictures without words,
            outputs that cannot be shown, headings out of order.
    """
    cells = [cell for cell in notebook.cells if "analyst" not in cell.metadata.get("tags", ())]
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    if code and not any(cell.outputs or cell.execution_count for cell in code):
        raise refuse("inga celler är körda", "kör notebooken först (Run All Cells)", file=name)
    tokens = [token for cell in cells for token in _of_cell(cell)]
    notices = dict.fromkeys(tok["attrs"]["shown"]["text"] for tok in tokens if _is(tok, "notice"))
    shown = _spoken([token for token in tokens if not _is(token, "notice")])
    raise_if_any(_faults(shown, name))
    blocks = grids.once(list(_placed(shown)))
    levels = [block["attrs"].get("level") for block in blocks] + [2]
    top, end = levels.index(1) + 1, levels.index(2)
    drawn = [*(block["type"] for block in blocks[:end]), "figure"].index("figure", top)
    about = notebook.metadata.get("analysis", {})
    return Content(
        title=words(blocks[top - 1]),
        about=about,
        notices=[_begun(text) for text in notices],
        head=blocks[:top],
        lead=blocks[top:drawn],
        picture=blocks[drawn:end],
        rest=blocks[end:],
        footer=parse(about.get("footer") or ""),
    )


def parse(markdown: str) -> list[Token]:
    """Parse Markdown to tokens; HTML in it is text, and a table is as any other."""
    tokens = [token for token in _markdown()(markdown) if isinstance(token, dict)]
    return [
        _of_table(token) if _is(token, "table") else token
        for token in tokens
        if not _is(token, "blank_line")
    ]


def words(token: Token) -> str:
    """Return the text of a token without its marks."""
    return "".join(
        " " if _is(part, "softbreak", "linebreak") else part.get("raw", "")
        for part in _within(token)
    )


@cache
def _markdown() -> mistune.Markdown:
    return mistune.create_markdown(renderer=None, plugins=["table"])


def _is(token: Token, *kinds: str) -> bool:
    return token["type"] in kinds


def _within(token: Token) -> Iterator[Token]:
    yield token
    for child in token.get("children", ()):
        yield from _within(child)


def _begun(notice: str) -> tuple[str, list[Token]]:
    """Return what is bold first in a notice, else its first sentence; all, if it is more."""
    first = FIRST.findall(notice)[0]
    return first, parse(notice) if len(notice) > len(first) + 8 else []


def _of_cell(cell: NotebookNode) -> Iterator[Token]:
    if cell.cell_type == "markdown":
        yield from parse(cell.source)
    for output in cell.get("outputs", ()):
        if output.output_type == "error":
            what = f"cellen slutade med {output.ename}: {output.evalue}"
            yield _fault(what, "rätta cellen och kör notebooken igen")
        elif output.output_type != "stream":  # prints are the run's, not the reader's
            yield from _of_bundle(output.data)


def _of_bundle(data: Mapping[str, Any]) -> list[Token]:
    """Turn one output into tokens, of the richest form that we know; else into a fault."""
    if ours := [
        {"type": KINDS[kind], "attrs": {"shown": data[kind]}} for kind in KINDS.keys() & data
    ]:
        return ours
    if not any(kind.startswith("image/") for kind in data):
        if "text/markdown" in data:
            return parse(data["text/markdown"])
        if table := grids.of_html(data.get("text/html", "")):
            return [{"type": "grid", "attrs": {"shown": table}}]
    what = str(data.get("text/plain") or ", ".join(data))[:60]
    return [_fault(f"cellen visar något som rapporten inte kan visa: {what}", OURS)]


def _fault(what: str, remedy: str) -> Token:
    return {"type": "fault", "what": what, "remedy": remedy}


def _of_table(token: Token) -> Token:
    """Make Markdown's table one of ours; its cells are words alone."""
    if any(_is(part, "link", "image") for part in _within(token)):
        return _fault("en tabell i löpande text har en länk", "skriv länken under tabellen")
    head, *body = token["children"]
    columns = [
        {"label": words(cell), "numeric": cell["attrs"]["align"] == "right"}
        for cell in head["children"]
    ]
    rows = [[words(cell) for cell in row["children"]] for part in body for row in part["children"]]
    return {
        "type": "grid",
        "attrs": {"shown": {"columns": columns, "rows": rows, "is_quiet": True}},
    }


def _spoken(tokens: list[Token]) -> list[Token]:
    """Leave out headings, below the first level, that nothing is said under."""
    kept: list[Token] = []
    after = 0  # the level of the heading that follows at once
    for token in reversed(tokens):
        level = token["attrs"]["level"] if _is(token, "heading") else 9
        if level in (1, 9) or level < after:
            kept.append(token)
            after = level
    return kept[::-1]


def _placed(tokens: Iterable[Token]) -> Iterator[Token]:
    """Give headings, figures and tables ids of their own, and nameless tables a name."""
    taken: Counter[str] = Counter()
    heading = ""
    for token in tokens:
        attrs, name = dict(token.get("attrs", ())), ""
        if _is(token, "heading"):
            heading = words(token)
            name = f"a-{swedish.slug(heading)}"
        elif _is(token, "figure", "grid"):
            shown = attrs["shown"] = {"caption": heading, **attrs["shown"]}
            kind, said = ("figur", "title") if _is(token, "figure") else ("tabell", "caption")
            name = shown.get("key") or f"{kind}-{swedish.slug(shown[said])[:40]}"
        if name:
            taken[name] += 1
            attrs["id"] = name if taken[name] == 1 else f"{name}-{taken[name]}"
        yield {**token, "attrs": attrs}


def _faults(tokens: Iterable[Token], name: str) -> Iterator[Finding]:
    place, above, tops = name, 0, 0
    for token in tokens:
        if _is(token, "heading"):
            place, level = f"{name}, under ”{words(token)}”", token["attrs"]["level"]
            if level > above + 1:
                what = f"rubriken hoppar från nivå {above} till {level}"
                yield Finding(what, "låt rubrikerna gå ett steg i taget", place)
            above, tops = level, tops + (level == 1)
        elif _is(token, "fault"):
            yield Finding(token["what"], token["remedy"], place)
        elif _is(token, "figure"):
            shown = token["attrs"]["shown"]
            said = {**shown, "alt": len(shown["alt"] or "") >= SHORTEST}
            if missing := [part for part in NEEDED if not said.get(part)]:
                what = f"en figur saknar {', '.join(missing)}"
                yield Finding(what, "ge figuren alla dess delar", place)
        if any(_is(part, "image") for part in _within(token)):
            yield Finding("en bild i löpande text har varken källa eller siffror", OURS, place)
    if tops != 1:
        what = f"sidan har {tops} rubriker av högsta nivån"
        yield Finding(what, "ha en enda rubrik med ett nummertecken (# …)", name)
