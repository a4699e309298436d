"""The command line: words in, an exit code out (0 good, 1 refused or failed, 2 misused)."""

from __future__ import annotations

import argparse
import datetime
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
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

# Forms that nbconvert makes with programs that are not installed here; Lab does not offer them.
ELSEWHERE = ("ASCIIDoc", "Latex", "PDF", "QtPDF", "QtPNG", "RST", "WebPDF")


def main(words: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    from analysis.errors import Refusal

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    chosen = vars(parser().parse_args(words))
    command: Callable[..., int | None] = chosen.pop("command")
    try:
        return command(**chosen) or 0
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
    for name, (run, options, words) in COMMANDS.items():
        group = of_shapes if name == "import" else commands
        added = group.add_parser(name, help=words, description=f"{words.capitalize()}.")
        added.set_defaults(command=run)
        for option in options.split():
            added.add_argument(option, **OPTIONS[option])
    return found


def _check(root: Path | None, year: int | None) -> None:
    from analysis import results, swedish
    from analysis.text import quality

    this_year = results.of(year, root)
    checks = quality.checks(this_year)
    bad = sum(not check.is_good for check in checks)
    verdict = f"{swedish.counted(bad, 'varning', 'varningar')}." if bad else "underlaget håller."
    print(*checks, f"{this_year.context.municipality} {this_year.year}: {verdict}", sep="\n")


def _list(root: Path | None, year: int | None) -> None:
    from analysis import paths, report

    home = paths.root(root)
    documents = report.documents(home, paths.chosen(home, year))
    listed = [f"{document.name:<34} {document.title}" for document in documents]
    print(*listed, *report.unlisted(home), sep="\n")


def _run(
    root: Path | None, year: int | None, output: Path | None, scheduler: str, **chosen: Any
) -> int:
    from analysis import paths, report
    from analysis.publishing.build import Options

    if scheduler:  # with the extra `cluster`
        from distributed import Client

        client: Any = Client(scheduler)  # type: ignore[no-untyped-call]
        chosen["executor"] = client.get_executor(pure=False)
    options = Options(**{**chosen, "only": frozenset(chosen["only"])})
    summary, folder = report.run(year, root, options, output)
    for failure in summary.failed:
        print(f"! {failure}", file=sys.stderr)
    print(*_said(summary, folder), *report.unlisted(paths.root(root)), sep="\n")
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


def _lab(root: Path | None, words: Sequence[str]) -> None:
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
    folder, first = paths.notebooks(paths.root(root)), f"{report.FIRST_TO_READ}.ipynb"
    place = f"--LabApp.default_url=/lab{f'/tree/{first}' if (folder / first).is_file() else ''}"
    quiet = ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    quiet += [f"--{name}Exporter.enabled=False" for name in ELSEWHERE]
    LabApp.launch_instance(argv=[f"--ServerApp.root_dir={folder}", place, *quiet, *words])


def _init(root: Path | None, year: int | None, **place: Any) -> None:
    from analysis import begin

    print(*begin.place(year=year or datetime.date.today().year, **place), sep="\n")


def _new_year(root: Path | None, new_year: int) -> None:
    from analysis import begin, paths

    print(*begin.year(paths.root(root), new_year), sep="\n")


def _import(root: Path | None, file: Path, **named: Any) -> None:
    from analysis import paths
    from analysis.sources import boundaries, config

    home = paths.root(root)
    code = config.municipality(home).code
    print(*boundaries.import_division(home, file, code=code, **named), sep="\n")


def _year(text: str) -> int:
    if not re.fullmatch(r"[12]\d{3}", text):
        raise argparse.ArgumentTypeError(f"”{text}” är inget år; skriv till exempel 2023")
    return int(text)


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d*", text):
        raise argparse.ArgumentTypeError(f"”{text}” är inget antal; skriv 1 eller mer")
    return int(text)


OPTIONS: dict[str, dict[str, Any]] = {
    "year": {"type": _year, "nargs": "?", "help": "en mapp i data/ (annars det nyaste året)"},
    "new_year": {"type": _year, "metavar": "year", "help": "det nya året"},
    "folder": {"type": Path, "metavar": "MAPP", "help": "mappen som ska göras"},
    "file": {"type": Path, "help": "GeoPackage, GeoJSON, shapefile …"},
    "words": {"nargs": "*", "metavar": "VAL", "help": "till JupyterLab, efter --"},
    "--name": {"required": True, "help": "kommunens namn: Lillstads kommun"},
    "--code": {"required": True, "help": "kommunens kod, fyra siffror, eller länets, två"},
    "--geometry": {"required": True, "type": Path, "help": "områdenas kartfil"},
    "--year": {"type": _year, "help": "första året (annars i år)"},
    "--division": {"required": True, "help": "indelningens namn, som i year.toml"},
    "--name-column": {"help": "kolumnen med områdenas namn (annars hittas den)"},
    "--crs": {"help": "koordinatsystem, om filen inte nämner något: EPSG:3006"},
    "--only": {"nargs": "+", "metavar": "NAMN", "default": [], "help": "bara dessa (se list)"},
    "--fresh": {"action": "store_true", "help": "gör allt, ändrat eller inte"},
    "--jobs": {"type": _count, "default": os.cpu_count() or 1, "help": "dokument åt gången"},
    "--output": {"type": Path, "help": "var resultatet läggs (annars reports/ÅR)"},
    "--time-limit": {"type": _count, "default": 300, "help": "sekunder för varje dokument"},
    "--scheduler": {"metavar": "ADRESS", "help": "kör på ett Dask-kluster"},
}
RUN = "year --only --fresh --jobs --output --time-limit --scheduler"
INIT = "folder --name --code --geometry --crs --year"
IMPORT = "file --division --name-column --crs"
COMMANDS: dict[str, tuple[Callable[..., int | None], str, str]] = {
    "new-year": (_new_year, "new_year", "gör ett nytt års mapp från året före"),
    "init": (_init, INIT, "gör en mapp för en annan kommun, med ett första år att fylla i"),
    "check": (_check, "year", "säg om årets underlag håller, utan att köra något"),
    "run": (_run, RUN, "gör årets sidor, pdf:er och datafiler"),
    "list": (_list, "year", "lista årets dokument"),
    "lab": (_lab, "words", "öppna JupyterLab, analytikerns skrivbord"),
    "import": (_import, IMPORT, "byt en indelning mot ytor ur en fil"),
}

if __name__ == "__main__":
    raise SystemExit(main())
