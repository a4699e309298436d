"""Documents sent to any `concurrent.futures.Executor`: a document in, its files' bytes out.

The machines share the folder of notebooks and data, and have the same packages. Each document gets
a Python of its own there, which forks and watches it as the local batch does.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, as_completed
from pathlib import Path

from analysis.publishing import children
from analysis.publishing.document import Document, Outcome

Made = tuple[Outcome, Mapping[str, bytes]]


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """Lend a Dask cluster's workers as an executor (the extra `cluster`)."""
    from distributed import Client

    with Client(address) as client:  # type: ignore[no-untyped-call]
        yield client.get_executor(pure=False)


def attend(
    executor: Executor, documents: Iterable[Document], work: Path, home: Path, limit: float
) -> Iterator[Outcome]:
    """Send documents, put their files in the working folder, and yield each outcome."""
    sent = {executor.submit(made, document, home, limit): document for document in documents}
    for future in as_completed(sent):
        try:
            outcome, files = future.result()
        except Exception as error:  # noqa: BLE001 - a lost worker is this document's failure and no other's
            yield Outcome(sent[future], 0.0, f"{type(error).__name__}: {error}")
            continue
        for path, content in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(content)
        yield outcome


def made(document: Document, home: Path, limit: float) -> Made:
    """Make a document in a Python of its own on this machine.

    Raises:
        subprocess.SubprocessError: if that Python ends or stays longer than a minute too long.
    """
    done = subprocess.run(
        [sys.executable, "-m", "analysis.publishing.elsewhere"],
        input=pickle.dumps((document, home, limit)),
        stdout=subprocess.PIPE,
        timeout=limit + 60,
        check=True,
    )
    outcome, files = pickle.loads(done.stdout)
    return outcome, files


def _make(document: Document, home: Path, limit: float) -> Made:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        events = children.attend([document], work, home, 1, limit)
        (outcome,) = [event for event in events if isinstance(event, Outcome)]
        found = [file for file in work.rglob("*") if file.is_file()]
        return outcome, {file.relative_to(work).as_posix(): file.read_bytes() for file in found}


if __name__ == "__main__":
    sys.stdout.buffer.write(pickle.dumps(_make(*pickle.load(sys.stdin.buffer))))
