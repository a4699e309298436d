"""The refusals a reader can act on: what is wrong, where, and the way out; all faults at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TypeVar

Result = TypeVar("Result")
SHOWN_AT_MOST = 20
LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in what was given, in Swedish: what, where and the way out."""

    what: str
    remedy: str
    file: str = ""
    row: int | None = None
    column: str = ""
    sheet: str = ""
    count: int = 1

    @property
    def place(self) -> str:
        """Say where: file, sheet, row (as a spreadsheet counts, from 1) and column."""
        sheet = f"blad ”{self.sheet}”" if self.sheet else ""
        row = f"rad {self.row}" if self.row is not None else ""
        column = f"kolumn ”{self.column}”" if self.column else ""
        return ", ".join(part for part in (self.file, sheet, row, column) if part)

    @property
    def record(self) -> dict[str, object]:
        """Return the finding as machines read it."""
        return asdict(self)

    def __str__(self) -> str:
        head = f"{self.place}: {self.what}" if self.place else self.what
        return f"{head}\n  → {self.remedy}"


class Refusal(Exception):
    """Refuse to go on; carries every finding, not only the first."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(self.findings)

    def _render_traceback_(self) -> list[str]:
        """Show in a notebook what is wrong and the way out, not the code that found it."""
        return [str(self)]

    def __str__(self) -> str:
        shown = [str(finding) for finding in self.findings[:SHOWN_AT_MOST]]
        left = len(self.findings) - SHOWN_AT_MOST
        return "\n".join([*shown, f"… och {left} fel till."] if left > 0 else shown)


def refuse(what: str, remedy: str, *, file: str = "") -> Refusal:
    """Make a refusal of one finding."""
    return Refusal([Finding(what, remedy, file)])


def raise_if_any(findings: Iterable[Finding]) -> None:
    """Raise one Refusal with all findings, if there are any."""
    if gathered := tuple(findings):
        raise Refusal(gathered)


def attempt(findings: list[Finding], step: Callable[[], Result]) -> Result | None:
    """Take a step; None where it refuses, its findings then added to the list."""
    try:
        return step()
    except Refusal as refusal:
        findings += refusal.findings
        return None


def short(text: str) -> str:
    """Cut a text that is quoted: at most 40 letters of a cell are shown to others."""
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"


def nearest(word: str, known: Iterable[str]) -> str:
    """Name the known spellings nearest to a word, as a remedy: ”menades ”Råslätt”?”."""
    spelled = {candidate.casefold(): short(candidate) for candidate in sorted(known)}
    if close := difflib.get_close_matches(word.casefold(), spelled, n=3, cutoff=0.5):
        return f"menades {' eller '.join(f'”{spelled[match]}”' for match in close)}?"
    return f"giltiga: {', '.join([*spelled.values()][:12])}" if spelled else "inget är känt"
