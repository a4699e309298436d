"""Crime, promise and wastewater in words, from counts reckoned by hand."""

from dataclasses import replace

import made
from made import words

from analysis.text import registers

NO_BREAK = "\u00a0"


def test_reported_crime_is_said_with_its_change_and_its_change_per_inhabitant():
    said = words(registers.crime(made.of()))
    assert said.startswith(
        f"1{NO_BREAK}160 brott anmäldes i Lillstad 2023, 16{NO_BREAK}procent fler än 2022 "
        f"(1{NO_BREAK}000). Räknat per invånare är det 16{NO_BREAK}procent fler, en säkerställd ökning."
    )
    assert "går inte att förklara här" in said  # what ”Övriga brott” holds


def test_as_many_crimes_as_the_year_before_are_neither_more_nor_fewer():
    said = words(registers.crime(made.of(crime=(1000, 1000, "uncertain"))))
    assert "lika många som 2022." in said


def test_survey_and_register_are_told_in_one_sentence_where_both_are_certain():
    said = words(registers.both_measures(made.of()))
    assert said.startswith(
        "Invånarna upplever färre problem, men fler brott anmäls. Båda kan stämma."
    )


def test_where_one_is_not_certain_each_is_told_with_its_verdict():
    said = words(registers.both_measures(made.of(crime=(1000, 1160, "uncertain"))))
    assert said.startswith(
        "Problemindex: säkerställd minskning (−0,20). Anmälda brott per invånare: "
        f"ingen säker förändring (+16{NO_BREAK}procent)."
    )


def test_a_register_of_areas_is_not_set_against_crime():
    assert registers.both_measures(made.of(kind="register")) is None


def test_promises_partly_kept_and_not_followed_up_are_told():
    said = words(registers.promises(made.of()))
    assert said == "Två av fyra mål är uppfyllda, ett delvis; ett har inte följts upp."


def test_the_wastewater_is_told_with_the_year_before():
    said = words(registers.wastewater(made.of()))
    assert "Halten var högre än 2022 av amfetamin." in said
    assert "Metamfetamin låg under mätgränsen 2022, men inte nu." in said
    assert "MDMA låg under mätgränsen. Det betyder inte att ämnet saknas." in said


def test_what_is_not_there_is_not_told():
    year = made.of(crime=None)
    tells = (registers.crime, registers.both_measures, registers.promises, registers.wastewater)
    assert [tell(year) for tell in (*tells, registers.crime_certainty)] == [None] * 5


def test_crime_leads_where_there_is_nothing_else():
    assert "160 brott anmäldes" in words(registers.crime_alone(made.of(index=None)))
    year = made.of(index=None)
    assert registers.crime_figure(replace(year, main=None)).value == f"1{NO_BREAK}160"
