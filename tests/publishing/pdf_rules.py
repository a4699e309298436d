"""The rules that every finished PDF keeps, read from its structure tree and from what it shows."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pypdf

HEADING = re.compile(r"/H[1-6]$")
CLAIMS = {
    "PDF/UA-1": b"<pdfuaid:part>1<",
    "PDF/A-2": b"<pdfaid:part>2<",
    "nivå A": b"<pdfaid:conformance>A<",
}
WHOLE = frozenset(
    ["/Figure", "/Caption", "/P", "/TR", "/TOC", "/L", *(f"/H{n}" for n in range(1, 7))]
)


SMALLEST, LEAST_FULL = 6.95, 0.6  # points; part of a page's height within its margins
TOP, BOTTOM = 842 - 71, 65  # points from the foot of an A4
LONGEST = 40  # rows of a table that there is room for on a page


@dataclass(frozen=True)
class Element:
    """A part of the document: its kind, the object itself, and the pages that it is on."""

    kind: str
    item: pikepdf.Object
    parent: str
    pages: tuple[int, ...]


def faults(data: bytes) -> list[str]:
    """Say which rules a PDF breaks."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        parts = elements(pdf)
        return [
            *_document(pdf),
            *_headings(parts),
            *_figures(parts),
            *_tables(parts),
            *_links(pdf, parts),
            *_fonts(pdf),
            *_together(parts),
            *_divided(parts),
            *_shown(data),
        ]


def elements(pdf: pikepdf.Pdf) -> list[Element]:
    """List the structure elements in reading order."""
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}

    def pages(node: pikepdf.Object, at: int) -> Iterator[int]:
        for kid in _kids(node):
            if isinstance(kid, pikepdf.Dictionary):
                yield from pages(kid, _at(kid, numbers, at))
            else:
                yield at

    def walk(node: pikepdf.Object, parent: str, at: int) -> Iterator[Element]:
        for kid in _kids(node):
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                here = _at(kid, numbers, at)
                yield Element(str(kid.S), kid, parent, tuple(pages(kid, here)))
                yield from walk(kid, str(kid.S), here)

    root = pdf.Root.get("/StructTreeRoot")
    return [] if root is None else list(walk(root, "", 0))


def _kids(node: pikepdf.Object) -> list[object]:
    kids = node.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def _at(node: pikepdf.Object, numbers: dict[tuple[int, int], int], before: int) -> int:
    return numbers[node.Pg.objgen] if "/Pg" in node else before


def _document(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    if not str(root.get("/Lang", "")).startswith("sv"):
        yield "språket är inte svenska"
    if not str(pdf.docinfo.get("/Title", "")).strip():
        yield "titel saknas"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "fönstret visar filnamnet, inte titeln"
    if not root.get("/MarkInfo", {}).get("/Marked", False) or "/StructTreeRoot" not in root:
        yield "dokumentet är inte taggat"
    said = root.Metadata.read_bytes() if "/Metadata" in root else b""
    yield from (f"säger inte {name}" for name, claim in CLAIMS.items() if claim not in said)


def _headings(parts: list[Element]) -> Iterator[str]:
    levels = [int(part.kind[2]) for part in parts if HEADING.match(part.kind)]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} rubriker av högsta nivån"
    for before, after in zip([0, *levels], levels, strict=False):
        if after > before + 1:
            yield f"rubrikerna hoppar från nivå {before} till {after}"


def _figures(parts: list[Element]) -> Iterator[str]:
    for part in parts:
        if part.kind == "/Figure" and len(str(part.item.get("/Alt", ""))) < 10:
            yield "en bild saknar alt-text"


def _tables(parts: list[Element]) -> Iterator[str]:
    for part in parts:
        if part.kind == "/Table":
            kinds = [str(kid.S) for kid in _kids(part.item) if isinstance(kid, pikepdf.Dictionary)]
            if "/THead" not in kinds:
                yield "en tabell saknar huvud"
        if part.kind == "/TH" and not _attribute(part.item, "/Scope"):
            yield "ett tabellhuvud saknar scope"


def _attribute(item: pikepdf.Object, name: str) -> object:
    held = item.get("/A", [])
    owners = held if isinstance(held, pikepdf.Array) else [held]
    return next((owner[name] for owner in owners if name in owner), None)


def _links(pdf: pikepdf.Pdf, parts: list[Element]) -> Iterator[str]:
    annotations = [item for page in pdf.pages for item in page.get("/Annots", [])]
    links = [item for item in annotations if item.Subtype == "/Link"]
    yield from ("en länk saknar innehåll" for link in links if not str(link.get("/Contents", "")))
    yield from ("en länk är inte taggad" for link in links if "/StructParent" not in link)
    tagged = {part.kind for part in parts}
    if links and "/Link" not in tagged:
        yield "länkarna finns inte i strukturen"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for item in pdf.objects:
        is_font = isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        if is_font and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(item.keys()):
            yield f"typsnittet {item.FontName} följer inte med"


def _together(parts: list[Element]) -> Iterator[str]:
    """Keep a heading with what it is over, and a picture with its title and caption."""
    parts = [part for part in parts if part.kind in WHOLE and part.pages]
    for before, after in itertools.pairwise(parts):
        if HEADING.match(before.kind) and before.pages[-1] != after.pages[0]:
            yield f"en rubrik står ensam sist på sida {before.pages[-1]}"
        if before.pages[-1] != after.pages[0]:
            pair = (before.kind, after.kind)
            if pair in (("/P", "/Figure"), ("/Caption", "/Figure")):
                yield f"en bild på sida {after.pages[0]} är skild från sin text"
            elif pair == ("/Caption", "/TR"):
                yield f"en tabell på sida {after.pages[0]} är skild från sin rubrik"


def _divided(parts: list[Element]) -> Iterator[str]:
    """Divide no table that would fit on a page."""
    rows = [part for part in parts if part.kind == "/TR"]
    for table in (part for part in parts if part.kind == "/Table"):
        within = {kid.objgen for kid in _within(table.item)}
        count = sum(row.item.objgen in within for row in rows)
        if len(set(table.pages)) > 1 and count <= LONGEST:
            yield f"en tabell på {count} rader är delad på sida {table.pages[0]}"


def _within(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    for kid in _kids(node):
        if isinstance(kid, pikepdf.Dictionary):
            yield kid
            yield from _within(kid)


def _shown(data: bytes) -> Iterator[str]:
    """Fill every page but the last, and set no text too small."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    for number, page in enumerate(pages, 1):
        heard = _heard(page)
        lowest = min(height for height, _ in heard if height > BOTTOM)
        full, smallest = (TOP - lowest) / (TOP - BOTTOM), min(size for _, size in heard)
        if full < LEAST_FULL and number < len(pages):
            yield f"sida {number} är bara till {full:.0%} full"
        if smallest < SMALLEST:
            yield f"sida {number} har text på {smallest:.1f} punkter"


def _heard(page: pypdf.PageObject) -> list[tuple[float, float]]:
    """List each text's height over the page's foot and its size, in points."""
    heard: list[tuple[float, float]] = []

    def hear(text: str, on: list[float], at: list[float], _: object, size: float) -> None:
        if text.strip():
            heard.append((on[1] * at[4] + on[3] * at[5] + on[5], size * abs(at[3])))

    page.extract_text(visitor_text=hear)
    return heard
