"""The map by keyboard, by pointer and without script, in a browser of its own."""

import contextlib
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import shapely
import websocket
from nbformat import v4

from analysis import maps, panels, results
from analysis.press import html

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
SAY = "document.querySelector('.map-say').textContent"
LIT = "[...document.querySelectorAll('tr.lit')].map(row => row.cells[0].textContent)"
KEYS = {"Enter": 13, "Escape": 27, "PageUp": 33, "PageDown": 34, "End": 35, "Home": 36}
KEYS |= {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Tab": 9}
SPOT = """(() => {{
    const here = (x, y) => document.elementFromPoint(x, y)?.dataset.area === {name!r};
    for (const area of document.querySelector('svg.map').querySelectorAll('[data-area]')) {{
        const box = area.dataset.area === {name!r} ? area.getBoundingClientRect() : {{}};
        for (let x = box.left; x < box.right; x += 3)
            for (let y = box.top; y < box.bottom; y += 3)
                if ([-2, 0, 2].every(off => here(x + off, y) && here(x, y + off))) return [x, y];
    }} }})()"""


class Browser:
    """One page of a browser, asked over the DevTools protocol."""

    def __init__(self, socket):
        self.socket, self.number = socket, 0

    def ask(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while (said := json.loads(self.socket.recv())).get("id") != self.number:
            pass
        return said["result"]

    def value(self, script):
        found = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait(self, script):
        end = time.monotonic() + 5
        while not self.value(script):
            assert time.monotonic() < end, f"never so: {script}"
            time.sleep(0.02)

    def show(self, path):
        self.ask("Page.navigate", url=path.as_uri())
        self.wait(
            f"location.pathname === {path.as_posix()!r} && document.readyState === 'complete'"
        )

    def press(self, key):
        code = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        self.ask("Input.dispatchKeyEvent", type="rawKeyDown", **code)

    def mouse(self, kind, x, y):
        held = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **held)

    def point_at(self, name):
        x, y = self.value(SPOT.format(name=name))
        self.mouse("mouseMoved", x, y)
        return x, y


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip("Chromium saknas: kartan prövas inte i webbläsare")
    home = tmp_path_factory.mktemp("chromium")
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    command = [
        CHROMIUM,
        *flags,
        f"--user-data-dir={home}",
        "--window-size=1280,1400",
        "about:blank",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not (home / "DevToolsActivePort").exists():
            assert process.poll() is None
            time.sleep(0.05)
        port = (home / "DevToolsActivePort").read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            pages = [page for page in json.load(answer) if page["type"] == "page"]
        url = pages[0]["webSocketDebuggerUrl"]
        socket = websocket.create_connection(url, suppress_origin=True, timeout=20)
        with contextlib.closing(socket):
            found = Browser(socket)
            found.ask("Emulation.setFocusEmulationEnabled", enabled=True)
            yield found
        process.terminate()


def page(figures, file, **about):
    shown = [v4.new_output("display_data", data=made._repr_mimebundle_()) for made in figures]
    cells = [v4.new_markdown_cell("# Karta"), v4.new_code_cell(outputs=shown)]
    notebook = v4.new_notebook(cells=cells, metadata={"analysis": about})
    file.parent.mkdir(exist_ok=True)
    file.write_text(html.PageExporter().from_notebook_node(notebook)[0], "utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Make a first page with two maps, and the pages of two areas, from the newest year's data."""
    folder, year = tmp_path_factory.mktemp("site"), results.of(None, ROOT)
    drawn = [maps.choropleth(year), maps.choropleth(year, year.measures.index[-1])]
    page(drawn, folder / "index.html")
    for area in year.areas.index[:2]:
        drawn = [maps.choropleth(year, area=area)]
        page(drawn, folder / f"omraden/{area}.html", home="../index.html", site="Kommunen")
    return folder, list(year.areas["name"]), list(year.areas.index)


@pytest.fixture
def start(browser, site):
    """Show the first page, its first map entered with one Tab after the link past the menu."""
    browser.show(site[0] / "index.html")
    browser.press("Tab")
    browser.press("Tab")
    assert browser.value("document.activeElement.className") == "map-stage"
    return browser


def heard(browser):
    return browser.value(SAY).split(":")[0]


def test_page_down_names_every_area_once_and_in_the_tables_order(start, site):
    names = []
    for _ in site[1]:
        names.append(heard(start))
        assert start.value(LIT) == [names[-1]] * 2, "one row in each map's table"
        start.press("PageDown")
    assert names == site[1]
    assert heard(start) == names[-1]
    start.press("Home")
    assert heard(start) == names[0]
    start.press("End")
    assert heard(start) == names[-1]


def test_arrows_lead_to_the_nearest_area_that_way_and_nowhere_else():
    squares = [shapely.box(x, y, x + 1, y + 1) for x, y in ((0, 0), (1, 0), (2, 0), (1, 1))]
    assert panels.steps(np.array(squares)) == [",3,1,", "0,3,2,", "1,3,,", "0,,2,1"]


def test_arrows_alone_reach_every_area(start, site):
    """Walk from the nearest outwards: by Home, the way already known, and one arrow more."""
    ways, todo = {heard(start): []}, [heard(start)]
    while todo and len(ways) < len(site[1]):
        name = todo.pop()
        for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"):
            for step in ("Home", *ways[name], key):
                start.press(step)
            if heard(start) not in ways:
                ways[heard(start)] = [*ways[name], key]
                todo.insert(0, heard(start))
    assert set(ways) == set(site[1])


def test_enter_opens_the_areas_page_and_back_returns(start, site):
    folder, names, ids = site
    first = (folder / "index.html").as_posix()
    start.press("Enter")
    start.wait(f"location.pathname.endsWith('/omraden/{ids[0]}.html')")
    start.wait("document.querySelector('.map-stage') !== null")
    start.value("document.querySelector('.map-stage').focus()")
    assert heard(start) == names[0], "an area's own map begins with the area"
    while heard(start) != names[1]:
        start.press("PageDown")
    start.press("Enter")
    start.wait(f"location.pathname.endsWith('/omraden/{ids[1]}.html')")
    start.value("history.go(-2)")
    start.wait(f"location.pathname === {first!r} && document.readyState === 'complete'")


def test_escape_leaves_and_tab_goes_on(start):
    start.press("Escape")
    assert start.value(SAY) == ""
    assert start.value("document.activeElement === document.body")
    assert start.value(LIT) == []
    start.press("Tab")
    assert start.value("document.activeElement.tagName") == "BUTTON"


def test_the_pointer_says_the_same_and_a_click_opens_the_page(start, site):
    _, names, ids = site
    start.press("Escape")
    said = []
    for name in names:
        start.point_at(name)
        said += [heard(start)] if start.value(LIT) == [heard(start)] * 2 else []
    assert said == names
    place = start.point_at(names[0])
    for kind in ("mousePressed", "mouseReleased"):
        start.mouse(kind, *place)
    start.wait(f"location.pathname.endsWith('/omraden/{ids[0]}.html')")


def test_a_row_of_the_table_lights_its_area(start, site):
    start.press("Escape")
    start.value("document.querySelector('details').open = true")
    start.value(
        "document.querySelector('tbody tr').dispatchEvent(new PointerEvent('pointerenter'))"
    )
    assert start.value("document.querySelectorAll('g.lit use').length") >= 2
    assert start.value(SAY) == "", "the row has said it"


def test_zoom_buttons_change_the_view_and_go_back(start):
    view = "document.querySelector('svg.map').getAttribute('viewBox')"
    before = start.value(view)
    start.value("document.querySelectorAll('.map-zoom button')[0].click()")
    assert start.value(view) != before
    start.value("document.querySelectorAll('.map-zoom button')[2].click()")
    assert start.value(view) == before


def test_the_policy_stops_nothing_of_ours_and_no_id_is_twice(start):
    twice = (
        "new Set(all = [...document.querySelectorAll('[id]')].map(e => e.id)).size === all.length"
    )
    assert start.value(f"{{ let all; {twice} }}")
    assert start.value("document.querySelectorAll('.map-stage').length") == 2


def test_without_script_every_number_is_on_the_page(browser, site):
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    browser.show(site[0] / "index.html")
    rows = "[...document.querySelectorAll('table')[0].rows].map(row => row.innerText || row.textContent)"
    assert len(browser.value(rows)) == len(site[1]) + 1
    assert browser.value("document.querySelectorAll('button, .map-stage').length") == 0
    titles = browser.value(
        "[...document.querySelectorAll('[data-to] title')].map(t => t.textContent)"
    )
    browser.ask("Emulation.setScriptExecutionDisabled", value=False)
    assert [title.split(":")[0] for title in titles] == site[1] * 2
