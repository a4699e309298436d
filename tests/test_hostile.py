"""Names and texts that mean harm: shown as text or refused, never run, never outside the folder."""

import json
import re
import unicodedata
import zipfile

import pypdf
import pytest

from analysis import report as reports
from analysis.errors import Refusal
from analysis.publishing.build import Options
from analysis.sources import areas, config, readers, registers
from analysis.sources.records import UNSHOWN

NAME = '=HYPERLINK(1) <script>alert(1)</script> ../../x #panic("x") $x$ *fet* {{7*7}}'
WORDS = ("<script>alert(1)</script>", '#panic("x")', "../../x", "{{7*7}}")
LETTERS = " ".join(
    chr(code)
    for code in range(0xA0, 0x3000)
    if not UNSHOWN.search(chr(code))
    and unicodedata.category(chr(code)) != "Cn"
    and unicodedata.is_normalized("NFC", chr(code))
)
REFUSED = {
    "right-to-left": "\u202eNROV\u202c",
    "isolate": "\u2067Norr\u2069",
    "zero width": "No\u200brr",
    "emoji": "Norr \U0001f600",
    "bell": "No\x07rr",
    "hebrew": "\u05d0\u05d1",
}


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.parametrize("letters", REFUSED.values(), ids=REFUSED)
def test_letters_that_cannot_be_shown_are_refused_in_tables_settings_and_texts(
    town, rewrite, letters
):
    rewrite(town / "data/areas.csv", "soder,Söder", f"soder,{letters}")
    with pytest.raises(Refusal, match=r"rad 3, kolumn ”name”: .*kan inte visas"):
        areas.register(town)
    rewrite(town / "data/municipality.toml", '"Lillstad"', f'"{letters}"')
    with pytest.raises(Refusal, match=r"municipality.toml.*(kan inte visas|går inte att läsa)"):
        config.municipality(town)
    (town / "data/2023/text").mkdir()
    (town / "data/2023/text/01-x.md").write_text(f"# Rubrik\n\n{letters}\n", "utf-8")
    with pytest.raises(Refusal, match=r"01-x.md, rad 3: .*kan inte visas"):
        registers.texts(town, 2023)


def test_ten_thousand_letters_are_no_name(town, rewrite):
    rewrite(town / "data/areas.csv", "soder,Söder", f"soder,{'Å' * 10_000}")
    with pytest.raises(Refusal, match="Å{39}…” saknas eller är för långt"):
        areas.register(town)
    rewrite(town / "data/index_model.toml", '"Skräp"', f'"{"Å" * 10_000}"')
    with pytest.raises(Refusal, match="av längd högst"):
        config.model(town, 2023)


@pytest.mark.parametrize("name", ["../../x", "..", "/etc/passwd", "norr.html", ""])
def test_an_area_id_that_is_no_file_name_is_refused(town, rewrite, name):
    rewrite(town / "data/areas.csv", "soder,Söder", f"{name},Söder")
    with pytest.raises(Refusal, match="duger inte som filnamn"):
        areas.register(town)


def test_hostile_names_are_text_in_pages_pdf_and_data_files_and_nothing_is_written_elsewhere(
    town, rewrite
):
    harm = json.dumps(NAME)
    for file, old, new in (
        ("data/areas.csv", "norr,Norr,", f"norr,{quoted(NAME)},Norr|"),
        ("data/municipality.toml", '"Lillstad"', harm),
        ("data/index_model.toml", '"Skräp"', harm),
        ("data/index_model.toml", '"Är skräp ett problem?"', harm),
        ("data/2023/year.toml", '"Lillstads enkät"', harm),
        ("data/2023/year.toml", '"Kvinnor"', harm),
        ("data/2023/crime.csv", "Stöld", quoted(NAME)),
    ):
        rewrite(town / file, old, new)
    (town / "data/2023/text").mkdir()
    lines = f"# {NAME}\n\n{NAME}\n\n- {NAME}\n\n[l](javascript:alert(1)) <b onclick=x>rå</b>\n\n{LETTERS}\n"
    (town / "data/2023/text/01-x.md").write_text(lines, "utf-8")
    before = set(town.parent.rglob("*"))
    wanted = Options(jobs=1, only=frozenset(["arsanalys", "brott", "norr", "data"]))
    summary, folder = reports.run(2023, town, wanted)
    assert not summary.failed
    pages = {page.name: page.read_text("utf-8") for page in folder.rglob("*.html")}
    for text in pages.values():
        assert "<script>alert" not in text
        assert not re.search(r"<[^>]+(onclick|href=.javascript:)", text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages["arsanalys.html"]
    sheets = pypdf.PdfReader(folder / "arsanalys.pdf").pages
    text = re.sub(r"\s+", "", "".join(sheet.extract_text() for sheet in sheets))
    for word in WORDS:
        assert re.sub(r"\s+", "", word) in text
    for table in folder.rglob("*.csv"):
        cells = re.split(r'[,;\n"]+', table.read_text("utf-8-sig"))
        assert not [cell for cell in cells if cell.startswith("=HYPERLINK")]
    with zipfile.ZipFile(folder / "data/resultat.xlsx") as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]
    new = set(town.parent.rglob("*")) - before
    homes = (folder, town / "reports", town / ".cache")
    assert [p for p in new if not any(p.is_relative_to(home) for home in homes)] == []


def test_every_letter_that_is_let_through_is_read_back_the_same(tmp_path):
    text = "Råslätt – Čohkkiras, Łódź, μ ± ² € ↑ ≥ “a” ‘b’ … № ½"
    (tmp_path / "t.md").write_text(text, "utf-8")
    assert readers.prose(tmp_path / "t.md", "t.md") == text
