"""Charts of a small town: what is drawn, said and listed is the same; nothing is cut off."""

import re
import xml.etree.ElementTree as ET

import frames
import numpy as np
import pandas as pd
import pytest

from analysis.figures import charts, scales


def both_years(**verdict):
    named = dict(zip(charts.ENDS, charts.BEFORE, strict=True))
    last = frames.index().rename(columns=named)[["area", *charts.BEFORE]]
    return frames.known(frames.index().merge(last, on="area").assign(**verdict))


def years(*values):
    rows = [frames.index().assign(year=2020 + at, value=value) for at, value in enumerate(values)]
    return frames.known(pd.concat(rows).query("area == ''"))


def shares():
    return frames.questions().query("unit == 'share'")


CHARTS = {
    "intervals": lambda: charts.intervals(frames.index()),
    "two years": lambda: charts.intervals(both_years(), before=charts.BEFORE),
    "pairs": lambda: charts.pairs(shares()),
    "bars": lambda: charts.bars(frames.promises()),
    "trends": lambda: charts.trends(years(1.42, 1.27)),
    "crime": lambda: charts.trends(frames.crime(), "rate"),
    "heatmap": lambda: charts.heatmap(shares(), "name", "label"),
}


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]+)<", svg)


def numbers(said):
    return set(re.findall(r"\d[\d,\xa0]*\d|\d", said))


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_every_chart_is_small_the_same_every_time_and_says_what_its_table_says(draw):
    made = draw()
    assert made.svg == draw().svg
    assert len(made.svg) < 40_000
    cells = {number for row in made.table.rows for cell in row for number in numbers(cell)}
    cells |= {number for column in made.table.columns for number in numbers(column.label)}
    others = {"2020", "2021", "2022", "2023", "100\xa0000", "1", "2"}
    assert numbers(f"{made.title} {made.alt}") <= cells | others


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_every_word_of_a_chart_is_within_the_picture(draw):
    svg = draw().svg
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    place = r'translate\(([\d.]+) ([\d.]+)\)| x="([-\d.]+)" y="([-\d.]+)"'
    for text in ET.fromstring(svg).iter("{*}text"):
        attributes = "".join(f' {name}="{said}"' for name, said in text.attrib.items())
        x, y = (float(at) for at in re.search(place, attributes).groups() if at)
        assert 0 <= x <= width
        assert 0 <= y <= height


def test_only_a_certain_change_is_coloured_and_called_a_triangle():
    made = charts.intervals(both_years(verdict=["fall", "uncertain", "not_compared", "not_tested"]))
    assert f'fill="{scales.FALL}"' in made.svg
    assert scales.RISE not in made.svg
    assert "Triangel: säkerställd förändring." in made.caption
    assert "Triangel" not in charts.intervals(both_years(verdict="uncertain")).caption


def test_two_years_both_have_their_intervals_and_a_hidden_row_says_so_in_words():
    made = charts.intervals(both_years(), before=charts.BEFORE)
    assert made.caption.startswith("Punkt: 2023. Ring: 2022. Streck: felmarginal")
    line = r'<path d="M [\d.]+ [\d.]+ L [\d.]+ [\d.]+ " [^>]*stroke-width="1.5"'
    assert len(re.findall(line, made.svg)) == 6
    assert "visas inte" in texts(made.svg)


def test_a_pair_begins_with_what_tells_the_area_most_from_the_municipality():
    made = charts.pairs(shares())
    assert made.title == "Norr ligger mest över staden i ”Buller”: 43 mot 19 procent"
    assert made.caption.startswith("Punkt: Norr. Ring: staden.")


def test_promises_are_drawn_against_their_targets_also_where_nobody_has_looked():
    made = charts.bars(frames.promises())
    assert {"742 av 800 pass: delvis", "9 av 8 möten: ja", "ej följts upp"} <= set(texts(made.svg))
    assert made.title == "Ett av tre mål är uppfyllt, ett delvis; ett har inte följts upp"


def test_a_line_says_where_it_begins_and_ends_and_a_gap_is_a_gap():
    made = charts.trends(years(1.42, np.nan, 1.27))
    assert made.title == "Problemindex från 1,42 till 1,27, 2020–2022"
    assert {"1,42", "1,27", "2021"} <= set(texts(made.svg))
    assert charts.trends(years(1.42, np.nan)) is None
    assert charts.trends(years(0.0, 0.0))


def test_charts_that_are_compared_have_the_same_scale_and_crime_its_own_source():
    made = charts.trends(frames.crime().query("parent != ''"), "rate")
    assert texts(made.svg).count("0") == 1  # the axis stands once for both
    assert made.source == "Brå"


def test_a_grid_has_the_highest_first_and_a_cross_where_nothing_may_be_shown():
    frame = frames.index().query("area != ''").assign(label="Fråga")
    made = charts.heatmap(frame)
    assert [row[0] for row in made.table.rows] == ["Väster", "Norr", "Söder"]
    assert "Kryss: visas inte." in made.caption
    wide = pd.concat([frame.assign(label=f"Fråga {number}") for number in range(13)])
    assert 'class="chart wide"' in charts.heatmap(frames.known(wide)).svg


@pytest.mark.parametrize("draw", [charts.intervals, charts.pairs, charts.trends, charts.heatmap])
def test_without_values_there_is_no_chart(draw):
    assert draw(frames.index().assign(value=np.nan)) is None
    assert charts.bars(frames.promises().head(0)) is None


def test_hostile_and_long_names_stand_as_they_are_written():
    name = "<script>$x^2$ & {{ y }} and a name far too long for one line"
    drawn = charts.intervals(frames.index().assign(name=name)).svg
    assert "&lt;script&gt;$x^2$ &amp; {{ y }} and a" in "".join(texts(drawn))
