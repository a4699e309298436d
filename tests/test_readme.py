"""What the README, the environment and the notebooks promise."""

import re
import runpy
from pathlib import Path

import nbformat
import pytest

from analysis import cli

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


def test_every_make_target_of_the_readme_exists():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(r"^ +make ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert {"report", "test"} <= set(named) <= set(targets)


def test_every_command_of_the_readme_is_one():
    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"`analysis ([a-z]+)", text))
    assert {"check", "list", "run", "facts", "shapes"} <= named
    for name in named:
        with pytest.raises(SystemExit) as left:
            cli.main([name, "--help"])
        assert left.value.code == 0


def test_every_room_of_the_package_stands_in_the_readmes_table():
    text = (ROOT / "README.md").read_text("utf-8")
    rooms = {path.stem for path in (ROOT / "src/analysis").glob("*.py")} - {"__init__"}
    assert {room for room in rooms if f"`{room}`" not in text} == set()


def test_the_conda_environment_has_the_versions_of_the_lock():
    written = runpy.run_path(str(ROOT / ".ci/environment.py"))
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert (ROOT / "environment.yml").read_text("utf-8") == written["environment"](lock)
    assert len(written["pins"](lock)) > 100


def test_the_lock_pins_by_hash_and_names_no_address():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    pins = re.findall(r"^[a-z0-9][^\s=]*==", lock, re.MULTILINE)
    assert lock.count("--hash=sha256:") >= len(pins)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_short_questions_and_single_lines_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert notebook.metadata.kernelspec.name == "python3"
    assert code[0].metadata.tags == ["parameters"]
    assert re.match(r"year: int = \d{4}  # ", code[0].source)
    for at, cell in enumerate(code):
        assert not cell.outputs
        assert cell.execution_count is None
        assert len(cell.source.splitlines()) <= 8
        assert "def " not in cell.source
        assert at < 2 or "import" not in cell.source
    headings = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert all(heading.endswith("?") for heading in headings)
