"""Mangle good files in every way we know of: each is refused with its place, or gives the same numbers.

`mutations.py [COUNT] [SEED]` (2 000 and 1). Odd numbers lock every file with its sha256 in year.toml,
as `check` advises; even ones do without. There no mutation writes another number that is as good as
the first, and a table that whole rows are gone from or doubled in, which nothing but a fingerprint
can tell from a good one, is counted by itself.
"""

from __future__ import annotations

import collections
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import unicodedata
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import shapely

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from analysis import paths
from analysis.errors import Refusal, refuse
from analysis.sources import areas, boundaries, config, registers, survey, validation
from conftest import CRIME, make_town

PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(200))
SECONDS = 30
MORE = """
[wastewater]
file = "wastewater.csv"
source = "RISE"
[promises]
file = "promises.csv"
source = "Kommunen"
"""
WASTEWATER = """substance,place,week,value_mg_per_1000_day,state
THC,Lillstad,v. 10,"64,1",measured
Kokain,Lillstad,v. 10,"1 131,7",measured
Heroin,Lillstad,v. 10,,below_loq
"""
PROMISES = 'promise,target,outcome,unit,fulfilled\nPatrullera,800,861,pass,ja\n"Möten, dialog",8,7,st,nej\n'
TABLE = "Område;Svar;Skräp;Oro\nNorr;120;25,5;10,25\nSöder;130;60,0;22,5\nVäst;150;30,1;12,125\nTotalt;400;34,5;13,5\n"
DELIVERED = """
year = 2023
division = "a"
[delivered]
file = "{file}"
source = "Polisen"
form = "{form}"
unit = "{unit}"
columns = {{ {columns} }}
total = "Totalt"
invited = 1000
answered = 400
"""

Mutation = Callable[[bytes, random.Random], bytes | None]


def towns(home: Path) -> dict[str, Path]:
    """Make three good towns: answers; a wide table of per cent; a workbook of indices."""
    made = {name: make_town(home / name) for name in ("answers", "table", "workbook")}
    for root in made.values():
        folder = root / "data/2023"
        (folder / "wastewater.csv").write_text(WASTEWATER, "utf-8")
        (folder / "promises.csv").write_text(PROMISES, "utf-8")
        (folder / "text").mkdir()
        (folder / "text/01-inledning.md").write_text("# Året\n\nHär är **året**.\n", "utf-8")
    _add(made["answers"], "")
    columns = 'area = "Område", n = "Svar"'
    _add(
        made["table"],
        DELIVERED.format(file="table.csv", form="wide", unit="percent", columns=columns),
    )
    (made["table"] / "data/2023/table.csv").write_text(TABLE, "utf-8")
    columns = 'area = "omr", indicator = "mått", value = "v", n = "n"'
    _add(
        made["workbook"],
        DELIVERED.format(file="table.xlsx", form="long", unit="index", columns=columns),
    )
    _workbook(made["workbook"] / "data/2023/table.xlsx")
    return made


def _add(root: Path, delivered: str) -> None:
    spec = root / "data/2023/year.toml"
    own = delivered + CRIME if delivered else spec.read_text("utf-8")
    spec.write_text(own + MORE, "utf-8")


def _workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["omr", "mått", "v", "n"])
    for at, (area, n) in enumerate((("Norr", 120), ("Söder", 130), ("Väst", 150), ("Totalt", 400))):
        for step, measure in enumerate(("Problemindex", "Ute", "Hemma")):
            book.active.append([area, measure, 1.25 + at / 4 + step / 10, n])
    book.save(path)


def locked(root: Path) -> None:
    """Write each file's sha256 in year.toml."""
    for number in paths.years(root):
        spec = root / f"data/{number}/year.toml"
        text = spec.read_text("utf-8")
        for source in config.year(root, number).sources.values():
            line = f'file = "{source.file}"'
            fact = paths.sha256(config.path_of(root, number, source))
            text = text.replace(line, f'{line}\nsha256 = "{fact}"')
        spec.write_text(text, "utf-8")


def text(change: Callable[[str, random.Random], str]) -> Mutation:
    """Let a change of text be one of bytes."""

    def mutate(raw: bytes, chance: random.Random) -> bytes:
        return change(raw.decode(), chance).encode()

    mutate.__name__ = change.__name__
    return mutate


def lines(change: Callable[[list[str], random.Random], None]) -> Mutation:
    """Let a change of a list of lines be one of bytes."""

    def mutate(raw: bytes, chance: random.Random) -> bytes:
        found = raw.decode().split("\n")
        change(found, chance)
        return "\n".join(found).encode()

    mutate.__name__ = change.__name__
    return mutate


def flip_high(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 0x80]) + raw[at + 1 :]


def flip_any(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]


def null(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw))
    return raw[:at] + b"\0" + raw[at:]


def picture(raw: bytes, chance: random.Random) -> bytes:
    return PICTURE


def empty(raw: bytes, chance: random.Random) -> bytes:
    return b""


def gone(raw: bytes, chance: random.Random) -> None:
    return None


def truncated(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw))]


def cp1252(raw: bytes, chance: random.Random) -> bytes:
    return raw.decode().encode("cp1252")


def mac_roman(raw: bytes, chance: random.Random) -> bytes:
    return raw.decode().encode("mac-roman")


def utf_16(raw: bytes, chance: random.Random) -> bytes:
    return raw.decode().encode("utf-16")


def mixed_encodings(raw: bytes, chance: random.Random) -> bytes:
    found = raw.decode().split("\n")
    at = chance.randrange(len(found))
    return b"\n".join(
        line.encode("cp1252" if here == at else "utf-8") for here, line in enumerate(found)
    )


@text
def mark_twice(found: str, chance: random.Random) -> str:
    return "\ufeff" * chance.choice([1, 2]) + found


@text
def decomposed(found: str, chance: random.Random) -> str:
    return unicodedata.normalize("NFD", found)


@text
def line_ends(found: str, chance: random.Random) -> str:
    return found.replace("\n", chance.choice(["\r\n", "\r"]))


@text
def control_letter(found: str, chance: random.Random) -> str:
    at = chance.randrange(len(found))
    letter = chance.choice("\x0b\x0c\x1c\x85\u2028\u200b\u00ad\x1f\u202e\u2067😀")
    return found[:at] + letter + found[at:]


@text
def quotation(found: str, chance: random.Random) -> str:
    at = chance.randrange(len(found))
    return found[:at] + '"' + found[at:]


@text
def separators(found: str, chance: random.Random) -> str:
    old = ";" if ";" in found.split("\n")[0] else ","
    new = chance.choice([mark for mark in ";,\t|:" if mark != old])
    return found.replace(old, new)


@lines
def row_cut(found: list[str], chance: random.Random) -> None:
    del found[chance.randrange(1, len(found) - 1)]


@lines
def row_twice(found: list[str], chance: random.Random) -> None:
    at = chance.randrange(1, len(found) - 1)
    found.insert(at, found[at])


@lines
def row_shortened(found: list[str], chance: random.Random) -> None:
    at = chance.randrange(1, len(found) - 1)
    found[at] = re.split("[;,]", found[at])[0]


@lines
def header_gone(found: list[str], chance: random.Random) -> None:
    del found[0]


@lines
def header_twice(found: list[str], chance: random.Random) -> None:
    found.insert(chance.randrange(1, len(found)), found[0])


@lines
def blank_row(found: list[str], chance: random.Random) -> None:
    found.insert(chance.randrange(len(found)), chance.choice(["", " ", ",", ";;"]))


@lines
def footnote(found: list[str], chance: random.Random) -> None:
    found.append(chance.choice(["Källa: enkäten", "* Preliminärt", "1) Utom vet ej"]))


@lines
def title_above(found: list[str], chance: random.Random) -> None:
    found.insert(0, "Tabell 1")


@lines
def total_row(found: list[str], chance: random.Random) -> None:
    cells = re.split("[;,]", found[1])
    mark = ";" if ";" in found[0] else ","
    found.insert(len(found) - 1, mark.join(["Summa", *cells[1:]]))


def columns(change: Callable[[list[list[str]], random.Random], None]) -> Mutation:
    """Let a change of a table without quotation marks be one of bytes."""

    def mutate(raw: bytes, chance: random.Random) -> bytes | None:
        found = raw.decode()
        mark = ";" if ";" in found.split("\n")[0] else ","
        if '"' in found:
            return raw
        rows = [line.split(mark) for line in found.split("\n") if line]
        change(rows, chance)
        return "\n".join([*(mark.join(row) for row in rows), ""]).encode()

    mutate.__name__ = change.__name__
    return mutate


@columns
def columns_swapped(rows: list[list[str]], chance: random.Random) -> None:
    one, other = chance.sample(range(len(rows[0])), 2)
    for row in rows:
        row[one], row[other] = row[other], row[one]


@columns
def column_gone(rows: list[list[str]], chance: random.Random) -> None:
    at = chance.randrange(len(rows[0]))
    for row in rows:
        del row[at]


@columns
def empty_columns(rows: list[list[str]], chance: random.Random) -> None:
    for row in rows:
        row += ["", ""]


@columns
def name_misspelt(rows: list[list[str]], chance: random.Random) -> None:
    row = chance.choice(rows)
    at = chance.choice([at for at, cell in enumerate(row) if re.search("[a-zåäö]", cell)] or [0])
    row[at] = row[at][:1] + "qz" + row[at][1:]


@columns
def wrong_decimals(rows: list[list[str]], chance: random.Random) -> None:
    numeric = [
        (row, at) for row in rows for at, cell in enumerate(row) if re.fullmatch(r"[0-9,]+", cell)
    ]
    row, at = chance.choice(numeric)
    cell = row[at]
    row[at] = chance.choice(
        [
            cell.replace(",", "."),
            f"{cell},,0",
            f"{cell}.000.0",
            f"{cell}e9",
            f"{cell} 1",
            f"'{cell}",
        ]
        + ["inf", "NaN", "#REF!", "1_0", "-9", "½", "٤٠", f"~{cell}", f"{cell}-", "0x1F", "9" * 20]
    )


@lines
def line_broken(found: list[str], chance: random.Random) -> None:
    known = [at for at, line in enumerate(found) if "=" in line]
    at = chance.choice(known)
    name, value = found[at].split("=", 1)
    found[at] = chance.choice(
        [name, f"{name}=", f"{name} {value}", f"= {value}", f"{name}={value}x", f'{name}="{value}']
        + [f"{name}= []", f"{name}= nan", f"{name}= 1979-05-27", f"{name}= {{}}", f"{name}= [[1]]"]
        + [
            f"{name}= {'true' if name.strip() != 'file' else chr(34) + '../../x' + chr(34)}",
            f'{name}= "a\\u0000b"',
            f"{name}= 1e400",
            f"x{name}={value}",
        ]
    )


@lines
def line_twice(found: list[str], chance: random.Random) -> None:
    at = chance.choice([at for at, line in enumerate(found) if line])
    found.insert(at, found[at])


@lines
def bracket_gone(found: list[str], chance: random.Random) -> None:
    at = chance.choice([at for at, line in enumerate(found) if "[" in line or "{" in line])
    found[at] = re.sub(r"[\[{]", "", found[at], count=1)


def emptied(root: Path, chance: random.Random) -> None:
    """Spoil the geometry as a program could: emptied, turned to points, an area gone, no system."""
    file = root / "shapes/areas.gpkg"
    frame = gpd.read_file(file, layer="a")
    file.unlink()
    how = chance.randrange(6)
    if how == 0:
        frame = frame.set_geometry([shapely.Polygon()] * len(frame))
    elif how == 1:
        frame = frame.set_geometry(frame.centroid)
    elif how == 2:
        frame = frame.drop(index=chance.randrange(len(frame)))
    elif how == 3:
        frame = frame.set_crs(None, allow_override=True)
    elif how == 4:
        frame = frame.rename(columns={"area_id": "id"})
    frame.to_file(file, layer="b" if how == 5 else "a", driver="GPKG")


ANY = [null, picture, empty, gone, truncated]
LETTERS = [flip_high, cp1252, mac_roman, utf_16, mixed_encodings, mark_twice, decomposed, line_ends]
CSV = [
    *(*ANY, *LETTERS, control_letter, quotation, separators, row_cut, row_twice, row_shortened),
    *(header_gone, header_twice, blank_row, footnote, title_above, total_row, columns_swapped),
    *(column_gone, empty_columns, name_misspelt, wrong_decimals, wrong_decimals, flip_high),
]
TOML = [
    *ANY,
    *LETTERS,
    control_letter,
    quotation,
    line_broken,
    line_broken,
    line_twice,
    bracket_gone,
]
BINARY = [*ANY, flip_any, flip_any, flip_any]
FILES: list[tuple[str, str, list[Mutation]]] = [
    ("answers", "data/2023/survey.csv", CSV),
    ("answers", "data/2022/survey.csv", CSV),
    ("answers", "data/2023/crime.csv", CSV),
    ("answers", "data/2023/wastewater.csv", CSV),
    ("answers", "data/2023/promises.csv", CSV),
    ("answers", "data/areas.csv", CSV),
    ("answers", "data/2023/year.toml", TOML),
    ("answers", "data/municipality.toml", TOML),
    ("answers", "data/index_model.toml", TOML),
    ("answers", "data/2023/text/01-inledning.md", [*ANY, *LETTERS, control_letter]),
    ("answers", "shapes/areas.gpkg", [*BINARY, emptied, emptied]),  # type: ignore[list-item]
    ("table", "data/2023/table.csv", CSV),
    ("table", "data/2023/year.toml", TOML),
    ("workbook", "data/2023/table.xlsx", BINARY),
]
# A fingerprint says whether these hold anything else than they did.
NEEDS_LOCK = {flip_any}
ROWS = {row_cut, row_twice, total_row, truncated}  # what they leave may be a good table too


def numbers(root: Path) -> str:
    """Return every number that is read of a town's two years in one text, whatever its order."""
    figures: list[object] = [
        config.municipality(root).disclosure.model_dump(),
        *(registers.crime(root, 2023), registers.wastewater(root, 2023)),
    ]
    registers.promises(root, 2023)
    registers.texts(root, 2023)
    for number in (2022, 2023):
        declared, register = config.of(root, number), areas.register(root, number)
        year, model = declared.year, declared.model
        shapes = boundaries.read(root, year.division, register)
        figures += [register, shapes.set_geometry(shapes.normalize()).area.to_frame()]
        if year.survey and model is None:
            raise refuse("indexmodellen saknas.", "Gör filen.", file="data/index_model.toml")
        if year.survey and model:
            areas.require_adults(register, number)
            answers = survey.answers(root, number, year.survey, model, register)
            keys = model.question_keys
            kinds = answers.groupby(["area", *year.survey.labels], observed=True)
            figures += [year.survey.invited, kinds[[*keys]].sum(), kinds[[*keys]].count()]
            figures += [item.normal_share for item in model.indicators]
        if year.delivered:
            figures.append(survey.delivered(root, number, year.delivered, model, register))
    return json.dumps([_plain(figure) for figure in figures])


def _plain(figure: object) -> object:
    if isinstance(figure, pd.DataFrame):
        numeric = figure.select_dtypes("number").round(6).fillna(-99)
        return sorted(numeric.to_numpy().tolist())
    return figure


def differences(root: Path) -> list[str]:
    """List what `check` says differs from the year before."""
    return [str(finding) for finding in validation.differences(root, 2023)]


def tried(root: Path, good: tuple[str, list[str]]) -> tuple[str, str]:
    """Read a town in a process of its own; say what came of it, and the words.

    One of same, refused, said (other numbers, but `check` says what differs from last year),
    placeless (a fault without a file), changed, crash, hang.
    """
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ear)
        signal.alarm(SECONDS)
        try:
            is_same = numbers(root) == good[0]
            said = "" if is_same else "; ".join(set(differences(root)) - set(good[1]))
            told = ("same" if is_same else "said" if said else "changed", said)
        except Refusal as refusal:
            placed = all(finding.file for finding in refusal.findings)
            told = ("refused" if placed else "placeless", str(refusal))
        except BaseException as fault:  # noqa: BLE001 - what is looked for
            told = ("crash", repr(fault))
        os.write(mouth, json.dumps(told).encode()[:60000])
        os._exit(0)
    os.close(mouth)
    with os.fdopen(ear, "rb") as words:
        raw = words.read()
    os.waitpid(child, 0)
    outcome, said = json.loads(raw) if raw else ("hang", "")
    return str(outcome), str(said)


def run(count: int, seed: int, home: Path) -> list[tuple[str, str, str]]:
    """Try seeded mutations; return each one's outcome, what was done to which file, the words.

    An unlocked table that is good with other rows is `recorded`.
    """
    base = {}
    for is_locked in (True, False):
        for name, root in towns(home / ("locked" if is_locked else "free")).items():
            if is_locked:
                locked(root)
            base[name, is_locked] = (root, (numbers(root), differences(root)))
    every = [(town, file, mutation) for town, file, known in FILES for mutation in known]
    chance = random.Random(seed)
    outcomes = []
    while len(outcomes) < count:
        town, file, mutation = chance.choice(every)
        is_locked = len(outcomes) % 2 == 0
        if mutation in NEEDS_LOCK and not is_locked and not file.endswith("gpkg"):
            continue
        good, expected = base[town, is_locked]
        root = home / "mutated"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(good, root)
        if not mutated(root, root / file, mutation, chance):
            continue
        outcome, said = tried(root, expected)
        what = f"{'locked' if is_locked else 'free'} {town} {file} {mutation.__name__}"
        of_rows = mutation in ROWS and file.endswith(".csv") and not is_locked
        if outcome == "changed" and of_rows:
            outcome = "recorded"
        if outcome == "changed" and (root / file).exists():
            said = difference(good / file, root / file)
        outcomes.append((outcome, what, said))
    return outcomes


def difference(good: Path, bad: Path) -> str:
    """Quote the first line that a mutation changed."""
    lines = [file.read_bytes().decode("utf-8", "replace").split("\n") for file in (good, bad)]
    return next((f"{old} -> {new}" for old, new in zip(*lines, strict=False) if old != new), "")


def mutated(root: Path, path: Path, mutation: Mutation, chance: random.Random) -> bool:
    """Mutate a file in place; False where it came out as it was."""
    if mutation is emptied:  # type: ignore[comparison-overlap]
        emptied(root, chance)
        return True
    raw = path.read_bytes()
    new = mutation(raw, chance)
    if new == raw:
        return False
    path.unlink() if new is None else path.write_bytes(new)
    return True


def main() -> int:
    """Print the outcomes, and every one that should not be."""
    count, seed = (int(word) for word in [*sys.argv[1:], "2000", "1"][:2])
    with tempfile.TemporaryDirectory() as home:
        outcomes = run(count, seed, Path(home))
    for outcome, what, said in outcomes:
        if outcome not in {"same", "refused", "said", "recorded"}:
            print(f"{outcome}: {what}: {said[:300]}")
    for kind in ("locked", "free"):
        tally = collections.Counter(name for name, what, _ in outcomes if what.startswith(kind))
        print(kind, dict(sorted(tally.items())))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
