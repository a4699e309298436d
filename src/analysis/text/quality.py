"""Do this year's data hold? Results in, one list of checks and a verdict out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analysis import paths, reading, swedish
from analysis.errors import Finding
from analysis.figures import wording
from analysis.figures.figure import Table, Words, table
from analysis.results import Results
from analysis.sources import catalogue, texts
from analysis.sources import validation as differences
from analysis.sources.survey import TOTAL

__all__ = ["checks", "differing", "overview", "reconciliation", "verdict"]

DELIVERED_TOLERANCE = 0.05
GOOD, WARNING = "bra", "varning"


def __dir__() -> list[str]:
    return __all__


@dataclass(frozen=True, slots=True)
class Check:
    """One question asked of the data and its answer."""

    question: str
    answer: str
    is_good: bool

    def __str__(self) -> str:
        return f"{'✓' if self.is_good else '!'} {self.question} {self.answer}"


@reading.by_value
@reading.remembered
def checks(year: Results) -> list[Check]:
    """Ask every question that the year's data can answer."""
    return [
        *_sources(year),
        *_copied(year),
        *_differing(year),
        *_response(year),
        *_areas(year),
        *_delivered(year),
        *_crime(year),
    ]


def overview(year: Results) -> Table:
    """List the checks."""
    rows = [
        (item.question, item.answer, GOOD if item.is_good else WARNING) for item in checks(year)
    ]
    return table(f"Kontroll av underlaget för {year.number}", ["Fråga", "Svar", "Omdöme"], rows)


def verdict(year: Results) -> Words:
    """Say whether the data hold, and what must be looked at."""
    bad = [item for item in checks(year) if not item.is_good]
    if not bad:
        return Words("**Underlaget håller.** Inget behöver åtgärdas.")
    points = [f"- {item.question} {item.answer}" for item in bad]
    count = swedish.counted(len(bad), "sak", "saker")
    return Words("\n".join([f"**Se över {count} innan rapporten skickas:**", "", *points]))


@reading.by_value
def differing(year: Results) -> Table | None:
    """List what this year's files have that the year before's had not; None where nothing differs."""
    found = _found(year)
    rows = [(item.place, item.what, item.remedy) for item in found]
    if not rows:
        return None
    return table(f"Skiljer sig från {year.number - 1}", ["Var", "Vad", "Vad gör jag?"], rows)


def reconciliation(year: Results) -> Table | None:
    """List delivered values that differ from ours by more than the tolerance."""
    if year.reconciled.empty:
        return None
    gap = (year.reconciled["value"] - year.reconciled["computed"]).abs()
    names = year.areas["name"].to_dict() | {TOTAL: year.municipality.name}
    shown = year.by_area(year.main_measure() or "")["status"].isin(wording.PRINTED)
    rows = [
        (
            names[row.area],
            year.measures["label"][row.measure],
            swedish.number(row.value, 2),
            swedish.number(row.computed, 2),
        )
        for row in year.reconciled.loc[gap.gt(DELIVERED_TOLERANCE)].itertuples()
        if row.area == TOTAL or shown.get(row.area, False)
    ]
    return table(
        "Levererade värden som skiljer sig från våra",
        ["Område", "Mått", "Levererat", "Beräknat"],
        rows,
        numeric=["Levererat", "Beräknat"],
    )


def _sources(year: Results) -> Iterator[Check]:
    unsigned = [source.file for source in year.year.sources.values() if not source.sha256]
    prints = [f'{name}: sha256 = "{_print(year, name)}"' for name in unsigned]
    answer = f"Nej. Skriv i year.toml: {'; '.join(prints)}." if unsigned else "Ja."
    yield Check("Är alla filer låsta med kontrollsumma?", answer, not unsigned)
    noticed = catalogue.notices(year.root, year.number)
    answer = (
        "Ja." if not noticed else f"Se efter att detta stämmer: {'; '.join(map(str, noticed))}."
    )
    locked = not {notice.file for notice in noticed} & set(unsigned)
    yield Check("Lästes filerna som de står?", answer, locked)
    made_up = [source.file for source in year.year.sources.values() if source.synthetic]
    answer = f"Nej, påhittat: {swedish.listed(made_up)}." if made_up else "Ja."
    yield Check("Är alla uppgifter verkliga?", answer, not made_up)


def _copied(year: Results) -> Iterator[Check]:
    """Find what was brought along from the year before when its folder was copied."""
    home, before = (paths.of_data(year.root, number) for number in (year.number, year.number - 1))
    names = [source.file for source in year.year.sources.values()]
    reading.note(*(before / name for name in names))
    same = [
        name
        for name in names
        if (before / name).is_file() and (home / name).read_bytes() == (before / name).read_bytes()
    ]
    same += [f"text/{one.name}" for one in texts.told(year.root, year.number) if one.is_copied]
    answer = f"Nej: {swedish.listed(same)} är likadana som {year.number - 1}." if same else "Ja."
    yield Check("Är alla filer och texter årets egna?", answer, not same)
    told = {
        name: f"{one.source} {getattr(one, 'fieldwork', '')}"
        for name, one in year.year.sources.items()
    }
    old = [name for name, text in told.items() if str(year.number - 1) in text]
    answer = f"Nej: [{'], ['.join(old)}] i year.toml talar om {year.number - 1}." if old else "Ja."
    yield Check("Talar year.toml om rätt år?", answer, not old)


@reading.remembered
def _found(year: Results) -> list[Finding]:
    return differences.listed(year.root, year.number)


def _differing(year: Results) -> Iterator[Check]:
    """Compare with the year before: questions, areas, scales, numbers of answers."""
    if year.number - 1 not in paths.years(year.root):
        return
    found = _found(year)
    said = "; ".join(f"{item.place}: {item.what.removesuffix('.')}" for item in found)
    answer = f"Nej. {said}" if found else "Ja."
    yield Check(f"Är filerna uppställda som {year.number - 1}?", answer, not found)
    unwritten = [one.name for one in texts.told(year.root, year.number) if not one.is_written]
    answer = f"Nej, bara rubriker: {swedish.listed(unwritten)}." if unwritten else "Ja."
    yield Check("Är alla texter skrivna?", answer, not unwritten)


def _print(year: Results, name: str) -> str:
    return catalogue.fingerprint(paths.of_data(year.root, year.number) / name)


def _response(year: Results) -> Iterator[Check]:
    if year.number not in year.response.index:
        return
    row = year.response.loc[year.number]
    if row["rate"] == row["rate"]:
        answer = f"{swedish.percent(row['rate'], 2)} svarade."
        yield Check("Är svarsandelen rimlig (20–90 %)?", answer, bool(0.2 <= row["rate"] <= 0.9))
    if year.earlier in year.response.index:
        before = year.response.loc[year.earlier, "answered"]
        ratio = row["answered"] / before
        answer = f"{swedish.number(row['answered'])} svar, {swedish.number(before)} året före."
        yield Check("Är antalet svar likt förra årets?", answer, bool(0.75 <= ratio <= 1.33))


def _areas(year: Results) -> Iterator[Check]:
    lost = sorted(set(year.municipality.priority_areas) - set(year.areas["name"]))
    answer = f"Nej: {swedish.listed(lost)}. Rätta data/municipality.toml." if lost else "Ja."
    yield Check("Finns alla prioriterade områden i år?", answer, not lost)
    main = year.main_measure()
    if main is None:
        return
    cells = year.by_area(main)
    for state, question in (
        ("not_asked", "Har alla områden ett värde?"),
        ("hidden", "Visas alla områdens värden?"),
        ("uncertain", "Är alla områdens värden säkra?"),
    ):
        names = list(cells.loc[cells["status"].eq(state), "name"])
        answer = f"Nej: {swedish.listed(names)}. {wording.WHY[state]}" if names else "Ja."
        if state == "uncertain" and cells["lower"].isna().all():
            answer = "Går inte att säga: felmarginaler saknas i underlaget."
        yield Check(question, answer, not names or state == "uncertain")
    if cells["n"].isna().all():
        answer = "Nej: antal svar saknas, så ingen vet om något värde borde döljas."
        yield Check("Är antalet svar känt?", answer, is_good=False)
    rows = year.cells()
    total = rows.loc[rows["area"].eq(TOTAL)].set_index("measure")["status"]
    silent = [
        year.measures["label"][name]
        for name in year.questions()
        if total.get(name) not in wording.PRINTED
    ]
    there = set(year.questions())
    asked = year.model.indicators if year.model and there else ()
    silent += [item.label for item in asked if item.key not in there]
    answer = f"Nej, detta saknas: {swedish.listed(silent)}." if silent else "Ja."
    yield Check("Är alla frågor ställda och besvarade?", answer, not silent)


def _delivered(year: Results) -> Iterator[Check]:
    if year.reconciled.empty:
        return
    shown = year.reconciled.dropna(subset=["value", "computed"])
    gap = (shown["value"] - shown["computed"]).abs()
    worst = swedish.number(float(gap.max()) if len(gap) else 0.0, 2)
    yield Check(
        "Stämmer de levererade värdena med våra beräknade?",
        f"Största skillnaden är {worst} ({len(shown)} jämförda värden).",
        bool((gap <= DELIVERED_TOLERANCE).all()),
    )


def _crime(year: Results) -> Iterator[Check]:
    if year.crime is None:
        return
    now = year.crime.loc[year.crime["year"].eq(year.number)]
    known = now.set_index("label")["count"]
    sums = now.loc[now["parent"].ne("")].groupby("parent")["count"].sum()
    too_many = [label for label, parts in sums.items() if parts > known[label]]
    answer = f"Nej: delarna i {swedish.listed(too_many)} är fler än summan." if too_many else "Ja."
    yield Check("Ryms brottsgrupperna i sina summor?", answer, not too_many)
    yield Check(
        "Är brottsstatistiken slutlig?",
        "Nej, preliminär." if now["preliminary"].any() else "Ja.",
        not now["preliminary"].any(),
    )
