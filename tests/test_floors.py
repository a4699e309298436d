"""The package is built in floors, in the order of the README's table: imports go only downwards."""

import ast
import re
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "analysis"
TABLE = re.search(r"\| floor \|.*?\n\n", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
FLOORS = [re.findall(r"`([a-z_]+)`", row.split("|")[1]) for row in TABLE[0].splitlines()[2:-1]]
HOMES = {
    "papermill": {"publishing"},
    "nbconvert": {"publishing"},
    "typst": {"publishing"},
    "geopandas": {"sources", "results", "begin", "data_files", "figures"},
    "matplotlib": {"figures", "publishing"},
    "seaborn": {"figures"},
    "pyreadstat": {"sources"},
}
MOST_MODULES, MOST_LINES = 46, 8_101
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
named = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Name what a module imports: rooms of ours as analysis.ROOM, others by their first word."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "analysis":
            names |= {f"analysis.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def ours(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("analysis.")}


def floor(name: str) -> int:
    return next(at for at, rooms in enumerate(FLOORS) if name in rooms)


def test_every_room_is_on_a_floor_of_the_readme():
    assert sorted({room(path) for path in MODULES}) == sorted(chain(*FLOORS))


@named
def test_a_module_imports_only_from_its_own_floor_and_those_below(path):
    assert {name for name in ours(path) if floor(name) > floor(room(path))} == set()


@named
def test_a_heavy_library_is_imported_only_in_its_own_room(path):
    heavy = {name.split(".")[0] for name in imported(path)} & set(HOMES)
    assert {name for name in heavy if room(path) not in HOMES[name]} == set()


def test_publishing_knows_nothing_of_surveys():
    known = set().union(*(ours(path) for path in MODULES if room(path) == "publishing"))
    assert known <= {"errors", "paths", "swedish", "publishing"}


def test_no_folder_imports_itself_in_a_circle():
    modules = {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in MODULES}
    needs = {
        name: {
            full
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("analysis")
            for alias in node.names
            for full in (
                f"{node.module}.{alias.name}".removeprefix("analysis."),
                node.module.removeprefix("analysis."),
            )
            if full in modules
        }
        for name, path in modules.items()
    }
    while free := {name for name, wanted in needs.items() if not wanted & set(needs)}:
        needs = {name: wanted for name, wanted in needs.items() if name not in free}
    assert not needs


def test_the_package_imports_nothing_by_itself():
    assert not imported(PACKAGE / "__init__.py")
    for path in PACKAGE.rglob("__init__.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 8


@named
def test_a_module_is_read_in_one_sitting(path):
    assert len(path.read_text("utf-8").splitlines()) <= 250
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert [node.name for node in functions if node.end_lineno - node.lineno >= 40] == []


def test_the_package_grows_no_larger():
    assert len(MODULES) <= MOST_MODULES
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in PACKAGE.rglob("*.py"))
    assert lines <= MOST_LINES
