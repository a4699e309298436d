"""What the TOML files may say of a place, a year, its files and its questions: frozen records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.functional_validators import AfterValidator, BeforeValidator

UNSHOWN = re.compile(  # what the fonts of pages and PDFs lack
    "[^\t\n -~\u00a0-\u00ac\u00ae-\u024f\u0300-\u036f\u0370-\u03ff\u0400-\u045f\u1e00-\u1eff"
    "\u2000-\u200a\u2010-\u2027\u202f-\u203a\u2044\u2070-\u209f\u20a0-\u20bf\u2103\u2113\u2116"
    "\u2117\u2122\u2126\u212b\u2150-\u215f\u2190-\u21ff\u2200-\u22ff\u25a0-\u25cf\u2713\u2717]"
)
SPLITS = {"sex": "Kön", "age_group": "Ålder", "tenure": "Boendeform"}
Split = Literal["sex", "age_group", "tenure"]
Column = Literal["respondent", "area", "weight", "sex", "age_group", "tenure"]
CrimeColumn = Literal["code", "label", "parent", "count", "area", "mean_population"]
DeliveredColumn = Literal["area", "indicator", "value", "n", "lower", "upper"]
UnitWord = Literal["kommunen", "regionen", "staden"]
CRIME: tuple[CrimeColumn, ...] = ("code", "label", "parent", "count")


def repeated(names: Sequence[str]) -> list[str]:
    """List the names that come more than once."""
    return sorted({name for name in names if names.count(name) > 1})


def unshown(text: str) -> str:
    """Name the first letter that no page can show; "" where there is none."""
    letter = UNSHOWN.search(text)
    return f"tecknet U+{ord(letter[0]):04X} kan inte visas" if letter else ""


def _shown(text: str) -> str:
    if what := unshown(text):
        raise ValueError(what)
    return text


def _rising(breaks: tuple[float, ...]) -> tuple[float, ...]:
    """Refuse class limits that do not rise."""
    if list(breaks) != sorted(set(breaks)) or not 3 <= len(breaks) <= 8:
        raise ValueError("gränserna ska stiga och ge två till sju klasser")
    return breaks


def _unit_word(name: str, code: str) -> UnitWord:
    if len(code) == 2:
        return "regionen"
    return "staden" if name.endswith(" stad") else "kommunen"


def _naming(*needed: str) -> AfterValidator:
    """Make a check that columns are named once each, the needed ones among them."""

    def check(columns: dict[str, str]) -> dict[str, str]:
        if missing := [name for name in needed if name not in columns]:
            raise ValueError(f"columns saknar {', '.join(missing)}")
        if repeated([*columns.values()]):
            raise ValueError("columns nämner samma kolumn två gånger")
        return columns

    return AfterValidator(check)


Shown = Annotated[str, AfterValidator(_shown)]
Text = Annotated[str, BeforeValidator(lambda value: f"{value}" if type(value) is int else value)]
Texts = tuple[Text, ...]
Choice = Annotated[  # one value or several
    Texts,
    BeforeValidator(lambda given: tuple(given) if isinstance(given, list | tuple) else (given,)),
]
Sentence = Annotated[Shown, StringConstraints(strip_whitespace=True, max_length=500)]
Name = Annotated[Sentence, StringConstraints(min_length=1, max_length=120)]
Breaks = Annotated[tuple[float, ...], AfterValidator(_rising)]
People = Annotated[float, Field(ge=1, le=1e9)]


class Strict(BaseModel):
    """A frozen record that knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Layout(Strict):
    """How a file is laid out; nothing said is nothing odd."""

    sheet: str | None = None  # of a workbook, where several have the columns
    skip_rows: int = Field(0, ge=0)  # above the header
    encoding: Literal["utf-8", "utf-16", "cp1252", "latin-1", "mac-roman", "cp850"] | None = None
    delimiter: Literal[";", ",", "\t", "|"] | None = None
    thousands: Literal[".", ",", "'"] | None = None
    missing: Texts = ()  # further texts that mean no value
    where: dict[str, Choice] = Field({})  # the rows that count: a column and its value or values
    measure_kinds: tuple[str, str] | None = None  # columns of the kind ("KI undre") and the number
    ignored: Texts = ()  # columns
    ignored_rows: Texts = ()  # by their first cell; a * at the end stands for anything
    indented: bool = False  # the first column's indentation is a hierarchy
    labelled: Texts | None = None  # columns whose value labels count, not their codes


PLAIN = Layout()


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
    unit_word: UnitWord = Field(default_factory=lambda own: _unit_word(own["name"], own["code"]))
    report_title: Sentence = ""
    police_area: Sentence = ""
    contact: Contact = Contact()
    priority_areas: tuple[str, ...] = ()
    disclosure: Disclosure = Disclosure()
    map: MapBreaks = MapBreaks()


class Source(Layout):
    """One file of a year, and where it came from."""

    file: str = Field(max_length=200, pattern=r"^[^\x00-\x1f\\:*?\"<>|]+$")
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    source: Sentence
    synthetic: bool = False


class Asked(Source):
    """What answers and delivered tables have in common: questions by the model's keys."""

    fieldwork: Sentence = ""
    indicators: dict[str, str] = Field({})  # keys by the file's own names
    not_asked: Texts = ()
    scale_checked: Texts = ()


class SurveySource(Asked):
    """Answers, one row per respondent."""

    kind: Literal["survey"] = "survey"
    invited: int = Field(ge=1)
    columns: Annotated[dict[Column, str], _naming("area")]
    labels: dict[Split, dict[str, Name]] = Field({})
    margins: dict[Split, dict[str, People]] = Field({})

    @model_validator(mode="after")
    def _labelled(self) -> Self:
        for name in {*self.labels, *self.margins}:
            labels = self.labels.get(name, {})
            if name not in self.columns or repeated([*labels.values()]):
                raise ValueError(f"{name} ska stå i columns, och labels.{name} ge olika ord")
            if set(self.margins.get(name, labels)) != set(labels):
                raise ValueError(f"margins.{name} ska ha samma värden som labels.{name}")
        return self


class DeliveredSource(Asked):
    """A table that someone else reckoned, area × measure, wide or long."""

    kind: Literal["survey", "register"] = "survey"
    form: Literal["wide", "long"]
    unit: Literal["index", "share", "percent", "number"]
    unit_name: Name | None = None  # of a number, as readers say it
    decimals: int | None = Field(None, ge=0, le=6)  # as delivered when None
    high_is_bad: bool = True
    columns: Annotated[dict[DeliveredColumn, str], _naming("area")]
    labels: dict[str, Name] = Field({})  # short ones, by the file's own
    total: str | None = None  # the row of the whole place
    reference: str | None = None  # the row of the country or the county
    invited: int | None = Field(None, ge=1)
    answered: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len({"indicator", "value"} & set(self.columns)) != 2 * (self.form == "long"):
            raise ValueError('columns har indicator och value när form = "long", annars inte')
        if self.unit == "number" and self.unit_name is None:
            raise ValueError('unit = "number" behöver unit_name, till exempel "kronor"')
        if (self.answered or 0) > (self.invited or self.answered or 0):
            raise ValueError("answered är större än invited")
        return self


class CrimeSource(Source):
    """Reported crime of the year; `total` is the row that all others are part of."""

    mean_population: float = Field(ge=100, le=1e9)
    preliminary: bool = False
    columns: Annotated[dict[CrimeColumn, str], _naming("label", "count")] = Field(
        {name: name for name in CRIME}
    )
    total: str | None = None


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
