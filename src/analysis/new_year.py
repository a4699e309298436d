"""A year's folder made from the year before: its year.toml to fill in, its texts to write."""

from __future__ import annotations

import re
from pathlib import Path

from analysis import paths
from analysis.errors import refuse
from analysis.paths import atomically
from analysis.sources import catalogue

FILL_IN = "FYLL I"
# What is of one year only: to be filled in, or gone until the new file is locked.
EVERY_YEAR = re.compile(r"(invited|answered|mean_population)\s*=")
LOCKS = re.compile(r"(sha256|rows)\s*=")
TOLD = re.compile(r"(source|fieldwork|file|total)\s*=")
MARGINS = re.compile(r"\[\w+\.margins\.\w+\]")


def prepare(root: Path, number: int) -> list[str]:
    """Make what data/YEAR lacks from the year before; returns the names of what was made.

    What is there stays as it is, so that the command can be run again.

    Raises:
        Refusal: where there is no year before to go by.
    """
    if number - 1 not in paths.years(root):
        there = ", ".join(map(str, paths.years(root))) or "inga"
        what = f"{number - 1} finns inte, så det finns inget år att utgå från."
        raise refuse(what, f"År som finns: {there}.", file=f"data/{number - 1}/year.toml")
    catalogue.year(root, number - 1)
    home, before = (paths.of_data(root, year) for year in (number, number - 1))
    wanted = {"year.toml": _declared((before / "year.toml").read_text("utf-8"), number)}
    for path in sorted((before / "text").glob("*.md")):
        wanted[f"text/{path.name}"] = _headings(path.read_text("utf-8"))
    made = []
    for name, content in wanted.items():
        if not (home / name).exists():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            with atomically(home / name) as beside:
                beside.write_text(content, "utf-8")
            made.append(f"data/{number}/{name}")
    return made


def to_fill_in(root: Path, number: int) -> list[str]:
    """List the lines of a year's year.toml that are still to be filled in."""
    file = paths.of_data(root, number) / "year.toml"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return [f"rad {at}: {line.strip('# ')}" for at, line in enumerate(lines, 1) if FILL_IN in line]


def _declared(text: str, number: int) -> str:
    """Carry a year.toml over to the next year: what is of one year only is commented out."""
    lines, is_margin = [], False
    for line in text.splitlines():
        if line.startswith("["):
            is_margin = bool(MARGINS.match(line))
        if LOCKS.match(line):
            continue
        if EVERY_YEAR.match(line) or (is_margin and "=" in line):
            name = line.partition("=")[0].strip()
            line = f"# {name} =   # {FILL_IN}: årets siffra, och ta bort # först på raden"
        elif TOLD.match(line):
            line = line.replace(str(number - 1), str(number))
        elif line.startswith("year"):
            line = re.sub(r"\d{4}", str(number), line, count=1)
        lines.append(line)
    return "\n".join(lines) + "\n"


def _headings(text: str) -> str:
    """Keep the headings of a text."""
    return "\n\n".join(line for line in text.splitlines() if line.startswith("#")) + "\n"
