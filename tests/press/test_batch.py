"""The batch: whole or not at all, failures named, the others finish, the same bytes always."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from sample import written

from analysis.errors import Refusal
from analysis.publishing import build as batch
from analysis.publishing import record


def document(folder, name, *cells, path=None, formats=("html",)):
    file = written(folder, name, *cells)
    return batch.Document(name, file, {"year": 2022}, path or f"d/{name}", {"site": "S"}, formats)


def run(documents, output, **options):
    return batch.run(documents, output, batch.Options(**{"jobs": 2, "progress": False, **options}))


def files(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


FAILURES = {
    "exception": ("1 / 0", "ZeroDivisionError"),
    "sys-exit": ("import sys; sys.exit(0)", "SystemExit"),
    "os-exit": ("import os; os._exit(0)", "avslutade sig själv"),
    "killed": ("import os; os.kill(os.getpid(), 9)", "signal 9"),
    "memory": (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**33,) * 2); b'x' * 2**35",
        "MemoryError",
    ),
    "endless": ("while True: pass", "längre tid"),
    "endless-program": ("import subprocess; subprocess.run(['sleep', '4711'])", "längre tid"),
    "unsound": ("'ett värde'", "kan visa"),
}


def test_each_failure_is_named_the_others_finish_and_earlier_files_stay(tmp_path):
    good = [document(tmp_path, name, "# T") for name in ("good", *FAILURES)]
    assert not run(good, tmp_path / "out").failed
    earlier = files(tmp_path / "out")
    bad = [
        document(tmp_path, name, "# T", "## Här", source) for name, (source, _) in FAILURES.items()
    ]
    loud = document(tmp_path, "loud", "# Ny", "print('x' * 10**8)")
    summary = run([*bad, loud], tmp_path / "out", time_limit=2.5)
    said = {outcome.document.name: str(outcome) for outcome in summary.failed}
    assert said.keys() == FAILURES.keys()
    for name, (_, words) in FAILURES.items():
        assert words in said[name]
        assert f"{name}.ipynb" in said[name]
        assert "Här" in said[name]
    now = files(tmp_path / "out")
    assert now.keys() - earlier.keys() == {"d/loud.html"}
    assert {path for path in earlier if earlier[path] != now[path]} == {"run.json"}
    assert not (tmp_path / ".out" / "staging").exists()
    assert [
        one.pid for one in psutil.process_iter(["cmdline"]) if "4711" in (one.info["cmdline"] or [])
    ] == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the document's own process sets it")
def test_a_page_whose_setting_is_killed_is_named_and_the_next_run_makes_the_same(
    tmp_path, monkeypatch
):
    def made(cell):
        return run(
            [document(tmp_path, "one", "# T", cell, formats=("html", "pdf"))], tmp_path / "o"
        )

    assert not made("year;").failed
    earlier, pages = files(tmp_path / "o"), files(tmp_path / "o" / "d")
    monkeypatch.delitem(sys.modules, "analysis.publishing.pdf", raising=False)
    (failed,) = made("import psutil; [one.kill() for one in psutil.Process().children()];").failed
    assert failed.error == "processen som skulle sätta sidan dödades; minnet kan ha tagit slut"
    assert files(tmp_path / "o") == earlier
    assert not made("year;").failed
    assert files(tmp_path / "o" / "d") == pages


def test_the_same_inputs_give_the_same_bytes_whatever_jobs_and_folder(tmp_path):
    documents = [document(tmp_path, f"n{n}", "# T", formats=("html", "pdf")) for n in range(3)]
    run(documents, tmp_path / "a", jobs=1)
    run(documents, tmp_path / "elsewhere" / "b", jobs=2)
    assert files(tmp_path / "a") == files(tmp_path / "elsewhere" / "b")
    assert len(files(tmp_path / "a")) == 7


def test_nothing_runs_when_one_parameter_is_wrong(tmp_path):
    good = document(tmp_path, "good", "# T")
    wrong = batch.Document("w", good.notebook, {"yaer": 1}, "w", {})
    with pytest.raises(Refusal, match="menades ”year”"):
        run([good, wrong], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_second_run_on_the_same_folder_is_refused(tmp_path):
    one = document(tmp_path, "one", "# T")

    def second(_):
        with pytest.raises(Refusal, match="annan körning"):
            run([one], tmp_path / "out")
        tried.append(True)

    tried = []
    run([one], tmp_path / "out", extras=second)
    assert tried
    assert not run([one], tmp_path / "out").failed


def test_a_page_of_a_document_that_is_no_more_goes_only_when_asked(tmp_path):
    one, two = (document(tmp_path, name, "# T") for name in ("one", "two"))
    run([one, two], tmp_path / "out")
    (tmp_path / "out" / "another.txt").write_text("någon annans")
    run([one], tmp_path / "out")
    assert (tmp_path / "out/d/two.html").exists()
    run([one], tmp_path / "out", only_these=True)
    assert not (tmp_path / "out/d/two.html").exists()
    assert (tmp_path / "out/another.txt").read_text() == "någon annans"


def test_data_files_are_published_and_recorded(tmp_path):
    one = document(tmp_path, "one", "# T")
    run([one], tmp_path / "out", extras=lambda folder: (folder / "x.csv").write_text("a\n"))
    assert (tmp_path / "out/x.csv").read_text() == "a\n"
    assert record.verify(tmp_path / "out") == []


def test_one_flipped_bit_a_missing_and_a_strange_file_are_found(tmp_path):
    documents = [document(tmp_path, name, "# T") for name in ("one", "two")]
    run(documents, tmp_path / "out")
    changed = tmp_path / "out/d/one.html"
    changed.write_bytes(bytes([changed.read_bytes()[0] ^ 1]) + changed.read_bytes()[1:])
    (tmp_path / "out/d/two.html").unlink()
    (tmp_path / "out/strange.txt").write_text("x")
    found = [(finding.file, finding.what) for finding in record.verify(tmp_path / "out")]
    assert found == [
        ("d/one.html", "filen har ändrats sedan körningen"),
        ("d/two.html", "filen saknas"),
        ("strange.txt", "filen hör inte till körningen"),
    ]


def test_a_document_made_of_other_inputs_is_found(tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("1")
    cell = f"open({str(data)!r}).read();"
    documents = [document(tmp_path, name, "# T", cell) for name in ("one", "two")]
    run(documents, tmp_path / "out", inputs={"data.csv": data}, home=tmp_path)
    data.write_text("2")
    run(documents[:1], tmp_path / "out", inputs={"data.csv": data}, home=tmp_path)
    assert [finding.file for finding in record.verify(tmp_path / "out")] == ["two"]


RUNNER = """
import signal
import sys
from pathlib import Path
from analysis.publishing import build as batch, pdf
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
document = batch.Document("n", Path(sys.argv[1]), {}, "n", {}, ("html", "pdf"))
if __name__ == "__main__":
    if sys.argv[3] == "set a pdf first":
        from sample import notebook
        pdf.PdfExporter().from_notebook_node(notebook("# R"))
    summary = batch.run([document], Path(sys.argv[2]), batch.Options(jobs=1, time_limit=60, progress=False))
    raise SystemExit(len(summary.failed))
"""


def has_ended(process, *, within):
    """Say whether a process is gone, or dead and waiting for init to take note."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.02)
    return False


def started(tmp_path, notebook, *words):
    (tmp_path / "runner.py").write_text(RUNNER)
    command = [sys.executable, str(tmp_path / "runner.py"), notebook, tmp_path / "out", *words]
    path = os.pathsep.join([*sys.path, os.path.dirname(__file__)])
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.PIPE)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_stopped_leaves_nothing_half_made_and_no_orphan(tmp_path, signal_):
    told = tmp_path / "pid"
    source = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid()))\ntime.sleep(300)"
    runner = started(tmp_path, written(tmp_path, "n", "# T", source), "")
    while not (told.exists() and told.read_text()):
        assert runner.poll() is None, runner.stderr.read()
        time.sleep(0.05)
    runner.send_signal(signal_)
    runner.communicate(timeout=60)  # a guard; benchmarks/press.py measures
    assert has_ended(int(told.read_text()), within=20)
    assert not (tmp_path / "out").exists()
    assert not run([document(tmp_path, "next", "# T")], tmp_path / "out").failed


def test_a_process_that_has_set_a_pdf_still_makes_documents(tmp_path):
    runner = started(tmp_path, written(tmp_path, "n", "# T"), "set a pdf first")
    _, said = runner.communicate(timeout=50)
    assert (runner.returncode, (tmp_path / "out/n.pdf").exists()) == (0, True), said
