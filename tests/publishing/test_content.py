"""What a cell shows is published, or refused with its place and the line to write; never dropped."""

import numpy as np
import pandas as pd
import pytest
from nbformat import v4
from sample import FIGURE, KEY_FIGURES, MADE, NOTICE, TABLE, WHOLE, figure, notebook, shown, table

from analysis.errors import Refusal
from analysis.figures import figure as figures
from analysis.publishing import content, page

LINE = 'figure.of(ax, data=…, title="…", alt="…")'
PNG = {"image/png": "AAAA", "text/plain": "<Figure size 640x480 with 1 Axes>"}
AXES = {"text/plain": "<Axes: xlabel='x'>"}
WIDGET = {content.WIDGET: {}, "text/plain": "interactive(children=())"}


def refusal(made, name="min.ipynb"):
    with pytest.raises(Refusal) as refused:
        content.of(made, name)
    return str(refused.value)


@pytest.mark.parametrize("data", [PNG, {"image/svg+xml": "<svg/>"}, AXES, WIDGET])
def test_a_bare_picture_is_refused_with_notebook_heading_and_the_line_to_write(data):
    said = refusal(shown(data))
    assert "min.ipynb, under ”Var är det värst?”" in said
    assert LINE in said


def test_each_of_several_pictures_in_a_cell_is_judged():
    assert refusal(shown(PNG, figure(), PNG)).count(LINE) == 2
    assert refusal(shown(AXES, PNG)).count(LINE) == 1, "the axes' name is not a second picture"
    kinds = [block["type"] for block in content.of(shown(figure(), figure())).blocks]
    assert kinds.count("figure") == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"text/plain": "{'a': 1}"}, "inte kan visa: {'a': 1}"),
        ({"text/html": "<iframe></iframe>", "text/plain": "<Map>"}, "inte kan visa: <Map>"),
        ({"application/pdf": "A"}, "inte kan visa: application/pdf"),
    ],
)
def test_what_cannot_be_shown_is_refused_and_the_advice_is_no_loss(data, said):
    assert said in refusal(shown(data))
    assert "Text(…)" in refusal(shown(data))


def grid(frame):
    """Read a frame, or a Styler, as Lab would show it."""
    block = content.of(shown({"text/html": frame._repr_html_(), "text/plain": "x"})).blocks[-1]
    return block["attrs"]["shown"]


def test_a_frame_is_a_table_with_swedish_numbers_and_the_headings_name():
    frame = pd.DataFrame(
        {"Namn": ["Norr", "Söder"], "Antal": [1234, 56], "Andel": [0.5, np.nan], "Nytt": [True, 0]}
    ).astype({"Nytt": bool})
    made = grid(frame)
    assert made["caption"] == "Var är det värst?"
    assert made["rows"] == [["Norr", "1\xa0234", "0,5", "ja"], ["Söder", "56", "–", "nej"]]
    assert [column["numeric"] for column in made["columns"]] == [False, True, True, False]


def test_a_frames_own_index_and_its_levels_are_columns():
    frame = pd.DataFrame(
        {("Andel", 2022): [0.1254, 2.5], ("Andel", 2023): [-1, 2]},
        index=pd.MultiIndex.from_tuples([("Norr", 2022), ("Norr", 2023)], names=["Område", "År"]),
    )
    made = grid(frame)
    assert [column["label"] for column in made["columns"]] == [
        *("Område", "År", "Andel – 2022", "Andel – 2023"),
    ]
    assert made["rows"] == [["Norr", "2022", "0,13", "−1"], ["Norr", "2023", "2,50", "2"]]


def test_a_styler_keeps_its_caption_and_its_format():
    pytest.importorskip("jinja2")
    styled = pd.DataFrame({"Namn": ["Norr"], "Andel": [0.125]}).style.hide(axis="index")
    made = grid(styled.set_caption("Andelar").format({"Andel": "{:.1%}"}))
    assert (made["caption"], made["rows"]) == ("Andelar", [["Norr", "12,5\xa0%"]])


def test_a_shortened_frame_is_refused():
    long = pd.DataFrame({"a": range(99)})._repr_html_()
    assert "inte kan visa" in refusal(shown({"text/html": long, "text/plain": "a"}))


def test_the_kinds_are_those_of_the_figures():
    for name in ("FIGURE", "TABLE", "NOTICE", "KEY_FIGURES"):
        assert getattr(content, name) == getattr(figures, name)


def test_a_notebook_that_has_not_run_says_so_rather_than_being_empty():
    made = notebook("# Rubrik")
    made.cells.append(v4.new_code_cell("this_year = results.of(2023)"))
    assert "kör notebooken först" in refusal(made)
    made.cells[-1].execution_count = 1
    assert content.of(made).title == "Rubrik"


def test_in_lab_a_refusal_is_a_document_of_its_own_words_and_elsewhere_a_refusal():
    made, lab = shown(PNG), {"config_dir": "x", "metadata": {"name": "min"}}
    said = page.of_export(made, lab)
    assert LINE in " ".join(map(content.words, said.blocks))
    with pytest.raises(Refusal):
        page.of_export(made, {**lab, "unique_key": "min"})


def test_what_is_for_the_analyst_is_left_out_and_so_are_prints():
    made = notebook("# Rubrik", "Ändra här.", {"text/markdown": "Bara för dig."}, "Text.")
    for cell in made.cells[1:3]:
        cell.metadata["tags"] = ["analyst"]
    made.cells[1].outputs = []
    printed = v4.new_output("stream", name="stdout", text="hemligt")
    made.cells.append(v4.new_code_cell("x", outputs=[printed]))
    assert [content.words(block) for block in content.of(made).blocks] == ["Rubrik", "Text."]


def test_a_heading_with_nothing_under_it_is_left_out():
    made = content.of(notebook("# R", "## Tomt", "### Också tomt", "## Full\n\nText."))
    assert [content.words(block) for block in made.blocks] == ["R", "Full", "Text."]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("Text.",), "har 0 rubriker"),
        (("# A", "# B"), "har 2 rubriker"),
        (("# A", "### B\n\nText."), "hoppar från nivå 1 till 3"),
        (("# A", "![x](y.png)"), "bild i löpande text"),
        (("# A", figure(alt="Image.")), "inget säger"),
        *((("# A", figure(**{part: None})), f"saknar {part}") for part in content.NEEDED),
    ],
)
def test_an_unsound_notebook_is_refused(cells, said):
    assert said in refusal(notebook(*cells))


def test_a_cell_that_failed_is_named_by_its_error():
    made = notebook("# R")
    error = v4.new_output("error", ename="ValueError", evalue="nej", traceback=[])
    made.cells.append(v4.new_code_cell("x", outputs=[error]))
    assert "ValueError: nej\n  → rätta cellen" in refusal(made)


def test_a_table_has_one_place_rather_in_the_text_than_under_a_figure():
    whole = table(columns=[*table()["columns"], {"label": "Svar", "numeric": True}])
    whole["rows"] = [[*row, "5"] for row in reversed(whole["rows"])]
    made = content.of(notebook("# R", figure(), {TABLE: whole}, figure()))
    places = [(block["attrs"]["same"], len(block["attrs"]["parts"])) for block in made.blocks[1:]]
    assert places == [("tabell-index", 0), (None, 1), ("tabell-index", 0)]


def test_a_table_wider_than_a_page_is_divided_and_each_part_names_its_rows():
    columns = [{"label": f"Otrygghet {n}", "numeric": n > 0} for n in range(33)]
    wide = table(columns=columns, rows=[[str(n) for n in range(33)]], note="Sist.")
    parts = content.of(notebook("# R", {TABLE: wide})).blocks[-1]["attrs"]["parts"]
    cells = [cell for part in parts for cell in part["rows"][0][1:]]
    assert cells == [str(n) for n in range(1, 33)]
    assert {part["rows"][0][0] for part in parts} == {"0"}
    assert [bool(part["note"]) for part in parts] == [False] * (len(parts) - 1) + [True]


def test_a_notice_is_its_first_words_and_all_of_it():
    text = "**Påhittat.** Svaren är gjorda för att visa hur rapporten ser ut."
    assert content.of(notebook(*WHOLE)).notices == (("Påhittat.", text),)
    plain = {NOTICE: {"text": "Först detta. Sedan detta."}}
    assert content.of(notebook("# R", plain)).notices[0][0] == "Först detta."


def test_every_kind_has_a_token_and_an_id_of_its_own():
    assert {FIGURE, TABLE, NOTICE, KEY_FIGURES} == {
        kind for kind in vars(content).values() if str(kind).startswith(MADE)
    }
    blocks = content.of(notebook(*WHOLE)).blocks
    ids = [block["attrs"]["id"] for block in blocks if "id" in block["attrs"]]
    assert len(set(ids)) == len(ids) == 6
