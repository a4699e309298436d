"""The yearly batch against the plain way: papermill, nbconvert to HTML and nbconvert to webpdf, a document at a time.

`press.py [--rounds 5] [--sample 8] [--only PART …]`. Everything runs on a copy of the project. The plain way is
measured on a sample of documents (each other kind once, and some areas) and
scaled to the whole; it needs Chromium. Run it twice: the first run compiles the byte code of both sides.
"""

from __future__ import annotations

import argparse
import os
import runpy
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil

from analysis import report
from analysis.publishing import build
from analysis.publishing.build import Document

HERE = Path(__file__).parents[1]
YEAR = 2023
JOBS = 2
ASK = """from playwright.sync_api import sync_playwright
with sync_playwright() as known:
    print(known.chromium.executable_path)"""
PARTS = ("batch", "again", "stopped", "scaling", "plain")


@contextmanager
def project() -> Iterator[Path]:
    """Lend a copy of the project's data, shapes and notebooks."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        for name in ("data", "shapes", "notebooks"):
            shutil.copytree(HERE / name, root / name)
        runpy.run_path(str(HERE / "data/demonstration.py"))["main"](root)
        yield root


def command(root: Path, *words: str) -> None:
    """Run the command `analysis` in a Python of its own."""
    call = [sys.executable, "-m", "analysis.cli", "--root", str(root), *words]
    subprocess.run(call, check=True, capture_output=True)


def timed(rounds: int, run: Callable[[], object]) -> list[float]:
    """Run once to warm up, then some rounds; return the seconds of each."""
    run()
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        found.append(time.perf_counter() - began)
    return found


def said(what: str, seconds: list[float], more: str = "") -> None:
    """Print a median and its spread."""
    low, high = min(seconds), max(seconds)
    print(
        f"{what:<44} {statistics.median(seconds):8.2f} s  ({low:.2f} to {high:.2f}) {more}",
        flush=True,
    )


class Memory(threading.Thread):
    """Sample the memory of this process's children, shared pages divided among those who share."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.done = threading.Event()

    def run(self) -> None:
        """Sample until told to stop."""
        while not self.done.wait(0.05):
            self.peak = max(self.peak, sum(map(_memory, psutil.Process().children(recursive=True))))


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def whole(root: Path, rounds: int) -> float:
    """Time the whole batch, everything made anew; return its median."""
    memory = Memory()
    memory.start()
    seconds = timed(rounds, lambda: command(root, "run", str(YEAR), "--fresh", "--jobs", str(JOBS)))
    memory.done.set()
    count = len(report.documents(root, YEAR)) - 1  # the data files
    each = statistics.median(seconds) / count
    said(
        f"whole batch, {count} documents",
        seconds,
        f"{each:.2f} s each, {memory.peak / 1e9:.2f} GB at most",
    )
    return statistics.median(seconds)


def again(root: Path, rounds: int) -> None:
    """Time what the batch takes when nothing, or a line of text, has changed."""
    text = next((root / "data" / str(YEAR) / "text").glob("*.md"))

    def changed() -> None:
        with text.open("a", encoding="utf-8") as file:
            file.write("\nEn rad till.\n")
        command(root, "run", str(YEAR), "--jobs", str(JOBS))

    command(root, "run", str(YEAR), "--jobs", str(JOBS))
    said("nothing changed", timed(rounds, lambda: command(root, "run", str(YEAR))))
    said("a line of text changed", timed(rounds, changed))
    said("analysis check", timed(rounds, lambda: command(root, "check", str(YEAR))))
    said("analysis --help", timed(rounds, lambda: command(root, "--help")))


def stopped(root: Path, rounds: int) -> None:
    """Time how long a run stays after Ctrl-C in its midst."""
    seconds = []
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    call = [sys.executable, "-m", "analysis.cli", "--root", str(root), "run", str(YEAR), "--fresh"]
    for _ in range(rounds):
        run = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(8)
        began = time.perf_counter()
        run.send_signal(signal.SIGINT)
        assert run.wait() == 130
        seconds.append(time.perf_counter() - began)
    said("from Ctrl-C to the end", seconds)


def scaling(root: Path) -> None:
    """Time ten copies of every document against one, seconds a document."""
    once = [one for one in report.documents(root, YEAR) if not one.write]
    many = [
        replace(one, name=f"{one.name}-{at}", path=f"{at}/{one.path}")
        for at in range(10)
        for one in once
    ]
    each = {}
    for chosen in (once, once, many):  # the first is to warm up
        output = root / f"scaling-{len(chosen)}"
        began = time.perf_counter()
        warm = partial(report.warm, root, YEAR)
        made = build.run(chosen, output, build.Options(jobs=JOBS, fresh=True, home=root, warm=warm))
        assert not made.failed
        each[len(chosen)] = (time.perf_counter() - began) / len(chosen)
    few, lot = each.values()
    print(
        f"{len(once)} documents {few:.3f} s each, {len(many)} documents {lot:.3f} s each: {lot / few - 1:+.0%}"
    )


def plain(root: Path, sample: int, rounds: int, ours: float | None) -> None:
    """Time the plain way on a sample, one and two at a time, and scale it to the whole batch."""
    reports = [one for one in report.documents(root, YEAR) if not one.write]
    others = [one for one in reports if "area" not in one.parameters]
    areas = [one for one in reports if "area" in one.parameters]
    chosen = [*others, *areas][: max(sample, len(others) + 1)]
    with browser() as environment:
        each: dict[str, list[float]] = {one.name: [] for one in chosen}
        both = []
        for _ in range(rounds):
            for one in chosen:
                each[one.name].append(_plainly(one, root, environment))
            began = time.perf_counter()
            with ThreadPoolExecutor(2) as two:
                list(two.map(lambda one: _plainly(one, root, environment), chosen))
            both.append(time.perf_counter() - began)
    seconds = {name: statistics.median(spent) for name, spent in each.items()}
    together = statistics.median(both) / sum(seconds.values())
    each_area = statistics.mean(seconds[one.name] for one in chosen if "area" in one.parameters)
    total = sum(seconds[one.name] for one in others) + each_area * len(areas)
    for name, spent in each.items():
        said(f"  plain {name}", spent)
    said(f"  plain, these {len(chosen)} two at a time", both)
    for label, spent in (("one at a time", total), ("two at a time", total * together)):
        ratio = f"{spent / ours:.1f} times the batch" if ours else ""
        print(f"plain way, {label}, scaled to {len(reports)} documents {spent:8.1f} s  {ratio}")


def _plainly(document: Document, root: Path, environment: dict[str, str]) -> float:
    """Make one document the plain way; return its seconds."""
    folder = root / "plain" / document.name
    folder.mkdir(parents=True, exist_ok=True)
    words = [
        word for name, value in document.parameters.items() for word in ("-p", name, str(value))
    ]
    notebook, executed = document.notebook, folder / "executed.ipynb"
    convert = [sys.executable, "-m", "nbconvert", str(executed), "--to"]
    calls = [
        [sys.executable, "-m", "papermill", str(notebook), str(executed), *words],
        [*convert, "html"],
        [*convert, "webpdf", "--WebPDFExporter.disable_sandbox=True"],
    ]
    began = time.perf_counter()
    for call in calls[: 1 + len(document.formats)]:
        subprocess.run(call, check=True, capture_output=True, cwd=root, env=environment)
    spent = time.perf_counter() - began
    assert "pdf" not in document.formats or (folder / "executed.pdf").read_bytes()[:4] == b"%PDF"
    return spent


@contextmanager
def browser() -> Iterator[dict[str, str]]:
    """Show nbconvert the machine's own Chromium where it looks for one of its own."""
    found = shutil.which("chromium")
    assert found, "the plain way needs Chromium"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": folder}
        ask = [sys.executable, "-c", ASK]
        done = subprocess.run(ask, env=environment, capture_output=True, text=True, check=True)
        for wanted in _wanted(Path(done.stdout.strip()), Path(folder)):
            wanted.parent.mkdir(parents=True, exist_ok=True)
            wanted.symlink_to(found)
        yield environment


def _wanted(path: Path, folder: Path) -> list[Path]:
    """Name the places where the browser may be looked for: the whole one, and the one without a window."""
    build = path.relative_to(folder).parts[0].split("-")[-1]
    shells = ("chrome-headless-shell-linux64/chrome-headless-shell", "chrome-linux/headless_shell")
    return [path, *(folder / f"chromium_headless_shell-{build}" / shell for shell in shells)]


def main() -> None:
    """Measure what is asked for, and print it."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--sample", type=int, default=8)
    words.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    chosen = words.parse_args()
    with project() as root:
        ours = whole(root, chosen.rounds) if "batch" in chosen.only else None
        if "again" in chosen.only:
            again(root, chosen.rounds)
        if "stopped" in chosen.only:
            stopped(root, chosen.rounds)
        if "scaling" in chosen.only:
            scaling(root)
        if "plain" in chosen.only:
            plain(root, chosen.sample, chosen.rounds, ours)


if __name__ == "__main__":
    main()
