"""Bytes become text that can be shown: in one encoding, with letters that page, chart and PDF have."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from analysis.errors import Finding, Refusal, refuse

SHOWN = (
    " -~\u00a0-\u00ac\u00ae-\u024f\u0300-\u036f\u0370-\u03ff\u0400-\u045f\u1e00-\u1eff"
    "\u2000-\u200a\u2010-\u2027\u202f-\u203a\u2044\u2070-\u209f\u20a0-\u20bf\u2103\u2113\u2116\u2117\u2122\u2126\u212b\u2150-\u215f"
    "\u2190-\u21ff\u2200-\u22ff\u25a0-\u25cf\u2713\u2717"
)
UNSHOWN = re.compile(f"[^{SHOWN}]")
UNSHOWN_IN_TEXT = re.compile(f"[^{SHOWN}\n\t]")
# What a Swedish Windows program writes beyond ASCII; another letter means another encoding.
WINDOWS = frozenset("åäöÅÄÖéÉèÈüÜáÁàÀôæøÆØçñß€–—‘’‚“”„•…§°´½²³©®·×\N{NO-BREAK SPACE}")
UTF_8_PAIR = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
DECLARE = 'Spara om filen som UTF-8, eller skriv dess kodning i year.toml: encoding = "cp1252"'


def text(path: Path, label: str, encoding: str | None = None) -> tuple[str, list[str]]:
    """Read a file as text in NFC with `\\n` between lines, and what a reader should know of how.

    UTF-8 unless another encoding is declared; UTF-16 says so itself, and cp1252 is taken only
    where every letter is one that Swedish Windows programs write.

    Raises:
        Refusal: with the row of the first byte that does not fit.
    """
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise refuse(
            f"filen går inte att läsa ({fault.strerror}).", "Se efter.", file=label
        ) from None
    found, notices = _decoded(raw, label, encoding)
    lines = found.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines), notices


def prose(path: Path, label: str) -> str:
    """Read a text file; refuse letters that cannot be shown, with their rows."""
    found, _ = text(path, label)
    lines = enumerate(found.split("\n"), 1)
    faults = [(row, UNSHOWN_IN_TEXT.search(line)) for row, line in lines]
    findings = [Finding(named(m[0]), REMOVE, label, row) for row, m in faults if m]
    if findings:
        raise Refusal(findings)
    return found


REMOVE = "Ta bort tecknet, eller skriv det med vanliga bokstäver."


def named(letter: str) -> str:
    """Name a letter that cannot be shown, as a fault.

    >>> named(chr(0x202E))
    'ett osynligt tecken (U+202E) kan inte visas.'
    """
    kind = {"Cc": "ett styrtecken", "Cf": "ett osynligt tecken", "Cn": "ett okänt tecken"}
    what = kind.get(unicodedata.category(letter), f"tecknet ”{letter}”")
    return f"{what} (U+{ord(letter):04X}) kan inte visas."


def _decoded(raw: bytes, label: str, encoding: str | None) -> tuple[str, list[str]]:
    if encoding is not None:
        return _declared(raw, label, encoding), []
    if raw.startswith(UTF_16):
        return _declared(raw, label, "utf-16"), ["läst som UTF-16"]
    if b"\0" in raw:
        raise refuse("filen är ingen textfil.", "Spara den som CSV UTF-8.", file=label)
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as fault:
        windows = _windows(raw)
        if windows is None:
            row = raw.count(b"\n", 0, fault.start) + 1
            what = f"ett tecken (byte {raw[fault.start]:02X}) är inte UTF-8."
            raise Refusal([Finding(what, DECLARE, label, row)]) from None
        return windows, ["läst som Windows-text (cp1252)"]


def _declared(raw: bytes, label: str, encoding: str) -> str:
    try:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeError:
        what = f"filen är inte i kodningen {encoding}."
        raise refuse(what, "Rätta encoding i year.toml.", file=label) from None


def _windows(raw: bytes) -> str | None:
    """Decode what is cleanly cp1252; None for what mixes it with UTF-8 or has stranger letters."""
    try:
        found = raw.decode("cp1252")
    except UnicodeDecodeError:
        return None
    strange = any(not letter.isascii() and letter not in WINDOWS for letter in set(found))
    return None if strange or UTF_8_PAIR.search(raw) else found
