import doctest

import pytest

from analysis.errors import Refusal
from analysis.sources import columns, readers
from analysis.sources.records import Layout

LONG = """Region;År;Mått;Typ;Värde;Enhet
Norr;2023;Oro;Andel;12,5;%
Norr;2023;Oro;KI undre;10;%
Norr;2023;Oro;Antal;400;st
Norr;2022;Oro;Andel;11;%
Söder;2023;Oro;Andel;20;%
"""
NAMED = ["Region", "Mått", "Andel", "KI undre", "Antal"]
AREAS = {"norr": "a", "Kronoparken centrala": "b", "1780R011": "b", "Falun": "c", "Mora": "d"}
NORTH = {"Centrum (norra)": "a", "Huskvarna (norra)": "b", "Malung-Sälen": "c"}


def read(path, text, columns=(), **layout):
    path.write_text(text, "utf-8")
    return readers.read(path, label=path.name, layout=Layout(**layout), columns=columns)


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(columns).failed == 0


def test_where_picks_rows_by_any_spelling_and_the_column_of_one_value_goes(tmp_path):
    where = {"År": 2023, "Typ": ["ANDEL", "Antal"]}
    table = read(tmp_path / "t.csv", LONG, ["Region"], where=where)
    assert table.rows["Värde"].to_dict() == {2: "12,5", 4: "400", 6: "20"}
    assert "År" not in table.rows and "Typ" in table.rows


def test_one_row_a_kind_of_number_becomes_one_column_a_kind(tmp_path):
    layout = {"where": {"År": ("2023",)}, "measure_kinds": ("Typ", "Värde")}
    table = read(tmp_path / "t.csv", LONG, NAMED, **layout)
    rows = [["Norr", "Oro", "12,5", "10", "400"], ["Söder", "Oro", "20", "", ""]]
    assert table.rows[NAMED].to_numpy().tolist() == rows
    with pytest.raises(Refusal, match="kolumn ”Undre”: kolumnen saknas"):
        read(tmp_path / "t.csv", LONG, ["Region", "Andel", "Undre"], **layout)
    with pytest.raises(Refusal, match="rad 5.*”Andel” finns två gånger"):
        read(tmp_path / "t.csv", LONG, NAMED, measure_kinds=("Typ", "Värde"))


def test_columns_that_are_missing_or_doubled_are_all_named_at_once(tmp_path):
    with pytest.raises(Refusal) as refusal:
        read(tmp_path / "t.csv", "a;b;b\n1;2;3\n", ["a", "c", "d"])
    assert [finding.column for finding in refusal.value.findings] == ["c", "d", "b"]


@pytest.mark.parametrize(
    ("text", "known", "key"),
    [
        ("NORR ", AREAS, "a"),
        ("1780R011 Karlstad (Kronoparken centrala)", AREAS, "b"),
        ("Karlstad (Kronoparken centrala)", AREAS, "b"),
        ("1780R011_RegSO2025", AREAS, "b"),
        ("Falu kommun", AREAS, "c"),
        ("2080 Falun", AREAS, "c"),
        ("Moras", AREAS, "d"),
        ("Morra", AREAS, None),
        ("norra", NORTH, None),
        ("Malungs-Sälens kommun", NORTH, "c"),
    ],
)
def test_an_area_is_found_by_code_name_brackets_municipality_and_genitive(text, known, key):
    assert columns.finder(known)(text) == key


def test_an_unknown_spelling_is_one_fault_with_its_rows_and_the_ways_out(tmp_path):
    table = read(tmp_path / "t.csv", "omr;n\nnorr;1\nHela länet;2\nHela länet;3\n")
    assert columns.matched(table, "omr", AREAS).isna().tolist() == [False, True, True]
    (fault,) = table.findings
    assert (fault.row, fault.what) == (3, "okänt område ”Hela länet” (2 rader).")
    assert 'ignored_rows = ["Hela länet"]' in fault.remedy


def test_a_fault_of_many_cells_is_told_once_with_examples_and_their_count(tmp_path):
    table = read(tmp_path / "t.csv", "n;x\n" + "".join(f"x{at % 3};\n" for at in range(9)))
    assert columns.numbers(table, "n").isna().all()
    (fault,) = table.findings
    assert fault.count == 9
    assert "Samma fel i 8 celler till, som ”x1” (rad 3) och ”x2” (rad 4)" in fault.what
