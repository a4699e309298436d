"""The demonstration says what was published, and nothing in the package knows the figures."""

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis import paths, results, swedish
from analysis.sources import config
from analysis.text import findings, registers, sentences

HOME = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def year(demonstration):
    return results.of(2023, demonstration)


def index(year, number):
    """Return the areas' index of a year."""
    found = year.estimates.query("year == @number and measure == 'index'")
    return found.set_index("area")["value"].drop("").dropna()


def test_the_generator_writes_the_very_bytes_that_the_years_describe(demonstration):
    for number in paths.years(demonstration):
        for source in config.year(demonstration, number).sources.values():
            path = config.path_of(demonstration, number, source)
            assert paths.sha256(path) == source.sha256, path


def test_55_per_cent_answered_and_the_index_fell_from_1_42_to_1_27(year):
    answered = year.response.set_index("year").loc[2023]
    assert (answered["invited"], answered["answered"], answered["rate"]) == (5000, 2765, 0.553)
    said = findings.total(year).markdown
    assert "var **1,27** år 2023" in said
    assert "ned från 1,42" in said


def test_osterangen_is_highest_at_1_81_and_trust_and_being_out_late_set_it_apart(year):
    top = sentences.facts(year)["top"]
    assert [(row["area"], row["value"]) for row in top] == [("osterangen", 1.81)]
    apart = {row["measure"] for row in sentences.above(year, "osterangen", most=5)}
    trust = {"litar_inte", "hjalps_inte_at", "svag_sammanhallning", "rekommenderar_inte"}
    assert apart == trust | {"otrygg_ute_sent"}


def test_the_published_areas_moved_the_published_way_and_only_raslatt_for_certain(year):
    moved = index(year, 2023) - index(year, 2022)
    assert (moved[["raslatt", "oxnehaga", "osterangen"]] < -0.1).all()
    assert (moved[["huskvarna-soder", "ekhagen", "bankeryd"]] > 0.1).all()
    facts = sentences.facts(year)
    assert [row["area"] for row in facts["fall"] + facts["rise"]] == ["raslatt"]
    told = findings.risen(year).markdown
    assert all(name in told for name in ("Ekhagen", "Huskvarna söder", "Bankeryd"))


def test_two_small_areas_are_hidden_together(year, demonstration):
    answers = pd.read_csv(demonstration / "data/2023/survey.csv")["omrade"].value_counts()
    assert answers["Ljungarum"] < 10 <= answers["Norrängen"] < 30
    hidden = sentences.places(year).query("status == 'hidden'")["name"]
    assert list(hidden) == ["Ljungarum", "Norrängen"]


def test_no_answers_are_coded_and_blank(demonstration):
    path = demonstration / "data/2023/survey.csv"
    silent = pd.read_csv(path, dtype=str, keep_default_na=False).iloc[:, 5:]
    assert 0.02 < silent.eq("9").to_numpy().mean() < 0.06
    assert 0.005 < silent.eq("").to_numpy().mean() < 0.03


def test_reported_crime_prints_the_published_totals_and_rates(year):
    totals = year.crime.query("parent == ''").set_index("year")
    assert totals["count"].to_dict() == {2020: 13564, 2021: 12345, 2022: 13207, 2023: 15372}
    assert totals["rate"].round().to_dict() == {2020: 9569, 2021: 8633, 2022: 9150, 2023: 10555}
    parts = year.crime.query("parent == 'Samtliga anmälda brott'").groupby("year")["count"].sum()
    assert parts.to_dict() == totals["count"].to_dict()


def test_the_promises_have_the_public_targets_and_most_drugs_rose(year, demonstration):
    before = results.of(2022, demonstration)
    assert list(before.promises["target"]) == ["800"] * 4 + ["200", "52", "104", "20"]
    said = registers.wastewater(year).markdown
    assert "Halten av THC-COOH (cannabis), bensoylekgonin (kokain)" in said


def test_every_focus_area_has_its_text_and_raslatt_its_class():
    for number in (2022, 2023):
        texts = sorted((HOME / f"data/{number}/text").glob("*.md"))
        assert [text.name[:2] for text in texts] == ["01", "02", "03", "04"]
        assert all(text.read_text("utf-8").startswith("# ") for text in texts)
    safety = next((HOME / "data/2023/text").glob("03*")).read_text("utf-8")
    assert re.search("Råslätt .* utsatt område", safety)


def test_the_model_has_thirty_two_questions_in_eight_groups():
    model = config.model(HOME, 2023)
    assert len(model.indicators) == 32
    assert {item.group for item in model.indicators} == set(model.groups)


def test_the_areas_are_thirty_four_with_oxnehaga_merged(year):
    assert len(year.areas) == 34
    assert year.areas["geometry"].notna().all()
    assert year.areas["adults"].sum() > 0.7 * 145_114
    assert sorted(year.areas["name"], key=swedish.sort_key) == list(year.areas["name"])
