import re

import pytest

from analysis import documents, results
from analysis import text as narrative
from analysis.text import facts
from conftest import ANSWERS, write_answers


@pytest.fixture
def year(town):
    return results.of(2023, town)


def test_safer_is_said_only_of_an_index_that_fell_for_certain(town, rewrite):
    assert "säkerställd minskning. Invånarna upplever alltså färre problem än 2022." in str(
        narrative.total(results.of(2023, town))
    )
    for answer in range(41, 73):
        rewrite(
            town / "data/2023/survey.csv",
            f"\n{answer},Söder,{'km'[(answer - 41) % 2]},1",
            f"\n{answer},Söder,{'km'[(answer - 41) % 2]},2",
        ) if answer > 48 else None
    rewritten = str(narrative.total(results.of(2023, town)))
    assert "Invånarna upplever alltså färre problem" not in rewritten


def test_the_response_is_said_with_its_rate(year):
    assert str(narrative.response(year)) == (
        "Enkäten skickades till 260 slumpvis utvalda invånare. 130 svarade, det vill säga 50,00\xa0%."
    )


def test_certain_changes_are_named_and_the_rest_said_to_be_within_the_margin(year):
    said = str(narrative.comparison(year))
    assert "Säkerställd minskning sedan 2022: Söder." in said
    assert "I övriga två områden som kan jämföras ryms förändringen inom felmarginalen." in said
    assert "3 områden är prövade på en gång" in said
    assert "Vad betyder säkerställd?" in said


def test_without_an_earlier_year_the_text_says_so_instead_of_comparing(town):
    first = results.of(2022, town)
    assert str(narrative.comparison(first)) == "Det finns inga uppgifter för 2021 att jämföra med."
    assert narrative.changed_for_certain(first) is None


def test_opposite_movements_of_survey_and_register_are_explained(year):
    said = str(narrative.both_measures(year))
    assert said.startswith(
        "Siffrorna går åt olika håll. Problemindexet: en säkerställd minskning. "
        "Anmälda brott: ökning, mer än slump."
    )
    assert "Båda kan stämma på samma gång." in said


@pytest.mark.parametrize(
    ("litter", "said"), [(9, "en sänkning som ryms inom felmarginalen"), (10, None), (24, None)]
)
def test_an_opposite_movement_within_the_margin_is_not_said_to_be_one(town, litter, said):
    """Reported crime rises in Lillstad: only an index that falls goes the other way."""
    answers = ANSWERS[2022] | {"Norr": (40, litter, 4)}
    write_answers(town / "data/2023/survey.csv", answers)
    found = narrative.both_measures(results.of(2023, town))
    assert (found is None) == (said is None)
    assert said is None or f"Problemindexet: {said}." in str(found)


def test_parts_without_data_are_left_out_and_named(town, rewrite):
    text = (town / "data/2023/year.toml").read_text("utf-8")
    (town / "data/2023/year.toml").write_text(text[: text.index("[crime]")], "utf-8")
    year = results.of(2023, town)
    assert narrative.crime(year) is None
    assert "anmälda brott" in str(narrative.absent(year))
    assert "brott" not in [report.name for report in documents.of(year)]


def test_made_up_data_are_announced_and_real_ones_are_not(town, rewrite, year):
    assert narrative.notice(year) is None
    rewrite(town / "data/2023/year.toml", 'source = "Brå"', 'source = "Brå"\nsynthetic = true')
    assert "Påhittade är de anmälda brotten" in str(narrative.notice(results.of(2023, town)))


def test_hostile_names_stand_as_text_in_the_sentences(town, rewrite):
    for file in ("areas.csv", "2022/survey.csv", "2023/survey.csv", "municipality.toml"):
        rewrite(town / "data" / file, "Söder", "<b>*S*</b>")
    said = str(narrative.priority(results.of(2023, town)))
    assert r"\<b\>\*S\*\</b\>" in said


def test_every_number_of_the_findings_is_a_fact(year):
    known = " ".join(fact.text for fact in facts.of(year).values())
    said = str(narrative.findings(year))
    numbers = set(re.findall(r"\d+,\d+", said))
    assert numbers
    assert {number for number in numbers if number not in known} == set()


def test_an_areas_text_says_its_value_its_change_the_rest_and_its_drivers(year):
    said = str(narrative.area(year, "vast"))
    for words in ("Väst har problemindex", "2022 var det", "resten av kommunen", "kommunens nivå"):
        assert words in said


def test_real_answers_are_not_called_made_up_because_another_source_is(town, rewrite):
    rewrite(town / "data/2023/year.toml", 'source = "Brå"', 'source = "Brå"\nsynthetic = true')
    said = str(narrative.notice(results.of(2023, town)))
    assert "Svaren är gjorda" not in said
    assert "ungefärliga" not in said


def test_as_many_crimes_as_the_year_before_are_neither_more_nor_fewer(town):
    crimes = (town / "data/2022/crime.csv").read_bytes()
    (town / "data/2023/crime.csv").write_bytes(crimes)
    assert "100 brott anmäldes i kommunen 2023, lika många som 2022." in str(
        narrative.crime(results.of(2023, town))
    )
