"""Pages: one self-contained, accessible file; hostile text is text; unsound ones are refused."""

import pytest
from nbformat import v4
from sample import HOSTILE, NOTICE, TABLE, figure, notebook, table

from analysis.errors import Refusal
from analysis.publishing import page as html
from page_rules import faults


def page(*cells, **about):
    return html.PageExporter().from_notebook_node(notebook(*cells, **about))[0]


WHOLE = (
    "# Rubrik\n\nInledning.",
    "## A",
    figure(),
    "## B\n\nText.",
    "## C\n\n|a|b|\n|-|-:|\n|x|1|\n",
)


def test_a_page_breaks_no_rule():
    assert list(faults(page(*WHOLE, site="Kommunen", home="../index.html"))) == []


def test_a_page_has_its_title_language_landmarks_and_contents():
    made = page(*WHOLE, site="Kommunen", home="../index.html", pdf="x.pdf")
    for part in (
        "<title>Rubrik – Kommunen</title>",
        '<html lang="sv">',
        "<header",
        "<main",
        "<nav",
    ):
        assert part in made
    assert made.count('href="#a-') == 3


def test_two_sections_need_no_contents():
    assert "<nav" not in page("# R", "## A\n\nText.", "## B\n\nText.")


def test_the_policy_forbids_all_but_the_styles_that_are_there():
    made = page(*WHOLE)
    policy = made.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    style = html._hash(made.split("<style>")[1].split("</style>")[0])
    assert policy.startswith("default-src 'none'")
    assert f"style-src {style};" in policy
    assert "unsafe" not in policy
    assert ' style="' not in made


def test_a_notice_comes_right_after_the_heading_wherever_it_was_shown():
    made = page("# R\n\nText.", "## A", {NOTICE: {"text": "Påhittat **allt**."}})
    assert made.index("</h1>") < made.index("<strong>allt</strong>") < made.index("Text.")


def test_hostile_text_is_shown_as_text():
    made = page(
        f"# R\n\n{HOSTILE}", {"text/markdown": HOSTILE}, notice := "## <b>x</b>", site=HOSTILE
    )
    assert "<script" not in made
    assert made.count("&lt;script&gt;") >= 3
    assert 'href="javascript' not in made
    assert notice[3:] not in made
    assert list(faults(made)) == []


def test_a_heading_with_nothing_under_it_is_not_on_the_page():
    made = page("# R", "## Tomt avsnitt", "## Full\n\nText.")
    assert "Tomt avsnitt" not in made
    assert "Full" in made


def test_prints_are_not_on_the_page():
    printed = notebook("# R")
    stream = v4.new_output("stream", name="stdout", text="hemligt")
    printed.cells.append(v4.new_code_cell("print('hemligt')", outputs=[stream]))
    made, _ = html.PageExporter().from_notebook_node(printed)
    assert "hemligt" not in made


def test_the_same_notebook_gives_the_same_page():
    assert page(*WHOLE) == page(*WHOLE)


@pytest.mark.parametrize("part", ["title", "alt", "caption", "source", "svg", "table"])
def test_a_figure_that_lacks_a_part_is_refused(part):
    with pytest.raises(Refusal, match=part):
        page("# R", figure(**{part: None}))


@pytest.mark.parametrize("alt", ["figur", "Image", "No description."])
def test_a_placeholder_is_no_alt_text(alt):
    with pytest.raises(Refusal, match="inget säger"):
        page("# R", figure(alt=alt))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("Text.",), "har 0 rubriker"),
        (("# A", "# B"), "har 2 rubriker"),
        (("# A", "### B\n\nText."), "hoppar från nivå 1 till 3"),
        (("# A", "![x](y.png)"), "bild i löpande text"),
        (("# A", {"text/plain": "<Axes>"}), "kan visa: <Axes>"),
        (("# A", {"image/png": "AAAA"}), "kan visa: image/png"),
    ],
)
def test_an_unsound_notebook_is_refused(cells, said):
    with pytest.raises(Refusal, match=said):
        page(*cells)


def test_a_notebook_that_failed_is_refused():
    failed = notebook("# R")
    error = v4.new_output("error", ename="ValueError", evalue="nej", traceback=[])
    failed.cells.append(v4.new_code_cell("x", outputs=[error]))
    with pytest.raises(Refusal, match="ValueError: nej"):
        html.PageExporter().from_notebook_node(failed)


GOOD = '<html lang="sv"><title>T</title><h1 id="a">R</h1>'
PICTURE = '<svg role="img" aria-label="Två staplar: 1,72 och 0,81"></svg>'
POLICY = "<meta http-equiv=x content=\"script-src 'sha256-{}'\">"


@pytest.mark.parametrize(
    "bad",
    [
        GOOD.replace(' lang="sv"', ""),
        GOOD.replace('"sv"', '"en"'),
        GOOD.replace(">T<", "><"),
        GOOD + "<h1>S</h1>",
        GOOD + "<h3>S</h3>",
        GOOD + '<p id="a">',
        GOOD + '<a href="#b">',
        GOOD + '<p aria-labelledby="b">',
        GOOD + "<table></table>",
        GOOD + "<th>",
        GOOD + "<script></script>",
        GOOD + POLICY.format("x") + "<script></script>",
        GOOD
        + POLICY.format("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
        + 2 * "<script></script>",
        GOOD + '<section aria-label="x"></section>' * 2,
        GOOD + '<svg role="img" aria-label="Karta."></svg>',
        GOOD + PICTURE + "<table><caption>I</caption><td>1,72</td></table>",
        GOOD + "<svg></svg>",
        GOOD + '<img src="data:x">',
        GOOD + '<img alt="x" src="https://x.se/y">',
        GOOD + '<link href="https://x.se/y.css">',
        GOOD + '<p style="color:red">',
        GOOD + '<p onclick="x()">',
    ],
)
def test_each_rule_finds_its_bad_page(bad):
    assert list(faults(GOOD)) == []
    assert list(faults(bad)) != []


def test_the_table_of_a_cell_is_inserted_unchanged():
    shown = '<table class="data"><caption>c</caption></table>'
    assert shown in page("# R", {TABLE: table(), "text/html": shown})


def test_the_rules_allow_a_picture_with_its_numbers_and_the_script_that_the_policy_names():
    table = "<table><caption>I</caption><td>1,72</td><td>0,81</td></table>"
    empty = POLICY.format("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") + "<script></script>"
    assert list(faults(GOOD + PICTURE + table + empty)) == []


def grid():
    bare = "<table><caption>Index</caption><tbody><tr><td>1,72</td></tr></tbody></table>"
    html = f'<section class="scroll" tabindex="0" aria-label="Index">{bare}</section>'
    return {TABLE: table(), "text/html": html}


def test_a_table_shown_twice_is_there_once_and_linked_to_rather_open_than_folded():
    folded = figure()
    folded["text/html"] += f'<details class="numbers">{grid()["text/html"]}</details>'
    made = page("# R", folded, grid())
    assert made.count("<table") == 1
    assert made.index('<a href="#tabell-1">') < made.index("</details>") < made.index("<table")
    assert list(faults(made)) == []


def test_outlines_that_two_pictures_share_are_drawn_once():
    one, two = figure(), figure()
    for name, shown in (("m1", one), ("m2", two)):
        drawn = f'<defs><g id="{name}"><path id="{name}-0" d="M0 0l1 1z"/></g></defs>'
        shown["text/html"] += f'<svg aria-hidden="true">{drawn}<use href="#{name}-0"/></svg>'
    made = page("# R", one, two)
    assert made.count("M0 0l1 1z") == 1
    assert made.count('<use href="#m1-0"/>') == 2
