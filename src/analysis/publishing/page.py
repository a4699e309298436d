"""An executed notebook in; out a page that asks for nothing and runs only its own script, or a PDF."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
import mistune
import typst
from markupsafe import Markup
from mistune.core import BlockState
from nbconvert.exporters import Exporter
from nbformat import NotebookNode, v4

from analysis.errors import Refusal
from analysis.publishing import content

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
OUTLINES = re.compile(r'(<defs><g id="([^"]+)">(.*?)</g></defs>)')
STANDARDS: list[typst.PDFStandard] = ["ua-1", "a-2a"]
NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'  # which HTML does not need


def set_page(found: content.Content) -> str:
    """Set the page."""
    html = _Renderer().html
    return _template().render(found=found, about=found.about, html=html, words=content.words)


class _Renderer(mistune.HTMLRenderer):
    """Mistune's HTML with the template's figures and tables; all other text is escaped."""

    def __init__(self) -> None:
        super().__init__(escape=True)
        self.outlines: dict[str, str] = {}

    def html(self, tokens: Iterable[content.Token]) -> Markup:
        return Markup(self(tokens, BlockState()).replace(NAMESPACE, ""))

    def figure(self, shown: Any, **place: Any) -> str:
        """Set a figure; outlines that several pictures share are in the first of them only."""
        svg = shown["svg"]
        for whole, name, paths in OUTLINES.findall(svg):
            known = self.outlines.setdefault(paths.replace(f'"{name}-', '"-'), name)
            if known != name:
                svg = svg.replace(whole, "").replace(f'"#{name}', f'"#{known}')
        return _macro("figure", shown, Markup(svg.removeprefix("<svg")), **place)

    def grid(self, shown: Any, **place: Any) -> str:
        return _macro("grid", shown, **place)

    def keyfigures(self, shown: Any) -> str:
        return _macro("keyfigures", shown["items"])

    def safe_url(self, url: str) -> str:
        """Let a link that would do harm lead nowhere."""
        return super().safe_url(url).replace("#harmful-link", "#innehall")


@cache
def _template() -> jinja2.Template:
    loader = jinja2.PackageLoader("analysis.publishing")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    environment.filters |= {"sealed": _sealed, "lean": _lean, "styles": STYLE.findall}
    return environment.get_template("page.html.j2")


def _macro(name: str, *shown: Any, **place: Any) -> str:
    return str(getattr(_template().module, name)(*shown, **place))


def _sealed(text: str) -> Markup:
    """Return what the security policy calls a style or a script."""
    return Markup(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'")


def _lean(text: str) -> Markup:
    """Leave out indents and scripts' comments."""
    return Markup(re.sub("^ +|^//.*\n| // .*$", "", text, flags=re.MULTILINE))


def set_pdf(found: content.Content) -> bytes:
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


@cache
def _book() -> typst.Fonts:
    """Return the fonts that Typst may use: our face and Typst's own, never the machine's."""
    folder = Path(str(files("font_source_sans_pro"))) / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])


class PageExporter(Exporter):
    """Export a notebook as a page: `jupyter nbconvert --to rapport_HTML`."""

    output_mimetype = "text/html"
    export_from_notebook = "Rapport (HTML)"
    file_extension = ".html"
    made: Callable[[content.Content], str | bytes] = staticmethod(set_page)

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, Any]:
        """Return what is made and nbconvert's resources.

        In Lab a refusal is a document of its own words: Lab would say "500 : Internal Server
        Error" of an exception; it gives no `unique_key`.
        """
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        name = f"{resources.get('metadata', {}).get('name') or 'notebook'}.ipynb"
        try:
            found = content.of(notebook, name)
        except Refusal as refusal:
            if "config_dir" not in resources or "unique_key" in resources:
                raise
            listed = "".join(f"\n\n- {finding}" for finding in refusal.findings)
            said = v4.new_markdown_cell(f"# Notebooken kan inte bli en rapport än{listed}")
            found = content.of(v4.new_notebook(cells=[said]))
        return self.made(found), resources


class PdfExporter(PageExporter):
    """Export a notebook as PDF: `jupyter nbconvert --to rapport_PDF`."""

    output_mimetype = "application/pdf"
    export_from_notebook = "Rapport (PDF)"
    file_extension = ".pdf"
    made = staticmethod(set_pdf)


def export(kind: str, notebook: NotebookNode, name: str) -> bytes:
    """Return the notebook as a page ("html") or a PDF ("pdf")."""
    exporter: Any = {"html": PageExporter, "pdf": PdfExporter}[kind]
    made, _ = exporter().from_notebook_node(notebook, {"metadata": {"name": name}})
    return made.encode() if isinstance(made, str) else made
