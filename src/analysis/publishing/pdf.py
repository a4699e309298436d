"""An executed notebook in, one tagged PDF out; the document is data that a fixed template walks."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from analysis.publishing import content, page

STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]
WORDS = {"contents": "Innehåll", "notice": "Observera", "numbers": "Siffrorna står i tabellen"}
SIZES = ("9.8", "9.3", "8.8", "8.3")  # points: a page of one sheet is as large as there is room


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
        return render(page.of_export(notebook, resources)), resources


def render(found: content.Content) -> bytes:
    """Set the PDF (PDF/UA-1 and PDF/A-2a); the same bytes for the same content."""
    is_page = found.about.get("form") == "page"
    text = json.dumps(_document(found), ensure_ascii=False)
    for size in SIZES if is_page else SIZES[:1]:
        compiler = typst.Compiler(
            str(_folder() / "report.typ"),
            root=str(_folder()),
            font_paths=_book(),
            sys_inputs={"doc": text, "size": size},
        )
        if is_page and compiler.query("<pages>", field="value", one=True) == "1":
            break
    compiled = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=0)
    assert isinstance(compiled, bytes)
    return compiled


def has_threads() -> bool:
    """Say whether Typst has started its threads here: a fork of this process would then hang."""
    return _book.cache_info().currsize > 0


def _document(found: content.Content) -> dict[str, Any]:
    """Gather what the template walks."""
    head, lead, rest = found.parts()
    site = found.about.get("site", found.title)
    whole = "\n\n".join(text for first, text in found.notices if content.is_more(first, text))
    return {
        "title": found.title,
        "site": site,
        "author": found.about.get("author", site),
        "lang": found.lang,
        "date": str(found.about.get("date", "2000-01-01")),
        "form": found.about.get("form", "plain"),
        "words": WORDS,
        "head": head,
        "notices": [first for first, _ in found.notices],
        "lead": lead,
        "body": rest,
        "closing": content.parse(whole),
        "footer": content.parse(found.about.get("footer", "")),
    }


@cache
def _book() -> typst.Fonts:
    """Return the fonts that Typst may use: our face and Typst's own, never the machine's."""
    folder = Path(str(files("font_source_sans_pro"))) / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


@cache
def _folder() -> Path:
    return Path(str(files("analysis.publishing"))) / "templates"
