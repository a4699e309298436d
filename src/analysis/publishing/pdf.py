"""An executed notebook in, one tagged PDF out; the document is data that a fixed template walks."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import typst
from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from analysis.publishing import content, fonts

STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]
WORDS = {"contents": "Innehåll"}
ABROAD = ("http://", "https://", "mailto:")
SIZES = (9.8, 9.5, 9.3)  # points: a document of one page is set as large as there is room for


class PdfExporter(Exporter):
    """Export a notebook as PDF: `jupyter nbconvert --to rapport_PDF`."""

    output_mimetype = "application/pdf"
    export_from_notebook = "Rapport (PDF)"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[bytes, Any]:
        """Return the PDF and nbconvert's resources; a Refusal if a picture lacks its words."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return render(content.of(notebook)), resources


def render(found: content.Content) -> bytes:
    """Set the PDF (PDF/UA-1 and PDF/A-2a); the same bytes for the same content."""
    document = _document(found)
    text = json.dumps(document, ensure_ascii=False)
    for size in SIZES if document["form"] == "page" else SIZES[:1]:
        compiler = _compiler(text, size)
        if compiler.query("<pages>", field="value", one=True) == "1":
            break
    compiled = compiler.compile(
        input=_template(),  # given anew: Typst forgets bytes after one use
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=0,
    )
    assert isinstance(compiled, bytes)
    return compiled


def has_threads() -> bool:
    """Say whether Typst has started its threads here: a fork of this process would then hang."""
    return _compiler.cache_info().currsize > 0


def _document(found: content.Content) -> dict[str, Any]:
    """Gather what the template walks."""
    top = next(n for n, block in enumerate(found.blocks) if block["type"] == "heading") + 1
    form = found.about.get("form", "plain")
    body = found.blocks[top:]
    main, side = _columns(body) if form == "page" else (list(_with_tables(body)), [])
    date = datetime.date.fromisoformat(str(found.about.get("date", "2000-01-01")))
    return {
        "title": found.title,
        "site": found.about.get("site", found.title),
        "author": found.about.get("author", found.about.get("site", found.title)),
        "lang": found.lang,
        "date": {"year": date.year, "month": date.month, "day": date.day},
        "form": form,
        "words": WORDS,
        "head": _printed(found.blocks[:top]),
        "notices": [_printed(notice) for notice in found.notices],
        "body": _printed(main),
        "side": _printed(side),
        "footer": _printed(content.parse(found.about.get("footer", ""))),
    }


def _columns(blocks: Iterable[content.Token]) -> tuple[list[content.Token], list[content.Token]]:
    """Divide a page: words and tables in the wide column, pictures and what is short beside."""
    sections: list[list[content.Token]] = [[]]
    for block in blocks:
        if block["type"] == "heading" and block["attrs"]["level"] == 2:
            sections.append([])
        sections[-1].append(block)
    main: list[content.Token] = []
    side: list[content.Token] = []
    for number, section in enumerate(sections):
        is_wide = number == 0 or any(block["type"] == "grid" for block in section)
        for block in section:
            (main if is_wide and block["type"] != "figure" else side).append(block)
    return main, side


def _with_tables(blocks: Sequence[content.Token]) -> Iterator[content.Token]:
    """Let each figure's table follow it, once; a table shown in the text needs no second place."""
    known = [block["data"] for block in blocks if block["type"] == "grid"]
    for block in blocks:
        yield block
        if block["type"] == "figure" and block["data"]["table"] not in known:
            known.append(block["data"]["table"])
            yield {"type": "grid", "data": block["data"]["table"]}


def _printed(tokens: Iterable[content.Token]) -> list[content.Token]:
    """Leave out what paper cannot use: HTML, and links to pages beside this one."""
    return [_without_near_links(token) for token in tokens]


def _without_near_links(token: content.Token) -> content.Token:
    if token["type"] == "figure":
        figure = token["data"]
        said = " ".join(filter(None, [figure["alt"], figure.get("description")]))
        return {"type": "figure", "data": {**figure, "alt": said}}
    if token["type"] == "grid":
        return {"type": "grid", "data": token["data"]}
    near = token["type"] == "link" and not token["attrs"]["url"].lower().startswith(ABROAD)
    children = _printed(token.get("children", ()))
    kept = {"type": "unlinked"} if near else token
    return {**kept, "children": children} if "children" in token else kept


@lru_cache(maxsize=1)
def _compiler(document: str, size: float) -> typst.Compiler:
    return typst.Compiler(
        _template(),
        font_paths=fonts.book(),
        ignore_system_fonts=True,
        sys_inputs={"doc": document, "size": str(size)},
    )


@cache
def _template() -> bytes:
    return (files("analysis.publishing") / "templates" / "report.typ").read_bytes()
