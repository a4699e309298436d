"""TOML files against their records: a file in, what it says out, every fault in Swedish."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import ValidationError

from analysis.errors import Finding, Refusal, nearest, refuse
from analysis.sources import decoding
from analysis.sources.rawtable.layout import Strict

Record = TypeVar("Record", bound=Strict)
FAULTS = {
    "missing": "uppgiften saknas",
    "extra_forbidden": "okänd uppgift",
    "literal_error": "okänt värde; giltiga är {expected}",
    "string_type": "ska vara text inom citattecken",
    "string_pattern_mismatch": "har fel form",
    "string_too_long": "är för lång (högst {max_length} tecken)",
    "string_too_short": "får inte vara tom",
    "too_short": "får inte vara tom",
    "int_from_float": "ska vara ett heltal",
    "int_parsing": "ska vara ett heltal",
    "int_parsing_size": "är för stort",
    "int_type": "ska vara ett heltal",
    "float_parsing": "ska vara ett tal",
    "float_type": "ska vara ett tal",
    "finite_number": "ska vara ett vanligt tal",
    "bool_parsing": "ska vara true eller false",
    "bool_type": "ska vara true eller false",
    "greater_than": "ska vara större än {gt:g}",
    "greater_than_equal": "ska vara minst {ge:g}",
    "less_than": "ska vara mindre än {lt:g}",
    "less_than_equal": "ska vara högst {le:g}",
    "tuple_type": "ska vara en lista inom [ ]",
    "dict_type": "ska vara en egen avdelning: [namn], eller {{ namn = värde }}",
    "model_type": "ska vara en egen avdelning: [namn]",
    "model_attributes_type": "ska vara en egen avdelning: [namn]",
    "value_error": "{error}",
}
SYNTAX = {
    "Invalid value": "värdet saknas eller är inget värde",
    "Expected '=' after a key": "= saknas efter namnet",
    "Cannot overwrite": "samma namn står två gånger",
    "Cannot declare": "samma avdelning står två gånger",
    "Unterminated": "ett citattecken saknas",
    "Expected newline or end of document": "det står något efter värdet",
    "Illegal character": "ett tecken som inte får stå där, eller ett citattecken som saknas",
    "Unclosed": "en hakparentes eller klammer saknas",
}


def read(path: Path, kind: type[Record], file: str) -> Record:
    """Read a TOML file as a record.

    Args:
        file: what messages call the file.

    Raises:
        Refusal: where there is no such file, with the row that is no TOML, or with every fault.
    """
    if not path.exists():
        raise refuse("filen saknas.", "Gör den efter mallen i README.", file=file)
    text = decoding.prose(path, file)
    try:
        return kind.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise Refusal([_syntax(str(fault), text, file)]) from None
    except ValidationError as fault:
        raise Refusal(_findings(kind, fault, file)) from None
    except (RecursionError, OverflowError, ValueError):
        raise refuse("ett värde går inte att läsa.", "Rätta det.", file=file) from None


def _syntax(said: str, text: str, file: str) -> Finding:
    """Word a fault of TOML; its row is quoted."""
    what = next((word for key, word in SYNTAX.items() if said.startswith(key)), "är ingen TOML")
    at = re.search(r"at line (\d+)", said)
    row = int(at[1]) if at else text.count("\n") + 1
    line = text.split("\n")[row - 1].strip()[:80]
    return Finding(f"{what}: {line}", 'Skriv namn = värde; text inom "…".', file, row)


def _findings(kind: type[Strict], fault: ValidationError, file: str) -> Iterator[Finding]:
    for error in fault.errors():
        loc = [part for part in error["loc"] if part != "[key]"]
        place = ".".join(str(part) for part in loc) or "filen"
        words = FAULTS.get(error["type"], "duger inte")
        what = words.format_map({"error": "", **error.get("ctx", {})}).replace(" or ", " eller ")
        yield Finding(f"{place}: {what}", _remedy(kind, error["type"], loc, error["input"]), file)


def _remedy(kind: type[Strict], fault: str, loc: list[Any], value: object) -> str:
    place = ".".join(str(part) for part in loc)
    if fault == "missing":
        return f"Lägg till {place}."
    if fault == "extra_forbidden":
        close = nearest(str(loc[-1]), _fields(kind, loc[:-1]))
        return f"Ta bort {place}, eller rätta stavningen; {close}"
    shown = repr(value)[:80] if not isinstance(value, Mapping) else "en avdelning"
    return f"Värdet är {shown}; rätta det."


def _fields(kind: type[Strict], loc: list[Any]) -> list[str]:
    """Name the keys that a record knows at a place inside it."""
    for part in loc:
        field = kind.model_fields.get(str(part))
        inside = _records(field.annotation) if field else [kind]
        if not inside:
            return []
        kind = inside[0]
    return list(kind.model_fields)


def _records(annotation: object) -> list[type[Strict]]:
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return [annotation]
    return [found for part in get_args(annotation) for found in _records(part)]
