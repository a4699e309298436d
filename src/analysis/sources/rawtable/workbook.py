"""Workbooks: an xlsx, xls or ods file in, the grid of one sheet out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path

from analysis.errors import nearest, refuse
from analysis.sources.rawtable.layout import Layout
from analysis.sources.rawtable.lines import Grid, clean

INDENT = "  "


def read(path: Path, label: str, layout: Layout) -> Grid:
    """Read a sheet: the one declared, else the only one that has a table.

    Raises:
        Refusal: for an unknown sheet, and where several could be meant.
    """
    from python_calamine import CalamineWorkbook  # only workbooks need it

    book = CalamineWorkbook.from_path(path)
    known = book.sheet_names
    if layout.sheet is not None and layout.sheet not in known:
        what = f"bladet ”{layout.sheet}” finns inte; {nearest(layout.sheet, known)}"
        raise refuse(what, "Rätta sheet i year.toml.", file=label)
    wanted = known if layout.sheet is None else [layout.sheet]
    sheets = {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in wanted
    }
    tables = wanted if len(wanted) == 1 else [name for name in wanted if _is_table(sheets[name])]
    if len(tables) != 1:
        what = f"arbetsboken har {len(tables)} blad med tabeller."
        raise refuse(what, f"Skriv sheet = … i year.toml: {', '.join(known)}.", file=label)
    name = tables[0]
    rows: list[list[Hashable]] = [list(row) for row in sheets[name]]
    notices = (f"bladet ”{name}” lästes",) if len(known) > 1 and layout.sheet is None else ()
    return Grid(_indented(path, name, rows) if layout.indented else rows, notices, name)


def _is_table(rows: Sequence[Sequence[Hashable]]) -> bool:
    return sum(sum(bool(clean(cell)) for cell in row) > 1 for row in rows) > 1


def _indented(path: Path, name: str, rows: list[list[Hashable]]) -> list[list[Hashable]]:
    """Write the cells' alignment indent as spaces, which only openpyxl can see."""
    if path.suffix.lower() not in {".xlsx", ".xlsm"}:
        return rows
    import openpyxl

    sheet = openpyxl.load_workbook(path)[name]
    depths = [int(cell.alignment.indent or 0) for cell in sheet["A"]]
    return [
        [f"{INDENT * depth}{row[0]}", *row[1:]] for depth, row in zip(depths, rows, strict=False)
    ]
