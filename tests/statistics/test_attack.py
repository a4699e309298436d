import shutil
import zipfile

import attack
import random_town
from analysis.statistics import disclosure
from conftest import write_answers
from small import started

YEARS = random_town.YEARS


def counts_of_town(root, seed):
    random_town.write(root / "town", seed)
    return attack.attacked(root / "town", YEARS).query("count > 0")


def test_no_hidden_count_of_a_small_town_is_found(tmp_path):
    counts = counts_of_town(tmp_path, 15)  # where two areas, one hidden, become one
    assert len(counts) > 10
    assert not counts["found"].any()


def test_an_area_hidden_alone_is_found_by_one_who_knows_how_many_answered(tmp_path, monkeypatch):
    monkeypatch.setattr(disclosure, "PARTNERS", 1)
    monkeypatch.setattr(attack, "NEAR", 0)
    assert counts_of_town(tmp_path, 9)["found"].sum() > 2


def test_a_small_wholes_intervals_would_give_counts_away_were_they_not_coarse(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(disclosure, "COARSE_BELOW", 0)
    assert counts_of_town(tmp_path, 27)["found"].sum() > 2


def test_the_demonstration_gives_no_hidden_count_away():
    counts = attack.attacked(attack.PROJECT, YEARS)
    assert set(counts["area"]) == {"ljungarum", "norrangen"}
    assert not counts.query("count > 0")["found"].any()


def test_whatever_leaves_the_house_holds_no_number_but_those_of_the_frames(town):
    """Pages, PDFs, drawings and files are the same bytes when all but the printed digits change."""
    counts = {"Norr": (6, 2, 1), "Söder": (40, 8, 2), "Väst": (60, 15, 5)}  # two hidden, one shown
    write_answers(town / "data/2023/survey.csv", counts)
    shutil.rmtree(town / "data/2022")  # differences would be others
    published = []
    for seed in (0, 1):
        run = started(f"import attack, sys; attack.publish(sys.argv[1], {seed})", town)
        _, fault = run.communicate()
        assert run.returncode == 0, fault
        with zipfile.ZipFile(town / "reports/2023/arsanalys-2023.zip") as archive:
            published.append({name: archive.read(name) for name in archive.namelist()})
        shutil.rmtree(town / "reports")
    kinds = {name.rpartition(".")[2] for name in published[0]}
    assert {"html", "pdf", "csv", "xlsx", "json", "geojson", "gpkg"} <= kinds
    assert published[0] == published[1]
