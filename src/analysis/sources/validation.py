"""Do a year's files hold? Every fault of all of them at once: a root and a year in, findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from analysis import paths
from analysis.errors import Finding, attempt
from analysis.sources import areas as register_of
from analysis.sources import boundaries, config, delivered, registers, survey


def faults(root: Path, number: int, known: Iterable[Finding] = ()) -> list[Finding]:
    """List the faults of all files that a year is made from, those of the year before included.

    Args:
        known: faults that are found already.
    """
    findings = list(known)
    attempt(findings, partial(config.municipality, root))
    for year in (number, *({number - 1} & set(paths.years(root)))):
        for step in _steps(root, year, findings):
            attempt(findings, step)
    return list(dict.fromkeys(findings))


def _steps(root: Path, number: int, findings: list[Finding]) -> Iterator[Callable[[], object]]:
    """Yield what can be read of a year, each step independent of the others."""
    areas = attempt(findings, partial(register_of.register, root, number))
    year = attempt(findings, partial(config.year, root, number))
    model = attempt(findings, partial(config.model, root, number))
    if year is None:
        return
    for source in year.sources.values():
        yield partial(config.path_of, root, number, source)
    yield partial(registers.crime, root, number, span=1)
    for register in (registers.wastewater, registers.promises, registers.texts):
        yield partial(register, root, number)
    if areas is None:
        return
    if year.survey and model:
        yield partial(survey.answers, root, number, year.survey, model, areas)
        yield partial(register_of.require_adults, areas, number)
    if year.delivered:
        yield partial(delivered.read, root, number, year.delivered, model, areas)
    if year.division:
        yield partial(boundaries.read, root, year.division, areas)
