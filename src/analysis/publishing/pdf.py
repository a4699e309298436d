"""An executed notebook in, one tagged PDF out; the document is data that a fixed template walks."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from analysis.publishing import content, grids

STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]
WORDS = {"contents": "Innehåll", "notice": "Observera", "numbers": "Siffrorna står i tabellen"}
ABROAD = ("http://", "https://", "mailto:")
SIZES = (9.8, 9.5, 9.2, 8.9, 8.6, 8.3)  # points: a page of one sheet is as large as there is room
WIDEST = 104  # letters of a table; a wider one is divided
NARROW = 260  # units of a picture that may stand in the column beside


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
        return render(content.of_export(notebook, resources)), resources


def render(found: content.Content) -> bytes:
    """Set the PDF (PDF/UA-1 and PDF/A-2a); the same bytes for the same content."""
    document = _document(found)
    text = json.dumps(document, ensure_ascii=False)
    for size in SIZES if document["form"] == "page" else SIZES[:1]:
        compiler = typst.Compiler(
            str(_folder() / "report.typ"),
            root=str(_folder()),
            font_paths=_book(),
            sys_inputs={"doc": text, "size": str(size)},
        )
        if size == SIZES[-1] or document["form"] != "page" or _is_one_page(compiler):
            break
    compiled = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=0)
    assert isinstance(compiled, bytes)
    return compiled


def has_threads() -> bool:
    """Say whether Typst has started its threads here: a fork of this process would then hang."""
    return _book.cache_info().currsize > 0


def _is_one_page(compiler: typst.Compiler) -> bool:
    return bool(compiler.query("<pages>", field="value", one=True) == "1")


def _document(found: content.Content) -> dict[str, Any]:
    """Gather what the template walks."""
    head, lead, rest = found.parts()
    form = found.about.get("form", "plain")
    main, side = _columns(lead, rest) if form == "page" else (rest, [])
    date = datetime.date.fromisoformat(str(found.about.get("date", "2000-01-01")))
    long = [text for first, text in found.notices if len(text) > len(first) + 8]
    return {
        "title": found.title,
        "site": found.about.get("site", found.title),
        "author": found.about.get("author", found.about.get("site", found.title)),
        "lang": found.lang,
        "date": {"year": date.year, "month": date.month, "day": date.day},
        "form": form,
        "words": WORDS,
        "head": _printed(head),
        "notices": [first for first, _ in found.notices],
        "lead": [] if form == "page" else _printed(lead),
        "body": _printed(main, form == "page"),
        "side": _printed(side, form == "page"),
        "whole_notices": _printed(content.parse("\n\n".join(long))),
        "footer": _printed(content.parse(found.about.get("footer", ""))),
    }


def _columns(
    lead: list[content.Token], rest: list[content.Token]
) -> tuple[list[content.Token], list[content.Token]]:
    """Divide a page: words and tables in the wide column, small pictures and what is short beside."""
    sections: list[list[content.Token]] = [[]]
    for block in rest:
        if block["attrs"].get("level") == 2:
            sections.append([])
        sections[-1].append(block)
    main, side = [], []
    for block in lead:
        (side if _is_narrow(block) else main).append(block)
    for section in sections:
        is_wide = any(block["type"] in ("grid", "figure", "table") for block in section)
        (main if is_wide else side).extend(section)
    return main, side


def _is_narrow(block: content.Token) -> bool:
    return block["type"] == "figure" and _units(block["attrs"]["shown"]["svg"])[0] <= NARROW


def _units(svg: str) -> tuple[float, float]:
    """Read how wide and high a picture is in its own units."""
    box = re.search(r'viewBox="\S+ \S+ (\S+) ([^"]+)"', svg)
    return (float(box[1]), float(box[2])) if box else (374.0, 240.0)


def _printed(tokens: Iterable[content.Token], is_page: bool = False) -> list[content.Token]:
    """Leave out links to pages beside this one; let tables follow their figures, if there is room."""
    return [made for token in tokens for made in _print(token, is_page)]


def _print(token: content.Token, is_page: bool) -> Iterator[content.Token]:
    attrs = token.get("attrs", {})
    if token["type"] in ("figure", "grid"):
        shown = attrs["shown"]
        if token["type"] == "figure":
            alt = " ".join(filter(None, [shown["alt"], shown.get("description")]))
            drawn = {"svg": shown["svg"], "units": _units(shown["svg"]), "same": attrs["same"]}
            said = {name: shown[name] for name in ("title", "caption", "source")}
            yield {"type": "figure", "data": {**said, **drawn, "alt": alt}}
        if not attrs["same"] and not (is_page and token["type"] == "figure"):
            parts = grids.divided(shown.get("table", shown), WIDEST)
            yield from ({"type": "grid", "data": part, "id": attrs["id"]} for part in parts[:1])
            yield from ({"type": "grid", "data": part} for part in parts[1:])
        elif token["type"] == "grid":
            yield {"type": "same", "data": {"caption": shown["caption"], "same": attrs["same"]}}
    else:
        near = token["type"] == "link" and not attrs["url"].lower().startswith(ABROAD)
        kept = {"type": "unlinked"} if near else token
        children = {"children": _printed(token["children"])} if "children" in token else {}
        yield {**kept, **children}


@cache
def _book() -> typst.Fonts:
    """Return the fonts that Typst may use: the report's face and Typst's own, never the machine's."""
    folder = Path(str(files("font_source_sans_pro"))) / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


@cache
def _folder() -> Path:
    return Path(str(files("analysis.publishing"))) / "templates"
