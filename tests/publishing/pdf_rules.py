"""The rules that every finished PDF keeps, beside those that Typst holds it to (PDF/UA-1)."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
import pypdf

CLAIMS = (b"<pdfuaid:part>1<", b"<pdfaid:part>2<", b"<pdfaid:conformance>A<")
HEADINGS = tuple(f"/H{level}" for level in range(1, 7))
WHOLE = ("/Figure", "/Caption", "/P", "/TR", "/TOC", "/L", *HEADINGS)
APART = {("/P", "/Figure"), ("/Caption", "/Figure"), ("/Caption", "/TR")}
SMALLEST, LEAST_FULL = 6.95, 0.6  # points; part of a page's height within its margins
TOP, BOTTOM, MIDDLE = 842 - 71, 65, 360  # points of an A4, from its foot and its left
LONGEST = 40  # rows of a table that there is room for on a page


@dataclass(frozen=True)
class Element:
    """A part of the document: its kind, the object itself, and the pages that it is on."""

    kind: str
    item: pikepdf.Object
    pages: tuple[int, ...]


def faults(data: bytes) -> list[str]:
    """Say which rules a PDF breaks."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        parts = elements(pdf)
        found = [*_document(pdf), *_together(parts), *_divided(parts)]
    pages = pypdf.PdfReader(io.BytesIO(data))
    return [*found, *_ordered(pages), *_shown(pages)]


def elements(pdf: pikepdf.Pdf) -> list[Element]:
    """List the structure elements in reading order."""
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}

    def walk(node: pikepdf.Object, at: int) -> Iterator[Element]:
        at = numbers[node.Pg.objgen] if "/Pg" in node else at
        kids = node.get("/K", [])
        kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        within = [list(walk(kid, at)) for kid in kids if isinstance(kid, pikepdf.Dictionary)]
        own = [at] * any(not isinstance(kid, pikepdf.Dictionary) for kid in kids)
        pages = [*own, *(page for parts in within for part in parts[:1] for page in part.pages)]
        yield Element(str(node.get("/S", "")), node, tuple(pages))
        yield from itertools.chain(*within)

    root = pdf.Root.get("/StructTreeRoot")
    return [] if root is None else [part for part in walk(root, 0) if part.kind]


def _document(pdf: pikepdf.Pdf) -> Iterator[str]:
    said = pdf.Root.Metadata.read_bytes() if "/Metadata" in pdf.Root else b""
    if not all(claim in said for claim in CLAIMS):
        yield "dokumentet säger inte att det är PDF/UA-1 och PDF/A-2a"
    if not str(pdf.Root.get("/Lang", "")).startswith("sv"):
        yield "språket är inte svenska"


def _together(parts: list[Element]) -> Iterator[str]:
    """Keep a heading with what it is over, and a picture or table with its title and caption."""
    for before, after in itertools.pairwise(p for p in parts if p.kind in WHOLE and p.pages):
        if before.pages[-1] != after.pages[0]:
            if before.kind in HEADINGS:
                yield f"en rubrik står ensam sist på sida {before.pages[-1]}"
            if (before.kind, after.kind) in APART:
                yield f"{after.kind} på sida {after.pages[0]} är skild från sin text"


def _divided(parts: list[Element]) -> Iterator[str]:
    """Divide no table that would fit on a page."""
    for at, table in enumerate(parts):
        if table.kind == "/Table" and len(set(table.pages)) > 1:
            after = itertools.takewhile(lambda part: part.kind != "/Table", parts[at + 1 :])
            count = sum(part.kind == "/TR" for part in after)
            if count <= LONGEST:
                yield f"en tabell på {count} rader är delad på sida {table.pages[0]}"


def _ordered(pdf: pypdf.PdfReader) -> Iterator[str]:
    """Let no section come before the one that precedes it; the right column is after the left."""
    heads = [
        ((pdf.get_destination_page_number(to), float(to.left) > MIDDLE, -float(to.top)), to.title)
        for to in _flat(pdf.outline)
    ]
    for (before, _), (after, name) in itertools.pairwise(heads):
        if after < before:
            yield f"”{name}” står före det som den följer på"


def _flat(outline: list[object]) -> Iterator[pypdf.generic.Destination]:
    for item in outline:
        yield from _flat(item) if isinstance(item, list) else [item]


def _shown(pdf: pypdf.PdfReader) -> Iterator[str]:
    """Fill every page but the last, and set no text too small."""
    for number, page in enumerate(pdf.pages, 1):
        heard: list[tuple[float, float]] = []  # height over the page's foot, size

        def hear(text: str, on: list[float], at: list[float], _: object, size: float) -> None:
            if text.strip():
                heard.append((on[1] * at[4] + on[3] * at[5] + on[5], size * abs(at[3])))  # noqa: B023

        page.extract_text(visitor_text=hear)
        full = (TOP - min(high for high, _ in heard if high > BOTTOM)) / (TOP - BOTTOM)
        if full < LEAST_FULL and number < len(pdf.pages):
            yield f"sida {number} är bara till {full:.0%} full"
        if min(size for _, size in heard) < SMALLEST:
            yield f"sida {number} har för liten text"
