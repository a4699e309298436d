"""Names that are gone and names that are new: which may be the same, put as questions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from analysis import swedish
from analysis.errors import Finding
from analysis.sources import areas as register_of
from analysis.sources import rawtable
from analysis.sources.rawtable import RawTable

ALIKE = 0.75


def matched(gone: Sequence[str], new: Sequence[str]) -> dict[str, str]:
    """Pair names that are each other's nearest, and near; the others have no pair."""
    nearest = {name: max(new, key=partial(likeness, name), default="") for name in gone}
    back = {name: max(gone, key=partial(likeness, name), default="") for name in new}
    return {
        name: other
        for name, other in nearest.items()
        if other and back[other] == name and likeness(name, other) >= ALIKE
    }


def likeness(one: str, other: str) -> float:
    """Say how alike two names are: 1 where one has all words of the other, else by their letters.

    >>> likeness("Råslätt", "Råslätt norra"), likeness("fraga_1", "fraga_10")
    (1.0, 0.0)
    """
    first, second = (re.findall(r"[^\W\d_]+", rawtable.fold(name)) for name in (one, other))
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return 0.0
    if first and second and (set(first) <= set(second) or set(second) <= set(first)):
        return 1.0
    return difflib.SequenceMatcher(None, " ".join(first), " ".join(second)).ratio()


def areas(
    table: RawTable, column: str, register: pd.DataFrame, year: int, total: str | None
) -> Iterator[Finding]:
    """Say which areas are gone, new, renamed, split or merged, as far as names tell.

    Args:
        column: where the table names areas.
        register: the areas that the year has so far.
        total: what the table calls the whole municipality, if it has that row.
    """
    known = {rawtable.fold(text): area for text, area in register_of.spellings(register).items()}
    spelled = [text for text in table.rows[column].unique() if text not in (total, "")]
    unknown = [text for text in spelled if rawtable.fold(text) not in known]
    there = {known[rawtable.fold(text)] for text in spelled if text not in unknown}
    gone = {name: str(area) for area, name in register["name"].items() if area not in there}
    pieces = {name: [text for text in unknown if likeness(name, text) >= ALIKE] for name in gone}
    wholes = {text: [name for name in gone if text in pieces[name]] for text in unknown}
    for text, names in wholes.items():
        if len(names) > 1:
            yield _merged(table, column, year, text, [gone[name] for name in names], names)
        elif not names:
            remedy = "Lägg det i data/areas.csv med first_year, eller stavningen som alias."
            yield table.finding(None, column, f"området ”{text}” är nytt.", remedy)
    for name, area in gone.items():
        own = [text for text in pieces[name] if len(wholes[text]) == 1]
        if own or not pieces[name]:
            yield _left(table, column, year, name, area, own)


def _merged(
    table: RawTable, column: str, year: int, text: str, areas: list[str], names: list[str]
) -> Finding:
    return table.finding(
        None,
        column,
        f"”{text}” är nytt, {swedish.listed(names)} finns inte; slogs de samman?",
        f"I så fall, i data/areas.csv: last_year = {year - 1} för {swedish.listed(areas)}, och en ny rad "
        f"”{text}” med first_year = {year} och parts = {'|'.join(areas)}.",
    )


def _left(table: RawTable, column: str, year: int, name: str, area: str, now: list[str]) -> Finding:
    """Say that an area has no rows, and what it may be called now."""
    if not now:
        what = f"området ”{name}” finns inte i år."
        remedy = f"Finns det inte längre: last_year = {year - 1} i data/areas.csv."
    elif len(now) == 1:
        what = f"området ”{name}” finns inte, ”{now[0]}” är nytt; är det samma område?"
        remedy = f"I så fall: lägg ”{now[0]}” som alias för {area} i data/areas.csv."
    else:
        what = f"området ”{name}” finns inte, {swedish.listed([f'”{text}”' for text in now])} är nya; delades det?"
        remedy = (
            f"I så fall, i data/areas.csv: last_year = {year - 1} för {area}, och en rad för varje del med "
            f"first_year = {year} och parts = {area}:ANDEL (delens andel av invånarna, t.ex. 0.4)."
        )
    return table.finding(None, column, what, remedy)
