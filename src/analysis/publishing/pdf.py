"""An executed notebook in, one tagged PDF out; the document is data that a fixed template walks."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst

from analysis.publishing import content, page

STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]


def render(found: content.Content) -> bytes:
    """Set the PDF (PDF/UA-1 and PDF/A-2a); the same bytes for the same content."""
    folder = Path(str(files("analysis.publishing"))) / "templates"
    compiled = typst.compile(
        folder / "report.typ",
        root=folder,
        font_paths=_book(),
        sys_inputs={"doc": json.dumps(asdict(found), ensure_ascii=False)},
        format="pdf",
        pdf_standards=STANDARDS,
        timestamp=0,
    )
    assert isinstance(compiled, bytes)
    return compiled


def has_threads() -> bool:
    """Say whether Typst has started its threads here: a fork of this process would then hang."""
    return _book.cache_info().currsize > 0


@cache
def _book() -> typst.Fonts:
    """Return the fonts that Typst may use: our face and Typst's own, never the machine's."""
    folder = Path(str(files("font_source_sans_pro"))) / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


class PdfExporter(page.PageExporter):
    """Export a notebook as PDF: `jupyter nbconvert --to rapport_PDF`."""

    output_mimetype = "application/pdf"
    export_from_notebook = "Rapport (PDF)"
    file_extension = ".pdf"
    made = staticmethod(render)
