"""Do a year's files hold, and what differs from the year before: a root and a year in, findings out.

No number of a group too small to be shown is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from analysis import paths
from analysis.errors import Finding, attempt
from analysis.sources import areas as register_of
from analysis.sources import boundaries, config, registers, survey
from analysis.sources.config import IndexModel

FEW = 30  # answers: fewer say nothing of how answers are spread
JUMP = 2.0  # times as many answers in an area, or as few
MOVED = 0.25  # of the answers stand elsewhere on the scale
SCALE = "Jämför med frågeformuläret. Stämmer det:"
NAMED = "Stämmer det? Annars: rätta filen, year.toml eller stavningarna i data/areas.csv."
WHOLE = "Är alla svar med, och på rätt område?"


def faults(root: Path, number: int, known: Iterable[Finding] = ()) -> list[Finding]:
    """List the faults of a year's files and the year before's, after those that are `known`."""
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
        yield partial(survey.delivered, root, number, year.delivered, model, areas)
    if year.division:
        yield partial(boundaries.read, root, year.division, areas)


def differences(root: Path, number: int) -> list[Finding]:
    """List the sources, questions and areas that are gone or new since the year before, and jumps.

    Files that cannot be read are left to `faults`; so is a year without a year before.
    """
    now, old = (attempt([], partial(_answered, root, year)) for year in (number, number - 1))
    if now is None or old is None:
        return []
    said: list[tuple[str, str]] = []
    for name in [name for name in old | now if (name in old) != (name in now)]:
        if name.split(":")[0] in (now.keys() & old.keys()) | {name}:
            gone = f"finns inte {number}" if name in old else f"fanns inte {number - 1}"
            said.append((f"{name} {gone}.", NAMED))
    for name in [name for name in now if name in old]:
        few, many = sorted((now[name], old[name]))
        if many >= FEW and many >= JUMP * few:
            times = "minst dubbelt" if many == now[name] else "högst hälften"
            said.append((f"{name} har {times} så många svar som {number - 1}.", WHOLE))
    for key, is_turned in _moved(root, number):
        why = "är skalan vänd?" if is_turned else "är det samma skala?"
        what = f"svaren på ”{key}” fördelar sig på ett annat sätt än {number - 1}; {why}"
        said.append((what, f'{SCALE} scale_checked = ["{key}"] under [survey].'))
    return [Finding(what, remedy, f"data/{number}/year.toml") for what, remedy in said]


def _answered(root: Path, number: int) -> dict[str, float]:
    """Name a year's sources, their questions and areas; how many answered in each area."""
    declared, areas = config.of(root, number), register_of.register(root, number)
    own, model = declared.year, declared.model
    told = {f"[{kind}]": 0.0 for kind in own.sources}
    frames = {}
    if own.survey and model:
        frame = survey.answers(root, number, own.survey, model, areas)
        frames["survey"] = (
            frame.columns.intersection(model.question_keys),
            frame["area"].value_counts(),
        )
    if own.delivered:
        frame = survey.delivered(root, number, own.delivered, model, areas)
        frames["delivered"] = (frame["measure"].unique(), frame.groupby("area")["n"].max())
    for kind, (measures, counts) in frames.items():
        told |= {f"[{kind}]: frågan ”{key}”": 0.0 for key in measures}
        there = counts.drop([survey.TOTAL, survey.REFERENCE], errors="ignore").fillna(0)
        told |= {f"[{kind}]: området ”{areas['name'][area]}”": n for area, n in there.items()}
    return told


def turned(root: Path, number: int) -> set[str]:
    """Name the questions whose scale looks turned or broken against the year before.

    Those that year.toml says are right (`scale_checked`) are left out.
    """
    return {key for key, _ in _moved(root, number)}


def _moved(root: Path, number: int) -> Iterator[tuple[str, bool]]:
    """Yield the questions whose answers stand elsewhere on the scale; is it turned?"""
    declared = config.of(root, number)
    source, model = declared.year.survey, declared.model
    if source is None or model is None:
        return
    years = (number, number - 1)
    now, old = (attempt([], partial(_shares, root, year, model)) or {} for year in years)
    for key in sorted((now.keys() & old.keys()).difference(source.scale_checked)):
        moved, other = (abs(now[key] - each).sum() / 2 for each in (old[key], old[key][::-1]))
        if moved >= MOVED:
            yield key, other < moved / 2


def _shares(root: Path, number: int, model: IndexModel) -> dict[str, np.ndarray]:
    """Read how a year's answers are spread over their scales, where they are not too few."""
    source = config.year(root, number).survey
    if source is None:
        return {}
    table, asked = survey.asked(root, number, source, model)
    scales = {item.key: item.answers for item in model.indicators if item.key in asked}
    counts = {
        key: table.rows[asked[key]].value_counts().reindex(scale, fill_value=0).to_numpy()
        for key, scale in scales.items()
    }
    return {key: count / count.sum() for key, count in counts.items() if count.sum() >= FEW}
