"""The year's list of documents: data in, documents and what may leave the house out."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from analysis import report, results
from analysis.errors import Refusal
from analysis.publishing.build import Options
from conftest import CRIME
from small import files, started, written

ROOT = Path(__file__).parents[1]
MINE = '{ notebook = "min-karta", title = "Min karta" },'


@pytest.fixture
def own(town):
    """Give Lillstad a list and two small notebooks of its own."""
    (town / "notebooks").mkdir()
    for name in ("start", "omrade"):
        cells = ("# Rubrik", "open('data/2023/survey.csv').read();")
        both = "year: int = 2023\narea: str = ''" if name == "omrade" else "year: int = 2023"
        written(town / "notebooks", name, *cells, parameters=both)
    rows = [
        '{ notebook = "start", title = "Startsida", path = "index", formats = ["html"] },',
        '{ notebook = "omrade", title = "{name}", path = "omraden/{area}", each = "area" },',
    ]
    (town / "data/reports.toml").write_text("reports = [\n" + "\n".join(rows) + "\n]\n", "utf-8")
    return town


def add(town, row):
    file = town / "data/reports.toml"
    file.write_text(file.read_text("utf-8").replace("\n]", f"\n{row}\n]"), "utf-8")


def run(town, **options):
    return report.run(2023, town, Options(jobs=2, **options))


def test_the_projects_list_gives_every_document_and_every_area_without_reckoning(town):
    found = {one.name: one for one in report.documents(town, 2023)}
    names = ["data", "start", "arsanalys", "trygghet", "brott", "kontroll", "norr", "soder", "vast"]
    assert list(found) == names
    assert list(found)[6:] == list(results.of(2023, town).areas["area"])
    area = found["soder"]
    assert (area.title, area.path) == ("Söder", "omraden/soder")
    assert area.parameters == {"year": 2023, "area": "soder"}
    assert (area.metadata["home"], area.metadata["pdf"]) == ("../index.html", "soder.pdf")
    assert "Lillstads kommun" in area.metadata["footer"]


def test_documents_without_data_are_not_in_the_list(town, rewrite):
    rewrite(town / "data/2023/year.toml", CRIME, "")
    names = [one.name for one in report.documents(town, 2023)]
    assert "brott" not in names
    assert "trygghet" in names


def test_areas_that_end_or_begin_are_those_of_the_year(town, rewrite):
    rewrite(town / "data/areas.csv", "adults_2022", "last_year,adults_2022")
    rewrite(town / "data/areas.csv", "9999R001,", "9999R001,2022,")
    for other in ("9999R002", "9999R003"):
        rewrite(town / "data/areas.csv", f"{other},", f"{other},,")
    assert "norr" not in [one.name for one in report.documents(town, 2023)]
    assert "norr" in [one.name for one in report.documents(town, 2022)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{ notebok = "start" },', "notebok: okänd uppgift[^→]*→ .*menades ”notebook”"),
        ('{ notebook = "x", form = "lång" },', "lång"),
        ('{ notebook = "x", formats = ["word"] },', "word"),
        ('{ notebook = "x", each = "areas" },', "each: ska vara något av 'area'"),
        ("{ notebook = ", "raden går inte att läsa"),
    ],
)
def test_a_word_in_the_list_that_means_nothing_is_refused(own, row, said):
    add(own, row)
    with pytest.raises(Refusal, match=said):
        report.documents(own, 2023)


def test_a_notebook_of_ones_own_is_noticed_and_published_by_one_line(own):
    written(own / "notebooks", "min-karta", "# Min karta")
    written(own / "notebooks", "borja-har", "# Till analytikern")
    (said,) = report.unlisted(own)
    assert "min-karta.ipynb är inte med i rapporten" in said
    assert 'notebook = "min-karta"' in said
    add(own, MINE)
    assert report.unlisted(own) == []
    summary, folder = run(own)
    assert not summary.failed
    assert (folder / "min-karta.html").exists()
    assert (folder / "min-karta.pdf").exists()


def test_nothing_of_an_area_is_made_again_for_a_new_text_or_a_new_document(own):
    assert len(run(own)[0].made) == 5
    assert run(own)[0].made == ()
    (own / "data/2023/text").mkdir()
    (own / "data/2023/text/01.md").write_text("# Året\n", "utf-8")
    written(own / "notebooks", "min-karta", "# Min karta")
    add(own, MINE)
    assert [one.name for one in run(own)[0].made] == ["min-karta"]


def test_the_zip_holds_all_but_what_stays_in_the_house_the_same_bytes_every_time(own, tmp_path):
    written(own / "notebooks", "hemlig", "# Hemligt")
    add(own, '{ notebook = "hemlig", shared = false },')
    _, folder = run(own)
    (folder / "anteckningar.txt").write_text("våra egna", "utf-8")
    file = folder / "arsanalys-2023.zip"
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        record = json.loads(archive.read("run.json"))
    assert names == {*files(folder)} - {
        *("arsanalys-2023.zip", "anteckningar.txt", "hemlig.html", "hemlig.pdf")
    }
    assert "hemlig" not in record["documents"]
    before, first = files(folder), file.read_bytes()
    other = shutil.copytree(own, tmp_path / "annan", ignore=shutil.ignore_patterns("reports"))
    (other / "data/2023/survey.csv").touch()
    there = run(other)[1]
    assert (there / "arsanalys-2023.zip").read_bytes() == first
    assert files(there) == {name: made for name, made in before.items() if "anteck" not in name}


def test_a_failed_page_of_an_older_state_is_told_on_the_first_page_until_it_is_made(own):
    _, folder = run(own)
    broken = "1 / 0 if area == 'soder' else 0;"
    both = "year: int = 2023\narea: str = ''"
    written(own / "notebooks", "omrade", "# Ny", broken, parameters=both)
    summary, _ = run(own)
    assert [one.title for one in summary.old] == ["Söder"]
    assert not (folder / "arsanalys-2023.zip").exists()
    assert "inte är uppdaterade än" in (folder / "index.html").read_text("utf-8")
    written(own / "notebooks", "omrade", "# Ny", parameters=both)
    assert run(own)[0].is_whole
    assert (folder / "arsanalys-2023.zip").exists()
    assert "inte är uppdaterade än" not in (folder / "index.html").read_text("utf-8")


def test_a_page_that_never_was_made_is_told_to_be_missing_on_the_first_page(own):
    written(
        own / "notebooks", "omrade", "# Ny", "1 / 0", parameters="year: int = 2023\narea: str = ''"
    )
    summary, folder = run(own)
    assert {each.document.title for each in summary.failed} == {"Norr", "Söder", "Väst"}
    assert "saknas än:</strong> Norr, Söder, Väst" in (folder / "index.html").read_text("utf-8")
    only = report.run(2023, own, Options(only=frozenset(["soder"])), own / "annan")[1]
    assert not (only / "index.html").exists()


def test_a_document_that_does_not_exist_is_refused_with_the_nearest_name(own):
    with pytest.raises(Refusal, match="menades ”start”"):
        run(own, only=frozenset({"starta"}))


OPENED = """
import os, sys
from pathlib import Path
from analysis import report
from analysis.publishing import workers
home, out, names = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
texts = set(map(str, home.glob("data/*/text/*.md")))  # read with the year, see the next test
out.mkdir()
os.chdir(home)
workers.get_ready()
for document in [one for one in report.documents(home, 2023) if one.name in names]:
    if child := os.fork():  # which has read nothing yet
        assert os.waitpid(child, 0)[1] == 0, document.name
        continue
    allowed = {str(file) for file in (*document.needs, document.notebook)} | texts

    def hear(event, arguments):
        if event == "open" and isinstance(arguments[0], str | os.PathLike):
            file = os.path.realpath(os.fspath(arguments[0]))
            if file.startswith(str(home)) and file not in allowed and os.path.isfile(file):
                print(document.name, file, flush=True)

    sys.addaudithook(hear)
    workers.write(document, out, lambda heading: None)
    print(document.name, "made", flush=True)
    os._exit(0)
"""


def rooted(demonstration, folder):
    """Copy the demonstration, with the project's list."""
    home = shutil.copytree(demonstration, folder, ignore=shutil.ignore_patterns("rep*"))
    shutil.copy(ROOT / "data/reports.toml", home / "data")
    return home.resolve()


def test_a_document_opens_no_file_that_it_does_not_declare(demonstration, tmp_path):
    names = ["data", "start", "arsanalys", "trygghet", "brott", "kontroll", "osterangen"]
    runner = started(OPENED, rooted(demonstration, tmp_path / "home"), tmp_path / "out", *names)
    said, fault = runner.communicate(timeout=200)
    assert runner.returncode == 0, fault
    assert said.splitlines() == [f"{name} made" for name in names]


def test_a_document_that_does_not_declare_the_texts_is_the_same_whatever_they_say(
    demonstration, tmp_path
):
    made = []
    for name, said in (("a", ""), ("b", "\n\nEn rad till.\n")):
        home = rooted(demonstration, tmp_path / name)
        for text in home.glob("data/*/text/*.md"):
            text.write_text(text.read_text("utf-8") + said, "utf-8")
        only = frozenset({"trygghet", "osterangen", "data"})
        summary, folder = report.run(2023, home, Options(jobs=2, only=only))
        assert not summary.failed
        made.append({name: sha for name, sha in files(folder).items() if name != "run.json"})
    assert made[0] == made[1]
