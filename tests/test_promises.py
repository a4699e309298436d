import pytest

from analysis import results
from analysis import text as narrative
from analysis.errors import Refusal
from analysis.figures import tables
from analysis.sources import promises

HEAD = "promise,target,outcome,unit,fulfilled\n"


def give(town, rows):
    (town / "data/2023/promises.csv").write_text(HEAD + rows, "utf-8")
    with (town / "data/2023/year.toml").open("a", encoding="utf-8") as file:
        file.write('[promises]\nfile = "promises.csv"\nsource = "Kommunen"\n')


def test_promises_are_listed_with_target_outcome_and_whether_they_were_kept(town):
    give(town, "Fotpatrullera,800,861,patruller,ja\nFölja upp,12,..,möten,ej följts upp\n")
    year = results.of(2023, town)
    assert tables.promises(year).rows == (
        ("Fotpatrullera", "800 patruller", "861 patruller", "ja"),
        ("Följa upp", "12 möten", "–", "ej följts upp"),
    )
    assert str(narrative.promises(year)) == "Ett av två mål är uppfyllda."


def test_a_promise_without_words_and_an_unknown_verdict_are_refused_together(town):
    give(town, ",800,861,patruller,ja\nFölja upp,12,1,möten,kanske\n")
    with pytest.raises(Refusal) as refusal:
        promises.read(town, 2023)
    assert [finding.column for finding in refusal.value.findings] == ["promise", "fulfilled"]


def test_a_year_without_promises_has_none(town):
    assert promises.read(town, 2023) is None
