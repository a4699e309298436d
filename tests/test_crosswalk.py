"""Areas that are split, merged or new: what compares is recomputed, what does not is said."""

import pandas as pd
import pytest

from analysis import results
from analysis import text as narrative
from analysis.errors import Refusal
from analysis.figures import tables
from analysis.sources import areas
from conftest import write_answers

MERGED = """area_id,name,adults_2022,adults_2023,first_year,last_year,parts
norr,Norr,400,,,2022,
soder,Söder,800,,,2022,
centrum,Centrum,,1200,2023,,norr|soder
vast,Väst,1200,1200,,,
"""
DELIVERED = """
[delivered]
file = "tabell.csv"
source = "Polisen"
form = "wide"
unit = "percent"
columns = { area = "Område", n = "Svar" }
"""
SPLIT = """area_id,name,adults_2022,adults_2023,first_year,last_year,parts
norr,Norr,400,400,,,
soder,Söder,800,800,,,
vast-gamla,Väst,1200,,,2022,
vast,Väst,,700,2023,,vast-gamla:0.6
hamnen,Hamnen,,500,2023,,"vast-gamla:0,4"
"""


def redraw(town, register, answers):
    (town / "data/areas.csv").write_text(register, "utf-8")
    priority = town / "data/municipality.toml"
    priority.write_text(
        priority.read_text("utf-8").replace('priority_areas = ["Söder"]', ""), "utf-8"
    )
    write_answers(town / "data/2023/survey.csv", answers)
    for year in (2022, 2023):  # other boundaries, other polygons: no map in this town
        file = town / f"data/{year}/year.toml"
        file.write_text(file.read_text("utf-8").replace('division = "a"', ""), "utf-8")
    return results.of(2023, town)


@pytest.fixture
def merged(town):
    return redraw(town, MERGED, {"Centrum": (80, 18, 6), "Väst": (50, 15, 5)})


@pytest.fixture
def split(town):
    return redraw(
        town,
        SPLIT,
        {"Norr": (40, 10, 4), "Söder": (40, 8, 2), "Väst": (40, 9, 4), "Hamnen": (40, 9, 4)},
    )


def test_the_year_before_is_recomputed_for_areas_that_were_merged(merged):
    # Norr 400 residents, 10 of 40; Söder 800 residents, 24 of 40.
    before = merged.cell("skrap", "centrum", year=2022)
    assert before["value"] == pytest.approx((400 * 0.25 + 800 * 0.6) / 1200)
    change = merged.change("skrap", "centrum")
    assert change["difference"] == pytest.approx(18 / 80 - before["value"])
    assert merged.change("index", "centrum")["certain"]


def test_a_merged_areas_error_is_that_of_its_strata(merged):
    before = merged.cell("skrap", "centrum", year=2022)
    spread = [(1 - 40 / n) * p * (1 - p) / 39 for n, p in ((400, 0.25), (800, 0.6))]
    expected = ((1 / 3) ** 2 * spread[0] + (2 / 3) ** 2 * spread[1]) ** 0.5
    assert before["se"] == pytest.approx(expected)


def test_an_area_whose_boundaries_did_not_change_is_compared_as_before(merged):
    assert merged.change("skrap", "vast")["difference"] == pytest.approx(15 / 50 - 10 / 50)


def test_the_areas_that_are_gone_are_named_nowhere(merged):
    assert set(merged.estimates["area"]) == {"", "centrum", "vast"}
    assert list(merged.areas.index) == ["centrum", "vast"]


def test_an_area_that_was_split_is_a_break_and_the_others_are_not(split):
    assert split.change("skrap", "vast") is None
    assert split.change("skrap", "hamnen") is None
    assert split.change("skrap", "norr")["difference"] == pytest.approx(0)
    assert split.change("skrap") is not None


def test_breaks_and_mergers_are_said_in_text_and_table(split):
    said = str(narrative.comparison(split))
    assert (
        "Hamnen: Området har nya gränser 2023 (förut en del av Väst) och kan inte jämföras" in said
    )
    assert "Nya gränser i år: Hamnen och Väst." in tables.areas(split).note
    assert "kan inte jämföras med tidigare år" in str(narrative.area(split, "vast"))


def test_a_merger_is_said_in_text(merged):
    said = str(narrative.area(merged, "centrum"))
    assert "före 2023 Norr och Söder; 2022 är räknat på samma område" in said


def test_a_merged_area_is_a_break_where_the_year_before_has_no_answers(town):
    """A delivered table of the year before has the parts; their index cannot be put together."""
    tables = {2022: "Norr;120;25;10\nSöder;130;60;22\n", 2023: "Centrum;250;40;15\n"}
    for number, rows in tables.items():
        file = town / f"data/{number}/year.toml"
        text = file.read_text("utf-8")
        file.write_text(text[: text.index("[survey]")] + DELIVERED, "utf-8")
        table = f"Område;Svar;Skräp;Oro\n{rows}Väst;150;30;12\n"
        (town / f"data/{number}/tabell.csv").write_text(table, "utf-8")
    year = redraw(town, MERGED, {})
    assert year.change("skrap", "vast") is not None
    assert year.change("skrap", "centrum") is None
    assert "kan inte jämföras" in year.history["centrum"]


def test_a_hidden_area_cannot_be_computed_from_the_merged_one(town):
    answers = {"Norr": (6, 2, 1), "Söder": (40, 24, 10), "Väst": (50, 10, 5)}
    write_answers(town / "data/2022/survey.csv", answers)
    year = redraw(town, MERGED, {"Centrum": (80, 18, 6), "Väst": (50, 15, 5)})
    # The report of 2022 shows Söder where it can: with Centrum, Norr would follow.
    assert year.cell("skrap", "centrum", year=2022)["status"] == "hidden"
    assert year.change("skrap", "centrum") is None


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ("norr|sodr", "området ”sodr” finns inte.\n  → menades ”soder”"),
        ("norr:en tredjedel", "går inte att läsa"),
        ("norr:0|soder", "går inte att läsa"),
        ("vast", "”vast” slutar inte året innan området börjar"),
    ],
)
def test_parts_that_cannot_be_are_refused_with_the_row(town, parts, said):
    (town / "data/areas.csv").write_text(MERGED.replace("norr|soder", parts), "utf-8")
    with pytest.raises(Refusal) as refusal:
        areas.register(town)
    assert "data/areas.csv, rad 4, kolumn ”parts”" in str(refusal.value)
    assert said in str(refusal.value)


def test_residents_are_given_away_once_only(town):
    (town / "data/areas.csv").write_text(
        SPLIT.replace('"vast-gamla:0,4"', "vast-gamla:0.5"), "utf-8"
    )
    with pytest.raises(Refusal, match="mer än alla invånare i ”vast-gamla”"):
        areas.register(town)


def test_an_area_that_ends_before_it_begins_is_refused(town):
    (town / "data/areas.csv").write_text(
        MERGED.replace("1200,2023,,norr", "1200,2023,2021,norr"), "utf-8"
    )
    with pytest.raises(Refusal, match="tar slut innan det börjar"):
        areas.register(town)


def test_a_name_may_be_used_again_by_another_area_of_other_years(split):
    assert split.areas["name"]["vast"] == "Väst"
    assert isinstance(split.areas, pd.DataFrame)
