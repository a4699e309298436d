"""What a run was made of and what it made: run.json, and whether the files still agree with it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import subprocess
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from analysis.errors import Finding

NAME = "run.json"
PACKAGES = (
    *("font-source-sans-pro", "fonttools", "geopandas", "ipython", "matplotlib", "mistune"),
    *("nbconvert", "numpy", "pandas", "papermill", "scipy", "seaborn", "shapely", "typst"),
)
Json = dict[str, Any]


def sha256(file: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file under a folder, by its path there."""
    found = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): sha256(file) for file in found}


def origin(inputs: Mapping[str, Path]) -> Json:
    """Say what a run is made of: inputs, versions and the commit of the inputs' folder."""
    hashed = {name: sha256(file) for name, file in sorted(inputs.items())}
    commit = _commit(next(iter(inputs.values())).parent) if inputs else None
    return {"inputs": hashed, "versions": versions(), "commit": commit}


def digest(made_of: Json) -> str:
    """Return one hash for a JSON value."""
    return hashlib.sha256(written(made_of).encode()).hexdigest()


def written(value: Json) -> str:
    """Write JSON the same way every time."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


@cache
def versions() -> Mapping[str, str]:
    """Return the versions of Python and of the packages that a page's bytes can depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def earlier(output: Path) -> Json:
    """Return the record in a folder, or an empty one."""
    return read(output / NAME)


def read(file: Path) -> Json:
    """Return the JSON of a file; {} where there is none, or none that can be read."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def merged(
    before: Json, made_of: Json, documents: Mapping[str, Json], data: Mapping[str, str]
) -> Json:
    """Return the record after a run; documents that were not made again keep their lines."""
    kept = {**before.get("documents", {}), **documents}
    rests_on = {
        file: now
        for line in [*kept.values(), *documents.values()]
        for file, now in line["rests_on"].items()
    }
    return {**made_of, "documents": kept, "data": dict(data), "packed": {}, "rests_on": rests_on}


def restricted(before: Json, names: AbstractSet[str]) -> Json:
    """Return a record of these documents alone."""
    documents = before.get("documents", {})
    return {"documents": {name: documents[name] for name in documents if name in names}}


def outputs(recorded: Json) -> dict[str, str]:
    """Return the hash of every file that a record answers for."""
    files = [document["outputs"] for document in recorded.get("documents", {}).values()]
    return {
        path: hashed
        for group in [*files, recorded.get("data", {}), recorded.get("packed", {})]
        for path, hashed in group.items()
    }


def verify(output: Path, inputs: Mapping[str, Path] | None = None) -> list[Finding]:
    """Hash a folder again; return what is missing, changed, unknown or older than the rest.

    Args:
        output: a folder with a record.
        inputs: the inputs as they are now, to be compared with those recorded.
    """
    recorded = earlier(output)
    if not recorded:
        return [
            Finding(f"{NAME} saknas eller går inte att läsa", "kör rapporten igen", str(output))
        ]
    found = list(_differences(recorded, hashes(output)))
    return found if inputs is None else [*found, *_changed_inputs(recorded, inputs)]


def _changed_inputs(recorded: Json, inputs: Mapping[str, Path]) -> Iterator[Finding]:
    known = recorded.get("inputs", {})
    for name in sorted(known.keys() | inputs.keys()):
        now = sha256(inputs[name]) if name in inputs else None
        if now != known.get(name):
            what = "saknas" if now is None else "är nytt" if name not in known else "har ändrats"
            yield Finding(f"underlaget {what} sedan körningen", "kör rapporten igen", name)


def _differences(recorded: Json, found: Mapping[str, str]) -> Iterator[Finding]:
    expected = outputs(recorded)
    for path, hashed in sorted(expected.items()):
        if path not in found:
            yield Finding("filen saknas", "kör rapporten igen", path)
        elif found[path] != hashed:
            yield Finding("filen har ändrats sedan körningen", "kör rapporten igen", path)
    for path in sorted(found.keys() - expected.keys() - {NAME}):
        yield Finding("filen hör inte till körningen", "flytta bort den", path)
    for name in mixed(recorded):
        yield Finding("dokumentet gjordes av andra indata än de övriga", "kör om det", name)


def mixed(recorded: Json) -> list[str]:
    """Name the documents that were made of an earlier state of code or files than the record's."""
    now = recorded.get("rests_on", {})
    return [
        name
        for name, document in sorted(recorded.get("documents", {}).items())
        if document["code"] != recorded.get("code")
        or any(now.get(file, known) != known for file, known in document["rests_on"].items())
    ]


def _commit(folder: Path) -> str | None:
    """Return the folder's commit, marked where files differ from it; None without git."""
    command = [
        "git",
        "-C",
        str(folder),
        "describe",
        "--always",
        "--dirty",
        "--abbrev=40",
        "--exclude=*",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
