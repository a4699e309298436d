"""The analyst's desk: JupyterLab in the folder of notebooks, with numbers as Swedish writes them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from analysis import paths, swedish

FIRST = "borja-har.ipynb"
TEMPLATES = Path(__file__).parent / "templates"


def start(root: Path, words: Sequence[str] = ()) -> None:
    """Open JupyterLab in the root's notebooks, at the first one to read; ends when Lab ends.

    Args:
        root: the municipality's folder.
        words: options for JupyterLab, such as "--no-browser".
    """
    from jupyterlab.labapp import LabApp

    theirs = os.environ.get("JUPYTER_CONFIG_PATH", "")
    ours = str(TEMPLATES / "jupyter")  # asks no one whether they want news
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [ours, theirs]))
    os.environ["PYTHONSTARTUP"] = str(TEMPLATES / "jupyter" / "startup")
    folder = paths.notebooks(root)
    first = f"/lab/tree/{FIRST}" if (folder / FIRST).is_file() else "/lab"
    options = [
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url={first}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    LabApp.launch_instance(argv=[*options, *words])


def write_swedish() -> None:
    """Let this kernel write decimal numbers as Swedish does, alone and in tables."""
    import pandas as pd
    from IPython.core.getipython import get_ipython

    pd.set_option("display.float_format", swedish.plain_number)
    shell = get_ipython()
    if shell is not None and shell.display_formatter is not None:
        texts = shell.display_formatter.formatters["text/plain"]
        texts.for_type(float, lambda value, page, _: page.text(swedish.plain_number(value)))
