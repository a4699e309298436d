"""A new municipality: a name and a map in, a root out, with an invented first year to look at."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from analysis import paths, swedish
from analysis.errors import refuse
from analysis.sources import areas, catalogue
from analysis.sources import boundaries as shapes
from analysis.sources.config import IndexModel

MODEL = Path(__file__).resolve().parents[2] / "data" / "index_model.toml"
SEED = 20
ANSWERS = (40, 80)  # in an area
ADULTS = (800, 4000)  # in an area
SILENT = 0.04  # of the answers
SPREAD = 0.5  # of areas, in log odds
SPLITS = {
    "kon": ("k", "m"),
    "alder": ("16-24", "25-44", "45-64", "65-85"),
    "boende": ("hyresratt", "bostadsratt", "smahus"),
}
NOT_GENITIVE = ("ås", "fors", "näs")
YEAR = """year = {year}
synthetic = true   # ta bort när uppgifterna är verkliga
division = "{division}"

[survey]
file = "survey.csv"
source = "Påhittade svar, för att visa hur rapporten blir"
synthetic = true   # ta bort när svaren är verkliga
invited = {invited}
columns = {{ respondent = "lopnr", area = "omrade", sex = "kon", age_group = "alder", tenure = "boende" }}

[survey.labels.sex]
k = "Kvinnor"
m = "Män"

[survey.labels.age_group]
"16-24" = "16–24 år"
"25-44" = "25–44 år"
"45-64" = "45–64 år"
"65-85" = "65–85 år"

[survey.labels.tenure]
hyresratt = "Hyresrätt"
bostadsratt = "Bostadsrätt"
smahus = "Småhus"
"""
TEXT = "# Vad hände under året?\n"


def found(
    folder: Path,
    *,
    name: str,
    code: str,
    geometry: Path,
    short_name: str | None = None,
    crs: str | None = None,
    year: int | None = None,
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
        data = root / "data"
        (data / str(number) / "text").mkdir(parents=True)
        about = {"name": name, "short_name": short, "code": code}
        lines = [
            f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in about.items()
        ]
        (data / "municipality.toml").write_text("".join(lines), "utf-8")
        shutil.copyfile(MODEL, data / "index_model.toml")
        _check(root, number)
        names = _names(geometry, code, crs)
        random = np.random.RandomState([SEED, number])
        (data / "areas.csv").write_text(_register(names, number, random), "utf-8")
        division = f"omraden-{number}"
        notices = shapes.import_division(root, geometry, division, code=code, crs=crs)
        _invent(root, number, division, random)
        if folder.exists():
            folder.rmdir()
        shutil.move(root, folder)
    yield from notices
    yield f"{short} finns i {folder}: {swedish.counted(len(names), 'område', 'områden')}, påhittade svar {number}."
    yield f"Sedan: analysis --root {folder} run"


def _town(name: str) -> str:
    """Take the town out of a municipality's name: Lillstads kommun, Lillstad."""
    town = name.removesuffix(" kommun").removesuffix(" stad")
    return town if town.endswith(NOT_GENITIVE) else town.removesuffix("s")


def _check(root: Path, number: int) -> IndexModel:
    """Refuse a name, a code or a year that cannot be."""
    catalogue.municipality(root)
    model = catalogue.model(root, number)
    if model is None:
        raise refuse(f"det finns ingen indexmodell för {number}.", "Välj ett senare år: --year.")
    return model


def _names(geometry: Path, code: str, crs: str | None) -> list[str]:
    """List the areas that a map file names."""
    own = shapes.of_municipality(geometry, code, crs)
    if own.empty:
        what = f"inga ytor hör till kommun {code}."
        raise refuse(what, "Rätta koden, eller välj en annan fil.", file=geometry.name)
    return sorted({name for name in shapes.named(own, geometry.name) if name}, key=swedish.sort_key)


def _register(names: Sequence[str], number: int, random: np.random.RandomState) -> str:
    """Write areas.csv; its numbers of residents are invented."""
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(["area_id", "name", "aliases", f"adults_{number}"])
    known: set[str] = set()
    for name in names:
        area = _identity(name, known)
        known.add(area)
        lines.writerow([area, name, "", random.randint(*ADULTS)])
    return out.getvalue()


def _identity(name: str, known: set[str]) -> str:
    """Make a file name of an area's name, unlike those known."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    area = "-".join(re.findall(r"[a-z0-9]+", plain)) or "omrade"
    numbered = (f"{area}-{at}" for at in range(2, len(known) + 3))
    return area if area not in known else next(one for one in numbered if one not in known)


def _invent(root: Path, number: int, division: str, random: np.random.RandomState) -> None:
    """Write a year of invented answers; areas differ a little, and nothing else is true of them."""
    model, names = _check(root, number), list(areas.register(root)["name"])
    home = paths.of_data(root, number)
    answered = random.randint(*ANSWERS, size=len(names))
    header = ["lopnr", "omrade", *SPLITS, *(item.key for item in model.indicators)]
    area = np.repeat(np.arange(len(names)), answered)
    shift = random.normal(0, SPREAD, len(names))[area]
    columns = [random.choice(values, area.size) for values in SPLITS.values()]
    for item in model.indicators:
        odds = np.log((share := item.normal_share or 0.2) / (1 - share)) + shift
        is_problem = random.random_sample(area.size) < 1 / (1 + np.exp(-odds))
        fine = [answer for answer in item.answers if answer not in item.problem]
        given = np.where(
            is_problem, *(random.choice(some, area.size) for some in (item.problem, fine))
        )
        silent = random.random_sample(area.size) < SILENT
        columns.append(np.where(silent, (item.no_answer or ("",))[0], given))
    with (home / "survey.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(header)
        lines.writerows(
            [at + 1, names[area[at]], *(column[at] for column in columns)]
            for at in range(area.size)
        )
    declared = YEAR.format(year=number, division=division, invited=2 * area.size)
    (home / "year.toml").write_text(declared, "utf-8")
    (home / "text" / "01-sammanfattning.md").write_text(TEXT, "utf-8")
