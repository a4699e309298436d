"""What may be written on the command line: the commands and their options, in words."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; `command` is the chosen command's name."""
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
        commands, "check", "tell whether a year's data hold, without running a notebook"
    )
    check.add_argument("--json", action="store_true", help="every fault and check, as JSON")
    _year_command(commands, "list", "list a year's documents")
    _year_command(commands, "facts", "print every number of the report's sentences, as JSON")
    _add_run(commands)
    verify = _year_command(
        commands,
        "verify",
        "tell whether a year's report is what the run made, and of what",
    )
    verify.add_argument("--output", type=Path, help="where the report is (default: reports/YEAR)")
    lab = commands.add_parser(
        "lab", help="open JupyterLab, the analyst's desk", description="Open JupyterLab."
    )
    lab.add_argument("words", nargs="*", metavar="OPTION", help="for JupyterLab, after --")
    lab.set_defaults(command="lab")
    _add_shapes(commands)
    _add_beginnings(commands)
    return parser


def _add_run(commands: Commands) -> None:
    run = _year_command(commands, "run", "make a year's pages, PDFs and data files")
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
    imported.set_defaults(command="import_shapes")


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
    first.set_defaults(command="init")
    new = commands.add_parser("new-year", help="make a year's folder from the year before")
    new.add_argument("year", type=int, help="the new year")
    new.set_defaults(command="new_year")


def _year_command(
    commands: Commands,
    name: str,
    words: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words.capitalize() + ".")
    parser.add_argument("year", type=int, nargs="?", help="a folder in data/ (default: the newest)")
    parser.set_defaults(command=name)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number
