"""A seeded part of benchmarks/mutations.py, which tries 2 000."""

import runpy
from pathlib import Path

import pytest

MUTATIONS = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks/mutations.py"))


@pytest.mark.filterwarnings("ignore:'crs' was not provided:UserWarning")
def test_mangled_files_are_refused_with_their_place_or_give_the_same_numbers(tmp_path):
    outcomes = MUTATIONS["run"](24, 11, tmp_path)
    assert [one for one in outcomes if one[0] not in {"same", "refused", "said", "recorded"}] == []
    assert {"same", "refused"} <= {outcome for outcome, _, _ in outcomes}
