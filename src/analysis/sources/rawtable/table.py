"""The table that a file became: texts, with what is needed to name a fault in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from analysis.errors import Finding
from analysis.sources.rawtable.layout import PLAIN, Layout

FOLD_FROM = 4


@dataclass(frozen=True, slots=True)
class RawTable:
    """Texts of a table; the frame's index is the row number in the file, counted from 1.

    Attributes:
        indent: how far each row's first cell is indented.
        notices: what was seen and dealt with while reading, in Swedish.
    """

    file: str
    rows: pd.DataFrame
    layout: Layout = PLAIN
    sheet: str = ""
    indent: pd.Series | None = None
    notices: tuple[str, ...] = ()

    def finding(self, row: int | None, column: str, what: str, remedy: str) -> Finding:
        """Name a fault in this table."""
        return Finding(what, remedy, self.file, row, column, self.sheet)

    def faults(
        self, cells: pd.Series, column: str, what: str, remedy: str, *, fold_from: int = FOLD_FROM
    ) -> list[Finding]:
        """Name a fault of many cells: each by itself when few, else once with examples.

        Args:
            cells: the faulty texts; index row.
            what: the fault, `{}` where the text goes.
        """
        said = [
            self.finding(int(row), column, what.format(text), remedy)
            for row, text in cells.head(fold_from).items()
        ]
        if len(cells) < fold_from:
            return said
        others = cells.drop_duplicates().iloc[1:3].items()
        shown = " och ".join(f"”{text}” (rad {row})" for row, text in others)
        more = f" Samma fel i {len(cells) - 1} celler till{', som ' if shown else ''}{shown}."
        return [replace(said[0], what=said[0].what + more, count=len(cells))]
