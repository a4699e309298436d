"""PDFs: tagged, in Swedish, in order, their pages full; hostile text is text; the same bytes twice."""

import io
import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pdf_rules
import pikepdf
import pypdf
import pytest
from sample import HOSTILE, KEYS, TABLE, WARNING, areas, figure, notebook, table

from analysis.publishing import page

WIDE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 500"><path d="M0 0h9v9z"/></svg>'
PROSE = "Ord för ord. " * 60


def made(*cells, **about):
    """Set a PDF thrice, once in a thread; it must be the same.

    In a process of its own: Typst's threads would make later forks of this one unsafe.
    """
    ear, mouth = multiprocessing.get_context("fork").Pipe(duplex=False)

    def export(_=None):
        return page.PdfExporter().from_notebook_node(notebook(*cells, **about))[0]

    def work():
        with ThreadPoolExecutor(1) as threads:
            mouth.send({export(), export(), *threads.map(export, [0])})

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    (data,) = ear.recv()
    process.join()
    return data


def pages(data):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


@pytest.fixture(scope="module")
def whole():
    lead = [f"# Rubrik\n\n{HOSTILE}", WARNING, KEYS, figure(svg=WIDE)]
    cells = [
        "## Avsnitt",
        f"[ute](https://scb.se) [nära](brott.html) {PROSE * 3}",
        {TABLE: areas()},
    ]
    cells += [PROSE * 2, figure(), "## Till sist", PROSE, {TABLE: table(caption="Andra")}]
    return made(*lead, *cells, site="Kommunen", form="long")


def test_a_whole_pdf_keeps_every_rule_and_shows_hostile_text_as_text(whole):
    assert pdf_rules.faults(whole) == []
    shown = " ".join(" ".join(pages(whole)).split())
    for part in ("<script>alert(1)</script>", "#let x = 1", "$y$", "@z", "</style>", "nära"):
        assert part in shown
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        links = [item for page in pdf.pages for item in page.get("/Annots", []) if "/A" in item]
        assert [str(link.A.URI) for link in links] == ["https://scb.se"]


def test_a_long_document_has_a_cover_with_finding_figures_and_picture_then_contents(whole):
    cover, second = pages(whole)[:2]
    for part in ("Rubrik", "Påhittat.", "Tal", "1,3", "Störst i Råslätt"):
        assert part in cover
    assert "Innehåll" in second
    assert "sida 2 av" in second


def _moved(kind):
    """Let a part begin on the first page, whatever it belongs to."""

    def move(pdf, node):
        node.Pg = pdf.pages[0].obj
        kids = node.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary):
                move(pdf, kid)

    return lambda pdf, items: move(pdf, items[kind])


def _swapped(pdf, _):
    with pdf.open_outline() as outline:
        outline.root[0].children.reverse()


BROKEN = {
    "rubrik står ensam": _moved("/H2"),
    "/Figure på sida": _moved("/Figure"),
    "/TR på sida": _moved("/Caption"),
    "står före": _swapped,
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_pdf_is_caught_by_the_rule_that_it_breaks(whole, fault):
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        BROKEN[fault](pdf, {part.kind: part.item for part in pdf_rules.elements(pdf)})
        beside = io.BytesIO()
        pdf.save(beside)
    assert fault in " ".join(pdf_rules.faults(beside.getvalue()))


def test_a_table_taller_than_a_page_repeats_its_head_and_no_other_is_divided():
    long = table(caption="Lång", rows=[[f"rad {n}", "1"] for n in range(100)])
    tall = table(caption="Hög", rows=[[f"sist {n}", "1"] for n in range(35)])
    data = made("# R", {TABLE: long}, PROSE, {TABLE: tall}, PROSE)
    assert [page.count("Område") for page in pages(data)[:2]] == [1, 1]
    assert [page.count("sist ") for page in pages(data) if "sist" in page] == [35]
    assert pdf_rules.faults(data) == []


def test_the_text_goes_on_where_a_tall_table_leaves_a_page_but_not_beyond_its_section():
    cells = ["# R", PROSE * 3, "## Alla\n\nSå här.", {TABLE: areas()}, PROSE * 2, "## Slut", PROSE]
    first, second = pages(made(*cells))[:2]
    assert first.rstrip().endswith("sida 1 av 3") or "Ord för ord" in first.split("Så här.")[1]
    assert "Slut" not in first
    assert second.index("Område 33") >= 0


def test_an_areas_page_is_one_sheet_and_what_does_not_fit_runs_on():
    small, chart = WIDE.replace("820 500", "240 300"), WIDE.replace("820 500", "374 220")
    cells = ["# R", PROSE, figure(svg=small), "## Genom åren", figure(svg=chart), "## Frågor"]
    few, many = (
        made(*cells, {TABLE: areas(count)}, "## Metod\n\nOrd.", form="page") for count in (34, 90)
    )
    assert [len(pages(data)) for data in (few, many)] == [1, 2]
    assert pdf_rules.faults(few) == []
    assert "Område 89" in " ".join(pages(many))
