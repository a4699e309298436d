"""The finished pages in a browser: accessible, silent, self-contained, readable at every width."""

import os
import shutil
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe

from conftest import PROFILES
from page_rules import faults, title

PAGES = ["index", "arsanalys", "brott", *(f"omraden/{area}" for area in PROFILES)]
LARGEST = {"index": 400_000, "arsanalys": 900_000}  # bytes; others 150 000
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
MEDIA = {
    "360": {"width": 360},
    "1280": {"width": 1280},
    "print": {"width": 700, "media": "print"},  # an A4 within its margins, nearly
    "dark": {"width": 360, "rules": ["color-contrast"], "color_scheme": "dark"},
}
CONTRAST = """() => {
    const bright = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
    const colour = text => text.match(/[\\d.]+/g).map(Number);
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const found = colour(getComputedStyle(at).backgroundColor);
            if (found.length < 4 || found[3] === 1) return found;
        }
        return [255, 255, 255];
    };
    const worst = {};
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const element = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || !element.checkVisibility()) continue;
        if (element.closest('script, title')) continue;
        const drawn = element.closest('svg');
        const ink = getComputedStyle(element)[drawn ? 'fill' : 'color'];
        const [low, high] = [bright(colour(ink)), bright(behind(drawn ?? element))].sort();
        const ratio = (Math.max(low, high) + .05) / (Math.min(low, high) + .05);
        if (ratio < 4.5) worst[`${element.tagName} ${element.className} ${ink}`] = ratio;
    }
    return Object.entries(worst).map(pair => pair.join(' '));
}"""


def seen(browser, file):
    """Yield every fault of a page that a browser can see, in each medium."""
    for name, medium in MEDIA.items():
        yield from (f"{name}: {fault}" for fault in _seen(browser, file, **medium))


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
    said += [f"kontrast: {worst}" for worst in page.evaluate(CONTRAST)]
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    said += [f"axe: {line}" for line in found.generate_snapshot().splitlines() if line]
    page.close()
    return said


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_silent_and_fits_at_every_width_in_print_and_in_the_dark(
    report, browser, name
):
    assert list(seen(browser, report / f"{name}.html")) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_the_rules_and_its_size(report, name):
    text = (report / f"{name}.html").read_text("utf-8")
    assert list(faults(text)) == []
    assert len(text.encode()) <= LARGEST.get(name, 150_000)


def test_no_two_pages_have_the_same_title(report):
    titles = [title(page.read_text("utf-8")) for page in report.rglob("*.html")]
    assert len(titles) >= len(PAGES)
    assert len(set(titles)) == len(titles)


WHOLE = '<!DOCTYPE html><html lang="sv"><title>T</title><main><h1>R</h1>{}</main></html>'


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ('<button aria-label=""></button>', "axe: button-name"),
        ('<p style="color: #999; background: #fff">Text</p>', "kontrast: P"),
        ('<svg fill="#aaa"><text y="9">Text</text></svg>', "kontrast: text"),
        ('<p style="width: 2000px">Text</p>', "rullar i sidled"),
        ("<script>console.log(1)</script>", "konsolen: 1"),
        ("<script>nothing()</script>", "skriptfel:"),
        ('<img alt="x" src="https://example.invalid/x.png">', "hämtar https://example.invalid"),
    ],
)
def test_each_rule_of_the_browser_finds_its_bad_page(browser, tmp_path, bad, fault):
    (tmp_path / "good.html").write_text(WHOLE.format("<p>Text</p>"), "utf-8")
    (tmp_path / "bad.html").write_text(WHOLE.format(bad), "utf-8")
    assert _seen(browser, tmp_path / "good.html", width=360) == []
    assert any(fault in said for said in _seen(browser, tmp_path / "bad.html", width=360))


def checked(tool, *command):
    """Return what a checker of HTML says of files, or skip where there is none."""
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} saknas på datorn: det som kräver programmet prövas inte.")
    done = subprocess.run([tool, *command], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def vnu(*files):
    jar = os.environ.get("VNU_JAR", "")
    if not os.path.isfile(jar):
        pytest.skip("VNU_JAR nämner ingen vnu.jar: sidorna prövas inte mot HTML-standarden.")
    return checked("java", "-jar", jar, "--errors-only", *files)


def html_validate(*files):
    return checked("html-validate", "--preset", "recommended,a11y", *files)


@pytest.mark.parametrize("checker", [vnu, html_validate])
def test_the_pages_are_valid_html_and_the_checker_finds_a_bad_page(report, tmp_path, checker):
    bad = tmp_path / "bad.html"
    bad.write_text(WHOLE.format('<p><table id="a"></table><i id="a">'), "utf-8")
    assert checker(bad)[0] != 0
    assert checker(*(report / f"{name}.html" for name in PAGES)) == (0, "")
