"""A notebook and its parameters in, the executed notebook out: papermill in this very process."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pydantic
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from IPython.utils.capture import capture_output
from nbformat import NotebookNode, v4
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from analysis.errors import Finding, nearest, raise_if_any

MOST_PRINTED = 200_000  # characters of a cell's prints that are kept
CUT = "\n[… resten visas inte]\n"
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def execute(
    notebook: Path, parameters: Mapping[str, object], half: Path, told: Callable[[str], None]
) -> NotebookNode:
    """Return the executed notebook, without times; one that fails is left half-run in a file.

    Args:
        told: called with the nearest heading before each cell and after one that failed.

    Raises:
        Refusal: for parameters that the notebook does not have, lacks, or of another type.
        papermill.PapermillExecutionError: if a cell fails or leaves the program.
    """
    check_parameters(notebook, parameters)
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")  # what was open where this process was forked is no cell's
    papermill_engines.register("in_process", InProcess)
    options = {"engine_name": "in_process", "kernel_name": "python3", "language": "python"}
    quiet = {"request_save_on_cell_execute": False, "progress_bar": False}
    executed: NotebookNode = papermill.execute_notebook(
        str(notebook), str(half), dict(parameters), told=told, **options, **quiet
    )
    executed.metadata.pop("papermill", None)
    for number, cell in enumerate(executed.cells, start=1):
        cell.metadata.pop("papermill", None)
        cell.id = f"cell-{number}"
    return executed


def check_parameters(notebook: Path, parameters: Mapping[str, object]) -> None:
    """Refuse parameters that are unknown, missing or of another type, all at once."""
    known = papermill.inspect_notebook(nbformat.read(notebook, as_version=4))
    faults = {
        f"parametern ”{name}” finns inte": nearest(name, known)
        for name in sorted(parameters.keys() - known.keys())
    }
    for name, parameter in known.items():
        kind = parameter["inferred_type_name"].replace("None", "ett värde")
        if name not in parameters and parameter["default"] == "None":
            faults[f"parametern ”{name}” saknas"] = f"ge {kind}"
        elif name in parameters and not _fits(parameters[name], parameter["inferred_type_name"]):
            faults[f"parametern {name} = {parameters[name]!r} är av fel slag"] = f"ge {kind}"
    raise_if_any(Finding(what, remedy, notebook.name) for what, remedy in faults.items())


def _fits(value: object, annotation: str) -> bool:
    """Say whether a value is of a parameter's annotated type; if it has none, any value is."""
    if annotation == "None":
        return value is not None
    try:
        pydantic.TypeAdapter(eval(annotation, {})).validate_python(value, strict=True)
    except pydantic.ValidationError:
        return False
    except Exception:  # noqa: BLE001 - an annotation of the notebook's own
        return True
    return True


class InProcess(Engine):  # type: ignore[misc, unused-ignore]
    """Papermill's engine `in_process`: no kernel, no socket; isolation is the caller's process."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> None:
        """Run every cell; stop at the first that fails, as papermill expects."""
        heading, made = "", shell()
        for cell in nb_man.nb.cells:
            is_code = cell.cell_type == "code"
            if is_code:
                options["told"](heading)
                _run(cell, made)
            heading = _heading(cell) or heading
            if is_code and any(output.output_type == "error" for output in cell.outputs):
                options["told"](heading)
                return


def _heading(cell: NotebookNode) -> str:
    """Return the last heading of what a cell says or shows, "" where there is none."""
    shown = [output.get("data", {}).get("text/markdown", "") for output in cell.get("outputs", ())]
    text = "\n".join(shown) if cell.cell_type == "code" else cell.source
    return str(["", *HEADING.findall(FENCED.sub("", text))][-1])


def _run(cell: NotebookNode, made: Any) -> None:
    """Run a cell and fill in its outputs: prints first, then what it shows, and its error."""
    made.display_pub.outputs.clear()
    with capture_output(display=False) as said:
        result = made.run_cell(cell.source, store_history=True)
    prints = {"stdout": said.stdout, "stderr": said.stderr}
    cell.execution_count = result.execution_count
    cell.outputs = [
        v4.new_output(
            "stream", name=name, text=text[:MOST_PRINTED] + CUT * (len(text) > MOST_PRINTED)
        )
        for name, text in prints.items()
        if text
    ] + [
        v4.new_output("display_data", data=shown["data"], metadata=shown["metadata"] or {})
        for shown in made.display_pub.outputs
    ]
    if error := result.error_before_exec or result.error_in_exec:
        about = {"ename": type(error).__name__, "evalue": _words(error), "traceback": []}
        cell.outputs.append(v4.new_output("error", **about))


def shell() -> Any:
    """Return a new IPython whose `display_pub.outputs` fill with what a kernel would send."""
    config = Config(InteractiveShell={"colors": "nocolor"}, HistoryManager={"enabled": False})
    InteractiveShell.clear_instance()
    made: Any = InteractiveShell.instance(
        config=config, display_pub_class=CapturingDisplayPublisher
    )
    made.displayhook.write_output_prompt = lambda: None
    made.displayhook.write_format_data = made.display_pub.publish
    made.ask_exit = sys.exit
    made.enable_gui = lambda gui=None: None  # a report has no windows
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as a kernel's
    if "matplotlib" in sys.modules:
        made.enable_matplotlib("inline")
        select_figure_formats(made, {"png"})  # which is done once a process otherwise
    return made


def _words(error: BaseException) -> str:
    if isinstance(error, SystemExit):  # papermill takes exit code 0 for success
        return f"cellen avslutade programmet ({error})"
    if isinstance(error, SyntaxError):
        return f"cellens rad {error.lineno}, ”{(error.text or '').strip()}”: {error.msg}"
    return str(error)
