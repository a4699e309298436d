"""An executed notebook in, one self-contained page out: no request, no code, no script but the map's."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
import mistune
from markupsafe import Markup
from mistune.core import BlockState
from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from analysis.publishing import content, fonts

STYLED = re.compile(r'(<[a-zA-Z][^<>]*?)\sstyle="([^"]*)"')
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
INDENT = re.compile(r"^ +", re.MULTILINE)
WALKED = ' data-to="'  # a map with places to go to
OUTLINES = re.compile(r'(<defs><g id="([^"]+)">(.*?)</g></defs>)')
FOLDED = re.compile(r'<details class="numbers">.*?</details>', re.DOTALL)
TABLE = re.compile(
    r'<section class="scroll"[^>]*aria-label="([^"]*)".*?</section>(\s*<p class="note">.*?</p>)?',
    re.DOTALL,
)


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
        return render(content.of(notebook)), resources


def render(found: content.Content) -> str:
    """Set the page."""
    start = next((n for n, block in enumerate(found.blocks) if _is_section(block)), None)
    intro, rest = found.blocks[:start], found.blocks[start:] if start is not None else ()
    top = next(n for n, block in enumerate(intro) if block["type"] == "heading") + 1
    sections = found.headings(2)
    script = _script(found.blocks)
    body, rules = _hoisted(
        _template().render(
            found=found,
            about=found.about,
            sections=sections if len(sections) >= 3 else (),
            head=_html(intro[:top]),
            notices=[_html(notice) for notice in found.notices],
            intro=_html(intro[top:]),
            rest=_html(rest),
            footer=_html(content.parse(found.about.get("footer", ""))),
            script=Markup(script),
            script_hash=Markup(_hash(script)),
        )
    )
    return _sealed(
        _said_once(_drawn_once(body)), "\n".join([fonts.faces(), _text("page.css"), *rules])
    )


def _script(blocks: Iterable[content.Token]) -> str:
    """Return the maps' script, without its indents, where there is a map to walk; else nothing."""
    shown = (block["attrs"]["html"] for block in blocks if block["type"] == "figure")
    return INDENT.sub("", _text("map.js")) if any(WALKED in html for html in shown) else ""


def _is_section(block: content.Token) -> bool:
    return bool(block["type"] == "heading" and block["attrs"]["level"] == 2)


def _html(tokens: Iterable[content.Token]) -> Markup:
    return Markup(_Renderer(escape=True)(tokens, BlockState()))


class _Renderer(mistune.HTMLRenderer):
    """Mistune's HTML with our figures and tables; all other text is escaped."""

    def figure(self, html: str) -> str:
        return html

    def grid(self, html: str) -> str:
        return html

    def unlinked(self, text: str) -> str:
        return text

    def table(self, text: str, caption: str = "Tabell") -> str:
        name = mistune.escape(caption)
        return (
            f'<section class="scroll" tabindex="0" aria-label="{name}">\n'
            f'<table class="data"><caption class="visually-hidden">{name}</caption>\n'
            f"{text}</table></section>\n"
        )

    def table_head(self, text: str) -> str:
        return f"<thead><tr>{text}</tr></thead>\n"

    def table_body(self, text: str) -> str:
        return f"<tbody>\n{text}</tbody>\n"

    def table_row(self, text: str) -> str:
        return f"<tr>{text}</tr>\n"

    def table_cell(
        self, text: str, align: str | None = None, head: bool = False, row: bool = False
    ) -> str:
        number = ' class="number"' if align == "right" else ""
        if head or row:
            return f'<th scope="{"col" if head else "row"}"{number}>{text}</th>'
        return f"<td{number}>{text}</td>"


def _drawn_once(html: str) -> str:
    """Write the outlines that several pictures share in the first of them only."""
    first: dict[str, str] = {}
    for whole, name, paths in OUTLINES.findall(html):
        known = first.setdefault(paths.replace(f'"{name}-', '"-'), name)
        if known != name:
            html = html.replace(whole, "").replace(f'"#{name}', f'"#{known}')
    return html


def _said_once(html: str) -> str:
    """Keep one of the tables that are the same, rather an open than a folded; link to it elsewhere."""
    folds = [match.span() for match in FOLDED.finditer(html)]
    kept: dict[str, int] = {}
    for match in sorted(
        TABLE.finditer(html), key=lambda one: any(low < one.start() < high for low, high in folds)
    ):
        kept.setdefault(match[0], match.start())
    names = {table: f"tabell-{number}" for number, table in enumerate(kept, 1)}

    def said(match: re.Match[str]) -> str:
        name = names[match[0]]
        if kept[match[0]] == match.start():
            return match[0].replace("<section", f'<section id="{name}"', 1)
        return f'<p>Siffrorna står i tabellen <a href="#{name}">{match[1]}</a>.</p>'

    return TABLE.sub(said, html)


def _hoisted(html: str) -> tuple[str, list[str]]:
    """Move style attributes, which the page's security policy forbids, into rules."""
    seen: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        number = seen.setdefault(match[2], str(len(seen)))
        return f'{match[1]} data-s="{number}"'

    moved = STYLED.sub(name, html)
    return moved, [
        f'[data-s="{number}"]{{{style.replace("&quot;", chr(39)).replace("&#39;", chr(39))}}}'
        for style, number in seen.items()
    ]


def _sealed(html: str, style: str) -> str:
    """Put the style in its place, and the hashes of all styles in the policy."""
    styled = html.replace("<style></style>", f"<style>{style}</style>", 1)
    hashes = sorted({_hash(match[1]) for match in STYLE.finditer(styled)})
    return styled.replace("'STYLES'", " ".join(hashes), 1)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_text("page.html.j2"))


@cache
def _text(name: str) -> str:
    return (files("analysis.publishing") / "templates" / name).read_text("utf-8")
