"""Anything drawn becomes a figure with words, numbers and Swedish; what lacks them is refused."""

import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns

from analysis.errors import Refusal
from analysis.figures import figure, scales

mpl.use("agg")
WORDS = {"title": "Två punkter", "alt": "Punktdiagram.", "source": "Eget"}


@pytest.fixture
def shown():
    return pd.DataFrame({"name": ["Norr", "Söder"], "value": [0.5, 1.25], "kind": ["a", "b"]})


def axes_of(shown):
    return plt.subplots()[1].scatter(shown["value"], shown["value"]).axes


DRAWINGS = {
    "figure": lambda shown: axes_of(shown).figure,
    "seaborn axes": lambda shown: sns.scatterplot(shown, x="value", y="value", hue="kind"),
    "seaborn grid": lambda shown: sns.relplot(shown, x="value", y="value", col="kind"),
    "pandas": lambda shown: shown.plot.barh(x="name", y="value"),
    "array of axes": lambda shown: shown.plot(subplots=True, y=["value"]),
    "bars": lambda shown: plt.bar(shown["name"], shown["value"]),
    "lines": lambda shown: plt.plot(shown["value"]),
}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_any_drawing_becomes_a_figure_the_same_every_time_and_is_not_shown_twice(draw, shown):
    made = [figure.of(draw(shown), data=shown, **WORDS) for _ in range(2)]
    ET.fromstring(made[0].svg)
    assert made[0].svg == made[1].svg
    assert "Source Sans Pro" in made[0].svg
    assert plt.get_fignums() == []
    assert made[0].table.rows == (("Norr", "0,50", "a"), ("Söder", "1,25", "b"))


def test_numbers_on_a_drawing_are_swedish_and_years_are_years():
    axes = plt.subplots()[1]
    axes.plot([2020, 2023], [-0.5, 1.5])
    axes.text(2021, 1, "0.25")
    made = figure.of(axes, data=pd.DataFrame({"year": [2020, 2023]}), **WORDS)
    texts = re.findall(r"<text[^>]*>([^<]+)<", made.svg)
    assert {"0,5", "−0,5", "0,25", "2020", "2023"} <= set(texts)
    assert not any("." in text for text in texts)
    assert made.table.rows == (("2020",), ("2023",))


def test_a_drawing_gets_our_words_and_colours_and_a_page_can_turn_them(shown):
    axes = sns.scatterplot(shown.assign(adults=[1000, 9000]), x="adults", y="value")
    svg = figure.of(axes, data=shown, **WORDS).svg
    assert all(said in svg for said in (">8\xa0000<", ">Vuxna<", ">Värde<"))
    assert "#1f77b4" not in svg
    assert f'fill="{scales.LINES[0]}"' in svg
    assert "style=" not in svg


def test_text_and_labels_are_shown_as_they_are_and_never_run(shown):
    axes = axes_of(shown)
    axes.set_title("<script>alert(1)</script> & $x$ 1.2345")
    made = figure.of(axes, data=shown, **{**WORDS, "alt": '"><script>'})
    html = made._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize("left_out", WORDS)
def test_what_is_missing_is_named_with_the_line_to_write(shown, left_out):
    with pytest.raises(Refusal) as refusal:
        figure.of(axes_of(shown), data=shown, **{**WORDS, left_out: ""})
    plt.close("all")
    assert str(refusal.value).count(left_out) == 2
    assert f'figure.of(ax, data=…, {left_out}="' in str(refusal.value)


def test_the_source_is_the_frames_own_where_it_knows_it(shown):
    shown.attrs["context"] = type("Context", (), {"source": "Undersökningen"})()
    words = {name: said for name, said in WORDS.items() if name != "source"}
    assert figure.of(axes_of(shown), data=shown, **words).source == "Undersökningen"


@pytest.mark.parametrize("drawn", ["ax", None, [1], []])
def test_what_is_no_drawing_is_refused(drawn, shown):
    with pytest.raises(Refusal, match="ingen bild"):
        figure.of(drawn, data=shown, **WORDS)


def test_single_answers_do_not_become_a_table(shown):
    with pytest.raises(Refusal, match="2\xa0765 rader"):
        figure.of(axes_of(shown), data=pd.DataFrame({"x": range(2765)}), **WORDS)
    plt.close("all")


def test_a_table_of_any_frame_leaves_out_keys_that_stand_beside_their_names():
    frame = pd.DataFrame({"area": ["n"], "name": ["Norr"], "value": [np.nan], "geometry": [None]})
    made = figure.twin(frame, "Bildtext")
    assert made.columns == (figure.Column("Område"), figure.Column("Värde", True))
    assert made.rows == (("Norr", "–"),)


def test_every_value_has_its_json_its_html_for_lab_and_its_text(shown):
    table = figure.Table("T", (figure.Column("A"),), (("x",), ("y",)), links=("", "y.html"))
    listed = table._repr_mimebundle_()
    assert listed[figure.TABLE]["links"] == ["", "y.html"]
    assert listed[figure.TABLE]["pictures"] is None
    made = figure.of(axes_of(shown), data=shown, **WORDS)
    drawn = made._repr_mimebundle_()
    assert set(drawn) == {figure.FIGURE, "text/html", "text/plain"}
    assert drawn[figure.FIGURE]["table"] == made.table._repr_mimebundle_()[figure.TABLE]
    assert drawn["text/html"].count("@font-face") == 2  # those that widths were measured with
    numbers = figure.KeyFigures((figure.KeyFigure("Index", "1,27", "ned från 1,42"),))
    items = numbers._repr_mimebundle_()[figure.KEY_FIGURES]["items"]
    assert items == [{"label": "Index", "value": "1,27", "note": "ned från 1,42"}]
    notice = figure.Notice("Påhittat <b>")._repr_mimebundle_()
    assert notice[figure.NOTICE] == {"text": "Påhittat <b>"}
    assert "&lt;b&gt;" in notice["text/html"]
    assert figure.Text("**x**")._repr_mimebundle_()["text/markdown"] == "**x**"


def test_two_drawings_of_a_page_share_no_identifier(shown):
    drawings = [figure.svg(axes_of(shown).figure, name) for name in "ab"]
    plt.close("all")
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in drawings]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_in_lab_no_two_pictures_share_a_name(shown):
    drawn = figure.of(axes_of(shown), data=shown, **WORDS)
    first, again = (drawn._repr_mimebundle_()["text/html"] for _ in range(2))
    names = [set(re.findall(r'\bid="([^"]+)"', html)) for html in (first, again)]
    used = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', first))
    assert names[0] and not names[0] & names[1]
    assert {name for pair in used for name in pair if name} <= names[0]
