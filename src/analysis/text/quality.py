"""Do this year's data hold? A year's results and its files in, one list of checks and a verdict out.

No number is told that the report may not tell: the values are those of the gated frames.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from analysis import paths, swedish
from analysis.figures import tables
from analysis.figures.figure import Table, Text
from analysis.results import Results
from analysis.sources import validation
from analysis.text import about, sentences
from analysis.text.sentences import plain

TOLERANCE = 0.05  # between a delivered index and ours
USUAL_RATIO = (0.75, 1.33)  # of the answers, to last year's


@dataclass(frozen=True, slots=True)
class Check:
    """One question asked of the data and its answer."""

    question: str
    answer: str
    is_good: bool

    def __str__(self) -> str:
        return f"{'✓' if self.is_good else '!'} {self.question} {self.answer}"


def checks(this_year: Results) -> list[Check]:
    """Ask every question that the year's data can answer."""
    steps = (_sources, _own, _response, _areas, _questions, _reconciled, _crime)
    return [check for step in steps for check in step(this_year)]


def overview(this_year: Results) -> Table:
    """List the checks."""
    words = {True: "bra", False: "varning"}
    asked = [(check.question, check.answer, words[check.is_good]) for check in checks(this_year)]
    frame = pd.DataFrame(asked, columns=["Kontroll", "Utfall", "Omdöme"])
    return tables.of(frame, f"Kontroll av underlaget för {this_year.year}")


def verdict(this_year: Results) -> Text:
    """Say whether the data hold, and what must be looked at."""
    bad = [check for check in checks(this_year) if not check.is_good]
    if not bad:
        return Text("**Underlaget håller.** Inget behöver åtgärdas.")
    points = [f"- {plain(f'{check.question} {check.answer}')}" for check in bad]
    count = swedish.counted(len(bad), "sak", "saker")
    return Text("\n".join([f"**Se över {count} innan rapporten skickas:**", "", *points]))


def differences(this_year: Results) -> Table | None:
    """List what this year's files have that the year before's had not; None where nothing differs."""
    found = validation.differences(this_year.root, this_year.year)
    listed = [(each.place, each.what, each.remedy) for each in found]
    frame = pd.DataFrame(listed, columns=["Var", "Vad", "Vad gör jag?"])
    caption = f"Skiljer sig från {this_year.year - 1}"
    return tables.of(frame, caption) if found else None


def reconciliation(this_year: Results) -> Table | None:
    """List delivered values that differ from ours by more than the tolerance."""
    both = this_year.reconciled
    far = both.loc[(both["delivered"] - both["computed"]).abs().gt(TOLERANCE)]
    shown = far[["name", "label", "delivered", "computed"]]
    shown = shown.set_axis(["Område", "Mått", "Levererat", "Beräknat"], axis=1)
    return tables.of(shown, "Levererade värden som skiljer sig från våra") if len(far) else None


def _yes(question: str, faults: list[str], answer: str = "Nej: {}.") -> Check:
    """Answer yes, or no with the faults named."""
    return Check(question, answer.format(swedish.listed(faults)) if faults else "Ja.", not faults)


def _sources(this_year: Results) -> Iterator[Check]:
    """Ask of the files: are they locked, real, and set out as last year's."""
    declared = this_year.config.year
    unlocked = [
        f'{source.file}: sha256 = "{paths.sha256(path)}"'
        for source in declared.sources.values()
        if not source.sha256
        and (path := paths.of_data(this_year.root, declared.year) / source.file).is_file()
    ]
    yield _yes("Är alla filer låsta med kontrollsumma?", unlocked, "Nej. Skriv i year.toml: {}.")
    made_up = [source.file for source in declared.sources.values() if source.synthetic]
    yield _yes("Är alla uppgifter verkliga?", made_up, "Nej, påhittat: {}.")
    if this_year.year - 1 in paths.years(this_year.root):
        found = validation.differences(this_year.root, this_year.year)
        faults = [f"{each.place}: {each.what.removesuffix('.')}" for each in found]
        yield _yes(f"Är filerna uppställda som {this_year.year - 1}?", faults)


def _own(this_year: Results) -> Iterator[Check]:
    """Ask of files, texts and year.toml: are they the year's own, and written."""
    home = paths.of_data(this_year.root, this_year.year)
    before = home.with_name(str(this_year.year - 1))
    sources = this_year.config.year.sources
    unwritten = [stem for stem, words in this_year.texts.items() if not about.is_written(words)]
    names = [source.file for source in sources.values() if not source.file.startswith("../")]
    names += [f"text/{stem}.md" for stem in this_year.texts if stem not in unwritten]
    same = [
        name
        for name in names
        if (before / name).is_file() and (home / name).read_bytes() == (before / name).read_bytes()
    ]
    yield _yes("Är alla filer och texter årets egna?", same, f"Nej, som {before.name}: {{}}.")
    told = {
        kind: f"{each.source} {getattr(each, 'fieldwork', '')}" for kind, each in sources.items()
    }
    old = [f"[{kind}]" for kind, words in told.items() if before.name in words]
    yield _yes("Talar year.toml om rätt år?", old, f"Nej, om {before.name}: {{}}.")
    yield _yes("Är alla texter skrivna?", unwritten, "Nej, bara rubriker: {}.")


def _response(this_year: Results) -> Iterator[Check]:
    """Ask how many answered, and whether they are as many as last year."""
    answers = this_year.response.set_index("year").reindex([this_year.year, this_year.earlier])
    now, old = answers["answered"]
    rate = answers["rate"].iloc[0]
    if not pd.isna(rate):
        question = f"Är svarsandelen rimlig (20–90{swedish.NO_BREAK}%)?"
        yield Check(question, f"{swedish.percent(rate)} svarade.", bool(0.2 <= rate <= 0.9))
    if not (pd.isna(now) or pd.isna(old)):
        answer = f"{swedish.number(now)} svar, {swedish.number(old)} år {this_year.earlier}."
        is_like = bool(USUAL_RATIO[0] <= now / old <= USUAL_RATIO[1])
        yield Check("Är antalet svar likt förra gången?", answer, is_like)


def _areas(this_year: Results) -> Iterator[Check]:
    """Ask of the main measure: has every area a value, is it shown, and how certain is it."""
    if this_year.main is None:
        return
    areas = sentences.places(this_year).query("area != ''")
    for state, question in (
        ("not_asked", "Har alla områden ett värde?"),
        ("hidden", "Visas alla områdens värden?"),
    ):
        yield _yes(question, list(areas.loc[areas["status"].eq(state), "name"]))
    unsure = list(areas.loc[areas["status"].eq("uncertain"), "name"])
    answer = f"{swedish.listed(unsure)}." if unsure else "Inga."
    if areas["lower"].isna().all():
        answer = "Går inte att säga: underlaget säger inte hur säkra värdena är."
    yield Check("Vilka områdens värden är osäkra?", answer, is_good=True)
    if areas["n"].isna().all() and this_year.context.kind == "survey":
        answer = "Nej, så ingen vet om något värde borde döljas."
        yield Check("Är antalet svar känt?", answer, is_good=False)


def _questions(this_year: Results) -> Iterator[Check]:
    """Ask whether every question of the model was asked and has a value in some area or in all."""
    there = {*this_year.estimates.query("year == @this_year.year and value == value")["measure"]}
    labels = this_year.measures.set_index("measure")["label"].to_dict()
    if (model := this_year.config.model) and labels.keys() & {*model.question_keys}:
        labels |= {item.key: item.label for item in model.indicators}
    silent = [label for key, label in labels.items() if key not in there]
    is_survey = this_year.context.kind == "survey"
    asked = "Är alla frågor ställda och besvarade?" if is_survey else "Har alla mått ett värde?"
    if labels:
        yield _yes(asked, silent, "Nej, detta saknas: {}.")


def _reconciled(this_year: Results) -> Iterator[Check]:
    both = this_year.reconciled.dropna(subset=["delivered", "computed"])
    if len(both):
        worst = (both["delivered"] - both["computed"]).abs().max()
        answer = f"Största skillnaden är {swedish.number(worst, 2)} ({len(both)} jämförda värden)."
        question = "Stämmer de levererade värdena med våra beräknade?"
        yield Check(question, answer, bool(worst <= TOLERANCE))


def _crime(this_year: Results) -> Iterator[Check]:
    """Ask whether parts fit in their sums, and whether the counts are final."""
    now = this_year.crime.query("year == year.max() and area == ''")
    if now.empty:
        return
    known = now.set_index("label")["count"]
    parts = now.query("parent != ''").groupby("parent")["count"].sum()
    over = [str(label) for label, count in parts.items() if count > known.get(label, count)]
    yield _yes("Ryms brottsgrupperna i sina summor?", over, "Nej, delarna är fler i {}.")
    late = ["preliminär"] if now["preliminary"].any() else []
    yield _yes("Är brottsstatistiken slutlig?", late, "Nej, {}.")
