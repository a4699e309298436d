import json

import pytest

from analysis import cli


def run(town, *words):
    return cli.main(["--root", str(town), *words])


def test_check_answers_every_question_and_counts_the_warnings(town, capsys):
    assert run(town, "check", "2023") == 0
    said = capsys.readouterr().out
    assert "Är svarsandelen rimlig (20–90 %)? 50,00\xa0% svarade." in said
    assert said.rstrip().endswith("Lillstads kommun 2023: en varning.")


def test_a_refusal_is_what_and_the_way_out_without_a_traceback(town, capsys):
    assert run(town, "check", "2032") == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "data/2032/year.toml: Året 2032 finns inte: filen saknas.",
        "  → År som finns: 2022, 2023.",
    ]


def test_the_newest_year_is_meant_when_none_is_named(town, capsys):
    assert run(town, "facts") == 0
    assert "skrap" not in json.loads(capsys.readouterr().out)["areas.highest"]["value"]


def test_list_names_every_document(town, capsys):
    assert run(town, "list", "2023") == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == ["start", "arsanalys", "brott", "trygghet", "kontroll", "norr", "soder", "vast"]


@pytest.mark.parametrize("words", [["check", "x"], ["run", "--jobs", "0"], ["flyg"], []])
def test_misuse_is_told_apart_from_refusal_by_its_exit_code(words):
    with pytest.raises(SystemExit) as left:
        cli.main(words)
    assert left.value.code == 2


def test_a_notebook_that_fails_is_named_and_the_exit_code_tells(town, capsys):
    (town / "notebooks").mkdir()
    source = ["year: int = 2023  # a folder", "1 / 0"]
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"c{at}", "outputs": [], "source": text,
         "metadata": {"tags": ["parameters"]} if at == 0 else {}}
        for at, text in enumerate(source)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (town / "notebooks/start.ipynb").write_text(json.dumps(notebook), "utf-8")
    assert run(town, "run", "2023", "--only", "start") == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_the_last_line_of_a_run_counts_the_warnings_made_or_kept(town, capsys):
    for _ in ("made", "kept"):
        assert cli.main(["--root", str(town), "run", "2023", "--only", "start"]) == 0
        last = capsys.readouterr().out.splitlines()[-1]
        assert last.startswith("Kontrollen av underlaget har en varning: se ")
        assert last.endswith("kontroll.html")


def test_check_says_every_fault_as_json(town, rewrite, capsys):
    rewrite(town / "data/2023/crime.csv", ",150", ",många")
    rewrite(town / "data/areas.csv", "soder,Söder", "söder,Söder")
    assert cli.main(["--root", str(town), "check", "2023", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["holds"] is False
    places = {(item["file"], item["row"], item["column"]) for item in said["findings"]}
    assert ("data/2023/crime.csv", 2, "count") in places
    assert ("data/areas.csv", 3, "area_id") in places
    assert all(item["what"] and item["remedy"] for item in said["findings"])


def test_check_says_what_holds_as_json(town, capsys):
    assert cli.main(["--root", str(town), "check", "2023", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["year"] == 2023
    assert {"question", "answer", "is_good"} <= set(said["checks"][0])


def test_a_year_that_is_not_there_is_named_when_verified(town, capsys):
    assert cli.main(["--root", str(town), "verify", "2032"]) == 1
    assert "År som finns: 2022, 2023." in capsys.readouterr().err
