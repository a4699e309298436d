"""The notebooks' shape, and that each runs and becomes a page that a reader can be given."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from analysis.publishing import content, execute

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(
    path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
TOURS = ("borja-har", "utforska")  # for the analyst; no part of a report
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def sources(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


@each
def test_a_notebook_is_short_questions_and_short_cells_without_outputs(path):
    code = sources(path, "code")
    assert nbformat.read(path, as_version=4).metadata.kernelspec.name == "python3"
    assert code[0].metadata.tags == ["parameters"]
    assert re.match(r"year: int = \d{4}  # ", code[0].source)
    for at, cell in enumerate(code):
        assert not cell.outputs and cell.execution_count is None
        assert len(cell.source.splitlines()) <= 8
        assert "def " not in cell.source.replace("@interact", "") or "interact" in cell.source
        assert at < 2 or "import" not in cell.source
    headings = [cell.source for cell in sources(path, "markdown") if cell.source.startswith("#")]
    assert all(text.splitlines()[0].endswith("?") for text in headings)


@each
def test_a_notebook_of_the_report_begins_with_a_word_to_the_analyst(path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert ("analyst" in first.metadata.get("tags", ())) == (path.stem not in TOURS)
    assert path.stem in TOURS or "`year`" in first.source


@each
def test_cells_are_named_by_their_place_and_what_they_hold(path):
    names = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(rf"{path.stem}-[a-z-]+", name) for name in names)


def test_the_libraries_that_an_analyst_knows_are_in_sight():
    code = "\n".join(cell.source for path in NOTEBOOKS for cell in sources(path, "code"))
    for word in (".query(", ".merge(", "validate=", "sns.", ".plot(", "figure.of(", "interact"):
        assert word in code


def test_nothing_in_a_notebook_of_the_report_is_of_one_year_or_one_place_only():
    for path in [path for path in NOTEBOOKS if path.stem not in TOURS]:
        for cell in sources(path, "code")[1:]:
            assert not re.search(r"20\d\d|jönköping|råslätt", cell.source.lower()), cell.id


@each
@pytest.mark.parametrize("year", [2022, 2023])
def test_a_notebook_runs_and_becomes_a_page(path, year, demonstration, monkeypatch, tmp_path):
    monkeypatch.chdir(demonstration)
    given = re.findall(r"^(\w+): \w+ = (\S+)", sources(path, "code")[0].source, re.MULTILINE)
    parameters = {name: ast.literal_eval(value) for name, value in given} | {"year": year}
    made = execute.execute(path, parameters, tmp_path / "half.ipynb", str)
    shown = content.of(made, path.name)
    assert shown.title
    assert not [
        output.text
        for cell in made.cells
        for output in cell.get("outputs", ())
        if output.get("name") == "stderr"
    ]
