"""A place or a year begun: a name and a map, or the year before, in; files to fill in out."""

from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import tomlkit
from scipy import special

from analysis import paths, swedish
from analysis.errors import refuse
from analysis.sources import boundaries, config

HERE = Path(__file__).resolve()
MODEL = HERE.parents[2] / "data" / "index_model.toml"
TEMPLATE = HERE.parent / "templates" / "year.toml"
DIVISION = "omraden-{}"
SEED = 20
ANSWERS, ADULTS = (40, 80), (800, 4000)  # of an invented area
SILENT, SPREAD = 0.04, 0.5  # of the answers; of areas, in log odds
CODES = {"regso": r"\d{4}R\d{3}", "deso": r"\d{4}[ABC]\d{4}"}
NOT_GENITIVE = ("ås", "fors", "näs")
OF_ONE_YEAR = ("invited", "answered", "mean_population")
LOCKS = ("scale_checked",)
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
    about = {"name": name, "short_name": short, "code": code}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
        root, division = Path(beside) / "root", DIVISION.format(number)
        (root / "data" / str(number) / "text").mkdir(parents=True)
        (root / "data/municipality.toml").write_text(tomlkit.dumps(about), "utf-8")
        shutil.copyfile(MODEL, root / "data/index_model.toml")
        config.municipality(root)
        areas = _areas(geometry, code, crs, name_column)
        _invent(root, number, areas)
        notices = boundaries.import_division(
            root, geometry, division, code=code, crs=crs, name_column=name_column
        )
        if folder.exists():
            folder.rmdir()
        shutil.move(root, folder)
    yield from notices
    yield f"{short} finns i {folder}: {len(areas)} områden, påhittade svar {number}."
    yield f"Sedan: analysis --root {folder} run"


def _town(name: str) -> str:
    """Take the town out of a municipality's name: Lillstads kommun, Lillstad."""
    town = re.sub(r" (kommun|stad)$|^Region ", "", name)
    return town if town == name or town.endswith(NOT_GENITIVE) else town.removesuffix("s")


def _areas(geometry: Path, code: str, crs: str | None, column: str | None) -> pd.DataFrame:
    """List the areas that a map file names, with the codes of Statistics Sweden where it has them."""
    shapes = boundaries.of_municipality(geometry, code, crs)
    if shapes.empty:
        what = f"inga ytor hör till {code}."
        raise refuse(what, "Rätta koden, eller välj en annan fil.", file=geometry.name)
    texts = pd.DataFrame(shapes.drop(columns="geometry")).astype(str)
    names = texts[column or boundaries.name_column(shapes, geometry.name)].str.strip()
    areas = pd.DataFrame({"name": names, "aliases": ""})
    for kind, form in CODES.items():
        codes = texts.apply(lambda cells, form=form: cells.str.extract(f"^({form})", expand=False))
        areas[kind] = codes.bfill(axis=1).iloc[:, 0].fillna("")
    areas = areas.drop_duplicates("name")
    areas = areas.sort_values("name", key=lambda texts: texts.map(swedish.sort_key))
    ids = areas["name"].map(swedish.slug)
    again = ids.groupby(ids).cumcount().map(lambda at: f"-{at + 1}" if at else "")
    return areas.assign(area_id=ids + again)[["area_id", "name", "aliases", *CODES]]


def _invent(root: Path, number: int, areas: pd.DataFrame) -> None:
    """Write areas and a year of invented answers; areas differ a little, all else is chance."""
    model = config.model(root, number)
    if model is None:
        raise refuse(f"det finns ingen indexmodell för {number}.", "Välj ett senare år: --year.")
    random, names = np.random.RandomState([SEED, number]), list(areas["name"])
    people = random.randint(*ADULTS, size=len(areas))
    areas.assign(**{f"adults_{number}": people}).to_csv(root / "data/areas.csv", index=False)
    declared = tomlkit.parse(TEMPLATE.read_text("utf-8"))
    survey: Any = declared["survey"]
    area = np.repeat(np.arange(len(names)), random.randint(*ANSWERS, size=len(names)))
    size, shift = len(area), random.normal(0, SPREAD, len(names))[area]
    answers = {"lopnr": np.arange(1, size + 1), "omrade": np.take(names, area)}
    for split, labels in survey["labels"].items():
        answers[survey["columns"][split]] = random.choice(list(labels), size)
    for item in model.indicators:
        share = item.normal_share or 0.2
        is_problem = random.random_sample(size) < special.expit(special.logit(share) + shift)
        fine = [answer for answer in item.answers if answer not in item.problem]
        given = np.where(is_problem, *(random.choice(some, size) for some in (item.problem, fine)))
        is_silent = random.random_sample(size) < SILENT
        answers[item.key] = np.where(is_silent, (item.no_answer or ("",))[0], given)
    home = paths.of_data(root, number)
    pd.DataFrame(answers).to_csv(home / "survey.csv", index=False, lineterminator="\n")
    declared["year"], declared["division"] = number, DIVISION.format(number)
    survey["invited"] = 2 * size
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
    sources = config.year(root, number - 1).sources.values()
    home, old = (paths.of_data(root, each) for each in (number, number - 1))
    wanted = {"year.toml": _carried((old / "year.toml").read_text("utf-8"), number)}
    for path in sorted((old / "text").glob("*.md")):
        heads = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
        wanted[f"text/{path.name}"] = "\n\n".join(heads) + "\n"
    said = []
    for name in (name for name in wanted if not (home / name).exists()):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        with paths.atomically(home / name) as beside:
            beside.write_text(wanted[name], "utf-8")
        said.append(f"Skrev data/{number}/{name}")
    for source in sources:
        name = source.file.replace(str(number - 1), str(number))
        if not (home / name).exists():
            line = "Lägg årets fil här, eller skriv dess namn i year.toml"
            said.append(f"{line}: data/{number}/{name}")
    for at, line in enumerate((home / "year.toml").read_text("utf-8").splitlines(), 1):
        if paths.FILL_IN in line:
            said.append(f"Fyll i data/{number}/year.toml, rad {at}: {line.strip('# ')}")
    return said


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
