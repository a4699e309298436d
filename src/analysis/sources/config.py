"""What is declared of a place, a year and its questions: TOML files in, frozen records out."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from analysis import paths
from analysis.errors import nearest, refuse
from analysis.sources import toml
from analysis.sources.records import (
    SPLITS,
    DeliveredSource,
    Disclosure,
    Municipality,
    Name,
    Sentence,
    Source,
    Strict,
    SurveySource,
    Texts,
    Year,
)

__all__ = ["SPLITS", "DeliveredSource", "Disclosure", "Municipality", "SurveySource"]


class Indicator(Strict):
    """One survey question and what counts as the problem."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Name
    statement: Sentence
    question: Sentence = ""
    group: str
    answers: Texts = ()
    problem: Texts = ()
    no_answer: Texts = ()
    normal_share: float | None = Field(None, gt=0, lt=1)
    in_index: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not set(self.problem) <= set(self.answers) or bool(self.problem) != bool(self.answers):
            raise ValueError(f"problem {[*self.problem]} ska vara några av svaren i answers")
        if self.in_index and self.normal_share is None:
            raise ValueError("en fråga i indexet behöver normal_share")
        return self


class IndexModel(Strict):
    """One version of the index model: indicators, groups and how levels are made."""

    name: Name
    valid_from: int
    levels: Literal["interpolated", "integer"] = "interpolated"
    aggregate: Literal["pooled", "areas"] = "pooled"
    answers: int = Field(360, ge=1)
    breadth: float = Field(1.5, gt=0, le=10)
    groups: dict[str, Name]
    indicators: tuple[Indicator, ...]

    @model_validator(mode="after")
    def _known_groups(self) -> Self:
        keys = ["index", *self.groups, *(item.key for item in self.indicators)]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"nycklar som finns två gånger (fråga, grupp eller index): {twice}")
        if strangers := sorted({item.group for item in self.indicators} - set(self.groups)):
            raise ValueError(f"okända grupper: {strangers}")
        return self

    @property
    def labels(self) -> dict[str, str]:
        """List every spelling of a measure that a delivered table may use, and its key."""
        index = dict.fromkeys(("index", "problemindex", "totalindex"), "index")
        groups = {text: key for key, label in self.groups.items() for text in (key, label)}
        spelled = {item.key: (item.key, item.label, item.question) for item in self.indicators}
        questions = {text: key for key, texts in spelled.items() for text in texts if text}
        return index | groups | questions

    @property
    def question_keys(self) -> tuple[str, ...]:
        """Name the single questions."""
        return tuple(item.key for item in self.indicators)


class Versions(Strict):
    """The versions of the index model."""

    version: tuple[IndexModel, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """What is declared of a place, a year and its index model."""

    municipality: Municipality
    year: Year
    model: IndexModel | None


@dataclass(frozen=True, slots=True)
class Context:
    """What every frame of a year carries: its years, its place's words, its sources and breaks."""

    year: int
    earlier: int | None
    place: str
    genitive: str
    municipality: str
    whole: str
    unit_word: str
    kind: str
    source: str
    crime_source: str
    index_breaks: tuple[float, ...]
    share_breaks: tuple[float, ...]
    report_title: str

    def __deepcopy__(self, memo: object) -> Context:
        """Return itself: it never changes, and pandas copies it at every operation on a frame."""
        return self


def of(root: Path, number: int) -> Config:
    """Read all that is declared of a year. Raises Refusal with the faults of the first bad file."""
    return Config(municipality(root), year(root, number), model(root, number))


def context(declared: Config, earlier: int | None) -> Context:
    """Gather what the frames of a year carry; `earlier` is the year that it is compared with."""
    place, own = declared.municipality, declared.year
    main = own.delivered or own.survey
    title = "Årsanalys – medborgarlöftet" if own.promises else "Årsanalys"
    return Context(
        year=own.year,
        earlier=earlier,
        place=place.short_name,
        genitive=place.genitive,
        municipality=place.name,
        whole=f"hela {place.unit_word}",
        unit_word=place.unit_word,
        kind=main.kind if main else "register",
        source=main.source.rstrip(".") if main else "",
        crime_source=own.crime.source.rstrip(".") if own.crime else "",
        index_breaks=place.map.index_breaks,
        share_breaks=place.map.share_breaks,
        report_title=place.report_title or title,
    )


def municipality(root: Path) -> Municipality:
    """Read data/municipality.toml. Raises Refusal with every fault."""
    return toml.read(root, "municipality.toml", Municipality)


def year(root: Path, number: int) -> Year:
    """Read a year's year.toml. Raises Refusal with every fault, or naming the years there are."""
    name, known = f"{number}/year.toml", paths.years(root)
    if number not in known:
        there = f"År som finns: {', '.join(map(str, known)) or 'inga'}."
        raise refuse(f"Året {number} finns inte.", there, file=f"data/{name}")
    declared = toml.read(root, name, Year)
    if declared.year != number:
        what = f"year = {declared.year} står i mappen {number}."
        raise refuse(what, "Rätta årtalet.", file=f"data/{name}")
    return declared


def model(root: Path, number: int) -> IndexModel | None:
    """Read the index model valid in a year; None where there is none."""
    if not (root / "data/index_model.toml").exists():
        return None
    versions = toml.read(root, "index_model.toml", Versions).version
    valid = [version for version in versions if version.valid_from <= number]
    return max(valid, key=lambda version: version.valid_from, default=None)


def label_of(number: int, source: Source) -> str:
    """Name a source's file as messages do: data/2023/survey.csv."""
    return posixpath.normpath(f"data/{number}/{source.file}")


def path_of(root: Path, number: int, source: Source) -> Path:
    """Name a source's file after making sure that it is there, inside data/ and unchanged."""
    home, label = paths.of_data(root, number), label_of(number, source)
    path = home / source.file
    try:
        is_inside, is_file = path.resolve().is_relative_to(home.parent.resolve()), path.is_file()
    except (OSError, RuntimeError):  # a loop of links, a name too long for the disk
        is_inside, is_file = True, False
    if not is_inside:
        raise refuse("filen ligger utanför data/.", "Lägg den i årets mapp.", file=label)
    if not is_file:
        close = nearest(source.file, [item.name for item in home.iterdir() if item.is_file()])
        raise refuse(f"filen saknas; {close}", "Lägg den där, eller rätta file.", file=label)
    if source.sha256 and source.sha256 != (actual := fingerprint(path)):
        what = "filen är inte den som year.toml beskriver (sha256 stämmer inte)."
        remedy = f'Är filen den rätta: skriv sha256 = "{actual}" i year.toml.'
        raise refuse(what, remedy, file=label)
    return path


def fingerprint(path: Path) -> str:
    """Return the sha256 of a file as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
