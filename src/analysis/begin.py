"""A place or a year begun: a name and a map, or the year before, in; files to fill in out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pandas as pd
import tomlkit
from nbformat import v4

from analysis import paths, swedish
from analysis.errors import refuse
from analysis.sources import boundaries, config, validation

HERE = Path(__file__).resolve()
MODEL = HERE.parents[2] / "data" / "index_model.toml"
TEMPLATE = HERE.parent / "templates" / "year.toml"
TOWN = re.compile(r"((?<!å)(?<!for)(?<!nä)s)? (kommun|stad)$|^Region ")  # what is said round it
CODES = {"regso": r"\d{4}R\d{3}", "deso": r"\d{4}[ABC]\d{4}"}
OF_ONE_YEAR = ("invited", "answered", "mean_population")
LOCKS = ("sha256", "scale_checked")
SETUP = """from analysis import results
from analysis.figures import charts, figure, maps, tables
from analysis.text import about

this_year = results.of(year)
now = this_year.estimates.query("year == @year")  # a row for each area and measure
mapped = this_year.areas.merge(now.drop(columns="name"), on="area")"""


def place(
    folder: Path, *, name: str, code: str, geometry: Path, year: int, crs: str | None = None
) -> Iterator[str]:
    """Make a root with a register of the map's areas and a year to fill in; yields what to do.

    Whole or not at all: it is made beside the folder, then put in place.

    Raises:
        Refusal: for a folder that is not empty, a map that cannot be read, a code that is none.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise refuse("mappen finns och är inte tom.", "Välj en ny mapp.", file=str(folder))
    about = {"name": name, "short_name": TOWN.sub("", name), "code": code}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
        root, division = Path(beside) / "root", f"omraden-{year}"
        home = paths.of_data(root, year)
        (home / "text").mkdir(parents=True)
        (root / paths.MARK).write_text(tomlkit.dumps(about), "utf-8")
        config.municipality(root)
        shutil.copyfile(MODEL, root / "data/index_model.toml")
        areas = _areas(geometry, code, crs)
        areas.assign(**{f"adults_{year}": ""}).to_csv(root / "data/areas.csv", index=False)
        begun = tomlkit.parse(TEMPLATE.read_text("utf-8"))
        begun.update(year=year, division=division)
        (home / "year.toml").write_text(tomlkit.dumps(begun), "utf-8")
        (home / "text/01-sammanfattning.md").write_text("# Vad hände under året?\n", "utf-8")
        notices = boundaries.import_division(root, geometry, division, code=code, crs=crs)
        if folder.exists():
            folder.rmdir()
        shutil.move(root, folder)
    yield from [*notices, f"{len(areas)} områden finns i {folder}."]
    yield f"Fyll i data/areas.csv, kolumn adults_{year}: invånare 16–85 år i varje område"
    yield from _to_do(folder, year)


def _areas(geometry: Path, code: str, crs: str | None) -> pd.DataFrame:
    """List the areas that a map file names, with the codes of Statistics Sweden where it has them."""
    shapes = boundaries.of_municipality(geometry, code, crs)
    if shapes.empty:
        what = f"inga ytor hör till {code}."
        raise refuse(what, "Rätta koden, eller välj en annan fil.", file=geometry.name)
    texts = pd.DataFrame(shapes.drop(columns="geometry")).astype(str)
    names = texts[boundaries.name_column(shapes, geometry.name)].str.strip()
    areas = pd.DataFrame({"name": names, "aliases": ""})
    for kind, form in CODES.items():
        codes = texts.apply(lambda cells, form=form: cells.str.extract(f"^({form})", expand=False))
        areas[kind] = codes.bfill(axis=1).iloc[:, 0].fillna("")
    areas = areas.drop_duplicates("name")
    areas = areas.sort_values("name", key=lambda texts: texts.map(swedish.sort_key))
    ids = areas["name"].map(swedish.slug)
    again = ids.groupby(ids).cumcount().map(lambda at: f"-{at + 1}" if at else "")
    return areas.assign(area_id=ids + again)[["area_id", "name", "aliases", *CODES]]


def year(root: Path, number: int) -> list[str]:
    """Make what data/YEAR lacks from the year before; returns what was made, and what to do.

    When nothing is left to do it returns what differs from the year before.

    What is there stays as it is, so that the command can be run again.

    Raises:
        Refusal: where there is no year before to go by.
    """
    if number - 1 not in paths.years(root):
        there = ", ".join(map(str, paths.years(root))) or "inga"
        what = f"{number - 1} finns inte, så det finns inget år att utgå från."
        raise refuse(what, f"År som finns: {there}.", file=f"data/{number - 1}/year.toml")
    config.year(root, number - 1)  # which is to hold
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
    left = [*said, *_to_do(root, number)]
    return left or [str(found) for found in validation.differences(root, number)]


def _to_do(root: Path, number: int) -> Iterator[str]:
    """Say which files a year's year.toml wants, and which of its lines are to be filled in."""
    home = paths.of_data(root, number)
    text = (home / "year.toml").read_text("utf-8")
    for name in re.findall(r"""^file\s*=\s*["'](.+?)["']""", text, re.MULTILINE):
        if not (home / name).exists():
            line = "Lägg årets fil här, eller skriv dess namn i year.toml"
            yield f"{line}: data/{number}/{name}"
    for at, line in enumerate(text.splitlines(), 1):
        if paths.FILL_IN in line:
            yield f"Fyll i data/{number}/year.toml, rad {at}: {line.strip('# ')}"


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


def notebook(title: str, number: int, picture: str, root: Path | None = None) -> Path:
    """Begin a notebook of the analyst's own, with the code of a picture; returns its file.

    Raises:
        Refusal: where there is a notebook of that name.
    """
    file = paths.notebooks(paths.root(root)) / f"{swedish.slug(title)}.ipynb"
    if file.exists():
        raise refuse("notebooken finns redan.", "Välj ett annat namn.", file=file.name)
    parameters = v4.new_code_cell(f"year: int = {number}  # a folder in data/")
    parameters.metadata["tags"] = ["parameters"]
    cells = [v4.new_markdown_cell(f"# {title}"), parameters]
    cells += [v4.new_code_cell(code) for code in (SETUP, "about.notice(this_year)", picture)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), file)
    return file
