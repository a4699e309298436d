"""Files as they really are: each quirk in a small file, read as its plain sister or refused."""

import doctest
import json
import unicodedata
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from analysis.errors import Refusal
from analysis.sources import columns, readers
from analysis.sources.records import Layout

COLUMNS = ["Område", "Index"]
PLAIN = "Område;Index\nRåslätt;1,72\nGränna;0,91\n"
ROWS = [["Råslätt", "1,72"], ["Gränna", "0,91"]]
TABLE = [["Område", "Index"], ["Råslätt", 1.72], ["Gränna", 0.91]]
LONG = "uppgift " * 2000
POINTS = "Antal;x\n1.234.567;\n12.000;\n"
TWO_HEADERS = "Område;2023;;2022;\n;Index;Svar;Index;Svar\nGränna;0,91;80;1,02;85\n"


def read(path, content, columns=COLUMNS, **layout):
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return readers.read(path, label=path.name, layout=Layout(**layout), columns=columns)


def cells(table):
    return table.rows.to_numpy().tolist()


def figures(table, column="Index", **kind):
    values = columns.numbers(table, column, **kind)
    table.check()
    return values.tolist()


@pytest.mark.parametrize(
    ("content", "layout"),
    [
        *((PLAIN.replace(";", mark).encode("utf-16"), {}) for mark in ";\t|"),
        (PLAIN.encode("utf-8-sig"), {}),
        (PLAIN.encode("cp1252"), {}),
        (PLAIN.encode("mac-roman"), {"encoding": "mac-roman"}),
        (PLAIN.encode("cp850"), {"encoding": "cp850"}),
        (PLAIN.replace("\n", "\r\n"), {}),
        (unicodedata.normalize("NFD", PLAIN), {}),
        (PLAIN.replace("\n", ";;\n;\n").rstrip(), {}),
        (f"sep=|\n{PLAIN.replace(';', '|')}", {}),
        (f"Problemindex 2023\n\n{PLAIN}", {}),
        (f"Beställare;Polisen\n;;\n{PLAIN}", {}),
        (f"Område;Index\n{PLAIN}", {"skip_rows": 1}),
        (f"{PLAIN}Källa: Polisen, 2024\n", {"ignored_rows": ("Källa: Polisen, 2024",)}),
        (f"{PLAIN}1) Utom vet ej\n", {"ignored_rows": ("1)*",)}),
    ],
)
def test_a_text_file_with_a_quirk_is_the_same_table(tmp_path, content, layout):
    assert cells(read(tmp_path / "t.csv", content, **layout)) == ROWS


@pytest.mark.parametrize(
    ("content", "layout", "word"),
    [
        (PLAIN.encode("mac-roman"), {}, r'rad 1: ett tecken .*encoding = "mac-roman"'),
        (PLAIN.encode().replace(b"1,72", b"1,7\xff"), {}, "rad 2: ett tecken är inte UTF-8"),
        (PLAIN.encode() + "Ö;1\n".encode("cp1252"), {}, "rad 4: ett tecken är inte UTF-8"),
        (f"{PLAIN}«;1\n".encode("cp1252"), {}, "ett tecken är inte UTF-8"),
        ("Område,Index\nRåslätt,1,72\n", {}, "rad 2: raden ”Råslätt …” har fler celler"),
        (PLAIN.replace("Gränna", '"Gränna'), {}, "citattecken"),
        (TWO_HEADERS, {}, "rad 2.*fler celler än rubriken"),
        (f"{PLAIN}* Preliminärt\n", {}, r'rad 4.*färre celler.*ignored_rows = \["\* Prel'),
        (f"{PLAIN}{LONG}\n", {}, r'ignored_rows = \["(uppgift ){4}uppgift\*"\]'),
        (f"{PLAIN}Bankeryd\n", {}, "rad 4.*färre celler.*Fyll i dess celler"),
        (PLAIN, {"labelled": ("Index",)}, "labelled gäller inte en sådan fil"),
        (PLAIN, {"where": {"Index": ("1,7",)}}, "ingen rad har ”1,7”.*menades ”1,72”"),
        (PLAIN, {"where": {"Ar": ("1",)}}, "kolumn ”Ar”: kolumnen saknas"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row_or_the_line_to_write(
    tmp_path, content, layout, word
):
    with pytest.raises(Refusal, match=f"(?s){word}"):
        read(tmp_path / "t.csv", content, **layout)


def test_merged_areas_are_refused_with_what_to_do(tmp_path):
    table = read(tmp_path / "t.csv", "Område;Index\nNorr;1\n;2\n")
    assert columns.matched(table, "Område", {"Norr": "norr"}).isna().tolist() == [False, True]
    with pytest.raises(Refusal, match="(?s)rad 3, kolumn ”Område”.*Fyll i cellen"):
        table.check()


def test_a_list_within_a_cell_sets_no_columns_apart(tmp_path):
    text = "Område,Index,x\nA,1,p|q\nB,2,r|s\n"
    expected = [["A", "1", "p|q"], ["B", "2", "r|s"]]
    assert cells(read(tmp_path / "t.csv", text)) == expected


@pytest.mark.parametrize(
    ("cells_", "layout", "expected"),
    [
        (["1.72", "0.91", '"1,72"'], {}, [1.72, 0.91, 1.72]),
        *(
            ([f"13{space}564", f"1{space}000{space}000,5"], {}, [13564, 1000000.5])
            for space in " \xa0\u202f\u2009"
        ),
        (["1.234.567", "12.000"], {"thousands": "."}, [1234567, 12000]),
        (["-", "–", "−4"], {}, [0, 0, -4]),
        (["..", ".", "uppgift saknas"], {"missing": ("uppgift saknas",)}, [None] * 3),
    ],
)
def test_numbers_are_read_as_swedish_tables_write_them(tmp_path, cells_, layout, expected):
    table = read(
        tmp_path / "t.csv",
        "Index;x\n" + "".join(f"{one};1\n" for one in cells_),
        ["Index"],
        **layout,
    )
    assert [None if pd.isna(value) else value for value in figures(table)] == expected


@pytest.mark.parametrize(
    ("cell", "is_count", "word"),
    [
        ("13 56", False, "är inget tal"),
        ("~100", False, "”~100” är inget tal"),
        ("12.000", True, r'thousands = "\."'),
        ("uppgift saknas", False, r'missing = \["uppgift saknas"\]'),
        (LONG, False, "”(uppgift ){4}uppgift…” är inget tal"),
        *(
            (text, True, "är inget helt antal")
            for text in ("12.5", "1e3", "9" * 20, "1_0", "½", "NaN", "5 %")
        ),
    ],
)
def test_what_is_no_number_is_a_short_fault(tmp_path, cell, is_count, word):
    table = read(tmp_path / "t.csv", f"Index;x\n1;1\n{cell};1\n", ["Index"])
    with pytest.raises(Refusal, match=word) as refusal:
        figures(table, is_count=is_count)
    assert len(str(refusal.value)) < 220


@pytest.mark.parametrize("letter", ["\u200b", "\u202e", "\U0001f600", "\x00"])
def test_letters_that_no_page_can_show_are_refused_in_tables_and_in_prose(tmp_path, letter):
    with pytest.raises(Refusal, match=rf"rad 3.*U\+{ord(letter):04X} kan inte visas"):
        read(tmp_path / "t.csv", PLAIN.replace("Gränna", f"Grä{letter}nna"))
    (tmp_path / "t.md").write_text(f"# Året\n\nHär{letter}.\n", "utf-8")
    with pytest.raises(Refusal, match=r"t\.md, rad 3: tecknet"):
        readers.prose(tmp_path / "t.md", "t.md")


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_a_cover_sheet_is_passed_over_and_of_two_with_the_columns_none_is_guessed(tmp_path):
    path = tmp_path / "t.xlsx"
    workbook(path, {"Försättsblad": [["Trygghetsmätning"]], "Index": TABLE})
    assert figures(read(path, None)) == [1.72, 0.91]
    with pytest.raises(Refusal, match="thousands gäller inte en sådan fil"):
        read(path, None, thousands=".")
    workbook(path, {"2022": TABLE, "2023": TABLE})
    with pytest.raises(
        Refusal, match="(?s)2 blad har kolumnerna.*sheet = … i year.toml: 2022, 2023"
    ):
        read(path, None)
    table = read(path, None, sheet="2023")
    table.fault(2, "Index", "x", "y")
    assert table.findings[0].place == "t.xlsx, blad ”2023”, rad 2, kolumn ”Index”"
    with pytest.raises(Refusal, match="0 blad har .*(?s:.*): 2022, 2023"):
        read(path, None, sheet="202")


def test_a_workbook_new_or_old_and_its_csv_give_equal_frames(tmp_path):
    workbook(tmp_path / "t.xlsx", {"a": [["Titel"], [], *TABLE, ["Summa", 13.0]]})
    text = "Titel;\n;\nOmråde;Index\nRåslätt;1.72\nGränna;0.91\nSumma;13\n"
    expected = read(tmp_path / "t.csv", text).rows
    assert read(tmp_path / "t.xlsx", None).rows.equals(expected)
    assert read(Path(__file__).with_name("old_workbook.xls"), None).rows.equals(expected)


def test_an_spss_file_is_read_by_its_codes_or_labels_and_what_it_calls_missing_is_empty(tmp_path):
    frame = pd.DataFrame({"omr": [1.0, 2.0, 3.0], "oro": [1.0, 8.0, None]})
    labels = {"omr": {1: "Norr", 2: "Söder"}, "oro": {8: "Vill ej"}}
    path = tmp_path / "t.sav"
    pyreadstat.write_sav(frame, path, variable_value_labels=labels, missing_ranges={"oro": [8]})
    assert cells(read(path, None, ["omr"])) == [["1", "1"], ["2", ""], ["3", ""]]
    table = read(path, None, ["omr"], labelled=("omr",))
    assert table.rows["omr"].tolist() == ["Norr", "Söder", "3"]
    with pytest.raises(Refusal, match="kolumn ”nonsens”: kolumnen saknas"):
        read(path, None, ["omr"], labelled=("nonsens",))


def test_a_parquet_file_gives_the_texts_of_its_csv(tmp_path):
    frame = pd.DataFrame({"Område": ["Norr", "Söder"], "Index": [1, None]})
    frame.astype({"Index": "Int64", "Område": "category"}).to_parquet(tmp_path / "t.parquet")
    assert cells(read(tmp_path / "t.parquet", None)) == [["Norr", "1"], ["Söder", ""]]


REGIONS = {"9999R001_RegSO2025": "Norr", "9999R002_RegSO2025": "Söder"}
STAT = {
    "version": "2.0",
    "class": "dataset",
    "id": ["Region", "Tid"],
    "size": [2, 2],
    "dimension": {
        "Region": {"label": "region", "category": {"index": [*REGIONS], "label": REGIONS}},
        "Tid": {"label": "År", "category": {"index": ["2023", "2024"]}},
    },
    "value": [12.5, 13, None, 14],
}


def test_json_stat_of_pxweb_is_read_by_labels_or_by_codes_and_where_picks_its_rows(tmp_path):
    file, raw = tmp_path / "t.json", json.dumps(STAT)
    table = read(file, raw, ["region", "value"], where={"År": ("2023",)})
    assert cells(table) == [["Norr", "12.5"], ["Söder", ""]]
    table = read(file, raw, ["Region", "value"], where={"Tid": ("2024",)}, labelled=())
    assert cells(table) == [["9999R001_RegSO2025", "13"], ["9999R002_RegSO2025", "14"]]


def test_a_px_file_and_what_is_no_table_are_refused_with_the_formats_that_go(tmp_path):
    with pytest.raises(Refusal, match=r"okänt format: \.px"):
        read(tmp_path / "t.px", "DATA=1;")
    for suffix in (".xlsx", ".sav", ".parquet", ".json", ".csv"):
        with pytest.raises(Refusal, match="går inte att läsa|inte UTF-8|ingen rubrikrad|saknas"):
            read(tmp_path / f"t{suffix}", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(200)))


KINDS = """Region;År;Mått;Typ;Värde;Enhet
Norr;2023;Oro;Andel;12,5;%
Norr;2023;Oro;KI undre;10;%
Norr;2023;Oro;Antal;400;st
Norr;2022;Oro;Andel;11;%
Söder;2023;Oro;Andel;20;%
"""
NAMED = ["Region", "Mått", "Andel", "KI undre", "Antal"]


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(columns).failed == 0


def test_where_picks_rows_by_any_spelling_and_the_column_of_one_value_goes(tmp_path):
    where = {"År": 2023, "Typ": ["ANDEL", "Antal"]}
    table = read(tmp_path / "t.csv", KINDS, ["Region"], where=where)
    assert table.rows["Värde"].to_dict() == {2: "12,5", 4: "400", 6: "20"}
    assert "År" not in table.rows and "Typ" in table.rows


def test_one_row_a_kind_of_number_becomes_one_column_a_kind(tmp_path):
    layout = {"where": {"År": ("2023",)}, "measure_kinds": ("Typ", "Värde")}
    table = read(tmp_path / "t.csv", KINDS, NAMED, **layout)
    rows = [["Norr", "Oro", "12,5", "10", "400"], ["Söder", "Oro", "20", "", ""]]
    assert table.rows[NAMED].to_numpy().tolist() == rows
    with pytest.raises(Refusal, match="kolumn ”Undre”: kolumnen saknas"):
        read(tmp_path / "t.csv", KINDS, ["Region", "Andel", "Undre"], **layout)
    with pytest.raises(Refusal, match="rad 5.*”Andel” finns två gånger"):
        read(tmp_path / "t.csv", KINDS, NAMED, measure_kinds=("Typ", "Värde"))


def test_columns_that_are_missing_or_doubled_are_all_named_at_once(tmp_path):
    with pytest.raises(Refusal) as refusal:
        read(tmp_path / "t.csv", "a;b;b\n1;2;3\n", ["a", "c", "d"])
    assert [finding.column for finding in refusal.value.findings] == ["c", "d", "b"]


def test_an_unknown_spelling_is_one_fault_with_its_rows_and_the_ways_out(tmp_path):
    table = read(tmp_path / "t.csv", "omr;n\nnorr;1\nHela länet;2\nHela länet;3\n", [])
    assert columns.matched(table, "omr", {"norr": "a"}).isna().tolist() == [False, True, True]
    (fault,) = table.findings
    assert (fault.row, fault.what) == (3, "okänt område ”Hela länet” (2 rader).")
    assert 'ignored_rows = ["Hela länet"]' in fault.remedy


def test_a_fault_of_many_cells_is_told_once_with_examples_and_their_count(tmp_path):
    table = read(tmp_path / "t.csv", "n;x\n" + "".join(f"x{at % 3};\n" for at in range(9)), [])
    assert columns.numbers(table, "n").isna().all()
    (fault,) = table.findings
    assert fault.count == 9
    assert "Samma fel i 8 celler till, som ”x1” (rad 3) och ”x2” (rad 4)" in fault.what
