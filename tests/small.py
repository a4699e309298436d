"""Small notebooks to run, and the folder that they become."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import v4

from analysis.publishing.build import Document, Options, Summary, run

HERE = os.path.dirname(__file__)


def written(folder: Path, name: str, *cells: str, parameters: str = "year: int = 2023") -> Path:
    """Write a notebook: a text that begins with # is Markdown, others are code."""
    first = v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = v4.new_notebook(cells=[first], metadata={"kernelspec": kernel})
    made.cells += [
        v4.new_markdown_cell(cell) if cell.startswith("#") else v4.new_code_cell(cell)
        for cell in cells
    ]
    nbformat.write(made, folder / f"{name}.ipynb")
    return folder / f"{name}.ipynb"


def document(folder: Path, name: str, *cells: str, **changed: object) -> Document:
    """Write a notebook, and return the document that it becomes at d/NAME."""
    known = {"parameters": {"year": 2022}, "path": f"d/{name}", "title": name, "formats": ("html",)}
    return Document(name, written(folder, name, *cells), **{**known, **changed})


def publish(documents: list[Document], output: Path, **options: object) -> Summary:
    """Make documents two at a time."""
    return run(documents, output, Options(**{"jobs": 2, "home": output.parent, **options}))


def files(folder: Path) -> dict[str, str]:
    """Return the hash of each file of a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def started(code: str, *words: object) -> subprocess.Popen[str]:
    """Start a Python of its own, where no test has left threads."""
    path = os.pathsep.join([HERE, *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
