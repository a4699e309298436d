"""Results to Swedish sentences: the only place where a conclusion gets its words.

Every function takes a year's results and returns words, or None where there is nothing to say.
"""

from __future__ import annotations

from analysis.text.about import (
    absent,
    certain,
    contents,
    downloads,
    how_to_read,
    method,
    notice,
    text,
    title,
)
from analysis.text.findings import (
    answered,
    area,
    changed_for_certain,
    comparison,
    findings,
    highest,
    neighbours,
    priority,
    response,
    total,
)
from analysis.text.registers import both_measures, crime, crime_certainty, promises, wastewater

__all__ = [
    "absent",
    "answered",
    "area",
    "both_measures",
    "certain",
    "changed_for_certain",
    "comparison",
    "contents",
    "crime",
    "crime_certainty",
    "downloads",
    "findings",
    "highest",
    "how_to_read",
    "method",
    "neighbours",
    "notice",
    "priority",
    "promises",
    "response",
    "text",
    "title",
    "total",
    "wastewater",
]


def __dir__() -> list[str]:
    return __all__
