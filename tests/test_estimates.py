import numpy as np
import pandas as pd
import pytest

from analysis import estimates
from analysis.errors import Refusal
from analysis.sources import areas as register_of
from analysis.sources import config


def of(town, year=2023) -> estimates.Estimates:
    return estimates.of(town, config.of(town, year), register_of.register(town, year))


def value(found: estimates.Estimates, **where: str) -> float:
    keys = {"area": "", "split": "", "group": "", **where}
    rows = found.cells.set_index(list(keys))
    return float(rows.loc[tuple(keys.values())]["value"])


def test_cells_are_of_areas_the_whole_and_groups_of_people_each_once(town):
    found = of(town)
    assert not found.cells.duplicated(estimates.KEYS).any()
    assert set(found.cells["measure"]) == {"index", "ute", "hemma", "skrap", "oro"}
    assert len(found.cells) == (3 + 1 + 2) * 5
    assert (found.answered, found.invited) == (130, 260)
    assert value(found, area="norr", measure="skrap") == 0.25
    assert value(found, measure="skrap") == pytest.approx((100 + 160 + 360) / 2400)


def test_the_index_is_the_mean_of_its_groups_when_each_has_one_question(town):
    found = of(town)
    for area in ("norr", "soder", "vast"):
        groups = [value(found, area=area, measure=measure) for measure in ("ute", "hemma")]
        assert value(found, area=area, measure="index") == pytest.approx(sum(groups) / 2)


def test_an_index_of_areas_is_their_mean_by_residents(town, rewrite):
    rewrite(
        town / "data/index_model.toml", "[version.groups]", 'aggregate = "areas"\n[version.groups]'
    )
    found = of(town)
    of_areas = [value(found, area=area, measure="index") for area in ("norr", "soder", "vast")]
    assert value(found, measure="index") == pytest.approx(np.average(of_areas, weights=[1, 2, 3]))


def test_margins_of_the_population_are_met_by_raking(town, rewrite):
    margins = "[survey.margins.sex]\nk = 600\nm = 1800\n"
    rewrite(town / "data/2023/year.toml", "[survey.labels.sex]", margins + "[survey.labels.sex]")
    found = of(town)
    women, men = (
        value(found, split="sex", group=group, measure="skrap") for group in ("Kvinnor", "Män")
    )
    # In every area women and men are equally many, so each weight is halved or half as large again.
    assert value(found, measure="skrap") == pytest.approx(0.25 * women + 0.75 * men)
    assert value(found, area="soder", measure="skrap") == pytest.approx(0.2)


def test_more_answers_than_residents_are_refused(town, rewrite):
    rewrite(town / "data/areas.csv", "400,400", "400,39")
    with pytest.raises(Refusal, match="40 svar men 39 invånare"):
        of(town)


def test_answers_without_a_model_are_refused(town):
    (town / "data/index_model.toml").unlink()
    with pytest.raises(Refusal, match="saknar indexmodell"):
        of(town)


def test_a_question_of_the_index_that_was_not_asked_leaves_shares_but_no_index(town, rewrite):
    file = town / "data/2023/survey.csv"
    pd.read_csv(file, dtype=str).drop(columns="oro").to_csv(file, index=False)
    rewrite(town / "data/2023/year.toml", "[survey]", '[survey]\nnot_asked = ["oro"]')
    assert set(of(town).cells["measure"]) == {"skrap"}


def test_a_year_without_answers_or_table_has_no_cells(town):
    file = town / "data/2023/year.toml"
    text = file.read_text("utf-8")
    file.write_text(text[: text.index("[survey]")] + text[text.index("[crime]") :], "utf-8")
    found = of(town)
    assert found.cells.empty
    assert found.answered is None


def test_a_delivered_table_gives_its_own_unit_labels_and_decimals(town):
    (town / "data/2023/table.csv").write_text(
        "omr;Lagsta inkomst;fel\nNorr;21,55;0\nSöder;19;0\nVäst;18,1;0\nRiket;20;0\n", "utf-8"
    )
    file = town / "data/2023/year.toml"
    text = file.read_text("utf-8")
    table = (
        '[delivered]\nfile = "table.csv"\nsource = "SCB"\nkind = "register"\nform = "wide"\n'
        'unit = "number"\nunit_name = "tusen kronor"\nignored = ["fel"]\nreference = "Riket"\n'
        'columns = { area = "omr" }\n'
    )
    file.write_text(text[: text.index("[survey]")] + table, "utf-8")
    (town / "data/index_model.toml").unlink()
    found = of(town)
    assert set(found.cells["unit"]) == {"tusen kronor"}
    assert set(found.cells["decimals"]) == {2}
    assert set(found.cells["label"]) == {"Lagsta inkomst"}
    assert found.cells["area"].tolist() == ["norr", "soder", "vast", "reference"]
    assert found.cells["se"].isna().all()
