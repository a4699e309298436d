"""Only what has changed is made, the same bytes always, whole or not at all."""

import json
import os
from dataclasses import replace

import nbformat
import pytest

from analysis.errors import Refusal
from small import document, files, publish, started


def two(folder):
    """Make two documents that need a file each."""
    for name in "ab":
        (folder / f"{name}.csv").write_text("1")
    return [
        document(
            folder, name, "# T", f"open('{name}.csv').read();", needs=(folder / f"{name}.csv",)
        )
        for name in "ab"
    ]


def made(documents, **options):
    folder = documents[0].notebook.parent
    return [one.name for one in publish(documents, folder / "out", **options).made]


def written(folder):
    """Write data files, as a document without notebook does."""
    (folder / "data/x.csv").write_text("a\n")


def test_the_same_inputs_give_the_same_bytes_whatever_jobs_and_folder(tmp_path):
    documents = [document(tmp_path, f"n{n}", "# T", formats=("html", "pdf")) for n in range(3)]
    publish(documents, tmp_path / "a", jobs=1)
    publish(documents, tmp_path / "elsewhere" / "b", jobs=2)
    assert files(tmp_path / "a") == files(tmp_path / "elsewhere" / "b")
    assert len(files(tmp_path / "a")) == 7


def test_nothing_runs_when_a_parameter_is_wrong_or_a_notebook_is_missing_or_broken(tmp_path):
    good = document(tmp_path, "good", "# T")
    wrong = replace(good, name="w", path="w", parameters={"yaer": 1})
    with pytest.raises(Refusal, match="menades ”year”"):
        publish([good, wrong], tmp_path / "out")
    missing = replace(good, name="one", notebook=tmp_path / "borta.ipynb")
    (tmp_path / "trasig.ipynb").write_text("{")
    broken = replace(good, name="two", notebook=tmp_path / "trasig.ipynb")
    with pytest.raises(Refusal) as caught:
        publish([good, missing, broken], tmp_path / "out")
    assert {item.file for item in caught.value.findings} == {"borta.ipynb", "trasig.ipynb"}
    assert not (tmp_path / "out").exists()


def test_only_what_has_changed_is_made_again(tmp_path):
    documents = two(tmp_path)
    assert sorted(made(documents)) == ["a", "b"]
    assert made(documents) == []
    (tmp_path / "a.csv").write_text("2")
    assert made(documents) == ["a"]
    before = files(tmp_path / "out")
    (tmp_path / "out/d/b.html").write_text("x")
    assert made(documents) == ["b"]
    assert files(tmp_path / "out") == before
    assert sorted(made(documents, fresh=True)) == ["a", "b"]


def test_what_lab_saves_with_a_notebook_makes_nothing_again_but_a_changed_cell_does(tmp_path):
    one = document(tmp_path, "one", "# T", "year;")
    made([one])
    saved = nbformat.read(one.notebook, as_version=4)
    saved.cells[-1].outputs = [nbformat.v4.new_output("stream", text="sparat i Lab")]
    saved.metadata.language_info = {"name": "python", "version": "3.14"}
    nbformat.write(saved, one.notebook)
    assert made([one]) == []
    saved.cells[-1].source = "year + 1;"
    nbformat.write(saved, one.notebook)
    assert made([one]) == ["one"]
    assert made([replace(one, parameters={"year": 1})]) == ["one"]


def test_a_document_that_is_no_more_is_gone_and_others_files_stay(tmp_path):
    one, two_ = (document(tmp_path, name, "# T") for name in ("one", "two"))
    publish([one, replace(two_, path="e/two")], tmp_path / "out")
    (tmp_path / "out" / "another.txt").write_text("någon annans")
    publish([one], tmp_path / "out")
    assert sorted(files(tmp_path / "out")) == ["another.txt", "d/one.html", "run.json"]
    assert not (tmp_path / "out/e").exists()


def test_data_files_are_published_and_recorded_with_the_pages(tmp_path):
    one = document(tmp_path, "one", "# T", needs=(tmp_path / "in.csv",))
    data = replace(one, name="data", path="data/x", formats=(), needs=(), write=written)
    (tmp_path / "in.csv").write_text("1")
    publish([data, one], tmp_path / "out")
    record = json.loads((tmp_path / "out/run.json").read_text("utf-8"))
    published = {path: sha for path, sha in files(tmp_path / "out").items() if path != "run.json"}
    lines = record["documents"]
    assert {**lines["data"]["outputs"], **lines["one"]["outputs"]} == published
    assert lines["one"]["parameters"] == {"year": 2022}
    assert record["inputs"] == {"in.csv": files(tmp_path)["in.csv"]}
    assert record["versions"]["python"]


def packed(folder):
    (folder / "all.txt").write_text(json.dumps(files(folder)))
    return ["all.txt"]


def test_a_failed_document_with_changed_data_is_said_to_be_of_an_older_state(tmp_path):
    documents = two(tmp_path)
    publish(documents, tmp_path / "out", pack=packed)
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text("2")
    bad = document(tmp_path, "a", "# T", "1 / 0", needs=documents[0].needs)
    summary = publish([bad, documents[1]], tmp_path / "out", pack=packed)
    assert [str(one) for one in summary.failed] == [
        "a (a.ipynb under ”T”): ZeroDivisionError: division by zero"
    ]
    assert [one.name for one in summary.made] == ["b"]
    assert [one.name for one in summary.old] == ["a"]
    assert not summary.is_whole
    assert sorted(files(tmp_path / "out")) == ["d/a.html", "d/b.html", "run.json"]
    assert "ZeroDivisionError" in (summary.notebooks / "a.ipynb").read_text("utf-8")


def test_nothing_is_published_when_everything_fails_at_first(tmp_path):
    assert publish([document(tmp_path, "a", "1 / 0")], tmp_path / "out").failed
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("place", ["a file", "within", "others", "mounted"])
def test_a_place_that_no_report_can_be_put_in_is_refused_before_a_cell_runs(
    tmp_path, place, monkeypatch
):
    one = document(tmp_path, "one", "# T")
    publish([one], tmp_path / "out")
    late = document(tmp_path, "late", f"open({str(tmp_path / 'ran')!r}, 'w');")
    (tmp_path / "file").write_text("")
    (tmp_path / "others").mkdir()
    (tmp_path / "others/brev.txt").write_text("")
    output, said = {
        "a file": (tmp_path / "file", "är en fil"),
        "within": (tmp_path / "out/d/e", "ligger i en annan rapport"),
        "others": (tmp_path / "others", "har redan annat innehåll"),
        "mounted": (tmp_path / "out", "är en monterad enhet"),
    }[place]
    if place == "mounted":
        monkeypatch.setattr(os.path, "ismount", lambda path: path == output)
    with pytest.raises(Refusal, match=f"{said}[^→]*→ välj en annan mapp"):
        publish([late], output)
    assert not (tmp_path / "ran").exists()


CLUSTER = """
import sys
from pathlib import Path
from distributed import Client, LocalCluster
from small import document, files, publish

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    documents = [document(folder, name, "# T", formats=("html", "pdf")) for name in "abc"]
    bad = document(folder, "bad", "# T", "## Här", "import os; os._exit(0)")
    publish(documents, folder / "here")
    cluster = LocalCluster(2, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster) as client:
        there = client.get_executor(pure=False)
        publish(documents, folder / "there", executor=there)
        (failed,) = publish([bad], folder / "bad", executor=there).failed
    assert files(folder / "here") == files(folder / "there")
    assert "bad.ipynb under ”Här”): processen dog (kod 0)" in str(failed)
"""


def test_a_cluster_of_two_workers_makes_the_same_bytes_and_names_failures(tmp_path):
    pytest.importorskip("distributed", reason="the extra cluster is not installed")
    runner = started(CLUSTER, tmp_path)  # its threads are not left here
    _, said = runner.communicate(timeout=120)
    assert runner.returncode == 0, said
