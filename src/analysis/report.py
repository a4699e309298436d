"""The yearly batch: a year's results and list of documents in, a folder of pages and files out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import packing, paths, reading
from analysis.errors import Finding, nearest, raise_if_any
from analysis.publishing import cache, publish, record
from analysis.publishing.document import DEFAULT, Document, Options, Summary
from analysis.sources import texts

# What reckons and draws is imported where it is used: a run with nothing to do takes half a second.
if TYPE_CHECKING:
    from analysis.documents import Report
    from analysis.results import Results

INTERNAL = {"kontroll"}  # documents for those who made the report
PLAN = "plan.json"


def run(
    number: int | None,
    root: Path | None,
    options: Options = DEFAULT,
    *,
    only: Sequence[str] = (),
    output: Path | None = None,
) -> tuple[Summary, Path]:
    """Make a year's documents and data files; returns what happened and where they are.

    Args:
        options: jobs, time limit, whether all is made anew, and where; the rest is the year's.

    Raises:
        Refusal: for faults in the year's files and names in `only` that no document has.
    """
    home = paths.root(root)
    number = paths.chosen(home, number)
    folder = of_year(number, home, output)
    state = _state(home, number)
    kept = None if options.fresh else _unchanged(home, folder, state, only)
    if kept is not None:
        return kept, folder
    from analysis.publishing import build as batch

    year = _Later(home, number, _still(folder, state))
    _refuse_strange(only, {document.name for document in year.planned})
    chosen = [document for document in year.planned if not only or document.name in only]
    own = replace(_of_year(year, options, state), only_these=not only)
    summary = batch.run(chosen, folder, own)
    (publish.beside(folder) / PLAN).write_text(record.written(year.plan(state)), "utf-8")
    return summary, folder


def _of_year(year: _Later, options: Options, state: record.Json) -> Options:
    """Say what a year's documents rest on, and what is published with them."""
    names = {document.name for document in year.planned}
    return replace(
        options,
        home=year.home,
        inputs=inputs(year.home, year.number),
        values=lambda: year.values,
        warm=lambda: _warm(year.results),
        extras=lambda staging: _write_data(year.results, staging),
        extras_of=_data_of(state),
        pack=lambda files, recorded: _shared(year.number, files, recorded, names),
    )


class _Later:
    """A year's results, and what is reckoned from them, when they are first asked for.

    What the last run reckoned (`still`, {} where the data have changed) is not reckoned again:
    of the texts, the values know only what `texts.told` says.
    """

    def __init__(self, home: Path, number: int, still: record.Json) -> None:
        self.home, self.number, self.still = home, number, still
        self.texts = [asdict(text) for text in texts.told(home, number)]
        self.is_same = still.get("texts") == self.texts

    @cached_property
    def results(self) -> Results:
        from analysis import results

        return results.of(self.number, self.home)

    @cached_property
    def values(self) -> dict[str, str]:
        return self.still["values"] if self.is_same else _values(self.results)

    @cached_property
    def warnings(self) -> int:
        if self.is_same:
            return int(self.still["warnings"])
        from analysis.text import quality as control

        return sum(not check.is_good for check in control.checks(self.results))

    @cached_property
    def planned(self) -> list[Document]:
        """The year's documents."""
        if self.still:
            return [_recalled(one) for one in self.still["documents"]]
        from analysis import documents

        return [_document(report, self.results) for report in documents.of(self.results)]

    def plan(self, state: record.Json) -> record.Json:
        """Return what the next run may use again."""
        return {
            "state": state,
            "documents": [asdict(document) for document in self.planned],
            "values": self.values,
            "warnings": self.warnings,
            "texts": self.texts,
        }


def _still(folder: Path, state: record.Json) -> record.Json:
    """Return what the last run planned, where its data and program are today's; else {}."""
    known = record.read(publish.beside(folder) / PLAN)
    return known if known and _data_of(known["state"]) == _data_of(state) else {}


def _write_data(year: Results, staging: Path) -> None:
    from analysis import opendata

    opendata.write(year, staging)


def warnings(folder: Path) -> int:
    """Say how many warnings the control of the data had when a report was made."""
    return int(record.read(publish.beside(folder) / PLAN).get("warnings", 0))


def of_year(number: int | None, home: Path, output: Path | None = None) -> Path:
    """Name the folder of a year's report."""
    return (output or home / "reports" / str(number or paths.newest(home))).resolve()


def _state(home: Path, number: int) -> record.Json:
    """Tell one state of all that the list of documents and the data files rest on."""
    files = {name: record.sha256(path) for name, path in inputs(home, number).items()}
    return {"code": cache.code(), "files": files}


def _values(year: Results) -> dict[str, str]:
    """Return the digest of each value that pages rest on in place of the files behind it.

    So the page of reported crime stays when one answer changes and the index that it prints does
    not, and the control when a text does and its verdict on the texts does not.
    """
    from analysis import text as narrative
    from analysis.figures import crimes
    from analysis.text import quality as control

    used = (
        *(control.checks, control.differing, crimes.beside_survey),
        *(narrative.both_measures, narrative.absent),
    )
    return {reading.named(reckon): reading.digest(reckon(year)) for reckon in used}


def _data_of(state: record.Json) -> str:
    """Tell one state of what the data files are made of; the texts are no part of them."""
    files = {name: made for name, made in state["files"].items() if not name.endswith(".md")}
    return record.digest({**state, "files": files})


def _unchanged(home: Path, folder: Path, state: record.Json, only: Sequence[str]) -> Summary | None:
    """Find without reckoning that everything asked for is there and as it should be; else None."""
    known, recorded = record.read(publish.beside(folder) / PLAN), record.earlier(folder)
    if not recorded or known.get("state") != state:
        return None
    planned = [_recalled(one) for one in known["documents"]]
    names = {document.name for document in planned}
    _refuse_strange(only, names)
    found, lines = record.hashes(folder), recorded["documents"]
    chosen = [document for document in planned if not only or document.name in only]
    whole = only or lines.keys() == names
    others = {**recorded["data"], **recorded.get("packed", {})}
    data = all(found.get(path) == made for path, made in others.items())
    if not (whole and data) or any(
        cache.why(one, lines.get(one.name, {}), state["code"], home, found, known["values"])
        for one in chosen
    ):
        return None
    work, reasons = publish.beside(folder), dict.fromkeys((one.name for one in chosen), "")
    return Summary((), (), work / "notebooks", 0.0, tuple(chosen), reasons)


def _recalled(known: record.Json) -> Document:
    paths_and_forms = {"notebook": Path(known["notebook"]), "formats": tuple(known["formats"])}
    return Document(**{**known, **paths_and_forms})


def _shared(
    number: int, folder: Path, recorded: record.Json, documents_of_year: set[str]
) -> Mapping[str, bytes]:
    """Zip what may leave the house, when every document of the year is there and of one state.

    The zip has a record of its own files, so that it can be verified where it is unpacked.
    """
    if recorded["documents"].keys() != documents_of_year or record.mixed(recorded):
        return {}
    shared = recorded | record.restricted(recorded, documents_of_year - INTERNAL)
    files = {path: (folder / path).read_bytes() for path in record.outputs(shared)}
    files[record.NAME] = record.written(shared).encode()
    return {f"arsanalys-{number}.zip": packing.packed(files)}


def inputs(home: Path, number: int) -> dict[str, Path]:
    """Name every file that a year's report rests on."""
    names = [
        home / "data" / name for name in ("municipality.toml", "areas.csv", "index_model.toml")
    ]
    names += [home / "shapes" / "areas.gpkg"]
    for earlier in paths.years(home):
        if number - 4 < earlier <= number:
            folder = home / "data" / str(earlier)
            names += [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(home).as_posix(): path for path in sorted(names) if path.is_file()}


def _refuse_strange(only: Sequence[str], known: set[str]) -> None:
    raise_if_any(
        Finding(
            f"Dokumentet ”{name}” finns inte.", f"{nearest(name, sorted(known))} Se: analysis list"
        )
        for name in only
        if name not in known
    )


def _document(report: Report, year: Results) -> Document:
    up = "../" * report.path.count("/")
    return Document(
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
    from analysis.figures.figure import plain

    police = year.municipality.police_area
    who = f"{year.municipality.name} och {police}" if police else year.municipality.name
    return f"Utgivare: {plain(who)}. Årsanalys {year.number}."


def _warm(year: Results) -> None:
    """Draw and word once before the documents are made, so that no document pays for first use."""
    from analysis import text as narrative
    from analysis.figures import charts, maps

    for first in (maps.choropleth, charts.groups, narrative.findings):
        first(year)
