"""A TOML file in data/ in, a frozen record out; its faults in Swedish, all at once."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from analysis.errors import Finding, Refusal, nearest, refuse, short
from analysis.sources.records import Strict

Record = TypeVar("Record", bound=Strict)
SECTION = "en egen avdelning: [namn], eller { namn = värde }"
KINDS = {"string": "text inom citattecken", "int": "ett heltal", "float": "ett tal"}
KINDS |= {"bool": "true eller false", "tuple": "en lista inom [ ]", "finite": "ett vanligt tal"}
KINDS |= {"dict": SECTION, "model": SECTION}
LIMITS = {"gt": "större än", "ge": "minst", "lt": "mindre än", "le": "högst"}
LIMITS |= {"expected": "något av", "max_length": "av längd högst", "pattern": "av formen"}
BARE = re.compile(
    r"""("{3}[\s\S]*?"{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#.*)|([\w-]*[å-öÅ-Ö][\w-]*)(?=\s*=)"""
)


def read(root: Path, name: str, kind: type[Record]) -> Record:
    """Read a file in data/ as a record. Raises Refusal with every fault."""
    file = f"data/{name}"
    try:
        text = (root / file).read_bytes().decode("utf-8-sig")
        # Through JSON, where a list may be a tuple and nothing else is taken for what it is not.
        return kind.model_validate_json(json.dumps(_parsed(text, file), default=str))
    except FileNotFoundError:
        raise refuse("filen saknas.", "Gör den efter mallen i README.", file=file) from None
    except UnicodeDecodeError:
        raise refuse("filen är inte i UTF-8.", "Spara om den som UTF-8.", file=file) from None
    except ValidationError as fault:
        raise Refusal(_faults(kind, fault, file)) from None
    except (OSError, RecursionError, OverflowError, ValueError):
        raise refuse("filen eller ett värde går inte att läsa.", "Rätta det.", file=file) from None


def _parsed(text: str, file: str) -> dict[str, Any]:
    """Read TOML; names with å, ä, ö may stand without quotation marks, as in { År = "2023" }."""
    try:
        return tomllib.loads(BARE.sub(lambda found: found[1] or f'"{found[2]}"', text))
    except tomllib.TOMLDecodeError as fault:
        at = re.search(r"at line (\d+)", str(fault))
        row = int(at[1]) if at else text.count("\n") + 1
        line = text.split("\n")[row - 1].strip()
        remedy = 'Skriv namn = värde, en gång; text inom "…", en lista inom [ ].'
        raise Refusal(
            [Finding(f"raden går inte att läsa: {short(line)}", remedy, file, row)]
        ) from None


def _faults(kind: type[Strict], faults: ValidationError, file: str) -> Iterator[Finding]:
    """Word what pydantic found."""
    records = kind.model_json_schema().get("$defs", {})
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
            inner = (name for each in records.values() for name in each.get("properties", ()))
            close = nearest(path[-1], inner if path[1:] else kind.model_fields)
            what, remedy = "okänd uppgift", f"Ta bort {place}, eller rätta stavningen; {close}"
        elif why == "value_error":
            what, remedy = str(limits["error"]), "Rätta uppgifterna."
        yield Finding(f"{place}: {what}", remedy, file)
