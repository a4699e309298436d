import math

import pandas as pd
import pytest

from analysis.figures import wording

NAN = math.nan


@pytest.mark.parametrize(
    ("difference", "p_value", "certain", "words"),
    [
        (-0.5, 0.001, True, "en säkerställd minskning"),
        (0.5, 0.001, True, "en säkerställd ökning"),
        (-0.2, 0.3, False, "en sänkning som ryms inom felmarginalen"),
        (0.2, 0.3, False, "en höjning som ryms inom felmarginalen"),
        (0.004, 0.9, False, "oförändrat"),
        (-0.5, NAN, False, "skillnaden har inte kunnat prövas"),
        (NAN, NAN, False, "kan inte jämföras"),
    ],
)
def test_the_words_of_a_change_are_fixed_by_the_result(difference, p_value, certain, words):
    change = pd.Series({"difference": difference, "p_value": p_value, "certain": certain})
    assert wording.verdict(change, "index") == words


def test_no_comparison_is_said_as_such():
    assert wording.verdict(None, "index") == "kan inte jämföras"
    assert wording.difference(None, "share") == "–"


def test_differences_of_shares_are_percentage_points():
    for difference, text in ((0.03, "+3\xa0procentenheter"), (-0.012, "−1\xa0procentenhet")):
        assert wording.difference(pd.Series({"difference": difference}), "share") == text


@pytest.mark.parametrize("status", ["hidden", "not_asked", "no_answers"])
def test_a_state_without_a_number_is_said_in_words(status):
    cell = pd.Series(
        {"status": status, "kind": "share", "value": NAN, "n": 8, "lower": NAN, "upper": NAN}
    )
    assert wording.value(cell) == wording.STATES[status]
    assert wording.interval(cell) == wording.answers_n(cell) == "–"
