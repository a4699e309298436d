"""What the TOML files may say of a place, a year and its questions: frozen records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from analysis.sources.layout import Layout, Shown, Strict, Texts

SPLITS = {"sex": "Kön", "age_group": "Ålder", "tenure": "Boendeform"}
CLUSTERS = "svar i kluster räknas inte här (för smala felmarginaler); lämna dem som [delivered]"
Split = Literal["sex", "age_group", "tenure"]
Column = Literal["respondent", "area", "weight", "cluster", "sex", "age_group", "tenure"]
CrimeColumn = Literal["code", "label", "parent", "count", "area", "mean_population"]
CRIME: tuple[CrimeColumn, ...] = ("code", "label", "parent", "count")
Sentence = Annotated[Shown, StringConstraints(strip_whitespace=True, max_length=500)]
Name = Annotated[Sentence, StringConstraints(min_length=1, max_length=120)]
UnitWord = Literal["kommunen", "regionen", "staden"]
Breaks = Annotated[tuple[float, ...], AfterValidator(lambda breaks: _rising(breaks))]


class Disclosure(Strict):
    """When a number may be shown; policy, not law."""

    hide_below: int = Field(10, ge=1)
    uncertain_below: int = Field(30, ge=1)
    widest_share: float = Field(0.30, gt=0)
    widest_index: float = Field(1.0, gt=0)


class MapBreaks(Strict):
    """Class limits of the maps, the same in all years."""

    index_breaks: Breaks = (0, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 6)
    share_breaks: Breaks = (0, 0.05, 0.10, 0.20, 0.30, 0.40, 0.50, 1)


def _rising(breaks: tuple[float, ...]) -> tuple[float, ...]:
    if list(breaks) != sorted(set(breaks)) or not 3 <= len(breaks) <= 8:
        raise ValueError("gränserna ska stiga och ge två till sju klasser")
    return breaks


class Contact(Strict):
    """Whom a reader turns to."""

    name: Sentence = ""
    telephone: Sentence = ""
    email: Sentence = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.name, self.telephone, self.email)))


class Municipality(Strict):
    """A place and its words: a municipality of four digits, or a region of two."""

    name: Name
    short_name: Name
    code: str = Field(pattern=r"^\d{2}(\d{2})?$")
    genitive: Name = Field(default_factory=lambda own: own["short_name"].removesuffix("s") + "s")
    unit_word: UnitWord = Field(default_factory=lambda given: _unit_word(given))
    report_title: Sentence = ""
    police_area: Sentence = ""
    contact: Contact = Contact()
    priority_areas: tuple[str, ...] = ()
    disclosure: Disclosure = Disclosure()
    map: MapBreaks = MapBreaks()


def _unit_word(given: dict[str, Any]) -> UnitWord:
    if len(given.get("code", "")) == 2:
        return "regionen"
    return "staden" if given.get("name", "").endswith(" stad") else "kommunen"


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
    def _consistent(self) -> Indicator:
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
    def _known_groups(self) -> IndexModel:
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


class Source(Layout):
    """One file of a year, where it came from and its fingerprint."""

    file: str = Field(max_length=200, pattern=r"^[^\x00-\x1f\\:*?\"<>|]+$")
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    source: Sentence
    synthetic: bool = False


class SurveySource(Source):
    """Answers, one row per respondent."""

    invited: int = Field(ge=1)
    fieldwork: Sentence = ""
    columns: dict[Column, str]
    labels: dict[Split, dict[str, Name]] = Field({})
    margins: dict[Split, dict[str, Annotated[float, Field(ge=1, le=1e9)]]] = Field({})
    indicators: dict[str, str] = Field({})
    not_asked: Texts = ()
    scale_checked: Texts = ()
    kind: Literal["survey"] = "survey"

    @model_validator(mode="after")
    def _labelled(self) -> SurveySource:
        _require_columns(self.columns, ["area", *self.labels])
        if "cluster" in self.columns:
            raise ValueError(CLUSTERS)
        for name, labels in self.labels.items():
            if len(set(labels.values())) < len(labels):
                raise ValueError(f"labels.{name} ger två värden samma ord")
        for name, people in self.margins.items():
            if set(people) != set(self.labels.get(name, {})):
                raise ValueError(f"margins.{name} ska ha samma värden som labels.{name}")
        return self


class DeliveredSource(Source):
    """A table that someone else reckoned, area × measure, wide or long."""

    kind: Literal["survey", "register"] = "survey"
    form: Literal["wide", "long"]
    unit: Literal["index", "share", "percent", "number"]
    unit_name: Name | None = None  # of a number, as readers say it
    decimals: int | None = Field(None, ge=0, le=6)  # as delivered when None
    high_is_bad: bool = True
    columns: dict[Literal["area", "indicator", "value", "n", "lower", "upper"], str]
    labels: dict[str, Name] = Field({})  # short ones, by the file's own
    indicators: dict[str, str] = Field({})
    not_asked: Texts = ()
    scale_checked: Texts = ()
    total: str | None = None  # the row of the whole place
    reference: str | None = None  # the row of the country or the county
    invited: int | None = Field(None, ge=1)
    answered: int | None = Field(None, ge=1)
    fieldwork: Sentence = ""

    @model_validator(mode="after")
    def _whole(self) -> DeliveredSource:
        long = ["indicator", "value"] if self.form == "long" else []
        _require_columns(self.columns, ["area", *long])
        if self.form == "wide" and {"indicator", "value"} & set(self.columns):
            raise ValueError('columns indicator och value hör till form = "long"')
        if self.unit == "number" and self.unit_name is None:
            raise ValueError('unit = "number" behöver unit_name, till exempel "kronor"')
        if (self.answered or 0) > (self.invited or self.answered or 0):
            raise ValueError("answered är större än invited")
        return self


def _require_columns(columns: Mapping[Any, str], needed: Iterable[str]) -> None:
    if missing := [name for name in needed if name not in columns]:
        raise ValueError(f"columns saknar {', '.join(missing)}")
    if len(set(columns.values())) < len(columns):
        raise ValueError("columns nämner samma kolumn två gånger")


class CrimeSource(Source):
    """Reported crime of the year; `total` is the row that all others are part of."""

    mean_population: float = Field(ge=100, le=1e9)
    preliminary: bool = False
    columns: dict[CrimeColumn, str] = Field({name: name for name in CRIME})
    total: str | None = None

    @model_validator(mode="after")
    def _counted(self) -> CrimeSource:
        people = ["mean_population"] if "area" in self.columns else []
        _require_columns(self.columns, ["label", "count", *people])
        return self


class Year(Strict):
    """A year: its sources and its area division."""

    year: int = Field(ge=1990, le=2100)
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
        return {kind: source for kind, source in self if isinstance(source, Source)}


class Versions(Strict):
    """The versions of the index model."""

    version: tuple[IndexModel, ...]
