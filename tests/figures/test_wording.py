"""The words of states, values and changes: each result has its own, and none says too much."""

import numpy as np
import pandas as pd
import pytest

from analysis.figures import wording

INDEX = {"unit": "index", "decimals": 2}
SHARE = {"unit": "share", "decimals": 0}


def change(verdict, difference=0.1, **more):
    return {**INDEX, "verdict": verdict, "difference": difference, **more}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (change("fall", -0.64), "säkerställd minskning (−0,64)"),
        (change("uncertain", 0.02), "ingen säker förändring (+0,02)"),
        (change("not_tested", 0.02), "inte prövad (+0,02)"),
        (change("not_compared", -0.5), "kan inte jämföras"),
        (change("withheld", 0.16), "jämförs inte, skalan kan vara vänd"),
        (change("rise", 0.03, **SHARE), "säkerställd ökning (+3\xa0procentenheter)"),
        (change("fall", -0.01, **SHARE), "säkerställd minskning (−1\xa0procentenhet)"),
    ],
)
def test_the_words_of_a_change_are_fixed_by_its_verdict(row, words):
    assert wording.verdict(row) == words


def test_only_a_certain_change_is_said_to_have_gone_somewhere():
    for verdict in set(wording.VERDICTS) - {"fall", "rise"}:
        said = wording.verdict(change(verdict))
        assert not any(word in said for word in ("minsk", "ökning", "sänk", "höj", "säkerställd"))


@pytest.mark.parametrize(
    ("unit", "decimals", "value", "said", "between"),
    [
        ("index", 2, 1.27, "1,27", "1,17–1,37"),
        ("share", 1, 0.065, "6,5\xa0%", "−3,5–16,5\xa0%"),
        ("kr", 0, 13564, "13\xa0564", "13\xa0564–13\xa0564"),
    ],
)
def test_values_have_their_own_unit_decimals_and_state(unit, decimals, value, said, between):
    row = {"unit": unit, "decimals": decimals, "status": "uncertain", "value": value}
    row |= {"lower": value - 0.1, "upper": value + 0.1}
    assert wording.value(row) == said
    assert wording.margin(row) == f"{between} osäkert"
    hidden = {**row, "status": "hidden", "value": np.nan, "lower": np.nan}
    assert wording.value(hidden) == "visas inte"
    assert wording.margin(hidden) == "–"


def test_a_register_is_not_spoken_of_as_a_survey():
    words = " ".join([*wording.WHY["register"].values(), wording.COUNT["register"]]).lower()
    assert not any(word in words for word in ("svar", "felmarginal", "fråga"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (pd.Series([0.5, 1.25, np.nan]), ["0,50", "1,25", "–"]),
        (pd.Series([0.123456, 0.5]), ["0,123", "0,500"]),
        (pd.Series([13564, 2]), ["13\xa0564", "2"]),
        (pd.Series([2023, 2022], name="year"), ["2023", "2022"]),
        (pd.Series([True, False]), ["ja", "nej"]),
        (pd.Series(["fall", None], name="verdict"), ["säkerställd minskning", "–"]),
        (pd.Series([np.nan, np.nan]), ["–", "–"]),
    ],
)
def test_any_column_is_written_as_swedish_writes_it(values, said):
    assert wording.column(values) == said


def test_the_promise_is_counted_in_words():
    kept = [*["ja"] * 5, "delvis", "delvis", "ej följts upp"]
    said = "Fem av åtta mål är uppfyllda, två delvis; ett har inte följts upp"
    assert wording.kept(pd.Series(kept)) == said
    assert wording.kept(pd.Series(["ja", "nej"])) == "Ett av två mål är uppfyllt, ett inte"
    assert wording.kept(pd.Series(["nej", "nej"])) == "Inget av två mål är uppfyllt"
