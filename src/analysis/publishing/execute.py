"""A notebook and its parameters in, the executed notebook out, run in this very process."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import Finding, nearest, raise_if_any

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

NAME = "in_process"
TYPES: Mapping[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "bool": (bool,),
    "list": (list, tuple),
    "dict": (dict,),
}
Told = Callable[[str], None]


# papermill loads this module while it is itself being imported (the entry point), so nothing
# here may import papermill first, and the engine cannot be a subclass of papermill's own.
class InProcessEngine:
    """Papermill's engine `in_process`: no kernel, no socket; isolation is the caller's process."""

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str:
        """Name the kernel, which is always this Python."""
        return name or "python3"

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """Name the language, which is always Python."""
        return language or "python"

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        told: Told | None = None,
        **_: object,
    ) -> NotebookNode:
        """Run every cell; stop at the first that fails, as papermill expects."""
        from papermill.engines import NotebookExecutionManager

        manager = NotebookExecutionManager(nb, output_path=output_path, progress_bar=False)
        manager.notebook_start()
        try:
            _run(manager, told or (lambda heading: None))
        finally:
            manager.notebook_complete()
        executed: NotebookNode = manager.nb
        return executed


def execute(
    notebook: Path,
    parameters: Mapping[str, object],
    *,
    output: Path | None = None,
    told: Told | None = None,
) -> NotebookNode:
    """Execute a notebook with papermill in this process, and clean it of times and chance.

    Args:
        notebook: the file; it is not changed.
        parameters: checked before anything runs.
        output: where a notebook that fails is left, half-run.
        told: called with the nearest heading before each cell.

    Raises:
        Refusal: for parameters that the notebook does not have, lacks, or of another type.
        papermill.PapermillExecutionError: if a cell fails or leaves the program.
    """
    import papermill
    from papermill.engines import papermill_engines

    check_parameters(notebook, parameters)
    papermill_engines.register(NAME, InProcessEngine)
    executed = papermill.execute_notebook(
        str(notebook),
        str(output) if output else None,
        dict(parameters),
        engine_name=NAME,
        kernel_name="python3",
        language="python",
        request_save_on_cell_execute=False,
        progress_bar=False,
        told=told,
    )
    return clean(executed)


def clean(notebook: NotebookNode) -> NotebookNode:
    """Take away what differs from run to run: times, paths, random identifiers."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        cell.id = f"cell-{number}"
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    return notebook


def check_parameters(notebook: Path, parameters: Mapping[str, object]) -> None:
    """Refuse parameters that are unknown, missing (default None) or of another type.

    Raises:
        Refusal: one finding each, with the nearest name.
    """
    known = _signature(notebook.read_text("utf-8"))
    unknown = [
        Finding(f"parametern ”{name}” finns inte", nearest(name, known), notebook.name)
        for name in parameters.keys() - known.keys()
    ]
    missing = [
        Finding(f"parametern ”{name}” saknas", f"ange {name}", notebook.name)
        for name, parameter in known.items()
        if name not in parameters and parameter["default"] in ("None", "...")
    ]
    wrong = [
        Finding(f"parametern {name} = {value!r} är av fel slag", f"ge {kind}", notebook.name)
        for name, value in parameters.items()
        if name in known and not _fits(value, kind := _kind(known[name]))
    ]
    raise_if_any([*sorted(unknown, key=str), *missing, *wrong])


@cache
def _signature(notebook: str) -> dict[str, dict[str, str]]:
    """Return each parameter's name, type, default and help, from the notebook's text."""
    import nbformat
    import papermill

    found: dict[str, dict[str, str]] = papermill.inspect_notebook(
        nbformat.reads(notebook, as_version=4)
    )
    return found


def _kind(parameter: Mapping[str, str]) -> str:
    """Name a parameter's type: as annotated, or the type of its default."""
    if parameter["inferred_type_name"] != "None":
        return parameter["inferred_type_name"]
    try:
        return type(ast.literal_eval(parameter["default"])).__name__
    except (ValueError, SyntaxError):
        return "object"


def _fits(value: object, kind: str) -> bool:
    """Say whether a value is of a named type ("int", "str | None", "list[str]")."""
    kinds = [part.split("[")[0].strip() for part in kind.split("|")]
    if value is None:
        return bool({"None", "NoneType", "Optional", "object"} & set(kinds))
    if not set(kinds) <= TYPES.keys() | {"None"}:
        return True
    exact = isinstance(value, bool)  # True is an int to Python, not to a reader
    return any(
        isinstance(value, TYPES[one]) and (one == "bool" or not exact)
        for one in kinds
        if one in TYPES
    )


def _run(manager: NotebookExecutionManager, told: Told) -> None:
    from analysis.publishing.shell import Shell, heading_after

    heading = ""
    with Shell.running() as shell, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="To exit: use")
        for index, cell in enumerate(manager.nb.cells):
            heading = heading_after(cell, heading)
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            told(heading)
            manager.cell_start(cell, index)
            failed = shell.run(cell)
            heading = heading_after(cell, heading)
            if failed:
                manager.cell_exception(cell, index)
            manager.cell_complete(cell, index)
            if failed:
                return
