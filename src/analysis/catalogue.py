"""Which municipality, years, indicators and sources there are: TOML in, frozen values out."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from analysis.errors import Finding, Refusal, nearest, raise_if_any, refuse

SURVEY_COLUMNS = ("respondent", "area", "weight", "sex", "age_group", "tenure")
SPLITS = {"sex": "Kön", "age_group": "Ålder", "tenure": "Boendeform"}
FAULTS = {
    "missing": "uppgiften saknas",
    "extra_forbidden": "okänd uppgift",
    "literal_error": "okänt värde",
}
Texts = Annotated[tuple[str, ...], BeforeValidator(lambda value: _as_texts(value))]


def _as_texts(value: object) -> object:
    """Let a scale be written as numbers or texts; codes are texts inside."""
    if not isinstance(value, list):
        return value
    return tuple(str(item) if isinstance(item, int) else item for item in value)


class Strict(BaseModel):
    """A frozen record that knows all its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Disclosure(Strict):
    """When a number may be shown; policy, not law."""

    hide_below: int = Field(10, ge=1)
    uncertain_below: int = Field(30, ge=1)
    widest_share: float = Field(0.30, gt=0)
    widest_index: float = Field(1.0, gt=0)


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

    name: str
    short_name: str
    code: str = Field(pattern=r"^\d{4}$")
    police_area: str = ""
    priority_areas: tuple[str, ...] = ()
    disclosure: Disclosure = Disclosure()
    map: MapBreaks = MapBreaks()


class Indicator(Strict):
    """One survey question and what counts as the problem."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: str
    statement: str
    question: str = ""
    group: str
    answers: Texts = ()
    problem: Texts = ()
    no_answer: Texts = ()
    normal_share: float | None = Field(None, gt=0, lt=1)
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

    name: str
    valid_from: int
    levels: Literal["interpolated", "integer"] = "interpolated"
    aggregate: Literal["pooled", "areas"] = "pooled"
    answers: int = Field(360, ge=1)
    breadth: float = Field(1.5, gt=0)
    groups: dict[str, str]
    indicators: tuple[Indicator, ...]

    @model_validator(mode="after")
    def _known_groups(self) -> IndexModel:
        keys = [indicator.key for indicator in self.indicators]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        strangers = sorted({item.group for item in self.indicators} - set(self.groups))
        if twice or strangers:
            raise ValueError(f"dubbla nycklar: {twice}; okända grupper: {strangers}")
        return self

    @property
    def question_keys(self) -> frozenset[str]:
        """Name the single questions."""
        return frozenset(item.key for item in self.indicators)


class Source(Strict):
    """One file of a year, where it came from and its fingerprint."""

    file: str
    sha256: str = ""
    source: str
    synthetic: bool = False
    sheet: str | None = None
    skip_rows: int = Field(0, ge=0)


class SurveySource(Source):
    """Answers, one row per respondent."""

    invited: int = Field(ge=1)
    fieldwork: str = ""
    columns: dict[Literal["respondent", "area", "weight", "sex", "age_group", "tenure"], str]
    labels: dict[Literal["sex", "age_group", "tenure"], dict[str, str]] = {}
    margins: dict[Literal["sex", "age_group", "tenure"], dict[str, float]] = {}
    indicators: dict[str, str] = {}
    ignored: Texts = ()

    @model_validator(mode="after")
    def _labelled(self) -> SurveySource:
        missing = [name for name in ("area",) if name not in self.columns]
        missing += [name for name in self.labels if name not in self.columns]
        if missing:
            raise ValueError(f"columns saknar {', '.join(missing)}")
        for name, people in self.margins.items():
            if set(people) != set(self.labels.get(name, {})):
                raise ValueError(f"margins.{name} ska ha samma värden som labels.{name}")
        return self


class DeliveredSource(Source):
    """The police's own table, area × indicator, wide or long."""

    form: Literal["wide", "long"]
    unit: Literal["index", "share", "percent"]
    columns: dict[Literal["area", "indicator", "value", "n", "lower", "upper"], str]
    indicators: dict[str, str] = {}
    total: str | None = None
    invited: int | None = Field(None, ge=1)
    answered: int | None = Field(None, ge=1)
    fieldwork: str = ""


class CrimeSource(Source):
    """Reported crime of the year."""

    mean_population: float = Field(gt=0)
    preliminary: bool = False


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
        kinds = ("survey", "delivered", "crime", "wastewater", "promises")
        return {kind: getattr(self, kind) for kind in kinds if getattr(self, kind) is not None}


def municipality(root: Path) -> Municipality:
    """Read data/municipality.toml. Raises Refusal with every fault."""
    return Municipality.model_validate(_checked(Municipality, *_toml(root, "municipality.toml")))


def years(root: Path) -> list[int]:
    """List the years that have a folder with year.toml, oldest first."""
    found = (path.parent.name for path in (root / "data").glob("*/year.toml"))
    return sorted(int(name) for name in found if name.isdigit())


def newest(root: Path) -> int:
    """Return the newest year. Raises Refusal where there is none."""
    known = years(root)
    if not known:
        raise refuse("Inget år finns i data/.", "Gör en mapp med year.toml, t.ex. data/2023.")
    return known[-1]


def year(root: Path, number: int) -> Year:
    """Read a year's year.toml. Raises Refusal with every fault, or naming the years there are."""
    known = years(root)
    if number not in known:
        there = ", ".join(map(str, known)) or "inga"
        raise refuse(
            f"Året {number} finns inte: data/{number}/year.toml saknas.",
            f"År som finns: {there}.",
        )
    raw, file = _toml(root, f"{number}/year.toml")
    found = Year.model_validate(_checked(Year, raw, file))
    if found.year != number:
        raise refuse(f"year = {found.year} står i mappen {number}.", "Rätta årtalet.", file=file)
    return found


def model(root: Path, number: int) -> IndexModel | None:
    """Read the index model valid in a year; None where the municipality has no model file."""
    if not (root / "data/index_model.toml").is_file():
        return None
    raw, file = _toml(root, "index_model.toml")
    versions = _checked(_Versions, raw, file)["version"]
    valid = [item for item in map(IndexModel.model_validate, versions) if item.valid_from <= number]
    return max(valid, key=lambda item: item.valid_from, default=None)


class _Versions(Strict):
    version: tuple[IndexModel, ...]


def folder(root: Path, number: int) -> Path:
    """Name the folder of a year."""
    return root / "data" / str(number)


def fingerprint(path: Path) -> str:
    """Return the sha256 of a file as hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def path_of(root: Path, number: int, source: Source) -> Path:
    """Name a source's file after making sure that it is there, inside its folder and unchanged."""
    home = folder(root, number)
    path = home / source.file
    label = f"data/{number}/{source.file}"
    if not path.resolve().is_relative_to(home.resolve()):
        raise refuse("filen ligger utanför årets mapp.", "Lägg filen i årets mapp.", file=label)
    if not path.is_file():
        there = [item.name for item in home.iterdir() if item.is_file()]
        raise refuse(f"filen saknas; {nearest(source.file, there)}", "Lägg den där.", file=label)
    if source.sha256 and source.sha256 != (actual := fingerprint(path)):
        raise refuse(
            "filen är inte den som year.toml beskriver (sha256 stämmer inte).",
            f'Är filen den rätta: skriv sha256 = "{actual}" i year.toml.',
            file=label,
        )
    return path


def _toml(root: Path, name: str) -> tuple[dict[str, Any], str]:
    path = root / "data" / name
    file = f"data/{name}"
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig")), file
    except FileNotFoundError:
        raise refuse("filen saknas.", "Gör den efter mallen i README.", file=file) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise refuse(f"går inte att läsa: {fault}", "Rätta raden.", file=file) from None


def _checked(kind: type[Strict], raw: dict[str, Any], file: str) -> dict[str, Any]:
    """Return what was read if it fits the record; refuse with every fault otherwise."""
    try:
        kind.model_validate(raw)
    except ValidationError as fault:
        raise Refusal(_findings(kind, fault, file)) from None
    return raw


def _findings(kind: type[Strict], fault: ValidationError, file: str) -> Iterator[Finding]:
    for error in fault.errors():
        place = ".".join(str(part) for part in error["loc"])
        what = FAULTS.get(error["type"], error["msg"].removeprefix("Value error, "))
        remedy = f"Värdet är {error['input']!r}; rätta det."
        if error["type"] == "extra_forbidden":
            remedy = f"Ta bort {place}, eller rätta stavningen; " + nearest(
                str(error["loc"][-1]), kind.model_fields
            )
        elif error["type"] == "missing":
            remedy = f"Lägg till {place}."
        yield Finding(f"{place or 'filen'}: {what}", remedy, file)


def unread_faults(root: Path, number: int) -> None:
    """Refuse at once with every source file of a year that is missing or changed."""
    findings: list[Finding] = []
    for source in year(root, number).sources.values():
        try:
            path_of(root, number, source)
        except Refusal as refusal:
            findings += refusal.findings
    raise_if_any(findings)
