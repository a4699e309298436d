"""What a published folder says, frozen to one file; two such files compared.

`freeze.py freeze FOLDER OUT.json`, then `freeze.py compare BEFORE.json AFTER.json [--most N]` (every
sentence, alt text, cell and data value) or `freeze.py numbers BEFORE.json AFTER.json [--map FILE]`
(only the numbers of tables that both have, by row and column head, however reworded; a lost table
is a difference unless `--common` is given). Exit code 0 when the same, 1 when not.

The map is JSON, before → after, null leaves out a column: {"columns": {"Värde": "Andel"}, "rows": {},
"captions": {}, "documents": {}}.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from math import isclose
from pathlib import Path
from typing import Any, NamedTuple

from frozen import DATA, Item, cells, figures, freeze, item, plain

SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZÅÄÖ0-9”])")
Table = dict[str, Any]
Pages = dict[str, dict[str, Any]]


class Tally(NamedTuple):
    """How many of a kind a document had and has, and what vanished and is new."""

    document: str
    kind: str
    before: int
    after: int
    gone: list[Item]
    new: list[Item]


def leftover(before: Iterable[Item], after: Iterable[Item]) -> tuple[list[Item], list[Item]]:
    """Take away what both have, in any order, numbers to 1e-9; return what vanished and is new."""
    have, gone = defaultdict(list), []
    for one in after:
        have[one[:2]].append(one)
    for one in sorted(before, key=lambda one: one.numbers):
        pool = have[one[:2]]
        near = {"rel_tol": 1e-9, "abs_tol": 1e-12}
        for other in sorted(pool, key=lambda other: other.numbers != one.numbers):
            pair = [*zip(one.numbers, other.numbers, strict=True)]
            if all(isclose(a, b, **near) for a, b in pair):
                pool.remove(other)
                break
        else:
            gone.append(one)
    return gone, [one for pool in have.values() for one in pool]


def compare(before: Pages, after: Pages) -> Iterator[Tally]:
    """Compare all that two folders say, a document and a kind at a time."""
    for name in sorted({*before, *after}):
        is_shown = not name.endswith(DATA)
        sides: list[dict[str, list[Item]]] = []
        for page in (before.get(name), after.get(name)):
            page = page or {}
            kinds = {"documents": [item("", name, False)] if page else []}
            texts = [part for line in page.get("text", ()) for part in SENTENCE.split(line)]
            for kind, lines in (("text", texts), ("alt", page.get("alt", ())),
                                ("labels", page.get("labels", ()))):  # fmt: skip
                kinds[kind] = [item("", line, is_shown) for line in lines]
            tables = page.get("tables", ())
            kinds["tables"] = [item("", one["caption"], False) for one in tables]
            kinds["cells"] = [cell for one in tables for cell in cells(one, {}, is_shown)]
            sides.append(kinds)
        for kind, old in sides[0].items():
            new = sides[1][kind]
            gone, come = leftover(old, new)
            yield Tally(name, kind, len(old), len(new), gone, come)
            order = [[one[:2] for one in side] for side in (old, new)]
            if not gone and not come and order[0] != order[1]:
                moved = next(a for a, b in zip(old, new, strict=True) if a[:2] != b[:2])
                yield Tally(name, f"order of {kind}", 1, 1, [moved], [])


def pairs(old: list[Table], new: list[Table], known: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Match tables by caption, in order, and the rest by what numbers they share."""
    names, gap = plain(known.get("captions", {})), re.compile(r"\s+")
    left = [[*range(len(old))], [*range(len(new))]]
    for i, one in enumerate(old):
        caption = gap.sub(" ", one["caption"])
        caption = gap.sub(" ", names.get(caption) or caption)
        for j in left[1]:
            if gap.sub(" ", new[j]["caption"]) == caption:
                left[0].remove(i)
                left[1].remove(j)
                yield i, j
                break
    keys = [[Counter((c.where.split(" › ")[0], c.numbers) for c in figures(one, side)) for one in all_]
            for all_, side in ((old, known), (new, {}))]  # fmt: skip
    shared = {(i, j): (keys[0][i] & keys[1][j]).total() / max(keys[0][i].total(), 1)
              for i in left[0] for j in left[1]}  # fmt: skip
    for i, j in sorted(shared, key=lambda pair: -shared[pair]):
        if shared[i, j] >= 0.5 and i in left[0] and j in left[1]:
            left[0].remove(i)
            left[1].remove(j)
            yield i, j


def numbers(before: Pages, after: Pages, known: dict[str, Any]) -> Iterator[Tally]:
    """Compare the numbers of the tables that both have, and tell which tables one of them lacks."""
    names = {name: known.get("documents", {}).get(name, name) for name in before}
    for name in [*before, *sorted({*after} - {*names.values()})]:
        sides = [before.get(name, {}).get("tables", []),
                 after.get(names.get(name, name), {}).get("tables", [])]  # fmt: skip
        met = [*pairs(sides[0], sides[1], known)]
        for i, j in met:
            old, new = figures(sides[0][i], known), figures(sides[1][j], {})
            yield Tally(name, "numbers", len(old), len(new), *leftover(old, new))
        lost, come = ([item("", one["caption"] or "(no caption)", False)
                       for k, one in enumerate(side) if k not in {pair[n] for pair in met}]
                      for n, side in enumerate(sides))  # fmt: skip
        yield Tally(name, "tables", len(sides[0]), len(sides[1]), lost, [])
        yield Tally(name, "added tables", 0, len(come), [], come)


def report(tallies: list[Tally], most: int) -> bool:
    """Print counts by kind, then each document's differences; return whether there are any."""
    print(f"{'kind':<18}{'before':>9}{'after':>9}{'vanished':>10}{'new':>9}{'documents':>11}")
    for kind in dict.fromkeys(one.kind for one in tallies):
        of = [one for one in tallies if one.kind == kind]
        counts = [sum(one.before for one in of), sum(one.after for one in of)]
        counts += [sum(len(one.gone) for one in of), sum(len(one.new) for one in of)]
        hit = len({one.document for one in of if one.gone or one.new})
        print(f"{kind:<18}{counts[0]:>9}{counts[1]:>9}{counts[2]:>10}{counts[3]:>9}{hit:>11}")
    for name in dict.fromkeys(one.document for one in tallies if one.gone or one.new):
        lines = [(c.where, sign, one.kind, c.text) for one in tallies if one.document == name
                 for sign, side in (("-", one.gone), ("+", one.new)) for c in side]  # fmt: skip
        print(f"\n{name}: {len(lines)} differences")
        for where, sign, kind, text in sorted(lines, key=lambda line: (line[2], line[0], line[3]))[
            :most
        ]:
            print(f"  {sign} {kind}: {where + ': ' if where else ''}{text}")
        if len(lines) > most:
            print(f"  … and {len(lines) - most} more (--most)")
    return any(one.gone or one.new for one in tallies if one.kind != "added tables")


def main() -> int:
    """Freeze a folder, or compare two frozen ones."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("mode", choices=("freeze", "compare", "numbers"))
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--most", type=int, default=10, help="lines per document")
    parser.add_argument("--map", type=Path, help="renamed columns, rows, captions, documents")
    parser.add_argument("--common", action="store_true", help="lost tables are no difference")
    given = parser.parse_args()
    if given.mode == "freeze":
        text = json.dumps(freeze(given.first), ensure_ascii=False, indent=0)
        given.second.write_text(text, "utf-8")
        return 0
    before, after = (json.loads(path.read_text("utf-8")) for path in (given.first, given.second))
    if given.mode == "compare":
        return int(report([*compare(before, after)], given.most))
    known = json.loads(given.map.read_text("utf-8")) if given.map else {}
    found = [*numbers(before, after, known)]
    return int(
        report([one for one in found if one.kind != "tables" or not given.common], given.most)
    )


if __name__ == "__main__":
    sys.exit(main())
