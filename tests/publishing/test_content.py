"""What a cell shows is published, or refused with its place and the line to write; never dropped."""

import numpy as np
import pandas as pd
import pytest
from nbformat import v4
from sample import NOTICE, TABLE, WHOLE, figure, notebook, table

from analysis.errors import Refusal
from analysis.figures import figure as figures
from analysis.publishing import content, page

LINE = 'figure.of(ax, data=…, title="…", alt="…")'
PNG = {"image/png": "AAAA", "text/plain": "<Figure size 640x480 with 1 Axes>"}
AXES = {"text/plain": "<Axes: xlabel='x'>"}
WIDGET = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "interactive()"}
STARTED = ("# Rubrik", "## Var är det värst?")


def refusal(made):
    with pytest.raises(Refusal) as refused:
        content.of(made, "min.ipynb")
    return str(refused.value)


def blocks(*cells):
    found = content.of(notebook(*cells))
    return [*found.head, *found.lead, *found.picture, *found.rest]


@pytest.mark.parametrize(
    "data",
    [
        *(PNG, {"image/svg+xml": "<svg/>"}, AXES, WIDGET, {"text/plain": "{'a': 1}"}),
        *({"text/html": "<iframe></iframe>", "text/plain": "<Map>"}, {"application/pdf": "A"}),
        {"text/html": "<table><tr><td>1</td></tr><tr></tr></table>", "text/plain": "ojämn"},
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_place_and_the_line_to_write(data):
    said = refusal(notebook(*STARTED, [data, figure()]))
    assert "min.ipynb, under ”Var är det värst?”" in said
    assert data.get("text/plain", "application/pdf") in said or "image/svg" in said
    assert LINE in said


def test_each_of_several_outputs_in_a_cell_is_judged_and_published():
    assert refusal(notebook(*STARTED, [PNG, figure(), PNG])).count("<Figure size") == 2
    kinds = [block["type"] for block in blocks("# R", [figure(), figure()])]
    assert kinds == ["heading", "figure", "figure"]


def frame_shown(frame):
    return {"text/html": frame._repr_html_(), "text/plain": "en ram"}


def grid(frame):
    """Read a frame as Lab would show it."""
    return blocks(*STARTED, frame_shown(frame))[-1]["attrs"]["shown"]


def test_a_frame_is_a_table_with_swedish_numbers_and_the_headings_name():
    frame = pd.DataFrame(
        {"Namn": ["Norr", "Söder"], "Antal": [1234, 56], "Andel": [0.5, np.nan], "Nytt": [True, 0]}
    ).astype({"Nytt": bool})
    made = grid(frame)
    assert made["caption"] == "Var är det värst?"
    assert made["rows"] == [["Norr", "1\xa0234", "0,5", "ja"], ["Söder", "56", "–", "nej"]]
    assert [column["numeric"] for column in made["columns"]] == [False, True, True, False]


def test_a_pivots_index_and_years_are_columns_and_three_figures_count():
    frame = pd.DataFrame(
        [[0.1254, 2.5], [-1, 2]],
        index=pd.Index(["Norr", "Söder"], name="Område"),
        columns=pd.Index([2022, 2023], name="År"),
    )
    made = grid(frame.assign(Sedan=[1998, 2004]))
    assert [column["label"] for column in made["columns"]] == ["Område", "2022", "2023", "Sedan"]
    assert made["rows"] == [["Norr", "0,13", "2,5", "1998"], ["Söder", "−1,00", "2,0", "2004"]]


def test_a_frame_that_is_shortened_or_has_levels_or_styles_is_refused():
    two = pd.DataFrame({"a": [1, 2]}, index=pd.MultiIndex.from_product([["Norr"], [1, 2]]))
    for frame in (pd.DataFrame({"a": range(99)}), two, two.T, two.style):
        assert "inte kan visa: en ram" in refusal(notebook(*STARTED, frame_shown(frame)))


def test_the_kinds_are_those_of_the_figures():
    for name in ("FIGURE", "TABLE", "NOTICE", "KEY_FIGURES"):
        assert getattr(content, name) == getattr(figures, name) in content.KINDS


def test_a_notebook_that_has_not_run_says_so_rather_than_being_empty():
    made = notebook("# Rubrik")
    made.cells.append(v4.new_code_cell("this_year = results.of(2023)"))
    assert "kör notebooken först" in refusal(made)
    made.cells[-1].execution_count = 1
    assert content.of(made).title == "Rubrik"


def test_in_lab_a_refusal_is_a_document_of_its_own_words_and_elsewhere_a_refusal():
    made, lab = notebook(*STARTED, PNG), {"config_dir": "x", "metadata": {"name": "min"}}
    said, _ = page.PageExporter().from_notebook_node(made, dict(lab))
    assert "figure.of(ax, data=…" in said
    with pytest.raises(Refusal, match=r"min\.ipynb"):
        page.PageExporter().from_notebook_node(made, {**lab, "unique_key": "min"})


def test_what_is_for_the_analyst_is_left_out_and_so_are_prints():
    made = notebook("# Rubrik", "Ändra här.", {"text/markdown": "Bara för dig."}, "Text.")
    for cell in made.cells[1:3]:
        cell.metadata["tags"] = ["analyst"]
    made.cells[1].outputs = []
    made.cells[-1:-1] = [ran("stream", name="stdout", text="hemligt")]
    assert [content.words(block) for block in content.of(made).lead] == ["Text."]


def ran(kind, **what):
    return v4.new_code_cell("x", outputs=[v4.new_output(kind, **what)])


def test_a_cell_that_failed_is_named_by_its_error():
    made = notebook("# R")
    made.cells.append(ran("error", ename="ValueError", evalue="nej", traceback=[]))
    assert "ValueError: nej\n  → rätta cellen" in refusal(made)


def test_a_heading_with_nothing_under_it_is_left_out():
    said = map(content.words, blocks("# R", "## Tomt", "### Också tomt", "## Full\n\nText."))
    assert list(said) == ["R", "Full", "Text."]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("Text.",), "har ingen rubrik"),
        (("# A", "# B"), "nivå 1 står efter nivå 1"),
        (("# A", "### B\n\nText."), "nivå 3 står efter nivå 1"),
        (("# A", "![x](y.png)"), "bild i löpande text"),
        (("# A", "|a|\n|-|\n|[x](y.html)|"), "en länk i en tabell"),
        (("# A", figure(alt="Image.")), "saknar alt"),
        *((("# A", figure(**{part: None})), f"saknar {part}") for part in content.NEEDED),
    ],
)
def test_an_unsound_notebook_is_refused(cells, said):
    assert said in refusal(notebook(*cells))


def test_a_table_has_one_place_rather_in_the_text_than_under_a_figure():
    whole = table(columns=[*table()["columns"], {"label": "Svar", "numeric": True}])
    whole["rows"] = [[*row, "5"] for row in reversed(whole["rows"])]
    made = blocks("# R", figure(), {TABLE: whole}, figure())
    places = [(block["attrs"]["same"], len(block["attrs"]["parts"])) for block in made[1:]]
    assert places == [("tabell-index", 0), (None, 1), ("tabell-index", 0)]


def parts(count):
    """Divide a table of so many columns of numbers."""
    columns = [{"label": "Otrygghet på kvällen", "numeric": n > 0} for n in range(count)]
    rows = [[f"{n} av alla som svarade" for n in range(count)]]
    wide = table(columns=columns, rows=rows, note="Sist.")
    return blocks("# R", {TABLE: wide})[-1]["attrs"]["parts"]


def test_only_a_table_of_many_columns_is_divided_and_each_part_names_its_rows():
    assert [len(parts(count)) for count in (1, 2, 7, 8)] == [1, 1, 1, 2]
    made = parts(33)
    cells = [cell for part in made for cell in part["rows"][0][1:]]
    assert cells == [f"{n} av alla som svarade" for n in range(1, 33)]
    assert {part["rows"][0][0] for part in made} == {"0 av alla som svarade"}
    assert [bool(part["note"]) for part in made] == [False] * (len(made) - 1) + [True]


def test_a_notice_is_its_first_words_and_all_of_it():
    ((first, whole),) = content.of(notebook(*WHOLE)).notices
    assert (first, content.words(whole[0])[:16]) == ("Påhittat.", "Påhittat. Svaren")
    plain = {NOTICE: {"text": "Först detta. Sedan detta."}}
    assert content.of(notebook("# R", plain)).notices[0][0] == "Först detta."


def test_what_is_pointed_at_has_an_id_of_its_own():
    ids = [block["attrs"]["id"] for block in blocks(*WHOLE) if "id" in block["attrs"]]
    assert len(set(ids)) == len(ids) == 7


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("figure.of(ax, data=rows);", "slutar med semikolon"),
        ("t = tables.areas(rows)", "”t” visas aldrig"),
        ("t = tables.areas(rows)\nt;", "”t” visas aldrig"),
        ("shown = figure.of(\n    ax, data=rows)", "”shown” visas aldrig"),
    ],
)
def test_what_is_made_for_the_reader_and_not_shown_is_refused(source, said):
    cells = [v4.new_markdown_cell("# R"), v4.new_code_cell(source, execution_count=1)]
    with pytest.raises(Refusal, match=said):
        content.of(v4.new_notebook(cells=cells))
