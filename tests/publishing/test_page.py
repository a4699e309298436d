"""Pages: one self-contained, accessible file, the finding first; hostile text is text."""

import re

import pytest
from page_rules import faults
from sample import HOSTILE, NOTICE, TABLE, WARNING, WHOLE, areas, figure, notebook, table

from analysis.publishing import page as pages


def page(*cells, **about):
    return pages.PageExporter().from_notebook_node(notebook(*cells, **about))[0]


def test_a_page_has_its_title_language_landmarks_contents_and_neighbours_and_breaks_no_rule():
    near = [{"label": "Nästa: Söder", "url": "soder.html"}]
    made = page(*WHOLE, site="Kommunen", home="../index.html", pdf="x.pdf", nav=near)
    for part in ("<title>Trygghet 2023 – Kommunen</title>", "<header", "<main", 'href="x.pdf"'):
        assert part in made
    assert made.count('<li><a href="#a-') == 3
    assert made.count('<li><a href="soder.html">Nästa: Söder</a></li>') == 1
    assert list(faults(made)) == []
    assert len(page("# R").encode()) < 80_000


def test_the_finding_the_key_figures_and_the_picture_come_before_the_first_section():
    made = page(*WHOLE)
    order = ["<strong>Påhittat.", "<h1", "Färre problem", "1,3", '"lead-picture"', "<nav"]
    assert sorted(order, key=made.index) == order


def test_the_notice_is_a_line_at_the_top_and_whole_at_the_end():
    made = page(*WHOLE)
    assert made.index('href="#observera-1"') < made.index("<h1") < made.index("Svaren är gjorda")
    assert "Läs mer" not in page("# R", {NOTICE: {"text": "**Påhittat.**"}})
    assert page("# R", WARNING).count("<h2") == 1


def test_the_policy_forbids_all_but_the_styles_and_scripts_that_are_there():
    drawn = '<svg viewBox="0 0 9 9"><style>path{fill:red}</style></svg>'
    made = page("# R", figure(svg=drawn), {TABLE: table()})
    policy = made.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    style, own = re.findall("<style>(.*?)</style>", made, re.DOTALL)
    script = made.split("<script>")[1].split("</script>")[0]
    assert policy.startswith("default-src 'none'")
    assert f"style-src {pages._sealed(style)} {pages._sealed(own)}; " in policy
    assert f"script-src {pages._sealed(script)};" in policy
    assert len(script.encode()) < 4_700


def test_hostile_text_is_shown_as_text():
    said = {"text/markdown": HOSTILE}
    cells = ("## <b>x</b>", figure(title=HOSTILE, alt=HOSTILE), {TABLE: areas(note=HOSTILE)})
    near = [{"label": HOSTILE, "url": ""}]
    made = page(f"# R\n\n{HOSTILE}", said, *cells, site=HOSTILE, nav=near)
    shown = made.replace(made.split("<script>")[1].split("</script>")[0], "")
    assert shown.count("<script") == 1
    assert shown.count("&lt;script&gt;") >= 8
    assert 'href="javascript' not in made
    assert "<b>x" not in made
    assert list(faults(made)) == []


def test_figures_and_tables_have_an_address_and_one_place():
    made = page("# R", figure(key="karta"), {TABLE: areas(key="omraden")})
    for name in ("karta", "omraden"):
        assert made.count(f'id="{name}"') == made.count(f'href="#{name}"') == 1
    made = page("# R", figure(), {TABLE: table()})
    assert made.count("<table") == 1
    assert 'href="#tabell-index"' in made


def test_a_tables_numbers_are_to_the_right_and_one_wider_than_a_telephone_is_known():
    found = re.findall('<table class="([^"]*)"', page("# R", {TABLE: areas()}, {TABLE: table()}))
    assert found == ["data wide long n3 n4 n5", "data n2"]


def test_outlines_that_two_pictures_share_are_drawn_once():
    drawn = (
        f'<svg viewBox="0 0 9 9"><defs><g id="{m}"><path id="{m}-0" d="M0 0l1 1z"/></g></defs>'
        f'<use href="#{m}-0"/></svg>'
        for m in ("m1", "m2")
    )
    made = page("# R", *(figure(svg=svg) for svg in drawn))
    assert [made.count("M0 0l1 1z"), made.count('<use href="#m1-0"/>')] == [1, 2]


GOOD = '<h1 id="a">R</h1>'
BAD = """<p id="a">;<a href="#b">;<table></table>;<p aria-labelledby="b">;<th>;<svg></svg>;<iframe>;
<svg role="img" aria-label="Två staplar: 1,72 och 0,81"></svg>;<img alt="x" src="https://x.se/y">;
<link href="https://x.se/y.css">;<p style="color:red">;<p onclick="x()">"""


@pytest.mark.parametrize("bad", BAD.split(";"))
def test_each_rule_finds_its_bad_page(bad):
    assert list(faults(GOOD)) == []
    assert list(faults(GOOD + bad)) != []
