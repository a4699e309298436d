"""What may stand in the TOML files: frozen records that know all their keys."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import (
    Field,
    StringConstraints,
    model_validator,
)

from analysis.sources.rawtable.layout import Layout, Strict, Texts

SPLITS = {"sex": "Kön", "age_group": "Ålder", "tenure": "Boendeform"}
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
People = Annotated[float, Field(ge=1, le=1e9, strict=True)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Disclosure(Strict):
    """When a number may be shown; policy, not law."""

    hide_below: int = Field(10, ge=1, strict=True)
    uncertain_below: int = Field(30, ge=1, strict=True)
    widest_share: float = Field(0.30, gt=0, strict=True)
    widest_index: float = Field(1.0, gt=0, strict=True)


class MapBreaks(Strict):
    """Class limits of the maps, the same in all years."""

    index_breaks: tuple[float, ...] = (0, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 6)
    share_breaks: tuple[float, ...] = (0, 0.05, 0.10, 0.20, 0.30, 0.40, 0.50, 1)

    @model_validator(mode="after")
    def _rising(self) -> MapBreaks:
        for breaks in (self.index_breaks, self.share_breaks):
            if list(breaks) != sorted(set(breaks)) or not 3 <= len(breaks) <= 8:
                raise ValueError("gränserna ska stiga och ge två till sju klasser")
        return self


class Municipality(Strict):
    """The municipality of a root."""

    name: Name
    short_name: Name
    code: str = Field(pattern=r"^\d{4}$")
    police_area: Sentence = ""
    contact: Sentence = ""
    priority_areas: tuple[str, ...] = ()
    disclosure: Disclosure = Disclosure()
    map: MapBreaks = MapBreaks()


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
    normal_share: float | None = Field(None, gt=0, lt=1, strict=True)
    in_index: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Indicator:
        strangers = set(self.problem) - set(self.answers)
        if strangers:
            raise ValueError(f"problemsvaren {sorted(strangers)} finns inte i svarsskalan")
        if self.in_index and self.normal_share is None:
            raise ValueError("en fråga i indexet behöver normal_share")
        return self


class IndexModel(Strict):
    """One version of the index model: indicators, groups and how levels are made."""

    name: Name
    valid_from: int
    levels: Literal["interpolated", "integer"] = "interpolated"
    aggregate: Literal["pooled", "areas"] = "pooled"
    answers: int = Field(360, ge=1, strict=True)
    breadth: float = Field(1.5, gt=0, le=10, strict=True)
    groups: dict[str, Name]
    indicators: tuple[Indicator, ...]

    @model_validator(mode="after")
    def _known_groups(self) -> IndexModel:
        keys = [indicator.key for indicator in self.indicators]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        strangers = sorted({item.group for item in self.indicators} - set(self.groups))
        if twice or strangers:
            raise ValueError(f"dubbla nycklar: {twice}; okända grupper: {strangers}")
        clash = sorted({"index", *self.groups} & set(keys) | {"index"} & set(self.groups))
        if clash:
            raise ValueError(f"samma nyckel för fråga, grupp eller index: {clash}")
        return self

    @property
    def labels(self) -> dict[str, str]:
        """List every spelling of a measure that a delivered table may use, and its key."""
        known = {word: "index" for word in ("index", "problemindex", "totalindex")}
        for key, label in self.groups.items():
            known |= {key: key, label: key}
        for item in self.indicators:
            spelled = (item.key, item.label, item.question)
            known |= {spelling: item.key for spelling in spelled if spelling}
        return known

    @property
    def question_keys(self) -> frozenset[str]:
        """Name the single questions."""
        return frozenset(item.key for item in self.indicators)

    def lacking(self, found: Collection[str]) -> list[str]:
        """Name what a file lacks that holds some, but not all, of the questions or the groups' indices."""
        questions = [item.key for item in self.indicators]
        wanted = [] if found and self.question_keys.isdisjoint(found) else questions
        wanted += [] if {*self.groups}.isdisjoint(found) else ["index", *self.groups]
        return [key for key in wanted if key not in found]


class Source(Layout):
    """One file of a year, where it came from and its fingerprint."""

    file: str = Field(max_length=200, pattern=r"^[^\x00-\x1f\\:*?\"<>|]+$")
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    source: Sentence
    synthetic: bool = False

    @property
    def label(self) -> str:
        """Name the file, where it comes from and whether it is made up."""
        return f"{self.file}: {self.source}{' (påhittat)' if self.synthetic else ''}"

    def _repr_markdown_(self) -> str:
        known = ((name, getattr(self, name)) for name in type(self).model_fields)
        rows = [f"| {name} | `{value}` |" for name, value in known if value]
        return "\n".join([f"**{self.label}**", "", "| | |", "|---|---|", *rows])


class SurveySource(Source):
    """Answers, one row per respondent."""

    invited: int = Field(ge=1, strict=True)
    fieldwork: Sentence = ""
    columns: dict[Literal["respondent", "area", "weight", "sex", "age_group", "tenure"], str]
    labels: dict[Literal["sex", "age_group", "tenure"], dict[str, Name]] = Field({})
    margins: dict[Literal["sex", "age_group", "tenure"], dict[str, People]] = Field({})
    indicators: dict[str, str] = Field({})
    not_asked: Texts = ()

    @model_validator(mode="after")
    def _labelled(self) -> SurveySource:
        missing = [name for name in ("area",) if name not in self.columns]
        missing += [name for name in self.labels if name not in self.columns]
        if missing:
            raise ValueError(f"columns saknar {', '.join(missing)}")
        for name, labels in self.labels.items():
            if len(set(labels.values())) < len(labels):
                raise ValueError(f"labels.{name} ger två värden samma ord")
        if len(set(self.columns.values())) < len(self.columns):
            raise ValueError("columns nämner samma kolumn två gånger")
        for name, people in self.margins.items():
            if set(people) != set(self.labels.get(name, {})):
                raise ValueError(f"margins.{name} ska ha samma värden som labels.{name}")
        return self


class DeliveredSource(Source):
    """The police's own table, area × indicator, wide or long."""

    form: Literal["wide", "long"]
    unit: Literal["index", "share", "percent"]
    columns: dict[Literal["area", "indicator", "value", "n", "lower", "upper"], str]
    indicators: dict[str, str] = Field({})
    not_asked: Texts = ()
    total: str | None = None
    invited: int | None = Field(None, ge=1, strict=True)
    answered: int | None = Field(None, ge=1, strict=True)
    fieldwork: Sentence = ""

    @model_validator(mode="after")
    def _whole(self) -> DeliveredSource:
        needed = ("area", "indicator", "value") if self.form == "long" else ("area",)
        missing = [name for name in needed if name not in self.columns]
        if missing:
            raise ValueError(f"columns saknar {', '.join(missing)}")
        if self.form == "wide" and {"indicator", "value"} & set(self.columns):
            raise ValueError('columns indicator och value hör till form = "long"')
        if self.invited and self.answered and self.answered > self.invited:
            raise ValueError("answered är större än invited")
        return self


class CrimeSource(Source):
    """Reported crime of the year; `total` is the row that all others are part of."""

    mean_population: float = Field(ge=100, le=1e9, strict=True)
    preliminary: bool = False
    columns: dict[Literal["code", "label", "parent", "count"], str] = Field({})
    total: str | None = None


class Year(Strict):
    """A year: its sources and its area division."""

    year: int = Field(ge=1990, le=2100, strict=True)
    synthetic: bool = False
    division: str = ""
    survey: SurveySource | None = None
    delivered: DeliveredSource | None = None
    crime: CrimeSource | None = None
    wastewater: Source | None = None
    promises: Source | None = None

    @property
    def sources(self) -> dict[str, Source]:
        """Name the sources that the year has."""
        kinds = ("survey", "delivered", "crime", "wastewater", "promises")
        return {kind: getattr(self, kind) for kind in kinds if getattr(self, kind) is not None}


class Versions(Strict):
    """The versions of the index model."""

    version: tuple[IndexModel, ...]


@dataclass(frozen=True, slots=True)
class Config:
    """What is declared of a municipality, a year and its index model."""

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
