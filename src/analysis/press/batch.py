"""Documents in, published files out: only what has changed, whole or not at all, failures named."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path

from tqdm import tqdm

from analysis.errors import Finding, Refusal
from analysis.press import cache, child, children, elsewhere, engine, publish, record
from analysis.press.document import Document, Outcome, Summary
from analysis.reading import VALUE

EVERY = "allt skulle göras om"
FEW = 3  # documents that are made sooner than what all share is prepared

__all__ = ["Document", "Outcome", "Summary", "run"]


Pack = Callable[[Path, record.Json], Mapping[str, bytes]]
Values = Callable[[], Mapping[str, str]]


def run(
    documents: Sequence[Document],
    output: Path,
    *,
    jobs: int | None = None,
    time_limit: float = 300.0,
    extras: Callable[[Path], None] | None = None,
    progress: bool = True,
    inputs: Mapping[str, Path] | None = None,
    warm: Callable[[], None] | None = None,
    only_these: bool = False,
    pack: Pack | None = None,
    fresh: bool = False,
    home: Path | None = None,
    executor: Executor | None = None,
    values: Values = dict,
    extras_of: str = "",
) -> Summary:
    """Make the documents that have changed and publish those that went well, with the data files.

    Args:
        documents: what to make.
        output: the folder to publish in; working files go to a hidden folder beside it.
        jobs: documents at a time; the processor's cores when None.
        time_limit: seconds after which a document has failed.
        extras: writes further files into the folder it is given.
        progress: whether to show what is running.
        inputs: files that the record names and hashes, by the name they get there.
        warm: called once before the children, who inherit what it loads.
        only_these: forget documents that an earlier run published and that are not among these:
            the page of an area that no longer exists must not stay.
        pack: returns files made of the whole set, which it gets with its record.
        fresh: make every document, changed or not.
        home: the folder that files read by documents are named from; the current one when None.
        executor: where documents are made, if not in processes of this machine.
        values: returns the digest of each value that a document may rest on (`reading.by_value`),
            by name; asked when what must be made anyhow has been started.
        extras_of: tells what the extras are made of; they are kept where it is as it was.

    Raises:
        Refusal: for wrong parameters, a folder that cannot be written or that another run uses.
    """
    began = time.monotonic()
    _check(documents)
    home, code = (home or Path.cwd()).resolve(), cache.code()
    with publish.alone(output) as work:
        before = record.earlier(output)
        begun_with = cache.state(home, (inputs or {}).values())
        now = record.hashes(output)
        lines = {} if fresh else before.get("documents", {})

        def why(one: Document, values: Mapping[str, str] | None) -> str:
            return cache.why(one, lines.get(one.name, {}), code, home, now, values)

        reasons = {one.name: EVERY if fresh else why(one, None) for one in documents}
        sure = _longest_first([one for one in documents if reasons[one.name]], work)
        if len(sure) > FEW and not executor:
            child.get_ready()
            if warm:
                warm()
        stale = _stale(sure, documents, reasons, why, values)
        events = _events(stale, work, home, executor, jobs, time_limit)
        outcomes = tuple(_shown(events, reasons, progress))
        kept_data = _kept_data(before, now, extras_of) if not fresh else {}
        if extras and not kept_data:
            extras(work / "staging")
        if only_these:
            before = {**before, **record.restricted(before, {one.name for one in documents})}
        made = _lines(outcomes, code, home, begun_with)
        origin = {**record.origin(inputs or {}), "code": code, "data_of": extras_of}
        _publish(outcomes, made, before, origin, work, output, pack, kept_data)
        _remember(outcomes, work)
    return Summary(
        done=tuple(outcome for outcome in outcomes if not outcome.error),
        failed=tuple(outcome for outcome in outcomes if outcome.error),
        notebooks=work / "notebooks",
        seconds=time.monotonic() - began,
        kept=tuple(document for document in documents if not reasons[document.name]),
        reasons=reasons,
    )


def _stale(
    sure: Sequence[Document],
    documents: Sequence[Document],
    reasons: dict[str, str],
    why: Callable[[Document, Mapping[str, str]], str],
    values: Values,
) -> Iterator[Document]:
    """Yield those that must be made anyhow, then those whose values turn out to have changed."""
    yield from sure
    left = [document for document in documents if not reasons[document.name]]
    found = values() if left else {}
    for document in left:
        reasons[document.name] = why(document, found)
        if reasons[document.name]:
            yield document


def _events(
    documents: Iterable[Document],
    work: Path,
    home: Path,
    executor: Executor | None,
    jobs: int | None,
    time_limit: float,
) -> Iterator[list[children.Running] | Outcome]:
    """Make documents here, or where the executor makes them; yield who is running, and outcomes."""
    if executor:
        return elsewhere.attend(executor, documents, work, home, time_limit)
    return children.attend(documents, work, home, jobs or _cores(), time_limit)


def _lines(
    outcomes: Sequence[Outcome], code: str, home: Path, begun_with: Mapping[str, str]
) -> dict[str, record.Json]:
    """Say what each document that went well was made of."""
    return {
        outcome.document.name: {
            **cache.line(outcome.document, code),
            "rests_on": _rests_on(outcome, home, begun_with),
        }
        for outcome in outcomes
        if not outcome.error
    }


def _rests_on(outcome: Outcome, home: Path, begun_with: Mapping[str, str]) -> dict[str, str]:
    """Return the files that a document read; one that changed meanwhile, as it was at first."""
    values = cache.stated(outcome.read)
    files = {Path(one) for one in outcome.read if not one.startswith(VALUE)}
    read = cache.state(home, files - {outcome.document.notebook})
    return {name: begun_with.get(name, now) for name, now in read.items()} | values


def _kept_data(before: record.Json, now: Mapping[str, str], extras_of: str) -> dict[str, str]:
    """Return the published data files, if they are whole and of what they would be made of now."""
    known: dict[str, str] = before.get("data", {})
    whole = all(now.get(path) == made for path, made in known.items())
    return dict(known) if whole and extras_of and before.get("data_of") == extras_of else {}


def _check(documents: Sequence[Document]) -> None:
    findings: list[Finding] = []
    for document in documents:
        if not document.notebook.is_file():
            findings.append(
                Finding("notebooken finns inte", "se efter i notebooks/", document.notebook.name)
            )
            continue
        try:
            engine.check_parameters(document.notebook, document.parameters)
        except Refusal as refusal:
            findings.extend(refusal.findings)
    if findings:
        raise Refusal(dict.fromkeys(findings))
    if len({document.path for document in documents}) < len(documents):
        raise ValueError("two documents have the same path")


def _shown(
    events: Iterator[list[children.Running] | Outcome], reasons: Mapping[str, str], progress: bool
) -> Iterator[Outcome]:
    """Show what is running and the time left; pass the outcomes on."""
    live = progress and sys.stderr.isatty()
    with _Bar(total=0, disable=not live, unit="dokument", leave=False) as bar:
        for event in events:
            bar.total = sum(map(bool, reasons.values()))
            if isinstance(event, list):
                bar.set_postfix_str(", ".join(one.document.name for one in event))
                continue
            bar.update()
            if progress and not live:
                print(f"{event} ({event.seconds:.1f} s)", file=sys.stderr)
            yield event


class _Bar(tqdm):  # type: ignore[misc, unused-ignore]
    """A progress line without the thread that tqdm would start before our forks."""

    monitor_interval = 0


def _publish(
    outcomes: Sequence[Outcome],
    made: Mapping[str, record.Json],
    before: record.Json,
    origin: record.Json,
    work: Path,
    output: Path,
    pack: Pack | None,
    kept_data: Mapping[str, str],
) -> None:
    """Put the new set, its record and what is packed of it in the earlier set's place."""
    staging = work / "staging"
    paths = {outcome.document.name: _paths(outcome.document) for outcome in outcomes}
    for outcome in outcomes:
        if outcome.error:  # nothing half-made: the page may be set and its PDF not
            for path in paths[outcome.document.name]:
                (staging / path).unlink(missing_ok=True)
    hashed = record.hashes(staging)
    lines = {
        name: {**line, "outputs": {path: hashed[path] for path in paths[name]}}
        for name, line in made.items()
    }
    of_documents = {path for group in paths.values() for path in group}
    data = {path: found for path, found in hashed.items() if path not in of_documents}
    data = {**kept_data, **data}
    recorded = record.merged(before, origin, lines, data)
    published = record.outputs(record.earlier(output))
    following = publish.prepare(work, output, published.keys() - record.outputs(recorded).keys())
    for path, content in (pack(following, recorded) if pack else {}).items():
        publish.write(following / path, content)
        recorded["packed"][path] = record.sha256(following / path)
    publish.write(following / record.NAME, record.written(recorded).encode())
    publish.swap(work, output)


def _paths(document: Document) -> list[str]:
    return [f"{document.path}.{form}" for form in document.formats]


def _timings(work: Path) -> dict[str, float]:
    """Return how long each document took last time."""
    return record.read(work / "timings.json")


def _longest_first(documents: Sequence[Document], work: Path) -> list[Document]:
    """Order documents so that no long one is left to the end, as they went last time."""
    seconds = _timings(work)
    return sorted(documents, key=lambda document: -seconds.get(document.name, float("inf")))


def _remember(outcomes: Sequence[Outcome], work: Path) -> None:
    now = {outcome.document.name: round(outcome.seconds, 3) for outcome in outcomes}
    (work / "timings.json").write_text(record.written({**_timings(work), **now}), "utf-8")


def _cores() -> int:
    """Count the cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
