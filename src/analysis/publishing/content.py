"""An executed notebook in, its checked content out: one stream of tokens for page and PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
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
NEEDED = {"title": 1, "alt": 15, "source": 1, "svg": 1, "table": 1}  # and letters at least
FIRST = re.compile(r"(?:\*\*)?(.+?)(?:\*\*|(?<=[.!?])\s|$)", re.DOTALL)  # of a notice
MADE = re.compile(r"^(\w+) = (?:figure\.of|(?:maps|charts|tables)\.\w+)\(", re.MULTILINE)
SILENT = re.compile(  # the reader's, and silenced by its last sign
    r"^(?:figure\.of|(?:maps|charts|tables|about|findings|registers)\.\w+)\([\s\S]*\)\s*;\s*\Z",
    re.MULTILINE,
)
OURS = 'skriv sist i cellen: figure.of(ax, data=…, title="…", alt="…"), tables.of(…) eller Text(…)'
MARKDOWN: Any = mistune.create_markdown(renderer=None, plugins=["table"])

Token = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """What a reader is given, as mistune's block tokens and our own of `KINDS`."""

    title: str  # the words of the only top heading
    about: Mapping[str, Any]  # the notebook's metadata: lang, site, home, pdf, nav, footer …
    notices: list[tuple[str, list[Token]]]  # first sentences and, where there is more, all of it
    head: list[Token]  # the top heading
    lead: list[Token]  # before the first section
    picture: list[Token]  # the same, from the first figure on
    rest: list[Token]  # the sections
    footer: list[Token]  # what ends every page


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
    named = Counter(re.findall(r"\w+", "\n".join(cell.source for cell in code)))
    tokens = [token for cell in cells for token in (*_of_cell(cell), *_unshown(cell, named))]
    about = notebook.metadata.get("analysis", {})
    notices = [token["attrs"]["shown"]["text"] for token in tokens if _is(token, "notice")]
    notices += filter(None, [about.get("notice")])  # of the run, not of the notebook
    shown = _spoken([token for token in tokens if not _is(token, "notice")])
    raise_if_any(_faults(shown, name))
    blocks = grids.once(list(_placed(shown)))
    levels = [block["attrs"].get("level") for block in blocks] + [2]
    top, end = levels.index(1) + 1, levels.index(2)
    drawn = [*(block["type"] for block in blocks[:end]), "figure"].index("figure", top)
    parts = (blocks[:top], blocks[top:drawn], blocks[drawn:end], blocks[end:])
    footer = parse(about.get("footer") or "")
    return Content(
        words(blocks[top - 1]), about, [*map(_begun, dict.fromkeys(notices))], *parts, footer
    )


def parse(markdown: str) -> list[Token]:
    """Parse Markdown to tokens; HTML in it is text, and a table is as any other."""
    tokens = [token for token in MARKDOWN(markdown) if not _is(token, "blank_line")]
    return [_of_table(token) if _is(token, "table") else token for token in tokens]


def words(token: Token) -> str:
    """Return the text of a token without its marks."""
    return "".join(
        " " if _is(part, "softbreak", "linebreak") else part.get("raw", "")
        for part in _within(token)
    )


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
            yield _token("fault", Finding(what, "rätta cellen och kör notebooken igen"))
        elif output.output_type != "stream":  # prints are the run's, not the reader's
            yield from _of_bundle(output.data)


def _unshown(cell: NotebookNode, named: Mapping[str, int]) -> Iterator[Token]:
    """Refuse what a cell makes for the reader and never shows."""
    source = cell.source if cell.cell_type == "code" else ""
    is_shown = any(output.output_type != "stream" for output in cell.get("outputs", ()))
    for name in MADE.findall(source):
        if named[name] == 1 or (
            not is_shown and re.search(rf"^{name}\s*;\s*\Z", source, re.MULTILINE)
        ):
            yield _token("fault", Finding(f"”{name}” visas aldrig", f"skriv {name} sist i cellen"))
    if not is_shown and SILENT.search(source):
        what = "cellen slutar med semikolon, så att inget visas"
        yield _token("fault", Finding(what, "ta bort semikolonet"))


def _of_bundle(data: Mapping[str, Any]) -> list[Token]:
    """Turn one output into tokens, of the richest form that we know; else into a fault."""
    if ours := [_token(KINDS[mime], data[mime]) for mime in KINDS if mime in data]:
        return ours
    if not any(mime.startswith("image/") for mime in data):
        if "text/markdown" in data:
            return parse(data["text/markdown"])
        if table := grids.of_html(data.get("text/html", "")):
            return [_token("grid", table)]
    what = f"något som rapporten inte kan visa: {data.get('text/plain') or ', '.join(data)}"
    return [_token("fault", Finding(f"cellen visar {what[:99]}", OURS))]


def _of_table(token: Token) -> Token:
    """Make Markdown's table one of ours; its cells are words alone."""
    if any(_is(part, "link") for part in _within(token)):
        return _token("fault", Finding("en länk i en tabell i löpande text", "skriv den under"))
    head, body = (part["children"] for part in token["children"])
    aligned = [(words(cell), cell["attrs"]["align"]) for cell in head]
    columns = [{"label": label, "numeric": side == "right"} for label, side in aligned]
    rows = [[words(cell) for cell in row["children"]] for row in body]
    return _token("grid", {"is_quiet": True, "columns": columns, "rows": rows})


def _token(kind: str, shown: Any) -> Token:
    return {"type": kind, "attrs": {"shown": shown}}


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
    place, above = name, 0
    steps = "ha en enda rubrik med ett nummertecken (# …), och låt de andra gå ett steg i taget"
    for token in tokens:
        if _is(token, "heading"):
            place, level = f"{name}, under ”{words(token)}”", token["attrs"]["level"]
            if level > above + 1 or (level == 1 and above):
                yield Finding(f"en rubrik på nivå {level} står efter nivå {above}", steps, place)
            above = level
        elif _is(token, "fault"):
            yield replace(token["attrs"]["shown"], file=place)
        elif _is(token, "figure"):
            shown = token["attrs"]["shown"]
            missing = [part for part in NEEDED if len(shown.get(part) or "") < NEEDED[part]]
            if missing:
                yield Finding(f"en figur saknar {', '.join(missing)}", "ge den alla delar", place)
        if any(_is(part, "image") for part in _within(token)):
            yield Finding("en bild i löpande text har varken källa eller siffror", OURS, place)
    if not above:
        yield Finding("sidan har ingen rubrik", steps, name)
