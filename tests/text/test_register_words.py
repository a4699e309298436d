"""Crime, promise and wastewater in words, from counts reckoned by hand."""

import made
import pytest
from made import words

from analysis.text import registers

CERTAIN = "Invånarna upplever färre problem, men fler brott anmäls. Båda kan stämma."
UNSURE = (
    "Problemindex: säkerställd minskning (−0,20). Anmälda brott per invånare: "
    "ingen säker förändring (+16\u00a0procent)."
)


def test_reported_crime_is_said_with_its_change_and_its_change_per_inhabitant():
    said = words(registers.crime(made.of()))
    assert said.startswith(
        "1\u00a0160 brott anmäldes i Lillstad 2023, 16\u00a0procent fler än 2022 (1\u00a0000). "
        "Räknat per invånare är det 16\u00a0procent fler, en säkerställd ökning."
    )
    assert "går inte att förklara här" in said  # what ”Övriga brott” holds
    said = words(registers.crime(made.of(crime=(1000, 1000, "uncertain"))))
    assert "lika många som 2022." in said


@pytest.mark.parametrize(("verdict", "said"), [("rise", CERTAIN), ("uncertain", UNSURE)])
def test_survey_and_register_are_one_sentence_only_where_both_are_certain(verdict, said):
    year = made.of(crime=(1000, 1160, verdict))
    assert words(registers.both_measures(year)).startswith(said)
    assert registers.both_measures(made.of(kind="register")) is None


def test_promises_partly_kept_and_not_followed_up_are_told():
    said = words(registers.promises(made.of()))
    assert said == "Två av fyra mål är uppfyllda, ett delvis; ett har inte följts upp."


def test_the_wastewater_is_told_with_the_year_before():
    said = words(registers.wastewater(made.of()))
    assert said.startswith(
        "Halten av amfetamin var högre än 2022. Metamfetamin låg under mätgränsen 2022, men inte nu. "
        "MDMA låg under mätgränsen. Det betyder inte att ämnet saknas."
    )


def test_what_is_not_there_is_not_told_and_crime_leads_where_there_is_nothing_else():
    year = made.of(crime=None)
    tells = (registers.crime, registers.both_measures, registers.promises, registers.wastewater)
    assert [tell(year) for tell in (*tells, registers.crime_certainty)] == [None] * 5
    assert "160 brott anmäldes" in words(registers.crime_alone(made.of(index=None)))
