"""What can go wrong from outside: killed at any moment, a full disk, a folder that is none."""

import errno
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from test_batch import document, files, run

from analysis.errors import Refusal
from analysis.publishing import publish, record

KILLER = """
import ctypes, os, random, signal, sys, time
from pathlib import Path
import psutil
from sample import written
from analysis.publishing import build as batch, child, record

folder, out = Path(sys.argv[1]), Path(sys.argv[1]) / "out"
ctypes.CDLL(None).prctl(36, 1)  # PR_SET_CHILD_SUBREAPER: orphans become ours
child.get_ready()
chance = random.Random(20231231)
notebook = written(folder, "n", "# T", "year;")

def make(year, names):
    documents = [
        batch.Document(name, notebook, {"year": year}, f"d/{name}", {"site": str(year)}, ("html",))
        for name in names
    ]
    extras = lambda staging: (staging / "data.csv").write_text(str(year))
    return batch.run(documents, out, batch.Options(jobs=2, progress=False, extras=extras, only_these=True))

def whole():
    recorded = record.earlier(out)
    years = {line["parameters"]["year"] for line in recorded["documents"].values()}
    strange = [found.file for found in record.verify(out)]
    assert strange == ["someone.txt"], strange
    assert years == {int((out / "data.csv").read_text())} and len(years) == 1
    return years.pop()

def gone():
    until = time.monotonic() + 5
    while any(one.status() != "zombie" for one in psutil.Process().children(recursive=True)):
        assert time.monotonic() < until, psutil.Process().children(recursive=True)
        time.sleep(0.01)

def started(year):
    runner = os.fork()
    if runner == 0:
        if year % 3 == 0:  # as where few documents are made: they are set in processes beside
            del sys.modules["analysis.publishing.pdf"]
        make(year, "abc" if year % 2 else "bcd")
        os._exit(0)
    return runner

make(999, "abc")
(out / "someone.txt").write_text("theirs")
began = time.monotonic()
os.waitpid(started(1000), 0)
lasts = time.monotonic() - began
for year in range(1001, 1031):
    before, runner = whole(), started(year)
    time.sleep(chance.uniform(0, 1.2 * lasts))
    os.kill(runner, signal.SIGKILL)
    os.waitpid(runner, 0)
    gone()
    now = whole()
    assert now in (before, year), (before, now, year)
assert not make(2000, "abc").failed
assert (out / "someone.txt").read_text() == "theirs"
assert sorted(path.name for path in (folder / ".out").iterdir()) == ["lock", "notebooks", "timings.json"]
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the swap takes two steps")
def test_killed_at_thirty_moments_the_folder_holds_the_set_before_or_the_new_one(tmp_path):
    (tmp_path / "killer.py").write_text(KILLER)
    path = os.pathsep.join([*sys.path, os.path.dirname(__file__)])
    done = subprocess.run(  # noqa: PLW1510 - the exit code is what is tested
        [sys.executable, tmp_path / "killer.py", tmp_path],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_said_and_the_earlier_set_stays(tmp_path):
    one = document(tmp_path, "one", "# T")
    run([one], tmp_path / "out")
    earlier = files(tmp_path / "out")
    changed = document(tmp_path, "one", "# Ny")
    with pytest.raises(Refusal, match="disken är full"):
        run([changed], tmp_path / "out", extras=lambda _: Path("/dev/full").write_text("x"))
    assert files(tmp_path / "out") == earlier
    assert not run([changed], tmp_path / "out").failed
    assert record.verify(tmp_path / "out") == []


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be written through there")
def test_what_is_new_is_on_the_disk_before_it_takes_the_earlier_sets_place(tmp_path, monkeypatch):
    kept = document(tmp_path, "two", "# T")
    settled, swaps = set(), []
    write_through, exchange = os.fsync, publish._exchanged

    def fsync(descriptor):
        about = os.fstat(descriptor)
        settled.add(about.st_ino)
        if stat.S_ISDIR(about.st_mode):
            raise OSError(errno.EINVAL, "as some network drives say")
        write_through(descriptor)

    def exchanged(one, other):
        swaps.append(set(settled))
        return exchange(one, other)

    def made(*cells):
        run([document(tmp_path, "one", *cells), kept], tmp_path / "out")
        return {path.name: path.stat().st_ino for path in (tmp_path / "out").rglob("*")}

    made("# T")
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(publish, "_exchanged", exchanged)
    found = made("# Ny")
    assert found["two.html"] not in swaps[0]
    assert {name for name, inode in found.items() if inode in swaps[0]} >= {
        "one.html",
        "run.json",
        "d",
    }


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="inget nytt är publicerat"):
        run([document(tmp_path, "one", "# T")], tmp_path / "file" / "out")


LOCKED = """
import os, sys
from pathlib import Path
from test_batch import document, files, run
from analysis.errors import Refusal
from analysis.publishing import child

folder, locked = Path(sys.argv[1]), Path(sys.argv[1]) / sys.argv[2]
run([document(folder, "one", "# T")], folder / "reports" / "out")
earlier, changed = files(folder / "reports/out"), document(folder, "one", "# Ny")
child.get_ready()
if os.geteuid() == 0:  # nothing is locked to root
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, 65534, 65534)
    os.seteuid(65534)
locked.chmod(0o555)
try:
    run([changed], folder / "reports" / "out")
except Refusal as refusal:
    assert "mappen får inte ändras" in str(refusal), refusal
else:
    raise AssertionError("nothing was refused")
finally:
    locked.chmod(0o755)
assert files(folder / "reports/out") == earlier
"""


@pytest.mark.skipif(sys.platform == "win32", reason="folders are locked in another way there")
@pytest.mark.parametrize("locked", ["reports", "reports/.out"])
def test_a_folder_that_may_not_be_written_is_refused_and_the_earlier_set_stays(locked):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: PLW1510 - the exit code is what is tested
            [sys.executable, "-c", LOCKED, folder, locked],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([*sys.path, os.path.dirname(__file__)]),
            },
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr


def test_a_swap_in_two_steps_that_was_broken_off_is_mended(tmp_path):
    one = document(tmp_path, "one", "# T")
    run([one], tmp_path / "out")
    earlier = files(tmp_path / "out")
    os.rename(tmp_path / "out", tmp_path / ".out" / "past")
    summary = run([one], tmp_path / "out")
    assert (summary.done, files(tmp_path / "out")) == ((), earlier)
