"""Tables of a small town: order, lines that stand out, words, notes of what is shown, dots."""

import re
import xml.etree.ElementTree as ET

import frames
import numpy as np
import pandas as pd
import pytest

from analysis.figures import scales, tables


def heads(table):
    return [column.label for column in table.columns]


def column(table, head):
    return [row[heads(table).index(head)] for row in table.rows]


def test_areas_stand_in_order_of_value_with_the_municipality_and_what_has_changed():
    made = tables.areas(frames.index(), changes=frames.changes().drop(columns="name"))
    assert made.caption == "Problemindex 2023 per område"
    assert column(made, "Område") == ["Väster", "Hela staden", "Norr", "Söder"]
    assert column(made, "Index") == ["2,50", "1,27", "1,00", "visas inte"]
    assert column(made, "Mot 2022") == ["+0,02", "−0,15", "−0,64", "–"]
    assert column(made, "Säkerställd?") == ["nej", "ja", "ja", "kan inte jämföras"]
    assert made.strong == (1,)
    assert made.links == ("omraden/vast.html", "", "omraden/norr.html", "omraden/soder.html")


def test_a_note_explains_what_the_table_shows_and_nothing_else():
    frame = frames.index()
    assert "så att ingen enskilds svar kan räknas ut" in tables.areas(frame).note
    assert "Osäkert" in tables.areas(frame).note
    assert tables.areas(frame.query("area == 'norr'")).note == ""
    assert "prövas inte" not in tables.areas(frame, changes=frames.changes()).note
    moved = tables.areas(frame, changes=frames.changes(["not_tested", *["uncertain"] * 3]))
    assert "Inte prövad: allt prövas inte" in moved.note


def test_a_register_without_intervals_says_nothing_of_certainty():
    frame = frames.index(kind="register").query("area in ['norr', '']")
    frame = frame.assign(lower=np.nan, upper=np.nan, n=np.nan)
    moved = frames.changes(["no_interval"] * 4).assign(lower=np.nan, upper=np.nan)
    made = tables.areas(frame, changes=moved)
    assert heads(made) == ["Område", "Index", "Mot 2022"]
    assert made.note == "Grått tvärstreck: staden."
    assert heads(tables.changes(moved)) == ["Område", "2022", "2023", "Skillnad"]


def test_changes_stand_with_the_largest_fall_first_and_what_is_not_compared_last():
    made = tables.changes(frames.changes())
    assert column(made, "Område") == ["Norr", "Hela kommunen", "Väster", "Söder"]
    assert column(made, "2022") == ["1,64", "1,42", "2,48", "–"]
    assert column(made, "Skillnad") == ["−0,64", "−0,15", "+0,02", "–"]
    assert column(made, "Felmarginal (95\xa0%)")[0] == "−0,94 till −0,34"
    assert made.strong == (1,)


def test_an_areas_questions_stand_under_their_group_beside_the_municipality():
    made = tables.questions(frames.questions())
    assert column(made, "Fråga") == ["Ute", "Skräp", "Buller"]
    assert column(made, "Värde") == ["1,50", "20\xa0%", "43\xa0%"]
    assert column(made, "Staden") == ["1,20", "18\xa0%", "19\xa0%"]
    assert made.strong == (0,)
    assert made.pictures is None  # two units cannot share an axis


def test_without_groups_the_most_common_problem_comes_first_and_alone_no_column_is_empty():
    shares = frames.questions().query("unit == 'share'").drop(columns="group")
    assert column(tables.questions(shares), "Fråga") == ["Buller", "Skräp"]
    alone = tables.questions(shares.query("area == ''"))
    assert "Staden" not in heads(alone)
    assert alone.caption == "Lillstads kommun 2023: frågorna"


def test_groups_of_people_are_named_by_what_parts_them():
    frame = frames.index().assign(group=["Kvinnor", "Män", "16–24", "25–"], split="x")
    frame = frame.assign(split_label=["Kön", "Kön", "Ålder", "Ålder"]).drop(columns="area")
    assert tables.splits(frame).caption == "Problemindex 2023 efter kön och ålder"
    assert tables.splits(frame.head(0)) is None


def test_crime_has_rates_change_and_no_per_cent_from_a_small_base():
    made = tables.crime(frames.crime_changes())
    assert column(made, "Per 100\xa0000 invånare") == ["10\xa0555", "3\xa0365", "564"]
    assert column(made, "Per invånare mot 2022") == ["+15\xa0%", "+11\xa0%", "–"]
    assert "Brottskod" not in heads(made)
    assert "minst 20 anmälningar" in made.note
    assert made.strong == (0,)


def test_the_years_of_crime_stand_side_by_side_in_their_order():
    made = tables.crime_years(frames.crime())
    assert heads(made) == ["Brott", "2022", "2023*"]
    assert made.rows[0] == ("Alla brott", "13\xa0207", "15\xa0372")
    assert made.note == "* Preliminära uppgifter."


def test_wastewater_has_the_year_before_and_below_the_limit_is_no_zero():
    rows = {"year": [2022, 2022, 2023, 2023], "substance": ["A", "B"] * 2}
    rows |= {
        "value": [1.25, np.nan, 2.0, 3.0],
        "state": ["measured", "below_loq", *["measured"] * 2],
    }
    made = tables.wastewater(pd.DataFrame(rows).assign(place="Lillstad", week="v. 10"))
    assert heads(made) == ["Ämne", "2022", "2023"]
    assert made.rows == (("A", "1,3", "2,0"), ("B", "under mätgränsen", "3,0"))
    assert "Lillstad v. 10" in made.note


def test_a_promise_has_its_target_and_outcome_with_unit_or_a_dash():
    made = tables.promises(frames.promises())
    assert made.rows[0] == ("Gå till fots", "800 pass", "742 pass", "delvis")
    assert made.rows[2] == ("Följa upp", "–", "–", "ej följts upp")


@pytest.mark.parametrize("name", ["crime", "crime_years", "wastewater", "promises"])
def test_without_a_register_there_is_no_table(name):
    assert getattr(tables, name)(pd.DataFrame()) is None


def test_values_side_by_side_mark_what_is_uncertain():
    made = tables.wide(frames.index(), "name", "label", "Alla")
    assert [row[1] for row in made.rows] == ["1,00", "2,50*", "visas inte", "1,27"]
    assert made.note.startswith("* Osäkert")


def test_the_picture_of_a_row_shows_its_numbers_without_words_and_hidden_rows_have_none():
    made = tables.areas(frames.index()).pictures
    assert made.label == "0,0 till 4,0"
    assert [svg is None for svg in made.svgs] == [False, False, False, True]
    drawn = ET.fromstring(made.svgs[0])
    assert drawn.get("aria-hidden") == "true"
    assert not drawn.findall(".//{*}text")


def test_an_axis_has_round_ends_and_only_a_certain_change_is_a_triangle():
    svg = tables.dots(frames.index().query("area == 'norr'").assign(upper=2.0)).svgs[0]
    assert "M60 7m" in svg
    assert "H114" in svg
    rows = frames.changes(["fall", "rise", "uncertain", "not_tested"])
    moved = tables.dots(rows.assign(value=[-1, 0, 0.5, 1]), zero=True)
    assert [re.search(r"M([\d.]+) 7m", svg)[1] for svg in moved.svgs] == ["6", "60", "87", "114"]
    assert moved.label == "−1,0 till 1,0"
    signs = ["fall", "rise", "ring", "ring"]
    for svg, sign in zip(moved.svgs, signs, strict=True):
        _, shape, colour, fill = scales.SIGNS[sign]
        assert f'7{shape}" fill="{fill}" stroke="{colour}"' in svg
