"""Reported crime, wastewater and promises in Swedish sentences; None where there is no such data."""

from __future__ import annotations

from analysis import reading, swedish
from analysis.figures import wording
from analysis.figures.figure import Words, plain
from analysis.results import Results
from analysis.text import phrases

BOTH = (
    "Undersökningen och brottsstatistiken mäter olika saker. Undersökningen frågar vad invånarna "
    "upplever där de bor. Statistiken räknar brott som har anmälts, var i kommunen de än begicks. "
    "Båda kan stämma på samma gång."
)


def crime(year: Results) -> Words | None:
    """Say how many crimes were reported, the change, and the groups that changed most."""
    said = phrases.crime_total(year)
    if said is None:
        return None
    compared = year.crime_compared
    assert compared is not None
    groups = compared.loc[compared["parent"].ne("") & compared["p_value"].lt(0.05)].dropna(
        subset="percent"
    )
    points = [
        f"- {plain(row.label)}: {swedish.number(row.count_now)} anmälningar, {swedish.signed(row.percent, 0)}{swedish.NO_BREAK}% per invånare sedan {year.number - 1}"
        for row in groups.itertuples()
    ]
    lead = (
        "Så här ändrades grupperna, räknat per invånare, där skillnaden är större än slumpen:"
        if points
        else ""
    )
    preliminary = (
        " Siffrorna är preliminära." if year.year.crime and year.year.crime.preliminary else ""
    )
    return Words("\n".join([said + preliminary, "", lead, "", *points]).strip())


@reading.by_value
def both_measures(year: Results) -> Words | None:
    """Say why the survey and the register can differ, when they do; each with its certainty."""
    main = year.main_measure()
    change = year.change(main) if main else None
    compared = year.crime_compared
    if main is None or change is None or compared is None:
        return None
    total = compared.iloc[0]
    verdict = wording.verdict(change, year.measures["kind"][main])
    if verdict == "oförändrat" or not total["percent"] * change["difference"] < 0:
        return None
    register = wording.register_verdict(total["p_value"], total["difference_per_100k"])
    name = swedish.capitalised(phrases.name_of(year, main))
    return Words(
        f"Siffrorna går åt olika håll. {name}: {verdict}. Anmälda brott: {register}. {BOTH}"
    )


def crime_certainty(year: Results) -> Words | None:
    """Say what the margins of a count of crimes mean."""
    if year.crime is None:
        return None
    return Words(
        "Antalet anmälda brott varierar slumpmässigt även när läget är oförändrat. Strecken visar hur "
        "mycket. En skillnad mellan åren är mer än slump när slumpen ensam sällan ger den (1 gång på "
        "20). Det säger inte varför: även fler anmälningar eller ändrad registrering kan ligga bakom."
    )


def promises(year: Results) -> Words | None:
    """Say how many of the promises were kept."""
    if year.promises is None:
        return None
    kept = int(year.promises["fulfilled"].eq("ja").sum())
    return Words(
        f"{swedish.capitalised(_in_words(kept))} av {_in_words(len(year.promises))} mål är uppfyllda."
    )


def _in_words(count: int) -> str:
    return swedish.SMALL_WORDS[count] if count < len(swedish.SMALL_WORDS) else swedish.number(count)


def wastewater(year: Results) -> Words | None:
    """Say what the measurement can and cannot tell."""
    if year.wastewater is None:
        return None
    below = year.wastewater.loc[year.wastewater["state"].eq("below_loq"), "substance"]
    said = "Mätningen visar läget under några dygn, inte hela året."
    if len(below):
        said += f" Under mätgränsen: {plain(swedish.listed(sorted(set(below), key=swedish.sort_key)))}. Det betyder inte att ämnet saknas."
    return Words(said)
