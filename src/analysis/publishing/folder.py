"""A folder made ready beside the published one, and put in its place: whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from analysis.errors import refuse
from analysis.paths import sha256

RECORD = "run.json"
Json = dict[str, Any]
NO_PLACE = "välj en annan mapp med --output"
FAULTS = {  # what the system says, in words
    errno.ENOSPC: "disken är full",
    errno.EDQUOT: "utrymmet på disken är slut",
    errno.EACCES: "mappen får inte ändras",
    errno.EROFS: "disken är skrivskyddad",
}


def are_there(outputs: Mapping[str, str], folder: Path) -> bool:
    """Say whether files are there, as they were published."""
    return all(
        (folder / path).is_file() and sha256(folder / path) == known
        for path, known in outputs.items()
    )


def read(output: Path) -> Json:
    """Return the record in a folder, or an empty one."""
    with suppress(FileNotFoundError, ValueError, TypeError, KeyError):
        found: Json = json.loads((output / RECORD).read_text("utf-8"))
        if all(line["made_of"] for line in found["documents"].values()):
            return {"packed": {}, **found}
    return {"documents": {}, "packed": {}}


def publish(
    staging: Path, output: Path, record: Json, pack: Callable[[Path], Sequence[str]] | None
) -> None:
    """Put the new set in the published one's place; files that are not ours stay."""
    following = staging.parent / "next"
    following.mkdir()
    for folder in filter(Path.is_dir, (output, *staging.iterdir())):
        shutil.copytree(folder, following, symlinks=True, dirs_exist_ok=True)
    for path in _outputs(read(output)) - _outputs(record):
        (following / path).unlink(missing_ok=True)
        with suppress(OSError):  # a folder that still holds something stays
            (following / path).parent.rmdir()
    _write(record, following)
    if pack:
        packed = {path: sha256(following / path) for path in pack(following)}
        _write({**record, "packed": packed}, following)
    if output.exists():
        os.rename(output, staging.parent / "past")
    os.rename(following, output)


def _outputs(record: Json) -> set[str]:
    """Name every file that a record answers for."""
    return set(record["packed"]).union(*(line["outputs"] for line in record["documents"].values()))


def _write(record: Json, folder: Path) -> None:
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / RECORD).write_text(f"{text}\n", "utf-8")


def beside(output: Path) -> Path:
    """Name the hidden folder for working files."""
    return output.parent / f".{output.name}"


@contextmanager
def alone(output: Path) -> Iterator[Path]:
    """Lend a folder for working files to one run at a time.

    Raises:
        Refusal: for a place that cannot be used, before any work; for one that is lost during it.
    """
    work = beside(output)
    try:
        _refuse_unfit(output)
        (work / "notebooks").mkdir(parents=True, exist_ok=True)
        for folder in filter(Path.is_dir, (output.parent, work, output)):
            tempfile.TemporaryFile(dir=folder).close()
        with FileLock(work / "lock", timeout=0):
            _clear(work, output)
            try:
                yield Path(tempfile.mkdtemp(dir=work))
            finally:
                _clear(work, output)
    except Timeout:
        raise refuse("en annan körning skriver till mappen", NO_PLACE, file=str(output)) from None
    except OSError as error:
        what = f"inget nytt är publicerat: {FAULTS.get(error.errno or 0, error)}"
        raise refuse(what, f"ge plats, eller {NO_PLACE}", file=str(output)) from error


def _clear(work: Path, output: Path) -> None:
    """Mend a swap that was broken off; of working files, keep the executed notebooks alone."""
    if (work / "past").is_dir() and not output.exists():
        os.rename(work / "past", output)
    for notebook in work.glob("*/*.ipynb"):
        os.replace(notebook, work / "notebooks" / notebook.name)
    for folder in work.glob("*"):
        if folder.is_dir() and folder.name != "notebooks":
            shutil.rmtree(folder, ignore_errors=True)


def _refuse_unfit(output: Path) -> None:
    """Refuse a place that no report can be swapped into."""
    within = next((folder for folder in output.parents if (folder / RECORD).is_file()), None)
    is_others = output.is_dir() and any(output.iterdir()) and not (output / RECORD).is_file()
    faults = {
        "är en fil": output.is_file(),
        "är en monterad enhet, som inte kan bytas ut": os.path.ismount(output),
        f"ligger i en annan rapport, {within}": within is not None,
        "har redan annat innehåll": is_others,
    }
    for what in (what for what, is_so in faults.items() if is_so):
        raise refuse(f"mappen {what}", NO_PLACE, file=str(output))
