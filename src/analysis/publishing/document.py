"""A document to make, how it is to be made, and how it went."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path


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
