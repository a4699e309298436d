"""A year's report: the list of documents in data/reports.toml in, a folder of pages and files out."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

from pydantic import Field

from analysis import paths
from analysis.errors import Finding, Refusal, nearest, raise_if_any
from analysis.publishing import build
from analysis.publishing.build import Document, Options, Summary
from analysis.sources import config
from analysis.sources.records import Strict

FILE = "reports.toml"
OF_ALL_YEARS = ("data/*.toml", "data/*.csv", "shapes/*.gpkg")
FIRST_TO_READ = "borja-har"  # for the analyst; no part of any report
PROJECT = Path(__file__).resolve().parents[2]


class Row(Strict):
    """A line of the list; data/reports.toml says what its words mean."""

    notebook: str
    title: str = "{name}"
    path: str = ""
    form: Literal["plain", "long", "page"] = "plain"
    formats: tuple[Literal["html", "pdf"], ...] = ("html", "pdf")
    needs: tuple[Literal["data", "text", "reports"], ...] = ("data",)
    each: Literal["area"] | None = None
    when: Literal["survey", "crime", "wastewater", "promises"] | None = None
    shared: bool = True


class Reports(Strict):
    """The list."""

    reports: tuple[Row, ...] = Field(min_length=1)


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
    known, what = [document.name for document in planned], "Dokumentet ”{}” finns inte."
    unknown = sorted(options.only.difference(known))
    raise_if_any(Finding(what.format(one), f"{nearest(one, known)} Se: list") for one in unknown)
    folder = (output or home / "reports" / str(year)).resolve()
    private = {one.name for one in planned if not one.metadata["shared"]}
    pack = partial(_pack, f"arsanalys-{year}.zip", frozenset(private))
    own = replace(options, home=home, warm=partial(warm, home, year), pack=pack)
    summary = build.run(planned, folder, own)
    broken = {each.document.name for each in summary.failed}
    if broken and "start" not in broken and (folder / "index.html").is_file():
        told = [_told(one, summary, folder) for one in planned]
        build.run(told, folder, replace(own, only=frozenset({"start"}), fresh=False))
    return summary, folder


def _told(document: Document, summary: Summary, folder: Path) -> Document:
    """Let the first page tell of pages that are of an older state, or not there at all."""
    gone = [one.document for one in summary.failed if not [*folder.glob(f"{one.document.path}.*")]]
    old, new = (", ".join(one.title for one in some) for some in (summary.old, gone))
    said = f"**Sidor som inte är uppdaterade än:** {old}. De bygger på ett äldre underlag. "
    said = (said if old else "") + (f"**Sidor som saknas än:** {new}." if new else "")
    return _with(document, notice=said) if said and document.path == "index" else document


def _with(document: Document, **told: object) -> Document:
    """Let a document's pages tell their readers more."""
    return replace(document, metadata={**document.metadata, **told})


def documents(home: Path, year: int) -> list[Document]:
    """List what a year becomes, the data files first; nothing is reckoned for it.

    Raises:
        Refusal: for faults in the list and, where it cannot be made, in the year's files.
    """
    rows, needs = _rows(home), _needs(home, year)
    try:
        place, sources = config.municipality(home), {*config.year(home, year).sources}
    except Refusal:
        from analysis import results

        results.of(year, home)  # refuses with all faults, of other files too
        raise
    sources |= {"survey"} if "delivered" in sources else set()
    publishers = " och ".join(filter(None, [place.name, place.police_area]))
    about = {
        "site": f"{place.name} – Trygghetsanalys {year}",
        "publisher": place.name,
        "date": f"{year}-12-31",
        "footer": f"Utgivare: {publishers}. Årsanalys {year}.",
    }
    files = Document(
        *("data", Path("data_files"), {}, "data/resultat", "Datafiler"),
        formats=(),
        metadata={"shared": True},
        needs=needs["data"],
        write=partial(_write_data, home, year),
    )
    made = [files]
    for row in [row for row in rows if row.when in {None, *sources}]:
        places = _areas(home, year) if row.each else {"": row.notebook}
        pages = [_document(row, home, year, *area, about, needs) for area in places.items()]
        made += _neighbours(pages) if row.each else pages
    return made


def _document(
    row: Row,
    home: Path,
    year: int,
    area: str,
    name: str,
    about: Mapping[str, str],
    needs: Mapping[str, Sequence[Path]],
) -> Document:
    path = (row.path or row.notebook).format(area=area)
    return Document(
        name=area or row.notebook,
        notebook=paths.notebooks(home) / f"{row.notebook}.ipynb",
        parameters={"year": year} | ({"area": area} if area else {}),
        path=path,
        title=row.title.format(name=name),
        form=row.form,
        formats=row.formats,
        metadata={
            **about,
            "home": None if path == "index" else f"{'../' * path.count('/')}index.html",
            "pdf": f"{Path(path).name}.pdf" if "pdf" in row.formats else None,
            "shared": row.shared,
        },
        needs=tuple(file for need in row.needs for file in needs[need]),
    )


def _neighbours(pages: list[Document]) -> list[Document]:
    """Let each area's page lead to the one before and the one after it."""
    links = [Path(page.path).name + ".html" for page in pages]
    return [
        _with(
            page,
            nav=[
                {"label": f"{way}: {pages[to].title}", "url": links[to]}
                for way, to in (("Föregående", at - 1), ("Nästa", at + 1))
                if 0 <= to < len(pages)
            ],
        )
        for at, page in enumerate(pages)
    ]


def unlisted(home: Path) -> list[str]:
    """Return what to do with each notebook that is in the folder and not in the list."""
    known = {row.notebook for row in _rows(home)} | {FIRST_TO_READ}
    found = {file.stem for file in paths.notebooks(home).glob("*.ipynb")}
    line = '{}.ipynb är inte med i rapporten. Lägg till i {}: {{ notebook = "{}" }},'
    return [line.format(name, _list(home), name) for name in sorted(found - known)]


def _list(home: Path) -> Path:
    """Name the list of documents: the root's own, else the project's."""
    own = home / "data" / FILE
    return own if own.is_file() else PROJECT / "data" / FILE


def _rows(home: Path) -> tuple[Row, ...]:
    """Read the list of documents. Raises Refusal with every word in it that means nothing."""
    return config.read(_list(home).parents[1], FILE, Reports).reports


def _areas(home: Path, year: int) -> dict[str, str]:
    """Return the year's areas and their names: the register's, where it is plain, without pandas."""
    with suppress(OSError, ValueError, LookupError, AttributeError):
        lines = (home / "data/areas.csv").read_text("utf-8-sig").splitlines()
        return {
            row["area_id"].strip(): row["name"].strip()
            for row in csv.DictReader(lines, delimiter=max(";,\t", key=lines[0].count))
            if int(row.get("first_year") or year) <= year <= int(row.get("last_year") or year)
        }
    from analysis.sources import areas

    return dict(areas.register(home, year)["name"])


def _needs(home: Path, year: int) -> dict[str, tuple[Path, ...]]:
    """Name the files of "data" and of "text": this year's and earlier ones'."""
    folders = [paths.of_data(home, number) for number in paths.years(home) if number <= year]
    found = [file for form in OF_ALL_YEARS for file in home.glob(form)]
    found += [file for folder in folders for file in folder.rglob("*")]
    files = sorted({file for file in found if file.is_file() and file.name[0] not in "._"})
    return {
        "data": tuple(one for one in files if one.suffix != ".md" and one.name != FILE),
        "text": tuple(one for one in files if one.suffix == ".md"),
        "reports": (_list(home),),
    }


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
    now = main.loc[main["year"].eq(year)].drop(columns="name")
    mapped = this_year.areas.merge(now, on="area", how="left")
    with suppress(Exception):
        map_ = maps.choropleth(mapped, backdrop=this_year.backdrop)
        for shown in (map_, tables.areas(mapped)):
            if shown is not None:
                shown._repr_mimebundle_()
        charts.trends(main.loc[main["area"].eq("")])
        findings.area(this_year, this_year.areas["area"].iloc[0])
        about.short_method(this_year)


def _write_data(home: Path, year: int, folder: Path) -> None:
    from analysis import data_files, results

    data_files.write(results.of(year, home), folder)


def _pack(name: str, private: frozenset[str], folder: Path) -> list[str]:
    from analysis import data_files

    return data_files.pack(name, private, folder)
