"""The demonstration's files: what the generators write, and what the ordinary code finds in it."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from analysis import estimates, paths, swedish
from analysis.sources import areas, catalogue, promises, wastewater
from analysis.sources import registers as crime
from analysis.statistics import comparison as change
from analysis.statistics import problem_index as index

HOME = Path(__file__).resolve().parents[1]
SAFER = ["osterangen", "raslatt", "oxnehaga"]
DRIVERS = {"litar_inte", "hjalps_inte_at", "svag_sammanhallning", "rekommenderar_inte"}


def _generator(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HOME / "data" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the data without its answers, and let the generator write them anew."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copytree(
        HOME / "data", folder / "data", ignore=shutil.ignore_patterns("survey.csv", "*.py")
    )
    _generator("demonstration").main(folder)
    return folder


@pytest.fixture(scope="module")
def cells(town: Path) -> pd.DataFrame:
    """Estimate both years with the ordinary code: value by (year, area, measure)."""
    found = []
    for number in (2022, 2023):
        year, model = catalogue.year(town, number), catalogue.model(town, number)
        made = estimates.of(town, year, model, areas.register(town))
        assert made is not None
        found.append(made.cells.loc[made.cells["split"].eq("")].assign(year=number))
    return pd.concat(found).set_index(["year", "area", "measure"]).sort_index()


def _index(cells: pd.DataFrame, year: int) -> pd.Series:
    """Give the areas' index of a year."""
    found: pd.Series = cells.loc[year].xs("index", level="measure")["value"].drop("")
    return found


def test_the_generator_writes_the_very_bytes_that_the_years_describe(town: Path) -> None:
    for number in (2022, 2023):
        survey = catalogue.year(HOME, number).survey
        assert survey is not None and survey.sha256
        assert catalogue.fingerprint(town / f"data/{number}/survey.csv") == survey.sha256


def test_every_file_of_every_year_is_the_one_described(town: Path) -> None:
    for number in paths.years(town):
        catalogue.unread_faults(town, number)


def test_55_30_per_cent_answered_in_2023(town: Path) -> None:
    survey = catalogue.year(town, 2023).survey
    lines = (town / "data/2023/survey.csv").read_text(encoding="utf-8").splitlines()
    assert survey is not None and len(lines) - 1 == 2765
    assert survey.invited == 5000
    assert swedish.number(100 * 2765 / survey.invited, 2) == "55,30"


@pytest.mark.parametrize(("year", "printed"), [(2022, "1,42"), (2023, "1,27")])
def test_the_municipality_prints_its_published_index(
    cells: pd.DataFrame, year: int, printed: str
) -> None:
    value = cells.loc[(year, "", "index"), "value"]
    assert swedish.number(value, 2) == printed
    assert swedish.number(value - 0.003, 2) == swedish.number(value + 0.003, 2) == printed


def test_osterangen_is_highest_at_1_81(cells: pd.DataFrame) -> None:
    by_area = _index(cells, 2023)
    assert by_area.idxmax() == "osterangen"
    assert swedish.number(by_area["osterangen"], 2) == "1,81"
    assert by_area.drop("osterangen").max() < 1.75


def test_the_published_areas_moved_the_published_way(cells: pd.DataFrame) -> None:
    moved = _index(cells, 2023) - _index(cells, 2022)
    assert (moved[SAFER] < -0.1).all()
    assert (moved[["huskvarna-soder", "ekhagen", "bankeryd"]] > 0.1).all()


def test_trust_and_being_out_late_drive_osterangen(cells: pd.DataFrame) -> None:
    model = catalogue.model(HOME, 2023)
    assert model is not None
    above = {
        item.key: float(np.diff(index.score(index.curve(item.normal_share or 0.0), shares))[0])
        for item in model.indicators
        for shares in [cells.loc[[(2023, "", item.key), (2023, "osterangen", item.key)], "value"]]
    }
    largest = sorted(above, key=lambda key: -above[key])[:5]
    assert set(largest) == DRIVERS | {"otrygg_ute_sent"}


def test_few_areas_changed_for_certain(cells: pd.DataFrame) -> None:
    now, before = (cells.loc[year].xs("index", level="measure").drop("") for year in (2023, 2022))
    tested = change.difference(now, before)
    certain = change.discoveries(tested["p_value"].to_numpy())
    assert list(tested.index[certain]) == ["raslatt"]


def test_one_area_is_too_small_to_show_and_one_is_uncertain(town: Path) -> None:
    answers = pd.read_csv(town / "data/2023/survey.csv")["omrade"].value_counts()
    assert answers["Ljungarum"] < 10 <= answers["Norrängen"] < 30
    assert answers.drop(["Ljungarum", "Norrängen"]).between(50, 130).all()


def test_every_answer_hangs_together_with_the_others_in_a_person(town: Path) -> None:
    model = catalogue.model(town, 2023)
    assert model is not None
    answers = pd.read_csv(town / "data/2023/survey.csv", dtype=str)
    problem = pd.DataFrame(
        {item.key: answers[item.key].isin(item.problem).astype(float) for item in model.indicators}
    )
    pairs = problem.corr().to_numpy()[np.triu_indices(len(problem.columns), 1)]
    assert 0.04 < pairs.mean() < 0.25


def test_no_answers_are_coded_and_blank(town: Path) -> None:
    answers = pd.read_csv(town / "data/2023/survey.csv", dtype=str, keep_default_na=False)
    silent = answers.iloc[:, 5:]
    assert 0.02 < silent.eq("9").to_numpy().mean() < 0.06
    assert 0.005 < silent.eq("").to_numpy().mean() < 0.03


def test_reported_crime_prints_the_published_totals_and_rates() -> None:
    reported = crime.read(HOME, 2023)
    assert reported is not None
    totals = reported.loc[reported["parent"].eq("")].set_index("year")
    rates = totals["count"] / totals["mean_population"] * 100_000
    assert totals["count"].to_dict() == {2020: 13564, 2021: 12345, 2022: 13207, 2023: 15372}
    assert rates.round().to_dict() == {2020: 9569, 2021: 8633, 2022: 9150, 2023: 10555}


def test_the_groups_of_crime_sum_to_the_total() -> None:
    reported = crime.read(HOME, 2023)
    assert reported is not None
    for _, year in reported.groupby("year"):
        total = year.loc[year["parent"].eq(""), ["label", "count"]].iloc[0]
        assert year.loc[year["parent"].eq(total["label"]), "count"].sum() == total["count"]


def test_most_drugs_rose_and_one_was_below_the_limit() -> None:
    before, now = (wastewater.read(HOME, year) for year in (2022, 2023))
    assert before is not None and now is not None
    rose = now["value_mg_per_1000_day"] > before["value_mg_per_1000_day"]
    assert rose.sum() > len(now) / 2
    assert now["state"].eq("below_loq").sum() == 1


def test_the_promises_of_2022_have_the_public_targets() -> None:
    listed = promises.read(HOME, 2022)
    assert listed is not None
    assert list(listed["target"]) == ["800"] * 4 + ["200", "52", "104", "20"]


def test_every_focus_area_has_its_text() -> None:
    for year in (2022, 2023):
        texts = sorted((HOME / f"data/{year}/text").glob("*.md"))
        assert [text.name[:2] for text in texts] == ["01", "02", "03", "04"]
        assert all(text.read_text(encoding="utf-8").startswith("# ") for text in texts)


def test_the_model_has_thirty_two_questions_in_eight_groups() -> None:
    model = catalogue.model(HOME, 2023)
    assert model is not None
    assert len(model.indicators) == 32
    assert {item.group for item in model.indicators} == set(model.groups)
    assert len(model.groups) == 8


def test_the_register_merges_oxnehaga_and_sums_to_three_quarters_of_the_residents() -> None:
    register = areas.register(HOME)
    assert len(register) == 34
    assert register.loc["oxnehaga", "regso"] == ("0680R034", "0680R035")
    assert sum(len(codes) for codes in register["regso"]) == 35
    assert register["adults_2022"].sum() == round(0.76 * 145_114)
