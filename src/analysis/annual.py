"""The yearly batch: a year's results and list of documents in, a folder of pages and files out."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from analysis import catalogue, charts, documents, maps, narrative, opendata, paths, results
from analysis.documents import Report
from analysis.errors import Finding, nearest, raise_if_any
from analysis.figure import plain
from analysis.press import batch
from analysis.results import Results


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
    return summary, folder


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
            "cover": report.is_long,
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
    for first in (maps.choropleth, charts.areas, narrative.findings):
        first(year)
