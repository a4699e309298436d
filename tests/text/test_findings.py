"""Sentences about the survey: reckoned by hand, certain only where the verdict is."""

from dataclasses import replace

import made
import pytest
from made import words

from analysis.text import about, findings

FIRST = "Det finns inga tidigare uppgifter att jämföra med."
UNSURE = {area: (*row[:3], "uncertain") for area, row in made.INDEX.items()}


def of(**rows):
    """Return the results with other rows of the index; `whole` is the municipality's."""
    return made.of(
        index=made.INDEX | {area.replace("whole", ""): row for area, row in rows.items()}
    )


def test_the_headline_and_the_total_say_what_changed_where_it_is_worst_and_who_changed():
    assert words(findings.headline(made.of())) == (
        "**Invånarna i Lillstad upplever färre problem än 2022, men fler brott anmäls.** "
        "Problemen är störst i Söder, men kan vara lika stora i Väst. "
        "Bara i Söder är förändringen säkerställd: problemindex sjönk från 2,40 till 1,70."
    )
    assert words(findings.total(made.of())).startswith(
        "Problemindex för kommunen var **1,40** år 2023 (felmarginal 1,20–1,60), ned från 1,60. "
        "Minskningen är säkerställd: invånarna upplever färre problem än 2022. Indexet går från 0"
    )


def test_the_country_stands_beside_the_place_that_is_compared_with_it():
    year = made.of()
    country = year.estimates.query("area == '' and year == 2023").assign(
        name="Hela landet", value=2
    )
    said = words(findings.total(replace(year, reference=country)))
    assert "säkerställd: invånarna upplever färre problem än 2022. Hela landet: 2,00. Index" in said


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("Hela", 1.6, 1.4, "uncertain"), "2022 var det 1,60: ingen säker förändring (−0,20)."),
        (("Hela", 1.4, 1.4, "uncertain"), "2022 var det också 1,40."),
        (("Hela", 1.6, 1.4, "withheld"), "jämförs inte med 2022: svarsskalan ser ut att vara vänd"),
    ],
)
def test_what_is_not_certain_is_not_called_a_change(row, said):
    told = words(findings.total(of(whole=row)))
    assert said in told and "ned från" not in told


def test_where_nothing_is_certain_it_is_said():
    year = made.of(index=UNSURE)
    assert words(findings.headline(year)).startswith("**Det går inte att säga säkert om")
    assert "Inget enskilt område har en säkerställd förändring" in words(findings.comparison(year))


def test_the_four_key_figures_are_the_index_the_areas_the_promise_and_the_crimes():
    items = findings.key_figures(made.of()).items
    assert [item.value for item in items] == ["1,40", "1 av 3", "2 av 4", "1\u00a0160"]
    assert [item.note for item in items] == [
        "1,60 år 2022, säkerställd minskning",
        "Söder",
        "ett delvis; ett har inte följts upp",
        "+16\u00a0% per invånare, säkerställd ökning",
    ]


def test_counts_that_differ_and_what_could_be_seen_are_explained_where_they_stand():
    """2,8 × √(2 · 0,2 · 0,8 / 80) = 17,7 percentage points, said to the nearest five."""
    said = words(findings.response(made.of()))
    assert "240 av dem svarade, 60\u00a0procent." in said
    assert "Problemindex räknar därför med 230 svar" in said
    said = words(findings.comparison(of(norr=("Norr", made.NAN, made.NAN, "not_compared"))))
    assert "I ett annat område är förändringen inte säkerställd. Norr kan" in said
    assert "omkring 80 svar" in said and "omkring 20 procentenheter" in said


def test_priority_areas_are_told_together_and_each():
    said = words(findings.priority(made.of()))
    assert "prioriterar två områden: Norr och Söder. I ett av dem var problemindex lägre" in said
    assert "- Söder: **1,70** (felmarginal 1,50–1,90). Säkerställd minskning från 2,40." in said


@pytest.mark.parametrize(
    ("verdict", "certain"),
    [
        ("uncertain", "Ingen av ökningarna är säkerställd: de kan bero på slumpen."),
        ("rise", "Ökningen är säkerställd i Väst; i de andra kan den bero på slumpen."),
    ],
)
def test_areas_that_rose_are_named_with_what_may_be_said_of_them(verdict, certain):
    said = words(findings.risen(of(vast=("Väst", 1.5, 1.6, verdict))))
    assert "i två områden: Norr (från 1,00 till 1,10) och Väst (från 1,50 till 1,60)." in said
    assert certain in said


def test_the_highest_area_is_told_with_what_sets_it_apart_and_a_tie_with_both_names():
    said = words(findings.highest(made.of()))
    assert said.startswith("Högst är Söder, **1,70** (felmarginal 1,50–1,90), men Väst kan ligga")
    assert "”Otrygg ute sent” (30\u00a0procent, kommunen 20)" in said
    tie = replace(of(vast=("Väst", 1.5, 1.7, "uncertain")), like_highest=())
    assert words(findings.highest(tie)).startswith("Högst är Söder och Väst, **1,70**")


def test_an_area_is_told_with_the_rest_of_the_municipality():
    said = words(findings.area(made.of(), "soder"))
    assert said.startswith(
        "Problemindex i Söder var **1,70** år 2023 (felmarginal 1,50–1,90), i kommunen 1,40. "
        "Minskningen från 2,40 år 2022 är säkerställd. "
        "Värdet är säkerställt högre än i resten av kommunen."
    )
    assert "är inte säkerställd" in words(findings.area(made.of(), "norr"))


def test_a_hidden_area_is_said_to_be_hidden_and_nothing_more():
    said = words(findings.area(of(norr=("Norr", 1.0, made.NAN, "not_compared")), "norr"))
    assert said.startswith("Norr: värdet visas inte, så att ingen enskilds svar kan räknas ut.")
    assert said.endswith("Det säger inget om hur tryggt området är.")


def test_questions_that_changed_are_listed_and_untested_ones_said_to_be():
    said = words(findings.changed(made.of()))
    assert said.startswith("- Otrygg ute sent: 20\u00a0procent, ned från 25")
    assert "En fråga av en prövad har en säkerställd förändring sedan 2022." in said
    assert "Ingen enskild fråga är prövad" in words(findings.changed(made.of(), "soder"))


def test_neighbours_and_answers_of_an_area():
    year = made.of()
    assert words(findings.neighbours(year, "norr")) == "- [Söder](soder.html): 1,70"
    said = "80 svarade. Antalet är avrundat till närmaste femtal."
    assert words(findings.answered(year, "norr")) == said


def test_a_first_year_says_once_why_nothing_is_compared():
    rows = {area: (row[0], made.NAN, row[2], "not_compared") for area, row in made.INDEX.items()}
    year = replace(made.of(index=rows), earlier=None, why_not=FIRST)
    assert words(findings.total(year)).count(FIRST) == 1
    assert words(findings.area(year, "norr")).count(FIRST) == 1
    assert not any(map(words, (f(year) for f in (findings.comparison, findings.risen))))
    assert FIRST not in words(findings.highest(year)) and findings.changed(year) is None


def test_names_from_data_stand_as_text():
    said = words(findings.headline(of(soder=("<b>*S*</b> [x](y)", 2.4, 1.7, "fall"))))
    assert r"\<b\>\*S\*\</b\> \[x\](y)" in said


TELLING = (
    *(findings.headline, findings.key_figures, findings.response, findings.total),
    *(findings.comparison, findings.priority, findings.risen, findings.highest, findings.changed),
)
READING = (about.method, about.how_to_read, about.short_method)
BARE = {area: (*row[:3], "no_interval") for area, row in made.INDEX.items()}
REGISTER = {"kind": "register", "measures": [("soc", "Index", "question", "index", 1)]}
NO_MARGIN = {"index": BARE, "margin": made.NAN, "measures": made.MEASURES[:1], "crime": None}


@pytest.mark.parametrize(
    ("tells", "town", "wrong"),
    [
        (
            (*TELLING, *READING),
            REGISTER,
            ("svar", "felmarginal", "upplever", "enkät", "undersökning", "tryggt"),
        ),
        (TELLING, NO_MARGIN, ("prövad", "slumpen", "felmarginal", "säkerställ")),
    ],
)
def test_neither_answers_of_a_register_nor_certainty_without_margins(tells, town, wrong):
    year = made.of(**town)
    said = " ".join(words(tell(year)) for tell in tells).lower()
    said += " ".join(words(findings.area(year, area)) for area in ("norr", "soder")).lower()
    assert "norr" in said and [word for word in wrong if word in said] == []


def test_a_year_without_a_survey_is_silent():
    year = made.of(index=None, crime=None)
    year = replace(year, response=year.response.iloc[:0], promises=year.promises.iloc[:0])
    assert [tell(year) for tell in TELLING] == [None] * len(TELLING)
