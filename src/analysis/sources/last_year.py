"""What differs between a year's files and the year before's: two years of tables in, findings out.

Nothing is guessed on the reader's behalf: what differs is put as a question, with the line to write.
No number of a group too small to be shown is told.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import paths, swedish
from analysis.errors import Finding, attempt
from analysis.sources import areas as register_of
from analysis.sources import config, readers
from analysis.sources.config import DeliveredSource, IndexModel, Indicator, Source, SurveySource
from analysis.sources.readers import RawTable

FEW = 30  # answers: fewer say nothing of how answers are spread
JUMP = 1.5  # times as many answers in all, or as few
AREA_JUMP = 2.0
MOVED = 0.25  # of the answers stand elsewhere on the scale
ALIKE = 0.75  # of two names


@dataclass(frozen=True, slots=True)
class Pair:
    """A source's table this year and the year before, and what each calls its questions, by key."""

    now: RawTable
    old: RawTable
    source: SurveySource | DeliveredSource
    questions: dict[str, str]
    before: dict[str, str]
    year: int


def differences(root: Path, number: int) -> list[Finding]:
    """List what differs between a year's files and the year before's, in Swedish.

    Files that cannot be read are left to `faults`; so is a year without a year before.
    """
    old = attempt([], partial(config.year, root, number - 1))
    if old is None:
        return []
    now = attempt([], partial(config.year, root, number))
    register = attempt([], partial(register_of.register, root, number))
    model = attempt([], partial(config.model, root, number))
    findings: list[Finding] = []
    if old.survey and register is not None:
        attempt(findings, partial(register_of.require_adults, register, number))
    for kind, before in old.sources.items():
        source = getattr(now, kind) if now else before
        if source is None:
            what = f"[{kind}] finns inte i år; {number - 1} fanns {before.file}."
            remedy = "Stämmer det? Annars: lägg till avdelningen."
            findings.append(Finding(what, remedy, f"data/{number}/year.toml"))
        elif attempt(findings, partial(config.path_of, root, number, source)) and (
            pair := _pair(root, number, source, before)
        ):
            findings += [*_columns(pair), *_counts(pair), *_answers(pair, model)]
            findings += [] if register is None else _areas(pair, register)
    return findings


def _pair(root: Path, number: int, source: Source, before: Source) -> Pair | None:
    """Read a source's two years; None for a register, and where either cannot be read."""
    if not isinstance(source, SurveySource | DeliveredSource):
        return None
    if type(before) is not type(source):
        return None
    model = attempt([], partial(config.model, root, number))
    whole = {"ignored": (), "rows": None}
    reads = [
        partial(readers.table, root, year, each.model_copy(update=whole), [each.columns["area"]])
        for year, each in ((number, source), (number - 1, before))
    ]
    now, old = (attempt([], read) for read in reads)
    if now is None or old is None:
        return None
    named = _questions(now, source, model), _questions(old, before, model)  # type: ignore[arg-type]
    return Pair(now, old, source, *named, number)


def _questions(
    table: RawTable, source: SurveySource | DeliveredSource, model: IndexModel | None
) -> dict[str, str]:
    """Name a table's questions: the key of each, where one is known, and its own spelling."""
    if isinstance(source, DeliveredSource) and source.form == "long":
        spelled = list(table.rows[source.columns["indicator"]].unique())
    else:
        spelled = [name for name in table.rows if name not in source.columns.values()]
    labels = (model.labels if model else {}) | source.indicators
    known = {readers.fold(text): key for text, key in labels.items()}
    return {
        known.get(readers.fold(name), name): name for name in spelled if name not in source.ignored
    }


def _columns(pair: Pair) -> Iterator[Finding]:
    """Say which questions are gone or new, and which new name may be a gone question's."""
    gone = [key for key in pair.before if key not in pair.questions]
    new = [name for key, name in pair.questions.items() if key not in pair.before]
    table = "survey" if isinstance(pair.source, SurveySource) else "delivered"
    renamed = {key: _nearest(pair.before[key], new) for key in gone}
    for key, name in renamed.items():
        what = f"frågan från {pair.year - 1} finns inte"
        if name:
            what += f"; heter den nu ”{name}”?"
            remedy = f'Är det samma fråga: [{table}.indicators] "{name}" = "{key}" i year.toml.'
        else:
            what += "."
            remedy = f'Ställdes den inte i år: not_asked = ["{key}"] i year.toml.'
        yield pair.now.finding(None, pair.before[key], what, remedy)
    for name in new:
        if name not in renamed.values():
            remedy = "En fråga: lägg den i data/index_model.toml. Annars: ignored i year.toml."
            yield pair.now.finding(None, name, f"är ny: fanns inte {pair.year - 1}.", remedy)


def _areas(pair: Pair, register: pd.DataFrame) -> Iterator[Finding]:
    """Say which areas are gone or new, and which new name may be a gone area's."""
    column = pair.source.columns["area"]
    spelled = [text for text in pair.now.rows[column].unique() if text]
    known = register_of.identified(pd.Series(spelled), register).to_numpy()
    others = {getattr(pair.source, name, None) for name in ("total", "reference")}
    new = [text for text, area in zip(spelled, known, strict=True) if pd.isna(area)]
    new = [text for text in new if text not in others]
    gone = register["name"].drop(index=set(known) & set(register.index))
    renamed = {area: _nearest(name, new) for area, name in gone.items()}
    for area, name in gone.items():
        now = renamed[area]
        what = f"området ”{name}” finns inte" + (f"; heter det nu ”{now}”?" if now else " i år.")
        remedy = f"Finns det inte längre: last_year = {pair.year - 1} i data/areas.csv."
        if now:
            remedy = f"Är det samma område: lägg ”{now}” som alias för {area} i data/areas.csv."
        yield pair.now.finding(None, column, what, remedy)
    for text in new:
        if text not in renamed.values():
            remedy = "Lägg det i data/areas.csv med first_year, eller stavningen som alias."
            yield pair.now.finding(None, column, f"området ”{text}” är nytt.", remedy)


def _counts(pair: Pair) -> Iterator[Finding]:
    """Say where the number of answers jumps, in all or in an area."""
    if not isinstance(pair.source, SurveySource):
        return
    now, old = len(pair.now.rows), len(pair.old.rows)
    if not 1 / JUMP <= now / max(old, 1) <= JUMP:
        what = f"{now} svarande mot {old} året före."
        yield pair.now.finding(None, "", what, "Är filen hel och årets?")
    column = pair.source.columns["area"]
    tables = [table.rows for table in (pair.now, pair.old) if column in table.rows]
    counts = [rows[column].value_counts() for rows in tables]
    both = pd.concat(counts, axis=1, join="inner").set_axis(["now", "old"][: len(counts)], axis=1)
    for area, row in both.loc[both.max(axis=1).ge(FEW)].iterrows() if len(counts) == 2 else ():
        ratio = row["now"] / row["old"]
        if not 1 / AREA_JUMP < ratio < AREA_JUMP:
            many = "minst dubbelt" if ratio > 1 else "högst hälften"
            what = f"området ”{area}” har {many} så många svar som {pair.year - 1}."
            yield pair.now.finding(None, column, what, "Är alla svar med, och på rätt område?")


def distributions(root: Path, number: int) -> pd.DataFrame:
    """Show how a survey's answers are spread beside the year before, question by question.

    Returns:
        One row per question and answer, in the scale's order: `measure`, `label`, `column`, `answer`,
        `before` and `share` (of the answers on the scale, 0–1), `moved` (of the question's answers
        that stand elsewhere) and `is_turned`: the turned scale is much nearer last year's.
        Questions with few answers are left out.
    """
    columns = ["measure", "label", "column", "answer", "before", "share", "moved", "is_turned"]
    now = attempt([], partial(config.year, root, number))
    old = attempt([], partial(config.year, root, number - 1))
    model = attempt([], partial(config.model, root, number))
    pair = (
        _pair(root, number, now.survey, old.survey)
        if now and old and now.survey and old.survey
        else None
    )
    frames = [] if pair is None or model is None else list(_spread(pair, model))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _spread(pair: Pair, model: IndexModel) -> Iterator[pd.DataFrame]:
    for item in _shared(pair, model):
        column = pair.questions[item.key]
        counted = pd.DataFrame(
            {
                "before": pair.old.rows[pair.before[item.key]].value_counts(),
                "share": pair.now.rows[column].value_counts(),
            }
        )
        counts = counted.reindex(list(item.answers)).fillna(0.0)
        if counts.sum().min() < FEW:
            continue
        spread = counts / counts.sum()
        before, share = spread["before"].to_numpy(), spread["share"].to_numpy()
        moved, turned = (float(np.abs(share - other).sum() / 2) for other in (before, before[::-1]))
        yield (
            spread.rename_axis("answer")
            .reset_index()
            .assign(
                measure=item.key,
                label=item.label,
                column=column,
                moved=moved,
                is_turned=moved >= MOVED and turned < moved / 2,
            )
        )


def turned(root: Path, number: int) -> set[str]:
    """Name the questions whose scale looks turned or broken against the year before.

    Those that year.toml says are right (`scale_checked`) are left out.
    """
    spread = distributions(root, number)
    if spread.empty:
        return set()
    checked = config.year(root, number).survey
    right = set(checked.scale_checked) if checked else set()
    return set(spread.loc[spread["moved"].ge(MOVED), "measure"]) - right


def _answers(pair: Pair, model: IndexModel | None) -> Iterator[Finding]:
    """Say of each question where answers are new, or spread in another way than before."""
    if model is None or not isinstance(pair.source, SurveySource):
        return
    for item in _shared(pair, model):
        name = pair.questions[item.key]
        answers, old = set(pair.now.rows[name]), set(pair.old.rows[pair.before[item.key]])
        if new := sorted(answers - old - {*item.answers, *item.no_answer, ""}):
            quoted = swedish.listed([f"”{text}”" for text in new[:5]])
            what = f"svaren {quoted} fanns inte {pair.year - 1}; har skalan ändrats?"
            remedy = "I så fall: ny version i data/index_model.toml. Annars: rätta svaren."
            yield pair.now.finding(None, name, what, remedy)
    for rows in _spread(pair, model):
        if rows["moved"].iloc[0] >= MOVED:
            why = "är skalan vänd?" if rows["is_turned"].iloc[0] else "är det samma skala?"
            what = f"svaren fördelar sig på ett annat sätt än {pair.year - 1}; {why}"
            right = f'scale_checked = ["{rows["measure"].iloc[0]}"] under [survey].'
            remedy = f"Jämför med frågeformuläret. Stämmer det: {right}"
            yield pair.now.finding(None, rows["column"].iloc[0], what, remedy)


def _shared(pair: Pair, model: IndexModel) -> list[Indicator]:
    """List the questions that both years have."""
    there = pair.questions.keys() & pair.before.keys()
    return [item for item in model.indicators if item.key in there]


def _nearest(name: str, others: Sequence[str]) -> str:
    """Return the other name that is nearly the same; "" where none is."""
    return next(iter(difflib.get_close_matches(name, others, n=1, cutoff=ALIKE)), "")
