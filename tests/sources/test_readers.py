import doctest

import pytest

from analysis.errors import Refusal
from analysis.sources import columns, readers
from analysis.sources.records import Layout

LONG = """Region;År;Mått;Typ;Värde;Enhet
Norr;2023;Oro;Andel;12,5;%
Norr;2023;Oro;KI undre;10;%
Norr;2023;Oro;KI övre;15;%
Norr;2023;Oro;Antal;400;st
Norr;2022;Oro;Andel;11;%
Söder;2023;Oro;Andel;20;%
"""
NAMED = ["Region", "Mått", "Andel", "KI undre", "KI övre", "Antal"]
AREAS = {"norr": "a", "Kronoparken centrala": "b", "1780R011": "b", "Falun": "c", "Mora": "d"}


def read(path, text, columns=(), **layout):
    path.write_text(text, "utf-8")
    return readers.read(path, label=path.name, layout=Layout(**layout), columns=columns)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(columns).failed == 0


def test_where_picks_rows_by_any_spelling_and_its_column_goes(tmp_path):
    table = read(
        tmp_path / "t.csv", LONG, ["Region"], where={"År": 2023, "Typ": ["ANDEL", "Antal"]}
    )
    assert table.rows["Värde"].tolist() == ["12,5", "400", "20"]
    assert table.rows.index.tolist() == [2, 5, 7]
    assert "År" not in table.rows
    assert "Typ" in table.rows


def test_where_refuses_what_no_row_has_with_the_nearest(tmp_path):
    with pytest.raises(Refusal, match="ingen rad har ”Andell”") as refusal:
        read(tmp_path / "t.csv", LONG, where={"Typ": ("Andell",)})
    assert "menades ”Andel”" in str(refusal.value)
    with pytest.raises(Refusal, match="kolumn ”Ar”: kolumnen saknas"):
        read(tmp_path / "t.csv", LONG, where={"Ar": ("2023",)})


def test_one_row_a_kind_of_number_becomes_one_column_a_kind(tmp_path):
    layout = {"where": {"År": ("2023",)}, "measure_kinds": ("Typ", "Värde")}
    table = read(tmp_path / "t.csv", LONG, NAMED, **layout)
    assert table.rows[NAMED].to_numpy().tolist() == [
        ["Norr", "Oro", "12,5", "10", "15", "400"],
        ["Söder", "Oro", "20", "", "", ""],
    ]
    assert table.rows.index.tolist() == [2, 7]
    with pytest.raises(Refusal, match="kolumn ”Undre”: kolumnen saknas"):
        read(tmp_path / "t.csv", LONG, ["Region", "Andel", "Undre"], **layout)
    with pytest.raises(Refusal, match="rad 6.*”Andel” finns två gånger"):
        read(tmp_path / "t.csv", LONG, NAMED, measure_kinds=("Typ", "Värde"))


def test_columns_that_are_missing_or_doubled_are_all_named_at_once(tmp_path):
    with pytest.raises(Refusal) as refusal:
        read(tmp_path / "t.csv", "a;b;b\n1;2;3\n", ["a", "c", "d"])
    assert [finding.column for finding in refusal.value.findings] == ["c", "d", "b"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("NORR ", "a"),
        ("1780R011 Karlstad (Kronoparken centrala)", "b"),
        ("Karlstad (Kronoparken centrala)", "b"),
        ("1780R011_RegSO2025", "b"),
        ("Falu kommun", "c"),
        ("2080 Falun", "c"),
        ("Mora kommun", "d"),
        ("Moras", "d"),
        ("Morra", None),
        ("Sverige", None),
    ],
)
def test_an_area_is_found_by_code_name_brackets_municipality_and_genitive(text, key):
    assert columns.finder(AREAS)(text) == key


def test_a_short_form_that_two_areas_share_is_neither(tmp_path):
    find = columns.finder({"Centrum (norra)": "a", "Huskvarna (norra)": "b", "Malung-Sälen": "c"})
    assert find("norra") is None
    assert find("Malungs-Sälens kommun") == "c"


def test_an_unknown_spelling_is_one_fault_with_its_rows_and_the_ways_out(tmp_path):
    table = read(tmp_path / "t.csv", "omr;n\nnorr;1\nHela länet;2\nHela länet;3\n")
    assert columns.matched(table, "omr", AREAS).isna().tolist() == [False, True, True]
    (finding,) = table.findings
    assert finding.row == 3
    assert finding.what == "okänt område ”Hela länet” (2 rader)."
    assert 'ignored_rows = ["Hela länet"]' in finding.remedy


def test_a_fault_of_many_cells_is_told_once_with_examples_and_their_count(tmp_path):
    table = read(tmp_path / "t.csv", "n;x\n" + "".join(f"x{at % 3};\n" for at in range(9)))
    assert columns.numbers(table, "n").isna().all()
    (finding,) = table.findings
    assert finding.count == 9
    assert "Samma fel i 8 celler till, som ”x1” (rad 3) och ”x2” (rad 4)" in finding.what


@pytest.mark.parametrize("text", ["12.5", "1e3", "9" * 20, "1_0", "0x1F", "½", "inf", "NaN", "5 %"])
def test_what_is_no_count_is_refused(tmp_path, text):
    table = read(tmp_path / "t.csv", f"n;x\n{text};1\n")
    columns.numbers(table, "n", is_whole=True)
    assert len(table.findings) == 1


def test_only_a_named_column_of_another_format_is_an_option(tmp_path):
    with pytest.raises(Refusal, match="labelled gäller inte"):
        read(tmp_path / "t.csv", "a;b\n1;2\n", labelled=("a",))
