"""Write environment.yml from requirements.lock: the same versions for conda, without hashes."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Made from requirements.lock by `make lock`; the same versions, for conda and Windows.
# conda env create --file environment.yml && conda activate trygghetsanalys
name: trygghetsanalys
channels:
  - conda-forge
dependencies:
  - python=3.12
  - pip
  - pip:
"""


def pins(lock: str) -> list[str]:
    """List the pins of a lock, with their markers, without hashes."""
    lines = re.findall(r"^[a-z0-9][^\s=]*==[^\\\n]*", lock, flags=re.MULTILINE)
    return [line.strip() for line in lines]


def environment(lock: str) -> str:
    """Write the environment file of a lock."""
    return HEAD + "".join(f'      - "{pin}"\n' for pin in pins(lock)) + "      - -e .\n"


if __name__ == "__main__":
    text = environment((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    (ROOT / "environment.yml").write_text(text, encoding="utf-8", newline="\n")
