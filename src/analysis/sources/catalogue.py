"""Which municipality, years, indicators and sources there are: TOML in, frozen values out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from analysis import paths, reading, swedish
from analysis.errors import Finding, attempt, nearest, raise_if_any, refuse
from analysis.sources import declared, rawtable
from analysis.sources.config import (
    DeliveredSource,
    IndexModel,
    Municipality,
    Source,
    SurveySource,
    Versions,
    Year,
)
from analysis.sources.declared import Record
from analysis.sources.rawtable import RawTable


def municipality(root: Path) -> Municipality:
    """Read data/municipality.toml. Raises Refusal with every fault."""
    return _declared(root, Municipality, "municipality.toml")


def year(root: Path, number: int) -> Year:
    """Read a year's year.toml. Raises Refusal with every fault, or naming the years there are."""
    known = paths.years(root)
    if number not in known:
        there = ", ".join(map(str, known)) or "inga"
        raise refuse(
            f"Året {number} finns inte: filen saknas.",
            f"År som finns: {there}.",
            file=f"data/{number}/year.toml",
        )
    found = _declared(root, Year, f"{number}/year.toml")
    if found.year != number:
        what = f"year = {found.year} står i mappen {number}."
        raise refuse(what, "Rätta årtalet.", file=f"data/{number}/year.toml")
    return found


def model(root: Path, number: int) -> IndexModel | None:
    """Read the index model valid in a year; None where the municipality has no model file."""
    reading.note(root / "data/index_model.toml")
    if not (root / "data/index_model.toml").exists():
        return None
    versions = _declared(root, Versions, "index_model.toml").version
    valid = [item for item in versions if item.valid_from <= number]
    return max(valid, key=lambda item: item.valid_from, default=None)


def fingerprint(path: Path) -> str:
    """Return the sha256 of a file as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def path_of(root: Path, number: int, source: Source) -> Path:
    """Name a source's file after making sure that it is there, inside its folder and unchanged."""
    home = paths.of_data(root, number)
    path = home / source.file
    label = f"data/{number}/{source.file}"
    try:
        inside, there = path.resolve().is_relative_to(home.resolve()), path.is_file()
    except (OSError, RuntimeError) as fault:  # a loop of links, a name too long for the disk
        what = f"filnamnet går inte att använda ({type(fault).__name__})."
        raise refuse(what, "Rätta file i year.toml.", file=label) from None
    if not inside:
        raise refuse("filen ligger utanför årets mapp.", "Lägg filen i årets mapp.", file=label)
    if not there:
        known = [item.name for item in home.iterdir() if item.is_file()]
        raise refuse(f"filen saknas; {nearest(source.file, known)}", "Lägg den där.", file=label)
    if source.sha256 and source.sha256 != (actual := fingerprint(path)):
        raise refuse(
            "filen är inte den som year.toml beskriver (sha256 stämmer inte).",
            f'Är filen den rätta: skriv sha256 = "{actual}" i year.toml.',
            file=label,
        )
    return path


def _declared(root: Path, kind: type[Record], name: str) -> Record:
    return declared.read(root / "data" / name, kind, f"data/{name}")


def table(root: Path, number: int, source: Source) -> RawTable:
    """Read a source's table as texts. Raises Refusal as `path_of` and `rawtable.read`."""
    label = f"data/{number}/{source.file}"
    return rawtable.read(path_of(root, number, source), label=label, layout=source)


def unexplained(
    table: RawTable,
    found: Collection[str],
    model: IndexModel,
    source: SurveySource | DeliveredSource,
) -> Iterator[Finding]:
    """Find what a table lacks of the model without `not_asked` saying so, and the reverse.

    Args:
        found: the keys of the measures that the table has.
    """
    known = {"index", *model.groups, *model.question_keys}
    for key in source.not_asked:
        if key in found:
            what = f"”{key}” står i not_asked, men finns i filen."
            yield table.finding(None, "", what, "Ta bort den ur not_asked i year.toml.")
        elif key not in known:
            what = f"”{key}” i not_asked är okänd."
            yield table.finding(None, "", what, f"{nearest(key, known)} Rätta year.toml.")
    lost = [key for key in model.lacking(found) if key not in source.not_asked]
    if lost:
        named = swedish.listed([f"”{key}”" for key in lost])
        remedy = f"Ska de inte finnas: skriv not_asked = {json.dumps([*source.not_asked, *lost])} i year.toml."
        yield table.finding(None, "", f"{named} saknas.", f"Rätta filen. {remedy}")


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that was seen and dealt with while a file was read, in Swedish."""

    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


def notices(root: Path, number: int) -> list[Noticed]:
    """List what was seen and dealt with while reading a year's tables."""
    return [
        Noticed(source.file, what)
        for source in year(root, number).sources.values()
        for what in table(root, number, source).notices
    ]


def unread_faults(root: Path, number: int) -> None:
    """Refuse at once with every source file of a year that is missing or changed."""
    findings: list[Finding] = []
    for source in year(root, number).sources.values():
        attempt(findings, partial(path_of, root, number, source))
    raise_if_any(findings)
