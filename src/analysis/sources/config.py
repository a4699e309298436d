"""What is declared of a place, a year and its questions: TOML files in, frozen records out."""

from __future__ import annotations

import json
import os
import posixpath
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, ValidationError, model_validator

from analysis import paths
from analysis.errors import Finding, Refusal, nearest, refuse, short
from analysis.sources import records
from analysis.sources.records import Name, Sentence, Source, Strict, Texts, repeated

Record = TypeVar("Record", bound=Strict)
SECTION = "en egen avdelning: [namn], eller { namn = värde }"
KINDS = {"string": "text inom citattecken", "int": "ett heltal", "float": "ett tal"}
KINDS |= {"bool": "true eller false", "tuple": "en lista inom [ ]", "finite": "ett vanligt tal"}
KINDS |= {"dict": SECTION, "model": SECTION}
LIMITS = {"gt": "större än", "ge": "minst", "lt": "mindre än", "le": "högst"}
LIMITS |= {"expected": "något av", "max_length": "av längd högst", "pattern": "av formen"}
AS_WRITTEN = (
    'Skriv namn = värde, en gång; text inom "…", en lista inom [ ], '
    'och namn med å, ä, ö eller mellanslag inom "…": "År" = "2023".'
)


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
        if twice := repeated(keys):
            raise ValueError(f"nycklar som finns två gånger (fråga, grupp eller index): {twice}")
        if strangers := sorted({item.group for item in self.indicators} - set(self.groups)):
            raise ValueError(f"okända grupper: {strangers}")
        return self

    @property
    def labels(self) -> dict[str, str]:
        """List every spelling of a measure that a delivered table may use, and its key."""
        spelled = {"index": ("index", "problemindex", "totalindex")}
        spelled |= {key: (key, label, "") for key, label in self.groups.items()}
        spelled |= {item.key: (item.key, item.label, item.question) for item in self.indicators}
        return {text: key for key, texts in spelled.items() for text in texts if text}

    @property
    def question_keys(self) -> tuple[str, ...]:
        """Name the single questions."""
        return tuple(item.key for item in self.indicators)


def _unlike(versions: tuple[IndexModel, ...]) -> tuple[IndexModel, ...]:
    if twice := repeated([version.name for version in versions]):
        raise ValueError(f"versioner med samma namn: {', '.join(twice)}; ge var och en ett eget")
    return versions


class Versions(Strict):
    """The versions of the index model."""

    version: Annotated[tuple[IndexModel, ...], AfterValidator(_unlike)]


@dataclass(frozen=True, slots=True)
class Config:
    """What is declared of a place, a year and its index model."""

    municipality: records.Municipality
    year: records.Year
    model: IndexModel | None


def of(root: Path, number: int) -> Config:
    """Read all that is declared of a year. Raises Refusal with the first bad file's faults."""
    return Config(municipality(root), year(root, number), model(root, number))


def municipality(root: Path) -> records.Municipality:
    """Read data/municipality.toml. Raises Refusal with every fault."""
    return read(root, "municipality.toml", records.Municipality)


def year(root: Path, number: int) -> records.Year:
    """Read a year's year.toml. Raises Refusal with every fault, or naming the years there are."""
    name, known = f"{number}/year.toml", paths.years(root)
    if number not in known:
        there = f"År som finns: {', '.join(map(str, known)) or 'inga'}."
        raise refuse(f"Året {number} finns inte.", there, file=f"data/{name}")
    declared = read(root, name, records.Year)
    if declared.year != number:
        what = f"year = {declared.year} står i mappen {number}."
        raise refuse(what, "Rätta årtalet.", file=f"data/{name}")
    return declared


def model(root: Path, number: int) -> IndexModel | None:
    """Read the index model valid in a year; None where there is none."""
    if not (root / "data/index_model.toml").exists():
        return None
    versions = read(root, "index_model.toml", Versions).version
    valid = [version for version in versions if version.valid_from <= number]
    return max(valid, key=lambda version: version.valid_from, default=None)


def label_of(number: int, source: Source) -> str:
    """Name a source's file as messages do: data/2023/survey.csv."""
    return posixpath.normpath(f"data/{number}/{source.file}")


def path_of(root: Path, number: int, source: Source) -> Path:
    """Name a source's file after making sure that it is there, inside data/."""
    home, label = paths.of_data(root, number), label_of(number, source)
    path = home / source.file
    if not Path(os.path.realpath(path)).is_relative_to(home.parent.resolve()):
        raise refuse("filen ligger utanför data/.", "Lägg den i årets mapp.", file=label)
    if not os.path.isfile(path):  # unlike Path.is_file, not even a loop of links makes it raise
        close = nearest(source.file, [item.name for item in home.iterdir() if item.is_file()])
        raise refuse(f"filen saknas; {close}", "Lägg den där, eller rätta file.", file=label)
    if source.sha256 and source.sha256 != (actual := paths.sha256(path)):
        what = "filen är inte den som year.toml beskriver (sha256 stämmer inte)."
        remedy = f'Är filen den rätta: skriv sha256 = "{actual}" i year.toml.'
        raise refuse(what, remedy, file=label)
    return path


def read(root: Path, name: str, kind: type[Record]) -> Record:
    """Read a file in data/ as a record. Raises Refusal with every fault."""
    file, text = f"data/{name}", ""
    try:
        text = (root / file).read_bytes().decode("utf-8-sig")
        # Through JSON, where a list may be a tuple and nothing else is taken for what it is not.
        return kind.model_validate_json(json.dumps(tomllib.loads(text), default=str))
    except FileNotFoundError:
        raise refuse("filen saknas.", "Gör den efter mallen i README.", file=file) from None
    except UnicodeDecodeError:
        raise refuse("filen är inte i UTF-8.", "Spara om den som UTF-8.", file=file) from None
    except tomllib.TOMLDecodeError as fault:
        at = re.search(r"at line (\d+)", str(fault))
        row = int(at[1]) if at else text.count("\n") + 1
        line = short(text.split("\n")[row - 1].strip())
        raise Refusal(
            [Finding(f"raden går inte att läsa: {line}", AS_WRITTEN, file, row)]
        ) from None
    except ValidationError as fault:
        raise Refusal(_faults(kind, fault, file)) from None
    except (OSError, RecursionError, OverflowError, ValueError):
        raise refuse("filen eller ett värde går inte att läsa.", "Rätta det.", file=file) from None


def _faults(kind: type[Strict], faults: ValidationError, file: str) -> Iterator[Finding]:
    """Word what pydantic found."""
    parts = kind.model_json_schema().get("$defs", {}).values()
    for fault in (one for one in faults.errors() if one["type"] != "default_factory_not_called"):
        path = [str(part) for part in fault["loc"] if part != "[key]"]
        place, why, limits = ".".join(path) or "filen", fault["type"], fault.get("ctx", {})
        bounds = [f"{word} {limits[key]}" for key, word in LIMITS.items() if key in limits]
        what = f"ska vara {' '.join(bounds) or KINDS.get(why.split('_')[0], 'något annat')}"
        value = json.dumps(fault["input"], ensure_ascii=False, default=str)
        remedy = f"Värdet är {short(value)}; rätta det."
        if why == "missing":
            what, remedy = "uppgiften saknas", f"Lägg till {path[-1]}."
        elif why == "extra_forbidden":
            inner = (name for each in parts for name in each.get("properties", ()))
            close = nearest(path[-1], inner if path[1:] else kind.model_fields)
            what, remedy = "okänd uppgift", f"Ta bort {place}, eller rätta stavningen; {close}"
        elif why == "value_error":
            what, remedy = str(limits["error"]), "Rätta uppgifterna."
        yield Finding(f"{place}: {what}", remedy, file)
