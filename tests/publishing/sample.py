"""Small executed notebooks, and the values that their cells show."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode, v4

MADE = "application/vnd.analysis."
FIGURE, TABLE = f"{MADE}figure+json", f"{MADE}table+json"
NOTICE, KEY_FIGURES = f"{MADE}notice+json", f"{MADE}keyfigures+json"
HOSTILE = r"<script>alert(1)</script> #let x = 1 $y$ * @z \ </style> 'STYLES' [l](javascript:run)"
WARNING = {NOTICE: {"text": "**Påhittat.** Svaren är gjorda för att visa hur rapporten ser ut."}}
KEY = {"label": "Tal", "value": "1,3", "note": "mot 1,42"}
KEYS = {KEY_FIGURES: {"items": [KEY] * 4}}


def notebook(*cells: str | dict[str, Any] | list[Any], **about: Any) -> NotebookNode:
    """Make an executed notebook: a text is Markdown, a dict what a cell shows, a list several."""
    made = [
        v4.new_markdown_cell(cell)
        if isinstance(cell, str)
        else v4.new_code_cell("x", outputs=[v4.new_output("display_data", data=one) for one in of])
        for cell in cells
        for of in [cell if isinstance(cell, list) else [cell]]
    ]
    return v4.new_notebook(cells=made, metadata={"analysis": about})


def table(**changed: Any) -> dict[str, Any]:
    """Return a table's JSON."""
    columns = [{"label": "Område", "numeric": False}, {"label": "Index", "numeric": True}]
    rows = [["Råslätt", "1,72"], [HOSTILE, "0,81"]]
    said = {"caption": "Index", "columns": columns, "rows": rows, "note": "", "links": None}
    return {**said, "strong": [], "pictures": None, "key": "", **changed}


def figure(**changed: Any) -> dict[str, Any]:
    """Return what a figure shows; a changed part is a fault to find."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" class="chart"><path d="M0 0h9v9z"/></svg>'
    said = {"title": "Störst i Råslätt", "alt": "Två staplar: 1,72 och 0,81", "caption": "Index."}
    data = {**said, "source": "Enkäten", "svg": svg, "table": table(), "description": "", "key": ""}
    return {FIGURE: {**data, **changed}, "text/plain": "figur"}


def areas(count: int = 34, **changed: Any) -> dict[str, Any]:
    """Return a table of areas with pages of their own, a picture in each row, and a verdict."""
    labels = ("Område", "Index", "Felmarginal", "Mot 2022", "Säkerställd?")
    drawn = '<svg viewBox="0 0 120 14" xmlns="http://www.w3.org/2000/svg" aria-hidden="true"><path d="M9 7H90"/></svg>'
    return table(
        caption="Index i varje område",
        columns=[{"label": label, "numeric": 0 < at < 4} for at, label in enumerate(labels)],
        rows=[
            [f"Område {n}", f"{n % 7},5", "0,31–2,25", f"−0,{n:02}", "nej"] for n in range(count)
        ],
        links=[f"omraden/{n}.html" for n in range(count)],
        strong=[count // 2],
        pictures={"label": "0 till 6", "svgs": [drawn] * count},
        **changed,
    )


WHOLE = (
    *("# Trygghet 2023", WARNING, {"text/markdown": "Färre problem än 2022, men fler brott."}),
    *(KEYS, figure(), "## Hur är det där jag bor?\n\nSå här.", {TABLE: areas()}),
    *("## Vad mer?\n\n|a|b|\n|-|-:|\n|x|1|\n", "## Hur är det gjort?\n\nVäl."),
)
