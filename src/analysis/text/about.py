"""What the report says of itself: what it is, how it was made and is read, and where the rest is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from analysis.errors import nearest, refuse
from analysis.figures import wording
from analysis.figures.figure import Notice, Text
from analysis.results import Results
from analysis.text.patterns import paragraph, said

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
    return Text(said("about.title", what=what, part=part, area=names[area], **_words(this_year)))


def _words(this_year: Results) -> dict[str, Any]:
    words = this_year.context
    own = {name: getattr(words, name) for name in ("year", "place", "unit_word", "municipality")}
    return own | {"contact": str(this_year.config.municipality.contact)}


def notice(this_year: Results) -> Notice | None:
    """Say which data are made up, when any are: a line in bold, and the whole of it."""
    sources = this_year.config.year.sources
    made_up = [kind for kind, source in sources.items() if source.synthetic]
    if not (this_year.config.year.synthetic or made_up):
        return None
    return Notice(said("about.notice", kinds=made_up or list(sources), **_words(this_year)))


def text(this_year: Results, part: str) -> Text | None:
    """Return the texts of data/YEAR/text/ whose file names begin with a part, headings lowered."""
    chosen = [words for stem, words in sorted(this_year.texts.items()) if stem.startswith(part)]
    lines = "\n\n".join(filter(is_written, chosen)).splitlines()
    lowered = [f"#{line}" if line.startswith("#") else line for line in lines]
    return paragraph("\n".join(lowered))


def is_written(words: str) -> bool:
    """Tell a text from its headings alone, which a new year begins with."""
    return any(line.strip() and not line.startswith("#") for line in words.splitlines())


def method(this_year: Results, *kinds: str) -> Text:
    """Say how the figures were made and where they come from: all sources, or those of some kinds."""
    declared = this_year.config.year.sources
    sources = {kind: source for kind, source in declared.items() if not kinds or kind in kinds}
    reading = _reading(this_year)
    return Text(
        said(
            "method.method",
            is_computed="survey" in sources,
            is_delivered="delivered" in sources,
            is_crime="crime" in sources,
            sources=[source.source for source in sources.values()],
            hidden=said("how_to_read.hidden", **reading),
            **reading,
        )
    )


def _reading(this_year: Results) -> dict[str, Any]:
    """Return what decides how figures are read: what there is of margins, counts and tests."""
    now = this_year.estimates.query("year == @this_year.year")
    policy = this_year.config.municipality.disclosure
    is_survey = this_year.context.kind == "survey"
    return {
        "is_survey": is_survey and this_year.main is not None,
        "is_index": is_survey and this_year.main == "index",
        "margins": bool(now["lower"].notna().any()),
        "counts": bool(now["n"].notna().any()),
        "tested": bool(this_year.changes["verdict"].isin(wording.TESTED).any()),
        "hide_below": policy.hide_below,
        "uncertain_below": policy.uncertain_below,
    }


def how_to_read(this_year: Results) -> Text | None:
    """Say what the report's numbers and marks mean, and the rule of what is not shown."""
    return paragraph(said("how_to_read.reading", **_reading(this_year)))


def short_method(this_year: Results) -> Text:
    """Say in short how to read the figures of an area, and where the rest is told."""
    return Text(said("how_to_read.short", **_reading(this_year)))


def own_pages(this_year: Results) -> Text | None:
    """Say that every area has a page of its own."""
    return paragraph(said("about.own_pages") if this_year.main else "")


def contents(this_year: Results) -> Text:
    """Link to the year's documents, as data/reports.toml lists them."""
    own = this_year.root / REPORTS
    file = own if own.is_file() else Path(__file__).resolve().parents[3] / REPORTS
    parts = _parts(this_year)
    rows = [
        {
            "path": row.get("path", row["notebook"]),
            "title": row.get("title", row["notebook"]),
            "pdf": "pdf" in row.get("formats", ["pdf"]),
        }
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
    year = this_year.year
    return Text(said("about.downloads", changes=changes, year=year, **_parts(this_year)))


def absent(this_year: Results) -> Text | None:
    """Name the parts that are left out because the year has no data for them."""
    missing = [part for part, is_there in _parts(this_year).items() if not is_there]
    words = _words(this_year)
    return paragraph(said("about.absent", parts=missing, **words) if missing else "")


def accessibility(this_year: Results) -> Text:
    """State how accessible the pages are, as the law on accessible public services asks."""
    return Text(said("accessibility.statement", **_words(this_year)))
