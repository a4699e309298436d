"""What differs between a year's files and the year before's: two years of tables in, findings out.

Nothing is guessed on the reader's behalf: what differs is put as a question, with the line to write.
No number of a group too small to be shown is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from analysis.errors import Finding, attempt, nearest, short
from analysis.sources import areas as register_of
from analysis.sources import config, readers
from analysis.sources.columns import RawTable, finder, fold
from analysis.sources.config import IndexModel, Indicator
from analysis.sources.records import DeliveredSource, SurveySource

FEW = 30  # answers: fewer say nothing of how answers are spread
JUMP, AREA_JUMP = 1.5, 2.0  # times as many answers in all and in an area, or as few
LOST_QUESTION = (
    'Har den ett nytt namn: skriv det under indicators i year.toml: "NYTT NAMN" = "{}". '
    'Ställdes den inte i år: not_asked = ["{}"].'
)
QUESTION = "En fråga: lägg den i data/index_model.toml. Annars: ignored i year.toml."
LOST_AREA = (
    "Har det ett nytt namn: lägg det som alias för {} i data/areas.csv. "
    "Finns det inte längre: skriv last_year."
)
AREA = "Lägg det i data/areas.csv med first_year, eller stavningen som alias."
MOVED = 0.25  # of the answers stand elsewhere on the scale


@dataclass(frozen=True, slots=True)
class Table:
    """A year's table and its source; what it calls its questions and areas, by their keys."""

    raw: RawTable
    source: SurveySource | DeliveredSource
    questions: dict[str, str]
    areas: dict[str, str]
    model: IndexModel | None


def differences(root: Path, number: int) -> list[Finding]:
    """List what differs between a year's files and the year before's, in Swedish.

    Files that cannot be read are left to `validation`; so is a year without a year before.
    """
    now, old = (attempt([], partial(config.year, root, year)) for year in (number, number - 1))
    if now is None or old is None:
        return []
    what, remedy = "[{}] finns inte i år; året före fanns {}.", "Lägg till den, om den ska finnas."
    findings = [
        Finding(what.format(kind, source.file), remedy, f"data/{number}/year.toml")
        for kind, source in old.sources.items()
        if kind not in now.sources
    ]
    for kind in ("survey", "delivered"):
        if tables := _both(root, number, kind):
            after, before = tables
            raw, column = after.raw, after.source.columns["area"]
            _compare_names(raw, "", after.questions, before.questions, LOST_QUESTION, QUESTION)
            _compare_names(raw, column, after.areas, before.areas, LOST_AREA, AREA)
            if kind == "survey":
                _compare_counts(after, before)
                _compare_answers(after, before)
            findings += raw.findings
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
    raw = readers.table(root, year, source, source.columns.values())
    spelled = raw.rows.columns.difference([*source.columns.values()], sort=False)
    if "indicator" in source.columns:
        spelled = raw.rows[source.columns["indicator"]].unique()
    model, register = config.model(root, number), register_of.register(root)
    find = finder(register_of.spellings(register))
    labels = (model.labels if model else {}) | source.indicators
    keys = {fold(text): key for text, key in labels.items()}
    questions = {keys.get(fold(name), name): name for name in spelled}
    areas = {find(name) or name: name for name in raw.rows[source.columns["area"]].unique()}
    return Table(raw, source, questions, areas, model)


def _compare_names(
    raw: RawTable, column: str, now: dict[str, str], old: dict[str, str], lost: str, come: str
) -> None:
    """Note names that are gone, with the new ones most like them, and names that are new.

    Args:
        now, old: names by their keys.
        lost, come: remedies for a name that is gone (`{}` is its key) and for one that is new.
    """
    new = [name for key, name in now.items() if key not in old]
    for key, name in ((key, name) for key, name in old.items() if key not in now):
        near = f"; {nearest(name, new)}" if new else "."
        raw.fault(None, column, f"”{short(name)}” finns inte i år{near}", lost.format(key, key))
    for name in new:
        raw.fault(None, column, f"”{short(name)}” fanns inte året före.", come)


def _compare_counts(now: Table, old: Table) -> None:
    """Note where the number of answers jumps, in all or in an area."""
    many, before = len(now.raw.rows), len(old.raw.rows)
    if not 1 / JUMP <= many / max(before, 1) <= JUMP:
        what = f"{many} svarande mot {before} året före."
        now.raw.fault(None, "", what, "Är filen hel och årets?")
    column = now.source.columns["area"]
    counts = [each.raw.rows[each.source.columns["area"]].value_counts() for each in (now, old)]
    for area in counts[0].index.intersection(counts[1].index):
        many, before = (count[area] for count in counts)
        if max(many, before) >= FEW and not 1 / AREA_JUMP < many / before < AREA_JUMP:
            times = "minst dubbelt" if many > before else "högst hälften"
            what = f"området ”{short(area)}” har {times} så många svar som året före."
            now.raw.fault(None, column, what, "Är alla svar med, och på rätt område?")


def _compare_answers(now: Table, old: Table) -> None:
    """Note the questions whose answers are spread in another way than before."""
    for item, is_turned in _moved(now, old):
        why = "är skalan vänd?" if is_turned else "är det samma skala?"
        what = f"svaren fördelar sig på ett annat sätt än året före; {why}"
        right = f'scale_checked = ["{item.key}"] under [survey].'
        remedy = f"Jämför med frågeformuläret. Stämmer det: {right}"
        now.raw.fault(None, now.questions[item.key], what, remedy)


def _moved(now: Table, old: Table) -> Iterator[tuple[Indicator, bool]]:
    """Yield the questions whose answers stand elsewhere on the scale; is it turned?"""
    shared = (now.questions.keys() & old.questions.keys()).difference(now.source.scale_checked)
    for item in (item for item in now.model.indicators if item.key in shared) if now.model else ():
        counts = [
            each.raw.rows[each.questions[item.key]].value_counts().reindex(item.answers).fillna(0)
            for each in (now, old)
        ]
        if min(count.sum() for count in counts) >= FEW:
            share, before = (count.to_numpy() / count.sum() for count in counts)
            moved, other = (abs(share - each).sum() / 2 for each in (before, before[::-1]))
            if moved >= MOVED:
                yield item, other < moved / 2
