"""Make the README's pictures from the newest report: python docs/pictures.py (needs chromium)."""

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

from analysis import results
from analysis.figures import maps, questions
from analysis.figures.figure import Figure, Table

ROOT = Path(__file__).parents[1]
WIDTHS = {"karta": 720, "fragor": 860}
TALLEST = 760.0


def main() -> None:
    """Draw a map and a table as a notebook shows them, and the first page of the report."""
    year = results.of(None, ROOT)
    shown: dict[str, Figure | Table | None] = {
        "karta": maps.choropleth(year),
        "fragor": questions.ranked(year, "osterangen"),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, value in shown.items():
            assert value is not None
            page = browser.new_page(viewport={"width": WIDTHS[name], "height": 700})
            html = value._repr_mimebundle_()["text/html"]
            page.set_content(f'<body style="font-family: sans-serif; margin: 1rem">{html}</body>')
            box = page.locator("figure, table").first.bounding_box()
            assert box is not None
            box["height"] = min(box["height"], TALLEST)
            page.screenshot(path=ROOT / f"docs/bilder/{name}.png", clip=box)
        page = browser.new_page(viewport={"width": 1000, "height": 760})
        report = ROOT / "reports" / str(year.number) / "index.html"
        page.goto(report.as_uri())
        page.screenshot(path=ROOT / "docs/bilder/startsida.png")
        browser.close()


if __name__ == "__main__":
    main()
