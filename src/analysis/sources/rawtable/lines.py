"""A grid of cells becomes header and rows: what stands above and below the table is set aside."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache

from analysis.errors import Finding, raise_if_any, refuse
from analysis.sources.rawtable.layout import Layout

SOURCE = re.compile(
    r"(källa|källor|not|noter|anm|anmärkning|fotnot|fotnoter)\s*[:.]", re.IGNORECASE
)
MARK = re.compile(r"\*|\d\)|[¹²³©]|senast uppdaterad", re.IGNORECASE)
BREAKS = re.compile(r"\s*[\r\n\t]+\s*")
INDENT = re.compile(r"^[ \N{NO-BREAK SPACE}\N{FIGURE SPACE}\N{EM SPACE}\t]*")


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a file, row by row; `first` is the number of the first row."""

    rows: list[list[Hashable]]
    notices: tuple[str, ...] = ()
    sheet: str = ""
    first: int = 1


@dataclass(frozen=True, slots=True)
class Arranged:
    """A header and as wide rows, with each row's number in the file and its indentation."""

    header: list[str]
    cells: list[list[str]]
    numbers: list[int]
    indents: list[int]
    notices: list[str]


def arranged(grid: Grid, label: str, layout: Layout) -> Arranged:
    """Part a grid into header, rows and what is neither.

    Raises:
        Refusal: without a header, and with every row that is longer or shorter than it.
    """
    lines = [[clean(cell) for cell in line] for line in grid.rows]
    skipped = _preamble(lines) if layout.skip_rows is None else layout.skip_rows
    start = skipped + layout.header_rows
    header = _header(lines[skipped:start])
    if len(lines) < start or not any(header):
        raise refuse("filen har ingen rubrikrad.", "Kontrollera filen och skip_rows.", file=label)
    end = _end(lines, start)
    body = lines[start:end]
    numbers = [grid.first + at for at in range(start, end)]
    raise_if_any(_ragged(body, header, numbers, label, layout))
    width = len(header)
    said = []
    if skipped and layout.skip_rows is None and any(map(any, lines[:skipped])):
        said.append(f"{skipped} rader före rubriken lästes inte")
    if any(map(any, lines[end:])):
        said.append(f"fotnoter från rad {grid.first + end} lästes inte")
    return Arranged(
        header,
        [line[:width] + [""] * (width - len(line)) for line in body],
        numbers,
        [_indent(line[0]) if line else 0 for line in grid.rows[start:end]],
        said,
    )


@lru_cache(maxsize=1 << 16, typed=True)  # typed: True is not 1
def clean(cell: Hashable) -> str:
    """Write a cell as text: NFC, no outer spaces, no line breaks; a whole number without .0."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return BREAKS.sub(" ", unicodedata.normalize("NFC", str(cell)).strip())


def _filled(line: list[str]) -> int:
    return sum(map(bool, line))


def _preamble(lines: list[list[str]]) -> int:
    """Count the lines above the header: empty, or of one cell where the table has more."""
    if max(map(_filled, lines), default=0) < 2:
        return next((at for at, line in enumerate(lines) if any(line)), 0)
    return next(at for at, line in enumerate(lines) if _filled(line) > 1)


def _header(rows: list[list[str]]) -> list[str]:
    """Join the header's rows; an upper heading counts for the empty cells to its right."""
    if not rows:
        return []
    *upper, lowest = rows
    names = list(lowest)
    for row in reversed(upper):
        names += [""] * (len(row) - len(names))
        above = ""
        for at in range(len(names)):
            own = row[at] if at < len(row) else ""
            above = own or above
            head = above if names[at] else own
            names[at] = f"{head} {names[at]}".strip()
    while names and not names[-1]:
        names.pop()
    return names


def _end(lines: list[list[str]], start: int) -> int:
    """Find where the table ends: before notes that are marked, or parted by an empty row."""
    end = len(lines)
    while end > start and (_filled(lines[end - 1]) <= 1 or SOURCE.match(lines[end - 1][0])):
        end -= 1
    is_wide = max(map(_filled, lines[:end]), default=0) > 1
    for at in range(end, len(lines)):
        first = lines[at][0] if lines[at] else ""
        parted = at > start and not any(lines[at - 1])
        if SOURCE.match(first) or (first and is_wide and (MARK.match(first) or parted)):
            return at
    return len(lines)


def _ragged(
    body: list[list[str]], header: list[str], numbers: list[int], label: str, layout: Layout
) -> list[Finding]:
    """Find rows with cells beyond the header, and rows cut short."""
    long = "Ofta ett avgränsartecken inne i en text: sätt texten inom citattecken."
    short = "Är raden avkapad? Om celler får saknas sist på raden: short_rows = true i year.toml."
    return [
        Finding(
            f"raden har {len(line)} celler men rubriken {len(header)}.",
            long if len(line) > len(header) else short,
            label,
            number,
        )
        for line, number in zip(body, numbers, strict=True)
        if any(line[len(header) :])
        or (any(line) and len(line) < len(header) and not layout.short_rows)
    ]


def _indent(cell: object) -> int:
    found = INDENT.match(str(cell or ""))
    return len(found[0]) if found else 0
