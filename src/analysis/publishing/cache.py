"""Whether a document must be made again: what it would be made of now, against the record."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Mapping
from importlib.util import source_from_cache
from pathlib import Path

from analysis.publishing import record
from analysis.publishing.document import Document
from analysis.publishing.record import Json
from analysis.reading import VALUE

PACKAGE = Path(__file__).resolve().parents[1]
GUARD = re.compile(rb"^[ \t]*sha256\s*=.*\n?", re.MULTILINE)
PARTS = {
    "notebook": "notebooken har ändrats",
    "parameters": "parametrarna är andra",
    "form": "sidans uppgifter (namn, länkar, filformat) är andra",
    "code": "programmet eller dess paket har ändrats",
}


def code() -> str:
    """Return one hash for the package's code and templates, the lock file and the versions."""
    files = [
        file for file in PACKAGE.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    ]
    lock = PACKAGE.parents[1] / "requirements.lock"
    names = {file.relative_to(PACKAGE).as_posix(): file for file in files}
    names |= {"requirements.lock": lock} if lock.is_file() else {}
    hashed = {name: record.sha256(file) for name, file in sorted(names.items())}
    return record.digest({"files": hashed, **record.versions()})


def fingerprint(path: Path) -> str:
    """Return a hash of a file, or of a folder's list (what begins with . or _ left out); "" for none.

    A line `sha256 = …` in TOML guards another file, which is read and counted itself.
    """
    if path.is_dir():
        content = "\n".join(
            sorted(item.name for item in path.iterdir() if item.name[0] not in "._")
        ).encode()
    elif path.is_file():
        content = path.read_bytes()
    else:
        return ""
    return hashlib.sha256(
        GUARD.sub(b"", content) if path.suffix == ".toml" else content
    ).hexdigest()


def state(home: Path, files: Iterable[Path]) -> dict[str, str]:
    """Return the fingerprint of files by their path in a folder, without those of no document.

    Files outside the folder, and those of Python's own installation, are not counted.
    """
    own = (Path(sys.prefix), Path(sys.base_prefix), PACKAGE)
    files = map(_source, files)
    below = {
        file.relative_to(home).as_posix(): file
        for file in files
        if file.is_relative_to(home) and not any(file.is_relative_to(folder) for folder in own)
    }
    return {name: fingerprint(file) for name, file in sorted(below.items())}


def _source(file: Path) -> Path:
    """Name the source of byte code: a module that a notebook imports is opened as either."""
    return Path(source_from_cache(file)) if file.suffix == ".pyc" else file


def stated(read: Iterable[str]) -> dict[str, str]:
    """Return the digests of the values among what a document read, by name."""
    values = (one.rpartition("=") for one in read if one.startswith(VALUE))
    return {name: digest for name, _, digest in values}


def _now(name: str, home: Path, values: Mapping[str, str]) -> str:
    if name.startswith(VALUE):
        return values.get(name.removeprefix(VALUE), "")
    return fingerprint(home / name)


def line(document: Document, code: str) -> Json:
    """Say what a document is made of, besides the files that it reads."""
    form = {"path": document.path, "formats": document.formats, "about": dict(document.metadata)}
    return {
        "notebook": {document.notebook.name: record.sha256(document.notebook)},
        "parameters": dict(document.parameters),
        "form": record.digest(form),
        "code": code,
    }


def why(
    document: Document,
    before: Json,
    code: str,
    home: Path,
    now: Mapping[str, str],
    values: Mapping[str, str] | None,
) -> str:
    """Say in Swedish why a document must be made again; "" when nothing has changed.

    Args:
        document: what would be made.
        before: its line in the record, {} if it has none.
        code: as of `code()`.
        home: the folder that read files are named from.
        now: the hash of each published file.
        values: the digest of each value that a document may rest on, by name; None to leave them.
    """
    if not before:
        return "är inte gjort förut"
    made_of = line(document, code)
    reasons = [said for part, said in PARTS.items() if before.get(part) != made_of[part]]
    rests_on = before.get("rests_on", {})
    reasons += [
        f"{name.removeprefix(VALUE)} har ändrats"
        for name, known in rests_on.items()
        if not (values is None and name.startswith(VALUE))
        and _now(name, home, values or {}) != known
    ]
    reasons += [
        f"den publicerade filen {path} saknas eller har ändrats"
        for path, known in before["outputs"].items()
        if now.get(path) != known
    ]
    return "; ".join(reasons)
