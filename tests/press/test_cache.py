"""Only what has changed is made again, wherever it is made."""

from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from test_batch import document, files, run

from analysis import reading
from analysis.publishing import elsewhere, record


def two(folder):
    """Make two documents that read a file each."""
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text("1")
    cells = {name: f"open({str(folder / f'{name}.csv')!r}).read();" for name in "ab"}
    return [document(folder, name, "# T", cell) for name, cell in cells.items()]


def made(documents, **options):
    folder = documents[0].notebook.parent
    summary = run(documents, folder / "out", home=folder, **options)
    return {outcome.document.name for outcome in summary.done}, summary.reasons


def test_only_the_document_that_read_a_changed_file_is_made_again(tmp_path):
    documents = two(tmp_path)
    assert made(documents)[0] == {"a", "b"}
    assert made(documents) == (set(), {"a": "", "b": ""})
    (tmp_path / "a.csv").write_text("2")
    assert made(documents) == ({"a"}, {"a": "a.csv har ändrats", "b": ""})


def test_everything_is_made_when_asked(tmp_path):
    documents = two(tmp_path)
    made(documents)
    assert made(documents, fresh=True)[0] == {"a", "b"}


def test_a_published_file_that_changed_is_made_again(tmp_path):
    documents = two(tmp_path)
    made(documents)
    (tmp_path / "out/d/b.html").write_text("x")
    names, reasons = made(documents)
    assert names == {"b"}
    assert "d/b.html" in reasons["b"]
    assert record.verify(tmp_path / "out") == []


def test_a_changed_notebook_and_parameter_are_told_apart(tmp_path):
    one = document(tmp_path, "one", "# T")
    run([one], tmp_path / "out")
    again = run([document(tmp_path, "one", "# Ny")], tmp_path / "out")
    assert again.reasons["one"].startswith("notebooken har ändrats")
    other = type(one)(one.name, one.notebook, {"year": 1}, one.path, one.metadata, one.formats)
    assert run([other], tmp_path / "out").reasons == {"one": "parametrarna är andra"}


def test_an_executor_makes_the_same_bytes_and_names_failures(tmp_path):
    documents = [document(tmp_path, name, "# T", formats=("html", "pdf")) for name in ("a", "b")]
    bad = document(tmp_path, "bad", "# T", "## Här", "1 / 0")
    run(documents, tmp_path / "here", home=tmp_path)
    with ThreadPoolExecutor(2) as executor:
        run(documents, tmp_path / "there", home=tmp_path, executor=executor)
        failed = run([bad], tmp_path / "there", home=tmp_path, executor=executor).failed
    assert files(tmp_path / "here") == files(tmp_path / "there")
    assert "ZeroDivisionError" in str(failed[0])


def test_a_cluster_of_two_workers_makes_the_same_bytes(tmp_path):
    distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")
    documents = [document(tmp_path, name, "# T", formats=("html", "pdf")) for name in "abc"]
    run(documents, tmp_path / "here", home=tmp_path)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as workers,
        elsewhere.cluster(workers.scheduler_address) as executor,
    ):
        run(documents, tmp_path / "there", home=tmp_path, executor=executor)
    assert files(tmp_path / "here") == files(tmp_path / "there")


VALUED = """
from analysis import reading
@reading.by_value
def rounded(path): return round(float(open(path).read()))
rounded({path!r});
"""


def test_a_document_rests_on_a_value_not_on_the_file_behind_it(tmp_path):
    (tmp_path / "a.csv").write_text("1.1")
    one = document(tmp_path, "one", "# T", VALUED.format(path=str(tmp_path / "a.csv")))
    values = {"__main__.rounded": reading.digest(1)}
    assert made([one], values=lambda: values)[0] == {"one"}
    (tmp_path / "a.csv").write_text("1.2")
    assert made([one], values=lambda: values)[0] == set()
    values = {"__main__.rounded": reading.digest(2)}
    assert made([one], values=lambda: values) == ({"one"}, {"one": "__main__.rounded har ändrats"})
    assert made([one], values=dict)[0] == {"one"}  # a value that nobody knows any more


def test_when_a_value_cannot_be_reckoned_what_has_been_started_is_ended(tmp_path):
    (tmp_path / "a.csv").write_text("1.1")
    valued = document(tmp_path, "valued", "# T", VALUED.format(path=str(tmp_path / "a.csv")))
    values = {"__main__.rounded": reading.digest(1)}
    made([valued, document(tmp_path, "slow", "# T")], values=lambda: values)
    slow = document(tmp_path, "slow", "# T", "import time; time.sleep(4712)")
    others = psutil.Process().children(recursive=True)
    with pytest.raises(ZeroDivisionError):
        made([valued, slow], values=lambda: 1 / 0)
    assert set(psutil.Process().children(recursive=True)) <= {*others}
    assert record.verify(tmp_path / "out") == []


def test_data_files_are_written_again_only_when_what_they_are_made_of_changed(tmp_path):
    documents, written = two(tmp_path), []

    def extras(staging):
        written.append(1)
        (staging / "data.csv").write_text("1")

    for state, times in (("a", 1), ("a", 1), ("b", 2)):
        made(documents, extras=extras, extras_of=state)
        assert len(written) == times
        assert (tmp_path / "out/data.csv").read_text() == "1"
        assert record.verify(tmp_path / "out") == []
    (tmp_path / "out/data.csv").write_text("2")
    made(documents, extras=extras, extras_of="b")
    assert (tmp_path / "out/data.csv").read_text() == "1"
