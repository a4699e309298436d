"""PDFs: tagged, titled, in Swedish, their pages full; hostile text is text; the same bytes twice."""

import io
import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pdf_rules
import pikepdf
import pypdf
import pytest
from sample import HOSTILE, KEY_FIGURES, KEYS, TABLE, WARNING, areas, figure, notebook, table

from analysis.errors import Refusal
from analysis.publishing import pdf

WIDE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 500"><path d="M0 0h9v9z"/></svg>'
PROSE = "Ord för ord. " * 60


def made(*cells, **about):
    """Set a PDF thrice, once in a thread, or return the refusal's words.

    In a process of its own: Typst's threads would make later forks of this one unsafe.
    """
    ear, mouth = multiprocessing.get_context("fork").Pipe(duplex=False)

    def export(*cells, **about):
        return pdf.PdfExporter().from_notebook_node(notebook(*cells, **about))[0]

    def work():
        try:
            first = export(*cells, **about)
            export("# En annan")
            again = export(*cells, **about)
            with ThreadPoolExecutor(1) as threads:
                beside = threads.submit(export, *cells, **about).result()
            mouth.send(first if first == again == beside else b"exports differ")
        except Refusal as refusal:
            mouth.send(str(refusal))

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    result = ear.recv()
    process.join()
    return result


def text(data):
    return " ".join(" ".join(page.extract_text() for page in read(data)).split())


def read(data):
    return pypdf.PdfReader(io.BytesIO(data)).pages


@pytest.fixture(scope="module")
def whole():
    lead = [f"# Rubrik\n\n{HOSTILE}", WARNING, {KEY_FIGURES: {"items": KEYS}}, figure(svg=WIDE)]
    cells = ["## Avsnitt", f"[ute](https://scb.se) {PROSE}", {TABLE: areas()}, PROSE, figure()]
    cells += ["## Till sist", PROSE, {TABLE: table(caption="Andra")}]
    return made(*lead, *cells, site="Kommunen", form="long")


def test_a_whole_pdf_keeps_every_rule(whole):
    assert pdf_rules.faults(whole) == []


def test_a_long_document_has_a_cover_with_finding_figures_and_picture_then_contents(whole):
    cover, second = (page.extract_text() for page in read(whole)[:2])
    for part in ("Rubrik", "Påhittat.", "Tal 3", "1,3", "Störst i Råslätt"):
        assert part in cover
    assert "Innehåll" in second
    assert "sida 2 av" in second


def broken(data, change):
    """Return the faults of a PDF after something in it was changed."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf, {part.kind: part.item for part in pdf_rules.elements(pdf)})
        beside = io.BytesIO()
        pdf.save(beside)
    return " ".join(pdf_rules.faults(beside.getvalue()))


def _without(name):
    def change(pdf, _):
        del pdf.Root[name]

    return change


def _untitled(pdf, _):
    pdf.docinfo["/Title"] = ""


def _claimless(pdf, _):
    said = pdf.Root.Metadata.read_bytes()
    pdf.Root.Metadata = pdf.make_stream(said.replace(b"pdfuaid:part>1", b"pdfuaid:part>9"))


def _deeper(pdf, items):
    items["/H2"].S = pikepdf.Name.H4


def _topless(pdf, items):
    items["/H1"].S = pikepdf.Name.H2


def _blind(pdf, items):
    items["/Figure"].Alt = pikepdf.String("")


def _headless(pdf, items):
    items["/THead"].S = pikepdf.Name.TBody


def _scopeless(pdf, items):
    items["/TH"].A = pikepdf.Array()


def _mute_link(pdf, _):
    for page in pdf.pages:
        for item in page.get("/Annots", []):
            item.Contents = pikepdf.String("")


def _borrowed_font(pdf, _):
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary):
            for name in ("/FontFile2", "/FontFile3"):
                if name in item:
                    del item[name]


def _moved(kind):
    """Let a part begin on the first page, whatever it belongs to."""

    def change(pdf, items):
        def move(node):
            for kid in pdf_rules._kids(node):
                if isinstance(kid, pikepdf.Dictionary):
                    move(kid)
            if "/Pg" in node:
                node.Pg = pdf.pages[0].obj

        move(items[kind])

    return change


BROKEN = {
    "språket": _without("/Lang"),
    "titel": _untitled,
    "filnamnet": _without("/ViewerPreferences"),
    "taggat": _without("/MarkInfo"),
    "säger inte PDF/UA-1": _claimless,
    "hoppar": _deeper,
    "0 rubriker": _topless,
    "alt-text": _blind,
    "saknar huvud": _headless,
    "scope": _scopeless,
    "länk saknar innehåll": _mute_link,
    "typsnittet": _borrowed_font,
    "rubrik står ensam": _moved("/H2"),
    "en bild på sida": _moved("/Figure"),
    "en tabell på sida": _moved("/Caption"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_pdf_is_caught_by_the_rule_that_it_breaks(whole, fault):
    assert fault in broken(whole, BROKEN[fault])


def test_hostile_text_is_shown_as_text(whole):
    shown = text(whole)
    for part in ("<script>alert(1)</script>", "#let x = 1", "$y$", "@z", "</style>"):
        assert part in shown


def test_a_table_taller_than_a_page_repeats_its_head_and_no_other_is_divided():
    long = table(caption="Lång", rows=[[f"rad {n}", "1"] for n in range(100)])
    tall = table(caption="Hög", rows=[[f"sist {n}", "1"] for n in range(35)])
    data = made("# R", {TABLE: long}, PROSE, {TABLE: tall}, PROSE)
    shown = [page.extract_text() for page in read(data)]
    assert [page.count("Område") for page in shown[:2]] == [1, 1]
    assert [page.count("sist ") for page in shown if "sist" in page] == [35]
    assert pdf_rules.faults(data) == []


def test_the_text_goes_on_where_a_tall_table_leaves_a_page():
    data = made(
        "# R", PROSE * 3, "## Alla\n\nSå här.", {TABLE: areas()}, PROSE * 8, "## Slut", PROSE
    )
    assert pdf_rules.faults(data) == []
    assert "Ord för ord" in read(data)[1].extract_text()


def test_an_areas_page_is_one_sheet_and_what_does_not_fit_runs_on():
    small, chart = WIDE.replace("820 500", "240 300"), WIDE.replace("820 500", "374 220")
    cells = ["# R", PROSE, figure(svg=small), "## Genom åren", figure(svg=chart), "## Frågor"]
    few, many = (
        made(*cells, {TABLE: areas(count)}, "## Metod\n\nOrd.", form="page") for count in (34, 90)
    )
    assert [len(read(data)) for data in (few, many)] == [1, 2]
    assert pdf_rules.faults(few) == []
    assert "Område 89" in text(many)


def test_the_same_notebook_gives_the_same_bytes():
    assert made("# R", figure()) == made("# R", figure())


def test_links_lead_only_out_of_the_house():
    data = made("# R\n\n[ute](https://scb.se) och [nära](brott.html)")
    annotations = [
        item.get_object()["/A"]["/URI"] for page in read(data) for item in page.get("/Annots", [])
    ]
    assert annotations == ["https://scb.se"]
    assert "nära" in text(data)


def test_a_figure_without_alt_text_is_refused():
    assert "saknar alt" in made("# R", figure(alt=""))
