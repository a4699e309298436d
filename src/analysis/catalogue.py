"""Which municipality, years, indicators and sources there are: TOML in, frozen values out."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analysis import paths, rawtable, reading
from analysis.errors import Finding, Refusal, nearest, raise_if_any, refuse
from analysis.rawtable import RawTable
from analysis.records import IndexModel, Municipality, Source, Strict, Versions, Year

FAULTS = {
    "missing": "uppgiften saknas",
    "extra_forbidden": "okänd uppgift",
    "literal_error": "okänt värde",
}


def municipality(root: Path) -> Municipality:
    """Read data/municipality.toml. Raises Refusal with every fault."""
    return Municipality.model_validate(_checked(Municipality, *_toml(root, "municipality.toml")))


def years(root: Path) -> list[int]:
    """List the years that have a folder with year.toml, oldest first."""
    reading.note(root / "data")
    return paths.years(root)


def newest(root: Path) -> int:
    """Return the newest year. Raises Refusal where there is none."""
    reading.note(root / "data")
    return paths.newest(root)


def year(root: Path, number: int) -> Year:
    """Read a year's year.toml. Raises Refusal with every fault, or naming the years there are."""
    known = years(root)
    if number not in known:
        there = ", ".join(map(str, known)) or "inga"
        raise refuse(
            f"Året {number} finns inte: data/{number}/year.toml saknas.",
            f"År som finns: {there}.",
        )
    raw, file = _toml(root, f"{number}/year.toml")
    found = Year.model_validate(_checked(Year, raw, file))
    if found.year != number:
        raise refuse(f"year = {found.year} står i mappen {number}.", "Rätta årtalet.", file=file)
    return found


def model(root: Path, number: int) -> IndexModel | None:
    """Read the index model valid in a year; None where the municipality has no model file."""
    reading.note(root / "data/index_model.toml")
    if not (root / "data/index_model.toml").is_file():
        return None
    raw, file = _toml(root, "index_model.toml")
    versions = _checked(Versions, raw, file)["version"]
    valid = [item for item in map(IndexModel.model_validate, versions) if item.valid_from <= number]
    return max(valid, key=lambda item: item.valid_from, default=None)


def folder(root: Path, number: int) -> Path:
    """Name the folder of a year."""
    return root / "data" / str(number)


def fingerprint(path: Path) -> str:
    """Return the sha256 of a file as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def path_of(root: Path, number: int, source: Source) -> Path:
    """Name a source's file after making sure that it is there, inside its folder and unchanged."""
    home = folder(root, number)
    path = home / source.file
    label = f"data/{number}/{source.file}"
    if not path.resolve().is_relative_to(home.resolve()):
        raise refuse("filen ligger utanför årets mapp.", "Lägg filen i årets mapp.", file=label)
    if not path.is_file():
        there = [item.name for item in home.iterdir() if item.is_file()]
        raise refuse(f"filen saknas; {nearest(source.file, there)}", "Lägg den där.", file=label)
    if source.sha256 and source.sha256 != (actual := fingerprint(path)):
        raise refuse(
            "filen är inte den som year.toml beskriver (sha256 stämmer inte).",
            f'Är filen den rätta: skriv sha256 = "{actual}" i year.toml.',
            file=label,
        )
    return path


def _toml(root: Path, name: str) -> tuple[dict[str, Any], str]:
    path = root / "data" / name
    file = f"data/{name}"
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig")), file
    except FileNotFoundError:
        raise refuse("filen saknas.", "Gör den efter mallen i README.", file=file) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise refuse(f"går inte att läsa: {fault}", "Rätta raden.", file=file) from None


def _checked(kind: type[Strict], raw: dict[str, Any], file: str) -> dict[str, Any]:
    """Return what was read if it fits the record; refuse with every fault otherwise."""
    try:
        kind.model_validate(raw)
    except ValidationError as fault:
        raise Refusal(_findings(kind, fault, file)) from None
    return raw


def _findings(kind: type[Strict], fault: ValidationError, file: str) -> Iterator[Finding]:
    for error in fault.errors():
        place = ".".join(str(part) for part in error["loc"])
        what = FAULTS.get(error["type"], error["msg"].removeprefix("Value error, "))
        remedy = f"Värdet är {error['input']!r}; rätta det."
        if error["type"] == "extra_forbidden":
            remedy = f"Ta bort {place}, eller rätta stavningen; " + nearest(
                str(error["loc"][-1]), kind.model_fields
            )
        elif error["type"] == "missing":
            remedy = f"Lägg till {place}."
        yield Finding(f"{place or 'filen'}: {what}", remedy, file)


def table(root: Path, number: int, source: Source) -> RawTable:
    """Read a source's table as texts. Raises Refusal as `path_of` and `rawtable.read`."""
    return rawtable.read(
        path_of(root, number, source),
        label=f"data/{number}/{source.file}",
        sheet=source.sheet,
        skip_rows=source.skip_rows,
    )


def unread_faults(root: Path, number: int) -> None:
    """Refuse at once with every source file of a year that is missing or changed."""
    findings: list[Finding] = []
    for source in year(root, number).sources.values():
        try:
            path_of(root, number, source)
        except Refusal as refusal:
            findings += refusal.findings
    raise_if_any(findings)
