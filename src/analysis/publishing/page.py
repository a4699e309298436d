"""An executed notebook in, one self-contained page out: no request, no code, scripts by hash."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import unescape
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

STYLED = re.compile(r'(<[a-zA-Z][^<>]*?)\sstyle="([^"]*)"')
NAMED = re.compile(r' (?:role|aria-label|aria-hidden)="[^"]*"')
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
OUTLINES = re.compile(r'(<defs><g id="([^"]+)">(.*?)</g></defs>)')
HEAD = re.compile(r'<table class="data([^"]*)">(.*?<thead><tr>(.*?)</tr></thead>)', re.DOTALL)
COLUMN = re.compile(r'<th scope="col"([^>]*)>(.*?)</th>', re.DOTALL)
NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'  # which HTML does not need
WALKED = ' data-to="'  # a map with places to go to


class PageExporter(Exporter):
    """Export a notebook as a page: `jupyter nbconvert --to rapport_HTML`."""

    output_mimetype = "text/html"
    export_from_notebook = "Rapport (HTML)"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kw: Any
    ) -> tuple[str, Any]:
        """Return the page and nbconvert's resources; a Refusal if the page would be unsound."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return render(of_export(notebook, resources)), resources


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
    head, lead, rest = found.parts()
    first = next((n for n, block in enumerate(lead) if block["type"] == "figure"), len(lead))
    sections = [block for block in rest if block["attrs"].get("level") == 2]
    body = _template().render(
        found=found,
        about=found.about,
        sections=[(block["attrs"]["id"], content.words(block)) for block in sections],
        head=_html(head),
        lead=_html(lead[:first]),
        picture=_html(lead[first:]),
        rest=_html(rest),
        is_more=content.is_more,
        markdown=lambda text: _html(content.parse(text)),
    )
    return _sealed(_drawn_once(STYLED.sub(_as_attributes, body).replace(NAMESPACE, "")))


def _html(tokens: Iterable[content.Token]) -> Markup:
    return Markup(_Renderer(escape=True)(tokens, BlockState()))


class _Renderer(mistune.HTMLRenderer):
    """Mistune's HTML with the template's figures and tables; all other text is escaped."""

    def figure(self, shown: Any, **place: Any) -> str:
        head, drawn = shown["svg"].removeprefix("<svg").split(">", 1)
        svg = Markup(f"{NAMED.sub('', head)}>{drawn}")
        return str(_macros().figure(shown, svg, **place))

    def grid(self, shown: Any, **place: Any) -> str:
        return str(_macros().grid(shown, **place))

    def keyfigures(self, figures: Any) -> str:
        return str(_macros().keyfigures(figures))

    def unlinked(self, text: str) -> str:
        return text

    def render_token(self, token: content.Token, state: BlockState) -> str:
        """Set a Markdown table as ours, with the marks in its cells."""
        if token["type"] != "table":
            return super().render_token(token, state)
        head, body = token["children"]
        rows = [
            [Markup(self.render_tokens(cell["children"], state)) for cell in row["children"]]
            for row in [head, *body["children"]]
        ]
        numeric = [cell["attrs"]["align"] == "right" for cell in head["children"]]
        columns = [
            {"label": content.words(cell), "numeric": is_number}
            for cell, is_number in zip(head["children"], numeric, strict=True)
        ]
        shown = {**token["attrs"], "columns": columns, "rows": rows[1:], "is_quiet": True}
        return str(_macros().tables([shown]))


def _drawn_once(html: str) -> str:
    """Write the outlines that several pictures share in the first of them only."""
    first: dict[str, str] = {}
    for whole, name, paths in OUTLINES.findall(html):
        known = first.setdefault(paths.replace(f'"{name}-', '"-'), name)
        if known != name:
            html = html.replace(whole, "").replace(f'"#{name}', f'"#{known}')
    return html


def _as_attributes(match: re.Match[str]) -> str:
    """Write a picture's style as attributes: a strict policy forbids style attributes."""
    pairs = (pair.split(":", 1) for pair in match[2].split(";") if ":" in pair)
    return match[1] + "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs)


def _named(html: str) -> tuple[str, str]:
    """Say what a table's columns are in the style sheet: once, not in every cell of a telephone."""
    looks: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        look = looks.setdefault(match[3], f"h{len(looks)}")
        return f'<table class="data {look}{match[1]}">{match[2]}'

    named, rules = HEAD.sub(name, html), []
    for heads, look in looks.items():
        for at, (kind, label) in enumerate(COLUMN.findall(heads), start=1):
            said = re.sub(r'["\\<\n]', lambda sign: f"\\{ord(sign[0]):x} ", unescape(label))
            rules.append(f'.{look} td:nth-child({at}){{--name:"{said} "}}')
            if "number" in kind:
                rules.append(f".{look} td:nth-child({at}){{text-align:right;white-space:nowrap}}")
    return named, "".join(rules)


def _sealed(html: str) -> str:
    """Put style and script in their places, and the hashes of all in the policy."""
    html, names = _named(html)
    needed = ["map.js"] * (WALKED in html) + ["tables.js"] * ("<table" in html)
    script = "".join(map(_text, needed))
    style = f"<style>{_text('faces.css')}{_text('page.css')}{names}</style>"
    html = html.replace("<style></style>", style, 1)
    html = html.replace("<script></script>", f"<script>{script}</script>" if script else "", 1)
    hashes = sorted({_hash(match[1]) for match in STYLE.finditer(html)})
    html = html.replace("'STYLES'", " ".join(hashes), 1)
    return html.replace("'SCRIPT'", _hash(script) if script else "'none'", 1)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_text("page.html.j2"))


@cache
def _macros() -> Any:
    return _template().module


@cache
def _text(name: str) -> str:
    """Read a template without its indents and its scripts' comments."""
    text = (files("analysis.publishing") / "templates" / name).read_text("utf-8")
    return re.sub("^ +|^//.*\n| // .*$", "", text, flags=re.MULTILINE)
