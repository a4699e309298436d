"""Which files a value rests on: heard wherever a file is opened, gathered by whoever asks."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import TypeVar

Key = TypeVar("Key")
Made = TypeVar("Made")

# Not a context variable: a file that a cell's thread opens counts too.
_gatherers: list[set[Path]] = []


def note(*files: Path) -> None:
    """Count files as read: those that C libraries open, folders listed, files looked for.

    Python's own opening of files is heard without it.
    """
    if _gatherers:
        _gatherers[-1].update(Path(os.path.abspath(file)) for file in files)


@contextmanager
def gathering() -> Iterator[set[Path]]:
    """Give a set that fills with the files read meanwhile, and only here: not in one outside."""
    _listen()
    found: set[Path] = set()
    _gatherers.append(found)
    try:
        yield found
    finally:
        _gatherers[:] = [one for one in _gatherers if one is not found]  # sets may be equal


def remembered(reckon: Callable[[Key], Made]) -> Callable[[Key], Made]:
    """Reckon once for each of the last few keys; a value remembered counts its files as read."""

    @lru_cache(maxsize=8)
    def both(key: Key) -> tuple[Made, frozenset[Path]]:
        with gathering() as files:
            made = reckon(key)
        return made, frozenset(files)

    @wraps(reckon)
    def recalled(key: Key) -> Made:
        made, files = both(key)
        note(*files)
        return made

    return recalled


def files_below(folders: Iterable[Path]) -> Iterator[Path]:
    """Name the folders, and every file and folder below them that is not hidden."""
    for folder in folders:
        yield folder
        for home, names, files in os.walk(folder):
            names[:] = [name for name in names if not name.startswith(".")]
            yield from (Path(home, name) for name in [*names, *files] if name[0] != ".")


@cache
def _listen() -> None:
    """Hear every file that Python opens; an audit hook is for the rest of the process."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _gatherers and isinstance(arguments[0], str | bytes | os.PathLike):
        mode, flags = arguments[1], arguments[2]
        written = isinstance(mode, str) and not mode.startswith("r")
        if not written and not (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_CREAT)):
            note(Path(os.fsdecode(arguments[0])))
