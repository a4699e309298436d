import openpyxl
import pytest

from analysis.errors import Refusal
from analysis.sources import rawtable

ROWS = [["område", "värde"], ["Råslätt", "1,72"], ["Gränna", "0,91"]]


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return rawtable.read(path, label=path.name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_every_common_form_of_csv_gives_the_same_frame(tmp_path, encoding, delimiter):
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in ROWS)
    table = written(tmp_path / "t.csv", text, encoding)
    assert table.rows.to_numpy().tolist() == ROWS[1:]
    assert list(table.rows.columns) == ROWS[0]


def test_a_spreadsheet_gives_the_same_frame_as_its_csv(tmp_path):
    book = openpyxl.Workbook()
    for row in [["område", "värde"], ["Råslätt", 1.72], ["Gränna", 3.0]]:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    sheet = rawtable.read(tmp_path / "t.xlsx", label="t.xlsx")
    text = written(tmp_path / "t.csv", "område;värde\nRåslätt;1.72\nGränna;3")
    assert sheet.rows.equals(text.rows)


def test_rows_are_numbered_as_a_spreadsheet_counts_them_and_empty_ones_go(tmp_path):
    table = written(tmp_path / "t.csv", "a;b;\n1;2;\n;;\n3;4;\n")
    assert list(table.rows.index) == [2, 4]
    assert list(table.rows.columns) == ["a", "b"]


def test_letters_composed_in_two_ways_are_the_same_letter(tmp_path):
    table = written(tmp_path / "t.csv", "omra\u030ade\nGra\u0308nna\n")
    assert table.rows["område"].tolist() == ["Gränna"]


def test_numbers_are_read_with_decimal_comma_thousands_and_the_marks_of_official_tables(tmp_path):
    table = written(tmp_path / "t.csv", "n\n13 564\n1\u202f000,5\n..\n-\n-3\n−4\n12 %\n")
    values, findings = rawtable.numbers(table, "n")
    assert not findings
    assert values.fillna(-99).tolist() == [13564, 1000.5, -99, 0, -3, -4, 12]


def test_every_cell_that_is_no_number_is_named_with_its_row(tmp_path):
    table = written(tmp_path / "t.csv", "n\n1\nett\ninf\n2\n")
    _, findings = rawtable.numbers(table, "n")
    assert [finding.row for finding in findings] == [3, 4]
    assert "”ett”" in str(findings[0])


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "rubrikrad"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "textfil"),
        (b"a;b\n1;2;3\n", "3 celler"),
        (b'a;b\n"1;2\n', "CSV"),
    ],
)
def test_what_is_no_table_is_refused_with_the_way_out(tmp_path, content, word):
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(Refusal, match=word) as refusal:
        rawtable.read(tmp_path / "t.csv", label="t.csv")
    assert "→" in str(refusal.value)


def test_a_spreadsheet_that_is_none_is_refused(tmp_path):
    (tmp_path / "t.xlsx").write_bytes(b"PK but no workbook")
    with pytest.raises(Refusal, match="xlsx: filen är skadad"):
        rawtable.read(tmp_path / "t.xlsx", label="t.xlsx")


def test_missing_columns_are_named_all_at_once_with_the_nearest_spelling(tmp_path):
    table = written(tmp_path / "t.csv", "omraade;varde\n1;2\n")
    with pytest.raises(Refusal) as refusal:
        rawtable.require(table, ["omrade", "varde", "antal"])
    assert [finding.column for finding in refusal.value.findings] == ["omrade", "antal"]
    assert "omraade" in str(refusal.value)
