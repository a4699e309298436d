import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "analysis"
FLOORS = (
    {"errors", "kept", "packing", "paths", "reading", "swedish"},
    {"sources"},
    {"statistics"},
    {"cells", "computed", "estimates", "release", "comparisons", "reckoned", "results", "drivers"},
    {"figures"},
    {"documents", "text", "opendata", "geodata"},
    {"publishing"},
    {"report", "explore", "lab", "new_year", "founding", "options", "cli"},
)
HOMES = {
    "papermill": {"publishing"},
    "nbconvert": {"publishing"},
    "typst": {"publishing"},
    "geopandas": {"sources/boundaries.py", "results"},
    "matplotlib": {"figures/canvas.py"},
    "seaborn": {"figures/canvas.py"},
}
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.parent != PACKAGE
)


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


def floor(name: str) -> int:
    return next(at for at, rooms in enumerate(FLOORS) if name in rooms)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_its_own_floor_and_those_below(path):
    ours = {name.split(".")[1] for name in imported(path) if name.startswith("analysis.")}
    above = {name for name in ours if floor(name) > floor(room(path))}
    assert not above


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_heavy_library_is_imported_only_in_its_own_room(path):
    heavy = {name.split(".")[0] for name in imported(path)} & set(HOMES)
    own = {room(path), path.relative_to(PACKAGE).as_posix()}
    assert {name for name in heavy if not own & HOMES[name]} == set()


def test_the_press_knows_nothing_of_surveys():
    for path in (path for path in MODULES if room(path) == "publishing"):
        ours = {
            name
            for name in imported(path)
            if name.startswith("analysis.") and not name.startswith("analysis.publishing")
        }
        assert ours <= {"analysis.errors", "analysis.kept", "analysis.paths", "analysis.reading"}


def test_every_room_is_on_a_floor():
    assert {room(path) for path in MODULES} == set().union(*FLOORS)


def test_the_package_imports_nothing_by_itself():
    assert not imported(PACKAGE / "__init__.py")
