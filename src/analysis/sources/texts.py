"""The texts that people write each year: data/YEAR/text/*.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis import paths, reading
from analysis.sources import decoding


@dataclass(frozen=True, slots=True)
class Text:
    """What may be said of a text without quoting it."""

    name: str
    is_written: bool
    is_copied: bool


def told(root: Path, number: int) -> list[Text]:
    """Say of a year's texts whether they are written, and whether they are the year before's."""
    found = []
    for path in listed(root, number):
        before = paths.of_data(root, number - 1) / "text" / path.name
        reading.note(before)
        is_copied = before.is_file() and before.read_bytes() == path.read_bytes()
        found.append(Text(path.name, is_written(read(path)), is_copied))
    return found


def listed(root: Path, number: int, part: str = "") -> list[Path]:
    """List a year's texts, or those whose file names begin with a part, in order."""
    folder = paths.of_data(root, number) / "text"
    reading.note(folder)
    return sorted(folder.glob(f"{part}*.md")) if folder.is_dir() else []


def read(path: Path) -> str:
    """Read a text. Raises Refusal, with the row, for letters that no page can show."""
    return decoding.prose(path, f"data/{path.parents[1].name}/text/{path.name}").strip()


def is_written(text: str) -> bool:
    """Tell a text from its headings alone, which a new year begins with."""
    return any(line.strip() and not line.startswith("#") for line in text.splitlines())
