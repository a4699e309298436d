"""Every fault of a year at once, when there is one: each file is read by itself, whatever the others say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pandas as pd

from analysis import paths
from analysis.errors import Finding, attempt
from analysis.sources import areas as register_of
from analysis.sources import boundaries as shapes
from analysis.sources import catalogue, delivered, promises, survey, texts, wastewater
from analysis.sources import registers as crime
from analysis.sources.config import IndexModel, Year


def faults(root: Path, number: int, known: Iterable[Finding] = ()) -> list[Finding]:
    """List the faults of all files that a year is made from, those of the year before included.

    Args:
        known: faults that are found already.
    """
    findings = list(known)
    attempt(findings, partial(catalogue.municipality, root))
    for year in (number, number - 1):
        if year != number and year not in paths.years(root):
            continue
        areas = attempt(findings, partial(register_of.register, root, year))
        source = attempt(findings, partial(catalogue.year, root, year))
        model = attempt(findings, partial(catalogue.model, root, year))
        for step in _steps(root, source, model, areas) if source else ():
            attempt(findings, step)
    return list(dict.fromkeys(findings))


def _steps(
    root: Path, year: Year, model: IndexModel | None, areas: pd.DataFrame | None
) -> list[Callable[[], object]]:
    """List what can be read of a year, each step independent of the others."""
    number = year.year
    steps: list[Callable[[], object]] = [
        partial(catalogue.path_of, root, number, source) for source in year.sources.values()
    ]
    steps += [partial(reader.read, root, number) for reader in (wastewater, promises)]
    steps.append(partial(crime.read, root, number, span=1))
    steps += [partial(texts.read, path) for path in texts.listed(root, number)]
    if areas is None:
        return steps
    if year.survey and model:
        steps.append(partial(survey.answers, root, number, year.survey, model, areas))
        steps.append(partial(register_of.require_adults, areas, number))
    if year.delivered:
        steps.append(partial(delivered.read, root, number, year.delivered, model, areas))
    if year.division:
        steps.append(partial(shapes.read, root, year.division, areas))
    return steps
