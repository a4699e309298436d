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

if TYPE_CHECKING:
    from concurrent.futures import Executor

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

FOUNDING = {
    "--name": "the municipality, as “Lillstads kommun”",
    "--code": "its four digits",
    "--geometry": "map file with the areas and their names",
}
EXAMPLES = """examples:
  analysis check 2023                       are this year's data whole? (seconds)
  analysis run 2023                         every page and PDF, to reports/2023/
  analysis run 2023 --only arsanalys brott  only these documents
  analysis --root ../other-town run 2023    another municipality
  analysis shapes import regso.gpkg --division regso-2025
"""


def main(words: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    from analysis.errors import Refusal

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    chosen = _parser().parse_args(words)
    command: Callable[[argparse.Namespace], int] = chosen.command
    try:
        return command(chosen)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="analysis",
        description="The yearly safety analysis of a municipality.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--root", type=Path, help="the municipality's folder (default: the nearest upwards)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = _year_command(
        commands, "check", _check, "tell whether a year's data hold, without running a notebook"
    )
    check.add_argument("--json", action="store_true", help="every fault and check, as JSON")
    _year_command(commands, "list", _list, "list a year's documents")
    _year_command(
        commands, "facts", _facts, "print every number of the report's sentences, as JSON"
    )
    _add_run(commands)
    verify = _year_command(
        commands,
        "verify",
        _verify,
        "tell whether a year's report is what the run made, and of what",
    )
    verify.add_argument("--output", type=Path, help="where the report is (default: reports/YEAR)")
    lab = commands.add_parser(
        "lab", help="open JupyterLab, the analyst's desk", description="Open JupyterLab."
    )
    lab.add_argument("words", nargs="*", metavar="OPTION", help="for JupyterLab, after --")
    lab.set_defaults(command=_lab)
    _add_shapes(commands)
    _add_beginnings(commands)
    return parser


def _add_run(commands: Commands) -> None:
    run = _year_command(commands, "run", _run, "make a year's pages, PDFs and data files")
    run.add_argument(
        "--only", nargs="+", metavar="NAME", default=[], help="only these documents (see list)"
    )
    run.add_argument(
        "--jobs",
        type=_positive,
        help="documents at a time (default: all cores)",
    )
    run.add_argument("--output", type=Path, help="where to put the result (default: reports/YEAR)")
    run.add_argument(
        "--time-limit",
        type=_positive,
        default=300,
        metavar="SECONDS",
        help="for each document (default: 300)",
    )
    run.add_argument("--why", action="store_true", help="say for each document why it was made")
    run.add_argument("--fresh", action="store_true", help="make everything, changed or not")
    run.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="make the documents on a Dask cluster (extra cluster)",
    )


def _add_shapes(commands: Commands) -> None:
    shapes = commands.add_parser("shapes", help="the areas' geometry").add_subparsers(
        required=True, metavar="COMMAND"
    )
    imported = shapes.add_parser("import", help="replace a division with polygons from a file")
    imported.add_argument("file", type=Path, help="GeoPackage, GeoJSON, shapefile, …")
    imported.add_argument(
        "--division", required=True, help="the layer's name, as division in year.toml"
    )
    imported.add_argument(
        "--crs", help="the file's coordinate system where it names none, e.g. EPSG:3006"
    )
    imported.set_defaults(command=_import_shapes)


def _add_beginnings(commands: Commands) -> None:
    first = commands.add_parser(
        "init", help="make a root for another municipality, with an invented first year"
    )
    first.add_argument("folder", type=Path, metavar="DIR", help="the root to make")
    for option, said in FOUNDING.items():
        first.add_argument(option, help=f"{said} (asked for when left out)")
    first.add_argument("--short-name", help="what the town is called (default: from the name)")
    first.add_argument("--crs", help="the map file's coordinate system where it names none")
    first.add_argument("--year", type=int, help="the first year (default: this year)")
    first.set_defaults(command=_init)
    new = commands.add_parser("new-year", help="make a year's folder from the year before")
    new.add_argument("year", type=int, help="the new year")
    new.set_defaults(command=_new_year)


def _year_command(
    commands: Commands,
    name: str,
    command: Callable[[argparse.Namespace], int],
    words: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words.capitalize() + ".")
    parser.add_argument("year", type=int, nargs="?", help="a folder in data/ (default: the newest)")
    parser.set_defaults(command=command)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _check(chosen: argparse.Namespace) -> int:
    from analysis import control, results, swedish
    from analysis.errors import Refusal

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
    from analysis import facts, results

    known = facts.as_json(results.of(chosen.year, chosen.root))
    _print_json(known)
    return 0


def _run(chosen: argparse.Namespace) -> int:
    from analysis import annual, swedish

    with _executor(chosen.scheduler) as executor:
        summary, folder = annual.run(
            chosen.year,
            chosen.root,
            only=chosen.only,
            output=chosen.output,
            jobs=chosen.jobs,
            time_limit=chosen.time_limit,
            fresh=chosen.fresh,
            executor=executor,
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
    from analysis.press import elsewhere

    return elsewhere.cluster(address)


def _verify(chosen: argparse.Namespace) -> int:
    from analysis import annual, paths
    from analysis.press import record

    home = paths.root(chosen.root)
    folder = annual.of_year(chosen.year, home, chosen.output)
    inputs = annual.inputs(home, chosen.year or paths.newest(home))
    findings = record.verify(folder, inputs)
    for finding in findings:
        print(finding, file=sys.stderr)
    if findings:
        print(f"{folder}: {len(findings)} avvikelser.", file=sys.stderr)
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

    answers = {option: getattr(chosen, option[2:]) or _asked(option) for option in FOUNDING}
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
    from analysis import differences, new_year, paths

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
    from analysis import catalogue, paths, shapes

    root = paths.root(chosen.root)
    code = catalogue.municipality(root).code
    for notice in shapes.import_division(
        root, chosen.file, chosen.division, code=code, crs=chosen.crs
    ):
        print(notice)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
