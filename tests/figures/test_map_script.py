"""The map by keyboard, by pointer, on a telephone and without script, in a browser."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from nbformat import v4

from analysis.figures import drawing, maps
from analysis.publishing.page import PageExporter
from analysis.sources import areas, boundaries

ROOT = Path(__file__).parents[2]
SAY = "() => document.querySelector('.map-say').textContent"
LIT = "() => [...document.querySelectorAll('tr.lit')].map(row => row.cells[0].textContent)"
SPOT = """name => {
    const here = (x, y) => document.elementFromPoint(x, y)?.dataset.area === name;
    for (const area of document.querySelector('svg.map').querySelectorAll('[data-area]')) {
        const box = area.dataset.area === name ? area.getBoundingClientRect() : {};
        for (let x = box.left; x < box.right; x += 3)
            for (let y = box.top; y < box.bottom; y += 3)
                if ([-2, 0, 2].every(off => here(x + off, y) && here(x, y + off))) return [x, y];
    } }"""
ARROWS = ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown")


def page(figures, file, **about):
    shown = [v4.new_output("display_data", data=made._repr_mimebundle_()) for made in figures]
    cells = [v4.new_markdown_cell("# Karta"), v4.new_code_cell(outputs=shown)]
    notebook = v4.new_notebook(cells=cells, metadata={"analysis": about})
    file.parent.mkdir(exist_ok=True)
    file.write_text(PageExporter().from_notebook_node(notebook)[0], "utf-8")


def drawn(label, **options):
    """Map made-up values of the demonstration's areas."""
    register = areas.register(ROOT, 2023)
    values = np.linspace(0.8, 2.1 + len(label) / 50, len(register)).round(2)
    mapped = boundaries.read(ROOT, "regso-2025", register).assign(
        name=list(register["name"]),
        label=label,
        year=2023,
        value=values,
        lower=values - 0.2,
        upper=values + 0.2,
        n=90.0,
        unit="index",
    )
    options |= {"backdrop": boundaries.backdrop(ROOT), "source": "Provet"}
    return replace(maps.choropleth(mapped, breaks=(0, 1, 1.25, 1.5, 2, 6), **options), key=label)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Make a first page with two maps, and the pages of two areas."""
    folder, register = tmp_path_factory.mktemp("site"), areas.register(ROOT, 2023)
    page([drawn("index"), drawn("oro")], folder / "index.html")
    for area in register.index[:2]:
        figure = drawn("index", highlight=area)
        page([figure], folder / f"omraden/{area}.html", home="../index.html", site="Kommunen")
    return folder, list(register["name"]), list(register.index)


@pytest.fixture
def start(site, browser):
    """Show the first page, its first map entered by Tab."""
    shown = browser.new_page(viewport={"width": 1280, "height": 1600})
    shown.goto((site[0] / "index.html").as_uri())
    for _ in range(9):
        shown.keyboard.press("Tab")
        if shown.evaluate("document.activeElement.className") == "map-stage":
            break
    assert shown.evaluate("document.activeElement.className") == "map-stage"
    yield shown
    shown.close()


def heard(shown):
    return shown.evaluate(SAY).split(":")[0]


def test_page_down_names_every_area_once_and_in_the_tables_order(start, site):
    names = []
    for _ in site[1]:
        names.append(heard(start))
        assert start.evaluate(LIT) == [names[-1]] * 2, "one row in each map's table"
        start.keyboard.press("PageDown")
    assert names == site[1]
    assert heard(start) == names[-1]
    start.keyboard.press("Home")
    assert heard(start) == names[0]
    start.keyboard.press("End")
    assert heard(start) == names[-1]


def test_arrows_lead_to_the_nearest_area_that_way_and_nowhere_else():
    squares = [shapely.box(x, y, x + 1, y + 1) for x, y in ((0, 0), (1, 0), (2, 0), (1, 1))]
    assert drawing.steps(np.array(squares)) == [",3,1,", "0,3,2,", "1,3,,", "0,,2,1"]


def test_enter_opens_the_areas_page_and_back_returns(start, site):
    _, names, ids = site
    start.keyboard.press("Enter")
    start.wait_for_url(f"**/omraden/{ids[0]}.html")
    start.focus(".map-stage")
    assert heard(start) == names[0], "an area's own map begins with the area"
    while heard(start) != names[1]:
        start.keyboard.press("PageDown")
    start.keyboard.press("Enter")
    start.wait_for_url(f"**/omraden/{ids[1]}.html")
    start.go_back()
    start.go_back()
    start.wait_for_url("**/index.html")


def test_escape_leaves_and_tab_goes_on(start):
    start.keyboard.press("Escape")
    assert start.evaluate(SAY) == ""
    assert start.evaluate("document.activeElement === document.body")
    assert start.evaluate(LIT) == []
    start.keyboard.press("Tab")
    assert start.evaluate("document.activeElement.outerHTML")[:7] == "<button"
    names = start.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(set(names)) == len(names)


def test_the_pointer_says_the_same_and_a_click_opens_the_page(start, site):
    _, names, ids = site
    start.keyboard.press("Escape")
    said = []
    for name in names:
        start.mouse.move(*start.evaluate(SPOT, name))
        said += [heard(start)] if start.evaluate(LIT) == [heard(start)] * 2 else []
    assert said == names
    start.mouse.click(*start.evaluate(SPOT, names[0]))
    start.wait_for_url(f"**/omraden/{ids[0]}.html")


def test_a_row_of_the_table_lights_its_area(start):
    start.keyboard.press("Escape")
    start.locator("summary").first.click()
    start.locator("tbody th").first.hover()
    assert start.locator("g.lit use").count() >= 2
    assert start.evaluate(SAY) == "", "the row has said it"


def test_zoom_buttons_change_the_view_and_go_back(start):
    drawn, buttons = start.locator("svg.map").first, start.locator(".map-zoom button")
    before = drawn.get_attribute("viewBox")
    buttons.nth(0).click()
    assert drawn.get_attribute("viewBox") != before
    buttons.nth(2).click()
    assert drawn.get_attribute("viewBox") == before


def test_a_choice_shows_one_of_the_maps_and_is_in_the_address(start):
    figures, choice = start.locator(".figure-block"), start.get_by_label("Karta över")
    assert [figures.nth(at).is_visible() for at in range(2)] == [True, False]
    choice.select_option(index=1)
    assert choice.locator("option").nth(1).text_content() in figures.nth(1).inner_text()
    address = start.url
    assert address.endswith(f"#{figures.nth(1).get_attribute('id')}")
    start.goto("about:blank")
    start.goto(address)
    assert [figures.nth(at).is_visible() for at in range(2)] == [False, True]


def test_without_script_every_map_and_every_number_is_on_the_page(browser, site):
    shown = browser.new_page(java_script_enabled=False)
    shown.goto((site[0] / "index.html").as_uri())
    assert shown.locator("table").first.locator("tr").count() == len(site[1]) + 1
    assert shown.locator(".map-zoom, select, .map-stage").count() == 0
    assert [drawn.is_visible() for drawn in shown.locator("svg.map").all()] == [True, True]
    titles = re.findall(r"<title>(.*?):", shown.locator("svg.map").first.inner_html())
    assert set(titles) == set(site[1])
    shown.close()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (320, 640)])
def test_map_and_legend_fit_the_screen_beside_each_other_or_stacked(browser, site, width, height):
    shown = browser.new_page(viewport={"width": width, "height": height})
    shown.goto((site[0] / "index.html").as_uri())
    box = shown.locator("svg.map").first.bounding_box()
    parts = [shown.locator(f"svg.map .b{at}").first.bounding_box() for at in range(1, 5)]
    for part in parts:
        assert part["x"] >= box["x"] - 8  # what the window cuts off counts
        assert part["x"] + part["width"] <= box["x"] + box["width"] + 8
        assert part["y"] + part["height"] <= box["y"] + box["height"] + 1
    tops = [round(part["y"]) for part in parts]
    if width > 640:
        assert box["height"] < height
        assert parts[1]["x"] > parts[0]["x"] + parts[0]["width"] - 1
    else:
        texts = shown.locator("svg.map").first.locator("text")
        high = texts.evaluate_all("all => all.map(t => t.getBoundingClientRect().height)")
        assert tops == sorted(tops)
        assert min(high) > (11 if width == 390 else 9)
    shown.close()


@pytest.mark.parametrize("scheme", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_in_the_dark_the_map_is_no_white_card_and_its_words_have_the_pages_colour(
    browser, site, scheme
):
    shown = browser.new_page(**scheme)
    shown.goto((site[0] / "index.html").as_uri())
    colours = """() => { const svg = document.querySelector('svg.map'), of = (at) => getComputedStyle(at);
        return [of(svg).backgroundColor, of(svg.querySelector('.b3 text')).fill, of(document.body).color,
            of(svg.querySelector('[data-area]')).fill]; }"""
    ground, words, ink, area = shown.evaluate(colours)
    assert ground == "rgba(0, 0, 0, 0)"
    assert words == ink
    assert area == "rgb(251, 240, 220)"
    shown.close()
