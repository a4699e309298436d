import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import swedish


def test_the_examples_in_the_docstrings_hold():
    found = doctest.testmod(swedish)
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1.265, 2, "1,27"),
        (1.275, 2, "1,28"),
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (13564, 0, "13\xa0564"),
        (1234567.5, 1, "1\xa0234\xa0567,5"),
        (-0.004, 2, "0,00"),
        (-1.5, 1, "−1,5"),
        (math.nan, 2, "–"),
    ],
)
def test_numbers_are_rounded_half_up_and_written_in_swedish(value, decimals, text):
    assert swedish.number(value, decimals) == text


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_written_number_is_never_further_off_than_half_its_last_digit(value, decimals):
    text = swedish.number(value, decimals)
    back = float(text.replace("\xa0", "").replace("−", "-").replace(",", "."))
    assert abs(back - value) <= 0.5 * 10**-decimals * (1 + 1e-6) + abs(value) * 1e-15


def test_shares_have_a_no_break_space_before_the_per_cent_sign():
    assert swedish.percent(0.553, 2) == "55,30\xa0%"
    assert swedish.percent(0.285) == "29\xa0%"


def test_a_difference_has_a_sign_unless_it_rounds_to_nothing():
    assert [swedish.signed(value) for value in (0.08, -0.15, 0.001)] == ["+0,08", "−0,15", "0,00"]


def test_nothing_known_is_a_dash_everywhere():
    assert {swedish.signed(math.nan), swedish.percent(math.nan)} == {"–"}


def test_lists_of_none_one_and_two():
    assert [swedish.listed(words) for words in ([], ["a"], ["a", "b"])] == ["", "a", "a och b"]


def test_things_are_counted_in_words_up_to_twelve_and_with_the_right_gender():
    assert swedish.counted(1, "område", "områden") == "ett område"
    assert swedish.counted(1, "sak", "saker") == "en sak"
    assert swedish.counted(0, "område", "områden") == "inget område"
    assert swedish.counted(12, "område", "områden") == "tolv områden"
    assert swedish.counted(34, "område", "områden") == "34 områden"


def test_a_slug_is_always_a_safe_file_name():
    assert swedish.slug("../../x") == "x"
    assert swedish.slug("<script>") == "script"
    assert swedish.slug("…") == "namnlos"
