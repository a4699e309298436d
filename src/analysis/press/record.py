"""What a run was made from and what it made: files in, run.json out; and back, to verify."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

NAME = "run.json"
PACKAGES = (
    "geopandas",
    "matplotlib",
    "nbconvert",
    "numpy",
    "pandas",
    "papermill",
    "scipy",
    "typst",
)


def write(
    folder: Path,
    *,
    home: Path,
    inputs: Mapping[str, Path],
    documents: Mapping[str, Mapping[str, object]],
) -> None:
    """Write run.json beside the outputs: nothing in it changes with the day, folder or machine.

    Args:
        folder: the finished set of files.
        home: where the commit is asked for.
        inputs: file by name.
        documents: each document's parameters by name.
    """
    found = {
        "commit": _commit(home),
        "documents": {name: dict(parameters) for name, parameters in documents.items()},
        "inputs": {name: sha256(path) for name, path in inputs.items()},
        "outputs": outputs(folder),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
    }
    text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / NAME).write_text(text + "\n", encoding="utf-8", newline="\n")


def outputs(folder: Path) -> dict[str, str]:
    """Fingerprint every file of a finished set but the record itself."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != NAME)
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files}


def verify(folder: Path) -> list[str]:
    """Name in Swedish every file that is not as the record says; none when all are."""
    recorded: dict[str, str] = json.loads((folder / NAME).read_text("utf-8"))["outputs"]
    there = outputs(folder)
    return [
        f"{name}: {'saknas' if name not in there else 'okänd' if name not in recorded else 'ändrad'}"
        for name in sorted(recorded.keys() | there.keys())
        if recorded.get(name) != there.get(name)
    ]


def sha256(path: Path) -> str:
    """Return a file's fingerprint as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _commit(home: Path) -> str | None:
    """Ask git which commit the root is at; None where it does not know."""
    try:
        asked = subprocess.run(
            ["git", "-C", str(home), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return asked.stdout.strip()
