"""A folder of files made ready beside the published one, and put in its place: whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from analysis.errors import refuse
from analysis.publishing.document import Packer

RECORD = "run.json"
Json = dict[str, Any]
NO_PLACE = "välj en annan mapp med --output"
FAULTS = {  # what the system says, and the way out
    errno.ENOSPC: ("disken är full", "ge plats, eller " + NO_PLACE),
    errno.EDQUOT: ("utrymmet på disken är slut", "ge plats, eller " + NO_PLACE),
    errno.EACCES: ("mappen får inte ändras", NO_PLACE),
    errno.EROFS: ("disken är skrivskyddad", NO_PLACE),
    errno.ENOENT: ("mappen försvann under körningen", "kör om"),
}


def sha256(file: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def are_there(outputs: Mapping[str, str], folder: Path) -> bool:
    """Say whether files are there, as they were published."""
    return all(
        (folder / path).is_file() and sha256(folder / path) == known
        for path, known in outputs.items()
    )


def read(output: Path) -> Json:
    """Return the record in a folder, or an empty one."""
    with suppress(FileNotFoundError, ValueError, TypeError):
        found: Json = json.loads((output / RECORD).read_text("utf-8"))
        if all("made_of" in line for line in found["documents"].values()):
            return found
    return {"documents": {}, "packed": {}}


def _outputs(record: Json) -> set[str]:
    """Name every file that a record answers for."""
    lines = [record, *record["documents"].values()]
    return {path for line in lines for key in ("packed", "outputs") for path in line.get(key, ())}


def publish(staging: Path, output: Path, record: Json, pack: Packer | None) -> None:
    """Put the new set in the published one's place; files that are not ours stay."""
    following, past = staging.parent / "next", staging.parent / "past"
    following.mkdir()
    if output.exists():
        _copy(output, following)
    for path in _outputs(read(output)) - _outputs(record):
        (following / path).unlink(missing_ok=True)
        with suppress(OSError):  # a folder that still holds something stays
            (following / path).parent.rmdir()
    for made in staging.iterdir():
        _copy(made, following)
    _write(record, following)
    if pack:
        packed = {path: sha256(following / path) for path in pack(following)}
        _write({**record, "packed": packed}, following)
    if output.exists():
        os.rename(output, past)
    os.rename(following, output)


def _copy(folder: Path, target: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file() or file.is_symlink():
            place = target / file.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, place, follow_symlinks=False)


def _write(record: Json, folder: Path) -> None:
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / RECORD).write_text(f"{text}\n", "utf-8")


def beside(output: Path) -> Path:
    return output.parent / f".{output.name}"


@contextmanager
def alone(output: Path) -> Iterator[Path]:
    """Lend a folder for working files to one run at a time; mend a swap that was broken off."""
    work = beside(output)
    try:
        _refuse_unfit(output)
        (work / "notebooks").mkdir(parents=True, exist_ok=True)
        with FileLock(work / "lock", timeout=0):
            if (work / "past").is_dir() and not output.exists():
                os.rename(work / "past", output)
            _clear(work)
            try:
                yield Path(tempfile.mkdtemp(dir=work))
            finally:
                _clear(work)
    except Timeout:
        what = "en annan körning skriver till samma mapp"
        remedy = "vänta tills den är klar, eller " + NO_PLACE
        raise refuse(what, remedy, file=str(output)) from None
    except OSError as error:
        what, remedy = FAULTS.get(error.errno or 0, (str(error), NO_PLACE))
        what = f"det går inte att skriva: {what}; inget nytt är publicerat"
        raise refuse(what, remedy, file=str(error.filename or output)) from error


def _clear(work: Path) -> None:
    """Keep the executed notebooks; take the other working files away."""
    for notebook in work.glob("*/*.ipynb"):
        os.replace(notebook, work / "notebooks" / notebook.name)
    for folder in work.iterdir():
        if folder.is_dir() and folder.name != "notebooks":
            shutil.rmtree(folder, ignore_errors=True)


def _refuse_unfit(output: Path) -> None:
    """Refuse a place that no report can be swapped into, before any work is done."""
    within = next((folder for folder in output.parents if (folder / RECORD).is_file()), None)
    is_others = output.is_dir() and any(output.iterdir()) and not (output / RECORD).is_file()
    faults = {
        "är en fil": output.is_file(),
        "är en monterad enhet, som inte kan bytas ut": os.path.ismount(output),
        f"ligger i en annan rapport, {within}": within is not None,
        "har redan annat innehåll": is_others,
        "får inte ändras": any(map(_is_locked, (output.parent, output))),
    }
    for what, is_so in faults.items():
        if is_so:
            raise refuse(f"mappen {what}", NO_PLACE, file=str(output))


def _is_locked(folder: Path) -> bool:
    who = {"effective_ids": True} if os.access in os.supports_effective_ids else {}
    return folder.exists() and not os.access(folder, os.W_OK, **who)
