"""Tables as readers get them: a frame's HTML in, the wide divided, the same one shown once."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from bs4 import BeautifulSoup

from analysis import swedish

BEYOND = "p, script, img, svg, iframe, canvas, input, video, [colspan], [rowspan]"  # p: cut short
UNKNOWN = frozenset(["", "NaN", "nan", "None", "<NA>", "NaT"])
SAID = {"True": "ja", "False": "nej", **dict.fromkeys(UNKNOWN, swedish.MISSING)}
NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?: ?%)?")
YEARS = frozenset(map(str, range(1900, 2100)))  # a column of these has no thousands
FEW = 7  # columns for which there always is room
WIDEST = 114  # letters of a table with more columns; a wider one is divided
PHONE = 38  # letters of a table beside which a telephone has no room
FOLDED = 26  # letters of a cell, from which its text goes on in a new line

Table = dict[str, Any]


def of_html(html: str) -> Table | None:
    """Read what pandas shows of a DataFrame or a Styler; None for any other or shortened HTML.

    None too for columns or rows of several levels, whose cells span several places.
    """
    soup = BeautifulSoup(html, "html.parser")
    body, count = soup.select("tbody tr"), len(soup.select("thead tr"))
    if len(soup.select("table")) != 1 or soup.select(BEYOND) or not body:
        return None
    names = len(body[0].select("th"))  # columns of the index
    grid = [[cell.get_text(strip=True) for cell in row(["th", "td"])] for row in soup.select("tr")]
    columns = []
    for at, texts in enumerate(zip(*grid, strict=True)):
        heads = list(filter(None, texts[:count]))
        if at < names:
            heads = heads[-1:]  # the lowest is the index' own, the rest the columns'
        if heads or texts[count:] != tuple(map(str, range(len(body)))):
            columns.append((" – ".join(heads), *_written(texts[count:])))
    caption = soup.caption
    return {
        **({"caption": caption.get_text(strip=True)} if caption else {"is_quiet": True}),
        "columns": [
            {"label": label, "numeric": at > 0 and is_number}
            for at, (label, _, is_number) in enumerate(columns)
        ],
        "rows": [list(row) for row in zip(*(texts for _, texts, _ in columns), strict=True)],
    }


def _written(texts: Sequence[str]) -> tuple[list[str], bool]:
    """Write a column in Swedish, and say whether it holds numbers; of them three figures count."""
    known = [text for text in texts if text not in UNKNOWN]
    values = {match[0]: float(match[1]) for match in map(NUMBER.fullmatch, known) if match}
    is_number = bool(known) and all(text in values for text in known)
    if not is_number or YEARS.issuperset(known):
        return [SAID.get(text, text) for text in texts], is_number
    needed = max(len(text.rstrip("0%").partition(".")[2]) for text in known)
    largest, sign = max(map(abs, values.values())), ""
    if any(text.endswith("%") for text in known):
        sign = f"{swedish.NO_BREAK}%"
    elif largest:
        needed = min(needed, max(0, 2 - math.floor(math.log10(largest))))
    return [
        swedish.number(values[text], needed) + sign if text in values else swedish.MISSING
        for text in texts
    ], True


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
    others, count = len(widths) - 1, 1
    if others >= FEW:
        count = math.ceil(sum(widths[1:]) / max(1, WIDEST - widths[0]))
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
