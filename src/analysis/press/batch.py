"""Documents in, published files out: a process each, whole or not at all, failures named."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import shutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from tqdm import tqdm

from analysis.errors import Finding, Refusal, refuse
from analysis.press import child, engine, pdf, record
from analysis.press.child import Document

__all__ = ["Document", "Outcome", "Summary", "run"]


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


@dataclass(frozen=True, slots=True)
class Summary:
    """How the run went, and where the executed and half-run notebooks are."""

    done: tuple[Outcome, ...]
    failed: tuple[Outcome, ...]
    notebooks: Path
    seconds: float


@dataclass(slots=True)
class _Running:
    """A child at work; the only value here that changes."""

    document: Document
    process: BaseProcess
    ear: Connection
    started: float
    heading: str = ""
    result: str | None = None

    def listen(self) -> None:
        """Take in all that the child has told."""
        with contextlib.suppress(EOFError, OSError):
            while self.ear.poll():
                kind, text = self.ear.recv()
                if kind == "at":
                    self.heading = text
                else:
                    self.result = text

    def outcome(self, error: str | None = None) -> Outcome:
        """End the child if it lives, and say how it went."""
        self.listen()
        _end(self.process)
        self.ear.close()
        said = self.result if error is None else error
        seconds = time.monotonic() - self.started
        death = _death(self.process.exitcode or 0)
        return Outcome(self.document, seconds, death if said is None else said, self.heading)


def run(
    documents: Sequence[Document],
    output: Path,
    *,
    jobs: int | None = None,
    time_limit: float = 300.0,
    extras: Callable[[Path], None] | None = None,
    progress: bool = True,
    inputs: Mapping[str, Path] | None = None,
    warm: Callable[[], None] | None = None,
    only_these: bool = False,
) -> Summary:
    """Make documents and publish those that went well, together with the data files.

    Args:
        documents: what to make.
        output: the folder to publish in; working files go to a hidden folder beside it.
        jobs: documents at a time; the processor's cores when None.
        time_limit: seconds after which a document has failed.
        extras: writes further files into the folder it is given.
        progress: whether to show what is running.
        inputs: files that the record names and hashes, by the name they get there.
        warm: called once before the children, who inherit what it loads.
        only_these: forget documents that an earlier run published and that are not among these:
            the page of an area that no longer exists must not stay.

    Raises:
        Refusal: for wrong parameters, or when another run is at work on the same folder.
    """
    began = time.monotonic()
    _check(documents)
    work = output.parent / f".{output.name}"
    with _alone(work), _staging(work) as staging:
        child.get_ready()
        if warm:
            warm()
        events = _attend(_longest_first(documents, work), work, jobs or _cores(), time_limit)
        outcomes = tuple(_shown(events, len(documents), progress))
        if extras:
            extras(staging)
        _publish(outcomes, staging, output, record.origin(inputs or {}), only_these)
        _remember(outcomes, work)
    done = tuple(outcome for outcome in outcomes if not outcome.error)
    failed = tuple(outcome for outcome in outcomes if outcome.error)
    return Summary(done, failed, work / "notebooks", time.monotonic() - began)


def _check(documents: Sequence[Document]) -> None:
    findings: list[Finding] = []
    for document in documents:
        if not document.notebook.is_file():
            findings.append(
                Finding("notebooken finns inte", "se efter i notebooks/", document.notebook.name)
            )
            continue
        try:
            engine.check_parameters(document.notebook, document.parameters)
        except Refusal as refusal:
            findings.extend(refusal.findings)
    if findings:
        raise Refusal(dict.fromkeys(findings))
    if len({document.path for document in documents}) < len(documents):
        raise ValueError("two documents have the same path")


@contextlib.contextmanager
def _alone(work: Path) -> Iterator[None]:
    """Hold the folder's lock, which the system lets go of however the run ends."""
    try:
        work.mkdir(parents=True, exist_ok=True)
        lock = (work / "lock").open("a")
    except OSError as error:
        raise refuse(
            f"det går inte att skriva här: {error.strerror}",
            "välj en annan mapp",
            file=str(work.parent),
        ) from error
    with lock:
        try:
            _lock(lock.fileno())
        except OSError as error:
            raise refuse(
                "en annan körning skriver till samma mapp",
                "vänta tills den är klar, eller välj en annan mapp",
                file=str(work.parent / work.name[1:]),
            ) from error
        yield


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def _staging(work: Path) -> Iterator[Path]:
    """Lend an empty folder, and take it away whatever happens."""
    staging = work / "staging"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _attend(
    documents: Sequence[Document], work: Path, jobs: int, limit: float
) -> Iterator[list[_Running] | Outcome]:
    """Start children, listen to them, end them; yield who is running, and each outcome."""
    waiting = deque(documents)
    running: list[_Running] = []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(_start(waiting.popleft(), work))
            yield running
            ended = _wait(running, limit)
            for one in list(running):
                one.listen()
                late = time.monotonic() - one.started >= limit
                if late or one.result is not None or one.process.sentinel in ended:
                    running.remove(one)
                    late = late and one.result is None
                    yield one.outcome(f"tog längre tid än {limit:g} sekunder" if late else None)
    finally:
        for one in running:
            _end(one.process)


def _wait(running: Sequence[_Running], limit: float) -> list[object]:
    """Wait until a child says something, ends, or has had its time; return what is ready."""
    left = min(one.started for one in running) + limit - time.monotonic()
    things = [thing for one in running for thing in (one.ear, one.process.sentinel)]
    return list(wait(things, timeout=max(0.0, left)))


def _start(document: Document, work: Path) -> _Running:
    """Start a child: a fork of this process, where that is safe, else a fresh one."""
    forks = sys.platform == "linux" and not pdf.has_threads()
    context = multiprocessing.get_context("fork" if forks else "spawn")
    ear, mouth = context.Pipe(duplex=False)
    process = context.Process(  # type: ignore[attr-defined]
        target=child.make, args=(document, work, mouth, os.getpid())
    )
    process.start()
    mouth.close()
    return _Running(document, process, ear, time.monotonic())


def _end(process: BaseProcess) -> None:
    """End a child that has said its last word, and all that it started."""
    if sys.platform != "win32" and process.pid:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


def _death(code: int) -> str:
    if code < 0:
        return f"processen dödades (signal {-code}); minnet kan ha tagit slut"
    return f"processen avslutade sig själv (kod {code}) innan dokumentet var klart"


def _shown(
    events: Iterator[list[_Running] | Outcome], total: int, progress: bool
) -> Iterator[Outcome]:
    """Show what is running and the time left; pass the outcomes on."""
    live = progress and sys.stderr.isatty()
    with _Bar(total=total, disable=not live, unit="dokument", leave=False) as bar:
        for event in events:
            if isinstance(event, list):
                bar.set_postfix_str(", ".join(one.document.name for one in event))
                continue
            bar.update()
            if progress and not live:
                print(f"{event} ({event.seconds:.1f} s)", file=sys.stderr)
            yield event


class _Bar(tqdm):  # type: ignore[misc, unused-ignore]
    """A progress line without the thread that tqdm would start before our forks."""

    monitor_interval = 0


def _publish(
    outcomes: Sequence[Outcome],
    staging: Path,
    output: Path,
    made_of: record.Json,
    only_these: bool,
) -> None:
    """Move the data and the files of the documents that went well; the record comes last."""
    hashed = record.hashes(staging)
    lines = {
        outcome.document.name: _line(outcome.document, made_of, hashed)
        for outcome in outcomes
        if not outcome.error
    }
    of_documents = {path for outcome in outcomes for path in _paths(outcome.document)}
    data = {path: found for path, found in hashed.items() if path not in of_documents}
    before = record.earlier(output)
    named = {outcome.document.name for outcome in outcomes}
    kept = record.restricted(before, named) if only_these else before
    recorded = record.merged(kept, made_of, lines, data)
    (staging / record.NAME).write_text(record.written(recorded), "utf-8")
    made = [path for line in lines.values() for path in line["outputs"]]
    for path in (*made, *data, record.NAME):
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        os.replace(staging / path, output / path)
    _clear(output, sorted(record.outputs(before).keys() - record.outputs(recorded).keys()))


def _clear(output: Path, paths: Iterable[str]) -> None:
    """Take away files of an earlier run, and only those: the folder may hold others' files."""
    for path in paths:
        (output / path).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # a folder that still holds something stays
            (output / path).parent.rmdir()


def _paths(document: Document) -> list[str]:
    return [f"{document.path}.{form}" for form in document.formats]


def _line(document: Document, made_of: record.Json, hashed: Mapping[str, str]) -> record.Json:
    """Say what a document is made of and what it became."""
    return {
        "notebook": {document.notebook.name: record.sha256(document.notebook)},
        "parameters": dict(document.parameters),
        "made_of": record.digest(made_of),
        "outputs": {path: hashed[path] for path in _paths(document)},
    }


def _timings(work: Path) -> dict[str, float]:
    """Return how long each document took last time."""
    try:
        found: dict[str, float] = json.loads((work / "timings.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _longest_first(documents: Sequence[Document], work: Path) -> list[Document]:
    """Order documents so that no long one is left to the end, as they went last time."""
    seconds = _timings(work)
    return sorted(documents, key=lambda document: -seconds.get(document.name, float("inf")))


def _remember(outcomes: Sequence[Outcome], work: Path) -> None:
    now = {outcome.document.name: round(outcome.seconds, 3) for outcome in outcomes}
    (work / "timings.json").write_text(record.written({**_timings(work), **now}), "utf-8")


def _cores() -> int:
    """Count the cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
