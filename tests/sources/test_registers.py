import openpyxl
import pytest

from analysis.errors import Refusal
from analysis.sources import registers

BRA = """Anmälda brott 2023
Brottstyp;Antal;Per 100 000
Brott mot person;300;3 000
  Misshandel;200;2 000
    mot kvinna;80;800
  Rån;..;..
    mot kvinna;-;-
Stöld;700;7 000
Totalt antal brott;1 500;15 000

Källa: Brå
"""
INDENTED = """indented = true
total = "Totalt antal brott"
columns = { label = "Brottstyp", count = "Antal" }
ignored_rows = ["Källa*"]
"""
BY_AREA = """Område;Brott;Antal;Folkmängd
Norr;Alla brott;30;1000
Norr;Stöld;10;1000
Norra;Alla brott;;1000
Söder;Alla brott;50;2000
Söder;Stöld;20;2000
"""
AREA = """total = "Alla brott"
columns = { area = "Område", label = "Brott", count = "Antal", mean_population = "Folkmängd" }
"""


def crimes(town, text, more, year=2023, **kind):
    spec = town / f"data/{year}/year.toml"
    spec.write_text(spec.read_text("utf-8").replace('"crime.csv"', f'"c.csv"\n{more}'), "utf-8")
    (town / f"data/{year}/c.csv").write_text(text, "utf-8")
    return registers.crime(town, year, **kind)


def test_crime_is_read_with_the_years_before_it_that_are_within_the_span(town):
    found = registers.crime(town, 2023)
    assert found["year"].tolist() == [2022, 2022, 2023, 2023]
    assert found["count"].tolist() == [100, 10, 150, 60]
    assert found.loc[3, ["code", "label", "parent"]].tolist() == ["0412", "Stöld", "Alla brott"]
    assert registers.crime(town, 2023, span=1)["year"].unique().tolist() == [2023]


def test_a_year_without_crime_has_the_newest_there_is(town):
    spec = town / "data/2023/year.toml"
    spec.write_text(spec.read_text("utf-8").split("[crime]")[0], "utf-8")
    assert registers.crime(town, 2023)["year"].tolist() == [2022, 2022]
    assert registers.crime(town, 2021).empty


def test_the_hierarchy_of_an_exported_crime_table_is_told_by_its_indentation_the_total_first(town):
    found = crimes(town, BRA, INDENTED, span=1)
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


def test_indentation_by_the_format_of_a_workbooks_cells_is_refused_with_what_to_do(town, rewrite):
    book = openpyxl.Workbook()
    for row in (["Brottstyp", "Antal"], ["Totalt antal brott", 1500], ["Person", 300]):
        book.active.append(row)
    book.active["A3"].alignment = openpyxl.styles.Alignment(indent=1)
    book.save(town / "data/2023/b.xlsx")
    rewrite(town / "data/2023/year.toml", '"crime.csv"', f'"b.xlsx"\n{INDENTED}')
    with pytest.raises(Refusal, match=r"ingen rad är indragen.(?s:.*)kolumn parent"):
        registers.crime(town, 2023)


def test_crime_by_area_is_read_with_its_people_and_summed_to_the_whole(town):
    found = crimes(town, BY_AREA.replace("Norra;Alla brott;;1000\n", ""), AREA, span=1)
    whole = found[found["area"].eq("")]
    assert whole[["label", "parent", "count", "mean_population"]].to_numpy().tolist() == [
        ["Alla brott", "", 80, 10000],
        ["Stöld", "Alla brott", 30, 10000],
    ]
    assert found.loc[found["area"].eq("soder"), "mean_population"].tolist() == [2000, 2000]


def test_the_places_own_rows_are_the_whole(town):
    text = BY_AREA.replace("Norra;Alla brott;;1000", "Lillstads kommun;Alla brott;90;")
    found = crimes(town, text, AREA, span=1).set_index("area")
    assert found.loc["", ["count", "mean_population"]].tolist() == [90, 10000]


def test_faults_of_crime_are_all_told_with_their_rows(town):
    with pytest.raises(Refusal) as refusal:
        crimes(town, BY_AREA.replace("20;2000", "20;0"), AREA)
    for word in (
        *("rad 4, kolumn ”count”: ”” är inget antal", "rad 4, kolumn ”label”: ”Alla brott”"),
        "rad 6, kolumn ”mean_population”: folkmängden ”0” är inte större än noll",
    ):
        assert word in str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("0412", "412", r"”412” är ingen brottskod.(?s:.*)som text med fyra siffror: 0412"),
        ("Alla brott,60", "Alla,60", "”Alla” är ingen rad"),
        (",60", ",-60", "”-60” är inget helt antal"),
        (",60", ",12.5", "”12.5” är inget helt antal"),
        ("Alla brott,60", ",60", "en enda summa"),
        ("Alla brott,,150", "Alla brott,,..", "en enda summa"),
    ],
)
def test_a_crime_table_that_does_not_hold_is_refused(town, rewrite, old, new, word):
    rewrite(town / "data/2023/crime.csv", old, new)
    with pytest.raises(Refusal, match=word):
        registers.crime(town, 2023)


WATER = """substance,place,week,value_mg_per_1000_day,state
THC,Lillstad,v. 10,"64,1",measured
Heroin,Lillstad,v. 10,,below_loq
"""
PROMISES = "promise,target,outcome,unit,fulfilled\nPatrullera,800,861,pass,ja\n"


def add(town, kind, text, year):
    (town / f"data/{year}/{kind}.csv").write_text(text, "utf-8")
    with (town / f"data/{year}/year.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[{kind}]\nfile = "{kind}.csv"\nsource = "x"\n')


def test_wastewater_is_read_with_the_year_before_where_the_year_has_it(town):
    add(town, "wastewater", WATER, 2022)
    assert registers.wastewater(town, 2023).empty
    add(town, "wastewater", WATER.replace("64,1", "1 131,7"), 2023)
    found = registers.wastewater(town, 2023)
    columns = ["year", "substance", "place", "week", "value", "state"]
    assert list(found.columns) == columns
    assert found["value"].fillna(-1).tolist() == [64.1, -1, 1131.7, -1]


@pytest.mark.parametrize(
    ("old", "new"), [("measured", "below_loq"), ("below_loq", "trace"), (',"64,1"', ",")]
)
def test_a_measurement_whose_value_and_state_disagree_is_refused(town, old, new):
    add(town, "wastewater", WATER.replace(old, new), 2023)
    with pytest.raises(Refusal, match="går inte ihop"):
        registers.wastewater(town, 2023)


def test_promises_are_texts_and_fulfilled_in_four_words(town):
    assert registers.promises(town, 2023).empty
    add(town, "promises", PROMISES, 2023)
    assert registers.promises(town, 2023).to_numpy().tolist() == [
        ["Patrullera", "800", "861", "pass", "ja"]
    ]
    (town / "data/2023/promises.csv").write_text(PROMISES.replace(",ja", ",jo"), "utf-8")
    with pytest.raises(Refusal, match="”jo” duger inte"):
        registers.promises(town, 2023)


def test_texts_are_read_by_name_in_order(town):
    assert registers.texts(town, 2023) == {}
    folder = town / "data/2023/text"
    folder.mkdir()
    for name in ("02-b", "01-a"):
        (folder / f"{name}.md").write_text(f"# {name}\r\n\n", "utf-8")
    assert list(registers.texts(town, 2023).items()) == [("01-a", "# 01-a"), ("02-b", "# 02-b")]
