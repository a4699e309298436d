"""How Swedish writes numbers, differences and lists: values in, text out, rounded once, half up."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

SWEDISH = Locale.parse("sv")
MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"
MISSING = "–"
ALPHABET = "abcdefghijklmnopqrstuvwxyzåäö"
SMALL_WORDS = (
    *("noll", "ett", "två", "tre", "fyra", "fem", "sex"),
    *("sju", "åtta", "nio", "tio", "elva", "tolv"),
)
NEUTER = frozenset({"område", "brott", "svar", "år", "test", "mål"})


def rounded(value: float, decimals: int) -> Decimal:
    """Round half up, as people expect, from the value as it is written: 1,265 is 1,27."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def number(value: float, decimals: int = 0) -> str:
    """Write a number with decimal comma and no-break thousands; missing is a dash.

    >>> number(13564), number(1.265, 2), number(-0.15, 2)
    ('13\\xa0564', '1,27', '−0,15')
    """
    if value is None or math.isnan(value):
        return MISSING
    short = rounded(value, decimals)
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return format_decimal(short or abs(short), pattern, SWEDISH).replace("-", MINUS)


def signed(value: float, decimals: int = 2) -> str:
    """Write a difference with its sign: +0,08, −0,15; what rounds to nothing has none."""
    written = number(value, decimals)
    return f"+{written}" if written != MISSING and rounded(value, decimals) > 0 else written


def percent(share: float, decimals: int = 0) -> str:
    """Write a share (0–1) as per cent with a no-break space: 55,30 %."""
    written = number(float(Decimal(repr(float(share))) * 100), decimals)
    return written if written == MISSING else f"{written}{NO_BREAK}%"


def listed(words: Sequence[str]) -> str:
    """Join words as Swedish lists them: Råslätt, Öxnehaga och Österängen."""
    return format_list(words, locale=SWEDISH)


def counted(count: int, one: str, many: str) -> str:
    """Count things in words up to twelve: ”ett område”, ”tre områden”, ”34 områden”."""
    if count == 1:
        return f"{'ett' if one in NEUTER else 'en'} {one}"
    word = SMALL_WORDS[count] if 0 <= count < len(SMALL_WORDS) else number(count)
    return f"{word} {many}" if count else f"{'inget' if one in NEUTER else 'ingen'} {one}"


def sort_key(text: str) -> tuple[int, ...]:
    """Sort as Swedish does: å, ä, ö last; accents and case do not count otherwise.

    >>> sorted(["Öxnehaga", "Bankeryd", "Åby"], key=sort_key)
    ['Bankeryd', 'Åby', 'Öxnehaga']
    """
    letters = (
        char if char in "åäö" else unicodedata.normalize("NFD", char)[0] for char in text.lower()
    )
    return tuple(ALPHABET.find(char) + 200 if char in ALPHABET else ord(char) for char in letters)


def slug(text: str) -> str:
    """Make a file name of a Swedish name: egna-hem-stensholm-a."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "namnlos"


def capitalised(sentence: str) -> str:
    """Raise the first letter and leave the rest."""
    return sentence[:1].upper() + sentence[1:]
