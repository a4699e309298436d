"""Where folders are: a root is a folder that has data/municipality.toml."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.errors import refuse

MARK = Path("data", "municipality.toml")
FILL_IN = "FYLL I"  # stands in the year.toml of a year that is begun, not finished


def root(start: Path | str | None = None) -> Path:
    """Find the root: the folder given, or the nearest one upwards from here.

    Raises Refusal when no folder has data/municipality.toml.
    """
    if start is not None:
        folder = Path(start).resolve()
        candidates = [folder]
    else:
        folder = Path.cwd()
        candidates = [folder, *folder.parents]
    for candidate in candidates:
        if (candidate / MARK).is_file():
            return candidate
    raise refuse(
        f"Ingen kommun finns här: filen saknas i {folder}",
        "Stå i projektets mapp eller ange den: analysis --root MAPP …",
        file=MARK.as_posix(),
    )


def years(of_root: Path) -> list[int]:
    """List the years that have a folder with year.toml, oldest first."""
    found = (path.parent.name for path in (of_root / "data").glob("*/year.toml"))
    return sorted(int(name) for name in found if re.fullmatch(r"[12][0-9]{3}", name))


def newest(of_root: Path) -> int:
    """Return the newest year that is filled in, else the newest. Raises Refusal where there is none."""
    known = years(of_root)
    if not known:
        raise refuse("Inget år finns i data/.", "Gör en mapp med year.toml, t.ex. data/2023.")
    files = {year: of_data(of_root, year) / "year.toml" for year in known}
    whole = [year for year, file in files.items() if FILL_IN.encode() not in file.read_bytes()]
    return (whole or known)[-1]


def chosen(of_root: Path, number: int | None) -> int:
    """Return the year meant, the newest when None. Raises Refusal, with the years there are."""
    known = years(of_root)
    if number is not None and number not in known:
        there = ", ".join(map(str, known)) or "inga"
        raise refuse(f"Året {number} finns inte.", f"År som finns: {there}.")
    return newest(of_root) if number is None else number


def of_data(of_root: Path, number: int) -> Path:
    """Name the folder of a year's files."""
    return of_root / "data" / str(number)


def notebooks(of_root: Path) -> Path:
    """Name the folder of notebooks: the root's own, else the one beside the package's source."""
    own = of_root / "notebooks"
    return own if own.is_dir() else Path(__file__).resolve().parents[2] / "notebooks"


def sha256(file: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def atomically(target: Path) -> Iterator[Path]:
    """Give a file name beside the target to write to; put it in place when all went well."""
    beside = target.with_name(f".{os.getpid()}-{target.name}")
    try:
        yield beside
        os.replace(beside, target)
    finally:
        beside.unlink(missing_ok=True)
