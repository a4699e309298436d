"""A delivered table becomes one row an area and measure, as precise as it was, or is refused in words."""

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.errors import Refusal
from analysis.sources import areas, config, survey

YEAR = """
year = 2023
[delivered]
file = "tabell.csv"
source = "Polisens tabell"
form = "{form}"
unit = "{unit}"
{more}
"""
LONG = 'columns = { area = "Område", indicator = "Fråga", value = "Andel", lower = "Från", upper = "Till", n = "Svar" }'
ROWS = """Område;Fråga;Andel;Från;Till;Svar
Norr;Oro;6,5;5,5;7,6;80
Söder;Oro;12,0;10,0;14,1;90
Hela Lillstad;Oro;9,1;8,0;10,2;170
Riket;Oro;8,0;7,9;8,1;90000
"""


def read(
    town: Path, table: str = ROWS, *, form: str = "long", unit: str = "percent", more: str = LONG
) -> pd.DataFrame:
    """Read a table of a town without an index model of its own."""
    (town / "data/index_model.toml").unlink(missing_ok=True)
    home = town / "data/2023"
    (home / "year.toml").write_text(YEAR.format(form=form, unit=unit, more=more), "utf-8")
    (home / "tabell.csv").write_text(table, "utf-8")
    source = config.year(town, 2023).delivered
    assert source is not None
    return survey.delivered(town, 2023, source, None, areas.register(town, 2023))


def refused(town: Path, **given: str) -> str:
    with pytest.raises(Refusal) as caught:
        read(town, **given)
    return str(caught.value)


TOTALS = f'{LONG}\ntotal = "Hela Lillstad"\nreference = "Riket"'


def test_values_and_bounds_keep_the_precision_that_they_were_delivered_with(town):
    table = read(town, more=TOTALS).set_index("area")
    assert table.loc["norr", ["value", "lower", "upper"]].tolist() == [0.065, 0.055, 0.076]
    assert table["decimals"].unique().tolist() == [1]
    assert list(table.index) == ["norr", "soder", survey.TOTAL, survey.REFERENCE]
    whole = re.sub(r",\d", "", ROWS.replace("6,5;5,5", "6;5"))
    assert read(town, whole, more=TOTALS)["decimals"].unique().tolist() == [0]


def test_a_wide_table_has_a_column_a_question(town):
    rows, more = (
        "Område;Oro;Skräp\nNorr;1,25;2,5\nSöder;1,00;0,50\n",
        'columns = { area = "Område" }',
    )
    table = read(town, rows, form="wide", unit="index", more=more)
    assert len(table) == 4
    assert table.query("area == 'norr' and measure == 'Skräp'")["value"].item() == 2.5


def test_short_labels_are_given_by_the_files_own(town):
    table = read(town, more=f'{TOTALS}\n[delivered.labels]\nOro = "Orolig ute"')
    assert table["label"].unique().tolist() == ["Orolig ute"]
    assert table["measure"].unique().tolist() == ["Oro"]


def test_a_row_a_kind_of_measure_is_declared_in_a_line(town):
    kinds = {"Andel": "6,5", "KI undre": "5,5", "KI övre": "7,6", "Antal": "80"}
    rows = [
        f"{area};Oro;{kind};{tal}\n" for area in ("Norr", "Söder") for kind, tal in kinds.items()
    ]
    more = (
        'measure_kinds = ["Mått", "Tal"]\ncolumns = { area = "Område", indicator = "Fråga", '
        'value = "Andel", lower = "KI undre", upper = "KI övre", n = "Antal" }'
    )
    table = read(town, "Område;Fråga;Mått;Tal\n" + "".join(rows), more=more)
    found = table.loc[1, ["area", "measure", "value", "lower", "upper", "n"]].tolist()
    assert found == ["soder", "Oro", 0.065, 0.055, 0.076, 80]


def test_all_faults_are_named_at_once_with_the_way_out(town):
    table = ROWS.replace("Söder", "Sönder").replace("6,5;5,5", "16,5;5,5") + "Norr;Oro;1;0;2;80\n"
    said = refused(town, table=table, more=f'{LONG}\ntotal = "Hela staden"\nreference = "Riket"')
    for part in (
        *("okänt område ”Sönder”", "menades ”Söder”", "raden ”Hela staden” finns inte"),
        *("utanför sin felmarginal", "finns två gånger"),
    ):
        assert part in said


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (r"\d+,(\d)", r"0,\1", 'unit = "share"'),
        (";80", ";", "antalet svar saknas"),
        ("7,6", "107,6", "”107,6” ligger utanför 0–100"),
    ],
)
def test_what_cannot_be_meant_is_refused(town, old, new, word):
    assert word in refused(town, table=re.sub(old, new, ROWS), more=TOTALS)
