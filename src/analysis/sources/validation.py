"""What a year's files have that the year before's had not: raw tables in, findings in words out.

Nothing is guessed on the reader's behalf: a likely new name is put as a question, with the line to
write where the answer is yes. No number of a group too small to be shown is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from analysis import paths, swedish
from analysis.errors import Finding, attempt
from analysis.sources import areas as register_of
from analysis.sources import catalogue, namesakes, rawtable
from analysis.sources.config import DeliveredSource, IndexModel, Source, SurveySource
from analysis.sources.rawtable import RawTable

__all__ = ["listed"]

FEW = 30  # answers: fewer say nothing of how answers are spread
JUMP = 0.33  # of the number of answers in all
AREA_JUMP = 2.0  # times as many answers, or as few
MOVED = 0.25  # of the answers stand elsewhere on the scale
COMMON = 0.05  # an answer that so many gave, and nobody now


@dataclass(frozen=True, slots=True)
class Pair:
    """A source's table this year and the year before, with what each calls its questions."""

    now: RawTable
    old: RawTable
    source: SurveySource | DeliveredSource
    questions: dict[str, str]
    before: dict[str, str]
    year: int


def listed(root: Path, number: int) -> list[Finding]:
    """List what differs between a year's files and the year before's, in Swedish.

    Files that cannot be read are left to the validation; so is a year without a year before.
    """
    old = attempt([], partial(catalogue.year, root, number - 1))
    if old is None:
        return []
    now = attempt([], partial(catalogue.year, root, number))
    findings: list[Finding] = []
    register = attempt([], partial(register_of.register, root, number))
    if old.survey and register is not None:
        attempt(findings, partial(register_of.require_adults, register, number))
    for kind, source in old.sources.items():
        current = getattr(now, kind) if now else source
        if current is None:
            what = f"[{kind}] finns inte i år; {number - 1} fanns {source.file}."
            findings.append(
                Finding(what, "Stämmer det? Annars: lägg till avdelningen.", _toml(number))
            )
        else:
            findings += _of_source(root, number, current, source)
    return findings


def _toml(number: int) -> str:
    return f"data/{number}/year.toml"


def _of_source(root: Path, number: int, source: Source, before: Source) -> list[Finding]:
    """Compare one file with the year before's."""
    path = paths.of_data(root, number) / source.file
    if not path.is_file():
        return [_missing(path, f"data/{number}/{source.file}")]
    if not isinstance(source, (SurveySource, DeliveredSource)):
        return []
    assert isinstance(before, (SurveySource, DeliveredSource))
    now = _table(root, number, source.model_copy(update={"rows": None}))
    old = _table(root, number - 1, before)
    if now is None or old is None:
        return []
    model = attempt([], partial(catalogue.model, root, number))
    pair = Pair(
        now, old, source, _questions(now, source, model), _questions(old, before, model), number
    )
    register = attempt([], partial(register_of.register, root, number))
    found = list(_columns(pair))
    if register is not None and source.columns["area"] in now.rows:
        total = getattr(source, "total", None)
        found += namesakes.areas(now, source.columns["area"], register, number, total)
    if isinstance(source, SurveySource):
        found += [*_counts(pair), *_answers(pair, model)]
    return found


def _missing(path: Path, label: str) -> Finding:
    """Say that a file is not there, and which tables are."""
    there = sorted(
        item.name
        for item in path.parent.glob("*")
        if item.suffix and item.suffix in rawtable.READERS
    )
    what = f"filen saknas; i mappen finns {swedish.listed(there) if there else 'inga tabeller'}."
    remedy = "Lägg den där, skriv dess namn i year.toml, eller ta bort avdelningen."
    return Finding(what, remedy, label)


def _table(root: Path, number: int, source: SurveySource | DeliveredSource) -> RawTable | None:
    """Read a source's table with every column it has; None where it cannot be read."""
    path, label = paths.of_data(root, number) / source.file, f"data/{number}/{source.file}"
    layout = source.model_copy(update={"ignored": ()})
    return attempt([], partial(rawtable.read, path, label=label, layout=layout))


def _questions(
    table: RawTable, source: SurveySource | DeliveredSource, model: IndexModel | None
) -> dict[str, str]:
    """Name a table's questions: the key of each, where one is known, and its own spelling."""
    if isinstance(source, DeliveredSource) and source.form == "long":
        column = source.columns["indicator"]
        spelled = list(table.rows[column].unique()) if column in table.rows else []
    else:
        spelled = [name for name in table.rows if name not in source.columns.values()]
    known = {
        rawtable.fold(text): key
        for text, key in ((model.labels if model else {}) | source.indicators).items()
    }
    return {
        known.get(rawtable.fold(name), name): name for name in spelled if name not in source.ignored
    }


def _columns(pair: Pair) -> Iterator[Finding]:
    """Say which columns and questions are gone, new, or have a name near one that is gone."""
    for role, column in pair.source.columns.items():
        if column not in pair.now.rows:
            close = namesakes.matched([column], list(pair.now.rows)).get(column)
            what = f"kolumnen saknas{f'; heter den nu ”{close}”?' if close else '.'}"
            yield pair.now.finding(
                None, column, what, f'Skriv {role} = "…" under columns i year.toml.'
            )
    table = (
        "[survey.indicators]" if isinstance(pair.source, SurveySource) else "[delivered.indicators]"
    )
    gone = [key for key in pair.before if key not in pair.questions]
    roles = set(pair.source.columns.values())
    new = [
        name for key, name in pair.questions.items() if key not in pair.before and name not in roles
    ]
    likely = namesakes.matched([pair.before[key] for key in gone], new)
    for key in gone:
        name = pair.before[key]
        now = likely.get(name, "")
        what = f"frågan från {pair.year - 1} finns inte{f'; heter den nu ”{now}”?' if now else '.'}"
        remedy = (
            f'Är det samma fråga: skriv "{now}" = "{key}" under {table} i year.toml. Är den omformulerad: '
            "gör en ny fråga i index_model.toml."
            if now
            else f'Ställdes den inte i år: skriv den i not_asked, som ["{key}"]; ingår den i indexet blir det inget index.'
        )
        yield pair.now.finding(None, name, what, remedy)
    for name in new:
        if name not in likely.values():
            remedy = "En fråga: lägg den i data/index_model.toml. Vikter eller annat: under columns i year.toml. Annars: under ignored."
            yield pair.now.finding(None, name, f"är ny: fanns inte {pair.year - 1}.", remedy)


def _counts(pair: Pair) -> Iterator[Finding]:
    """Say where the number of answers jumps, in all or in an area."""
    now, old = len(pair.now.rows), len(pair.old.rows)
    if not 1 - JUMP <= now / max(old, 1) <= 1 / (1 - JUMP):
        yield pair.now.finding(
            None, "", f"{now} svarande mot {old} året före.", "Är filen hel och årets?"
        )
    column = pair.source.columns["area"]
    if not {column} <= {*pair.now.rows} & {*pair.old.rows}:
        return
    spelled = {rawtable.fold(text): text for text in pair.now.rows[column].unique()}
    counts = [
        table.rows[column].map(rawtable.fold).value_counts() for table in (pair.now, pair.old)
    ]
    both = pd.concat(counts, axis=1, keys=["now", "old"]).dropna()
    for area, row in both.loc[both.max(axis=1).ge(FEW)].iterrows():
        ratio = row["now"] / row["old"]
        if not 1 / AREA_JUMP < ratio < AREA_JUMP:
            many = "minst dubbelt" if ratio > 1 else "högst hälften"
            what = f"området ”{spelled[area]}” har {many} så många svar som {pair.year - 1}."
            yield pair.now.finding(None, column, what, "Är alla svar med, och på rätt område?")


def _answers(pair: Pair, model: IndexModel | None) -> Iterator[Finding]:
    """Say of each question where answers are new, gone, or spread in another way than before."""
    scales = {item.key: item for item in model.indicators} if model else {}
    for key in [key for key in pair.questions if key in pair.before and key in scales]:
        item, name = scales[key], pair.questions[key]
        now, old = (
            pair.now.rows[name].value_counts(),
            pair.old.rows[pair.before[key]].value_counts(),
        )
        new = sorted({*now.index} - {*old.index, *item.answers, *item.no_answer, ""})
        if new:
            quoted = swedish.listed([f"”{text}”" for text in new[:5]])
            what = f"svaren {quoted} fanns inte {pair.year - 1}; har skalan ändrats?"
            remedy = "I så fall: ny version i data/index_model.toml. Annars: rätta svaren."
            yield pair.now.finding(None, name, what, remedy)
        counts = pd.DataFrame({"now": now, "old": old}).reindex(item.answers).fillna(0.0)
        if counts.sum().min() >= FEW:
            yield from _spread(pair, name, counts / counts.sum())


def _spread(pair: Pair, name: str, spread: pd.DataFrame) -> Iterator[Finding]:
    """Compare how answers are spread over the scale in two years."""
    gone = spread.index[spread["now"].eq(0) & spread["old"].ge(COMMON)]
    if len(gone):
        what = (
            f"ingen svarade {swedish.listed([f'”{text}”' for text in gone])}; har skalan ändrats?"
        )
        yield pair.now.finding(None, name, what, "I så fall: ny version i data/index_model.toml.")
    moved = _moved(spread["now"].to_numpy(), spread["old"].to_numpy())
    if moved >= MOVED:
        is_turned = _moved(spread["now"].to_numpy(), spread["old"].to_numpy()[::-1]) < moved / 2
        why = "är skalan vänd?" if is_turned else "är det samma fråga och samma skala?"
        what = f"svaren fördelar sig på ett annat sätt än {pair.year - 1}; {why}"
        yield pair.now.finding(None, name, what, "Jämför med frågeformuläret.")


def _moved(now: pd.Series, old: pd.Series) -> float:
    """Return the share of answers that stand elsewhere on the scale."""
    return float(abs(now - old).sum() / 2)
