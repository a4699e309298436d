"""Files as they really are: each quirk in a small file, read as its plain sister or refused."""

import json
import struct
import unicodedata

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from analysis.errors import Refusal
from analysis.sources import areas, catalogue, delivered, inspection, rawtable, survey
from analysis.sources import registers as crime
from analysis.sources.rawtable.layout import Layout

PLAIN = "Område;Index\nRåslätt;1,72\nGränna;0,91\n"
ROWS = [["Råslätt", "1,72"], ["Gränna", "0,91"]]


def read(path, content, **layout):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return rawtable.read(path, label=path.name, layout=Layout(**layout))


def figures(table, column="Index", **kind):
    values, findings = rawtable.numbers(table, column, **kind)
    assert not findings, findings
    return values.tolist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_text_file_of_any_usual_encoding_and_delimiter_is_the_same_table(
    tmp_path, encoding, delimiter
):
    table = read(tmp_path / "t.csv", PLAIN.replace(";", delimiter).encode(encoding))
    assert table.rows.to_numpy().tolist() == ROWS


def test_commas_between_cells_and_points_in_numbers(tmp_path):
    table = read(tmp_path / "t.csv", "Område,Index\nRåslätt,1.72\nGränna,0.91\n")
    assert figures(table) == [1.72, 0.91]


def test_a_comma_as_delimiter_and_as_decimal_needs_quotation_marks(tmp_path):
    assert figures(read(tmp_path / "t.csv", 'Område,Index\nRåslätt,"1,72"\n')) == [1.72]
    with pytest.raises(Refusal, match="3 celler men rubriken 2"):
        read(tmp_path / "t.csv", "Område,Index\nRåslätt,1,72\n")


def test_the_delimiter_that_excel_writes_on_a_line_of_its_own_is_obeyed(tmp_path):
    table = read(tmp_path / "t.csv", "sep=|\nOmråde|Index\nRåslätt|1,72\nGränna|0,91\n")
    assert table.rows.to_numpy().tolist() == ROWS
    assert table.rows.index.tolist() == [3, 4]


def test_one_wrong_byte_in_a_utf_8_file_is_refused_with_its_row_not_read_as_another_encoding(
    tmp_path,
):
    with pytest.raises(Refusal, match="rad 2: ett tecken .byte FF. är inte UTF-8") as refusal:
        read(tmp_path / "t.csv", PLAIN.encode().replace(b"1,72", b"1,7\xff"))
    assert 'encoding = "cp1252"' in str(refusal.value)


def test_mac_letters_are_refused_until_the_encoding_is_declared(tmp_path):
    raw = PLAIN.encode("mac-roman")
    with pytest.raises(Refusal, match="inte UTF-8"):
        read(tmp_path / "t.csv", raw)
    assert read(tmp_path / "t.csv", raw, encoding="mac-roman").rows.to_numpy().tolist() == ROWS


def test_windows_letters_are_read_and_said(tmp_path):
    table = read(tmp_path / "t.csv", PLAIN.encode("cp1252"))
    assert table.notices == ("läst som Windows-text (cp1252)",)


@pytest.mark.parametrize("space", [" ", "\xa0", "\u202f", "\u2009"])
def test_thousands_are_parted_by_any_space_but_only_as_thousands(tmp_path, space):
    table = read(tmp_path / "t.csv", f"Index\n13{space}564\n1{space}000{space}000,5\n")
    assert figures(table) == [13564, 1000000.5]
    _, findings = rawtable.numbers(
        read(tmp_path / "t.csv", f"Index\n13{space}56\n1{space}2\n"), "Index"
    )
    assert [finding.row for finding in findings] == [2, 3]


def test_points_between_thousands_are_read_when_declared_and_otherwise_refused(tmp_path):
    text = "Antal;x\n1.234.567;\n12.000;\n"
    assert figures(read(tmp_path / "t.csv", text, thousands="."), "Antal") == [1234567, 12000]
    _, findings = rawtable.numbers(read(tmp_path / "t.csv", text), "Antal", is_whole=True)
    assert 'thousands = "."' in findings[0].remedy
    with pytest.raises(Refusal, match="gäller bara textfiler"):
        rawtable.read(tmp_path / "t.xlsx", label="t", layout=Layout(thousands="."))


def test_the_marks_of_official_tables_are_missing_or_zero(tmp_path):
    values = figures(read(tmp_path / "t.csv", "Index\n..\n.\n-\n–\n−4\n"))
    assert [pd.isna(value) for value in values] == [True, True, False, False, False]
    assert values[2:] == [0, 0, -4]


def test_marks_of_ones_own_are_missing_when_declared(tmp_path):
    table = read(tmp_path / "t.csv", "Index\n1\nuppgift saknas\n", missing=["uppgift saknas"])
    assert figures(table)[0] == 1
    assert pd.isna(figures(table)[1])


def test_an_approximate_number_is_refused_until_it_is_allowed(tmp_path):
    text = "Index\n~100\n250\n"
    _, findings = rawtable.numbers(read(tmp_path / "t.csv", text), "Index")
    assert "approximate = true" in findings[0].remedy
    assert figures(read(tmp_path / "t.csv", text, approximate=True)) == [100, 250]


def test_lines_above_the_header_are_skipped_and_said(tmp_path):
    table = read(tmp_path / "t.csv", f"Problemindex, alla områden, 2023\n\n{PLAIN}")
    assert table.rows.to_numpy().tolist() == ROWS
    assert table.rows.index.tolist() == [4, 5]
    assert table.notices == ("2 rader före rubriken lästes inte",)


def test_lines_above_the_header_that_look_like_a_table_are_skipped_when_declared(tmp_path):
    table = read(tmp_path / "t.csv", f"Beställare;Polisen\n{PLAIN}", skip_rows=1)
    assert table.rows.to_numpy().tolist() == ROWS


def test_a_header_of_two_rows_becomes_one_with_the_upper_over_several_columns(tmp_path):
    text = "Område;2023;;2022;\n;Index;Svar;Index;Svar\nGränna;0,91;80;1,02;85\n"
    table = read(tmp_path / "t.csv", text, header_rows=2)
    names = ["Område", "2023 Index", "2023 Svar", "2022 Index", "2022 Svar"]
    assert list(table.rows.columns) == names
    assert table.rows.index.tolist() == [3]


@pytest.mark.parametrize(
    "note", ["Källa: Polisen, 2024", "* Preliminärt", "1) Utom vet ej", "\nHej"]
)
def test_footnotes_are_no_rows_and_are_said(tmp_path, note):
    table = read(tmp_path / "t.csv", f"{PLAIN}{note}\n")
    assert table.rows.to_numpy().tolist() == ROWS
    assert "fotnoter" in table.notices[0]


def test_a_last_row_cut_short_is_refused_and_is_no_footnote(tmp_path):
    with pytest.raises(Refusal, match=r"rad 4: raden har 1 celler men rubriken 2"):
        read(tmp_path / "t.csv", f"{PLAIN}Bankeryd\n")
    table = read(tmp_path / "t.csv", f"{PLAIN}Bankeryd\n", short_rows=True)
    assert table.rows["Index"].tolist() == ["1,72", "0,91", ""]


def test_a_file_without_a_last_line_break_is_read_and_said(tmp_path):
    table = read(tmp_path / "t.csv", PLAIN.rstrip())
    assert table.rows.to_numpy().tolist() == ROWS
    assert "utan radbrytning" in table.notices[0]


def test_rows_too_few_or_too_many_are_refused_where_their_count_is_declared(tmp_path):
    assert read(tmp_path / "t.csv", PLAIN, rows=2)
    with pytest.raises(Refusal, match="har 2 rader, men rows = 3"):
        read(tmp_path / "t.csv", PLAIN, rows=3)


def test_empty_columns_at_the_end_are_dropped(tmp_path):
    table = read(tmp_path / "t.csv", PLAIN.replace("\n", ";;\n"))
    assert list(table.rows.columns) == ["Område", "Index"]


def test_lost_leading_zeros_are_refused_and_put_back_when_declared(tmp_path):
    text = "code;x\n412;1\n0413;2\n"
    table = read(tmp_path / "t.csv", text, zero_fill={"code": 4})
    assert table.rows["code"].tolist() == ["0412", "0413"]


def test_decomposed_letters_are_the_same_spelling(tmp_path):
    table = read(tmp_path / "t.csv", unicodedata.normalize("NFD", PLAIN))
    assert table.rows.to_numpy().tolist() == ROWS


def test_empty_cells_of_merged_rows_repeat_the_one_above_when_declared(tmp_path):
    text = "Område;Fråga\nNorr;Oro\n;Skräp\n"
    assert read(tmp_path / "t.csv", text, fill_down=["Område"]).rows["Område"].tolist() == [
        "Norr",
        "Norr",
    ]


def test_sums_are_left_out_when_declared_and_otherwise_refused_as_areas(town):
    text = "Område;Oro;n\nNorr;12;40\nHela länet;9;400\nTotalt;10;80\n"
    with pytest.raises(Refusal, match="okänt område ”Hela länet”") as refusal:
        deliver(town, text, 'columns = { area = "Område", n = "n" }')
    assert "ignored_rows" in str(refusal.value)
    more = 'not_asked = ["skrap"]\nignored_rows = ["Hela länet"]\ntotal = "Totalt"'
    found = deliver(town, text, f'columns = {{ area = "Område", n = "n" }}\n{more}')
    assert found["area"].tolist() == ["norr", ""]


def test_a_misspelt_total_is_told_to_be_the_total_and_no_alias(town):
    with pytest.raises(Refusal, match="kommunens rad ”Totallt” finns inte") as refusal:
        deliver(
            town,
            "Område;Oro\nNorr;12\nTotalt;10\n",
            'total = "Totallt"\ncolumns = { area = "Område" }',
        )
    assert "menades ”Totalt”? Rätta total i year.toml" in str(refusal.value)


def deliver(town, text, more, form="wide", unit="percent", file="t.csv"):
    """Read a delivered table of 2023, its section of year.toml written anew."""
    path = town / "data/2023" / file
    if isinstance(text, str):
        path.write_text(text, "utf-8")
    spec = town / "data/2023/year.toml"
    own = spec.read_text("utf-8").split("\n[delivered]")[0]
    section = (
        f'[delivered]\nfile = "{file}"\nsource = "x"\nform = "{form}"\nunit = "{unit}"\n{more}\n'
    )
    spec.write_text(f"{own}\n{section}", "utf-8")
    source, model = catalogue.year(town, 2023).delivered, catalogue.model(town, 2023)
    return delivered.read(town, 2023, source, model, areas.register(town))


COLUMNS = 'columns = { area = "Område", n = "Svar" }'


def test_a_wrong_unit_is_one_fault_and_not_one_for_every_cell(town):
    header = "Område;Svar;Oro;Skräp;Ute;Hemma"
    text = f"{header}\n" + "".join(f"{name};40;12;13;14;15\n" for name in ("Norr", "Söder", "Väst"))
    with pytest.raises(Refusal) as refusal:
        deliver(town, text, f'not_asked = ["index"]\n{COLUMNS}', unit="share")
    (finding,) = refusal.value.findings
    assert finding.count == 12
    assert "i 11 celler till, i kolumnerna ”Oro”, ”Skräp”, ”Ute”, ”Hemma”" in finding.what
    assert "unit = share" in finding.what


def test_a_missing_label_of_a_split_is_one_fault_with_its_count(town, rewrite):
    rewrite(town / "data/2023/year.toml", 'm = "Män"', "")
    with pytest.raises(Refusal) as refusal:
        inspect_answers(town)
    (finding,) = refusal.value.findings
    assert finding.count == 65
    assert "”m” är okänt. Samma fel i 64 celler till." in finding.what
    assert "labels.sex" in finding.remedy


def inspect_answers(town):
    year, model = catalogue.year(town, 2023), catalogue.model(town, 2023)
    return survey.answers(town, 2023, year.survey, model, areas.register(town))


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return book


TABLE = [["Område", "Index"], ["Råslätt", 1.72], ["Gränna", 0.91]]


def test_a_cover_sheet_is_passed_over_and_said(tmp_path):
    workbook(tmp_path / "t.xlsx", {"Försättsblad": [["Trygghetsmätning"]], "Index": TABLE})
    table = rawtable.read(tmp_path / "t.xlsx", label="t.xlsx")
    assert figures(table) == [1.72, 0.91]
    assert table.notices == ("bladet ”Index” lästes",)


def test_of_several_sheets_with_tables_none_is_guessed(tmp_path):
    workbook(tmp_path / "t.xlsx", {"2022": TABLE, "2023": TABLE})
    with pytest.raises(Refusal, match="2 blad med tabeller") as refusal:
        rawtable.read(tmp_path / "t.xlsx", label="t.xlsx")
    assert "sheet = … i year.toml: 2022, 2023" in str(refusal.value)
    table = rawtable.read(tmp_path / "t.xlsx", label="t.xlsx", layout=Layout(sheet="2023"))
    assert table.finding(2, "Index", "x", "y").place == "t.xlsx, blad ”2023”, rad 2, kolumn ”Index”"


def test_merged_headings_of_a_workbook_are_read_as_a_header_of_two_rows(tmp_path):
    book = workbook(
        tmp_path / "t.xlsx",
        {"a": [["Område", "2023", None], [None, "Index", "Svar"], ["Gränna", 0.91, 80]]},
    )
    book["a"].merge_cells("B1:C1")
    book["a"].merge_cells("A1:A2")
    book.save(tmp_path / "t.xlsx")
    table = rawtable.read(tmp_path / "t.xlsx", label="t", layout=Layout(header_rows=2))
    assert list(table.rows.columns) == ["Område", "2023 Index", "2023 Svar"]


def test_a_workbook_and_its_csv_give_equal_frames(tmp_path):
    workbook(tmp_path / "t.xlsx", {"a": [["Titel"], [], *TABLE, [], ["Källa: Polisen"]]})
    sheet = rawtable.read(tmp_path / "t.xlsx", label="t")
    text = "Titel;\n;\nOmråde;Index\nRåslätt;1.72\nGränna;0.91\n;\nKälla: Polisen;\n"
    assert sheet.rows.equals(read(tmp_path / "t.csv", text).rows)


def test_an_old_workbook_is_read_as_a_new_one(tmp_path):
    (tmp_path / "t.xls").write_bytes(old_workbook(TABLE))
    table = rawtable.read(tmp_path / "t.xls", label="t.xls")
    assert table.rows["Område"].tolist() == ["Råslätt", "Gränna"]
    assert figures(table) == [1.72, 0.91]


def old_workbook(rows):
    """Write an xls (BIFF8 in a compound file) of texts and numbers."""

    def record(kind, data=b""):
        return struct.pack("<HH", kind, len(data)) + data

    cells = b""
    for row, line in enumerate(rows):
        for column, value in enumerate(line):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                cells += record(0x0204, place + text)
            else:
                cells += record(0x0203, place + struct.pack("<d", value))
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    sheet = record(0x0809, bof[:2] + b"\x10\0" + bof[4:]) + cells + record(0x000A)
    name = struct.pack("<BB", 1, 1) + b"a"
    head = record(0x0809, bof)
    tail = record(0x000A)
    at = len(head) + 4 + 4 + 2 + 2 + 1 + len(tail)
    name = struct.pack("<BB", 1, 0) + b"a"
    stream = head + record(0x0085, struct.pack("<IH", at, 0) + name) + tail + sheet
    return compound(b"".join([stream, bytes(4096 - len(stream))]))


def compound(stream):
    """Wrap a stream of 4 096 bytes as `Workbook` in a compound file."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    head += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    table = [0xFFFFFFFD, end, *range(3, 10), end]
    fat = struct.pack("<128I", *table, *[free] * (128 - len(table)))

    def entry(name, kind, child, start, size):
        raw = name.encode("utf-16-le")
        words = raw + bytes(64 - len(raw)) + struct.pack("<HBB", len(raw) + 2, kind, 1)
        words += struct.pack("<III", free, free, child) + bytes(36)
        return words + struct.pack("<IQ", start, size)

    folder = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream))
    return head + fat + folder + bytes(512 - len(folder)) + stream


def test_an_spss_file_is_read_by_its_codes_and_what_it_calls_missing_is_no_answer(town):
    frame = pd.read_csv(town / "data/2023/survey.csv").assign(
        omr=lambda rows: rows["omr"].map(AREA)
    )
    frame.loc[0, "oro"] = 8
    pyreadstat.write_sav(
        frame,
        town / "data/2023/svar.sav",
        variable_value_labels={"omr": {1: "Norr", 2: "Söder", 3: "Väst"}, "oro": {8: "Vill ej"}},
        missing_ranges={"oro": [8]},
    )
    spec = town / "data/2023/year.toml"
    spec.write_text(
        spec.read_text("utf-8").replace('"survey.csv"', '"svar.sav"\nlabelled = ["omr"]'), "utf-8"
    )
    answers = inspect_answers(town)
    assert answers.problem[0].tolist() == [1, -1]
    assert answers.area.tolist() == [0] * 40 + [1] * 40 + [2] * 50
    (notice,) = catalogue.notices(town, 2023)
    assert "1 svar som SPSS-filen märker som saknade" in str(notice)


AREA = {"Norr": 1, "Söder": 2, "Väst": 3}


def test_a_parquet_file_gives_the_answers_of_its_csv(town, rewrite):
    expected = inspect_answers(town)
    frame = pd.read_csv(town / "data/2023/survey.csv")
    frame.astype({"skrap": "Int64", "omr": "category"}).to_parquet(town / "data/2023/svar.parquet")
    rewrite(town / "data/2023/year.toml", "survey.csv", "svar.parquet")
    assert (inspect_answers(town).problem == expected.problem).all()


STAT = {
    "version": "2.0",
    "class": "dataset",
    "label": "Oro",
    "id": ["Region", "Fråga"],
    "size": [2, 1],
    "dimension": {
        "Region": {
            "label": "region",
            "category": {
                "index": {"9999R001_RegSO2025": 0, "9999R002_RegSO2025": 1},
                "label": {"9999R001_RegSO2025": "Norr", "9999R002_RegSO2025": "Söder"},
            },
        },
        "Fråga": {"label": "fråga", "category": {"index": {"oro": 0}, "label": {"oro": "Oro"}}},
    },
    "value": [12.5, None],
}


@pytest.mark.parametrize(
    ("layout", "region"), [("", "region"), ("labelled = []", "Region")], ids=["labels", "codes"]
)
def test_json_stat_of_pxweb_is_read_by_labels_or_by_codes_without_their_suffix(
    town, layout, region
):
    (town / "data/2023/t.json").write_text(json.dumps(STAT), "utf-8")
    indicator = "Fråga" if layout else "fråga"
    more = (
        f'{layout}\nnot_asked = ["skrap"]\n'
        f'columns = {{ area = "{region}", indicator = "{indicator}", value = "value" }}'
    )
    found = deliver(town, None, more, form="long", file="t.json")
    assert found["area"].tolist() == ["norr", "soder"]
    assert found["value"].tolist()[0] == 0.125
    assert pd.isna(found["value"][1])


PX = """CHARSET="ANSI";
AXIS-VERSION="2000";
CODEPAGE="iso-8859-1";
TITLE="Oro efter område";
STUB="område";
HEADING="fråga";
VALUES("område")="Norr","Söder";
VALUES("fråga")="Oro","Skräp";
DATA=
12.5 ".."
"-" 30;
"""


def test_a_px_file_is_read_with_its_marks_and_its_latin_letters(town):
    (town / "data/2023/t.px").write_bytes(PX.encode("latin-1"))
    more = 'columns = { area = "område", indicator = "fråga", value = "DATA" }'
    found = deliver(town, None, more, form="long", file="t.px")
    assert found["measure"].tolist() == ["oro", "skrap", "oro", "skrap"]
    assert found["value"].fillna(-1).tolist() == [0.125, -1, 0, 0.3]


BRA = """Anmälda brott 2023;;
Brottstyp;Antal;Per 100 000
Totalt antal brott;1 500;15 000
Brott mot person;300;3 000
  Misshandel;200;2 000
    mot kvinna;80;800
  Rån;..;..
    mot kvinna;-;-
Stöld;700;7 000

Källa: Brå
"""


def crimes(town, file, content, more):
    path = town / "data/2023" / file
    path.write_bytes(content)
    spec = town / "data/2023/year.toml"
    text = spec.read_text("utf-8").replace('"crime.csv"', f'"{file}"\n{more}')
    spec.write_text(text, "utf-8")
    return crime.read(town, 2023, span=1)


INDENTED = 'indented = true\ntotal = "Totalt antal brott"\ncolumns = { label = "Brottstyp", count = "Antal" }'


def test_the_hierarchy_of_an_exported_crime_table_is_told_by_its_indentation(town):
    found = crimes(town, "bra.csv", BRA.encode(), INDENTED)
    assert found[["label", "parent"]].to_numpy().tolist() == [
        ["Totalt antal brott", ""],
        ["Brott mot person", "Totalt antal brott"],
        ["Misshandel", "Brott mot person"],
        ["mot kvinna", "Misshandel"],
        ["Rån", "Brott mot person"],
        ["Rån: mot kvinna", "Rån"],
        ["Stöld", "Totalt antal brott"],
    ]
    assert found["count"].fillna(-1).tolist() == [1500, 300, 200, 80, -1, 0, 700]


def test_indentation_by_the_format_of_a_workbooks_cells_is_a_hierarchy_too(town, tmp_path):
    rows = [["Brottstyp", "Antal"], ["Totalt antal brott", 1500], ["Person", 300], ["Rån", 80]]
    book = workbook(tmp_path / "b.xlsx", {"a": rows})
    book["a"]["A4"].alignment = openpyxl.styles.Alignment(indent=1)
    book.save(tmp_path / "b.xlsx")
    found = crimes(town, "b.xlsx", (tmp_path / "b.xlsx").read_bytes(), INDENTED)
    assert found["parent"].tolist() == ["", "Totalt antal brott", "Person"]


def test_all_faults_of_all_files_of_a_year_are_told_at_once(town, rewrite):
    rewrite(town / "data/2023/survey.csv", "1,Norr,k,2,1", "1,Nörr,k,2,1")
    rewrite(town / "data/2023/crime.csv", ",150", ",många")
    rewrite(town / "data/2022/crime.csv", ",100", ",hundra")
    rewrite(town / "data/municipality.toml", "short_name", "shortname")
    rewrite(town / "data/areas.csv", "adults_2023", "adults_23")
    files = [finding.file for finding in inspection.faults(town, 2023)]
    assert set(files) == {
        "data/2023/survey.csv",
        "data/2023/crime.csv",
        "data/2022/crime.csv",
        "data/municipality.toml",
        "data/areas.csv",
    }


@pytest.mark.parametrize(
    ("file", "word"),
    [
        ("a\\u0000b", "har fel form"),
        ("..\\\\x.csv", "har fel form"),
        ("x" * 300, "är för lång"),
        ("", "har fel form"),
        (".", "filen saknas"),
        ("../2022/crime.csv", "utanför årets mapp"),
        ("loop.csv", "filnamnet går inte|filen saknas"),
        ("crime.pdf", "okänt format"),
    ],
)
def test_a_file_name_that_is_none_is_refused(town, rewrite, file, word):
    (town / "data/2023/loop.csv").symlink_to("loop.csv")
    (town / "data/2023/crime.pdf").write_bytes(b"%PDF")
    rewrite(town / "data/2023/year.toml", 'file = "crime.csv"', f'file = "{file}"')
    with pytest.raises(Refusal, match=word):
        crime.read(town, 2023, span=1)


def test_an_unknown_quirk_is_refused_with_the_nearest_of_its_own_section(town, rewrite):
    rewrite(town / "data/2023/year.toml", 'source = "Brå"', 'source = "Brå"\nskiprows = 2')
    with pytest.raises(Refusal, match="crime.skiprows: okänd uppgift") as refusal:
        catalogue.year(town, 2023)
    assert "menades ”skip_rows”" in str(refusal.value)
