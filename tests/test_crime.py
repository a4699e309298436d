import pytest

from analysis import results
from analysis.errors import Refusal
from analysis.sources import registers as crime


def test_the_years_are_read_together_and_codes_keep_their_zeros(town):
    found = crime.read(town, 2023)
    assert found[["year", "count"]].to_numpy().tolist() == [
        [2022, 100],
        [2022, 10],
        [2023, 150],
        [2023, 60],
    ]
    assert found["code"].tolist() == ["", "0412"] * 2


def test_all_faults_of_a_crime_file_are_refused_at_once(town):
    (town / "data/2023/crime.csv").write_text(
        "code,label,parent,count\n,Alla,,1.5\n412,Stöld,Allt,2\n,Rån,Alla,många\n", "utf-8"
    )
    with pytest.raises(Refusal) as refusal:
        crime.read(town, 2023)
    said = str(refusal.value)
    for word in ("inget helt antal", "fyrsiffrig", "ingen rad i filen"):
        assert word in said


def test_rates_and_changes_are_per_resident_and_per_cent_only_from_a_base_of_twenty(town):
    compared = results.of(2023, town).crime_compared
    assert compared["rate_per_100k"].tolist() == [1500, 600]
    assert compared["percent"].round(6).tolist()[0] == 50
    assert compared["percent"].isna().tolist() == [False, True]
    assert (compared["p_value"] < 0.05).all()


@pytest.mark.parametrize(
    "rows",
    [
        "0412,Stöld,Alla brott,60\n,Alla brott,,150\n",
        ",Alla brott,,150\n,Trafik,,9\n",
        ",Alla brott,,..\n0412,Stöld,Alla brott,60\n",
        "",
    ],
    ids=["total last", "two totals", "total unknown", "no rows"],
)
def test_a_crime_file_must_begin_with_its_one_total(town, rows):
    (town / "data/2023/crime.csv").write_text("code,label,parent,count\n" + rows, "utf-8")
    with pytest.raises(Refusal, match="en enda summa"):
        crime.read(town, 2023)


@pytest.mark.parametrize("count", ["12.000", '"12,000"', "12.5", "1e30", "50 %"])
def test_a_count_that_could_be_read_in_two_ways_is_refused(town, count):
    text = f"code,label,parent,count\n,Alla brott,,{count}\n"
    (town / "data/2023/crime.csv").write_text(text, "utf-8")
    with pytest.raises(Refusal, match="inget helt antal"):
        crime.read(town, 2023)
