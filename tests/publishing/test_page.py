"""Pages: one self-contained, accessible file, the finding first; hostile text is text."""

import re

import pytest
from page_rules import faults
from sample import HOSTILE, NOTICE, TABLE, WARNING, WHOLE, areas, figure, notebook, table

from analysis.publishing import page as pages


def page(*cells, **about):
    return pages.PageExporter().from_notebook_node(notebook(*cells, **about))[0]


def test_a_page_breaks_no_rule():
    assert list(faults(page(*WHOLE, site="Kommunen", home="../index.html"))) == []


def test_a_page_has_its_title_language_landmarks_contents_and_neighbours():
    near = [{"label": "Nästa: Söder", "url": "soder.html"}]
    made = page(*WHOLE, site="Kommunen", home="../index.html", pdf="x.pdf", nav=near)
    for part in ("<title>Trygghet 2023 – Kommunen</title>", '<html lang="sv">', "<header", "<main"):
        assert part in made
    assert made.count('<li><a href="#a-') == 3
    assert '<li><a href="soder.html">Nästa: Söder</a></li>' in made


def test_the_finding_the_key_figures_and_the_picture_come_before_the_first_section():
    made = page(*WHOLE)
    order = [
        "<strong>Påhittat.",
        "<h1",
        "Färre problem",
        "1,0",
        '"lead-picture"',
        "<figure",
        "<nav",
    ]
    assert sorted(order, key=made.index) == order


def test_the_notice_is_a_line_at_the_top_and_whole_at_the_end():
    made = page(*WHOLE)
    assert made.index('href="#observera-1"') < made.index("<h1") < made.index("Svaren är gjorda")
    assert "Läs mer" not in page("# R", {NOTICE: {"text": "**Påhittat.**"}})


def test_the_policy_forbids_all_but_the_styles_and_scripts_that_are_there():
    made = page(*WHOLE)
    policy = made.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    style, script = (made.split(f"<{tag}>")[1].split(f"</{tag}>")[0] for tag in ("style", "script"))
    assert policy.startswith("default-src 'none'")
    assert f"style-src {pages._hash(style)}; script-src {pages._hash(script)};" in policy
    assert "unsafe" not in policy
    assert ' style="' not in made
    assert ' fill="#cc0000"' in made


def test_hostile_text_is_shown_as_text():
    said = {"text/markdown": HOSTILE}
    cells = ("## <b>x</b>", figure(title=HOSTILE, alt=HOSTILE), {TABLE: areas(note=HOSTILE)})
    made = page(
        f"# R\n\n{HOSTILE}", said, *cells, site=HOSTILE, nav=[{"label": HOSTILE, "url": ""}]
    )
    shown = made.replace(made.split("<script>")[1].split("</script>")[0], "")
    assert shown.count("<script") == 1
    assert shown.count("&lt;script&gt;") >= 8
    assert 'href="javascript' not in made
    assert "<b>x" not in made
    assert list(faults(made)) == []


def test_the_same_notebook_gives_the_same_page():
    assert page(*WHOLE) == page(*WHOLE)


def test_figures_and_tables_have_an_address_and_a_link_to_it():
    made = page("# R", figure(key="karta"), {TABLE: areas(key="omraden")})
    for name in ("karta", "omraden"):
        assert made.count(f'id="{name}"') == made.count(f'href="#{name}"') == 1


def test_a_table_shown_twice_is_there_once_and_linked_to():
    made = page("# R", figure(), {TABLE: table()})
    assert made.count("<table") == 1
    assert 'href="#tabell-index"' in made
    assert list(faults(made)) == []


def test_a_table_wider_than_a_telephone_names_every_number_where_it_stands():
    made = page("# R", {TABLE: areas(1)}, {TABLE: table()})
    row = re.search(r"<tbody>(.*?)</tbody>", made, re.DOTALL)[1]
    assert row.count("<td>") == 4
    assert made.count('--name:"Säkerställd? "') == 1
    assert len(re.findall(r"<table class=\"data h\d wide", made)) == 1


def test_outlines_that_two_pictures_share_are_drawn_once():
    drawn = [
        f'<svg viewBox="0 0 9 9"><defs><g id="{m}"><path id="{m}-0" d="M0 0l1 1z"/></g></defs>'
        f'<use href="#{m}-0"/></svg>'
        for m in ("m1", "m2")
    ]
    made = page("# R", *(figure(svg=svg) for svg in drawn))
    assert made.count("M0 0l1 1z") == 1
    assert made.count('<use href="#m1-0"/>') == 2


def test_the_face_has_our_letters_and_is_small():
    assert page("# R").count("@font-face") == 3
    assert len(page("# R").encode()) < 80_000


def test_the_tables_script_is_small():
    assert (
        len(page("# R", {TABLE: table()}).split("<script>")[1].encode()) < 4_130
    )  # with what ends the page


GOOD = '<html lang="sv"><title>T</title><h1 id="a">R</h1>'
PICTURE = '<svg role="img" aria-label="Två staplar: 1,72 och 0,81"></svg>'
POLICY = "<meta http-equiv=x content=\"script-src 'sha256-{}'\">"
EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize(
    "bad",
    [
        GOOD.replace(' lang="sv"', ""),
        GOOD.replace('"sv"', '"en"'),
        GOOD.replace(">T<", "><"),
        *(
            GOOD + bad
            for bad in (
                *("<h1>S</h1>", "<h3>S</h3>", '<p id="a">', '<a href="#b">', "<table></table>"),
                *('<p aria-labelledby="b">', "<th>", "<script></script>", "<svg></svg>"),
                POLICY.format("x") + "<script></script>",
                POLICY.format(EMPTY) + 2 * "<script></script>",
                '<section aria-label="x"></section>' * 2,
                '<svg role="img" aria-label="Karta."></svg>',
                PICTURE + "<table><caption>I</caption><td>1,72</td></table>",
                *('<img src="data:x">', '<img alt="x" src="https://x.se/y">'),
                *('<link href="https://x.se/y.css">', '<p style="color:red">', '<p onclick="x()">'),
            )
        ),
    ],
)
def test_each_rule_finds_its_bad_page(bad):
    assert list(faults(GOOD)) == []
    assert list(faults(bad)) != []


def test_the_rules_allow_a_picture_with_its_numbers_and_the_script_that_the_policy_names():
    cells = "<table><caption>I</caption><td>1,72</td><td>0,81</td></table>"
    assert list(faults(GOOD + PICTURE + cells + POLICY.format(EMPTY) + "<script></script>")) == []


def test_a_warning_alone_is_no_reason_for_a_second_heading():
    assert page("# R", WARNING).count("<h2") == 1
