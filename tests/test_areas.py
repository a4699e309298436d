import pytest

from analysis.errors import Refusal
from analysis.sources import areas


def test_the_register_is_read_with_aliases_and_numbers_in_swedish_order(town):
    register = areas.register(town)
    assert list(register.index) == ["norr", "soder", "vast"]
    assert register["aliases"]["norr"] == ("Norra", "N")
    assert areas.adults(register, 2023).tolist() == [400, 800, 1200]
    assert areas.adults(register, 1999).isna().all()


def test_all_faults_of_the_register_are_refused_at_once(town):
    (town / "data/areas.csv").write_text(
        "area_id,name,aliases,adults_2023\n../x,A,,1\nb,B,A,tre\n", "utf-8"
    )
    with pytest.raises(Refusal) as refusal:
        areas.register(town)
    said = str(refusal.value)
    assert "duger inte som filnamn" in said
    assert "redan namn på ett annat område" in said
    assert "”tre” är inget helt antal" in said
