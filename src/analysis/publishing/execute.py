"""A notebook and its parameters in, the executed notebook out: papermill in this very process."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pydantic
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from nbformat import NotebookNode, v4
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from analysis.errors import Finding, nearest, raise_if_any

MOST_PRINTED = 200_000  # characters of a cell's prints that are kept
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
        told, heading, main = options["told"], "", sys.modules["__main__"]
        made = shell()
        for cell in nb_man.nb.cells:
            if cell.cell_type == "code":
                told(heading)
                has_succeeded = _run(cell, made)
                shown = [output.get("data", {}).get("text/markdown", "") for output in cell.outputs]
                heading = _heading("\n".join(shown)) or heading
                if not has_succeeded:
                    told(heading)
                    nb_man.cell_exception(cell)
                    break
            elif cell.cell_type == "markdown":
                heading = _heading(cell.source) or heading
        sys.modules["__main__"] = main


def _heading(text: str) -> str:
    """Return the last heading of a Markdown text, "" where there is none."""
    return str(["", *HEADING.findall(FENCED.sub("", text))][-1])


def _run(cell: NotebookNode, made: Any) -> bool:
    """Run a cell, fill in its outputs, and say whether it went well."""
    kept = made.display_pub.outputs
    kept.clear()
    with redirect_stdout(_Stream("stdout", kept)), redirect_stderr(_Stream("stderr", kept)):
        result = made.run_cell(cell.source, store_history=True)
    cell.outputs, cell.execution_count = list(kept), result.execution_count
    return bool(result.success)


def shell() -> Any:
    """Return a new IPython whose `display_pub.outputs` fill as a kernel would send them."""
    config = Config(InteractiveShell={"colors": "nocolor"}, HistoryManager={"enabled": False})
    kind = {"display_pub_class": CapturingDisplayPublisher}
    InteractiveShell.clear_instance()
    made: Any = InteractiveShell.instance(config=config, **kind)
    hook, kept = made.displayhook, made.display_pub.outputs

    def keep(kind: str, data: Any, metadata: Any = None, **count: int) -> None:
        kept.append(v4.new_output(kind, data=data, metadata=metadata or {}, **count))

    def keep_error(kind: type, error: BaseException, traceback: list[str]) -> None:
        about = {"ename": kind.__name__, "evalue": _words(error), "traceback": traceback}
        kept.append(v4.new_output("error", **about))

    hook.write_output_prompt = lambda: None
    hook.write_format_data = lambda data, metadata=None: keep(
        "execute_result", data, metadata, execution_count=hook.prompt_count
    )
    made.display_pub.publish = lambda data, metadata=None, **_: keep("display_data", data, metadata)
    made._showtraceback = keep_error
    made.show_usage_error = lambda error: keep_error(type(error), error, [str(error)])
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


class _Stream(io.TextIOBase):
    """Keep what a cell prints, in its place among the outputs, up to a limit."""

    def __init__(self, name: str, kept: list[Any]) -> None:
        self.name, self.kept, self.left = name, kept, MOST_PRINTED

    def write(self, text: str) -> int:
        """Keep the text, or what is left of the limit."""
        part = text[: max(self.left, 0)]
        if 0 <= self.left < len(text):
            part += "\n[… resten visas inte]\n"
        self.left -= len(text)
        if part and self.kept and self.kept[-1].get("name") == self.name:
            self.kept[-1].text += part
        elif part:
            self.kept.append(v4.new_output("stream", name=self.name, text=part))
        return len(text)
