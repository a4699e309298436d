"""The engine: refusals before anything runs, failures as failures, the same notebook twice."""

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError
from sample import written

from analysis.errors import Refusal
from analysis.publishing import execute as engine


def executed(tmp_path, *cells, **parameters):
    return engine.execute(written(tmp_path, "n", *cells), parameters)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"yaer": 2022}, "menades ”year”"),
        ({"year": "2022"}, "ge int"),
        ({"year": True}, "ge int"),
        ({"area": None}, "ge str"),
    ],
)
def test_a_wrong_parameter_is_refused_before_a_cell_runs(tmp_path, parameters, said):
    ran = tmp_path / "ran"
    with pytest.raises(Refusal, match=said):
        executed(tmp_path, f"open({str(ran)!r}, 'w')", **parameters)
    assert not ran.exists()


def test_a_parameter_whose_default_is_none_must_be_given(tmp_path):
    file = written(tmp_path, "n", parameters="area: str = None")
    with pytest.raises(Refusal, match="area.* saknas"):
        engine.check_parameters(file, {})
    engine.check_parameters(file, {"area": "raslatt"})


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(Refusal) as caught:
        engine.check_parameters(written(tmp_path, "n"), {"aera": "x", "year": "y"})
    assert len(caught.value.findings) == 2


def test_a_cell_keeps_prints_displays_and_its_value_in_order(tmp_path):
    source = "from IPython.display import Markdown, display\nprint('a')\n"
    cell = executed(tmp_path, source + "display(Markdown('b'))\nprint('c')\nyear", year=2020).cells[
        -1
    ]
    assert [output.output_type for output in cell.outputs] == [
        *("stream", "display_data", "stream", "execute_result")
    ]
    assert cell.outputs[1].data["text/markdown"] == "b"
    assert cell.outputs[3].data["text/plain"] == "2020"


def test_a_value_followed_by_a_semicolon_is_not_shown(tmp_path):
    assert executed(tmp_path, "year;").cells[-1].outputs == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("exit()", "SystemExit"),
        ("def f(:", "SyntaxError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)
def test_a_cell_that_fails_or_leaves_is_an_error_and_stops_the_notebook(tmp_path, source, name):
    ran = tmp_path / "ran"
    with pytest.raises(PapermillExecutionError) as caught:
        executed(tmp_path, source, f"open({str(ran)!r}, 'w')")
    assert caught.value.ename == name
    assert not ran.exists()


def test_a_hundred_megabytes_of_print_are_cut_with_a_note(tmp_path):
    cell = executed(tmp_path, "print('x' * 10**8)").cells[-1]
    assert len(cell.outputs[0].text) < 300_000
    assert "tecken till visas inte" in cell.outputs[0].text


def test_two_executions_give_the_same_bytes(tmp_path):
    first, second = (
        nbformat.writes(executed(tmp_path, "# T", "year", year=2022)) for _ in range(2)
    )
    assert first == second
    assert "papermill" not in first


def test_a_half_run_notebook_is_left_where_asked(tmp_path):
    with pytest.raises(PapermillExecutionError):
        engine.execute(written(tmp_path, "n", "1 / 0"), {}, output=tmp_path / "half.ipynb")
    assert "ZeroDivisionError" in (tmp_path / "half.ipynb").read_text("utf-8")


def test_papermill_finds_the_engine_by_its_name(tmp_path):
    engine.execute(written(tmp_path, "n"), {})
    found = papermill.engines.papermill_engines.get_engine(engine.NAME)
    assert found is engine.InProcessEngine
