"""What the README, the environment and the notebooks promise."""

import ast
import re
import runpy
from pathlib import Path

import pytest

from analysis import begin, cli

ROOT = Path(__file__).parents[1]


def test_every_make_target_of_the_readme_exists():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(r"^ +make ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert {"report", "test"} <= set(named) <= set(targets)


def test_every_command_of_the_readme_is_one():
    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"`analysis ([a-z][a-z-]*)", text))
    assert {"check", "list", "run", "shapes", "new-year", "init", "lab"} <= named
    for name in named:
        with pytest.raises(SystemExit) as left:
            cli.main([name, "--help"])
        assert left.value.code == 0


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


def test_the_pictures_of_the_readme_are_there_and_small():
    text = (ROOT / "README.md").read_text("utf-8")
    pictures = [ROOT / path for path in re.findall(r"!\[[^\]]+\]\((\S+)\)", text)]
    assert pictures
    assert sum(path.stat().st_size for path in pictures) < 500_000


def test_the_hooks_fetch_nothing():
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    assert set(re.findall(r"language: (\S+)", text)) == {"system"}
    assert "://" not in text


@pytest.mark.parametrize("file", ["README.md", "docs/lathund.md", "docs/skrivbord.md"])
def test_every_line_of_a_guide_shows_something(file):
    names = {"year": 2023}
    exec(begin.SETUP, names)  # noqa: S102 - what a notebook begins with
    text = (ROOT / file).read_text("utf-8")
    for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        for line in ast.parse(code).body:
            if isinstance(line, ast.Expr):
                assert eval(ast.unparse(line), names) is not None, ast.unparse(line)
            else:
                exec(ast.unparse(line), names)  # noqa: S102 - the guide's own line


def test_the_readme_is_read_in_one_sitting():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 180
