"""Do a year's files hold? Every fault of all of them at once: a root and a year in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd

from analysis import paths
from analysis.errors import Finding, attempt
from analysis.sources import areas as register_of
from analysis.sources import boundaries, config, delivered, registers, survey
from analysis.sources.config import IndexModel, Year


def faults(root: Path, number: int, known: Iterable[Finding] = ()) -> list[Finding]:
    """List the faults of all files that a year is made from, those of the year before included.

    Args:
        known: faults that are found already.
    """
    findings = list(known)
    attempt(findings, partial(config.municipality, root))
    for year in (number, number - 1):
        if year != number and year not in paths.years(root):
            continue
        areas = attempt(findings, partial(register_of.register, root, year))
        source = attempt(findings, partial(config.year, root, year))
        model = attempt(findings, partial(config.model, root, year))
        if source is None:
            continue
        for step in _steps(root, source, model, areas):
            attempt(findings, step)
    return list(dict.fromkeys(findings))


def _steps(
    root: Path, year: Year, model: IndexModel | None, areas: pd.DataFrame | None
) -> Iterator[Callable[[], object]]:
    """Yield what can be read of a year, each step independent of the others."""
    number = year.year
    for source in year.sources.values():
        yield partial(config.path_of, root, number, source)
    yield partial(registers.crime, root, number, span=1)
    yield partial(registers.wastewater, root, number)
    yield partial(registers.promises, root, number)
    yield partial(registers.texts, root, number)
    if areas is None:
        return
    if year.survey and model:
        yield partial(survey.answers, root, number, year.survey, model, areas)
        yield partial(register_of.require_adults, areas, number)
    if year.delivered:
        yield partial(delivered.read, root, number, year.delivered, model, areas)
    if year.division:
        yield partial(boundaries.read, root, year.division, areas)
