"""A year's report: the list of documents in data/reports.toml in, a folder of pages and files out."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.errors import Finding, nearest, raise_if_any, refuse
from analysis.publishing import build
from analysis.publishing.build import Document, Options, Summary

FILE = "data/reports.toml"
FIRST_TO_READ = "borja-har"  # for the analyst; no part of any report
CHOICES = {
    "notebook": (), "title": (), "path": (), "shared": (), "each": ("area",),
    "form": ("plain", "long", "page"), "formats": ("html", "pdf"), "needs": ("data", "text", "reports"),
    "when": ("survey", "crime", "wastewater", "promises"),
}  # fmt: skip
UNREADABLE = (OSError, ValueError, LookupError, AttributeError)
Row = Mapping[str, Any]


def run(
    year: int | None, root: Path | None, options: Options, output: Path | None = None
) -> tuple[Summary, Path]:
    """Make a year's documents and data files; returns how it went and where they are.

    Raises:
        Refusal: for faults in the year's files, and names in `options.only` that no document has.
    """
    home = paths.root(root)
    year = paths.chosen(home, year)
    planned = documents(home, year)
    known = [document.name for document in planned]
    raise_if_any(
        Finding(f"Dokumentet ”{name}” finns inte.", f"{nearest(name, known)} Se: analysis list")
        for name in sorted(options.only.difference(known))
    )
    folder = (output or home / "reports" / str(year)).resolve()
    private = {one.name for one in planned if not one.metadata["shared"]}
    pack = partial(_pack, f"arsanalys-{year}.zip", frozenset(private))
    own = replace(options, home=home, warm=partial(warm, home, year), pack=pack)
    summary = build.run(planned, folder, own)
    if summary.failed and summary.old:
        told = [_with_notice(one, summary) for one in planned]
        build.run(told, folder, replace(own, only=frozenset({"start"}), fresh=False))
    return summary, folder


def _with_notice(document: Document, summary: Summary) -> Document:
    """Let the first page tell its readers of the pages that are of an older state."""
    if document.path != "index":
        return document
    titles = ", ".join(old.title for old in summary.old)
    notice = f"**Sidor som inte är uppdaterade än:** {titles}. De bygger på ett äldre underlag."
    return replace(document, metadata={**document.metadata, "notice": notice})


def documents(home: Path, year: int) -> list[Document]:
    """List what a year becomes, the data files first; nothing is reckoned for it.

    Raises:
        Refusal: for faults in the list and, where it cannot be made, in the year's files.
    """
    rows = _rows(home)
    about: dict[str, Any] = _needs(home, year)
    try:
        areas, about = _areas(home, year), {**_about(home, year), **about}
    except UNREADABLE:  # those who read it all say what is wrong
        from analysis import results

        known = results.of(year, home)
        areas = dict(zip(known.areas["area"], known.areas["name"], strict=True))
        about = {"name": known.context.municipality, "has": set(CHOICES["when"]), **about}
    files = Document(
        *("data", Path("data_files"), {}, "data/resultat", "Datafiler"),
        formats=(),
        metadata={"shared": True},
        needs=about["data"],
        write=partial(_write_data, home, year),
    )
    made = [
        _document(row, home, year, area, name, about)
        for row in rows
        if row.get("when") in {None, *about["has"]}
        for area, name in (areas.items() if "each" in row else [("", "")])
    ]
    return [files, *(_with_neighbours(document, made) for document in made)]


def _with_neighbours(document: Document, made: Sequence[Document]) -> Document:
    """Let an area's page lead to the one before and the one after it."""
    pages = [other for other in made if "area" in other.parameters]
    if document not in pages:
        return document
    at = pages.index(document)
    near = {"Föregående": pages[at - 1 : at] if at else [], "Nästa": pages[at + 1 : at + 2]}
    nav = [
        {"label": f"{way}: {page.title}", "url": f"{Path(page.path).name}.html"}
        for way, found in near.items()
        for page in found
    ]
    return replace(document, metadata={**document.metadata, "nav": nav})


def unlisted(home: Path) -> list[str]:
    """Return what to do with each notebook that is in the folder and not in the list."""
    known = {row["notebook"] for row in _rows(home)} | {FIRST_TO_READ}
    found = sorted(file.stem for file in paths.notebooks(home).glob("*.ipynb"))
    return [
        f'{name}.ipynb är inte med i rapporten. Lägg till i {_file(home)}: {{ notebook = "{name}" }},'
        for name in found
        if name not in known
    ]


def _file(home: Path) -> Path:
    """Name the list of documents: the root's own, else the project's."""
    own = home / FILE
    return own if own.is_file() else Path(__file__).resolve().parents[2] / FILE


def _rows(home: Path) -> list[Row]:
    """Read the list of documents. Raises Refusal with every word in it that means nothing."""
    try:
        rows: list[Row] = tomllib.loads(_file(home).read_text("utf-8"))["reports"]
    except (OSError, ValueError, KeyError) as error:
        raise refuse(f"listan går inte att läsa: {error}", "rätta raden", file=FILE) from error
    raise_if_any(
        Finding(f"dokument {number}: ”{word}” betyder inget här", nearest(word, known), FILE)
        for number, row in enumerate(rows, start=1)
        for word, known in _strange(row)
    )
    return rows


def _strange(row: Row) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield each word of a row that means nothing, with those that do."""
    if "notebook" not in row:
        yield "", ["notebook"]
    for key, given in row.items():
        words = [given] if isinstance(given, str) else given
        if key not in CHOICES:
            yield key, CHOICES
        elif CHOICES[key]:
            yield from ((word, CHOICES[key]) for word in words if word not in CHOICES[key])


def _areas(home: Path, year: int) -> dict[str, str]:
    """Return the year's areas and their names, read from data/areas.csv alone."""
    lines = (home / "data/areas.csv").read_text("utf-8-sig").splitlines()
    mark = max(";,\t", key=lines[0].count)
    return {
        row["area_id"].strip(): row["name"].strip()
        for row in csv.DictReader(lines, delimiter=mark)
        if int(row.get("first_year") or year) <= year <= int(row.get("last_year") or year)
    }


def _about(home: Path, year: int) -> dict[str, Any]:
    """Say whose report it is, and what it has data of, from the two TOML files."""
    municipality = tomllib.loads((home / "data/municipality.toml").read_text("utf-8"))
    has = set(tomllib.loads((paths.of_data(home, year) / "year.toml").read_text("utf-8")))
    return {**municipality, "has": has | ({"survey"} if "delivered" in has else set())}


def _needs(home: Path, year: int) -> dict[str, Any]:
    """Name the files of "data" and of "text": this year's and earlier ones'."""
    folders = [paths.of_data(home, number) for number in paths.years(home) if number <= year]
    files = [*(home / "data").glob("*.toml"), *(home / "data").glob("*.csv")]
    files += [
        *(home / "shapes").glob("*.gpkg"),
        *(file for one in folders for file in one.rglob("*")),
    ]
    files = [file for file in files if file.is_file() and file.name[0] not in "._"]
    texts = {file for file in files if file.suffix == ".md"}
    return {
        "data": tuple(sorted({*files} - texts - {home / FILE})),
        "text": tuple(sorted(texts)),
        "reports": (_file(home),),
    }


def _document(
    row: Row, home: Path, year: int, area: str, name: str, about: Mapping[str, Any]
) -> Document:
    path = str(row.get("path", row["notebook"])).format(area=area)
    formats = tuple(row.get("formats", ("html", "pdf")))
    answers_for = " och ".join(filter(None, [about["name"], about.get("police_area")]))
    return Document(
        name=area or row["notebook"],
        notebook=paths.notebooks(home) / f"{row['notebook']}.ipynb",
        parameters={"year": year} | ({"area": area} if area else {}),
        path=path,
        title=str(row.get("title", row["notebook"])).format(name=name),
        form=row.get("form", "plain"),
        formats=formats,
        metadata={
            "site": f"{about['name']} – Trygghetsanalys {year}",
            "publisher": about["name"],
            "date": f"{year}-12-31",
            "footer": f"Utgivare: {answers_for}. Årsanalys {year}.",
            "home": None if path == "index" else f"{'../' * path.count('/')}index.html",
            "pdf": f"{Path(path).name}.pdf" if "pdf" in formats else None,
            "shared": row.get("shared", True),
        },
        needs=tuple(file for need in row.get("needs", ["data"]) for file in about[need]),
    )


def warm(home: Path, year: int) -> None:
    """Reckon the year, and draw, word and set once, before the documents' processes.

    They inherit what it loads: templates, fonts, results. What cannot be drawn is told by the
    document that draws it.
    """
    from analysis import results
    from analysis.figures import charts, maps, tables
    from analysis.text import about, findings, registers  # noqa: F401

    this_year = results.of(year, home)
    main = this_year.estimates.loc[this_year.estimates["measure"].eq(this_year.main)]
    now = main.loc[main["year"].eq(year)]
    mapped = this_year.areas.merge(now.drop(columns="name"), on="area", how="left")
    with suppress(Exception):
        map_ = maps.choropleth(mapped, backdrop=this_year.backdrop)
        for shown in (map_, tables.areas(mapped), charts.trends(main.loc[main["area"].eq("")])):
            if shown is not None:
                shown._repr_mimebundle_()
        findings.area(this_year, this_year.areas["area"].iloc[0])
        about.short_method(this_year)


def _write_data(home: Path, year: int, folder: Path) -> None:
    from analysis import data_files, results

    data_files.write(results.of(year, home), folder)


def _pack(name: str, private: frozenset[str], folder: Path) -> list[str]:
    from analysis import data_files

    return data_files.pack(name, private, folder)
