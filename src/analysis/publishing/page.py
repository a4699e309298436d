"""An executed notebook in, one self-contained page out: no request, no code, scripts by hash."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import mistune
from markupsafe import Markup
from mistune.core import BlockState
from nbconvert.exporters import Exporter
from nbformat import NotebookNode, v4

from analysis.errors import Refusal
from analysis.publishing import content

STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
OUTLINES = re.compile(r'(<defs><g id="([^"]+)">(.*?)</g></defs>)')
NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'  # which HTML does not need


class PageExporter(Exporter):
    """Export a notebook as a page: `jupyter nbconvert --to rapport_HTML`."""

    output_mimetype = "text/html"
    export_from_notebook = "Rapport (HTML)"
    file_extension = ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[Any, Any]:
        """Return what is made and nbconvert's resources; a Refusal if it would be unsound."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return self.made(of_export(notebook, resources)), resources

    def made(self, found: content.Content) -> str | bytes:
        return render(found)


def of_export(notebook: NotebookNode, resources: Mapping[str, Any]) -> content.Content:
    """Read the notebook of an export; in Lab, a refusal is a document of its own words.

    Lab would say "500 : Internal Server Error" of an exception; it gives no `unique_key`.
    """
    name = f"{resources.get('metadata', {}).get('name') or 'notebook'}.ipynb"
    try:
        return content.of(notebook, name)
    except Refusal as refusal:
        if "config_dir" not in resources or "unique_key" in resources:
            raise
        listed = "".join(f"\n\n- {finding}" for finding in refusal.findings)
        said = v4.new_markdown_cell(f"# Notebooken kan inte bli en rapport än{listed}")
        return content.of(v4.new_notebook(cells=[said]))


def render(found: content.Content) -> str:
    """Set the page."""
    return _template().render(
        found=found,
        about=found.about,
        html=_Renderer().html,
        words=content.words,
        text=_text,
        styles=STYLE.findall,
        sealed=_sealed,
    )


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
        return str(_macros().figure(shown, Markup(svg.removeprefix("<svg")), **place))

    def grid(self, shown: Any, **place: Any) -> str:
        return str(_macros().grid(shown, **place))

    def keyfigures(self, shown: Any) -> str:
        return str(_macros().keyfigures(shown["items"]))

    def safe_url(self, url: str) -> str:
        """Let a link that would do harm lead nowhere."""
        return super().safe_url(url).replace("#harmful-link", "#innehall")


def _sealed(text: str) -> Markup:
    """Return what the security policy calls a style or a script."""
    return Markup(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_text("page.html.j2"))


@cache
def _macros() -> Any:
    return _template().module


@cache
def _text(name: str) -> Markup:
    """Read a template without its indents and its scripts' comments."""
    text = (files("analysis.publishing") / "templates" / name).read_text("utf-8")
    return Markup(re.sub("^ +|^//.*\n| // .*$", "", text, flags=re.MULTILINE))
