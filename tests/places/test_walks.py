"""Three places are begun as their pages in docs/ say, and their reports read against the files."""

from __future__ import annotations

import re
import shlex
from itertools import product
from pathlib import Path

import made_up
import pandas as pd
import pypdf
import pytest
from bs4 import BeautifulSoup

from analysis import cli, results
from conftest import ROOT

CERTAIN = ("säkerställ", "slumpen", "konfidens", "ingen säker", "osäkerhet (95", "prövas")
ASKED = ("undersökning", "svar", "felmarginal", "upplever", "enkät", "trygga", "invånarna")
OTHERS = ("jönköping", "råslätt", "vätterbygden", "medborgarlöfte", "problemindex")
PLACES = {  # the page, who makes its files, the folder, words that are wrong there
    "region": (made_up.region, "dalarna", ("kommunen", "staden", "enkäten")),
    "stad": (made_up.city, "karlstad", ("kommunen", "regionen", *ASKED, *CERTAIN)),
    "egen-undersokning": (made_up.survey, "lillstad", ("regionen", "staden")),
}
MOST_LINES = 10
HEADS = ("Andel", "2023", "2024", "Regionen", "Staden", "Kommunen")


def walk(page: Path, root: Path) -> int:
    """Do what a page says, block by block; return how many lines of TOML it takes."""
    edited, text = 0, page.read_text("utf-8")
    parts = re.findall(r"```(\w+)\n(.*?)```|(Ta bort|[Ll]ägg \w+ som) `(\S+?)`", text, re.DOTALL)
    for kind, block, verb, name in parts:
        if kind == "sh":
            for line in block.splitlines():
                assert cli.main(shlex.split(line)[1:]) == 0, line
        elif verb == "Ta bort":
            (root / name).unlink()
        elif verb:
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_bytes(Path(Path(name).name).read_bytes())
        elif kind:
            head, lines = block.split("\n", 1)
            file = root / head.removeprefix("# ")
            old = re.sub(r" +#.*", "", file.read_text("utf-8"))
            own = [line for line in lines.splitlines() if "=" in line and line[-1] != "["]
            edited += len({*own} - {*old.splitlines()}) * (kind == "toml")
            key = f"(?m)^{lines.split(' = ')[0]} = .*\n|\\Z"
            is_line = kind == "toml" and len(lines.splitlines()) == 1
            file.write_text(re.sub(key, lines, old, count=1) if is_line else lines, "utf-8")
    return edited


@pytest.fixture(scope="module", params=PLACES)
def place(request, tmp_path_factory):
    write, name, wrong = PLACES[request.param]
    home = tmp_path_factory.mktemp(name)
    known = write(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        edited = walk(ROOT / f"docs/{request.param}.md", home / name)
    return request.param, home / name / "reports/2024", wrong, edited, known


def test_a_place_is_begun_with_ten_lines(place):
    assert 0 < place[3] <= MOST_LINES


def test_no_page_pdf_or_data_file_has_a_word_of_another_place_or_kind(place):
    kind, reports, wrong, *_ = place
    texts = {file: _words(file) for file in reports.rglob("*.*")}
    assert len(texts) > 10
    for (file, text), word in product(texts.items(), (*wrong, *OTHERS, "none", "nan")):
        assert not re.search(rf"\b{re.escape(word)}", text), (file.name, word)
    unit = {"region": "regionen", "stad": "staden"}.get(kind, "kommunen")
    assert f"kontakta {unit}s växel" in texts[reports / "index.html"]


def _words(file: Path) -> str:
    """Read what a file says to people, in small letters; nothing of a map file or a zip."""
    if file.suffix == ".pdf":
        return " ".join(page.extract_text() for page in pypdf.PdfReader(file).pages).lower()
    if file.suffix == ".xlsx":
        sheets = pd.read_excel(file, sheet_name=None, header=None, engine="calamine")
        own = list(sheets.values())[1:]  # the first tells of every code that there may be
        return " ".join(str(cell) for sheet in own for cell in sheet.fillna("").stack()).lower()
    if file.suffix not in (".html", ".csv"):
        return ""
    soup = BeautifulSoup(file.read_text("utf-8"), "html.parser")
    for part in soup(["script", "style"]):
        part.decompose()
    said = [part.get("aria-label", "") for part in soup.select("[aria-label]")]
    return " ".join([soup.get_text(" "), *said]).lower()


def test_every_number_of_the_tables_is_the_source_files(place):
    kind, reports, _, _, known = place
    step = 0.5 if kind == "egen-undersokning" else 0.0  # shares of answers are whole per cent
    found = [
        (file.name, *cell)
        for file in (*reports.glob("*.html"), *reports.glob("omraden/*.html"))
        for table in BeautifulSoup(file.read_text("utf-8"), "html.parser")("table")
        for cell in _cells(table, known)
    ]
    assert [each for each in found if abs(each[-2] - each[-1]) > step + 1e-9] == []
    assert len(found) > 60, len(found)


@pytest.mark.parametrize("place", ["egen-undersokning"], indirect=True)
def test_an_spss_file_gives_what_its_csv_gives(place):
    root = place[1].parents[1]
    file, page = (
        root / "data/2024/year.toml",
        (ROOT / "docs/egen-undersokning.md").read_text("utf-8"),
    )
    line, before = re.search("`(labelled = .*?)`", page)[1], results.of(2024, root).estimates
    (root / "data/2024/enkat.sav").write_bytes((root.parent / "enkat.sav").read_bytes())
    text = file.read_text("utf-8").replace('"enkat.csv"', f'"enkat.sav"\n{line}')
    file.write_text(text, "utf-8")
    pd.testing.assert_frame_equal(results.of(2024, root).estimates, before)


def _cells(table, known):
    """Yield what is shown and what the source says, of each cell that the source has."""
    names, measures = ({key[at] for key in known} for at in (1, 2))
    leading, caption = next(iter(known))[2], table.caption.get_text(" ")
    own = next((name for name in sorted(names, key=len)[::-1] if name in caption), "")
    first, *heads = (" ".join(head.get_text(" ").split()) for head in table.select("thead th"))
    for row in table.select("tbody tr"):
        first, *cells = (" ".join(cell.get_text(" ").split()) for cell in row(["th", "td"]))
        place = "" if first.startswith("Hela ") else first if first in names else own
        asked = first if first in measures else leading
        for head, cell in zip(heads, cells, strict=True):
            there = "" if head in HEADS[3:] else head if head in names else place
            measure, year = head if head in measures else asked, 2023 if head == "2023" else 2024
            true, before = (known.get((when, there, measure), ()) for when in (year, 2023))
            if head.startswith("Mot "):
                true = [abs(now - then) for now, then in zip(true[:1], before[:1], strict=True)]
            elif head.startswith("Felmarginal"):
                true = () if "till" in cell else true[1:]
            elif head not in {*measures, *names, *HEADS}:
                continue
            shown = [float(text.replace(",", ".")) for text in re.findall(r"\d+(?:,\d+)?", cell)]
            pairs = zip(shown, true, strict=False)
            yield from ((caption, head, there, *pair) for pair in pairs if pair[1] == pair[1])
