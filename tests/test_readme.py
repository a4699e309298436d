"""What the README, the environment and the notebooks promise."""

import importlib
import re
import runpy
from pathlib import Path

import pytest

from analysis import cli, results

ROOT = Path(__file__).parents[1]
ROOMS = ("atlas", "charts", "maps", "questions", "tables")


def test_every_make_target_of_the_readme_exists():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = re.findall(r"^ +make ([a-z]+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert {"report", "test"} <= set(named) <= set(targets)


def test_every_command_of_the_readme_is_one():
    text = (ROOT / "README.md").read_text("utf-8")
    named = set(re.findall(r"`analysis ([a-z][a-z-]*)", text))
    assert {"check", "list", "run", "facts", "shapes", "new-year", "init"} <= named
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


def test_the_pictures_of_the_readme_are_there_and_small():
    text = (ROOT / "README.md").read_text("utf-8")
    pictures = [ROOT / path for path in re.findall(r"!\[[^\]]+\]\((\S+)\)", text)]
    assert len(pictures) >= 3
    assert sum(path.stat().st_size for path in pictures) < 500_000


def test_the_hooks_fetch_nothing():
    text = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    assert set(re.findall(r"language: (\S+)", text)) == {"system"}
    assert "://" not in text


def test_every_line_of_the_quick_guide_shows_something():
    text = (ROOT / "docs" / "lathund.md").read_text("utf-8")
    lines = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1].splitlines()
    rooms = {name: importlib.import_module(f"analysis.figures.{name}") for name in ROOMS}
    year = results.of(2023, ROOT)
    for line in lines[1:]:
        assert eval(line, {**rooms, "year": year}) is not None, line
