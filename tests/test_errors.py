import pytest

from analysis import errors
from analysis.errors import Finding, Refusal

FAULTS = [Finding(f"fel {at}", "Rätta.", "a.csv", at, f"k{at}") for at in range(25)]


def test_a_finding_says_file_sheet_row_column_fault_and_way_out():
    fault = Finding("”x” är inget tal.", "Skriv ett tal.", "a.xlsx", 3, "n", "Blad 1")
    said = "a.xlsx, blad ”Blad 1”, rad 3, kolumn ”n”: ”x” är inget tal.\n  → Skriv ett tal."
    assert str(fault) == said


def test_a_refusal_keeps_every_finding_and_shows_the_first_twenty():
    with pytest.raises(Refusal) as refusal:
        errors.raise_if_any(FAULTS)
    assert len(refusal.value.findings) == 25
    assert str(refusal.value).endswith("… och 5 fel till.")


def test_no_finding_is_no_refusal():
    errors.raise_if_any([])


def test_an_attempt_gathers_what_is_refused_and_returns_what_is_not():
    findings = []

    def refused():
        raise errors.refuse("fel.", "Rätta.")

    assert errors.attempt(findings, refused) is None
    assert errors.attempt(findings, lambda: 1) == 1
    assert [finding.what for finding in findings] == ["fel."]


def test_a_misspelling_is_answered_with_the_nearest():
    assert errors.nearest("Rasslatt", ["Råslätt", "Gränna"]) == "menades ”Råslätt”?"


def test_what_is_like_nothing_known_is_answered_with_all_there_is():
    assert errors.nearest("qqq", ["Norr", "Väst"]) == "giltiga: Norr, Väst"
    assert errors.nearest("qqq", []) == "inget är känt"
