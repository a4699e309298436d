"""How many hidden counts does an attacker find? Run: PYTHONPATH=tests python benchmarks/attack.py

Thirty random towns of two years, and the demonstration; see `tests/attack.py` for what is known
and how it is used. A count that the attack cannot clear of being found counts as found.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "tests"))
import attack
import random_town

TOWNS = 30


def told(name: str, counts: pd.DataFrame) -> str:
    """Say how many counts were found."""
    zero = counts["count"].eq(0)
    found = counts["found"]
    return (
        f"{name}: {int((found & ~zero).sum())} of {int((~zero).sum())} hidden counts above zero "
        f"found, {int((found & zero).sum())} of {int(zero.sum())} zeros."
    )


def main() -> None:
    """Attack every town and say what was found."""
    print(told("The demonstration", attack.attacked(PROJECT, random_town.YEARS)))
    towns = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(TOWNS):
            random_town.write(Path(folder, str(seed)), seed)
            towns.append(attack.attacked(Path(folder, str(seed)), random_town.YEARS))
    print(told(f"{TOWNS} random towns", pd.concat(towns)))


if __name__ == "__main__":
    main()
