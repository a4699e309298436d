"""The engine: refusals before anything runs, failures as failures, and what a kernel would show."""

import re

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from analysis.errors import Refusal
from analysis.publishing import execute
from small import written

PARAMETERS = "year: int = 2023\narea: str = ''\nplaces: list[str] = []\nlimit: float = 0.5"
DRAW = "import matplotlib.pyplot as plt\nax = plt.subplots()[1]\nax.plot([1, 2])"
AS_A_KERNEL = {
    "a picture ended by ;": f"{DRAW};",
    "a picture shown": f"{DRAW}\nplt.show()\n'sedan'",
    "two pictures": f"{DRAW};\n{DRAW};",
    "a picture after a value": f"{DRAW}\n'värde'",
    "a magic": f"%matplotlib inline\n{DRAW};",
    "pandas' own plot": "import pandas as pd\npd.Series([1, 2]).plot()",
    "displays and a value": "from IPython.display import Markdown, display\n"
    "display(Markdown('b'), 2)\nyear",
    "a value ended by ;": "year;",
    "a Styler": "pd.DataFrame({'a': [1]}).style.set_uuid('x')",
    "a DataFrame": "pd.DataFrame({'a': [1.5]})",
    "cleared": "from IPython.display import clear_output, display\ndisplay('a')\nclear_output()\n'b'",
    "a shell's words": "!printf hej",
    "earlier values": "_",
}


def executed(folder, *cells, told=lambda heading: None, **parameters):
    notebook = written(folder, "n", *cells, parameters=PARAMETERS)
    return execute.execute(notebook, parameters, folder / "half.ipynb", told)


def failure(folder, *cells):
    with pytest.raises(PapermillExecutionError) as caught:
        executed(folder, *cells)
    return caught.value


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"yaer": 2022}, "menades ”year”"),
        ({"year": "2022"}, "ge int"),
        ({"year": True}, "ge int"),
        ({"area": None}, "ge str"),
        ({"places": [1]}, "ge list"),
        ({"limit": "1"}, "ge float"),
    ],
)
def test_a_wrong_parameter_is_refused_before_a_cell_runs(tmp_path, parameters, said):
    with pytest.raises(Refusal, match=said):
        executed(tmp_path, f"open({str(tmp_path / 'ran')!r}, 'w')", **parameters)
    assert not (tmp_path / "ran").exists()


def test_right_parameters_of_every_type_are_taken_and_all_faults_told_at_once(tmp_path):
    given = {"year": 2020, "area": "soder", "places": ["a"], "limit": 1}
    cell = executed(tmp_path, "year, area, places, limit", **given).cells[-1]
    assert cell.outputs[0].data["text/plain"] == "(2020, 'soder', ['a'], 1)"
    with pytest.raises(Refusal) as caught:
        executed(tmp_path, aera="x", year="y")
    assert len(caught.value.findings) == 2


@pytest.mark.parametrize("typed", ["area: str = None", "area = None"])
def test_a_parameter_whose_default_is_none_must_be_given(tmp_path, typed):
    file = written(tmp_path, "n", parameters=typed)
    with pytest.raises(Refusal, match="area.* saknas"):
        execute.check_parameters(file, {})
    execute.check_parameters(file, {"area": "raslatt"})


def plain(notebook):
    """List what cells show, without prints and what differs from run to run."""
    return [
        {
            kind: bool(shown) if kind == "image/png" else re.sub(" at 0x[0-9a-f]+", "", shown)
            for kind, shown in output.data.items()
        }
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type != "stream"
    ]


def test_every_cell_shows_what_a_kernel_shows_in_the_same_order(tmp_path):
    ours = executed(tmp_path, *AS_A_KERNEL.values(), year=2020)
    file, out = written(tmp_path, "n", *AS_A_KERNEL.values()), tmp_path / "out.ipynb"
    theirs = papermill.execute_notebook(
        *map(str, (file, out)), {"year": 2020}, kernel_name="python3", progress_bar=False
    )
    assert plain(ours) == plain(theirs)
    assert sum("image/png" in shown for shown in plain(ours)) == 7


@pytest.mark.filterwarnings("ignore:To exit")  # what IPython says to who types
@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("import sys; sys.exit(0)", "SystemExit", "cellen avslutade programmet"),
        ("exit()", "SystemExit", "cellen avslutade programmet"),
        ("x = 1\ndef f(:", "SyntaxError", "cellens rad 2, ”def f(:”"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", ""),
        ("%finns_inte", "UsageError", "finns_inte"),
    ],
)
def test_a_cell_that_fails_or_leaves_is_an_error_and_stops_the_notebook(
    tmp_path, source, name, said
):
    error = failure(tmp_path, source, f"open({str(tmp_path / 'ran')!r}, 'w')")
    assert error.ename == name
    assert said in error.evalue
    assert not (tmp_path / "ran").exists()
    assert name in (tmp_path / "half.ipynb").read_text("utf-8")


def test_the_nearest_heading_is_told_also_one_that_a_cell_shows(tmp_path):
    heard = []
    code = "# Inte\n\n```\n# en kommentar\n```"
    shows = "from IPython.display import Markdown, display\ndisplay(Markdown('## Visad'))\n1 / 0"
    with pytest.raises(PapermillExecutionError):
        executed(tmp_path, "# T\n\n## Först", "year", code, "year", shows, told=heard.append)
    assert heard == ["", "Först", "Inte", "Inte", "Visad"]


def test_a_hundred_megabytes_of_print_are_cut_with_a_note(tmp_path):
    cell = executed(tmp_path, "for _ in range(10):\n    print('x' * 10**7)").cells[-1]
    assert len(cell.outputs[0].text) < 300_000
    assert cell.outputs[0].text.endswith("[… resten visas inte]\n")


def test_two_executions_give_the_same_bytes(tmp_path):
    first, second = (
        nbformat.writes(executed(tmp_path, "# T", "year", f"{DRAW};", year=2022)) for _ in range(2)
    )
    assert first == second
    assert "papermill" not in first
