"""Files as they really are: each quirk in a small file, read as its plain sister or refused."""

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


def faults(table, column="Index", **kind):
    columns.numbers(table, column, **kind)
    return table.findings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_text_file_of_any_usual_encoding_and_delimiter_is_the_same_table(
    tmp_path, encoding, delimiter
):
    table = read(tmp_path / "t.csv", PLAIN.replace(";", delimiter).encode(encoding))
    assert cells(table) == ROWS


@pytest.mark.parametrize("encoding", ["mac-roman", "cp850"])
def test_other_letters_are_refused_with_their_row_until_the_encoding_is_declared(
    tmp_path, encoding
):
    raw = PLAIN.encode(encoding)
    with pytest.raises(Refusal, match=r'(?s)t\.csv, rad 1: ett tecken .*encoding = "mac-roman"'):
        read(tmp_path / "t.csv", raw)
    assert cells(read(tmp_path / "t.csv", raw, encoding=encoding)) == ROWS


@pytest.mark.parametrize("more", ["", "é – ’ ” …", "ü ° ½ «"])
def test_excels_plain_csv_is_read_where_every_letter_is_one_that_swedish_windows_writes(
    tmp_path, more
):
    raw = PLAIN.replace("Gränna", f"Gränna {more}".strip()).encode("cp1252")
    if "«" in more:
        with pytest.raises(Refusal, match="rad 1: ett tecken är inte UTF-8"):
            read(tmp_path / "t.csv", raw)
    else:
        assert cells(read(tmp_path / "t.csv", raw))[1] == [f"Gränna {more}".strip(), "0,91"]


def test_a_file_that_mixes_encodings_is_refused(tmp_path):
    with pytest.raises(Refusal, match="rad 3: ett tecken är inte UTF-8"):
        read(
            tmp_path / "t.csv", "Område;Index\nRåslätt;1\n".encode() + "Gränna;2\n".encode("cp1252")
        )


def test_no_refusal_quotes_more_than_forty_letters_of_a_cell(tmp_path):
    long = "uppgift " * 2000
    table = read(tmp_path / "t.csv", f"Index;x\n{long};1\n{long}!;2\n", ["Index"])
    assert len(str(faults(table)[0])) < 200
    with pytest.raises(Refusal) as refusal:
        read(tmp_path / "t.csv", f"{PLAIN}{long}\n")
    assert 'ignored_rows = ["uppgift uppgift uppgift uppgift uppgift*"]' in str(refusal.value)


def test_one_wrong_byte_is_refused_with_its_row(tmp_path):
    with pytest.raises(Refusal, match="rad 2: ett tecken är inte UTF-8"):
        read(tmp_path / "t.csv", PLAIN.encode().replace(b"1,72", b"1,7\xff"))


def test_commas_between_cells_and_points_in_numbers(tmp_path):
    table = read(tmp_path / "t.csv", "Område,Index\nRåslätt,1.72\nGränna,0.91\n")
    assert figures(table) == [1.72, 0.91]


def test_the_delimiter_is_the_one_that_gives_the_columns_and_no_other_mark_in_a_cell(tmp_path):
    table = read(tmp_path / "t.csv", "Område,Index,x\nA,1,p|q\nB,2,r|s\nC,3,t|u\n")
    assert table.rows["x"].tolist() == ["p|q", "r|s", "t|u"]


def test_a_comma_as_delimiter_and_as_decimal_needs_quotation_marks(tmp_path):
    assert figures(read(tmp_path / "t.csv", 'Område,Index\nRåslätt,"1,72"\n')) == [1.72]
    with pytest.raises(Refusal, match="rad 2: raden ”Råslätt …” har fler celler än rubriken"):
        read(tmp_path / "t.csv", "Område,Index\nRåslätt,1,72\n")


def test_the_delimiter_that_excel_writes_on_a_line_of_its_own_is_obeyed(tmp_path):
    table = read(tmp_path / "t.csv", "sep=|\nOmråde|Index\nRåslätt|1,72\nGränna|0,91\n")
    assert cells(table) == ROWS
    assert table.rows.index.tolist() == [3, 4]


def test_quotation_marks_that_do_not_match_are_refused(tmp_path):
    with pytest.raises(Refusal, match="citattecken"):
        read(tmp_path / "t.csv", PLAIN.replace("Gränna", '"Gränna'))


@pytest.mark.parametrize("space", [" ", "\xa0", "\u202f", "\u2009"])
def test_thousands_are_parted_by_any_space_but_only_as_thousands(tmp_path, space):
    table = read(tmp_path / "t.csv", f"Index\n13{space}564\n1{space}000{space}000,5\n", ["Index"])
    assert figures(table) == [13564, 1000000.5]
    table = read(tmp_path / "t.csv", f"Index\n13{space}56\n1{space}2\n", ["Index"])
    assert [finding.row for finding in faults(table)] == [2, 3]


def test_points_between_thousands_are_read_when_declared_and_otherwise_refused(tmp_path):
    text = "Antal;x\n1.234.567;\n12.000;\n"
    assert figures(read(tmp_path / "t.csv", text, ["Antal"], thousands="."), "Antal") == [
        1234567,
        12000,
    ]
    table = read(tmp_path / "t.csv", text, ["Antal"])
    assert 'thousands = "."' in faults(table, "Antal", is_whole=True)[0].remedy
    with pytest.raises(Refusal, match="thousands gäller inte en sådan fil"):
        read(tmp_path / "t.xlsx", None, thousands=".")


def test_the_marks_of_official_tables_are_missing_or_zero(tmp_path):
    values = figures(read(tmp_path / "t.csv", "Index\n..\n.\n-\n–\n−4\n", ["Index"]))
    assert [pd.isna(value) for value in values] == [True, True, False, False, False]
    assert values[2:] == [0, 0, -4]


def test_marks_of_ones_own_are_refused_with_the_line_that_makes_them_missing(tmp_path):
    text = "Index\n1\nuppgift saknas\n"
    (fault,) = faults(read(tmp_path / "t.csv", text, ["Index"]))
    assert 'missing = ["uppgift saknas"]' in fault.remedy
    values = figures(read(tmp_path / "t.csv", text, ["Index"], missing=("uppgift saknas",)))
    assert pd.isna(values[1])


def test_an_approximate_number_is_refused(tmp_path):
    (fault,) = faults(read(tmp_path / "t.csv", "Index\n~100\n", ["Index"]))
    assert fault.what == "”~100” är inget tal."


@pytest.mark.parametrize("above", ["Problemindex 2023\n\n", "Beställare;Polisen\n", ";\n;;\n"])
def test_the_header_is_the_first_row_that_has_the_columns(tmp_path, above):
    table = read(tmp_path / "t.csv", f"{above}{PLAIN}")
    assert cells(table) == ROWS
    assert table.rows.index[0] == above.count("\n") + 2


def test_rows_above_the_header_can_be_skipped_where_they_look_like_it(tmp_path):
    table = read(tmp_path / "t.csv", f"Område;Index\n{PLAIN}", skip_rows=1)
    assert cells(table) == ROWS


def test_a_header_of_two_rows_is_refused(tmp_path):
    text = "Område;2023;;2022;\n;Index;Svar;Index;Svar\nGränna;0,91;80;1,02;85\n"
    with pytest.raises(Refusal, match="rad 2.*fler celler än rubriken"):
        read(tmp_path / "t.csv", text, ["Område", "2023 Index"])


@pytest.mark.parametrize("note", ["Källa: Polisen, 2024", "* Preliminärt", "1) Utom vet ej"])
def test_footnotes_are_refused_with_the_line_that_leaves_them_out(tmp_path, note):
    with pytest.raises(Refusal, match="rad 4.*färre celler") as refusal:
        read(tmp_path / "t.csv", f"{PLAIN}{note}\n")
    assert f'ignored_rows = ["{note}"]' in str(refusal.value)
    assert cells(read(tmp_path / "t.csv", f"{PLAIN}{note}\n", ignored_rows=(note,))) == ROWS
    table = read(tmp_path / "t.csv", f"{PLAIN}{note}\n", ignored_rows=(f"{note[:2]}*",))
    assert cells(table) == ROWS


def test_a_row_cut_short_is_refused_until_rows_may_be_short(tmp_path):
    with pytest.raises(Refusal, match="rad 4.*färre celler"):
        read(tmp_path / "t.csv", f"{PLAIN}Bankeryd\n")
    table = read(tmp_path / "t.csv", f"{PLAIN}Bankeryd\n", short_rows=True)
    assert table.rows["Index"].tolist() == ["1,72", "0,91", ""]


def test_a_file_without_a_last_line_break_and_with_empty_columns_and_rows_is_read(tmp_path):
    assert cells(read(tmp_path / "t.csv", PLAIN.replace("\n", ";;\n;\n").rstrip())) == ROWS


def test_rows_too_few_or_too_many_are_refused_where_their_count_is_declared(tmp_path):
    assert read(tmp_path / "t.csv", PLAIN, rows=2)
    with pytest.raises(Refusal, match="har 2 rader, men rows = 3"):
        read(tmp_path / "t.csv", PLAIN, rows=3)


def test_lost_leading_zeros_are_put_back_when_declared(tmp_path):
    table = read(tmp_path / "t.csv", "code;x\n412;1\n0413;2\n", ["code"], zero_fill={"code": 4})
    assert table.rows["code"].tolist() == ["0412", "0413"]


def test_decomposed_letters_are_the_same_spelling(tmp_path):
    assert cells(read(tmp_path / "t.csv", unicodedata.normalize("NFD", PLAIN))) == ROWS


@pytest.mark.parametrize("letter", ["\u200b", "\u202e", "\U0001f600", "\x00"])
def test_letters_that_no_page_can_show_are_refused_in_tables_and_in_prose(tmp_path, letter):
    with pytest.raises(Refusal, match=rf"rad 3.*U\+{ord(letter):04X} kan inte visas"):
        read(tmp_path / "t.csv", PLAIN.replace("Gränna", f"Grä{letter}nna"))
    (tmp_path / "t.md").write_text(f"# Året\n\nHär{letter}.\n", "utf-8")
    with pytest.raises(Refusal, match=r"t\.md, rad 3: tecknet"):
        readers.prose(tmp_path / "t.md", "t.md")


def test_empty_cells_of_merged_rows_repeat_the_one_above_when_declared(tmp_path):
    table = read(tmp_path / "t.csv", "Område;Index\nNorr;1\n;2\n", fill_down=("Område",))
    assert table.rows["Område"].tolist() == ["Norr", "Norr"]


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_a_cover_sheet_is_passed_over(tmp_path):
    workbook(tmp_path / "t.xlsx", {"Försättsblad": [["Trygghetsmätning"]], "Index": TABLE})
    assert figures(read(tmp_path / "t.xlsx", None)) == [1.72, 0.91]


def test_of_several_sheets_with_the_columns_none_is_guessed(tmp_path):
    workbook(tmp_path / "t.xlsx", {"2022": TABLE, "2023": TABLE})
    with pytest.raises(Refusal, match="2 blad har kolumnerna") as refusal:
        read(tmp_path / "t.xlsx", None)
    assert "sheet = … i year.toml: 2022, 2023" in str(refusal.value)
    table = read(tmp_path / "t.xlsx", None, sheet="2023")
    table.fault(2, "Index", "x", "y")
    assert table.findings[0].place == "t.xlsx, blad ”2023”, rad 2, kolumn ”Index”"
    with pytest.raises(Refusal, match="menades ”2023”"):
        read(tmp_path / "t.xlsx", None, sheet="202")


def test_a_workbook_new_or_old_and_its_csv_give_equal_frames(tmp_path):
    grid = [["Titel"], [], *TABLE, ["Summa", 13.0]]
    workbook(tmp_path / "t.xlsx", {"a": grid})
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


STAT = {
    "version": "2.0",
    "class": "dataset",
    "id": ["Region", "Tid"],
    "size": [2, 2],
    "dimension": {
        "Region": {
            "label": "region",
            "category": {
                "index": {"9999R001_RegSO2025": 0, "9999R002_RegSO2025": 1},
                "label": {"9999R001_RegSO2025": "Norr", "9999R002_RegSO2025": "Söder"},
            },
        },
        "Tid": {"label": "År", "category": {"index": {"2023": 0, "2024": 1}}},
    },
    "value": [12.5, 13, None, 14],
}


def test_json_stat_of_pxweb_is_read_by_labels_or_by_codes_and_where_picks_its_rows(tmp_path):
    file, raw = tmp_path / "t.json", json.dumps(STAT)
    table = read(file, raw, ["region", "value"], where={"År": ("2023",)})
    assert cells(table) == [["Norr", "12.5"], ["Söder", ""]]
    table = read(file, raw, ["Region", "value"], where={"Tid": ("2024",)}, labelled=())
    assert cells(table) == [["9999R001_RegSO2025", "13"], ["9999R002_RegSO2025", "14"]]
    assert columns.fold(table.rows["Region"].iloc[0]) == "9999r001"


def test_a_px_file_and_what_is_no_table_are_refused_with_the_formats_that_go(tmp_path):
    with pytest.raises(Refusal, match=r"okänt format: \.px"):
        read(tmp_path / "t.px", "DATA=1;")
    for suffix in (".xlsx", ".sav", ".parquet", ".json", ".csv"):
        with pytest.raises(Refusal, match="går inte att läsa|inte UTF-8|ingen rubrikrad|saknas"):
            read(tmp_path / f"t{suffix}", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(200)))
