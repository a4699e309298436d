import pickle

import pytest

from analysis import kept


def counted(answers):
    """Make something to reckon that counts how often it is asked."""
    asked = []

    def reckon():
        asked.append(1)
        return answers[len(asked) - 1]

    return reckon, asked


def test_a_value_is_reckoned_once_for_each_state(tmp_path):
    reckon, asked = counted(["ett", "två"])
    file = tmp_path / "mapp" / "värde"
    assert [kept.value(file, state, reckon) for state in (1, 1, 2, 2)] == [
        "ett",
        "ett",
        "två",
        "två",
    ]
    assert len(asked) == 2


@pytest.mark.parametrize("at", [0, 40, 70])
def test_a_file_with_one_flipped_bit_is_never_unpickled(tmp_path, at):
    reckon, _ = counted(["ett", "två"])
    kept.value(tmp_path / "v", 1, reckon)
    content = bytearray((tmp_path / "v").read_bytes())
    content[at] ^= 1
    (tmp_path / "v").write_bytes(content)
    assert kept.value(tmp_path / "v", 1, reckon) == "två"


def test_a_file_made_by_others_is_not_unpickled(tmp_path):
    (tmp_path / "v").write_bytes(b"x" * 64 + pickle.dumps("deras"))
    assert kept.value(tmp_path / "v", 1, lambda: "vårt") == "vårt"


def test_what_cannot_be_reckoned_is_not_kept_and_a_folder_that_cannot_be_made_does_no_harm(
    tmp_path,
):
    with pytest.raises(ZeroDivisionError):
        kept.value(tmp_path / "v", 1, lambda: 1 / 0)
    assert not (tmp_path / "v").exists()
    (tmp_path / "fil").write_text("")
    assert kept.value(tmp_path / "fil" / "v", 1, lambda: "ett") == "ett"
