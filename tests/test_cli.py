import os
import subprocess
import sys

import pytest

from analysis import cli
from small import written


def run(town, *words):
    return cli.main(["--root", str(town), *words])


def test_check_answers_every_question_and_counts_the_warnings(town, capsys):
    assert run(town, "check", "2023") == 0
    said = capsys.readouterr().out
    assert "50" in said
    assert said.rstrip().splitlines()[-1].startswith("Lillstads kommun 2023: ")


def test_a_refusal_is_what_and_the_way_out_without_a_traceback(town, capsys):
    assert run(town, "check", "2032") == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "  → År som finns: 2022, 2023." in captured.err.splitlines()


def test_check_says_every_fault_at_once(town, rewrite, capsys):
    rewrite(town / "data/2023/crime.csv", ",150", ",många")
    rewrite(town / "data/areas.csv", "soder,Söder", "söder,Söder")
    assert run(town, "check", "2023") == 1
    said = capsys.readouterr().err
    for place in ("crime.csv, rad 2, kolumn ”count”", "areas.csv, rad 3, kolumn ”area_id”"):
        assert place in said


def test_list_names_every_document(town, capsys):
    assert run(town, "list", "2023") == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    wanted = ["data", "start", "arsanalys", "trygghet", "brott", "kontroll", "norr", "soder"]
    assert names == [*wanted, "vast"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "abc"], "”abc” är inget år; skriv till exempel 2023"),
        (["run", "--jobs", "0"], "”0” är inget antal; skriv 1 eller mer"),
        (["flyg"], "”flyg” finns inte; välj bland"),
        (["check", "2023", "x"], "okänt: x"),
        (["run", "--only"], "--only: ett värde saknas"),
        (["shapes", "import", "x.gpkg"], "saknas: --division"),
        ([], "saknas: KOMMANDO"),
    ],
)
def test_misuse_is_answered_in_swedish_and_told_apart_from_refusal(words, said, capsys):
    with pytest.raises(SystemExit) as left:
        cli.main(words)
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert said in told
    assert "--help" in told


@pytest.fixture
def own(town):
    """Give Lillstad one document of its own, and a notebook that is in no list."""
    (town / "notebooks").mkdir()
    for name in ("start", "min-karta"):
        written(town / "notebooks", name, "# Rubrik")
    row = '{ notebook = "start", title = "Startsida", path = "index", formats = ["html"] }'
    (town / "data/reports.toml").write_text(f"reports = [{row}]\n", "utf-8")
    return town


def test_a_run_says_what_to_open_and_which_notebook_is_not_in_the_report(own, capsys):
    for count in ("2 dokument, 0 oförändrade", "0 dokument, 2 oförändrade"):
        assert run(own, "run", "2023") == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == f"Klart: {count}. Öppna:"
        assert lines[1] == f"  {own / 'reports/2023/index.html'}"
        assert lines[2].startswith("min-karta.ipynb är inte med i rapporten. Lägg till i ")


def test_a_failed_document_never_leaves_a_contradiction_unsaid(own, rewrite, capsys):
    run(own, "run", "2023")
    rewrite(own / "data/2023/crime.csv", ",150", ",160")
    written(own / "notebooks", "start", "# Rubrik", "1 / 0")
    assert run(own, "run", "2023") == 1
    said = capsys.readouterr()
    assert "! start (start.ipynb under ”Rubrik”): ZeroDivisionError" in said.err
    assert "Av ett äldre underlag än de övriga: Startsida." in said.out
    assert "Zip-filen finns inte förrän alla dokument är gjorda." in said.out
    assert "1 dokument misslyckades; halvkörda: " in said.out


def test_a_run_of_nothing_new_loads_nothing_that_reckons(own):
    assert run(own, "run", "2023") == 0
    code = "import sys; from analysis import cli; print(cli.main(sys.argv[1:])); "
    code += "print([name for name in ('pandas', 'IPython', 'papermill') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code, "--root", str(own), "run", "2023"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-2:] == ["0", "[]"]
