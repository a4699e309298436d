"""The command line: words in, an exit code out (0 good, 1 refused or failed, 2 misused)."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

# What reckons, draws and publishes is imported where it is used: --help takes 0.1 s.
if TYPE_CHECKING:
    from analysis.publishing.build import Summary

EXAMPLES = """exempel:
  analysis run 2023                         alla sidor och pdf:er, till reports/2023/
  analysis run 2023 --only arsanalys brott  bara de dokumenten
  analysis shapes import regso.gpkg --division regso-2025
"""
MISUSED = {  # what argparse says, in Swedish
    r"unrecognized arguments: (.*)": r"okänt: \1",
    r".*invalid choice: '(.*?)' \(choose from (.*)\)": r"”\1” finns inte; välj bland \2",
    r"the following arguments are required: (.*)": r"saknas: \1",
    r"argument (.*?): expected .*": r"\1: ett värde saknas",
    r"argument (.*?): (.*)": r"\1: \2",
}


def main(words: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    from analysis.errors import Refusal

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    chosen = parser().parse_args(words)
    command: Callable[[argparse.Namespace], int | None] = chosen.command
    try:
        return command(chosen) or 0
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("\nAvbrutet. Inget nytt är publicerat. Kör om.", file=sys.stderr)
        return 130


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say in Swedish what was not understood."""
        for known, said in MISUSED.items():
            message = re.sub(known, said, message)
        self.exit(2, f"{self.prog}: {message}\n  → {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; `command` is the function to call."""
    found = _Parser(
        prog="analysis",
        description="En kommuns årliga trygghetsanalys.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    found.add_argument("--root", type=Path, help="kommunens mapp (annars den närmaste uppåt)")
    commands = found.add_subparsers(required=True, metavar="KOMMANDO")
    shapes = commands.add_parser("shapes", help="områdenas gränser")
    of_shapes = shapes.add_subparsers(required=True, metavar="KOMMANDO")
    for name, (run, words) in COMMANDS.items():
        group = of_shapes if name == "import" else commands
        added = group.add_parser(name, help=words, description=f"{words.capitalize()}.")
        added.set_defaults(command=run)
        for option, about in OPTIONS[name].items():
            added.add_argument(option, **about)
    return found


def _number(pattern: str, fault: str) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not re.fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"”{text}” är {fault}")
        return int(text)

    return number


def _check(chosen: argparse.Namespace) -> int | None:
    from analysis import results, swedish
    from analysis.errors import Refusal
    from analysis.text import quality

    try:
        this_year = results.of(chosen.year, chosen.root)
    except Refusal as refusal:
        if not chosen.json:
            raise
        found = [finding.record for finding in refusal.findings]
        print(json.dumps({"holds": False, "findings": found}, ensure_ascii=False, indent=1))
        return 1
    checks = quality.checks(this_year)
    bad = sum(not check.is_good for check in checks)
    if chosen.json:
        said = {"year": this_year.year, "holds": not bad, "findings": []}
        said["checks"] = [asdict(check) for check in checks]
        print(json.dumps(said, ensure_ascii=False, indent=1))
        return None
    verdict = f"{swedish.counted(bad, 'varning', 'varningar')}." if bad else "underlaget håller."
    print(*checks, f"{this_year.context.municipality} {this_year.year}: {verdict}", sep="\n")
    return None


def _list(chosen: argparse.Namespace) -> None:
    from analysis import paths, report

    home = paths.root(chosen.root)
    documents = report.documents(home, paths.chosen(home, chosen.year))
    listed = [f"{document.name:<34} {document.title}" for document in documents]
    print(*listed, *report.unlisted(home), sep="\n")


def _run(chosen: argparse.Namespace) -> int:
    from analysis import paths, report
    from analysis.publishing.build import Options

    only, jobs = frozenset(chosen.only), {"jobs": chosen.jobs} if chosen.jobs else {}
    options = Options(only=only, fresh=chosen.fresh, time_limit=chosen.time_limit, **jobs)
    if chosen.scheduler:  # with the extra `cluster`
        from distributed import Client

        client: Any = Client(chosen.scheduler)  # type: ignore[no-untyped-call]
        options = replace(options, executor=client.get_executor(pure=False))
    summary, folder = report.run(chosen.year, chosen.root, options, chosen.output)
    for failure in summary.failed:
        print(f"! {failure}", file=sys.stderr)
    print(*_said(summary, folder), *report.unlisted(paths.root(chosen.root)), sep="\n")
    return 1 if summary.failed else 0


def _said(summary: Summary, folder: Path) -> Iterator[str]:
    """Say what was made, and which pages do not agree with the others."""
    if summary.failed:
        yield f"{len(summary.failed)} dokument misslyckades; halvkörda: {summary.notebooks}"
    if summary.old:
        titles = ", ".join(document.title for document in summary.old)
        yield f"Av ett äldre underlag än de övriga: {titles}."
    if not summary.is_whole:
        yield "Zip-filen finns inte förrän alla dokument är gjorda."
    yield f"Klart: {len(summary.made)} dokument, {len(summary.kept)} oförändrade. Öppna:"
    documents = [one for one in (*summary.made, *summary.kept) if "/" not in one.path]
    made = [f"{one.path}.{kind}" for one in documents for kind in one.formats]
    for name in sorted(made, key=lambda name: name != "index.html"):
        yield f"  {folder / name}"  # pages of areas are reached from the first


def _lab(chosen: argparse.Namespace) -> None:
    """Open JupyterLab in the root's notebooks, at the first one to read; ends when Lab ends."""
    from analysis import paths, report
    from analysis.errors import refuse

    try:
        from jupyterlab.labapp import LabApp
    except ImportError:
        raise refuse("JupyterLab är inte installerat.", "Kör: make lab") from None
    ours = Path(__file__).parent / "templates" / "jupyter"  # asks no one whether they want news
    theirs = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [str(ours), theirs]))
    os.environ["PYTHONSTARTUP"] = str(ours / "startup")
    folder, first = paths.notebooks(paths.root(chosen.root)), f"{report.FIRST_TO_READ}.ipynb"
    place = f"--LabApp.default_url=/lab{f'/tree/{first}' if (folder / first).is_file() else ''}"
    quiet = "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"
    LabApp.launch_instance(argv=[f"--ServerApp.root_dir={folder}", place, quiet, *chosen.words])


def _init(chosen: argparse.Namespace) -> None:
    from analysis import begin

    names = [option.strip("-").replace("-", "_") for option in OPTIONS["init"]]
    print(*begin.place(**{name: getattr(chosen, name) for name in names}), sep="\n")


def _new_year(chosen: argparse.Namespace) -> None:
    from analysis import begin, paths

    print(*begin.year(paths.root(chosen.root), chosen.year), sep="\n")


def _import_shapes(chosen: argparse.Namespace) -> None:
    from analysis import paths
    from analysis.sources import boundaries, config

    root = paths.root(chosen.root)
    code, named = config.municipality(root).code, vars(chosen)
    given = {name: named[name] for name in ("division", "crs", "name_column")}
    print(*boundaries.import_division(root, chosen.file, code=code, **given), sep="\n")


_year = _number(r"[12]\d{3}", "inget år; skriv till exempel 2023")
_count = _number(r"[1-9]\d*", "inget antal; skriv 1 eller mer")
MAP_FILE = {
    "--name-column": {"help": "kolumnen med områdenas namn (annars hittas den)"},
    "--crs": {"help": "koordinatsystem, om filen inte nämner något: EPSG:3006"},
}
YEAR = {"type": _year, "nargs": "?", "help": "en mapp i data/ (annars det nyaste året)"}
OPTIONS: dict[str, dict[str, dict[str, Any]]] = {
    "new-year": {"year": {"type": _year, "help": "det nya året"}},
    "init": {
        "folder": {"type": Path, "metavar": "MAPP", "help": "mappen som ska göras"},
        "--name": {"required": True, "help": "kommunens namn: Lillstads kommun"},
        "--code": {"required": True, "help": "kommunkod, fyra siffror"},
        "--geometry": {"required": True, "type": Path, "help": "områdenas kartfil"},
        "--short-name": {"help": "ortens namn (annars ur kommunens)"},
        **MAP_FILE,
        "--year": {"type": _year, "help": "första året (annars i år)"},
    },
    "check": {"year": YEAR, "--json": {"action": "store_true", "help": "allt, som JSON"}},
    "run": {
        "year": YEAR,
        "--only": {"nargs": "+", "metavar": "NAMN", "default": [], "help": "bara dessa (se list)"},
        "--fresh": {"action": "store_true", "help": "gör allt, ändrat eller inte"},
        "--jobs": {"type": _count, "help": "dokument åt gången (annars datorns kärnor)"},
        "--output": {"type": Path, "help": "var resultatet läggs (annars reports/ÅR)"},
        "--time-limit": {"type": _count, "default": 300, "help": "sekunder för varje dokument"},
        "--scheduler": {"metavar": "ADRESS", "help": "kör på ett Dask-kluster"},
    },
    "list": {"year": YEAR},
    "lab": {"words": {"nargs": "*", "metavar": "VAL", "help": "till JupyterLab, efter --"}},
    "import": {
        "file": {"type": Path, "help": "GeoPackage, GeoJSON, shapefile …"},
        "--division": {"required": True, "help": "indelningens namn, som i year.toml"},
        **MAP_FILE,
    },
}
COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int | None], str]] = {
    "new-year": (_new_year, "gör ett nytt års mapp från året före"),
    "init": (_init, "gör en mapp för en annan kommun, med ett påhittat första år"),
    "check": (_check, "säg om årets underlag håller, utan att köra något"),
    "run": (_run, "gör årets sidor, pdf:er och datafiler"),
    "list": (_list, "lista årets dokument"),
    "lab": (_lab, "öppna JupyterLab, analytikerns skrivbord"),
    "import": (_import_shapes, "byt en indelning mot ytor ur en fil"),
}

if __name__ == "__main__":
    raise SystemExit(main())
