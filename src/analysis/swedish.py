"""How Swedish writes numbers, differences and lists: values in, text out, rounded once, half up."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel import Locale
from babel.lists import format_list
from babel.numbers import NumberPattern, parse_pattern

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
    return str(_pattern(decimals).apply(short or abs(short), SWEDISH)).replace("-", MINUS)


@cache
def _pattern(decimals: int) -> NumberPattern:
    return parse_pattern(f"#,##0.{'0' * decimals}" if decimals else "#,##0")


def plain_number(value: float) -> str:
    """Write any number as a notebook shows it, four figures that count: 0,1524, 10 555."""
    if not math.isfinite(value):
        return MISSING if math.isnan(value) else str(value)
    size = math.floor(math.log10(abs(value))) if value else 3
    return number(value, min(8, max(0, 3 - size)))


def signed(value: float, decimals: int = 2) -> str:
    """Write a difference with its sign: +0,08, −0,15; what rounds to nothing has none."""
    written = number(value, decimals)
    return f"+{written}" if written != MISSING and rounded(value, decimals) > 0 else written


def percent(share: float, decimals: int = 0) -> str:
    """Write a share (0–1) as per cent with a no-break space: 55,30 %."""
    return _per_cent(number(float(Decimal(repr(float(share))) * 100), decimals))


def span(lower: float, upper: float, decimals: int = 2) -> str:
    """Write an interval: 1,20–1,34; nothing known is a dash."""
    if math.isnan(lower) or math.isnan(upper):
        return MISSING
    return f"{number(lower, decimals)}–{number(upper, decimals)}"


def percent_span(lower: float, upper: float) -> str:
    """Write an interval of shares in whole per cent: 20–31 %."""
    return _per_cent(span(lower * 100, upper * 100, 0))


def _per_cent(written: str) -> str:
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
