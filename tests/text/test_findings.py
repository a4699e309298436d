"""Sentences about the survey: reckoned by hand, certain only where the verdict is."""

from dataclasses import replace

import made
import pytest
from made import words

from analysis.text import findings

NO_BREAK = "\u00a0"


def test_the_headline_says_what_changed_where_it_is_worst_and_who_changed():
    said = words(findings.headline(made.of()))
    assert said == (
        "**Invånarna i Lillstad upplever färre problem än 2022, men fler brott anmäls.** "
        "Problemen är störst i Söder, men kan vara lika stora i Väst. "
        "Bara Söder har förändrats säkert: problemindex från 2,40 till 1,70."
    )


def test_what_is_not_certain_is_not_called_a_change():
    unsure = {area: (*row[:3], "uncertain") for area, row in made.INDEX.items()}
    year = made.of(index=unsure)
    assert words(findings.headline(year)).startswith("**Det går inte att säga säkert om")
    assert "Inget enskilt område har en säkerställd förändring" in words(findings.comparison(year))
    assert "2022 var det 1,60: ingen säker förändring (−0,20)." in words(findings.total(year))
    assert "oförändrat" not in words(findings.total(year))


def test_the_same_printed_value_is_said_to_be_the_same():
    same = {**made.INDEX, "": ("Hela kommunen", 1.4, 1.4, "uncertain")}
    assert "2022 var det också 1,40." in words(findings.total(made.of(index=same)))


def test_the_total_is_said_with_its_margin_and_what_it_fell_from():
    assert words(findings.total(made.of())).startswith(
        "Problemindex för kommunen var **1,40** år 2023 (felmarginal 1,20–1,60), ned från 1,60. "
        "Minskningen är säkerställd: invånarna upplever färre problem än 2022. Indexet går från 0"
    )


def test_a_turned_scale_is_not_compared_and_said_not_to_be():
    turned = {**made.INDEX, "": ("Hela kommunen", 1.6, 1.4, "withheld")}
    said = words(findings.total(made.of(index=turned)))
    assert "jämförs inte med 2022: svarsskalan ser ut att vara vänd" in said
    assert "ned från" not in said


def test_the_four_key_figures_are_the_index_the_areas_the_promise_and_the_crimes():
    items = findings.key_figures(made.of()).items
    assert [item.value for item in items] == ["1,40", "1 av 3", "2 av 4", f"1{NO_BREAK}160"]
    assert items[0].note == "1,60 år 2022, säkerställd minskning"
    assert items[1].note == "Söder"
    assert items[2].note == "ett delvis; ett har inte följts upp"


def test_two_counts_of_answers_that_differ_are_explained_where_they_stand():
    said = words(findings.response(made.of()))
    assert f"240 av dem svarade, 60{NO_BREAK}procent." in said
    assert "Problemindex räknar därför med 230 svar" in said


def test_it_is_said_how_large_a_change_must_be_to_be_seen():
    """2,8 × √(2 · 0,2 · 0,8 / 80) = 17,7 percentage points, said to the nearest five."""
    said = words(findings.comparison(made.of()))
    assert "omkring 80 svar" in said
    assert "omkring 20 procentenheter" in said
    assert "betyder inte att ingenting har hänt" in said


def test_areas_that_cannot_be_compared_are_named():
    hidden = {**made.INDEX, "norr": ("Norr", made.NAN, made.NAN, "not_compared")}
    said = words(findings.comparison(made.of(index=hidden)))
    assert "Norr kan inte jämföras" in said
    assert "I ett område till som kan jämföras är förändringen inte säkerställd." in said


def test_priority_areas_are_told_together_and_each():
    said = words(findings.priority(made.of()))
    assert "prioriterar två områden: Norr och Söder." in said
    assert "I ett av dem var problemindex lägre än 2022: Söder." in said
    assert "- Söder: **1,70** (felmarginal 1,50–1,90). Säkerställd minskning från 2,40." in said


def test_areas_that_rose_are_named_with_what_may_be_said_of_them():
    said = words(findings.risen(made.of()))
    assert "i två områden: Norr (från 1,00 till 1,10) och Väst (från 1,50 till 1,60)." in said
    assert "Ingen av ökningarna är säkerställd: de kan bero på slumpen." in said
    certain = {**made.INDEX, "vast": ("Väst", 1.5, 1.6, "rise")}
    said = words(findings.risen(made.of(index=certain)))
    assert "Ökningen är säkerställd i Väst; i de andra kan den bero på slumpen." in said


def test_the_highest_area_is_told_with_what_sets_it_apart():
    said = words(findings.highest(made.of()))
    assert said.startswith("Högst är Söder, **1,70** (felmarginal 1,50–1,90), men Väst kan ligga")
    assert f"”Otrygg ute sent” (30{NO_BREAK}procent, kommunen 20)" in said


def test_areas_that_share_the_highest_value_are_named_together():
    tie = {**made.INDEX, "vast": ("Väst", 1.5, 1.7, "uncertain")}
    year = replace(made.of(index=tie), like_highest=())
    assert words(findings.highest(year)).startswith("Högst är Söder och Väst, **1,70**")


def test_an_area_is_told_with_the_rest_of_the_municipality():
    said = words(findings.area(made.of(), "soder"))
    assert said.startswith(
        "Problemindex i Söder var **1,70** år 2023 (felmarginal 1,50–1,90), i kommunen 1,40."
    )
    assert "Minskningen från 2,40 år 2022 är säkerställd." in said
    assert "Värdet är säkerställt högre än i resten av kommunen." in said
    assert "är inte säkerställd" in words(findings.area(made.of(), "norr"))


def test_a_hidden_area_is_said_to_be_hidden_and_nothing_more():
    hidden = {**made.INDEX, "norr": ("Norr", 1.0, made.NAN, "not_compared")}
    said = words(findings.area(made.of(index=hidden), "norr"))
    assert said == (
        "Norr: värdet visas inte, så att ingen enskilds svar kan räknas ut. "
        "Det säger inget om hur tryggt området är."
    )


def test_questions_that_changed_are_listed_and_untested_ones_said_to_be():
    said = words(findings.changed(made.of()))
    assert said.startswith(f"- Otrygg ute sent: 20{NO_BREAK}procent, ned från 25")
    assert "En fråga av en prövad har en säkerställd förändring sedan 2022." in said
    assert "Ingen enskild fråga är prövad" in words(findings.changed(made.of(), "soder"))


def test_neighbours_and_answers_of_an_area():
    assert words(findings.neighbours(made.of(), "norr")) == "- [Söder](soder.html): 1,70"
    assert (
        words(findings.answered(made.of(), "norr"))
        == "80 svarade. Antalet är avrundat till närmaste femtal."
    )


def test_a_first_year_says_why_nothing_is_compared():
    said = "Det finns inga tidigare uppgifter att jämföra med."
    alone = {
        area: (name, made.NAN, now, "not_compared")
        for area, (name, _, now, _) in made.INDEX.items()
    }
    year = replace(made.of(index=alone), earlier=None, why_not=said)
    assert findings.comparison(year) is None  # the total has said it
    assert said in words(findings.total(year))
    assert findings.risen(year) is None and findings.changed(year) is None


def test_names_from_data_stand_as_text():
    hostile = {**made.INDEX, "soder": ("<b>*S*</b> [x](y)", 2.4, 1.7, "fall")}
    said = words(findings.headline(made.of(index=hostile)))
    assert r"\<b\>\*S\*\</b\> \[x\](y)" in said


TELLING = (
    *(findings.headline, findings.key_figures, findings.response, findings.total),
    *(findings.comparison, findings.priority, findings.risen, findings.highest, findings.changed),
)


@pytest.mark.parametrize("tell", TELLING)
def test_a_register_has_no_answers_no_margin_of_error_and_no_residents_who_feel(tell):
    year = made.of(
        kind="register", measures=[("soc", "Socioekonomiskt index", "question", "index", 1)]
    )
    said = words(tell(year)) + "".join(
        words(findings.area(year, area)) for area in ("norr", "soder")
    )
    said += words(findings.answered(year, "norr"))
    for word in ("svar", "felmarginal", "upplever", "enkät", "undersökning", "tryggt"):
        assert word not in said.lower(), said


@pytest.mark.parametrize("tell", TELLING)
def test_without_intervals_nothing_is_said_of_certainty(tell):
    bare = {area: (*row[:3], "no_interval") for area, row in made.INDEX.items()}
    said = words(tell(made.of(index=bare, margin=made.NAN, measures=made.MEASURES[:1], crime=None)))
    said += words(
        findings.area(made.of(index=bare, margin=made.NAN, measures=made.MEASURES[:1]), "vast")
    )
    for word in ("prövad", "slumpen", "felmarginal", "säkerställ"):
        assert word not in said, said


@pytest.mark.parametrize("tell", TELLING)
def test_a_year_without_a_survey_is_silent(tell):
    year = made.of(index=None, crime=None)
    assert tell(replace(year, response=year.response.iloc[:0])) is None
