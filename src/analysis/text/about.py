"""What the report says of itself: what it is, how it was made and is read, and where the rest is."""

from __future__ import annotations

import tomllib
from pathlib import Path

from analysis import paths
from analysis.errors import nearest, refuse
from analysis.figures.figure import Notice, Text
from analysis.results import Results
from analysis.sources import config
from analysis.text.sentences import said, say, told

REPORTS = "data/reports.toml"


def title(this_year: Results, what: str, *, area: str = "", part: str = "") -> Text:
    """Name the document; the only heading of the first level.

    Args:
        area: the id of the area that it is about.
        part: what it tells of `what`, such as "fråga för fråga".

    Raises:
        Refusal: for an area that the year does not have; it names the nearest.
    """
    names = {"": "", **dict(zip(this_year.areas["area"], this_year.areas["name"], strict=True))}
    if area not in names:
        raise refuse(f"området ”{area}” finns inte {this_year.year}.", nearest(area, names))
    return Text(say(this_year, "about.title", what=what, part=part, where=names[area]))


def notice(this_year: Results) -> Notice | None:
    """Say which data are made up, when any are: a line in bold, and the whole of it."""
    sources = this_year.config.year.sources
    made_up = [kind for kind, source in sources.items() if source.synthetic]
    if not (this_year.config.year.synthetic or made_up):
        return None
    return Notice(say(this_year, "about.notice", kinds=made_up or list(sources)))


def text(this_year: Results, part: str) -> Text | None:
    """Return the texts of data/YEAR/text/ whose file names begin with a part, headings lowered."""
    chosen = [words for stem, words in sorted(this_year.texts.items()) if stem.startswith(part)]
    lines = "\n\n".join(filter(is_written, chosen)).splitlines()
    lowered = [f"#{line}" if line.startswith("#") else line for line in lines]
    return told("\n".join(lowered))


def is_written(words: str) -> bool:
    """Tell a text from its headings alone, which a new year begins with."""
    return any(line.strip() and not line.startswith("#") for line in words.splitlines())


def method(this_year: Results, *kinds: str) -> Text:
    """Say how the figures were made and where they come from: all sources, or those of some kinds."""
    declared = this_year.config.year.sources
    sources = {kind: source for kind, source in declared.items() if not kinds or kind in kinds}
    return Text(
        say(
            this_year,
            "method.method",
            has={kind: kind in sources for kind in ("survey", "delivered", "crime")},
            sources=[source.source for source in sources.values()],
            hidden=say(this_year, "how_to_read.hidden"),
        )
    )


def how_to_read(this_year: Results) -> Text | None:
    """Say what the report's numbers and marks mean, and the rule of what is not shown."""
    return told(say(this_year, "how_to_read.reading"))


def short_method(this_year: Results) -> Text:
    """Say in short how to read the figures of an area, and where the rest is told."""
    return Text(say(this_year, "how_to_read.short"))


def own_pages(this_year: Results) -> Text | None:
    """Say that every area has a page of its own, and link to those of the priority areas."""
    chosen = this_year.areas.query("is_priority").to_dict("records")
    return told(said("about.own_pages", priority=chosen) if this_year.main else "")


def contents(this_year: Results) -> Text:
    """Link to the year's documents, as data/reports.toml lists them."""
    own = this_year.root / REPORTS
    file = own if own.is_file() else Path(__file__).resolve().parents[3] / REPORTS
    parts = _parts(this_year)
    rows = [
        {"path": row["notebook"], "title": row["notebook"], "formats": ["pdf"], **row}
        for row in tomllib.loads(file.read_text("utf-8"))["reports"]
        if parts.get(row.get("when", ""), True) and "each" not in row and row.get("shared", True)
    ]
    return Text(said("about.contents", rows=[row for row in rows if row["path"] != "index"]))


def _parts(this_year: Results) -> dict[str, bool]:
    """Tell which parts the year has."""
    return {
        "survey": this_year.main is not None,
        "map": bool(this_year.areas["geometry"].notna().any()),
        "crime": not this_year.crime.empty,
        "wastewater": not this_year.wastewater.empty,
        "promises": not this_year.promises.empty,
        "texts": any(map(is_written, this_year.texts.values())),
    }


def downloads(this_year: Results) -> Text:
    """Link to the data files, and to the zip of everything that may leave the house."""
    changes = bool(this_year.changes["difference"].notna().any())
    return Text(say(this_year, "about.downloads", changes=changes, **_parts(this_year)))


def absent(this_year: Results) -> Text | None:
    """Name the parts that are left out though the year before has them."""
    before, parts = this_year.year - 1, _parts(this_year)
    sources = this_year.config.year.sources
    if before in paths.years(this_year.root):
        sources = config.year(this_year.root, before).sources
    missing = [kind for kind in sources if not parts.get(kind, True)]
    return told(say(this_year, "about.absent", parts=missing) if missing else "")


def accessibility(this_year: Results) -> Text:
    """State how accessible the pages are, as the law on accessible public services asks."""
    return Text(say(this_year, "accessibility.statement"))
