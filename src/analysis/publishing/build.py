"""Documents in, a published folder out: only what has changed, whole or not at all, failures named."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import metadata
from itertools import chain
from pathlib import Path

from analysis.errors import Finding, attempt, raise_if_any, refuse
from analysis.paths import sha256
from analysis.publishing import workers
from analysis.publishing.folder import RECORD, Json, alone, are_there, beside, publish, read
from analysis.publishing.workers import Document, Options, Outcome

__all__ = ["RECORD", "Document", "Options", "Outcome", "Summary", "run"]

PACKAGE = Path(__file__).resolve().parents[1]
LOCK = PACKAGE.parents[1] / "requirements.lock"
DEPENDENCIES = (
    *("font-source-sans-pro", "geopandas", "ipython", "matplotlib", "mistune", "nbconvert"),
    *("numpy", "pandas", "papermill", "scipy", "seaborn", "shapely", "typst"),
)


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run went."""

    made: tuple[Document, ...]
    failed: tuple[Outcome, ...]
    kept: tuple[Document, ...]  # published before, and as they would be now
    old: tuple[Document, ...]  # published before, of an older state of data or program
    is_whole: bool  # all documents are published, and of one state
    notebooks: Path  # executed and half-run


def run(documents: Sequence[Document], output: Path, options: Options) -> Summary:
    """Make the documents that have changed, and publish those that went well.

    Args:
        documents: all that the folder is to hold; what else was published there goes.
        output: the folder to publish in; working files go to a hidden folder beside it.

    Raises:
        Refusal: for wrong parameters, a folder that cannot be written or that another run uses.
    """
    with alone(output) as staging:
        before = read(output)
        made_of, inputs = _fingerprints(documents, options.home.resolve())
        lines = {name: line for name, line in before["documents"].items() if name in made_of}
        known = {} if options.fresh else lines
        kept = [
            one for one in documents if _is_kept(known.get(one.name), made_of[one.name], output)
        ]
        wanted = options.only or made_of.keys()
        todo = [one for one in documents if one.name in wanted and one not in kept]
        outcomes = tuple(_made(todo, staging, options)) if todo else ()
        made = tuple(outcome.document for outcome in outcomes if not outcome.error)
        lines |= {one.name: _line(one, made_of[one.name], staging) for one in made}
        past = {name for name, line in lines.items() if line["made_of"] != made_of[name]}
        old = tuple(one for one in documents if one.name in past)
        is_whole = lines.keys() == made_of.keys() and not old
        packed = before["packed"] if is_whole and are_there(before["packed"], output) else {}
        after = {"versions": _versions(), "inputs": inputs, "documents": lines, "packed": packed}
        if made or (lines and (after != before or (is_whole and options.pack and not packed))):
            pack = options.pack if is_whole else None
            publish(staging, output, {**after, "packed": {}}, pack)
    failed = tuple(outcome for outcome in outcomes if outcome.error)
    return Summary(made, failed, tuple(kept), old, is_whole, beside(output) / "notebooks")


def _is_kept(line: Json | None, made_of: str, output: Path) -> bool:
    """Say whether a document is published as it would be made now."""
    return line is not None and line["made_of"] == made_of and are_there(line["outputs"], output)


def _line(document: Document, made_of: str, staging: Path) -> Json:
    """Return what the record says of a document that has been made."""
    folder = staging / document.name
    files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*")}
    outputs = {path: sha256(file) for path, file in files.items() if file.is_file()}
    about = {"notebook": document.notebook.name, "parameters": dict(document.parameters)}
    return {**about, "made_of": made_of, "outputs": outputs}


def _made(todo: Sequence[Document], staging: Path, options: Options) -> Iterator[Outcome]:
    """Make documents, here or where the executor is; tell of each on standard error."""
    from analysis.publishing.execute import check_parameters

    findings: list[Finding] = []
    for one in todo:
        if not one.write:
            attempt(findings, partial(check_parameters, one.notebook, one.parameters))
    raise_if_any(dict.fromkeys(findings))
    there = [one for one in todo if options.executor and not one.write]
    here = [one for one in todo if one not in there]
    outcomes = [workers.send(there, staging, options)] if there else []
    outcomes += [workers.make(here, staging, options)] if here else []
    for outcome in chain(*outcomes):
        print(f"{outcome} ({outcome.seconds:.1f} s)", file=sys.stderr, flush=True)
        if outcome.error:
            shutil.rmtree(staging / outcome.document.name, ignore_errors=True)
        yield outcome


def _fingerprints(
    documents: Sequence[Document], home: Path
) -> tuple[dict[str, str], dict[str, str]]:
    """Return one hash of all that each document is made of, and the hash of each input."""
    findings: list[Finding] = []
    notebooks = {one.notebook for one in documents if not one.write}
    cells = {file: attempt(findings, partial(_cells, file)) for file in notebooks}
    raise_if_any(findings)
    named = {file: _named(file, home) for one in documents for file in one.needs}
    inputs = {name: sha256(file) for file, name in sorted(named.items())}
    code, made_of = _code(), {}
    for one in documents:
        form = [one.path, one.title, one.form, one.formats, one.metadata, one.parameters]
        needs = [(named[file], inputs[named[file]]) for file in one.needs]
        made_of[one.name] = _digest([cells.get(one.notebook), form, needs, code])
    return made_of, inputs


def _cells(notebook: Path) -> list[object]:
    """Return what counts of a notebook: its sources and tags, not what Lab saves with them."""
    try:
        return [
            [cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags")]
            for cell in json.loads(notebook.read_text("utf-8"))["cells"]
        ]
    except FileNotFoundError:
        what, remedy = "notebooken finns inte", "se efter i notebooks/ och data/reports.toml"
    except (ValueError, KeyError, TypeError):
        what, remedy = "filen går inte att läsa som notebook", "spara den på nytt i Lab"
    raise refuse(what, remedy, file=notebook.name)


def _code() -> str:
    """Return one hash of the package's code and templates, the lock file and the versions."""
    files = [LOCK, *sorted(PACKAGE.rglob("*"))]
    files = [file for file in files if file.is_file() and "__pycache__" not in file.parts]
    return _digest([[(_named(file, PACKAGE), sha256(file)) for file in files], _versions()])


@cache
def _versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that a page's bytes can depend on."""
    python = {"python": platform.python_version()}
    return python | {name: metadata.version(name) for name in DEPENDENCIES}


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _named(file: Path, home: Path) -> str:
    return file.relative_to(home).as_posix() if file.is_relative_to(home) else file.name
