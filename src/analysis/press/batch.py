"""Documents in, a whole folder of files out: a process each, several at a time, or nothing."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection
from pathlib import Path
from typing import Any

import tqdm
from filelock import FileLock, Timeout
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from analysis.errors import Refusal, raise_if_any, refuse
from analysis.press import engine, record
from analysis.press.html import PageExporter
from analysis.press.pdf import PdfExporter

EXPORTERS: dict[str, Any] = {"html": PageExporter, "pdf": PdfExporter}
FORKS = sys.platform == "linux"
CONTEXT: Any = multiprocessing.get_context("fork" if FORKS else "spawn")
DIE_WITH_PARENT = 1


@dataclass(frozen=True, slots=True)
class Document:
    """A document to make.

    Attributes:
        name: what messages call it.
        notebook: the file to execute.
        parameters: checked against the notebook's before anything runs.
        path: where it is put, relative to the output folder, without suffix.
        metadata: what the exporters read under `analysis`.
        formats: names in EXPORTERS.
    """

    name: str
    notebook: Path
    parameters: Mapping[str, object]
    path: str
    metadata: Mapping[str, object] = field(default_factory=dict)
    formats: tuple[str, ...] = ("html", "pdf")


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run went: documents tried, and a line in Swedish for each that failed."""

    documents: int
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """A document that a process is making."""

    document: Document
    process: multiprocessing.process.BaseProcess
    report: connection.Connection
    deadline: float


def run(
    documents: Sequence[Document],
    output: Path,
    *,
    home: Path,
    jobs: int = 1,
    time_limit: float = 300.0,
    inputs: Mapping[str, Path],
    extras: Callable[[Path], None],
    is_whole: bool = True,
) -> Summary:
    """Make documents and put the finished set in place, whole.

    A document that fails keeps its earlier files, if it had any; the others go on.

    Args:
        output: the folder of the finished set; replaced in one step.
        home: where notebooks run.
        extras: writes further files into the set.
        is_whole: whether earlier files of other documents are dropped.

    Raises:
        Refusal: for wrong parameters, or when another run holds the folder.
    """
    raise_if_any(
        finding
        for document in documents
        for finding in engine.check_parameters(document.notebook, document.parameters)
    )
    work = output.parent / f".{output.name}.work"
    with _held(work):
        _recovered(output, work)
        staging = work / "staging"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        failed = _made(documents, staging, work / "notebooks", home, jobs, time_limit)
        kept = [document for document in documents if document.name in failed]
        _keep_earlier(output, staging, None if not is_whole else kept)
        extras(staging)
        record.write(
            staging,
            home=home,
            inputs=inputs,
            documents={item.name: item.parameters for item in documents},
        )
        _published(staging, output, work)
    return Summary(len(documents), tuple(failed.values()))


def _made(
    documents: Sequence[Document],
    staging: Path,
    notebooks: Path,
    home: Path,
    jobs: int,
    time_limit: float,
) -> dict[str, str]:
    """Make every document, several at a time; returns the failures by name."""
    waiting, running, failed = list(documents), list[Running](), dict[str, str]()
    tqdm.tqdm.monitor_interval = 0  # no thread before a fork
    with tqdm.tqdm(total=len(documents), unit="dok", disable=None, leave=False) as bar:
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    running.append(_started(waiting.pop(0), staging, notebooks, home, time_limit))
                bar.set_postfix_str(", ".join(item.document.name for item in running))
                for done in _finished(running):
                    running.remove(done)
                    bar.update()
                    problem = _outcome(done)
                    if problem:
                        failed[done.document.name] = f"{done.document.name}: {problem}"
                        _discard(done.document, staging)
        finally:
            for item in running:
                item.process.kill()
                item.process.join()
    return failed


def _started(
    document: Document, staging: Path, notebooks: Path, home: Path, time_limit: float
) -> Running:
    ours, theirs = CONTEXT.Pipe(duplex=False)
    arguments = (document, staging, notebooks, home, theirs, os.getpid())
    process = CONTEXT.Process(target=_make, args=arguments, name=document.name)
    process.start()
    theirs.close()
    return Running(document, process, ours, time.monotonic() + time_limit)


def _finished(running: list[Running]) -> Iterator[Running]:
    """Wait until at least one process has ended or is out of time, and give those."""
    nearest = min(item.deadline for item in running)
    # A report longer than a pipe holds would keep its process alive: read it as it comes.
    ready = connection.wait(
        [thing for item in running for thing in (item.report, item.process.sentinel)],
        timeout=max(0.0, nearest - time.monotonic()),
    )
    for item in list(running):
        if item.report in ready or item.process.sentinel in ready:
            yield item
        elif time.monotonic() >= item.deadline:
            item.process.kill()
            item.process.join()
            yield item


def _outcome(done: Running) -> str:
    """Return why a document failed, in Swedish; "" when it did not."""
    is_late = time.monotonic() >= done.deadline
    try:
        problem: str | None = done.report.recv()
    except EOFError:
        problem = None
    done.process.join()
    done.report.close()
    if problem is not None:
        return problem
    if is_late:
        return f"tog längre tid än tillåtet ({done.document.notebook.name})."
    return f"processen dog (kod {done.process.exitcode}, {done.document.notebook.name})."


def _make(
    document: Document,
    staging: Path,
    notebooks: Path,
    home: Path,
    report: connection.Connection,
    parent: int,
) -> None:
    """Make one document, in a process of its own, and report what went wrong."""
    _die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.chdir(home)
    try:
        report.send(_problem(document, staging, notebooks))
    finally:
        report.close()


def _problem(document: Document, staging: Path, notebooks: Path) -> str:
    """Make one document; returns why it could not be made, in Swedish, or ""."""
    kept = notebooks / f"{document.name}.ipynb"
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        done = engine.execute(document.notebook, document.parameters, kept)
        _export(document, done, staging)
    except PapermillExecutionError as error:
        heading = engine.failed_under(kept)
        return f"{document.notebook.name}, under ”{heading}”: {error.ename}: {error.evalue} (se {kept})"
    except Refusal as refusal:
        return f"{document.notebook.name}: {refusal}"
    except Exception as error:  # noqa: BLE001 - whatever it is, its name is what the reader gets
        return f"{document.notebook.name}: {type(error).__name__}: {error}"
    return ""


def _export(document: Document, done: NotebookNode, staging: Path) -> None:
    about = {key: value for key, value in document.metadata.items() if value is not None}
    done.metadata["analysis"] = about
    for kind in document.formats:
        target = staging / f"{document.path}.{kind}"
        target.parent.mkdir(parents=True, exist_ok=True)
        made, _ = EXPORTERS[kind]().from_notebook_node(done)
        target.write_bytes(made if isinstance(made, bytes) else made.encode())


def _die_with(parent: int) -> None:
    """Let this process end when its parent does, however it does."""
    if FORKS:
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _discard(document: Document, staging: Path) -> None:
    for kind in document.formats:
        (staging / f"{document.path}.{kind}").unlink(missing_ok=True)


def _keep_earlier(output: Path, staging: Path, documents: list[Document] | None) -> None:
    """Copy earlier files that this run did not make anew: of the documents, or all when None."""
    if documents is None:
        files = [path for path in output.rglob("*") if path.is_file()]
    else:
        files = [output / f"{item.path}.{kind}" for item in documents for kind in item.formats]
    for path in files:
        target = staging / path.relative_to(output)
        if path.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def _published(staging: Path, output: Path, work: Path) -> None:
    """Put the finished set in the place of the earlier one."""
    earlier = work / "earlier"
    shutil.rmtree(earlier, ignore_errors=True)
    if output.exists():
        output.rename(earlier)
    staging.rename(output)
    shutil.rmtree(earlier, ignore_errors=True)


def _recovered(output: Path, work: Path) -> None:
    """Bring the earlier set back, if a run died between the two renames."""
    if (work / "earlier").exists() and not output.exists():
        (work / "earlier").rename(output)


@contextmanager
def _held(work: Path) -> Iterator[None]:
    """Hold the folder against other runs."""
    try:
        work.mkdir(parents=True, exist_ok=True)
        with FileLock(work / "lock", timeout=0):
            yield
    except Timeout:
        raise refuse(
            f"En annan körning skriver redan till {work.parent}.",
            "Vänta tills den är klar, eller ange --output.",
        ) from None
    except PermissionError as fault:
        raise refuse(
            f"Mappen går inte att skriva i: {fault.filename}.", "Ange en annan med --output."
        ) from None
