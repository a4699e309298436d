"""One document in one process: execute, set, leave the files in the staging folder, say how."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from analysis import reading
from analysis.errors import Refusal
from analysis.publishing import execute as engine
from analysis.publishing.document import Document

if TYPE_CHECKING:
    from nbconvert.exporters import Exporter
    from nbformat import NotebookNode

PR_SET_PDEATHSIG = 1


def get_ready() -> None:
    """Import and prepare, once, all that every child needs; starts no thread."""
    import papermill.execute  # noqa: F401

    from analysis.publishing import shell  # noqa: F401

    _get_ready_to_export()


def _get_ready_to_export() -> None:
    from analysis.publishing import fonts, page, pdf  # noqa: F401

    fonts.faces()
    fonts.book()


def make(document: Document, work: Path, home: Path, told: Connection, parent: int) -> None:
    """Make a document; tell ("at", heading) on the way, ("read", files), and how it went.

    The last word is ("done", "") or ("failed", why).
    """
    _die_with(parent)
    os.chdir(home)  # notebooks find the municipality from where they stand
    try:
        with _quiet(), reading.gathering() as files:
            _make(document, work, told)
        told.send(("read", sorted(map(str, files))))
        told.send(("done", ""))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this document's failure and no other's
        told.send(("failed", _why(error)))


def _make(document: Document, work: Path, told: Connection) -> None:
    kept = work / "notebooks" / f"{document.name}.ipynb"
    kept.parent.mkdir(parents=True, exist_ok=True)
    files = {form: work / "staging" / f"{document.path}.{form}" for form in document.formats}
    with _beside(len(files)) as helper:
        notebook = engine.execute(
            document.notebook,
            document.parameters,
            output=kept,
            told=lambda heading: told.send(("at", heading)),
        )
        notebook.metadata["analysis"] = dict(document.metadata)
        exports = [helper.submit(_export, notebook, *item) for item in files.items()]
        kept.write_text(nbformat.writes(notebook) + "\n", "utf-8")
        for export in exports:
            export.result()


def _beside(count: int) -> Executor:
    """Lend processes that get ready to export while the notebook is executed.

    Where this one is ready already, or a process is no cheap fork, a thread will do.
    """
    if "analysis.publishing.pdf" in sys.modules or sys.platform != "linux":
        return ThreadPoolExecutor(1)
    forked = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(count, forked, initializer=_wait_beside, initargs=(os.getpid(),))
    pool.submit(int)  # the first task starts all of them
    return pool


def _wait_beside(parent: int) -> None:
    _end_with(parent)
    _get_ready_to_export()


def _export(notebook: NotebookNode, form: str, file: Path) -> None:
    exported, _ = _exporter(form).from_notebook_node(notebook)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(exported.encode() if isinstance(exported, str) else exported)


def _exporter(form: str) -> Exporter:
    from analysis.publishing import page as html
    from analysis.publishing import pdf

    exporters: dict[str, type[Exporter]] = {"html": html.PageExporter, "pdf": pdf.PdfExporter}
    return exporters[form]()


def _why(error: Exception) -> str:
    """Say what happened, without the traceback that the half-run notebook holds."""
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, PapermillExecutionError):
        return f"{error.ename}: {error.evalue}"
    if isinstance(error, BrokenExecutor):
        return "processen som skulle sätta sidan dödades; minnet kan ha tagit slut"
    return str(error) if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Send what cells print past Python (programs, C libraries) to nowhere."""
    sys.stdout.flush()
    sys.stderr.flush()
    with open(os.devnull, "r+b") as nowhere:
        for descriptor in (0, 1, 2):
            os.dup2(nowhere.fileno(), descriptor)
    yield


def _die_with(parent: int) -> None:
    """Start a group of its own, and end when the parent ends, however it ends (Linux)."""
    if sys.platform == "win32":
        return
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        _end_with(parent)


def _end_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
