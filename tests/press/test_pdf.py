"""PDFs: tagged, titled, in Swedish; hostile text is text; the same bytes twice."""

import io
import multiprocessing

import pypdf
import pytest
from sample import HOSTILE, NOTICE, TABLE, figure, notebook, table

from analysis.errors import Refusal
from analysis.press import pdf


def made(*cells, **about):
    """Set a PDF, or return the refusal's words.

    In a process of its own: Typst's threads would make later forks of this one unsafe.
    """
    ear, mouth = multiprocessing.get_context("fork").Pipe(duplex=False)

    def work():
        try:
            exporter = pdf.PdfExporter()
            first, _ = exporter.from_notebook_node(notebook(*cells, **about))
            exporter.from_notebook_node(notebook("# En annan"))
            again, _ = exporter.from_notebook_node(notebook(*cells, **about))
            mouth.send(first if first == again else b"two exports differ")
        except Refusal as refusal:
            mouth.send(str(refusal))

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    result = ear.recv()
    process.join()
    return result


def text(data):
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture(scope="module")
def whole():
    cells = [f"# Rubrik\n\n{HOSTILE}", "## Avsnitt", figure(), {TABLE: table()}]
    return made(*cells, {NOTICE: {"text": "Påhittat."}}, site="Kommunen", form="long")


def test_a_pdf_says_its_title_language_and_that_it_is_tagged(whole):
    reader = pypdf.PdfReader(io.BytesIO(whole))
    root = reader.trailer["/Root"]
    assert reader.metadata.title == "Rubrik"
    assert root["/Lang"] == "sv"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


def test_a_pdf_claims_ua_1_and_a_2a(whole):
    claims = pypdf.PdfReader(io.BytesIO(whole)).trailer["/Root"]["/Metadata"].get_data()
    assert b"<pdfuaid:part>1<" in claims
    assert b"<pdfaid:part>2<" in claims
    assert b"<pdfaid:conformance>A<" in claims


def test_every_figure_carries_its_alt_text(whole):
    objects = pypdf.PdfReader(io.BytesIO(whole))
    alts = [item["/Alt"] for item in _structure(objects.trailer["/Root"]["/StructTreeRoot"])]
    assert any("1,72 och 0,81" in alt for alt in alts)


def _structure(node):
    node = node.get_object()
    if isinstance(node, list):
        for item in node:
            yield from _structure(item)
    elif isinstance(node, dict):
        if "/Alt" in node:
            yield node
        if "/K" in node:
            yield from _structure(node["/K"])


def test_hostile_text_is_shown_as_text(whole):
    shown = text(whole)
    for part in ("<script>alert(1)</script>", "#let x = 1", "$y$", "@z", "</style>"):
        assert part in shown


def test_a_long_document_has_page_numbers_and_contents(whole):
    assert "Innehåll" in text(whole)
    assert "sida 2 av" in text(whole)


def test_the_same_notebook_gives_the_same_bytes():
    assert made("# R", figure()) == made("# R", figure())


def test_links_lead_only_out_of_the_house():
    data = made("# R\n\n[ute](https://scb.se) och [nära](brott.html)")
    annotations = [
        item.get_object()["/A"]["/URI"]
        for page in pypdf.PdfReader(io.BytesIO(data)).pages
        for item in page.get("/Annots", [])
    ]
    assert annotations == ["https://scb.se"]
    assert "nära" in text(data)


def test_a_figure_without_alt_text_is_refused():
    assert "saknar alt" in made("# R", figure(alt=""))
