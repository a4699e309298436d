"""Text files with ; , tab or | between the cells: a file in, a grid out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Hashable
from pathlib import Path

from analysis.errors import refuse
from analysis.sources import decoding
from analysis.sources.rawtable.layout import Layout
from analysis.sources.rawtable.lines import Grid

DELIMITERS = (";", "\t", "|", ",")  # the comma last: it may be a decimal comma
LONGEST = 100_000


def read(path: Path, label: str, layout: Layout) -> Grid:
    """Read a text file's cells. Raises Refusal where quotation marks do not match."""
    text, notices = decoding.text(path, label, layout.encoding)
    declared = re.match(r"sep=(.)\n", text)
    delimiter = layout.delimiter or (declared[1] if declared else _delimiter(text))
    csv.field_size_limit(LONGEST)
    try:
        rows: list[list[Hashable]] = [
            list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
        ]
    except csv.Error:
        raise refuse(
            "går inte att läsa som CSV: ett citattecken öppnas men stängs inte, eller tvärtom.",
            "Rätta citattecknen, eller spara om som CSV UTF-8.",
            file=label,
        ) from None
    if declared:
        rows[0] = []
    if text and not text.endswith("\n"):
        notices.append("sista raden slutar utan radbrytning; se efter att filen är hel")
    return Grid(rows, tuple(notices))


def _delimiter(text: str) -> str:
    """Choose the first delimiter that at least half of the lines have outside quotation marks."""
    lines = [line for line in re.sub(r'"[^"]*"', "", text).split("\n") if line]
    counts = {mark: sum(mark in line for line in lines) for mark in DELIMITERS}
    likely = [mark for mark in DELIMITERS if 2 * counts[mark] >= len(lines)]
    best = likely[0] if likely else max(DELIMITERS, key=counts.__getitem__)
    return best if counts[best] > 1 or likely else DELIMITERS[0]
