"""What a value rests on, files or other values: heard where it is read, gathered by whoever asks."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import TypeVar

Key = TypeVar("Key")
Made = TypeVar("Made")

VALUE = "value:"


@dataclasses.dataclass(frozen=True, slots=True)
class Value:
    """A value that was used, by its name and digest, in place of the files that it came from."""

    name: str
    digest: str

    def __str__(self) -> str:
        return f"{VALUE}{self.name}={self.digest}"


# Not a context variable: a file that a cell's thread opens counts too.
_gatherers: list[set[Path | Value]] = []


def note(*files: Path) -> None:
    """Count files as read: those that C libraries open, folders listed, files looked for.

    Python's own opening of files is heard without it.
    """
    again(Path(os.path.abspath(file)) for file in files)


def again(read: Iterable[Path | Value]) -> None:
    """Count what was read, here or before, as `gathering` has it."""
    if _gatherers:
        _gatherers[-1].update(read)


@contextmanager
def gathering() -> Iterator[set[Path | Value]]:
    """Give a set that fills with the files read meanwhile, and only here: not in one outside."""
    _listen()
    found: set[Path | Value] = set()
    _gatherers.append(found)
    try:
        yield found
    finally:
        _gatherers[:] = [one for one in _gatherers if one is not found]  # sets may be equal


def remembered(reckon: Callable[[Key], Made]) -> Callable[[Key], Made]:
    """Reckon once for each of the last few keys; a value remembered counts its files as read."""

    @lru_cache(maxsize=8)
    def both(key: Key) -> tuple[Made, frozenset[Path | Value]]:
        with gathering() as files:
            made = reckon(key)
        return made, frozenset(files)

    @wraps(reckon)
    def recalled(key: Key) -> Made:
        made, files = both(key)
        again(files)
        return made

    return recalled


def by_value(reckon: Callable[[Key], Made]) -> Callable[[Key], Made]:
    """Let those who use a value rest on what it is, not on the files that it came from."""

    @wraps(reckon)
    def told(key: Key) -> Made:
        with gathering():  # to be forgotten
            made = reckon(key)
        again([Value(named(told), digest(made))])
        return made

    return told


def named(reckon: Callable[..., object]) -> str:
    """Name a function as `by_value` does."""
    return f"{reckon.__module__}.{reckon.__name__}"


def digest(value: object) -> str:
    """Return one hash for a value made of dataclasses, lists, numbers and texts."""
    text = json.dumps(value, default=_plain, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}
    return repr(value)


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
