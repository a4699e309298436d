"""What a run was made of and what it made: run.json, and whether the files still agree with it."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
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
    versions = {"python": platform.python_version(), **_versions()}
    commit = _commit(next(iter(inputs.values())).parent) if inputs else None
    return {"inputs": hashed, "versions": versions, "commit": commit}


def digest(made_of: Json) -> str:
    """Return one hash for all that a document is made of."""
    return hashlib.sha256(written(made_of).encode()).hexdigest()


def written(value: Json) -> str:
    """Write JSON the same way every time."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def earlier(output: Path) -> Json:
    """Return the record in a folder, or an empty one."""
    try:
        found = json.loads((output / NAME).read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def merged(
    before: Json, made_of: Json, documents: Mapping[str, Json], data: Mapping[str, str]
) -> Json:
    """Return the record after a run; documents that were not made again keep their lines."""
    kept = {**before.get("documents", {}), **documents}
    return {**made_of, "documents": kept, "data": dict(data)}


def restricted(before: Json, names: AbstractSet[str]) -> Json:
    """Return a record of these documents alone."""
    documents = before.get("documents", {})
    return {"documents": {name: documents[name] for name in documents if name in names}}


def outputs(recorded: Json) -> dict[str, str]:
    """Return the hash of every file that a record answers for."""
    files = [document["outputs"] for document in recorded.get("documents", {}).values()]
    return {
        path: hashed
        for group in [*files, recorded.get("data", {})]
        for path, hashed in group.items()
    }


def verify(output: Path) -> list[Finding]:
    """Hash a folder again; return what is missing, changed, unknown or older than the rest."""
    recorded = earlier(output)
    if not recorded:
        return [
            Finding(f"{NAME} saknas eller går inte att läsa", "kör rapporten igen", str(output))
        ]
    return list(_differences(recorded, hashes(output)))


def _differences(recorded: Json, found: Mapping[str, str]) -> Iterator[Finding]:
    expected = outputs(recorded)
    for path, hashed in sorted(expected.items()):
        if path not in found:
            yield Finding("filen saknas", "kör rapporten igen", path)
        elif found[path] != hashed:
            yield Finding("filen har ändrats sedan körningen", "kör rapporten igen", path)
    for path in sorted(found.keys() - expected.keys() - {NAME}):
        yield Finding("filen hör inte till körningen", "flytta bort den", path)
    now = digest({key: recorded.get(key) for key in ("inputs", "versions", "commit")})
    for name, document in sorted(recorded.get("documents", {}).items()):
        if document["made_of"] != now:
            yield Finding("dokumentet gjordes av andra indata än de övriga", "kör om det", name)


def _versions() -> dict[str, str]:
    installed = {dist.name.lower(): dist.version for dist in metadata.distributions()}
    return {name: installed[name] for name in PACKAGES if name in installed}


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
