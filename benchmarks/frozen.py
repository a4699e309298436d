"""What a published folder says: every sentence, alt text, table, PDF line and data value.

`run.json`, zips, geometry, hashes and sizes are left out. Used by `freeze.py`.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

INLINE = re.compile("a|abbr|b|br|code|em|i|mark|q|s|small|span|strong|sub|sup|time|wbr")
WHOLE = "(?:\\d{1,3}(?:[ \u00a0\u202f\u2009]\\d{3})+|\\d+)"
NUMBER = re.compile(rf"(?<![\w.,])(?:(?<!\d)[+\u2212-])?{WHOLE}(?:[.,]\d+)?(?:[eE][+-]?\d+)?(?!\w)")
DATA = (".csv", ".xlsx", ".json", ".geojson", ".gpkg")


def tidy(text: str) -> str:
    """Collapse white space, but keep no-break spaces: they hold numbers together."""
    return re.sub(r"[ \t\r\n\f]+", " ", text.replace("\u00ad", "")).strip(" ")


def words(tag: Tag) -> Iterator[str]:
    """Give the text of each block in a tag, without pictures and tables."""
    line = ""
    for child in tag.children:
        if type(child) is NavigableString:
            line += child
        elif isinstance(child, Tag) and INLINE.fullmatch(child.name):
            line += " " if child.name == "br" else "".join(words(child))
        elif isinstance(child, Tag):
            yield from [line, *words(child)] if child.name not in {"svg", "table"} else [line]
            line = ""
    yield line


def html(path: Path) -> dict[str, Any]:
    """Read a page: its blocks, alt texts, words in pictures and tables."""
    soup = BeautifulSoup(path.read_text("utf-8"), "lxml")
    for tag in soup.select("script, style"):
        tag.decompose()
    names = ("aria-label", "alt", "title")
    alt = [str(tag[name]) for name in names for tag in soup.select(f"[{name}]")]
    text = [str(tag["content"]) for tag in soup.select("meta[name=description]")]
    text += [tag.get_text() for tag in soup.select("head > title, caption")] + [
        *words(soup.body or soup)
    ]
    tables = []
    for one in soup.select("table"):
        body = one.select("tbody tr") or one.select("tr")[1:]
        heads = max([len(row.select("th")) for row in body], default=1)
        rows = [
            [" ".join(words(cell)) for cell in row.select("th, td")] for row in one.select("tr")
        ]
        rows = [[tidy(cell) for cell in row] for row in rows]
        caption = tidy(one.caption.get_text()) if one.caption else ""
        tables.append({"caption": caption, "heads": max(heads, 1), "rows": rows})
    return {
        "text": [line for line in map(tidy, text) if line],
        "alt": [tidy(line) for line in alt]
        + [tidy(tag.get_text()) for tag in soup.select("svg title, svg desc")],
        "labels": [tidy(tag.get_text(" ")).replace("- ", "-") for tag in soup.select("svg text")],
        "tables": tables,
    }


def flat(value: Any, name: str = "") -> Iterator[list[Any]]:
    """Give every value in a JSON document with its path."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            yield from flat(inner, f"{name}{key}.")
        elif key not in {"hash", "bytes"}:
            yield [f"{name}{key}", inner]


def data(path: Path) -> dict[str, Any]:
    """Read a data file; the leading columns of words or years are the heads of its rows."""
    is_map = path.suffix in {".geojson", ".gpkg"}
    if path.suffix == ".csv":
        kept = {"header": None, "dtype": str, "keep_default_na": False, "encoding": "utf-8-sig"}
        frames = {"": pd.read_csv(path, sep=None, engine="python", **kept)}
    elif path.suffix == ".xlsx":
        frames = pd.read_excel(path, sheet_name=None, header=None)
    elif path.suffix == ".json":
        values = flat(json.loads(path.read_text("utf-8")))
        frames = {"": pd.DataFrame([["name", "value"], *values])}
    else:
        read = gpd.read_file(path, ignore_geometry=True).astype(object)
        names = sorted(read.columns, key=lambda name: name not in {"id", "name", "year"})
        frames = {"": pd.DataFrame([names, *read[names].to_numpy().tolist()])}
    tables = []
    for caption, frame in frames.items():
        rows = [["" if pd.isna(c) else str(c) for c in row] for row in frame.to_numpy(object)]
        heads = 1 if path.suffix == ".json" else 0
        heads = sum(name in {"id", "name", "year"} for name in rows[0]) if is_map else heads
        while path.suffix in {".csv", ".xlsx"} and heads < len(rows[0]) - 1:
            column = {row[heads] for row in rows[1:] if NUMBER.fullmatch(row[heads])}
            if not all(re.fullmatch(r"(19|20)\d\d(\.0)?", cell) for cell in column):
                break
            heads += 1
        tables.append({"caption": caption, "heads": max(heads, 1), "rows": rows})
    return {"tables": tables}


def freeze(folder: Path) -> dict[str, Any]:
    """Gather what every page, PDF and data file says."""
    pages = {}
    for path in sorted(folder.rglob("*.*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".html":
            pages[name] = html(path)
        elif path.suffix == ".pdf":
            call = ["pdftotext", "-layout", "-enc", "UTF-8", str(path), "-"]
            read = subprocess.run(call, check=True, capture_output=True).stdout.decode()
            lines = [re.sub(r"\s{2,}", " | ", line.strip()) for line in read.splitlines()]
            pages[name] = {"text": [line for line in lines if line]}
        elif path.suffix in DATA and name != "run.json":
            pages[name] = data(path)
    return pages


class Item(NamedTuple):
    """A sentence, or what stands in a cell; `shape` is its words with # for each number."""

    where: str
    shape: str
    numbers: tuple[float, ...]
    text: str


def item(where: str, text: str, is_shown: bool) -> Item:
    """Split words from numbers; a shown number keeps its decimals and its plus sign."""
    plain = [re.sub(r"\s", "", n).replace("\u2212", "-") for n in NUMBER.findall(text)]
    plain = [number.replace(",", ".") for number in plain]
    marks = [f"{'+' * (n[0] == '+')}#{len(n.partition('.')[2])}" for n in plain]
    rest = iter(marks if is_shown else "#" * len(marks))
    shape = re.sub(r"\s+", " ", NUMBER.sub(lambda _: next(rest), text))
    return Item(re.sub(r"\s+", " ", where), shape, tuple(map(float, plain)), text)


def plain(known: dict[str, Any]) -> dict[str, Any]:
    """Give a part of the map with plain spaces, as it is looked up."""
    return {re.sub(r"\s+", " ", key): value for key, value in known.items()}


def cells(one: dict[str, Any], known: dict[str, Any], is_shown: bool) -> Iterator[Item]:
    """Give a table's cells as row › column, heads renamed by the map."""
    columns, names = plain(known.get("columns", {})), plain(known.get("rows", {}))
    top, *body = [[re.sub(r"\s+", " ", cell) for cell in row] for row in one["rows"]] or [[]]
    start = one["heads"]
    for row, shown in zip(body, one["rows"][1:], strict=True):
        head = " | ".join(sorted(names.get(cell) or cell for cell in row[:start] if cell))
        for name, cell in zip(top[start:], shown[start:], strict=False):
            if (to := columns.get(name, name)) is not None:
                yield item(f"{head} › {to}", cell, is_shown)


def figures(one: dict[str, Any], known: dict[str, Any]) -> list[Item]:
    """Give every number of a table with its row and column head."""
    found = cells(one, known, False)
    return [Item(c.where, "", (n,), f"{n:.12g}") for c in found for n in c.numbers]
