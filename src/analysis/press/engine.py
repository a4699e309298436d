"""A notebook and its parameters in, an executed notebook out, in this process: no kernel.

Isolation is the caller's: `batch` gives each document a process of its own.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import nbformat
import papermill
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import Engine, papermill_engines
from traitlets.config import Config

from analysis.errors import Finding, nearest, raise_if_any

MOST_PRINTED = 100_000
KINDS = {"int": int, "str": str, "float": (int, float), "bool": bool}


class InProcessEngine(Engine):
    """Run the cells with IPython here; registered with papermill as `in_process`."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: object) -> None:
        """Run every cell until one fails; papermill raises for the error output it leaves."""
        shell = _shell()
        for at, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            nb_man.cell_start(cell, at)
            cell.outputs = list(_run(shell, cell.source))
            cell.execution_count = None
            failed = any(output.output_type == "error" for output in cell.outputs)
            if failed:
                nb_man.cell_exception(cell, at)
                return
            nb_man.cell_complete(cell, at)


def execute(notebook: Path, parameters: Mapping[str, object]) -> NotebookNode:
    """Execute a notebook with papermill, here and now; the same inputs give the same notebook.

    Raises:
        PapermillExecutionError: a cell raised, or left by SystemExit.
    """
    papermill_engines.register("in_process", InProcessEngine)
    done = papermill.execute_notebook(
        str(notebook), None, dict(parameters), engine_name="in_process", progress_bar=False
    )
    return _settled(done)


def check_parameters(notebook: Path, parameters: Mapping[str, object]) -> list[Finding]:
    """Find parameters that the notebook does not have, or of another type, before anything runs."""
    known = papermill.inspect_notebook(str(notebook))
    findings = [
        Finding(f"parametern {name} finns inte.", nearest(name, known), notebook.name)
        for name in parameters
        if name not in known
    ]
    for name in set(parameters) & set(known):
        kind = KINDS.get(known[name]["inferred_type_name"])
        value = parameters[name]
        if kind is not None and (
            not isinstance(value, kind) or isinstance(value, bool) != (kind is bool)
        ):
            what = f"parametern {name} är {value!r}."
            findings.append(
                Finding(what, f"Ska vara {known[name]['inferred_type_name']}.", notebook.name)
            )
    return findings


def nearest_heading(notebook: NotebookNode) -> str:
    """Name the last heading above the first failed cell."""
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("#"):
            heading = cell.source.splitlines()[0].lstrip("# ")
        if any(output.output_type == "error" for output in cell.get("outputs", ())):
            break
    return heading


class _Short(io.StringIO):
    """Keep the beginning of what a cell prints."""

    def write(self, text: str) -> int:
        room = MOST_PRINTED - self.tell()
        super().write(text[: max(room, 0)])
        return len(text)


class _Hook:
    """Take the value of a cell's last line as its result."""

    def __init__(self, shell: InteractiveShell, outputs: list[dict[str, Any]]) -> None:
        self.shell, self.outputs = shell, outputs

    def __call__(self, result: object = None) -> None:
        if result is not None:
            data, metadata = self.shell.display_formatter.format(result)
            self.outputs.append({"kind": "execute_result", "data": data, "metadata": metadata})


def _shell() -> InteractiveShell:
    """Make a shell without history, files or threads."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    InteractiveShell.clear_instance()
    return InteractiveShell.instance(config=config)


def _run(shell: InteractiveShell, source: str) -> Iterable[NotebookNode]:
    """Run a cell and give its outputs as nbformat has them."""
    shown: list[dict[str, Any]] = []
    publisher = CapturingDisplayPublisher()
    shell.display_pub, shell.display_trap.hook = publisher, _Hook(shell, shown)
    printed, complained = _Short(), _Short()
    with redirect_stdout(printed), redirect_stderr(complained):
        result = shell.run_cell(source, store_history=False)
    for name, stream in (("stdout", printed), ("stderr", complained)):
        if stream.getvalue():
            yield new_output("stream", name=name, text=stream.getvalue())
    for item in publisher.outputs:
        yield new_output("display_data", data=item["data"], metadata=item["metadata"] or {})
    for item in shown:
        yield new_output("execute_result", data=item["data"], metadata=item["metadata"])
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        lines = shell.InteractiveTB.stb2text([f"{type(error).__name__}: {error}"]).splitlines()
        yield new_output("error", ename=type(error).__name__, evalue=str(error), traceback=lines)


def _settled(notebook: NotebookNode) -> NotebookNode:
    """Take away what differs from run to run: times, durations, random names of cells."""
    notebook.metadata.pop("papermill", None)
    for at, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        cell["id"] = f"cell-{at:03d}"
    return notebook
