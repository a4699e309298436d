"""A sample town, small enough to reckon by hand, and what tests need to change it."""

from __future__ import annotations

import csv
import hashlib
import runpy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Browser, sync_playwright

from analysis import report as reports
from analysis.publishing.build import Options

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DOCUMENTS = ("start", "arsanalys", "brott", "kontroll")
PROFILES = ("raslatt", "osterangen", "granna", "jarstorp-bottnaryd-norra-unnaryd", "ljungarum")
MUNICIPALITY = """
name = "Lillstads kommun"
short_name = "Lillstad"
code = "9999"
priority_areas = ["Söder"]
"""
MODEL = """
[[version]]
name = "A"
valid_from = 2020
[version.groups]
ute = "Ute"
hemma = "Hemma"
[[version.indicators]]
key = "skrap"
label = "Skräp"
statement = "ser skräp som ett problem"
question = "Är skräp ett problem?"
group = "ute"
answers = ["1", "2"]
problem = ["2"]
no_answer = ["9"]
normal_share = 0.25
in_index = true
[[version.indicators]]
key = "oro"
label = "Oro"
statement = "är oroliga"
question = "Är du orolig?"
group = "hemma"
answers = ["1", "2"]
problem = ["2"]
no_answer = ["9"]
normal_share = 0.10
in_index = true
"""
AREAS = """area_id,name,aliases,regso,adults_2022,adults_2023
norr,Norr,Norra|N,9999R001,400,400
soder,Söder,,9999R002,800,800
vast,Väst,,9999R003,1200,1200
"""
YEAR = """
year = {year}
division = "a"
[survey]
file = "survey.csv"
source = "Lillstads enkät"
invited = {invited}
columns = {{ respondent = "nr", area = "omr", sex = "kon" }}
[survey.labels.sex]
k = "Kvinnor"
m = "Män"
"""
CRIME = """
[crime]
file = "crime.csv"
source = "Brå"
mean_population = 10000
"""
# Area: answers, of them problem with skräp and with oro.
ANSWERS = {
    2022: {"Norr": (40, 10, 4), "Söder": (40, 24, 10), "Väst": (50, 10, 5)},
    2023: {"Norr": (40, 10, 4), "Söder": (40, 8, 2), "Väst": (50, 15, 5)},
}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Make the root of Lillstad: three areas, two questions, two years."""
    return make_town(tmp_path / "lillstad")


def make_town(root: Path) -> Path:
    """Write Lillstad's files into a folder."""
    for year, counts in ANSWERS.items():
        home = root / "data" / str(year)
        home.mkdir(parents=True)
        invited = 2 * sum(answered for answered, _, _ in counts.values())
        (home / "year.toml").write_text(YEAR.format(year=year, invited=invited) + CRIME, "utf-8")
        (home / "crime.csv").write_text(_crime(year), "utf-8")
        write_answers(home / "survey.csv", counts)
    for name, text in (("municipality", MUNICIPALITY), ("index_model", MODEL)):
        (root / "data" / f"{name}.toml").write_text(text, "utf-8")
    (root / "data" / "areas.csv").write_text(AREAS, "utf-8")
    _write_shapes(root)
    return root


def _crime(year: int) -> str:
    total = {2022: 100, 2023: 150}[year]
    return f"code,label,parent,count\n,Alla brott,,{total}\n0412,Stöld,Alla brott,{total - 90}\n"


def write_answers(path: Path, counts: dict[str, tuple[int, int, int]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["nr", "omr", "kon", "skrap", "oro"])
        number = 0
        for area, (answered, litter, worry) in counts.items():
            for at in range(answered):
                number += 1
                answers = [2 if at < litter else 1, 2 if at >= answered - worry else 1]
                lines.writerow([number, area, "km"[at % 2], *answers])


def _write_shapes(root: Path) -> None:
    squares = [shapely.box(1000 * at, 0, 1000 * (at + 1), 1000) for at in range(3)]
    frame = gpd.GeoDataFrame(
        {"area_id": ["norr", "soder", "vast"], "name": ["Norr", "Söder", "Väst"]},
        geometry=squares,
        crs="EPSG:3006",
    )
    (root / "shapes").mkdir()
    frame.to_file(root / "shapes" / "areas.gpkg", layer="a", driver="GPKG")


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demonstration's root anew: its files and its generated answers."""
    root = tmp_path_factory.mktemp("demonstration")
    for name in ("data", "shapes", "notebooks"):
        shutil.copytree(ROOT / name, root / name)
    runpy.run_path(str(ROOT / "data/demonstration.py"))["main"](root)
    return root


@pytest.fixture(scope="session")
def report(demonstration: Path) -> Path:
    """Make the documents that the tests read."""
    wanted = Options(jobs=2, only=frozenset([*DOCUMENTS, *PROFILES]))
    summary, folder = reports.run(2023, demonstration, wanted)
    assert not summary.failed
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium without a network; a module's own, as its event loop is."""
    if CHROMIUM is None:
        pytest.skip("Chromium saknas på datorn: det som kräver en webbläsare prövas inte.")
    with sync_playwright() as tool:
        started = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def rewrite() -> Callable[[Path, str, str], None]:
    """Replace a text in a file that must contain it."""

    def replace(path: Path, old: str, new: str) -> None:
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}"
        path.write_text(text.replace(old, new), "utf-8")

    return replace


def sha256(path: Path) -> str:
    """Return a file's fingerprint."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
