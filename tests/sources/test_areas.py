"""The register of areas, and the spellings by which a file's texts find their area."""

import pandas as pd
import pytest

from analysis.errors import Refusal
from analysis.sources import areas


def named(*names, codes=()):
    none = [()] * len(names)
    columns = {"name": names, "aliases": none, "regso": [*codes, *none][: len(names)], "deso": none}
    return pd.DataFrame(columns, index=list(names))


def test_the_register_is_read_with_aliases_and_numbers_in_swedish_order(town):
    register = areas.register(town)
    assert list(register.index) == ["norr", "soder", "vast"]
    assert register["aliases"]["norr"] == ("Norra", "N")
    assert areas.adults(register, 2023).tolist() == [400, 800, 1200]
    assert areas.adults(register, 1999).isna().all()


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_lists_are_read_as_they_stand_whatever_sets_the_columns_apart(town, mark, encoding):
    text = "area_id,name,aliases,regso\nnorr,Norr,Norra|N|Nordan,1|2\nost,Öster,Ö|Östra,3\n"
    (town / "data/areas.csv").write_text(text.replace(",", mark), encoding)
    register = areas.register(town)
    assert register["aliases"].tolist() == [("Norra", "N", "Nordan"), ("Ö", "Östra")]
    assert register["regso"]["norr"] == ("1", "2")


def test_an_area_is_there_from_its_first_year_to_its_last(town):
    text = "area_id,name,first_year,last_year\nnorr,Norr,,2022\nnorr-ny,Norr,2023,\nvast,Väst,,\n"
    (town / "data/areas.csv").write_text(text, "utf-8")
    assert list(areas.register(town, 2022).index) == ["norr", "vast"]
    assert list(areas.register(town, 2023).index) == ["norr-ny", "vast"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("soder,Söder,2023,2021", "tar slut innan det börjar"),
        ("norr,Söder,,", "är redan namn på ett annat område"),
        ("soder,NORR,,", "är redan namn på ett annat område"),
        ("soder,,,", "namnet ”” saknas"),
        ("../x,Söder,,", "”../x” duger inte som filnamn"),
        ("soder,Söder,tre,", "”tre” är inget helt antal"),
        (f"soder,{'Å' * 10_000},,", "namnet ”Å{30,40}…?” saknas eller är för långt"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_place(town, row, said):
    text = f"area_id,name,first_year,last_year\nnorr,Norr,,\n{row}\n"
    (town / "data/areas.csv").write_text(text, "utf-8")
    with pytest.raises(Refusal, match=said) as refusal:
        areas.register(town)
    assert "data/areas.csv, rad 3" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Falu kommun", "Falun"),
        ("FALUN", "Falun"),
        ("Rättviks kommun", "Rättvik"),
        ("Malung-Sälens kommun", "Malung-Sälen"),
        ("1780R011 Karlstad (Kronoparken centrala)", "Kronoparken centrala"),
        ("Karlstad (Kronoparken centrala)", "Kronoparken centrala"),
        ("  råslätt ", "Råslätt"),
        ("Råslätts", "Råslätt"),
        ("0680R024_RegSO2025", "Råslätt"),
        ("0680R024 Råslätt", "Råslätt"),
        ("2080 Falun", "Falun"),
        ("Malungs-Sälens kommun", "Malung-Sälen"),
    ],
)
def test_a_text_finds_its_area_without_aliases(text, area):
    known = named(
        "Råslätt", "Falun", "Rättvik", "Malung-Sälen", "Kronoparken centrala", codes=[("0680R024",)]
    )
    assert areas.identified(pd.Series([text]), known).tolist() == [area]


def test_a_text_that_could_mean_two_areas_or_none_finds_none():
    known = named("Lund", "Lunds", "Mora")
    found = areas.identified(pd.Series(["Lunds", "Lund", "Moras", "Orsa"]), known)
    assert found.fillna("").tolist() == ["Lunds", "Lund", "Mora", ""]
    inner = named("Centrum (norra)", "Huskvarna (norra)")
    assert areas.identified(pd.Series(["norra"]), inner).isna().all()
    shared = named("Norr", "Söder", codes=[("0680R001",), ("0680R001",)])
    assert areas.identified(pd.Series(["0680R001"]), shared).isna().all()
