"""Charts of a small town: what is drawn, said and listed is the same; nothing is cut off."""

import re
import xml.etree.ElementTree as ET

import frames
import numpy as np
import pandas as pd
import pytest

from analysis.figures import charts, scales


def both_years():
    named = dict(zip(charts.ENDS, charts.BEFORE, strict=True))
    last = frames.index().rename(columns=named)[["area", *charts.BEFORE]]
    rows = frames.index().merge(last, on="area").merge(frames.changes()[["area", "verdict"]])
    return frames.known(rows)


def years(*values):
    rows = pd.concat(
        [frames.index().assign(year=2020 + at, value=value) for at, value in enumerate(values)]
    )
    return frames.known(rows.query("area == ''"))


def shares(area="norr"):
    return frames.questions().query("unit == 'share' and area in ['', @area]")


CHARTS = {
    "intervals": lambda: charts.intervals(frames.index()),
    "changes": lambda: charts.intervals(frames.changes(), "difference"),
    "two years": lambda: charts.intervals(both_years(), before=charts.BEFORE),
    "pairs": lambda: charts.pairs(shares()),
    "bars": lambda: charts.bars(frames.promises()),
    "trends": lambda: charts.trends(years(1.42, 1.27)),
    "crime": lambda: charts.trends(frames.crime(), "rate"),
    "heatmap": lambda: charts.heatmap(shares(), "name", "label"),
}


def texts(svg):
    return re.findall(r"<text[^>]*>([^<]+)<", svg)


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_every_chart_is_well_formed_small_and_the_same_every_time(draw):
    made = draw()
    ET.fromstring(made.svg)
    assert made.svg == draw().svg
    assert len(made.svg) < 40_000
    assert made.title
    assert made.source


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_every_number_of_title_and_alt_text_stands_in_the_table(draw):
    made = draw()
    cells = {number for row in made.table.rows for cell in row for number in numbers(cell)}
    cells |= {number for column in made.table.columns for number in numbers(column.label)}
    assert numbers(f"{made.title} {made.alt}") - cells <= {
        "2022",
        "2023",
        "2020",
        "2021",
        "100\xa0000",
        "2",
        "1",
    }


def numbers(said):
    return set(re.findall(r"\d[\d,\xa0]*\d|\d", said))


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_every_word_of_a_chart_is_within_the_picture(draw):
    svg = draw().svg
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())
    for attributes in re.findall(r"<text([^>]*)>", svg):
        found = re.search(
            r'translate\(([\d.]+) ([\d.]+)\)| x="([-\d.]+)" y="([-\d.]+)"', attributes
        )
        x, y = (float(place) for place in found.groups() if place)
        assert 0 <= x <= width
        assert 0 <= y <= height


def test_only_a_certain_change_is_coloured_and_called_a_triangle():
    made = charts.intervals(frames.changes(), "difference")
    assert made.svg.count(f'fill="{scales.FALL}"') == 2
    assert scales.RISE not in made.svg
    assert "Triangel: säkerställd förändring." in made.caption
    assert made.title == "Säkerställd minskning i Norr och hela staden sedan 2022"
    calm = charts.intervals(frames.changes(["uncertain"] * 4), "difference")
    assert "Triangel" not in calm.caption
    assert calm.title == "Ingen säkerställd förändring sedan 2022"
    rising = charts.intervals(frames.changes(["rise", *["uncertain"] * 3]), "difference")
    assert rising.title == "Säkerställd ökning i Norr sedan 2022"


def test_two_years_both_have_their_intervals():
    made = charts.intervals(both_years(), before=charts.BEFORE)
    assert made.caption.startswith("Punkt: 2023. Ring: 2022. Streck: felmarginal")
    intervals = re.findall(
        r'<path d="M[\d.]+ [\d.]+L[\d.]+ [\d.]+" [^>]*stroke-width="1.5"', made.svg
    )
    assert len(intervals) == 6


def test_a_row_that_may_not_be_shown_says_so_in_words():
    assert "visas inte" in texts(charts.intervals(frames.index()).svg)
    assert "kan inte jämföras" in texts(charts.intervals(frames.changes(), "difference").svg)


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
    assert {"1,42", "1,27"} <= set(texts(made.svg))
    assert charts.trends(years(1.42)) is None
    assert charts.trends(years(1.42, np.nan)) is None


def test_charts_that_are_compared_have_the_same_scale_and_crime_its_own_source():
    made = charts.trends(frames.crime().query("parent != ''"), "rate")
    assert texts(made.svg).count("0") == 1  # the axis stands once for both
    assert made.source == "Brå"


def test_a_grid_has_the_highest_first_and_a_cross_where_nothing_may_be_shown():
    frame = frames.index().query("area != ''").assign(label="Fråga")
    made = charts.heatmap(frame)
    assert [row[0] for row in made.table.rows] == ["Väster", "Norr", "Söder"]
    assert "Kryss: visas inte." in made.caption
    assert {"2,50", "1,00"} <= set(texts(made.svg))
    wide = pd.concat([frame.assign(label=f"Fråga {number}") for number in range(13)])
    drawn = charts.heatmap(frames.known(wide)).svg
    assert 'class="chart wide"' in drawn
    assert "2,50" not in texts(drawn)


def test_long_names_get_two_lines():
    frame = frames.index().assign(name="Ett område med ett namn som är alldeles för långt")
    drawn = texts(charts.intervals(frame).svg)
    assert "Ett område med ett namn som är" in drawn
    assert "alldeles för långt" in drawn


@pytest.mark.parametrize(
    "draw",
    [charts.intervals, charts.pairs, charts.trends, charts.heatmap],
)
def test_without_values_there_is_no_chart(draw):
    assert draw(frames.index().assign(value=np.nan)) is None
    assert charts.bars(frames.promises().head(0)) is None


def test_hostile_names_stand_as_they_are_written():
    name = "<script>$x^2$ & {{ y }}"
    made = charts.intervals(frames.index().assign(name=name))
    ET.fromstring(made.svg)
    assert "&lt;script&gt;$x^2$ &amp; {{ y }}" in made.svg
