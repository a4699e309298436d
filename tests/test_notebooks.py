"""The notebooks' shape, that a kernel and the press show the same, and that adding takes few lines."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from analysis.publishing import execute as engine

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(
    path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```diff\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
PER_RUN = re.compile(r'"model_id": "[0-9a-f]+"|\bat 0x[0-9a-f]+')


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
    # Named by their place or their cell: an id by chance makes every diff larger.
    assert all(cell.id.startswith(path.stem) for cell in notebook.cells)
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert all(text.splitlines()[0].endswith("?") for text in texts)


def test_every_notebook_shows_the_same_from_a_fresh_kernel_as_from_the_press(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    pressed = {path: _shown(_press(path)) for path in NOTEBOOKS}
    run = _kernels(tmp_path)
    for path in NOTEBOOKS:
        assert _shown(run[path]) == pressed[path], path.stem
        assert pressed[path], path.stem


def _press(path):
    known = nbformat.read(path, as_version=4).cells
    first = next(cell.source for cell in known if cell.cell_type == "code")
    found = re.findall(r"^(\w+): \w+ = (\S+)", first, re.MULTILINE)
    return engine.execute(path, {name: ast.literal_eval(value) for name, value in found})


def _kernels(folder):
    """Run each notebook from a kernel of its own, two at a time."""
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute"]
    command += ["--log-level=ERROR", f"--output-dir={folder}"]
    halves = [subprocess.Popen([*command, *map(str, NOTEBOOKS[at::2])]) for at in (0, 1)]
    assert [half.wait(120) for half in halves] == [0, 0]
    return {path: nbformat.read(folder / path.name, as_version=4) for path in NOTEBOOKS}


def _shown(notebook):
    """List what each cell of the notebook's own shows, without what differs from run to run."""
    outputs = [
        output
        for cell in notebook.cells
        if "injected-parameters" not in cell.metadata.get("tags", ())
        for output in cell.get("outputs", ())
    ]
    assert "error" not in {output.output_type for output in outputs}
    assert not [one for one in outputs if one.get("name") == "stderr"]
    shown = [one.get("data", {"text": one.get("text")}) for one in outputs]
    return [sorted((kind, _same(value)) for kind, value in one.items()) for one in shown]


def _same(value):
    return "" if isinstance(value, dict) and "model_id" in value else _plain(value)


def _plain(value):
    return PER_RUN.sub("", value if isinstance(value, str) else json.dumps(value, sort_keys=True))


def test_each_example_of_the_readme_takes_fifteen_lines_at_most():
    assert len(EXAMPLES) == 3
    for example in EXAMPLES:
        changed = re.findall(r"^[+-](?![+-]{2} )", example, re.MULTILINE)
        assert 0 < len(changed) <= 15


def test_the_examples_of_the_readme_apply_and_are_seen_in_the_report(tmp_path):
    for folder in ("src", "notebooks", "data", "shapes"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__py*"))
    for example in EXAMPLES:
        subprocess.run(
            ["git", "apply", "-"],
            cwd=tmp_path,
            input=example.encode(),
            check=True,
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
        )
    _ask_the_new_question(tmp_path / "data" / "2023")
    command = [sys.executable, "-m", "analysis.cli", "run", "2023", "--only", "trygghet", "kartor"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src")}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, timeout=120)
    report = tmp_path / "reports" / "2023"
    assert "Var är tilliten svagast?" in (report / "kartor.html").read_text("utf-8")
    page = (report / "trygghet.html").read_text("utf-8")
    assert "Saknar mötesplats" in page
    assert "Problemindex 2022: högst i" in page


def _ask_the_new_question(folder):
    """Deliver the year's answers with one column more: every fourth says that it is a problem."""
    path = folder / "survey.csv"
    answers = pd.read_csv(path, sep=None, engine="python", dtype=str, keep_default_na=False)
    asked = ["3" if at % 4 == 0 else "1" for at in range(len(answers))]
    answers.assign(saknar_motesplats=asked).to_csv(path, index=False, sep=";")
    described = folder / "year.toml"
    text = re.sub(r'(file = "survey.csv"\n)sha256 = "\w+"\n', r"\1", described.read_text("utf-8"))
    described.write_text(text, "utf-8")


@pytest.mark.skipif(
    not (shutil.which("git") and Path(sys.executable).with_name("pre-commit").exists()),
    reason="git eller pre-commit finns inte här",
)
def test_the_hooks_leave_our_notebooks_as_they_are_and_strip_outputs(tmp_path):
    """Run pre-commit in a repository of its own, as a commit does; nothing is fetched."""
    for name in ("notebooks", "pyproject.toml", ".pre-commit-config.yaml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tmp_path / name)
    shutil.rmtree(tmp_path / "notebooks/.ipynb_checkpoints", ignore_errors=True)
    notebook = tmp_path / "notebooks/brott.ipynb"
    run = nbformat.read(notebook, as_version=4)
    run.cells[0].outputs = [nbformat.v4.new_output("stream", text="hemligt")]
    run.cells[0].execution_count = 7
    mark = {"HOME": str(tmp_path / "home"), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}

    def hooks():
        for words in (["git", "add", "."], ["pre-commit", "run", "--all-files"]):
            done = subprocess.run(words, cwd=tmp_path, env=mark, capture_output=True, check=False)
        return done.returncode

    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, env=mark, check=True)
    before = {path: path.read_bytes() for path in (tmp_path / "notebooks").rglob("*.ipynb")}
    assert hooks() == 0
    nbformat.write(run, notebook)
    assert hooks() == 1
    assert {path: path.read_bytes() for path in before} == before
