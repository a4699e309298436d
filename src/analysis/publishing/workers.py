"""Documents in, their files and how it went out: a process each, here or on other machines."""

from __future__ import annotations

import ctypes
import faulthandler
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

from analysis.errors import Refusal
from analysis.publishing.folder import FAULTS

PR_SET_PDEATHSIG = 1
SERVE = "from analysis.publishing import workers; workers.serve()"


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to make: a notebook with its parameters or, with `write`, files that it writes."""

    name: str  # what lists, `--only` and the record call it
    notebook: Path
    parameters: Mapping[str, object]
    path: str  # in the output folder, without suffix, parts separated by "/"
    title: str  # what a link to it says
    form: str = "plain"  # of the PDF; "long": cover and contents, "page": one page, two columns
    formats: tuple[str, ...] = ("html", "pdf")
    metadata: Mapping[str, object] = field(default_factory=dict)  # for the pages: site, home, pdf …
    needs: tuple[Path, ...] = ()  # the files that it may read
    write: Callable[[Path], object] | None = None  # into a folder, in place of a notebook


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a document went: `error` is "" if it went well; `heading` is where it was then."""

    document: Document
    seconds: float
    error: str = ""
    heading: str = ""

    def __str__(self) -> str:
        if not self.error:
            return f"{self.document.name}: klar"
        where = f" under ”{self.heading}”" if self.heading else ""
        return f"{self.document.name} ({self.document.notebook.name}{where}): {self.error}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How documents are made, and what is published with them."""

    home: Path = Path()  # where notebooks run, and where inputs are named from
    only: frozenset[str] = frozenset()  # names of the documents to make; empty: all
    fresh: bool = False  # make every document, changed or not
    jobs: int = os.cpu_count() or 1  # documents at a time
    time_limit: float = 300.0  # seconds after which a document has failed
    warm: Callable[[], object] = bool  # called before the processes, which inherit what it loads
    executor: Executor | None = None  # where notebooks are run, if not here
    pack: Callable[[Path], Sequence[str]] | None = None  # adds files of a whole set; their paths


def make(documents: Sequence[Document], folder: Path, options: Options) -> Iterator[Outcome]:
    """Make documents in processes of this machine; each is ended however it goes.

    Args:
        folder: gets a folder for each document's files, and its executed notebook beside it.
    """
    get_ready()
    options.warm()
    waiting, running = list(documents), dict[Any, _Running]()
    try:
        while waiting or running:
            while waiting and len(running) < options.jobs:
                started = _start(waiting.pop(0), folder, options)
                running[started.process.sentinel] = started
            for sentinel in wait([*running]):
                yield _outcome(running.pop(sentinel), options.time_limit)
    finally:
        for left in running.values():
            _end(left.process)


def get_ready() -> None:
    """Import, start an IPython and set a page: what every document needs; starts no thread."""
    from matplotlib_inline import backend_inline  # noqa: F401
    from nbformat import v4

    from analysis.publishing import execute, page

    execute.shell().clear_instance()
    page.export("html", v4.new_notebook(cells=[v4.new_markdown_cell("# T")]), "t")


class _Running(NamedTuple):
    document: Document
    process: Any
    ear: Connection
    began: float


def _start(document: Document, folder: Path, options: Options) -> _Running:
    """Start a process for a document; they are not pooled, since pools have threads."""
    forks = sys.platform == "linux" and threading.active_count() == 1  # else a fork may hang
    context: Any = multiprocessing.get_context("fork" if forks else "spawn")
    ear, mouth = context.Pipe(duplex=False)
    given = (document, folder, options.home.resolve(), options.time_limit, mouth, os.getpid())
    process = context.Process(target=_work, args=given)
    began = time.monotonic()
    process.start()
    mouth.close()
    return _Running(document, process, ear, began)


def _end(process: Any) -> None:
    """End a process, and all that it started."""
    if sys.platform != "win32":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def _outcome(ended: _Running, limit: float) -> Outcome:
    """Say how it went with a document whose process has ended."""
    heading, error, seconds = "", None, time.monotonic() - ended.began
    with suppress(EOFError, OSError):
        while ended.ear.poll():
            heading, error = ended.ear.recv()
    _end(ended.process)
    if error is None and seconds >= limit:
        error = f"tog längre tid än {limit:g} sekunder"
    elif error is None:
        error = f"processen dog (kod {ended.process.exitcode}); minnet kan ha tagit slut"
    return Outcome(ended.document, seconds, error, heading)


def _work(
    document: Document, folder: Path, home: Path, limit: float, told: Connection, parent: int
) -> None:
    """Make a document; tell (heading, None) on the way and at last (heading, error)."""
    _follow(parent)
    faulthandler.dump_traceback_later(limit, exit=True, file=open(os.devnull, "w"))  # noqa: SIM115
    os.chdir(home)
    headings, error = [""], ""

    def tell(heading: str) -> None:
        if heading != headings[-1]:
            headings.append(heading)
            told.send((heading, None))

    try:
        write(document, folder, tell)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is this document's failure and no other's
        error = _why(fault)
    told.send((headings[-1], error))
    os._exit(0)  # whatever a cell has left running


def write(document: Document, folder: Path, tell: Callable[[str], None]) -> None:
    """Write a document's files into its folder there, and its executed notebook beside it."""
    own = folder / document.name
    own.mkdir()
    (own / document.path).parent.mkdir(parents=True, exist_ok=True)
    if document.write:
        document.write(own)
        return
    import nbformat

    from analysis.publishing import execute, page

    half = folder / f"{document.name}.ipynb"
    notebook = execute.execute(document.notebook, document.parameters, half, tell)
    tell("")  # a page's faults say themselves where they are
    notebook.metadata["analysis"] = {**document.metadata, "form": document.form}
    nbformat.write(notebook, half)
    for kind in document.formats:
        made = page.export(kind, notebook, document.notebook.stem)
        (own / f"{document.path}.{kind}").write_bytes(made)


def _why(fault: Exception) -> str:
    """Say what happened, without the traceback that the half-run notebook holds."""
    if isinstance(fault, OSError) and fault.errno in FAULTS:
        return FAULTS[fault.errno]
    name = getattr(fault, "ename", type(fault).__name__)  # papermill's, of a cell
    said = str(getattr(fault, "evalue", fault))
    is_told = isinstance(fault, Refusal) or name == "Refusal"
    return said if is_told else f"{name}: {said}"[:4000].removesuffix(": ")


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

    The machines share the folders of notebooks, data and reports, and have the same packages.
    """
    assert options.executor
    there = replace(options, executor=None, pack=None, jobs=1)
    parts = [documents[at :: options.jobs] for at in range(options.jobs)]
    sent = {options.executor.submit(_there, part, folder, there): part for part in parts if part}
    for future in as_completed(sent):
        try:
            yield from future.result()
        except Exception as error:  # noqa: BLE001 - a lost worker fails its documents and no other's
            yield from (Outcome(document, 0.0, _why(error)) for document in sent[future])


def _there(documents: Sequence[Document], folder: Path, options: Options) -> list[Outcome]:
    """Make documents in a Python of its own on this machine, warm once for all of them."""
    given = pickle.dumps((documents, folder, options))
    call = [sys.executable, "-c", SERVE]
    done = subprocess.run(call, input=given, stdout=subprocess.PIPE, check=True)
    outcomes: list[Outcome] = pickle.loads(done.stdout)
    return outcomes


def serve() -> None:
    """Make the documents that standard input names; write how it went to standard output."""
    given = pickle.load(sys.stdin.buffer)
    _follow(os.getppid())
    sys.stdout.buffer.write(pickle.dumps([*make(*given)]))
