import pytest

import attack
import random_town
from analysis.statistics import disclosure

YEARS = random_town.YEARS


@pytest.mark.parametrize("seed", [1, 3])
def test_no_hidden_count_of_a_small_town_is_found(tmp_path, seed):
    random_town.write(tmp_path / "town", seed)
    counts = attack.attacked(tmp_path / "town", YEARS)
    assert len(counts) > 20
    assert not counts.query("count > 0")["found"].any()


def test_an_area_hidden_alone_is_found_by_one_who_knows_how_many_answered(tmp_path, monkeypatch):
    monkeypatch.setattr(disclosure, "PARTNERS", 1)
    monkeypatch.setattr(attack, "NEAR", 0)
    random_town.write(tmp_path / "town", 9)
    counts = attack.attacked(tmp_path / "town", YEARS)
    assert counts.query("count > 0")["found"].sum() > 2


def test_the_demonstration_gives_no_hidden_count_away():
    counts = attack.attacked(attack.PROJECT, YEARS)
    assert set(counts["area"]) == {"ljungarum", "norrangen"}
    assert not counts.query("count > 0")["found"].any()
