"""Make the README's picture from the newest report: python docs/pictures.py (needs chromium)."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from analysis import paths

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Take a picture of the first page of the report."""
    index = ROOT / "reports" / str(paths.newest(ROOT)) / "index.html"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(index.as_uri())
        page.screenshot(path=ROOT / "docs/bilder/startsida.png")
        browser.close()


if __name__ == "__main__":
    main()
