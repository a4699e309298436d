"""PDFs of real results: an area's profile is one page, whatever may be shown; the rules are kept."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import io
import multiprocessing
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pypdf
import pytest

from analysis import documents, paths, results, swedish
from analysis.figures import questions
from analysis.results import Results

HOME = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOME / "tests/press"))

import pdf_rules
from sample import notebook

SMALLEST = 7.99  # points


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the demonstration, and let its generator write the answers."""
    folder = tmp_path_factory.mktemp("home")
    ignored = shutil.ignore_patterns("survey.csv", "*.py")
    shutil.copytree(HOME / "data", folder / "data", ignore=ignored)
    shutil.copytree(HOME / "shapes", folder / "shapes")
    spec = importlib.util.spec_from_file_location("making", HOME / "data/demonstration.py")
    assert spec is not None and spec.loader is not None
    sys.modules["making"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["making"])
    sys.modules["making"].main(folder)
    return folder


@pytest.fixture(scope="module")
def profiles(home: Path) -> dict[str, bytes]:
    """Set the PDF of every area of the demonstration."""
    return set_pdfs(results.of(2023, home))


def set_pdfs(year: Results, *names: str) -> dict[str, bytes]:
    """Set the named PDFs, or every area's, in a process of its own: Typst's threads stay there."""
    ear, mouth = multiprocessing.get_context("fork").Pipe(duplex=False)

    def work() -> None:
        from analysis.publishing import pdf

        exporter = pdf.PdfExporter()
        for report in documents.of(year):
            if report.name in names if names else "area" in report.parameters:
                shown = notebook(
                    *_shown(year, report), form=report.form, site=year.municipality.name
                )
                mouth.send((report.name, exporter.from_notebook_node(shown)[0]))
        mouth.send(None)

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    made = dict(iter(ear.recv, None))
    process.join()
    return made


def _shown(year: Results, report: documents.Report) -> Iterator[str | dict[str, object]]:
    """Evaluate the notebook's cells here, and give what each shows."""
    source = nbformat.read(paths.notebooks(year.root) / f"{report.notebook}.ipynb", as_version=4)
    names: dict[str, object] = {"this_year": year, **report.parameters}
    for node in ast.parse(source.cells[1].source).body:
        if type(node) is ast.ImportFrom:
            names |= {
                room.asname or room.name: importlib.import_module(f"{node.module}.{room.name}")
                for room in node.names
            }
    for cell in source.cells[2:]:
        if cell.cell_type == "markdown":
            yield cell.source
        elif (shown := eval(cell.source, names)) is not None:
            yield shown._repr_mimebundle_()


def said(data: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()).replace("\u00ad", "")


def sizes(data: bytes) -> list[float]:
    """Return the sizes of all text, in points."""
    found: list[float] = []

    def hear(text: str, cm: list[float], tm: list[float], _: object, size: float) -> None:
        if text.strip():
            found.append(size * abs(tm[3]) * abs(cm[3]))

    for page in pypdf.PdfReader(io.BytesIO(data)).pages:
        page.extract_text(visitor_text=hear)
    return found


def test_every_area_of_the_demonstration_is_exactly_one_page(profiles):
    pages = {name: len(pypdf.PdfReader(io.BytesIO(data)).pages) for name, data in profiles.items()}
    assert len(pages) > 30
    assert {name: count for name, count in pages.items() if count != 1} == {}


def test_every_profile_keeps_the_rules_of_a_pdf(profiles):
    faults = {name: pdf_rules.faults(data) for name, data in profiles.items()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_no_text_of_a_profile_is_smaller_than_eight_points(profiles):
    for area in ("raslatt", "jarstorp-bottnaryd-norra-unnaryd", "ljungarum"):
        assert min(sizes(profiles[area])) >= SMALLEST


def test_a_profile_says_every_number_that_its_table_holds(home, profiles):
    year = results.of(2023, home)
    for area in ("raslatt", "osterangen", "ljungarum"):
        words = said(profiles[area]).replace(swedish.NO_BREAK, " ")
        cells = {cell for row in questions.listed(year, area).rows for cell in row}
        missing = {cell for cell in cells if cell.replace(swedish.NO_BREAK, " ") not in words}
        assert missing == set()


def test_words_come_before_numbers_and_both_before_the_map(profiles):
    words = said(profiles["osterangen"])
    order = ["Österängen har problemindex", "Polisen syns för lite 44", "kommunen 1,27", "Ekhagen"]
    places = [words.find(part) for part in order]
    assert -1 not in places
    assert places[:2] == sorted(places[:2])


def test_a_small_town_has_profiles_of_one_page_too(town):
    made = set_pdfs(results.of(2023, town))
    assert {len(pypdf.PdfReader(io.BytesIO(data)).pages) for data in made.values()} == {1}


def test_in_the_long_documents_no_heading_stands_alone_and_no_picture_without_its_words(home):
    made = set_pdfs(results.of(2023, home), "arsanalys", "brott")
    assert {name: pdf_rules.faults(data) for name, data in made.items()} == {
        "arsanalys": [],
        "brott": [],
    }
