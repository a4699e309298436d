"""What can go wrong from inside and outside: each is named, and nothing is half-made."""

import os
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from analysis.errors import Refusal
from small import document, files, publish, started

FAILURES = {
    "exception": ("1 / 0", "ZeroDivisionError"),
    "sys-exit": ("import sys; sys.exit(0)", "SystemExit: cellen avslutade programmet"),
    "os-exit": ("import os; os._exit(0)", "processen dog (kod 0)"),
    "segfault": ("import ctypes; ctypes.string_at(0)", "processen dog (kod -11)"),
    "killed": ("import os; os.kill(os.getpid(), 9)", "processen dog (kod -9)"),
    "memory": (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**33,) * 2); b'x' * 2**35",
        "MemoryError",
    ),
    "asks": ("input()", "EOFError"),
    "endless": ("while True: pass", "längre tid än 2.5 sekunder"),
    "endless-program": ("import subprocess; subprocess.run(['sleep', '4711'])", "längre tid"),
    "syntax": ("def f(:", "SyntaxError: cellens rad 1, ”def f(:”"),
    "unsound": ("'ett värde'", "kan visa"),
}


def test_each_failure_is_named_the_others_finish_and_earlier_files_stay(tmp_path):
    code = "import sys; sys.path.append(sys.argv[1]); import test_faults as faults; "
    went_well(code + "faults.fail_in_every_way(sys.argv[2])", Path(__file__).parent, tmp_path)


def went_well(code, *words):
    """Run code in a Python of its own, where no test has left threads."""
    runner = started(code, *words)
    _, said = runner.communicate(timeout=280)
    assert runner.returncode == 0, said


def fail_in_every_way(folder):
    tmp_path = Path(folder)
    publish([document(tmp_path, name, "# T") for name in ("good", *FAILURES)], tmp_path / "out")
    earlier = files(tmp_path / "out")
    bad = [document(tmp_path, name, "# T", "## Här", code) for name, (code, _) in FAILURES.items()]
    good = document(tmp_path, "good", "# T")
    loud = document(tmp_path, "loud", "# Ny", "for _ in range(5):\n    print('x' * 10**7)")
    leaves = "import threading, time; threading.Thread(target=time.sleep, args=(4712,)).start()"
    thread = document(tmp_path, "thread", "# Ny", leaves)
    summary = publish([*bad, good, loud, thread], tmp_path / "out", time_limit=2.5)
    said = {outcome.document.name: str(outcome) for outcome in summary.failed}
    assert said.keys() - {"loud"} == FAILURES.keys()  # whether a print is shown is the page's
    for name, (_, words) in FAILURES.items():
        assert words in said[name]
        assert f"{name}.ipynb" in said[name]
        assert "Här" in said[name]
    now = files(tmp_path / "out")
    assert now.keys() - earlier.keys() - {"d/loud.html"} == {"d/thread.html"}
    assert {path for path in earlier if earlier[path] != now[path]} == {"run.json"}
    assert [one.name for one in (tmp_path / ".out").iterdir() if one.is_dir()] == ["notebooks"]
    commands = [one.info["cmdline"] or [] for one in psutil.process_iter(["cmdline"])]
    assert not [command for command in commands if "4711" in command]


def test_a_second_run_on_the_same_folder_is_refused(tmp_path):
    one = document(tmp_path, "one", "# T")

    def second():
        with pytest.raises(Refusal, match="annan körning"):
            publish([one], tmp_path / "out")
        tried.append(True)

    tried = []
    publish([one], tmp_path / "out", warm=second)
    assert tried
    assert not publish([one], tmp_path / "out").failed


def full(folder):
    Path("/dev/full").write_text("x")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_said_and_the_earlier_set_stays(tmp_path):
    publish([document(tmp_path, "one", "# T")], tmp_path / "out")
    earlier, changed = files(tmp_path / "out"), document(tmp_path, "one", "# Ny")
    with pytest.raises(Refusal, match="disken är full[^→]*→ ge plats"):
        publish([changed], tmp_path / "out", pack=full)
    assert files(tmp_path / "out") == earlier
    (failed,) = publish([document(tmp_path, "one", write=full)], tmp_path / "out").failed
    assert failed.error == "disken är full"


def test_a_swap_that_was_broken_off_is_mended(tmp_path):
    one = document(tmp_path, "one", "# T")
    publish([one], tmp_path / "out")
    earlier = files(tmp_path / "out")
    os.rename(tmp_path / "out", tmp_path / ".out" / "past")
    assert publish([one], tmp_path / "out").made == ()
    assert files(tmp_path / "out") == earlier


LOCKED = """
import os, sys
from pathlib import Path
from small import document, files, publish
from analysis.errors import Refusal
from analysis.publishing import workers

folder, locked = Path(sys.argv[1]), Path(sys.argv[1]) / sys.argv[2]
publish([document(folder, "one", "# T")], folder / "reports" / "out", home=folder)
earlier = files(folder / "reports/out")
changed = document(folder, "one", "# Ny", f"open({str(folder / 'ran')!r}, 'w')")
workers.get_ready()
if os.geteuid() == 0:  # nothing is locked to root
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, 65534, 65534)
    os.seteuid(65534)
locked.chmod(0o555)
try:
    publish([changed], folder / "reports" / "out", home=folder)
except Refusal as refusal:
    assert "får inte ändras" in str(refusal), refusal
else:
    raise AssertionError("nothing was refused")
finally:
    locked.chmod(0o755)
assert files(folder / "reports/out") == earlier
assert not (folder / "ran").exists()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="folders are locked in another way there")
@pytest.mark.parametrize("locked", ["reports", "reports/.out", "reports/out"])
def test_a_folder_that_may_not_be_written_is_refused_before_the_work(locked):
    with tempfile.TemporaryDirectory() as folder:
        went_well(LOCKED, folder, locked)


KILLER = """
import ctypes, os, random, signal, sys, time
from functools import partial
from pathlib import Path
import json, psutil
from small import document, files, publish
from analysis.publishing import workers

folder, out = Path(sys.argv[1]), Path(sys.argv[1]) / "out"
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans become ours
workers.get_ready()
chance = random.Random(20231231)
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

def make(year, names):
    documents = [document(folder, name, "# T", "year;", parameters={"year": year}) for name in names]
    return publish(documents, out, jobs=2)

def whole():
    past = folder / ".out/past"
    if not out.exists() and past.exists():
        past.rename(out)  # as the next run does
    record = json.loads((out / "run.json").read_text())
    found = {path: made for line in record["documents"].values() for path, made in line["outputs"].items()}
    there = files(out)
    assert {path: there.get(path) for path in found} == found
    assert there.keys() - found.keys() == {"someone.txt", "run.json"}, there.keys() - found.keys()
    years = {line["parameters"]["year"] for line in record["documents"].values()}
    assert len(years) == 1
    return years.pop()

def gone():
    until = time.monotonic() + 10
    while any(one.status() != "zombie" for one in psutil.Process().children(recursive=True)):
        assert time.monotonic() < until, psutil.Process().children(recursive=True)
        time.sleep(0.01)

def started(year):
    runner = os.fork()
    if runner == 0:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
        sys.stderr = open(os.devnull, "w")
        try:
            make(year, "abc" if year % 2 else "bcd")
        finally:
            os._exit(0)
    return runner

make(999, "abc")
(out / "someone.txt").write_text("theirs")
began = time.monotonic()
os.waitpid(started(1000), 0)
lasts = time.monotonic() - began
for year in range(1001, 1041):
    before, runner = whole(), started(year)
    time.sleep(chance.uniform(0, 1.2 * lasts))
    os.kill(runner, SIGNALS[year % 4])
    os.waitpid(runner, 0)
    gone()
    now = whole()
    assert now in (before, year), (before, now, year)
assert not make(2000, "abc").failed
assert (out / "someone.txt").read_text() == "theirs"
assert sorted(path.name for path in (folder / ".out").iterdir()) == ["lock", "notebooks"]
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_stopped_at_forty_moments_the_folder_holds_one_whole_set_and_no_orphan_is_left(tmp_path):
    went_well(KILLER, tmp_path)
