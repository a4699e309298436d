"""Tables as readers get them: a frame's HTML in, the wide divided, the same one shown once."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from bs4 import BeautifulSoup, Tag

from analysis import swedish

BEYOND = ("p", "script", "img", "svg", "iframe", "canvas", "input", "video")  # p: cut short
UNKNOWN = frozenset(["", "NaN", "nan", "None", "<NA>", "NaT"])
SAID = {"True": "ja", "False": "nej", **dict.fromkeys(UNKNOWN, swedish.MISSING)}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
PER_CENT = re.compile(r"(-?\d+(?:\.\d+)?) ?%")
WIDEST = 114  # letters of a table; a wider one is divided
PHONE = 38  # letters of a table beside which a telephone has no room
LONG = 12  # rows of a table, from which it can be sorted and searched
FOLDED = 26  # letters of a cell, from which its text goes on in a new line
YEARS = (1900, 2100)  # whole numbers that all are between these have no thousands

Table = dict[str, Any]


def of_html(html: str) -> Table | None:
    """Read what pandas shows of a DataFrame or a Styler; None for any other or shortened HTML."""
    soup = BeautifulSoup(html, "html.parser")
    tables = soup.find_all("table")
    if len(tables) != 1 or soup.find(BEYOND) or not tables[0].select("tbody tr"):
        return None
    body = tables[0].select("tbody tr")
    names = len(body[0].find_all("th"))  # columns of the index
    head, rows = _laid(tables[0].select("thead tr")), _laid(body)
    labels = [_label(texts, at < names) for at, texts in enumerate(zip(*head, strict=True))]
    columns = [list(texts) for texts in zip(*rows, strict=True)]
    if names == 1 and labels[0] == "" and columns[0] == [str(at) for at in range(len(rows))]:
        labels, columns = labels[1:], columns[1:]
    written = [_written(texts) for texts in columns]
    caption = tables[0].caption
    return {
        **({"caption": caption.get_text(strip=True)} if caption else {"is_quiet": True}),
        "columns": [
            {"label": label, "numeric": at > 0 and is_number}
            for at, (label, (_, is_number)) in enumerate(zip(labels, written, strict=True))
        ],
        "rows": [list(row) for row in zip(*(texts for texts, _ in written), strict=True)],
    }


def _laid(rows: Sequence[Tag]) -> list[list[str]]:
    """Lay out rows of cells; a cell that spans several places stands in each."""
    laid: dict[tuple[int, int], str] = {}
    for at, row in enumerate(rows):
        for cell in row.find_all(["th", "td"]):
            across = next(n for n in range(len(laid) + 1) if (at, n) not in laid)
            for down in range(int(str(cell.get("rowspan", "1")))):
                for right in range(int(str(cell.get("colspan", "1")))):
                    laid[at + down, across + right] = cell.get_text(strip=True)
    width = 1 + max((across for _, across in laid), default=-1)
    return [[laid.get((at, across), "") for across in range(width)] for at in range(len(rows))]


def _label(texts: Sequence[str], is_index: bool) -> str:
    """Name a column by its heads, from the top; the index by the lowest, which is its own."""
    said = list(dict.fromkeys(filter(None, texts)))
    return (said[-1] if is_index else " – ".join(said)) if said else ""


def _written(texts: Sequence[str]) -> tuple[list[str], bool]:
    """Write a column in Swedish, and say whether it holds numbers."""
    known = [text for text in texts if text not in UNKNOWN]
    if known and all(map(PER_CENT.fullmatch, known)):
        signs = str.maketrans({"-": swedish.MINUS, ".": ",", " ": ""})
        parts = [text.translate(signs).replace("%", f"{swedish.NO_BREAK}%") for text in texts]
        return [SAID.get(text, part) for text, part in zip(texts, parts, strict=True)], True
    if not known or not all(map(NUMBER.fullmatch, known)):
        return [SAID.get(text, text) for text in texts], False
    values = [float(text) if text in known else math.nan for text in texts]
    largest = max(abs(float(text)) for text in known)
    if not any("." in text for text in known) and all(
        YEARS[0] <= float(text) <= YEARS[1] for text in known
    ):
        return [SAID.get(text, text) for text in texts], True
    needed = max(len(f"{float(text):.5f}".rstrip("0").partition(".")[2]) for text in known)
    fine = max(0, 2 - math.floor(math.log10(largest))) if largest else 0  # three figures count
    return [swedish.number(value, min(needed, fine)) for value in values], True


def once(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each table one place, in `parts` that a page has room for; elsewhere `same` is its id.

    A table that stands in the text comes before those that are folded under a figure.
    """
    kept: list[tuple[str, Table]] = []
    for kind in ("grid", "figure"):
        for attrs in (block["attrs"] for block in blocks if block["type"] == kind):
            table = attrs["shown"].get("table", attrs["shown"])
            attrs["same"] = next((name for name, known in kept if _covers(known, table)), None)
            if kind == "figure":
                table = {**table, "pictures": None}  # the figure is a picture of the same numbers
            attrs["parts"] = [] if attrs["same"] else [_marked(part) for part in divided(table)]
            kept += [] if attrs["same"] else [(attrs["id"], table)]
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


def divided(table: Table, most: int = WIDEST) -> list[Table]:
    """Divide a table wider than so many letters; each part begins with what names the rows."""
    widths = reckoned(table)
    count = math.ceil(sum(widths[1:]) / max(1, most - widths[0]))
    if count <= 1 or len(widths) <= 2:
        return [table]
    size = math.ceil((len(widths) - 1) / count)
    starts = range(1, len(widths), size)
    return [
        {
            **table,
            "caption": f"{table['caption']} (del {number} av {len(starts)})",
            "columns": [table["columns"][0], *table["columns"][start : start + size]],
            "rows": [[row[0], *row[start : start + size]] for row in table["rows"]],
            "pictures": table.get("pictures") if number == 1 else None,
            "note": table.get("note") if number == len(starts) else "",
        }
        for number, start in enumerate(starts, 1)
    ]


def _marked(part: Table) -> Table:
    """Say whether a table is wider than a telephone, and long enough to be searched."""
    is_wide = sum(reckoned(part)) > PHONE and len(part["columns"]) > 2
    return {**part, "is_wide": is_wide, "is_long": len(part["rows"]) >= LONG}


def reckoned(table: Table) -> list[int]:
    """Reckon each column's width in letters: its longest number, word of head or folded text."""
    texts = [[row[at] for row in table["rows"]] for at in range(len(table["columns"]))]
    widths = [
        2 + max([*map(len, column["label"].split()), *(min(len(text), FOLDED) for text in cells)])
        for column, cells in zip(table["columns"], texts, strict=True)
    ]
    return [widths[0] + 20 * bool(table.get("pictures")), *widths[1:]]
