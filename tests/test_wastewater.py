import numpy as np
import pytest

from analysis import results
from analysis.errors import Refusal
from analysis.figures import tables
from analysis.sources import wastewater

HEAD = "substance,place,week,value_mg_per_1000_day,state\n"


def give(town, rows):
    (town / "data/2023/wastewater.csv").write_text(HEAD + rows, "utf-8")
    with (town / "data/2023/year.toml").open("a", encoding="utf-8") as file:
        file.write('[wastewater]\nfile = "wastewater.csv"\nsource = "RISE"\nsynthetic = true\n')


def test_below_the_limit_is_a_state_of_its_own_and_not_zero(town):
    give(town, 'Kokain,Lillstad,10,"12,5",measured\nHeroin,Lillstad,10,,below_loq\n')
    found = wastewater.read(town, 2023)
    assert found["value_mg_per_1000_day"].tolist()[0] == 12.5
    assert np.isnan(found["value_mg_per_1000_day"].tolist()[1])
    shown = tables.wastewater(results.of(2023, town))
    assert [row[3] for row in shown.rows] == ["12,5", "under mätgränsen"]
    assert "Påhittade" in shown.note


def test_unknown_states_and_values_that_contradict_them_are_refused_together(town):
    give(town, "Kokain,L,10,1,mätt\nMDMA,L,10,,measured\nHeroin,L,10,3,below_loq\n")
    with pytest.raises(Refusal) as refusal:
        wastewater.read(town, 2023)
    assert [finding.row for finding in refusal.value.findings] == [2, 3, 4]


def test_a_year_without_measurements_has_none(town):
    assert wastewater.read(town, 2023) is None
