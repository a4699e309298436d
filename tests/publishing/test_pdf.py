"""PDFs: tagged, titled, in Swedish; hostile text is text; the same bytes twice."""

import io
import multiprocessing

import pdf_rules
import pikepdf
import pypdf
import pytest
from sample import HOSTILE, NOTICE, TABLE, figure, notebook, table

from analysis.errors import Refusal
from analysis.publishing import pdf


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
    cells = [f"# Rubrik\n\n{HOSTILE}", "## Avsnitt", "[ute](https://scb.se)", figure()]
    cells += ["## Till sist", {TABLE: table(caption="Andra")}]
    return made(*cells, {NOTICE: {"text": "Påhittat."}}, site="Kommunen", form="long")


def test_a_whole_pdf_keeps_every_rule(whole):
    assert pdf_rules.faults(whole) == []


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


def test_a_long_document_has_page_numbers_and_contents(whole):
    assert "Innehåll" in text(whole)
    assert "sida 2 av" in text(whole)


def test_a_long_table_repeats_its_head_and_a_short_one_stays_on_its_page():
    long = table(caption="Lång", rows=[[f"rad {n}", "1"] for n in range(100)])
    short = table(caption="Kort", rows=[[f"sist {n}", "1"] for n in range(10)])
    pages = pypdf.PdfReader(io.BytesIO(made("# R", *[{TABLE: long}, {TABLE: short}]))).pages
    shown = [page.extract_text() for page in pages]
    assert [page.count("Område") for page in shown[:2]] == [1, 1]
    assert [sum(f"sist {n}" in page for n in (0, 9)) for page in shown if "sist" in page] == [2]


def test_what_does_not_fit_on_one_page_runs_on_rather_than_shrinks():
    cells = ["# R", "Först ord.", figure(), "## Frågor"]
    few, many = (
        made(*cells, {TABLE: table(rows=[[f"rad {n}", "1"] for n in range(count)])}, form="page")
        for count in (40, 80)
    )
    assert [len(pypdf.PdfReader(io.BytesIO(data)).pages) for data in (few, many)] == [1, 2]
    assert pdf_rules.faults(many) == []
    assert "rad 79" in text(many)


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


def test_a_page_is_set_as_large_as_there_is_room_for():
    def sizes(count):
        found = set()

        def hear(said, _, at, __, size):
            found.update({round(size * abs(at[3]), 1)} if said.startswith("Ord") else ())

        pages = pypdf.PdfReader(io.BytesIO(made("# T", "Ord. " * count, form="page"))).pages
        for page in pages:
            page.extract_text(visitor_text=hear)
        (size,) = found
        return len(pages), size

    expected = {300: (1, 9.8), 1230: (1, 9.5), 1270: (1, 9.3), 1500: (2, 9.3)}
    assert {count: sizes(count) for count in expected} == expected
