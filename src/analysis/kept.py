"""Values that take long to reckon, kept beside the reports until what they rest on changes."""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import sys
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from analysis import paths

Value = TypeVar("Value")
PACKAGES = (
    *("geopandas", "matplotlib", "numpy", "pandas"),
    *("pydantic", "scipy", "seaborn", "shapely"),
)
CODE = Path(__file__).resolve().parent


def value(file: Path, rests_on: object, reckon: Callable[[], Value]) -> Value:
    """Return the value kept in a file if it is whole and of this state of things; else reckon it.

    Args:
        rests_on: tells one state from another; this program and this Python are counted too.
        reckon: what it raises is raised, and nothing is kept.
    """
    key = hashlib.sha256(repr((rests_on, _program())).encode()).digest()
    with contextlib.suppress(OSError):
        kept = file.read_bytes()
        content = kept[64:]
        if kept[:64] == key + hashlib.sha256(content).digest():
            found: Value = pickle.loads(content)  # whole, and written below
            return found
    reckoned = reckon()
    content = pickle.dumps(reckoned)
    with contextlib.suppress(OSError):  # a folder that cannot be written only costs time
        file.parent.mkdir(parents=True, exist_ok=True)
        with paths.atomically(file) as beside:
            beside.write_bytes(key + hashlib.sha256(content).digest() + content)
    return reckoned


def _program() -> list[object]:
    """Tell this code and Python from others."""
    files = sorted(CODE.rglob("*.py"))
    return [sys.version, *_versions(), *((str(file), file.stat().st_mtime_ns) for file in files)]


@cache
def _versions() -> list[str]:
    return [metadata.version(name) for name in PACKAGES]
