"""Documents in, their files and how it went out: a process each, here or on other machines."""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from analysis.errors import Refusal
from analysis.publishing.document import Document, Options, Outcome
from analysis.publishing.folder import FAULTS

PR_SET_PDEATHSIG = 1


def make(documents: Sequence[Document], folder: Path, options: Options) -> Iterator[Outcome]:
    """Make documents in processes of this machine; each is ended however it goes.

    Args:
        folder: gets a folder for each document's files, and its executed notebook beside it.
    """
    for document in documents:
        (folder / document.name / document.path).parent.mkdir(parents=True)
    _get_ready()
    options.warm()
    waiting, running = list(documents), dict[object, _Child]()
    try:
        while waiting or running:
            while waiting and len(running) < options.jobs:
                child = _Child(waiting.pop(0), folder, options)
                running[child.process.sentinel] = child
            soonest = min(child.ends for child in running.values())
            ended = wait([*running], timeout=max(0.0, soonest - time.monotonic()))  # type: ignore[list-item]
            late = [key for key, child in running.items() if child.ends <= time.monotonic()]
            for sentinel in {*ended, *late}:
                yield running.pop(sentinel).outcome(is_late=sentinel not in ended)
            if not folder.is_dir():
                raise FileNotFoundError(errno.ENOENT, "", str(folder))
    finally:
        for child in running.values():
            child.end()


def _get_ready() -> None:
    """Import, and set a page, once: what every document needs; starts no thread."""
    from matplotlib_inline import backend_inline  # noqa: F401
    from nbformat import v4

    from analysis.publishing import execute, page, pdf  # noqa: F401

    page.PageExporter().from_notebook_node(v4.new_notebook(cells=[v4.new_markdown_cell("# T")]))


class _Child:
    """A process that makes one document, and all that it starts."""

    def __init__(self, document: Document, folder: Path, options: Options) -> None:
        # Processes are not pooled: a fork is safe only where there are no threads, and pools have them.
        pdf = sys.modules.get("analysis.publishing.pdf")
        has_threads = threading.active_count() > 1 or bool(pdf and pdf.has_threads())
        forks = sys.platform == "linux" and not has_threads
        context = multiprocessing.get_context("fork" if forks else "spawn")
        self.ear, mouth = context.Pipe(duplex=False)
        arguments = (document, folder, options.home.resolve(), mouth, os.getpid())
        self.process: BaseProcess = context.Process(target=_work, args=arguments)  # type: ignore[attr-defined]
        self.document, self.began = document, time.monotonic()
        self.ends = self.began + options.time_limit
        self.process.start()
        mouth.close()

    def outcome(self, *, is_late: bool) -> Outcome:
        """End the process if it lives, and say how it went."""
        heading, error = "", None
        with suppress(EOFError, OSError):
            while self.ear.poll():
                heading, error = self.ear.recv()
        self.end()
        if error is None:
            died = f"processen dog (kod {self.process.exitcode}); minnet kan ha tagit slut"
            error = f"tog längre tid än {self.ends - self.began:g} sekunder" if is_late else died
        return Outcome(self.document, time.monotonic() - self.began, error, heading)

    def end(self) -> None:
        """End the process, and all that it started."""
        if sys.platform != "win32":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid or 0, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.ear.close()


def _work(document: Document, folder: Path, home: Path, told: Connection, parent: int) -> None:
    """Make a document; tell (heading, None) on the way and at last (heading, error)."""
    _follow(parent)
    os.chdir(home)  # notebooks find the municipality from where they stand
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):  # what programs and C libraries print
        os.dup2(nowhere, descriptor)
    headings = [""]

    def tell(heading: str) -> None:
        if heading != headings[-1]:
            headings.append(heading)
            told.send((heading, None))

    error = ""
    try:
        _write(document, folder, tell)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is this document's failure and no other's
        error = _why(fault)
    told.send((headings[-1], error))
    os._exit(0)  # whatever a cell has left running


def _write(document: Document, folder: Path, tell: Callable[[str], None]) -> None:
    if document.write:
        document.write(folder / document.name)
        return
    import nbformat

    from analysis.publishing import content, execute, page, pdf

    exporters: dict[str, Any] = {"html": page.PageExporter, "pdf": pdf.PdfExporter}
    half, named = folder / f"{document.name}.ipynb", {"name": document.notebook.stem}
    notebook = execute.execute(document.notebook, document.parameters, half, tell)
    tell("")  # a page's faults say themselves where they are
    notebook.metadata["analysis"] = {**document.metadata, "form": document.form}
    if notice := document.metadata.get("notice"):
        shown = nbformat.v4.new_output("display_data", data={content.NOTICE: {"text": notice}})
        notebook.cells.append(nbformat.v4.new_code_cell(outputs=[shown]))
    nbformat.write(notebook, half)
    for kind in document.formats:
        text, _ = exporters[kind]().from_notebook_node(notebook, {"metadata": named})
        file = folder / document.name / f"{document.path}.{kind}"
        file.write_bytes(text.encode() if isinstance(text, str) else text)


def _why(fault: Exception) -> str:
    """Say what happened, without the traceback that the half-run notebook holds."""
    from papermill.exceptions import PapermillExecutionError

    if isinstance(fault, PapermillExecutionError) and fault.ename == "Refusal":
        return str(fault.evalue)
    if isinstance(fault, PapermillExecutionError):
        return f"{fault.ename}: {fault.evalue}"[:4000].removesuffix(": ")
    if isinstance(fault, OSError) and fault.errno in FAULTS.keys() - {errno.ENOENT}:
        return FAULTS[fault.errno][0]
    return str(fault) if isinstance(fault, Refusal) else f"{type(fault).__name__}: {fault}"[:4000]


def _follow(parent: int) -> None:
    """Start a group of its own, and end when the parent ends, however it ends (Linux)."""
    if sys.platform == "win32":
        return
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def send(documents: Sequence[Document], folder: Path, options: Options) -> Iterator[Outcome]:
    """Make documents where an executor (Dask's, any other) has its workers, as `make` does here.

    The machines share the folder of notebooks and data, and have the same packages.
    """
    assert options.executor
    there = replace(options, executor=None, pack=None, jobs=1)
    parts = [documents[at :: options.jobs] for at in range(options.jobs)]
    sent = {options.executor.submit(make_there, part, there): part for part in parts if part}
    for future in as_completed(sent):
        try:
            outcomes, files = future.result()
        except Exception as error:  # noqa: BLE001 - a lost worker fails its documents and no other's
            said = f"{type(error).__name__}: {error}"
            yield from (Outcome(document, 0.0, said) for document in sent[future])
            continue
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        yield from outcomes


def make_there(
    documents: Sequence[Document], options: Options
) -> tuple[list[Outcome], dict[str, bytes]]:
    """Make documents in a Python of its own on this machine, warm once for all of them."""
    call = [sys.executable, "-c", "from analysis.publishing import workers; workers.serve()"]
    given = pickle.dumps((documents, options))
    done = subprocess.run(call, input=given, stdout=subprocess.PIPE, check=True)
    outcomes, files = pickle.loads(done.stdout)
    return outcomes, files


def serve() -> None:
    """Make the documents of standard input; write outcomes and files to standard output."""
    documents, options = pickle.load(sys.stdin.buffer)
    _follow(os.getppid())
    with tempfile.TemporaryDirectory() as folder:
        outcomes = list(make(documents, Path(folder), options))
        paths = [path for path in Path(folder).rglob("*") if path.is_file()]
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    sys.stdout.buffer.write(pickle.dumps((outcomes, files)))
