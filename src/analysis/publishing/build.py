"""Documents in, published files out: only what has changed, whole or not at all, failures named."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from analysis.errors import Finding, Refusal
from analysis.publishing import cache, child, children, elsewhere, publish, record
from analysis.publishing import execute as engine
from analysis.publishing.document import DEFAULT, Document, Options, Outcome, Summary
from analysis.reading import VALUE

EVERY = "allt skulle göras om"
FEW = 3  # documents that are made sooner than what all share is prepared

__all__ = ["Document", "Options", "Outcome", "Summary", "run"]


@dataclass(frozen=True, slots=True)
class _Start:
    """What there is when a run begins: program, inputs, the record and the published files."""

    home: Path
    code: str
    inputs: Mapping[str, str]
    before: record.Json
    published: Mapping[str, str]

    def why(self, document: Document, values: Mapping[str, str] | None) -> str:
        """Say why a document must be made again, as `cache.why`."""
        line = self.before.get("documents", {}).get(document.name, {})
        return cache.why(document, line, self.code, self.home, self.published, values)

    def kept_data(self, made_of: str) -> dict[str, str]:
        """Return the published data files, if they are whole and of what they would be made of now."""
        known: dict[str, str] = self.before.get("data", {})
        is_whole = all(self.published.get(path) == made for path, made in known.items())
        return dict(known) if is_whole and made_of and made_of == self.before.get("data_of") else {}


def run(documents: Sequence[Document], output: Path, options: Options = DEFAULT) -> Summary:
    """Make the documents that have changed and publish those that went well, with the data files.

    Args:
        documents: what to make.
        output: the folder to publish in; working files go to a hidden folder beside it.
        options: how.

    Raises:
        Refusal: for wrong parameters, a folder that cannot be written or that another run uses.
    """
    began = time.monotonic()
    _check(documents)
    with publish.alone(output) as work:
        start = _started(output, options)
        reasons = {one.name: EVERY if options.fresh else start.why(one, None) for one in documents}
        sure = _longest_first([one for one in documents if reasons[one.name]], work)
        _get_ready(sure, options)
        stale = _stale(sure, documents, reasons, start, options)
        outcomes = tuple(_shown(_events(stale, work, start.home, options), reasons, options))
        data = {} if options.fresh else start.kept_data(options.extras_of)
        if options.extras and not data:
            options.extras(work / "staging")
        _publish(outcomes, [one.name for one in documents], start, work, output, options, data)
        _remember(outcomes, work)
    return Summary(
        done=tuple(outcome for outcome in outcomes if not outcome.error),
        failed=tuple(outcome for outcome in outcomes if outcome.error),
        notebooks=work / "notebooks",
        seconds=time.monotonic() - began,
        kept=tuple(document for document in documents if not reasons[document.name]),
        reasons=reasons,
    )


def _started(output: Path, options: Options) -> _Start:
    home = (options.home or Path.cwd()).resolve()
    inputs = cache.state(home, options.inputs.values())
    return _Start(home, cache.code(), inputs, record.earlier(output), record.hashes(output))


def _get_ready(sure: Sequence[Document], options: Options) -> None:
    """Load what many children share, where there will be many here."""
    if len(sure) > FEW and not options.executor:
        child.get_ready()
        if options.warm:
            options.warm()


def _stale(
    sure: Sequence[Document],
    documents: Sequence[Document],
    reasons: dict[str, str],
    start: _Start,
    options: Options,
) -> Iterator[Document]:
    """Yield those that must be made anyhow, then those whose values turn out to have changed."""
    yield from sure
    left = [document for document in documents if not reasons[document.name]]
    found = options.values() if left else {}
    for document in left:
        reasons[document.name] = start.why(document, found)
        if reasons[document.name]:
            yield document


def _events(
    documents: Iterable[Document], work: Path, home: Path, options: Options
) -> Iterator[list[children.Running] | Outcome]:
    """Make documents here, or where the executor makes them; yield who is running, and outcomes."""
    if options.executor:
        return elsewhere.attend(options.executor, documents, work, home, options.time_limit)
    return children.attend(documents, work, home, options.jobs or _cores(), options.time_limit)


def _lines(outcomes: Sequence[Outcome], start: _Start) -> dict[str, record.Json]:
    """Say what each document that went well was made of."""
    return {
        outcome.document.name: {
            **cache.line(outcome.document, start.code),
            "rests_on": _rests_on(outcome, start),
        }
        for outcome in outcomes
        if not outcome.error
    }


def _rests_on(outcome: Outcome, start: _Start) -> dict[str, str]:
    """Return the files that a document read; one that changed meanwhile, as it was at first."""
    values = cache.stated(outcome.read)
    files = {Path(one) for one in outcome.read if not one.startswith(VALUE)}
    read = cache.state(start.home, files - {outcome.document.notebook})
    return {name: start.inputs.get(name, now) for name, now in read.items()} | values


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
    events: Iterator[list[children.Running] | Outcome],
    reasons: Mapping[str, str],
    options: Options,
) -> Iterator[Outcome]:
    """Show what is running and the time left; pass the outcomes on."""
    live = options.progress and sys.stderr.isatty()
    with _Bar(total=0, disable=not live, unit="dokument", leave=False) as bar:
        for event in events:
            bar.total = sum(map(bool, reasons.values()))
            if isinstance(event, list):
                bar.set_postfix_str(", ".join(one.document.name for one in event))
                continue
            bar.update()
            if options.progress and not live:
                print(f"{event} ({event.seconds:.1f} s)", file=sys.stderr)
            yield event


class _Bar(tqdm):  # type: ignore[misc, unused-ignore]
    """A progress line without the thread that tqdm would start before our forks."""

    monitor_interval = 0


def _publish(
    outcomes: Sequence[Outcome],
    names: Iterable[str],
    start: _Start,
    work: Path,
    output: Path,
    options: Options,
    kept_data: Mapping[str, str],
) -> None:
    """Put the new set, its record and what is packed of it in the earlier set's place."""
    _leave_out_failed(outcomes, work / "staging")
    hashed = record.hashes(work / "staging")
    paths = {outcome.document.name: _paths(outcome.document) for outcome in outcomes}
    lines = {
        name: {**line, "outputs": {path: hashed[path] for path in paths[name]}}
        for name, line in _lines(outcomes, start).items()
    }
    of_documents = {path for group in paths.values() for path in group}
    data = {path: found for path, found in hashed.items() if path not in of_documents}
    kept = record.restricted(start.before, set(names)) if options.only_these else {}
    origin = {
        **record.origin(options.inputs),
        "code": start.code,
        "data_of": options.extras_of,
    }
    recorded = record.merged({**start.before, **kept}, origin, lines, {**kept_data, **data})
    gone = record.outputs(start.before).keys() - record.outputs(recorded).keys()
    following = publish.prepare(work, output, gone)
    for path, content in options.pack(following, recorded).items():
        publish.write(following / path, content)
        recorded["packed"][path] = record.sha256(following / path)
    publish.write(following / record.NAME, record.written(recorded).encode())
    publish.swap(work, output)


def _leave_out_failed(outcomes: Sequence[Outcome], staging: Path) -> None:
    """Leave nothing half-made: of a document that failed the page may be set and its PDF not."""
    for outcome in outcomes:
        if outcome.error:
            for path in _paths(outcome.document):
                (staging / path).unlink(missing_ok=True)


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
