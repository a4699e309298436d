"""Tables as readers get them: a frame's HTML in, the wide divided, the same one shown once."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from bs4 import BeautifulSoup

from analysis import swedish

BEYOND = "p, script, table[id], img, svg, iframe, canvas, input, video, [colspan], [rowspan]"
UNKNOWN = frozenset(["", "NaN", "nan", "None", "<NA>", "NaT"])
SAID = {"True": "ja", "False": "nej", **dict.fromkeys(UNKNOWN, swedish.MISSING)}
NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?")
YEARS = frozenset(map(str, range(1900, 2100)))  # a column of these has no thousands
FEW = 7  # columns for which there always is room
WIDEST = 114  # letters of a table with more columns; a wider one is divided
PHONE = 38  # letters of a table beside which a telephone has no room
FOLDED = 26  # letters of a cell, from which its text goes on in a new line

Table = dict[str, Any]


def of_html(html: str) -> Table | None:
    """Read what pandas shows of a DataFrame; None for any other HTML.

    None too for a shortened frame, a Styler, and columns or rows of several levels.
    """
    soup = BeautifulSoup(html, "html.parser")
    body, count = soup.select("tbody tr"), len(soup.select("thead tr"))
    grid = [[cell.get_text(strip=True) for cell in row(["th", "td"])] for row in soup.select("tr")]
    if len(soup.select("table")) != 1 or soup.select(BEYOND) or len({*map(len, grid)}) != 1:
        return None
    columns: list[dict[str, Any]] = []
    rows: list[list[str]] = []
    for at, texts in enumerate(zip(*grid, strict=True)):
        label = " – ".join(filter(None, texts[:count]))
        if at < len(body[0].select("th")):  # of the index: its own name is the lowest
            label = texts[count - 1] or label
        if label or texts[count:] != tuple(map(str, range(len(body)))):
            written, is_number = _written(texts[count:])
            columns.append({"label": label, "numeric": is_number and bool(columns)})
            rows.append(written)
    return {"is_quiet": True, "columns": columns, "rows": [*map(list, zip(*rows, strict=True))]}


def _written(texts: Sequence[str]) -> tuple[list[str], bool]:
    """Write a column in Swedish, and say whether it holds numbers; of them three figures count."""
    known = [text for text in texts if text not in UNKNOWN]
    is_number = bool(known) and all(map(NUMBER.fullmatch, known))
    if not is_number or YEARS.issuperset(known):
        return [SAID.get(text, text) for text in texts], is_number
    needed = max(len(text.rstrip("0").partition(".")[2]) for text in known)
    if largest := max(abs(float(text)) for text in known):
        needed = min(needed, max(0, 2 - math.floor(math.log10(largest))))
    values = [math.nan if text in UNKNOWN else float(text) for text in texts]
    return [swedish.number(value, needed) for value in values], True


def once(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each table one place, in `parts` that a page has room for; elsewhere `same` is its id.

    A table that stands in the text comes before those that are folded under a figure.
    """
    known: list[tuple[str, Table]] = []
    for kind in ("grid", "figure"):
        for attrs in (block["attrs"] for block in blocks if block["type"] == kind):
            table = attrs["shown"].get("table", attrs["shown"])
            attrs["same"] = next((name for name, whole in known if _covers(whole, table)), None)
            if kind == "figure":
                table = {**table, "pictures": None}  # the figure is a picture of the same numbers
            attrs["parts"] = [] if attrs["same"] else divided(table)
            known.append((attrs["id"], table))
    return blocks


def _covers(whole: Table, part: Table) -> bool:
    """Say whether all columns and rows of a table stand in another."""
    labels = [column["label"] for column in whole["columns"]]
    wanted = [column["label"] for column in part["columns"]]
    if not set(wanted) <= set(labels) or (part.get("pictures") and not whole.get("pictures")):
        return False
    at = [labels.index(label) for label in wanted]
    return {tuple(row) for row in part["rows"]} <= {
        tuple(row[n] for n in at) for row in whole["rows"]
    }


def divided(table: Table) -> list[Table]:
    """Divide a table for which there is no room; each part begins with what names the rows."""
    widths = [_letters(table, at) for at in range(len(table["columns"]))]
    others = len(widths) - 1
    count = 1 if others < FEW else math.ceil(sum(widths[1:]) / max(1, WIDEST - widths[0]))
    size = max(1, math.ceil(others / count))
    starts = range(1, max(2, len(widths)), size)
    return [
        {
            **table,
            "caption": table["caption"] + f" (del {number} av {len(starts)})" * (len(starts) > 1),
            "columns": [table["columns"][0], *table["columns"][start : start + size]],
            "rows": [[row[0], *row[start : start + size]] for row in table["rows"]],
            "pictures": table.get("pictures") if number == 1 else None,
            "note": table.get("note") if number == len(starts) else "",
            "is_wide": others > 1 and widths[0] + sum(widths[start : start + size]) > PHONE,
        }
        for number, start in enumerate(starts, 1)
    ]


def _letters(table: Table, at: int) -> int:
    """Reckon a column's width in letters: its longest number, word of head or folded text."""
    words = [*table["columns"][at]["label"].split(), *(row[at][:FOLDED] for row in table["rows"])]
    return 2 + max(map(len, words), default=0) + 20 * (at == 0 and bool(table.get("pictures")))
