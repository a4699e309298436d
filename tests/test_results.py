import re

import numpy as np
import pandas as pd
import pytest

from analysis import results
from analysis.errors import Refusal

SURVEY = "[survey]"
DELIVERED = (
    '[delivered]\nfile = "index.csv"\nsource = "Polisen"\nform = "wide"\nunit = "index"\n'
    'columns = { area = "omr" }\n'
)
AREA, GROUP = "area name measure label", "split split_label group measure label"
CELL = "value lower upper n status unit decimals source"
CHANGE = "unit decimals before value difference lower upper verdict"
FRAMES = {
    "measures": "measure label level group statement question unit decimals",
    "estimates": f"year {AREA} {CELL}",
    "splits": f"year {GROUP} {CELL}",
    "reference": f"year {AREA} {CELL}",
    "changes": f"{AREA} {CHANGE}",
    "split_changes": f"{GROUP} {CHANGE}",
    "against_rest": f"{AREA} direction verdict",
    "response": "year invited answered rate",
    "reconciled": f"{AREA} delivered computed",
    "promises": "promise target outcome unit fulfilled",
    "wastewater": "year substance place week value state",
}


def cell(frame, **where) -> pd.Series:
    """Return the one row where columns have these values."""
    rows = frame.loc[np.logical_and.reduce([frame[key].eq(value) for key, value in where.items()])]
    (found,) = (row for _, row in rows.iterrows())
    return found


def values(year, measure: str, number: int = 2023) -> list[float]:
    rows = year.estimates.query("measure == @measure and year == @number and area != ''")
    return rows["value"].tolist()


def deliver(town, *, alone: bool = False) -> None:
    """Give 2023 a delivered index, beside its answers or alone."""
    home = town / "data/2023"
    (home / "index.csv").write_text("omr;Index\nNorr;1,9\nSöder;1,1\nVäst;2\n", "utf-8")
    head, answers, crime = re.split(
        r"(?=\[survey\]|\[crime\])", (home / "year.toml").read_text("utf-8")
    )
    text = head + ("" if alone else answers) + DELIVERED + crime
    (home / "year.toml").write_text(text, "utf-8")


def fewer(town) -> None:
    """Leave eight of Norr's forty answers of 2023, three of them with a problem."""
    file = town / "data/2023/survey.csv"
    pd.read_csv(file, dtype=str).drop(index=[*range(7), *range(15, 40)]).to_csv(file, index=False)


def test_shares_of_areas_and_of_the_whole_are_those_reckoned_by_hand(town):
    year = results.of(2023, town)
    assert values(year, "skrap") == [0.25, 0.20, 0.30]
    by_hand = (400 * 0.25 + 800 * 0.20 + 1200 * 0.30) / 2400
    assert cell(year.estimates, year=2023, area="", measure="skrap")["value"] == round(by_hand, 2)
    assert cell(year.response, year=2023)["rate"] == 0.5


def test_every_frame_has_its_columns_a_plain_index_and_the_context(town):
    year = results.of(2023, town)
    for name, columns in FRAMES.items():
        frame = getattr(year, name)
        assert list(frame) == columns.split()
        assert isinstance(frame.index, pd.RangeIndex)
        assert frame.attrs["context"] is year.context


def test_the_context_outlives_what_an_analyst_does_with_a_frame(town):
    year = results.of(2023, town)
    index = year.estimates.query("measure == 'index' and year == 2023").drop(columns="name")
    mapped = year.areas.merge(index, on="area", how="left", validate="one_to_one")
    assert mapped.assign(x=1).sort_values("value").attrs["context"] is year.context
    assert mapped.crs.to_epsg() == 3006
    assert mapped["is_priority"].tolist() == [False, True, False]


def test_estimates_have_every_area_measure_and_year(town):
    year = results.of(2023, town)
    keys = ["year", "area", "measure"]
    assert len(year.estimates) == 2 * 4 * 5
    assert not year.estimates.duplicated(keys).any()
    assert year.estimates["status"].isin(["shown", "uncertain"]).all()
    assert year.main == "index"


def test_numbers_are_rounded_as_printed_and_answers_are_in_fives(town):
    rows = pd.concat([results.of(2023, town).estimates, results.of(2023, town).splits])
    for name in ("value", "lower", "upper"):
        assert np.allclose(rows[name] * 100, np.round(rows[name] * 100), atol=1e-9)
    assert (rows["n"] % 5 == 0).all()


def test_a_change_is_of_unrounded_values_and_certain_only_when_large(town):
    changes = results.of(2023, town).changes
    soder = cell(changes, area="soder", measure="index")
    assert soder["verdict"] == "fall"
    assert cell(changes, area="soder", measure="skrap")["difference"] == round(0.2 - 0.6, 2)
    norr = cell(changes, area="norr", measure="index")
    assert (norr["difference"], norr["verdict"]) == (0, "uncertain")


def test_the_first_year_has_nothing_to_be_compared_with(town):
    year = results.of(2022, town)
    assert year.earlier is None
    assert "inga tidigare uppgifter" in year.why_not
    assert set(year.changes["verdict"]) == {"not_compared"}
    assert year.changes["difference"].isna().all()


def test_another_division_is_a_break(town, rewrite):
    rewrite(town / "data/2022/year.toml", 'division = "a"', 'division = "b"')
    assert "andra gränser" in results.of(2023, town).why_not


def test_a_version_of_the_model_with_other_contents_is_a_break(town):
    file = town / "data/index_model.toml"
    older = file.read_text("utf-8")
    newer = older.replace("2020", "2023").replace('name = "A"', 'name = "B"')
    assert results.of(2023, town).earlier == 2022
    file.write_text(older + newer.replace("0.25", "0.26"), "utf-8")
    year = results.of(2023, town)
    assert "gjordes om" in year.why_not
    assert set(year.estimates["year"]) == {2023}


def test_a_delivered_index_beside_one_of_ours_is_never_compared(town):
    deliver(town, alone=True)
    year = results.of(2023, town)
    assert year.earlier is None
    assert year.why_not == (
        "Indexvärdena för 2022 är räknade ur svaren, de för 2023 levererade färdiga; "
        "de kan inte jämföras."
    )
    assert set(year.changes["verdict"]) == {"not_compared"}


def test_delivered_values_win_and_the_questions_are_still_compared(town):
    deliver(town)
    year = results.of(2023, town)
    assert values(year, "index") == [1.9, 1.1, 2.0]
    assert year.reconciled["delivered"].tolist() == [1.9, 1.1, 2.0]
    assert year.earlier == 2022
    assert "kan inte jämföras" in year.why_not
    changes = year.changes.query("area == 'soder'").set_index("measure")["verdict"]
    assert changes["index"] == "not_compared"
    assert changes["skrap"] != "not_compared"
    assert cell(year.estimates, year=2022, area="norr", measure="index")["status"] == "not_asked"


def test_a_delivered_value_is_hidden_where_we_know_that_few_answered(town):
    deliver(town)
    fewer(town)
    assert np.isnan(values(results.of(2023, town), "index")[0])


def test_an_area_under_the_threshold_has_no_number_anywhere_nor_has_its_partner(town):
    fewer(town)
    year = results.of(2023, town)
    hidden = year.estimates.query("year == 2023 and area in ['norr', 'soder']")
    assert set(hidden["status"]) == {"hidden"}
    assert hidden[["value", "lower", "upper", "n"]].isna().all(axis=None)
    changes = year.changes.query("area in ['norr', 'soder']")
    assert changes[["value", "difference", "lower", "upper"]].isna().all(axis=None)
    assert not year.against_rest["area"].isin(["norr", "soder"]).any()
    assert not {"norr", "soder"} & set(year.like_highest)


def test_a_scale_that_looks_turned_withholds_question_group_and_index(town, rewrite):
    file = town / "data/2023/survey.csv"
    answers = pd.read_csv(file, dtype=str)
    turned = answers["skrap"].map({"1": "2", "2": "1"})
    answers.assign(skrap=turned).to_csv(file, index=False)
    changes = results.of(2023, town).changes.groupby("measure")["verdict"].agg(set)
    assert changes[["index", "ute", "skrap"]].tolist() == [{"withheld"}] * 3
    assert "withheld" not in changes["oro"]
    rewrite(town / "data/2023/year.toml", SURVEY, SURVEY + '\nscale_checked = ["skrap"]')
    assert "withheld" not in set(results.of(2023, town).changes["verdict"])


def test_results_follow_the_files_as_they_are_now_and_are_the_same_while_they_are(town, rewrite):
    before = results.of(2023, town)
    assert results.of(2023, town) is before
    rewrite(town / "data/2023/survey.csv", "1,Norr,k,2,1", "1,Norr,k,1,1")
    after = results.of(2023, town)
    assert values(after, "skrap")[0] == 0.23  # 9 of 40


def test_every_fault_of_a_year_is_told_at_once(town, rewrite):
    rewrite(town / "data/municipality.toml", "Söder", "Sönder")
    rewrite(town / "data/2023/crime.csv", "150", "många")
    with pytest.raises(Refusal) as refused:
        results.of(2023, town)
    files = {finding.file for finding in refused.value.findings}
    assert files == {"data/municipality.toml", "data/2023/crime.csv"}


def test_an_area_with_new_boundaries_says_so_and_is_compared_with_nothing(town, rewrite):
    text = "area_id,name,first_year,last_year,adults_2022,adults_2023\n"
    text += "norr,Norr,,2022,400,400\nnytt,Norr,2023,,400,400\n"
    text += "soder,Söder,,,800,800\nvast,Väst,,,1200,1200\n"
    (town / "data/areas.csv").write_text(text, "utf-8")
    for year in (2022, 2023):
        rewrite(town / f"data/{year}/year.toml", 'division = "a"', "")
    year = results.of(2023, town)
    assert year.areas.set_index("area")["history"]["nytt"].startswith(
        "Området har nya gränser 2023"
    )
    verdicts = year.changes.query("measure == 'index'").set_index("area")["verdict"]
    assert verdicts["nytt"] == "not_compared"
    assert verdicts["soder"] == "fall"
    assert year.areas.geometry.isna().all()
