"""What differs between a year's files and the year before's: two years of tables in, findings out.

Nothing is guessed on the reader's behalf: what differs is put as a question, with the line to write.
No number of a group too small to be shown is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from analysis.errors import Finding, attempt, nearest, short
from analysis.sources import areas as register_of
from analysis.sources import config, readers
from analysis.sources.columns import RawTable, fold
from analysis.sources.config import IndexModel, Indicator
from analysis.sources.records import DeliveredSource, SurveySource

FEW = 30  # answers: fewer say nothing of how answers are spread
JUMP, AREA_JUMP = 1.5, 2.0  # times as many answers in all and in an area, or as few
MOVED = 0.25  # of the answers stand elsewhere on the scale


@dataclass(frozen=True, slots=True)
class Table:
    """A year's table, its source, and the columns or spellings of its questions by their keys."""

    raw: RawTable
    source: SurveySource | DeliveredSource
    questions: dict[str, str]
    model: IndexModel | None


def differences(root: Path, number: int) -> list[Finding]:
    """List what differs between a year's files and the year before's, in Swedish.

    Files that cannot be read are left to `validation`; so is a year without a year before.
    """
    now, old = (attempt([], partial(config.year, root, year)) for year in (number, number - 1))
    register = attempt([], partial(register_of.register, root, number))
    if now is None or old is None or register is None:
        return []
    findings = [
        Finding(
            f"[{kind}] finns inte i år; {old.year} fanns {source.file}.",
            "Stämmer det? Annars: lägg till avdelningen.",
            f"data/{number}/year.toml",
        )
        for kind, source in old.sources.items()
        if kind not in now.sources
    ]
    for kind in ("survey", "delivered"):
        if tables := _both(root, number, kind):
            _compare_names(*tables, register)
            if kind == "survey":
                _compare_counts(*tables)
                _compare_answers(*tables)
            findings += tables[0].raw.findings
    return findings


def turned(root: Path, number: int) -> set[str]:
    """Name the questions whose scale looks turned or broken against the year before.

    Those that year.toml says are right (`scale_checked`) are left out.
    """
    tables = _both(root, number, "survey")
    return {item.key for item, _ in _moved(*tables)} if tables else set()


def _both(root: Path, number: int, kind: str) -> tuple[Table, Table] | None:
    """Read a source of a year and of the year before; None unless both can be read."""
    years = (number, number - 1)
    now, old = (attempt([], partial(_table, root, year, kind, number)) for year in years)
    return (now, old) if now and old else None


def _table(root: Path, year: int, kind: str, number: int) -> Table | None:
    source = getattr(config.year(root, year), kind)
    if source is None:
        return None
    raw, model = (
        readers.table(root, year, source, source.columns.values()),
        config.model(root, number),
    )
    spelled = raw.rows.columns.difference([*source.columns.values()], sort=False)
    if "indicator" in source.columns:
        spelled = raw.rows[source.columns["indicator"]].unique()
    labels = (model.labels if model else {}) | source.indicators
    keys = {fold(text): key for text, key in labels.items()}
    return Table(raw, source, {keys.get(fold(name), name): name for name in spelled}, model)


def _compare_names(now: Table, old: Table, register: pd.DataFrame) -> None:
    """Note which questions and areas are gone or new."""
    table = "survey" if isinstance(now.source, SurveySource) else "delivered"
    gone = {key: name for key, name in old.questions.items() if key not in now.questions}
    new = [name for key, name in now.questions.items() if key not in old.questions]
    lost = f'Har den ett nytt namn: [{table}.indicators] "NYTT NAMN" = "{{}}" i year.toml. '
    lost += 'Ställdes den inte i år: not_asked = ["{}"].'
    come = "En fråga: lägg den i data/index_model.toml. Annars: ignored i year.toml."
    _exchange(now.raw, "", gone, new, (lost, come))
    column = now.source.columns["area"]
    spelled = pd.Series(now.raw.rows[column].unique())
    known = register_of.identified(spelled, register)
    others = ["", *(getattr(now.source, name, None) for name in ("total", "reference"))]
    gone = register["name"].drop(known.dropna()).to_dict()
    new = spelled[known.isna() & ~spelled.isin(others)].tolist()
    lost = "Har det ett nytt namn: lägg det som alias för {} i data/areas.csv. "
    lost += "Finns det inte längre: skriv last_year."
    come = "Lägg det i data/areas.csv med first_year, eller stavningen som alias."
    _exchange(now.raw, column, gone, new, (lost, come))


def _exchange(
    raw: RawTable, column: str, gone: dict[str, str], new: list[str], remedies: tuple[str, str]
) -> None:
    """Note names that are gone, with the new ones most like them, and names that are new."""
    for key, name in gone.items():
        near = f"; {nearest(name, new)}" if new else "."
        what = f"”{short(name)}” finns inte i år{near}"
        raw.fault(None, column, what, remedies[0].replace("{}", key))
    for name in new:
        raw.fault(None, column, f"”{short(name)}” fanns inte året före.", remedies[1])


def _compare_counts(now: Table, old: Table) -> None:
    """Note where the number of answers jumps, in all or in an area."""
    many, before = len(now.raw.rows), len(old.raw.rows)
    if not 1 / JUMP <= many / max(before, 1) <= JUMP:
        what = f"{many} svarande mot {before} året före."
        now.raw.fault(None, "", what, "Är filen hel och årets?")
    areas = [each.raw.rows[each.source.columns["area"]].value_counts() for each in (now, old)]
    both = pd.concat(areas, axis=1, join="inner", keys=["now", "old"]).loc[
        lambda n: n.max(axis=1) >= FEW
    ]
    for area, ratio in (both["now"] / both["old"]).items():
        if not 1 / AREA_JUMP < ratio < AREA_JUMP:
            times = "minst dubbelt" if ratio > 1 else "högst hälften"
            what = f"området ”{area}” har {times} så många svar som året före."
            column = now.source.columns["area"]
            now.raw.fault(None, column, what, "Är alla svar med, och på rätt område?")


def _compare_answers(now: Table, old: Table) -> None:
    """Note of each question where answers are new, or spread in another way than before."""
    for item in _shared(now, old):
        answers, before = (each.raw.rows[each.questions[item.key]] for each in (now, old))
        new = answers[~answers.isin([*before, *item.answers, *item.no_answer, ""])]
        what = "svaret ”{}” fanns inte året före; har skalan ändrats?"
        remedy = "I så fall: ny version i data/index_model.toml. Annars: rätta svaren."
        now.raw.faults(new.drop_duplicates(), now.questions[item.key], what, remedy)
    for item, is_turned in _moved(now, old):
        why = "är skalan vänd?" if is_turned else "är det samma skala?"
        what = f"svaren fördelar sig på ett annat sätt än året före; {why}"
        right = f'scale_checked = ["{item.key}"] under [survey].'
        remedy = f"Jämför med frågeformuläret. Stämmer det: {right}"
        now.raw.fault(None, now.questions[item.key], what, remedy)


def _shared(now: Table, old: Table) -> list[Indicator]:
    """List the questions that both years have."""
    there = now.questions.keys() & old.questions.keys()
    return [item for item in now.model.indicators if item.key in there] if now.model else []


def _moved(now: Table, old: Table) -> Iterator[tuple[Indicator, bool]]:
    """Yield the questions whose answers stand elsewhere on the scale; is it turned?"""
    for item in _shared(now, old):
        counts = [
            each.raw.rows[each.questions[item.key]].value_counts().reindex(item.answers).fillna(0)
            for each in (now, old)
        ]
        if min(count.sum() for count in counts) < FEW or item.key in now.source.scale_checked:
            continue
        share, before = (count.to_numpy() / count.sum() for count in counts)
        moved, other = (abs(share - each).sum() / 2 for each in (before, before[::-1]))
        if moved >= MOVED:
            yield item, other < moved / 2
