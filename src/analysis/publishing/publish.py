"""A folder of files made ready beside the published one, and swapped for it in one step."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.errors import Refusal, refuse

SAID = {
    errno.ENOSPC: "disken är full",
    errno.EDQUOT: "utrymmet på disken är slut",
    errno.EACCES: "mappen får inte ändras",
    errno.EROFS: "disken är skrivskyddad",
}
AT_FDCWD, RENAME_EXCHANGE = -100, 2


def beside(output: Path) -> Path:
    """Name the hidden folder for working files, in the same file system as what it is for."""
    return output.parent / f".{output.name}"


@contextlib.contextmanager
def alone(output: Path) -> Iterator[Path]:
    """Lend the folder for working files to one run at a time, with an empty `staging` in it.

    The system lets go of the lock however the run ends; a swap that was broken off is mended.

    Raises:
        Refusal: when another run holds it, or when the disk is full or may not be written.
    """
    work = beside(output)
    try:
        work.mkdir(parents=True, exist_ok=True)
        with (work / "lock").open("a") as lock:
            _lock(lock.fileno(), output)
            _mend(output, work)
            (work / "staging").mkdir()
            try:
                yield work
            finally:
                _clear(work)
    except OSError as error:
        raise refuse(
            f"det går inte att skriva: {SAID.get(error.errno or 0, error)}; inget nytt är publicerat",
            "ge plats, eller välj en annan mapp",
            file=str(error.filename or output),
        ) from error


def _lock(descriptor: int, output: Path) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise _taken(output) from error


def _taken(output: Path) -> Refusal:
    return refuse(
        "en annan körning skriver till samma mapp",
        "vänta tills den är klar, eller välj en annan mapp",
        file=str(output),
    )


def _mend(output: Path, work: Path) -> None:
    """Put back the earlier set where a swap in two steps was broken off; take rubbish away."""
    past = work / "past"
    if past.is_dir() and not output.exists():
        os.rename(past, output)
    _clear(work)


def _clear(work: Path) -> None:
    for name in ("staging", "next", "past"):
        shutil.rmtree(work / name, ignore_errors=True)


def prepare(work: Path, output: Path, gone: Iterable[str]) -> Path:
    """Make the next set: all that is published (others' files too), less what is gone, with staging.

    Files that stay are linked, not copied, where the file system can.
    """
    following = work / "next"
    if output.exists():
        shutil.copytree(output, following, symlinks=True, copy_function=_linked)
    following.mkdir(exist_ok=True)
    for path in gone:
        (following / path).unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # a folder that still holds something stays
            (following / path).parent.rmdir()
    staging = work / "staging"
    for file in [file for file in staging.rglob("*") if file.is_file()]:
        target = following / file.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)
    return following


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def write(file: Path, content: bytes) -> None:
    """Write a file of the next set anew: the published one may be the same file by a link."""
    file.unlink(missing_ok=True)
    file.write_bytes(content)


def swap(work: Path, output: Path) -> None:
    """Put the next set in the published one's place: at once on Linux, in two steps elsewhere."""
    following = work / "next"
    if sys.platform != "win32":
        _settle(following)
    if not output.exists():
        os.rename(following, output)
    elif not _exchanged(following, output):
        os.rename(output, work / "past")
        os.rename(following, output)


def _settle(folder: Path) -> None:
    """Write what is new to the disk before it is renamed: a power cut would leave empty files.

    What is linked to the published set is there already; other programs' files are theirs to wait for.
    """
    for path in [folder, *folder.rglob("*")]:
        about = path.lstat()
        if stat.S_ISDIR(about.st_mode):
            with contextlib.suppress(OSError):  # some network drives cannot; files must
                _write_through(path)
        elif stat.S_ISREG(about.st_mode) and about.st_nlink == 1:
            _write_through(path)


def _write_through(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; say whether the system could."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    if rename is None:
        return False
    paths = (os.fsencode(one), os.fsencode(other))
    return bool(rename(AT_FDCWD, paths[0], AT_FDCWD, paths[1], RENAME_EXCHANGE) == 0)
