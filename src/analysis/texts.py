"""The texts that people write each year: data/YEAR/text/*.md."""

from __future__ import annotations

from pathlib import Path

from analysis import catalogue, decoding, reading


def listed(root: Path, number: int, part: str = "") -> list[Path]:
    """List a year's texts, or those whose file names begin with a part, in order."""
    folder = catalogue.folder(root, number) / "text"
    reading.note(folder)
    return sorted(folder.glob(f"{part}*.md")) if folder.is_dir() else []


def read(path: Path) -> str:
    """Read a text. Raises Refusal, with the row, for letters that no page can show."""
    return decoding.prose(path, f"data/{path.parents[1].name}/text/{path.name}").strip()


def is_written(text: str) -> bool:
    """Tell a text from its headings alone, which a new year begins with."""
    return any(line.strip() and not line.startswith("#") for line in text.splitlines())
