"""Documents in, outcomes out: a process each, some at a time, each ended however it goes."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from analysis.publishing import child
from analysis.publishing.document import Document, Outcome


@dataclass(slots=True)
class Running:
    """A child at work; the only value here that changes."""

    document: Document
    process: BaseProcess
    ear: Connection
    started: float
    heading: str = ""
    result: str | None = None
    read: tuple[str, ...] = ()

    def listen(self) -> None:
        """Take in all that the child has told."""
        with contextlib.suppress(EOFError, OSError):
            while self.ear.poll():
                kind, text = self.ear.recv()
                if kind == "at":
                    self.heading = text
                elif kind == "read":
                    self.read = tuple(text)
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
        return Outcome(
            self.document, seconds, death if said is None else said, self.heading, self.read
        )


def attend(
    documents: Iterable[Document], work: Path, home: Path, jobs: int, limit: float
) -> Iterator[list[Running] | Outcome]:
    """Start children, listen to them, end them; yield who is running, and each outcome.

    A document is asked for when there is room for it: what finding it takes, the others run meanwhile.
    """
    waiting = iter(documents)
    running: list[Running] = []
    try:
        while True:
            for document in islice(waiting, jobs - len(running)):  # finding the next may fail
                running.append(_start(document, work, home))
            if not running:
                return
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


def _wait(running: Sequence[Running], limit: float) -> list[object]:
    """Wait until a child says something, ends, or has had its time; return what is ready."""
    left = min(one.started for one in running) + limit - time.monotonic()
    things = [thing for one in running for thing in (one.ear, one.process.sentinel)]
    return list(wait(things, timeout=max(0.0, left)))


def _start(document: Document, work: Path, home: Path) -> Running:
    """Start a child: a fork of this process, where that is safe, else a fresh one."""
    alone = threading.active_count() == 1 and not _has_typst()
    forks = sys.platform == "linux" and alone
    context = multiprocessing.get_context("fork" if forks else "spawn")
    ear, mouth = context.Pipe(duplex=False)
    process = context.Process(  # type: ignore[attr-defined]
        target=child.make, args=(document, work, home, mouth, os.getpid())
    )
    process.start()
    mouth.close()
    return Running(document, process, ear, time.monotonic())


def _has_typst() -> bool:
    """Say whether Typst has started its threads here."""
    pdf = sys.modules.get("analysis.publishing.pdf")  # imported only by those who set a PDF
    return bool(pdf and pdf.has_threads())


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
