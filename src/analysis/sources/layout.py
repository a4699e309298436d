"""How a file is laid out, where it cannot be seen: the quirks that year.toml declares."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

UNSHOWN = re.compile(  # what the fonts of pages and PDFs lack
    "[^\t\n -~\u00a0-\u00ac\u00ae-\u024f\u0300-\u036f\u0370-\u03ff\u0400-\u045f\u1e00-\u1eff"
    "\u2000-\u200a\u2010-\u2027\u202f-\u203a\u2044\u2070-\u209f\u20a0-\u20bf\u2103\u2113\u2116"
    "\u2117\u2122\u2126\u212b\u2150-\u215f\u2190-\u21ff\u2200-\u22ff\u25a0-\u25cf\u2713\u2717]"
)


def _shown(text: str) -> str:
    """Refuse letters that no page can show."""
    if letter := UNSHOWN.search(text):
        raise ValueError(f"tecknet U+{ord(letter[0]):04X} kan inte visas")
    return text


Shown = Annotated[str, AfterValidator(_shown)]
Text = Annotated[str, BeforeValidator(lambda value: f"{value}" if type(value) is int else value)]
Texts = tuple[Text, ...]
Choice = Annotated[
    Texts,
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list | tuple) else (value,)),
]


class Strict(BaseModel):
    """A frozen record that knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Layout(Strict):
    """How a file is laid out; nothing said is nothing odd."""

    sheet: str | None = None  # of a workbook, where several have the columns
    skip_rows: int = Field(0, ge=0)  # above the header
    encoding: Literal["utf-8", "utf-16", "cp1252", "latin-1", "mac-roman", "cp850"] | None = None
    delimiter: Literal[";", ",", "\t", "|"] | None = None
    thousands: Literal[".", ",", "'"] | None = None
    missing: Texts = ()  # further texts that mean no value
    where: dict[str, Choice] = Field({})  # the rows that count: a column and its value or values
    measure_kinds: tuple[str, str] | None = None  # columns of the kind ("KI undre") and the number
    fill_down: Texts = ()  # columns whose empty cells repeat the one above
    zero_fill: dict[str, int] = Field({})  # columns of codes without their zeros: how many digits
    ignored: Texts = ()  # columns
    ignored_rows: Texts = ()  # by their first cell; a * at the end stands for anything
    short_rows: bool = False  # cells may be lacking at the end of rows
    indented: bool = False  # the first column's indentation is a hierarchy
    labelled: Texts | None = None  # columns whose value labels count, not their codes
    rows: int | None = Field(None, ge=1)  # how many, to be checked


PLAIN = Layout()
