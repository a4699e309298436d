"""Pages in a browser: accessible, silent, the finding on the first screen, tables that answer."""

import csv
import io
import os
import shutil
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe
from page_rules import faults, title
from sample import TABLE, WHOLE, figure, notebook, table

from analysis.publishing.page import PageExporter
from conftest import PROFILES

PAGES = ["index", "arsanalys", "brott", *(f"omraden/{area}" for area in PROFILES)]
LARGEST = {"index": 400_000, "arsanalys": 400_000, "trygghet": 400_000}  # bytes; others 150 000
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
MEDIA = (
    *({"width": 360}, {"width": 1280}, {"width": 700, "media": "print"}),  # an A4, nearly
    {"width": 360, "rules": ["color-contrast"], "color_scheme": "dark"},
)
CONTRAST = """() => {
    const colour = text => text.match(/[\\d.]+/g).map(Number);
    const bright = colours => colours.slice(0, 3).map(v => v / 255)
        .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
    const ground = colour(getComputedStyle(document.body).backgroundColor);
    const paper = ground[3] === 0 ? 1 : bright(ground);
    const texts = [...document.querySelectorAll('svg text, svg tspan')];
    return texts.filter(text => text.checkVisibility() && !text.closest('.map .f')).filter(text => {
        const ink = bright(colour(getComputedStyle(text).fill));
        return (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05) < 4.5;
    }).map(text => `kontrast: ${text.textContent}`);
}"""  # axe judges no text in pictures
BOTTOM = "selector => Math.max(...[...document.querySelectorAll(selector)].map(e => e.getBoundingClientRect().bottom))"


def _seen(browser, file, *, width, rules=RULES, **media):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.emulate_media(**media)
    said = []
    page.on("console", lambda message: said.append(f"konsolen: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"skriptfel: {error}"))
    page.on("request", lambda request: said.append(f"hämtar {request.url}"))
    page.goto(file.as_uri())
    said.remove(f"hämtar {file.as_uri()}")
    if page.evaluate("document.scrollingElement.scrollWidth > innerWidth"):
        said.append("sidan rullar i sidled")
    said += page.evaluate(CONTRAST)
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    said += [f"axe: {line}" for line in found.generate_snapshot().splitlines() if line]
    page.close()
    return said


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Write the sample's start page."""
    file = tmp_path_factory.mktemp("site") / "index.html"
    wide = '<svg viewBox="0 0 820 500" class="map"><rect width="820" height="500"/></svg>'
    cells = [cell if cell != figure() else figure(svg=wide) for cell in WHOLE]
    short = {TABLE: table(caption="Kort")}
    (file.parent / "omraden").mkdir()
    (file.parent / "omraden/33.html").write_text(BARE.format("<p>Område 33</p>"), "utf-8")
    text, _ = PageExporter().from_notebook_node(notebook(*cells, short, site="Kommunen"))
    file.write_text(text, "utf-8")
    return file


@pytest.fixture
def start(made, browser):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(made.as_uri())
    yield page
    page.close()


def column(page, at):
    rows = page.locator("table.long tbody tr:visible")
    return [row.locator("th, td").nth(at).inner_text() for row in rows.all()]


def test_the_sample_is_accessible_silent_and_fits_at_every_width_in_print_and_in_the_dark(
    browser, made
):
    assert [said for medium in MEDIA for said in _seen(browser, made, **medium)] == []


def test_finding_figures_and_map_are_on_the_first_screen(start):
    assert start.evaluate(BOTTOM, ".key-figures, svg.map, .lead .caption") < 900
    start.set_viewport_size({"width": 390, "height": 844})
    assert start.evaluate(BOTTOM, ".lead h1 + p, .key-figures") < 844


def test_a_table_is_sorted_by_any_column_and_back_again(start):
    before = column(start, 0)
    head = start.get_by_role("button", name="Index")
    head.click()
    assert column(start, 2) == sorted(column(start, 2), reverse=True)
    assert start.locator("th[aria-sort=descending]").inner_text() == "Index"
    head.press("Enter")
    assert column(start, 2) == sorted(column(start, 2))
    head.press("Enter")
    assert column(start, 0) == before
    start.get_by_role("button", name="Mot 2022").click()
    assert column(start, 4)[:2] == ["−0,00", "−0,01"], "numbers, not letters"


def test_a_table_is_searched_by_typing_and_says_how_many_are_left(start):
    start.get_by_label("Sök i tabellen").fill("område 3")
    assert column(start, 0) == ["Område 3", *(f"Område 3{n}" for n in range(4))]
    assert start.locator(".filter output").inner_text() == "5 rader"


def test_a_reader_finds_an_area_by_a_part_of_its_name(start):
    field = start.get_by_label("Hitta ditt område")
    field.fill("finns inte")
    field.press("Enter")
    assert start.locator(".find p").inner_text() == "Inget i listan heter så."
    field.fill("mråde 33")
    start.get_by_role("button", name="Visa").press("Enter")
    start.wait_for_url("**/omraden/33.html")


def test_a_tables_numbers_are_saved_as_a_spreadsheet_reads_them(start):
    start.get_by_role("button", name="Index").click()
    with start.expect_download() as saved:
        start.locator(".grids .tools a[download]").first.click()
    text = saved.value.path().read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert saved.value.suggested_filename == "tabell-index-i-varje-omrade.csv"
    assert rows[:2] == [
        ["Område", "Index", "Felmarginal", "Mot 2022", "Säkerställd?"],
        ["Område 0", "0,5", "0,31–2,25", "-0,00", "nej"],
    ]
    assert len(rows) == 35


def test_on_a_telephone_every_number_and_verdict_is_seen_with_its_name(start):
    start.set_viewport_size({"width": 360, "height": 800})
    assert start.evaluate("document.scrollingElement.scrollWidth") == 360
    cell = start.locator("table.wide td:last-child").first
    assert cell.bounding_box()["x"] + cell.bounding_box()["width"] <= 360
    label = "element => getComputedStyle(element, '::before').content"
    assert "Säkerställd?" in cell.evaluate(label)


def test_without_script_every_number_is_there_and_nothing_that_does_nothing(browser, made):
    page = browser.new_page(java_script_enabled=False)
    page.goto(made.as_uri())
    assert page.locator("table.long tbody tr").count() == 34
    assert page.locator("button:visible, input:visible, a[download]").count() == 0
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_report_keeps_the_rules_its_size_and_its_silence(report, browser, name):
    file = report / f"{name}.html"
    text = file.read_text("utf-8")
    assert list(faults(text)) == []
    assert len(text.encode()) <= LARGEST.get(name, 150_000)
    assert [said for one in MEDIA for said in _seen(browser, file, **one)] == []


def test_the_start_pages_map_is_large_and_on_the_first_screen(report, browser):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto((report / "index.html").as_uri())
    drawn = page.locator("svg.map").first
    assert drawn.bounding_box()["width"] >= 720
    assert page.evaluate(BOTTOM, ".lead-picture > :first-child .caption, .key-figures") < 900
    sizes = "map => [...map.querySelectorAll('text')].map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)"
    assert min(drawn.evaluate(sizes)) >= 11
    page.close()


def test_no_two_pages_have_the_same_title(report):
    titles = [title(page.read_text("utf-8")) for page in report.rglob("*.html")]
    assert len(titles) >= len(PAGES)
    assert len(set(titles)) == len(titles)


BARE = '<!DOCTYPE html><html lang="sv"><title>T</title><main><h1>R</h1>{}</main></html>'


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ('<button aria-label=""></button>', "axe: button-name"),
        ('<p style="color: #999; background: #fff">Text</p>', "axe: color-contrast"),
        ('<svg fill="#aaa"><text y="9">Text</text></svg>', "kontrast: Text"),
        ('<p style="width: 2000px">Text</p>', "rullar i sidled"),
        ("<script>console.log(1)</script>", "konsolen: 1"),
        ("<script>nothing()</script>", "skriptfel:"),
        ('<img alt="x" src="https://example.invalid/x.png">', "hämtar https://example.invalid"),
    ],
)
def test_each_rule_of_the_browser_finds_its_bad_page(browser, tmp_path, bad, fault):
    (tmp_path / "good.html").write_text(BARE.format("<p>Text</p>"), "utf-8")
    (tmp_path / "bad.html").write_text(BARE.format(bad), "utf-8")
    assert _seen(browser, tmp_path / "good.html", width=360) == []
    assert any(fault in said for said in _seen(browser, tmp_path / "bad.html", width=360))


VALIDATE = ["html-validate", "--preset", "recommended,a11y"]
VNU = ["java", "-jar", os.environ.get("VNU_JAR", ""), "--errors-only"]


@pytest.mark.parametrize("command", [VALIDATE, VNU], ids=["html-validate", "vnu"])
def test_a_page_is_valid_html_and_the_checker_finds_a_bad_page(made, tmp_path, command):
    if shutil.which(command[0]) is None or not command[2]:
        pytest.skip("html-validate eller VNU_JAR saknas: HTML-standarden prövas inte.")
    bad = tmp_path / "bad.html"
    bad.write_text(BARE.format('<p><table id="a"></table><i id="a">'), "utf-8")
    assert subprocess.run([*command, bad], capture_output=True, check=False).returncode != 0
    assert subprocess.run([*command, made], capture_output=True, check=False).stdout == b""
