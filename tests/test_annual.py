"""The whole way, on the demonstration and on a municipality made by following the README."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import geopandas
import geopandas as gpd
import pypdf
import pytest
import shapely

from analysis import documents, estimates, results
from analysis import report as annual
from analysis.errors import Refusal
from analysis.publishing.document import Options
from analysis.sources import catalogue
from analysis.text import facts
from conftest import sha256

ROOT = Path(__file__).parents[1]
NB = "\xa0"
CHECKED = ("raslatt", "osterangen", "granna")
HIDDEN = "ljungarum"  # eight answers


class Text(HTMLParser):
    """Collect what a page says: its text, and what it says of its pictures."""

    def __init__(self):
        super().__init__()
        self.said = []

    def handle_data(self, data):
        self.said.append(data)

    def handle_starttag(self, tag, attrs):
        self.said += [value for name, value in attrs if name == "aria-label"]


def page(path):
    reader = Text()
    reader.feed(path.read_text("utf-8"))
    return re.sub(r"[ \n]+", " ", " ".join(reader.said))


def pdf(path):
    text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(path).pages)
    return re.sub(r"\s+", " ", text.replace(NB, " "))


def content(path):
    """Return the text of a published file, whatever its form."""
    if path.suffix == ".pdf":
        return pdf(path)
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as archive:
            return "".join(archive.read(name).decode() for name in archive.namelist())
    if path.suffix == ".gpkg":
        return path.read_bytes().decode("latin-1") + geopandas.read_file(path).to_csv()
    return path.read_text("utf-8")


PUBLISHED = [
    f"55,30{NB}%",
    f"2{NB}765",
    f"5{NB}000",
    "1,27",
    "1,42",
    "Österängen, 1,81",
    *(f"{number:,}".replace(",", NB) for number in (13564, 12345, 13207, 15372)),
    "Tillgreppsbrott",
    "Inbrott",
    "Brott mot person",
    "Skadegörelse",
    "Narkotika och vapen",
]


def test_the_report_says_every_published_figure(report):
    said = page(report / "arsanalys.html").replace("\n", " ")
    assert [figure for figure in PUBLISHED if figure not in said] == []
    for area, before, now in (("Råslätt", "2,36", "1,72"), ("Öxnehaga", "1,98", "1,70")):
        assert re.search(rf"{area} har problemindex {now} \([^)]*\)\. 2022 var det {before}", said)


def test_the_pdf_says_what_the_page_says(report):
    said = pdf(report / "arsanalys.pdf")
    assert [figure for figure in PUBLISHED if figure.replace(NB, " ") not in said] == []


def test_the_facts_hold_every_published_figure_by_name(report):
    known = json.loads((report / "facts.json").read_text("utf-8"))
    texts = {
        "response.rate": f"55,30{NB}%",
        "response.answered": f"2{NB}765",
        "index.2023": "1,27",
        "index.2022": "1,42",
        "index.osterangen.2023": "1,81",
        "crime.samtliga-anmalda-brott.2020": f"13{NB}564",
        "crime.samtliga-anmalda-brott.2023": f"15{NB}372",
        "crime.tillgreppsbrott.2023": f"4{NB}900",
        "crime.narkotika-och-vapen.2023": f"1{NB}245",
    }
    assert {name: known[name]["text"] for name in texts} == texts
    assert {"Råslätt", "Öxnehaga", "Österängen"} <= set(known["areas.falling"]["value"])
    assert {"Huskvarna söder", "Ekhagen", "Bankeryd"} <= set(known["areas.rising"]["value"])
    assert known["areas.highest"]["value"] == ["Österängen"]
    assert "Otrygg ute sent" in known["areas.drivers_of_highest"]["value"]
    assert known["areas.falling_certain"]["value"] == ["Råslätt"]


@pytest.mark.parametrize("area", CHECKED)
def test_an_area_page_shows_the_shares_counted_by_hand_in_the_answers(report, demonstration, area):
    model = catalogue.model(demonstration, 2023)
    with (demonstration / "data/areas.csv").open(encoding="utf-8-sig") as file:
        name = next(row["name"] for row in csv.DictReader(file) if row["area_id"] == area)
    with (demonstration / "data/2023/survey.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["omrade"] == name]
    said = (report / f"omraden/{area}.html").read_text("utf-8")
    checked = 0
    for item in model.indicators:
        answers = [row[item.key] for row in rows if row[item.key] in item.answers]
        share = sum(answer in item.problem for answer in answers) / len(answers)
        cells = re.search(
            rf'<th scope="row">{re.escape(item.label)}</th>(?:<td class="drawn">.*?</td>)?<td class="number">([^<]*)</td>.*?<td class="number">(\d+|–)</td></tr>',
            said,
        )
        assert cells, item.label
        if cells[1] != "visas inte":
            assert cells[1] == f"{int(share * 100 + 0.5)}{NB}%"
            assert cells[2] == str(len(answers))
            checked += 1
    assert checked > 20


def test_no_byte_of_the_report_tells_what_is_hidden(report, demonstration):
    year = results.of(2023, demonstration)
    secret = estimates.of(demonstration, year.year, year.model, year.areas).cells
    gated = year.cells().set_index(["area", "measure"])["status"]
    secret = secret.loc[secret["area"].eq(HIDDEN) & secret["split"].eq("")].set_index("measure")
    names = [name for name in secret.index if gated[HIDDEN, name] == "hidden"]
    assert {"index", "otrygg_ute_sent"} <= set(names)
    said = (report / f"omraden/{HIDDEN}.html").read_text("utf-8")
    assert "Visas inte" in pdf(report / f"omraden/{HIDDEN}.pdf")
    for name in set(names) & year.model.question_keys:
        label = re.escape(year.measures["label"][name])
        assert re.search(rf'<th scope="row">{label}</th><td class="number">visas inte</td>', said)
    every = "".join(content(path) for path in report.rglob("*.*") if path.suffix != ".pdf")
    assert [
        name
        for name in names
        if repr(float(secret["value"][name]))[:7] in every and secret["value"][name] % 0.125
    ] == []
    for name in ("arsanalys", "index", "kontroll"):
        rows = re.findall(
            r'<th scope="row">(?:<a[^>]*>)?Ljungarum.*?</tr>',
            (report / f"{name}.html").read_text("utf-8"),
        )
        assert rows
        assert all("visas inte" in row and "," not in row for row in rows)


def test_no_respondent_leaves_the_house(report, demonstration):
    with (demonstration / "data/2023/survey.csv").open(encoding="utf-8") as file:
        rows = file.read().splitlines()
    answers = rows[1].split(",", 5)[5]
    for path in report.rglob("*.*"):
        text = content(path)
        assert answers not in text
        assert rows[0] not in text


def test_every_area_has_a_document_of_its_own(demonstration):
    year = results.of(2023, demonstration)
    listed = [report for report in documents.of(year) if "area" in report.parameters]
    assert len({report.path for report in listed}) == len(year.areas) == 34


def test_the_pages_of_two_areas_differ_and_name_their_area_first(report):
    one, two = (page(report / f"omraden/{area}.html") for area in CHECKED[:2])
    assert one != two
    assert "Råslätt: trygghet 2023" in one


def test_changing_one_answer_changes_the_facts(demonstration, tmp_path):
    root = tmp_path / "changed"
    shutil.copytree(demonstration, root, ignore=shutil.ignore_patterns("reports", ".*"))
    file = root / "data/2023/survey.csv"
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source))
    at = rows[0].index("nedskrapning")
    row = next(row for row in rows[1:] if row[1] == "Råslätt" and row[at] == "1")
    row[at] = "4"
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows(rows)
    spec = root / "data/2023/year.toml"
    old = catalogue.year(root, 2023).survey.sha256
    spec.write_text(spec.read_text("utf-8").replace(old, catalogue.fingerprint(file)), "utf-8")
    years = [results.of(2023, folder) for folder in (demonstration, root)]
    before, after = map(facts.of, years)
    assert after["utemiljo.raslatt.2023"].value > before["utemiljo.raslatt.2023"].value
    for area in ("", "raslatt"):
        assert years[1].cell("index", area)["value"] > years[0].cell("index", area)["value"]
    assert after["index.osterangen.2023"] == before["index.osterangen.2023"]


def run_again(root):
    summary, _ = annual.run(2023, root, Options(jobs=2), only=["brott", "kontroll", "arsanalys"])
    assert not summary.failed
    return {outcome.document.name for outcome in summary.done}, summary.reasons


def test_only_what_rests_on_a_change_is_made_again(town, rewrite):
    text = town / "data/2023/text"
    text.mkdir()
    (text / "01-aret.md").write_text("# Året\n\nDet hände mycket.\n", "utf-8")
    assert run_again(town)[0] == {"brott", "kontroll", "arsanalys"}
    (text / "01-aret.md").write_text("# Året\n\nDet hände lite.\n", "utf-8")
    assert run_again(town)[0] == {"arsanalys"}
    (text / "01-aret.md").write_text("# Året\n", "utf-8")
    assert run_again(town)[0] == {"arsanalys", "kontroll"}  # it says that a text is not written
    (text / "01-aret.md").write_text("# Året\n\nDet hände lite.\n", "utf-8")
    assert run_again(town)[0] == {"arsanalys", "kontroll"}

    spec, crime = town / "data/2023/year.toml", town / "data/2023/crime.csv"
    lock = f'source = "Brå"\nsha256 = "{sha256(crime)}"'
    rewrite(spec, 'source = "Brå"', lock)
    assert run_again(town)[0] == {"kontroll"}  # it says which files are not locked

    survey = town / "data/2023/survey.csv"
    rows = survey.read_text("utf-8").splitlines()
    rows[1] = rows[1].replace(",m,", ",k,") if ",m," in rows[1] else rows[1].replace(",k,", ",m,")
    survey.write_text("\n".join(rows), "utf-8")
    made, reasons = run_again(town)
    assert "arsanalys" in made
    assert reasons["brott"] == ""  # the index that it prints is the same

    rows[1] = rows[1][:-3] + ("1,1" if rows[1].endswith("2,1") else "2,1")
    survey.write_text("\n".join(rows), "utf-8")
    assert "analysis.figures.crimes.beside_survey har ändrats" in run_again(town)[1]["brott"]
    assert run_again(town)[0] == set()


def whole_report(root, jobs, zone):
    """Run a town's whole report in a process of its own, by another clock; return its files."""
    subprocess.run(
        [sys.executable, "-m", "analysis.cli", "--root", root, "run", "--jobs", str(jobs)],
        env={**os.environ, "TZ": zone},
        check=True,
        capture_output=True,
        timeout=240,
    )
    folder = root / "reports/2023"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_byte_is_the_same_in_another_folder_on_another_day_made_at_once_or_bit_by_bit(
    town, tmp_path
):
    one, other = town, shutil.copytree(town, tmp_path / "annan" / "mapp")
    text = "data/2023/text/01-aret.md"
    for root, said in ((one, "Det hände mycket."), (other, "Det hände lite.")):
        (root / text).parent.mkdir()
        (root / text).write_text(f"# Året\n\n{said}\n", "utf-8")
    whole_report(other, 2, "Etc/GMT+12")
    (other / text).write_bytes((one / text).read_bytes())
    made = whole_report(other, 2, "Etc/GMT+12")
    assert made == whole_report(one, 1, "Etc/GMT-14")  # always another date there
    with zipfile.ZipFile(io.BytesIO(made["arsanalys-2023.zip"])) as archive:
        names = set(archive.namelist())
    assert made.keys() - names == {"arsanalys-2023.zip", "kontroll.html"}


def test_the_year_before_has_its_report_and_says_that_it_has_nothing_to_compare_with(demonstration):
    summary, folder = annual.run(2022, demonstration, only=["arsanalys"])
    assert not summary.failed
    said = page(folder / "arsanalys.html")
    assert "Årsanalys – medborgarlöftet 2022" in said
    assert "1,42" in said
    assert "Ingen trygghetsundersökning för 2021 finns att jämföra med." in said


def test_a_year_with_only_crime_names_what_is_left_out(demonstration):
    summary, folder = annual.run(2020, demonstration, Options(jobs=2))
    assert not summary.failed
    said = page(folder / "arsanalys.html")
    assert "utelämnade" in said
    assert "Hur trygga känner sig invånarna?" not in said
    assert not (folder / "omraden").exists()


def test_a_document_that_does_not_exist_is_refused_with_the_nearest_name(demonstration):
    with pytest.raises(Refusal, match="menades ”arsanalys”"):
        annual.run(2023, demonstration, only=["årsanalys"])


def blocks(heading):
    """Take the code blocks of a part of the README, as a reader would copy them."""
    text = (ROOT / "README.md").read_text("utf-8")
    part = text[text.index(heading) :]
    return re.findall(r"```\w*\n(.*?)```", part[: part.index("\n## ")], re.DOTALL)


@pytest.fixture(scope="session")
def other_town(tmp_path_factory):
    """Follow the README: Lillstad, 15 areas, a delivered table of shares, GeoJSON in WGS 84."""
    municipality, register, year = blocks("### Another municipality")
    root = tmp_path_factory.mktemp("other")
    (root / "data/2024").mkdir(parents=True)
    (root / "data/municipality.toml").write_text(municipality, "utf-8")
    names = ["Norr", "Söder", *(f"By {number}" for number in range(3, 16))]
    ids = ["norr", "soder", *(f"by-{number}" for number in range(3, 16))]
    assert register.splitlines()[:3] == ["area_id,name", "norr,Norr", "soder,Söder"]
    lines = ["area_id,name", *(f"{area},{name}" for area, name in zip(ids, names, strict=True))]
    (root / "data/areas.csv").write_text("\n".join(lines), "utf-8")
    (root / "data/2024/year.toml").write_text(year, "utf-8")
    table = ["Område;Fråga;Andel;Nedre;Övre;Svar"]
    for at, name in enumerate([*names, "Hela kommunen"]):
        for question, base in (("Otrygg ute sent", 20), ("Nedskräpning", 12)):
            share = base + at
            table.append(f"{name};{question};{share},5;{share - 8};{share + 9};{60 + at}")
    (root / "data/2024/tabell.csv").write_text("\n".join(table), "utf-8")
    squares = [
        shapely.box(14 + at % 5 / 10, 57 + at // 5 / 10, 14.1 + at % 5 / 10, 57.1 + at // 5 / 10)
        for at in range(15)
    ]
    frame = gpd.GeoDataFrame({"namn": names}, geometry=squares, crs="EPSG:4326")
    frame.to_file(root / "omraden.geojson", driver="GeoJSON")
    return root


def test_another_municipality_has_its_report_by_following_the_readme(other_town, capsys):
    from analysis import cli

    words = ["--root", str(other_town)]
    imported = [
        *words,
        "shapes",
        "import",
        str(other_town / "omraden.geojson"),
        "--division",
        "omraden-2024",
    ]
    assert cli.main(imported) == 0
    assert cli.main([*words, "run", "--jobs", "2"]) == 0
    folder = other_town / "reports/2024"
    assert str(folder / "arsanalys.html") in capsys.readouterr().out
    assert len(list((folder / "omraden").glob("*.pdf"))) == 15
    said = page(folder / "arsanalys.html")
    assert "Lillstads kommun" in said
    assert "anmälda brott" in said[said.index("utelämnade") :]
    for path in [*folder.rglob("*.html"), *folder.rglob("*.json"), *folder.rglob("*.csv")]:
        text = path.read_text("utf-8")
        for word in ("Jönköping", "Österängen", "Råslätt", "Problemindex"):
            assert word not in text, f"{word} in {path.name}"
