"""The yearly batch: a year's results and list of documents in, a folder of pages and files out."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis import catalogue, charts, documents, maps, narrative, opendata, paths, results
from analysis.documents import Report
from analysis.errors import Finding, nearest, raise_if_any
from analysis.figure import plain
from analysis.press import batch, record
from analysis.results import Results

INTERNAL = {"kontroll"}  # documents for those who made the report


def run(
    number: int | None,
    root: Path | None,
    *,
    only: Sequence[str] = (),
    output: Path | None = None,
    jobs: int | None = None,
    time_limit: float = 300.0,
) -> tuple[batch.Summary, Path]:
    """Make a year's documents and data files; returns what happened and where they are.

    Raises:
        Refusal: for faults in the year's files and names in `only` that no document has.
    """
    home = paths.root(root)
    year = results.of(number, home)
    folder = (output or home / "reports" / str(year.number)).resolve()
    chosen = _chosen(documents.of(year), only)
    # The notebooks find the municipality from where they stand.
    with contextlib.chdir(home):
        summary = batch.run(
            [_document(report, year) for report in chosen],
            folder,
            jobs=jobs,
            time_limit=time_limit,
            inputs=inputs(home, year),
            extras=lambda staging: opendata.write(year, staging),
            warm=lambda: _warm(year),
            only_these=not only,
        )
    if not summary.failed:
        _share(folder, f"arsanalys-{year.number}.zip", {one.name for one in documents.of(year)})
    return summary, folder


def _share(folder: Path, name: str, documents_of_year: set[str]) -> None:
    """Zip what may leave the house, when every document of the year is there and of one run's data.

    The zip has a record of its own files, so that it can be verified where it is unpacked. The
    folder's record names the zip; a later run that does not make it takes it away.
    """
    recorded = record.earlier(folder)
    shared = recorded | record.restricted(recorded, documents_of_year - INTERNAL)
    files = {
        path: (folder / path).read_bytes()
        for path in record.outputs(shared)
        if (folder / path).is_file()
    }
    if recorded["documents"].keys() != documents_of_year or not _agree(files, shared):
        return
    content = opendata.packed(files | {record.NAME: record.written(shared).encode()})
    data = {**recorded["data"], name: hashlib.sha256(content).hexdigest()}
    for file, made in (
        (record.NAME, record.written({**recorded, "data": data}).encode()),
        (name, content),
    ):
        with paths.atomically(folder / file) as beside:
            beside.write_bytes(made)


def _agree(files: Mapping[str, bytes], recorded: record.Json) -> bool:
    """Tell whether the files are those of the record, made of the same inputs."""
    hashed = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
    made_of = {document["made_of"] for document in recorded["documents"].values()}
    return hashed == record.outputs(recorded) and len(made_of) == 1


def inputs(home: Path, year: Results) -> dict[str, Path]:
    """Name every file that a year's report rests on."""
    names = [
        home / "data" / name for name in ("municipality.toml", "areas.csv", "index_model.toml")
    ]
    names += [home / "shapes" / "areas.gpkg"]
    for number in catalogue.years(home):
        if year.number - 4 < number <= year.number:
            names += [path for path in catalogue.folder(home, number).rglob("*") if path.is_file()]
    return {path.relative_to(home).as_posix(): path for path in sorted(names) if path.is_file()}


def _chosen(reports: list[Report], only: Sequence[str]) -> list[Report]:
    known = [report.name for report in reports]
    raise_if_any(
        Finding(f"Dokumentet ”{name}” finns inte.", f"{nearest(name, known)} Se: analysis list")
        for name in only
        if name not in known
    )
    return [report for report in reports if not only or report.name in only]


def _document(report: Report, year: Results) -> batch.Document:
    up = "../" * report.path.count("/")
    return batch.Document(
        name=report.name,
        notebook=paths.notebooks(year.root) / f"{report.notebook}.ipynb",
        parameters={"year": year.number, **report.parameters},
        path=report.path,
        metadata={
            "site": f"{year.municipality.name} – Trygghetsanalys {year.number}",
            "publisher": year.municipality.name,
            "date": f"{year.number}-12-31",
            "footer": _publisher(year),
            "home": None if report.name == "start" else f"{up}index.html",
            "pdf": f"{Path(report.path).name}.pdf" if "pdf" in report.formats else None,
            "form": report.form,
        },
        formats=report.formats,
    )


def _publisher(year: Results) -> str:
    """Say who answers for the page."""
    police = year.municipality.police_area
    who = f"{year.municipality.name} och {police}" if police else year.municipality.name
    return f"Utgivare: {plain(who)}. Årsanalys {year.number}."


def _warm(year: Results) -> None:
    """Draw and word once before the documents are made, so that no document pays for first use."""
    for first in (maps.choropleth, charts.groups, narrative.findings):
        first(year)
