"""The commands: words from the command line in, an exit code out (0 good, 1 refused, 2 misused)."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import options

if TYPE_CHECKING:
    from concurrent.futures import Executor


def main(words: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    from analysis.errors import Refusal

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    chosen = options.parser().parse_args(words)
    try:
        return COMMANDS[chosen.command](chosen)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(
            "\nAvbrutet. Inget nytt är publicerat; en tidigare rapport ligger kvar. Kör om.",
            file=sys.stderr,
        )
        return 130


def _check(chosen: argparse.Namespace) -> int:
    from analysis import results, swedish
    from analysis.errors import Refusal
    from analysis.text import quality as control

    try:
        year = results.of(chosen.year, chosen.root)
    except Refusal as refusal:
        if chosen.json:
            _print_json({"holds": False, "findings": [item.record for item in refusal.findings]})
            return 1
        raise
    checks = control.checks(year)
    bad = sum(not check.is_good for check in checks)
    if chosen.json:
        listed = [asdict(check) for check in checks]
        _print_json({"year": year.number, "holds": not bad, "findings": [], "checks": listed})
        return 0
    for check in checks:
        print(check)
    said = f"{swedish.counted(bad, 'varning', 'varningar')}." if bad else "underlaget håller."
    print(f"{year.municipality.name} {year.number}: {said}")
    return 0


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True))


def _list(chosen: argparse.Namespace) -> int:
    from analysis import documents, results

    for report in documents.of(results.of(chosen.year, chosen.root)):
        print(f"{report.name:<34} {report.title}")
    return 0


def _facts(chosen: argparse.Namespace) -> int:
    from analysis import results
    from analysis.text import facts

    known = facts.as_json(results.of(chosen.year, chosen.root))
    _print_json(known)
    return 0


def _run(chosen: argparse.Namespace) -> int:
    from analysis import report as annual
    from analysis import swedish
    from analysis.publishing.document import Options

    with _executor(chosen.scheduler) as executor:
        options = Options(
            jobs=chosen.jobs, time_limit=chosen.time_limit, fresh=chosen.fresh, executor=executor
        )
        summary, folder = annual.run(
            chosen.year, chosen.root, options, only=chosen.only, output=chosen.output
        )
    if chosen.why:
        for name, reason in sorted(summary.reasons.items()):
            print(f"{name}: {reason or 'oförändrat'}")
    tried = len(summary.done) + len(summary.failed)
    for failure in summary.failed:
        print(f"! {failure}", file=sys.stderr)
    if summary.failed:
        print(
            f"{len(summary.failed)} av {tried} dokument misslyckades; halvkörda notebookar: {summary.notebooks}",
            file=sys.stderr,
        )
        return 1
    kept = f", {len(summary.kept)} oförändrade" if summary.kept else ""
    print(f"Klart: {tried} dokument{kept}. Öppna:")
    documents = [*(one.document for one in summary.done), *summary.kept]
    made = [f"{document.path}.{kind}" for document in documents for kind in document.formats]
    # The areas' pages are reached from the start page.
    for name in sorted(
        (name for name in made if "/" not in name), key=lambda name: name != "index.html"
    ):
        print(f"  {folder / name}")
    count = annual.warnings(folder)
    if count:
        said = swedish.counted(count, "varning", "varningar")
        print(f"Kontrollen av underlaget har {said}: se {folder / 'kontroll.html'}")
    return 0


def _executor(address: str | None) -> contextlib.AbstractContextManager[Executor | None]:
    """Lend a cluster's workers, if one is named."""
    if address is None:
        return contextlib.nullcontext()
    from analysis.publishing import elsewhere

    return elsewhere.cluster(address)


def _verify(chosen: argparse.Namespace) -> int:
    from analysis import paths, swedish
    from analysis import report as annual
    from analysis.publishing import record

    home = paths.root(chosen.root)
    number = paths.chosen(home, chosen.year)
    folder = annual.of_year(number, home, chosen.output)
    inputs = annual.inputs(home, number)
    findings = record.verify(folder, inputs)
    for finding in findings:
        print(finding, file=sys.stderr)
    if findings:
        said = swedish.counted(len(findings), "avvikelse", "avvikelser")
        print(f"{folder}: {said}.", file=sys.stderr)
        return 1
    count = len(record.outputs(record.earlier(folder)))
    print(f"{folder}: {count} filer stämmer med körningen, och underlaget är detsamma.")
    return 0


def _lab(chosen: argparse.Namespace) -> int:
    from analysis import lab, paths

    lab.start(paths.root(chosen.root), chosen.words)
    return 0


def _init(chosen: argparse.Namespace) -> int:
    from analysis import founding

    answers = {option: getattr(chosen, option[2:]) or _asked(option) for option in options.FOUNDING}
    for said in founding.found(
        chosen.folder,
        name=answers["--name"],
        code=answers["--code"],
        geometry=Path(answers["--geometry"]),
        short_name=chosen.short_name,
        crs=chosen.crs,
        year=chosen.year,
    ):
        print(said)
    return 0


def _asked(option: str) -> str:
    """Ask whoever sits at the keyboard; refuse where nobody does."""
    from analysis.errors import refuse

    words = {"--name": "Kommunens namn", "--code": "Kommunkod", "--geometry": "Områdenas kartfil"}
    answer = ""
    with contextlib.suppress(EOFError):
        answer = input(f"{words[option]}: ").strip() if sys.stdin.isatty() else ""
    if not answer:
        raise refuse(f"{words[option].lower()} saknas.", f"Ange {option}.")
    return answer


def _new_year(chosen: argparse.Namespace) -> int:
    from analysis import new_year, paths
    from analysis.sources import validation as differences

    root = paths.root(chosen.root)
    for name in new_year.prepare(root, chosen.year):
        print(f"Gjord: {name}")
    for line in new_year.to_fill_in(root, chosen.year):
        print(f"Fyll i: data/{chosen.year}/year.toml, {line}")
    found = differences.listed(root, chosen.year)
    if found:
        print(f"Skiljer sig från {chosen.year - 1}:")
    for item in found:
        print(item)
    print(f"Sedan: analysis check {chosen.year}")
    return 0


def _import_shapes(chosen: argparse.Namespace) -> int:
    from analysis import paths
    from analysis.sources import boundaries as shapes
    from analysis.sources import catalogue

    root = paths.root(chosen.root)
    code = catalogue.municipality(root).code
    for notice in shapes.import_division(
        root, chosen.file, chosen.division, code=code, crs=chosen.crs
    ):
        print(notice)
    return 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "check": _check,
    "facts": _facts,
    "import_shapes": _import_shapes,
    "init": _init,
    "lab": _lab,
    "list": _list,
    "new_year": _new_year,
    "run": _run,
    "verify": _verify,
}

if __name__ == "__main__":
    raise SystemExit(main())
