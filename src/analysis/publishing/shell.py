"""A code cell in, its outputs in the notebook's form out: IPython without a kernel."""

from __future__ import annotations

import atexit
import contextlib
import io
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode, v4
from traitlets.config import Config

MOST_PRINTED = 200_000  # characters that a cell's stream keeps
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
Keep = Callable[[NotebookNode], None]


class _Hook(DisplayHook):
    """Keep the value of a cell's last line instead of printing it."""

    keep: Keep

    def write_output_prompt(self) -> None:
        """Write nothing: a page has no prompts."""

    def flush(self) -> None:
        """Leave the rubbish where it is: the process ends soon, and collecting it takes 0.1 s."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        """Keep every form of the value."""
        count = self.prompt_count
        self.keep(_shown("execute_result", format_dict, md_dict, execution_count=count))


class _Publisher(DisplayPublisher):
    """Keep what `display(…)` shows."""

    keep: Keep

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
        """Keep every form of the value."""
        self.keep(_shown("display_data", data, metadata))

    def clear_output(self, wait: bool = False) -> None:
        """Keep everything: an executed notebook shows all that was said."""


class _Stream(io.TextIOBase):
    """Keep what a cell prints, up to a limit; the rest is counted and named."""

    def __init__(self, name: str, keep: Keep) -> None:
        self.name, self.keep, self.written = name, keep, 0

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, text: str) -> int:
        """Keep the text, or what is left of the limit."""
        kept = text[: max(0, MOST_PRINTED - self.written)]
        if kept:
            self.keep(v4.new_output("stream", name=self.name, text=kept))
        self.written += len(text)
        return len(text)

    def end(self) -> None:
        """Say how much was cut."""
        if self.written > MOST_PRINTED:
            cut = f"\n[… {self.written - MOST_PRINTED} tecken till visas inte]\n"
            self.keep(v4.new_output("stream", name=self.name, text=cut))


class Shell(InteractiveShell):
    """An IPython shell whose every output ends in the cell."""

    outputs: list[NotebookNode]

    @classmethod
    @contextlib.contextmanager
    def running(cls) -> Iterator[Shell]:
        """Lend the process's one shell, and leave the process as it was."""
        config = Config()
        config.HistoryManager.enabled = False  # a database and a thread
        config.InteractiveShell.colors = "nocolor"
        before = sys.displayhook, sys.excepthook, sys.modules.get("__main__")
        InteractiveShell.clear_instance()
        shell = cls.instance(config=config, displayhook_class=_Hook, display_pub_class=_Publisher)
        for part in (shell.displayhook, shell.display_pub):
            cast(Any, part).keep = shell.keep
        try:
            yield shell
        finally:
            cast(Any, shell).atexit_operations()
            atexit.unregister(shell.atexit_operations)
            cls.clear_instance()
            sys.displayhook, sys.excepthook, main = before
            if main is not None:
                sys.modules["__main__"] = main

    def keep(self, output: NotebookNode) -> None:
        """Add an output; prints that follow each other become one."""
        last = self.outputs[-1] if self.outputs else {}
        if output.output_type == "stream" and output.name == last.get("name"):
            last["text"] += output.text
        else:
            self.outputs.append(output)

    def run(self, cell: NotebookNode) -> bool:
        """Run a cell, fill in its outputs, and say whether it failed."""
        self.outputs = cell.outputs = []
        out, err = _Stream("stdout", self.keep), _Stream("stderr", self.keep)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            result = cast(Any, self).run_cell(cell.source, store_history=True)
        out.end()
        err.end()
        cell.execution_count = result.execution_count
        return not result.success

    def ask_exit(self) -> None:
        """Treat `exit` in a cell as what it is: the end, too early."""
        raise SystemExit

    def _showtraceback(self, etype: type, evalue: BaseException | None, stb: list[str]) -> None:
        code = f"cellen avslutade programmet ({evalue})"  # papermill takes exit code 0 for success
        said = code if issubclass(etype, SystemExit) else str(evalue)
        self.keep(v4.new_output("error", ename=etype.__name__, evalue=said, traceback=stb))


def heading_after(cell: NotebookNode, heading: str) -> str:
    """Return the last heading in a cell or in what it shows, or the one before it."""
    bundles = [output.get("data", {}) for output in cell.get("outputs", ())]
    texts = [str(bundle.get("text/markdown", "")) for bundle in bundles]
    if cell.cell_type == "markdown":
        texts.append(str(cell.source))
    found = [str(words) for text in texts for words in HEADING.findall(text)]
    return found[-1] if found else heading


def _shown(
    kind: str, data: Mapping[str, Any], metadata: Mapping[str, Any] | None, **more: Any
) -> NotebookNode:
    output: NotebookNode = v4.new_output(
        kind, data=dict(data), metadata=dict(metadata or {}), **more
    )
    return output
