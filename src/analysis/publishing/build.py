"""Documents in, a published folder out: only what has changed, whole or not at all, failures named."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, partial
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from analysis.errors import Finding, attempt, raise_if_any, refuse
from analysis.publishing import workers
from analysis.publishing.workers import FAULTS, NO_PLACE, Document, Options, Outcome

__all__ = ["RECORD", "Document", "Options", "Outcome", "Summary", "run"]

RECORD = "run.json"
PACKAGE = Path(__file__).resolve().parents[1]
LOCK = PACKAGE.parents[1] / "requirements.lock"
DEPENDENCIES = (
    *("font-source-sans-pro", "geopandas", "ipython", "matplotlib", "mistune", "nbconvert"),
    *("numpy", "pandas", "papermill", "scipy", "seaborn", "shapely", "typst"),
)
Json = dict[str, Any]
Packer = Callable[[Path], Sequence[str]]


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
    with _alone(output) as staging:
        before = _read(output)
        made_of, inputs = _fingerprints(documents, options.home.resolve())
        known = {} if options.fresh else before["documents"]
        kept = [
            one for one in documents if _is_kept(known.get(one.name), made_of[one.name], output)
        ]
        todo = [
            one for one in documents if one.name in (options.only or made_of) and one not in kept
        ]
        outcomes = tuple(_made(todo, staging, options)) if todo else ()
        made = tuple(outcome.document for outcome in outcomes if not outcome.error)
        lines = {name: line for name, line in before["documents"].items() if name in made_of}
        lines |= {one.name: _line(one, made_of[one.name], staging) for one in made}
        old = [name for name, line in lines.items() if line["made_of"] != made_of[name]]
        is_whole = lines.keys() == made_of.keys() and not old
        packed = before["packed"] if is_whole and _are_there(before["packed"], output) else {}
        after = {"versions": _versions(), "inputs": inputs, "documents": lines, "packed": packed}
        if made or (lines and (after != before or (is_whole and options.pack and not packed))):
            pack = options.pack if is_whole else None
            _publish(staging, output, {**after, "packed": {}}, _outputs(before), pack)
    failed = tuple(outcome for outcome in outcomes if outcome.error)
    past = tuple(one for one in documents if one.name in old)
    return Summary(made, failed, tuple(kept), past, is_whole, _beside(output) / "notebooks")


def _made(todo: Sequence[Document], staging: Path, options: Options) -> Iterator[Outcome]:
    """Make documents, here or where the executor is; tell of each on standard error."""
    _refuse_wrong_parameters(todo)
    there = [one for one in todo if options.executor and not one.write]
    here = [one for one in todo if one not in there]
    outcomes = [workers.send(there, staging, options)] if there else []
    outcomes += [workers.make(here, staging, options)] if here else []
    is_live = sys.stderr.isatty()
    for number, outcome in enumerate(chain(*outcomes), start=1):
        count = f"\r\033[K{number} av {len(todo)} {outcome.document.name} "
        said = count if is_live else f"{outcome} ({outcome.seconds:.1f} s)\n"
        print(said, end="", file=sys.stderr, flush=True)
        if outcome.error:
            shutil.rmtree(staging / outcome.document.name, ignore_errors=True)
        yield outcome
    print("\r\033[K" if is_live else "", end="", file=sys.stderr)


def _refuse_wrong_parameters(documents: Iterable[Document]) -> None:
    from analysis.publishing import execute

    findings: list[Finding] = []
    for one in documents:
        if not one.write:
            attempt(findings, partial(execute.check_parameters, one.notebook, one.parameters))
    raise_if_any(dict.fromkeys(findings))


def _fingerprints(
    documents: Sequence[Document], home: Path
) -> tuple[dict[str, str], dict[str, str]]:
    """Return one hash of all that each document is made of, and the hash of each input."""
    findings: list[Finding] = []
    notebooks = {one.notebook for one in documents if not one.write}
    cells = {file: attempt(findings, partial(_cells, file)) for file in notebooks}
    raise_if_any(findings)
    files = sorted({file for one in documents for file in one.needs})
    hashed = {file: (_named(file, home), _sha256(file)) for file in files}
    code = _code()
    made_of = {}
    for one in documents:
        form = [one.path, one.title, one.form, one.formats, one.metadata, one.parameters]
        needs = [hashed[file] for file in one.needs]
        made_of[one.name] = _digest([cells.get(one.notebook), form, needs, code])
    return made_of, dict(hashed.values())


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
    hashed = [(_named(file, PACKAGE), _sha256(file)) for file in files]
    return _digest([hashed, _versions()])


@cache
def _versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that a page's bytes can depend on."""
    python = {"python": platform.python_version()}
    return python | {name: metadata.version(name) for name in DEPENDENCIES}


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _named(file: Path, home: Path) -> str:
    return file.relative_to(home).as_posix() if file.is_relative_to(home) else file.name


def _line(document: Document, made_of: str, staging: Path) -> Json:
    """Return what the record says of a document that has been made."""
    folder = staging / document.name
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    about = {"notebook": document.notebook.name, "parameters": dict(document.parameters)}
    outputs = {_named(file, folder): _sha256(file) for file in files}
    return {**about, "made_of": made_of, "outputs": outputs}


def _is_kept(line: Json | None, made_of: str, output: Path) -> bool:
    """Say whether a document is published as it would be made now."""
    return line is not None and line["made_of"] == made_of and _are_there(line["outputs"], output)


def _are_there(outputs: Mapping[str, str], folder: Path) -> bool:
    """Say whether files are there, as they were published."""
    return all(
        (folder / path).is_file() and _sha256(folder / path) == known
        for path, known in outputs.items()
    )


def _read(output: Path) -> Json:
    """Return the record in a folder, or an empty one."""
    with suppress(FileNotFoundError, ValueError, TypeError):
        found: Json = json.loads((output / RECORD).read_text("utf-8"))
        if all("made_of" in line for line in found["documents"].values()):
            return found
    return {"documents": {}, "packed": {}}


def _outputs(record: Json) -> set[str]:
    """Name every file that a record answers for."""
    lines = [record, *record["documents"].values()]
    return {path for line in lines for key in ("packed", "outputs") for path in line.get(key, ())}


def _publish(
    staging: Path, output: Path, record: Json, before: set[str], pack: Packer | None
) -> None:
    """Put the new set in the published one's place; files that are not ours stay."""
    following, past = staging.parent / "next", staging.parent / "past"
    following.mkdir()
    if output.exists():
        _copy(output, following)
    for path in before - _outputs(record):
        (following / path).unlink(missing_ok=True)
        with suppress(OSError):  # a folder that still holds something stays
            (following / path).parent.rmdir()
    for made in staging.iterdir():
        _copy(made, following)
    _write(record, following)
    if pack:
        packed = {path: _sha256(following / path) for path in pack(following)}
        _write({**record, "packed": packed}, following)
    if output.exists():
        os.rename(output, past)
    os.rename(following, output)


def _copy(folder: Path, target: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file() or file.is_symlink():
            place = target / file.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, place, follow_symlinks=False)


def _write(record: Json, folder: Path) -> None:
    text = json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / RECORD).write_text(f"{text}\n", "utf-8")


def _beside(output: Path) -> Path:
    return output.parent / f".{output.name}"


@contextmanager
def _alone(output: Path) -> Iterator[Path]:
    """Lend a folder for working files to one run at a time; mend a swap that was broken off."""
    work = _beside(output)
    try:
        _refuse_unfit(output)
        (work / "notebooks").mkdir(parents=True, exist_ok=True)
        with FileLock(work / "lock", timeout=0):
            if (work / "past").is_dir() and not output.exists():
                os.rename(work / "past", output)
            _clear(work)
            try:
                yield Path(tempfile.mkdtemp(dir=work))
            finally:
                _clear(work)
    except Timeout:
        what = "en annan körning skriver till samma mapp"
        remedy = "vänta tills den är klar, eller " + NO_PLACE
        raise refuse(what, remedy, file=str(output)) from None
    except OSError as error:
        what, remedy = FAULTS.get(error.errno or 0, (str(error), NO_PLACE))
        what = f"det går inte att skriva: {what}; inget nytt är publicerat"
        raise refuse(what, remedy, file=str(error.filename or output)) from error


def _clear(work: Path) -> None:
    """Keep the executed notebooks; take the other working files away."""
    for notebook in work.glob("*/*.ipynb"):
        os.replace(notebook, work / "notebooks" / notebook.name)
    for folder in work.iterdir():
        if folder.is_dir() and folder.name != "notebooks":
            shutil.rmtree(folder, ignore_errors=True)


def _refuse_unfit(output: Path) -> None:
    """Refuse a place that no report can be swapped into, before any work is done."""
    within = next((folder for folder in output.parents if (folder / RECORD).is_file()), None)
    is_others = output.is_dir() and any(output.iterdir()) and not (output / RECORD).is_file()
    faults = {
        "är en fil": output.is_file(),
        "är en monterad enhet, som inte kan bytas ut": os.path.ismount(output),
        f"ligger i en annan rapport, {within}": within is not None,
        "har redan annat innehåll": is_others,
        "får inte ändras": any(map(_is_locked, (output.parent, output))),
    }
    for what, is_so in faults.items():
        if is_so:
            raise refuse(f"mappen {what}", NO_PLACE, file=str(output))


def _is_locked(folder: Path) -> bool:
    who = {"effective_ids": True} if os.access in os.supports_effective_ids else {}
    return folder.exists() and not os.access(folder, os.W_OK, **who)
