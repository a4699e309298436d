"""Small notebooks for the press, and the values that their cells show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

FIGURE = "application/vnd.analysis.figure+json"
TABLE = "application/vnd.analysis.table+json"
NOTICE = "application/vnd.analysis.notice+json"
HOSTILE = r"<script>alert(1)</script> #let x = 1 $y$ * @z \ </style> 'STYLES' [l](javascript:run)"


def notebook(*cells: str | dict[str, Any], **about: Any) -> NotebookNode:
    """Make an executed notebook: a text is a Markdown cell, a dict what a cell shows."""
    made = [
        v4.new_markdown_cell(cell)
        if isinstance(cell, str)
        else v4.new_code_cell("x", outputs=[v4.new_output("display_data", data=cell)])
        for cell in cells
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return v4.new_notebook(cells=made, metadata={"analysis": about, "kernelspec": kernel})


def written(
    folder: Path, name: str, *cells: str, parameters: str = "year: int = 2023\narea: str = ''"
) -> Path:
    """Write a notebook to run: a text that begins with # is Markdown, others are code."""
    first = v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    made = notebook()
    made.cells = [first] + [
        v4.new_markdown_cell(cell) if cell.startswith("#") else v4.new_code_cell(cell)
        for cell in cells
    ]
    file = folder / f"{name}.ipynb"
    nbformat.write(made, file)
    return file


def table(**changed: Any) -> dict[str, Any]:
    """Return a table's JSON."""
    columns = [{"label": "Område", "numeric": False}, {"label": "Index", "numeric": True}]
    rows = [["Råslätt", "1,72"], [HOSTILE, "0,81"]]
    return {"caption": "Index", "columns": columns, "rows": rows, "note": None, **changed}


def figure(**changed: Any) -> dict[str, Any]:
    """Return what a figure shows; a changed part is a fault to find."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" role="img" aria-label="Två röda staplar">'
        '<rect width="5" height="5" style="fill: #cc0000"/></svg>'
    )
    said = {"title": "Störst i Råslätt", "alt": "Två staplar: 1,72 och 0,81", "caption": "Index."}
    data = {**said, "source": "Enkäten", "svg": svg, "table": table(), **changed}
    html = f'<figure class="figure"><p>{data["title"]}</p>{svg}<figcaption>x</figcaption></figure>'
    return {FIGURE: data, "text/html": html, "text/plain": "figur"}
