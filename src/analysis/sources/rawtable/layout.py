"""How a file is laid out, where it cannot be seen: the quirks that year.toml declares."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Texts = Annotated[tuple[str, ...], BeforeValidator(lambda value: _as_texts(value))]


def _as_texts(value: object) -> object:
    """Let a scale be written as numbers or texts; codes are texts inside."""
    if not isinstance(value, list):
        return value
    return tuple(str(item) if isinstance(item, int) else item for item in value)


class Strict(BaseModel):
    """A frozen record that knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Layout(Strict):
    """How a file is laid out, where it cannot be seen: the quirks that year.toml declares.

    Attributes:
        sheet: the sheet of a workbook; needed where several could be meant.
        skip_rows: rows before the header; otherwise lines of one cell above it are skipped.
        header_rows: rows of the header; the upper ones are headings over several columns.
        encoding: the letters of a text file that is neither UTF-8 nor plainly cp1252.
        delimiter: between the cells of a text file.
        thousands: the mark between thousands, where it is a point or a comma (text files).
        missing: further texts that mean no value.
        approximate: whether ~100 is read as 100.
        fill_down: columns whose empty cells repeat the one above (merged cells).
        zero_fill: columns of codes that lost their leading zeros, and how many digits they have.
        ignored: columns to leave alone.
        ignored_rows: first cells of rows to leave out (sums, other municipalities).
        short_rows: whether cells may be lacking at the end of rows.
        indented: whether the indentation of the first column is a hierarchy.
        labelled: columns of an SPSS file whose value labels count, not the codes; for JSON-stat,
            an empty list gives codes in place of labels.
        rows: how many rows the table has, to be checked.
    """

    sheet: str | None = None
    skip_rows: int | None = Field(None, ge=0)
    header_rows: int = Field(1, ge=1, le=3)
    encoding: Literal["utf-8", "utf-16", "cp1252", "latin-1", "mac-roman", "cp850"] | None = None
    delimiter: Literal[";", ",", "\t", "|"] | None = None
    thousands: Literal[".", ",", "'"] | None = None
    missing: Texts = ()
    approximate: bool = False
    fill_down: Texts = ()
    zero_fill: dict[str, int] = Field({})
    ignored: Texts = ()
    ignored_rows: Texts = ()
    short_rows: bool = False
    indented: bool = False
    labelled: Texts | None = None
    rows: int | None = Field(None, ge=1)


PLAIN = Layout()
