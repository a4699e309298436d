"""A place or a year begun: a name and a map, or the year before, in; files to fill in out."""

from __future__ import annotations

import datetime
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import tomlkit

from analysis import paths, swedish
from analysis.errors import refuse
from analysis.sources import boundaries, config
from analysis.sources.config import IndexModel

HERE = Path(__file__).resolve()
MODEL = HERE.parents[2] / "data" / "index_model.toml"
TEMPLATE = HERE.parent / "templates" / "year.toml"
SEED = 20
ANSWERS, ADULTS = (40, 80), (800, 4000)  # of an invented area
SILENT, SPREAD = 0.04, 0.5  # of the answers; of areas, in log odds
CODES = {"regso": r"\d{4}R\d{3}", "deso": r"\d{4}[ABC]\d{4}"}
NOT_GENITIVE = ("ås", "fors", "näs")
OF_ONE_YEAR = ("invited", "answered", "mean_population")
LOCKS = ("sha256", "rows", "scale_checked")
TEXT = "# Vad hände under året?\n"


def place(
    folder: Path,
    *,
    name: str,
    code: str,
    geometry: Path,
    short_name: str | None = None,
    crs: str | None = None,
    year: int | None = None,
    name_column: str | None = None,
) -> Iterator[str]:
    """Make a root with a register of the map's areas and an invented year; yields what to know.

    Whole or not at all: it is made beside the folder, then put in place.

    Raises:
        Refusal: for a folder that is not empty, a map that cannot be read, a code that is none.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refuse("mappen finns och är inte tom.", "Välj en ny mapp.", file=str(folder))
    number, short = year or datetime.date.today().year, short_name or _town(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
        root = Path(beside) / "root"
        (root / "data" / str(number) / "text").mkdir(parents=True)
        about = {"name": name, "short_name": short, "code": code}
        (root / "data/municipality.toml").write_text(tomlkit.dumps(about), "utf-8")
        shutil.copyfile(MODEL, root / "data/index_model.toml")
        config.municipality(root)
        model = config.model(root, number)
        if model is None:
            what = f"det finns ingen indexmodell för {number}."
            raise refuse(what, "Välj ett senare år: --year.")
        random = np.random.RandomState([SEED, number])
        areas = _areas(geometry, code, crs, name_column)
        people = random.randint(*ADULTS, size=len(areas))
        areas.assign(**{f"adults_{number}": people}).to_csv(root / "data/areas.csv", index=False)
        division = f"omraden-{number}"
        _invent(root, number, division, list(areas["name"]), model, random)
        notices = boundaries.import_division(
            root, geometry, division, code=code, crs=crs, name_column=name_column
        )
        if folder.exists():
            folder.rmdir()
        shutil.move(root, folder)
    yield from notices
    counted = swedish.counted(len(areas), "område", "områden")
    yield f"{short} finns i {folder}: {counted}, påhittade svar {number}."
    yield f"Sedan: analysis --root {folder} run"


def _town(name: str) -> str:
    """Take the town out of a municipality's name: Lillstads kommun, Lillstad."""
    town = re.sub(r" (kommun|stad)$|^Region ", "", name)
    return town if town == name or town.endswith(NOT_GENITIVE) else town.removesuffix("s")


def _areas(geometry: Path, code: str, crs: str | None, column: str | None) -> pd.DataFrame:
    """List the areas that a map file names, with their codes where it has them."""
    shapes = boundaries.of_municipality(geometry, code, crs)
    if shapes.empty:
        what = f"inga ytor hör till {code}."
        raise refuse(what, "Rätta koden, eller välj en annan fil.", file=geometry.name)
    names = shapes[column or boundaries.name_column(shapes, geometry.name)].astype(str).str.strip()
    named = _coded(shapes).assign(name=names).drop_duplicates("name")
    ordered = named.sort_values("name", key=lambda texts: texts.map(swedish.sort_key))
    ids: list[str] = []
    for name in ordered["name"]:
        ids.append(_identity(name, ids))
    return ordered.assign(area_id=ids, aliases="")[["area_id", "name", "aliases", *CODES]]


def _coded(shapes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Take the codes of Statistics Sweden out of a map file's columns; empty where it has none."""
    texts = pd.DataFrame(shapes.drop(columns="geometry")).astype(str)
    found = {}
    for kind, form in CODES.items():
        codes = texts.apply(lambda cells, form=form: cells.str.extract(f"^({form})", expand=False))
        best = codes.notna().sum().idxmax() if len(codes.columns) else None
        found[kind] = codes[best].fillna("") if best is not None else ""
    return pd.DataFrame(found, index=texts.index)


def _identity(name: str, known: Sequence[str]) -> str:
    """Make a file name of an area's name, unlike those known."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    area = "-".join(re.findall(r"[a-z0-9]+", plain)) or "omrade"
    numbered = (f"{area}-{at}" for at in range(2, len(known) + 3))
    return area if area not in known else next(each for each in numbered if each not in known)


def _invent(
    root: Path,
    number: int,
    division: str,
    names: Sequence[str],
    model: IndexModel,
    random: np.random.RandomState,
) -> None:
    """Write a year of invented answers; areas differ a little, and nothing else is true of them."""
    declared = tomlkit.parse(TEMPLATE.read_text("utf-8"))
    area = np.repeat(np.arange(len(names)), random.randint(*ANSWERS, size=len(names)))
    shift = random.normal(0, SPREAD, len(names))[area]
    answers = pd.DataFrame({"lopnr": np.arange(1, len(area) + 1), "omrade": np.take(names, area)})
    survey = declared["survey"]
    for split, labels in survey["labels"].items():  # type: ignore[index,union-attr]
        answers[survey["columns"][split]] = random.choice(list(labels), len(area))  # type: ignore[index]
    for item in model.indicators:
        share = item.normal_share or 0.2
        odds = np.log(share / (1 - share)) + shift
        is_problem = random.random_sample(len(area)) < 1 / (1 + np.exp(-odds))
        fine = [answer for answer in item.answers if answer not in item.problem]
        bad, good = (random.choice(some, len(area)) for some in (item.problem, fine))
        silent = random.random_sample(len(area)) < SILENT
        given = np.where(is_problem, bad, good)
        answers[item.key] = np.where(silent, (item.no_answer or ("",))[0], given)
    home = paths.of_data(root, number)
    answers.to_csv(home / "survey.csv", index=False, lineterminator="\n")
    declared["year"], declared["division"] = number, division
    survey["invited"] = 2 * len(area)  # type: ignore[index]
    (home / "year.toml").write_text(tomlkit.dumps(declared), "utf-8")
    (home / "text" / "01-sammanfattning.md").write_text(TEXT, "utf-8")


def year(root: Path, number: int) -> list[str]:
    """Make what data/YEAR lacks from the year before; returns what was made, and what to do.

    What is there stays as it is, so that the command can be run again.

    Raises:
        Refusal: where there is no year before to go by.
    """
    if number - 1 not in paths.years(root):
        there = ", ".join(map(str, paths.years(root))) or "inga"
        what = f"{number - 1} finns inte, så det finns inget år att utgå från."
        raise refuse(what, f"År som finns: {there}.", file=f"data/{number - 1}/year.toml")
    before = config.year(root, number - 1)
    home, old = (paths.of_data(root, each) for each in (number, number - 1))
    wanted = {"year.toml": _carried((old / "year.toml").read_text("utf-8"), number)}
    for path in sorted((old / "text").glob("*.md")):
        heads = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
        wanted[f"text/{path.name}"] = "\n\n".join(heads) + "\n"
    made = []
    for name, content in wanted.items():
        if not (home / name).exists():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            with paths.atomically(home / name) as beside:
                beside.write_text(content, "utf-8")
            made.append(f"Skrev data/{number}/{name}")
    files = [source.file for source in before.sources.values()]
    awaited = [
        name.replace(str(number - 1), str(number))
        for name in files
        if not (home / name.replace(str(number - 1), str(number))).exists()
    ]
    made += [
        f"Lägg årets fil här, eller skriv dess namn i year.toml: data/{number}/{name}"
        for name in awaited
    ]
    lines = (home / "year.toml").read_text("utf-8").splitlines()
    return made + [
        f"Fyll i data/{number}/year.toml, rad {at}: {line.strip('# ')}"
        for at, line in enumerate(lines, 1)
        if paths.FILL_IN in line
    ]


def _carried(text: str, number: int) -> str:
    """Carry a year.toml over to the next year: what is of one year only is to be filled in."""
    declared = tomlkit.parse(text)
    declared["year"] = number
    for source in [table for table in declared.values() if isinstance(table, dict)]:
        for table in (source, *source.get("margins", {}).values()):
            for key in [key for key in table if key in OF_ONE_YEAR or table is not source]:
                table[key] = 0
                table[key].comment(f"{paths.FILL_IN}: {number} års uppgift")
        for key in LOCKS:
            source.pop(key, None)
        for key in ("file", "source", "fieldwork", "total"):
            if isinstance(source.get(key), str):
                source[key] = source[key].replace(str(number - 1), str(number))
    return tomlkit.dumps(declared)
