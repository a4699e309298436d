"""JupyterLab in a real browser, as an analyst uses it: open, run, choose, export."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOKEN = "lab-under-test"
LONGEST = 25_000
FAILED = "[data-mime-type$='jupyter.stderr'], [data-mime-type$='jupyter.error']"


@pytest.fixture(scope="module")
def address(browser, tmp_path_factory):
    """Start `analysis lab` on a copy of what it needs; end it with all its kernels."""
    home = tmp_path_factory.mktemp("desk")
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    for folder in ("data", "shapes"):
        (home / folder).symlink_to(ROOT / folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(home / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    own["PYTHONPATH"] = os.pathsep.join([str(_installed(home)), *filter(None, sys.path)])
    own |= {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "s"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "w"),
    }
    words = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    words += [f"--ServerApp.port={port}", f"--IdentityProvider.token={TOKEN}"]
    command = [sys.executable, "-m", "analysis.cli", "--root", str(home), "lab", "--", *words]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=home, env={**os.environ, **own}, stderr=log, start_new_session=True
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}", server, home / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def _installed(home):
    """Make this source's exporters known, whichever version of the project is installed."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = known["entry-points"]["nbconvert.exporters"]
    folder = home / "installed" / f"trygghetsanalys-{known['version']}.dist-info"
    folder.mkdir(parents=True)
    head = "Metadata-Version: 2.1\nName: trygghetsanalys\n"
    (folder / "METADATA").write_text(f"{head}Version: {known['version']}\n", "utf-8")
    lines = ["[nbconvert.exporters]", *(f"{name} = {place}" for name, place in names.items())]
    (folder / "entry_points.txt").write_text("\n".join(lines), "utf-8")
    return folder.parent


def _wait_for(url, server, log):
    for _ in range(150):
        assert server.poll() is None, log.read_text("utf-8")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8"))


@pytest.fixture
def page(browser):
    window = browser.new_page(viewport={"width": 1300, "height": 3000}, accept_downloads=True)
    window.set_default_timeout(LONGEST)
    yield window
    window.close()


def _open(page, address, notebook):
    page.goto(f"{address}/lab/tree/{notebook}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-CodeCell")
    page.wait_for_selector("text=| Idle")


def _choose(page, *path):
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{path[0]}$")).click()
    for words in path[1:]:
        page.locator(".lm-Menu-itemLabel:visible", has_text=re.compile(f"^{words}")).first.click()


def test_a_first_visit_opens_the_first_notebook_and_asks_nothing(page, address):
    page.goto(f"{address}/?token={TOKEN}")
    page.wait_for_selector("h1:has-text('Vad kan jag göra här?')")
    assert page.url.endswith("borja-har.ipynb")
    assert not page.get_by_text("Jupyter news").count()


def test_a_year_changed_in_the_first_cell_changes_the_report_and_is_saved_as_page_and_pdf(
    page, address
):
    _open(page, address, "arsanalys.ipynb")
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("year: int = 2022  # a folder in data/")
    _choose(page, "Run", "Run All Cells")
    page.wait_for_selector(".jp-OutputArea figure[aria-label*='2022']", state="attached")
    page.wait_for_selector(".jp-RenderedMarkdown:has-text('1,42')", state="attached")
    page.wait_for_selector(".jp-RenderedMarkdown:has-text('95-procentigt')", state="attached")
    assert not page.locator(FAILED).count()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.wait_for_selector("text=Saving completed")
    first, again = (_exported(page, "Rapport_HTML").decode() for _ in range(2))
    assert first == again
    for part in ('lang="sv"', "1,42", "<svg"):
        assert part in first
    first, again = (_exported(page, "Rapport_PDF") for _ in range(2))
    assert first == again
    assert b"<pdfuaid:part>1<" in first


def _exported(page, kind):
    """Return what the server answers to File → Save and Export Notebook As."""
    with page.context.expect_event("request", lambda asked: "/nbconvert/" in asked.url) as asked:
        _choose(page, "File", "Save and Export Notebook As", kind)
    came_from = {"Referer": asked.value.headers["referer"]}  # else it is taken for a stranger's
    return page.request.get(asked.value.url, headers=came_from, timeout=60_000).body()


def test_choosing_a_question_with_the_mouse_changes_map_numbers_and_line(page, address):
    _open(page, address, "explore/utforska.ipynb")
    _choose(page, "Run", "Run All Cells")
    page.wait_for_selector(
        ".jp-OutputArea figure[aria-label*='roblemindex 2023']", state="attached"
    )
    page.locator(".widget-dropdown select").first.select_option(label="Nedskräpning")
    page.wait_for_selector(
        ".jp-OutputArea figure[aria-label*='edskräpning 2023']", state="attached"
    )
    assert page.locator(".jp-OutputArea pre", has_text="nedskrapning").count()
    assert not page.locator(FAILED).count()
    page.locator("button", has_text="Gör notebook").click()
    page.locator("a", has_text="min-bild.ipynb").click()
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) h1:has-text('Min bild')")
    for notebook in ("min-bild", "borja-har"):
        if notebook == "borja-har":
            _open(page, address, "borja-har.ipynb")
        _choose(page, "Run", "Run All Cells")
        page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) figure", state="attached")
        page.wait_for_selector("text=| Idle")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+s")
        page.wait_for_selector("text=Saving completed")
        for _ in range(2):
            assert b'lang="sv"' in _exported(page, "Rapport_HTML")
            assert _exported(page, "Rapport_PDF").startswith(b"%PDF-")


def test_only_forms_that_can_be_made_here_are_offered(page, address):
    forms = set(page.request.get(f"{address}/api/nbconvert?token={TOKEN}").json())
    assert {"html", "rapport_HTML", "rapport_PDF"} <= forms
    assert not {"asciidoc", "latex", "pdf", "qtpdf", "qtpng", "rst", "webpdf"} & forms
