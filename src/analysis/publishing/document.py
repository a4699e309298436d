"""A document to make, how it is to be made, and how it went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Executor


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to make.

    Attributes:
        name: how the document is called in lists, `--only` and the record.
        notebook: the file to execute.
        parameters: given to it.
        path: where it goes in the output folder, without suffix, parts separated by "/".
        metadata: what the pages need to know: lang, site, home, pdf, form …
        formats: "html", "pdf".
    """

    name: str
    notebook: Path
    parameters: Mapping[str, object]
    path: str
    metadata: Mapping[str, object]
    formats: tuple[str, ...] = ("html", "pdf")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a document went: `error` is "" if it went well; `heading` is where it was then.

    `read` names the files that were opened on the way, and values as `value:NAME=DIGEST`.
    """

    document: Document
    seconds: float
    error: str = ""
    heading: str = ""
    read: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.error:
            return f"{self.document.name}: klar"
        where = f" under ”{self.heading}”" if self.heading else ""
        return f"{self.document.name} ({self.document.notebook.name}{where}): {self.error}"


@dataclass(frozen=True, slots=True)
class Summary:
    """How the run went.

    Attributes:
        done: the documents that were made.
        failed: those that could not be.
        notebooks: the folder of executed and half-run notebooks.
        seconds: how long it took.
        kept: the documents that are as they were.
        reasons: why each document was made, by name; "" where it was not.
    """

    done: tuple[Outcome, ...]
    failed: tuple[Outcome, ...]
    notebooks: Path
    seconds: float
    kept: tuple[Document, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How documents are made, and what is published with them.

    Attributes:
        jobs: documents at a time; the processor's cores when None.
        time_limit: seconds after which a document has failed.
        progress: whether to show what is running.
        fresh: make every document, changed or not.
        only_these: forget documents that an earlier run published and that are not among these:
            the page of an area that no longer exists must not stay.
        home: the folder that files read by documents are named from; the current one when None.
        executor: where documents are made, if not in processes of this machine.
        inputs: files that the record names and hashes, by the name they get there.
        values: returns the digest of each value that a document may rest on (`reading.by_value`),
            by name; asked when what must be made anyhow has been started.
        warm: called once before the children, who inherit what it loads.
        extras: writes further files into the folder it is given.
        extras_of: tells what the extras are made of; they are kept where it is as it was.
        pack: returns files made of the whole set, which it gets with its record.
    """

    jobs: int | None = None
    time_limit: float = 300.0
    progress: bool = True
    fresh: bool = False
    only_these: bool = False
    home: Path | None = None
    executor: Executor | None = None
    inputs: Mapping[str, Path] = field(default_factory=dict)
    values: Callable[[], Mapping[str, str]] = dict
    warm: Callable[[], None] | None = None
    extras: Callable[[Path], None] | None = None
    extras_of: str = ""
    pack: Callable[[Path, dict[str, Any]], Mapping[str, bytes]] = lambda files, recorded: {}


DEFAULT = Options()
