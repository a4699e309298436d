import numpy as np
import pytest

from analysis import drivers, results
from analysis.errors import Refusal
from analysis.figures import charts, maps, questions, tables


def test_shares_of_areas_and_municipality_are_those_reckoned_by_hand(town):
    year = results.of(2023, town)
    assert year.by_area("skrap")["value"].tolist() == [0.25, 0.20, 0.30]
    by_hand = (400 * 0.25 + 800 * 0.20 + 1200 * 0.30) / 2400
    assert year.cell("skrap")["value"] == pytest.approx(by_hand)
    assert year.cell("skrap", year=2022)["value"] == pytest.approx((100 + 480 + 240) / 2400)
    assert year.response.loc[2023, "rate"] == 0.5


def test_the_index_is_the_mean_of_its_groups_when_each_has_one_question(town):
    year = results.of(2023, town)
    groups = [year.by_area(name)["value"] for name in ("ute", "hemma")]
    assert np.allclose(year.by_area("index")["value"], sum(groups) / 2)


def test_a_change_is_the_difference_of_unrounded_values_and_certain_only_when_large(town):
    changes = results.of(2023, town).changes.set_index(["area", "split", "measure"])
    soder = changes.loc[("soder", "", "skrap")]
    assert soder["difference"] == pytest.approx(0.2 - 0.6)
    assert soder["certain"]
    norr = changes.loc[("norr", "", "skrap")]
    assert norr["difference"] == 0
    assert not norr["certain"]
    assert soder["tests_n"] == 3


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text.replace('division = "a"', 'division = "b"'), "andra gränser"),
        (lambda text: text[: text.index("[survey]")], "Ingen trygghetsundersökning för 2022"),
    ],
)
def test_a_year_that_cannot_be_compared_says_why_and_makes_no_difference(town, change, word):
    file = town / "data/2022/year.toml"
    file.write_text(change(file.read_text("utf-8")), "utf-8")
    year = results.of(2023, town)
    assert year.earlier is None
    assert word in year.why_not
    assert year.changes["difference"].isna().all()


def test_the_first_year_has_nothing_to_be_compared_with(town):
    assert "inga uppgifter för 2021" in results.of(2022, town).why_not


def test_a_new_version_of_the_model_breaks_the_series(town):
    file = town / "data/index_model.toml"
    newer = file.read_text("utf-8").replace('name = "A"', 'name = "B"').replace("2020", "2023")
    file.write_text(file.read_text("utf-8") + newer, "utf-8")
    assert "gjordes om" in results.of(2023, town).why_not


def test_drivers_are_ranked_by_steps_above_the_municipality(town):
    ranked = drivers.rank(results.of(2023, town), "vast")
    assert list(ranked.index) == ["skrap", "oro"]
    assert (ranked["excess"] > 0).all()


def test_results_follow_the_files_as_they_are_now(town, rewrite):
    before = results.of(2023, town).cell("skrap")["value"]
    rewrite(town / "data/2023/survey.csv", "130,Väst,m,1,2", "130,Väst,m,2,2")
    after = results.of(2023, town).cell("skrap")["value"]
    assert after - before == pytest.approx(1200 / 50 / 2400)


def test_a_hidden_cell_has_no_number_anywhere_and_no_change(town):
    lines = (town / "data/2023/survey.csv").read_text("utf-8").splitlines()
    kept = lines[:1] + lines[1:9] + lines[41:]
    (town / "data/2023/survey.csv").write_text("\n".join(kept) + "\n", "utf-8")
    year = results.of(2023, town)
    norr = year.by_area("skrap").loc["norr"]
    assert norr["status"] == "hidden"
    assert norr[["value", "se", "lower", "upper"]].isna().all()
    assert year.change("skrap", "norr") is None


def test_delivered_values_win_and_the_difference_is_kept_for_the_control(town):
    (town / "data/2023/index.csv").write_text("omr;Index\nNorr;1,9\nSöder;1,1\nVäst;2\n", "utf-8")
    with (town / "data/2023/year.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[delivered]\nfile = "index.csv"\nsource = "Polisen"\nform = "wide"\nunit = "index"\n'
            'columns = { area = "omr" }\n'
        )
    year = results.of(2023, town)
    assert year.by_area("index")["value"].tolist() == [1.9, 1.1, 2.0]
    assert year.by_area("index")["lower"].isna().all()
    assert len(year.reconciled) == 3


def test_a_priority_area_that_does_not_exist_is_refused(town, rewrite):
    rewrite(town / "data/municipality.toml", "Söder", "Sönder")
    with pytest.raises(Refusal, match="Sönder"):
        results.of(2023, town)


def test_more_answers_than_residents_are_refused(town, rewrite):
    rewrite(town / "data/areas.csv", "400,400", "400,39")
    with pytest.raises(Refusal, match="40 svar men 39 invånare"):
        results.of(2023, town)


def test_margins_of_the_population_are_met_by_raking(town, rewrite):
    margins = "[survey.margins.sex]\nk = 600\nm = 1800\n"
    rewrite(town / "data/2023/year.toml", "[survey.labels.sex]", margins + "[survey.labels.sex]")
    year = results.of(2023, town)
    rows = year.estimates.query("year == 2023 and split == 'sex' and measure == 'skrap'")
    women, men = rows.sort_values("level", key=lambda level: level.eq("Män"))["value"]
    # In every area women and men are equally many, so each weight is halved or half as large again.
    assert year.cell("skrap")["value"] == pytest.approx(0.25 * women + 0.75 * men)
    assert year.by_area("skrap")["value"]["soder"] == pytest.approx(0.2)


def test_margins_of_another_split_than_the_labels_are_refused(town, rewrite):
    margins = "[survey.margins.sex]\nk = 600\n"
    rewrite(town / "data/2023/year.toml", "[survey.labels.sex]", margins + "[survey.labels.sex]")
    with pytest.raises(Refusal, match="samma värden som labels"):
        results.of(2023, town)


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        (lambda year: maps.choropleth(year, "skrapp"), "”skrap”"),
        (lambda year: tables.changes(year, "SKRÄP"), "”skrap”"),
        (lambda year: maps.choropleth(year, area="sodr"), "”soder”"),
        (lambda year: charts.drivers(year, "Söder"), "”soder”"),
        (lambda year: questions.listed(year, "soderr"), "”soder”"),
    ],
)
def test_a_name_that_the_year_does_not_know_is_refused_with_the_one_meant(town, call, meant):
    with pytest.raises(Refusal, match="finns inte") as refused:
        call(results.of(2023, town))
    (said,) = refused.value._render_traceback_()
    assert meant in said.splitlines()[1]
    assert "alla namn: year." in said
