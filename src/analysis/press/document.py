"""A document to make, and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


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
