import pytest

from analysis import paths
from analysis.errors import Refusal


@pytest.fixture
def place(tmp_path):
    for name in ("2021", "2023", "text", "2022x"):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "year.toml").write_text("")
    (tmp_path / "data/2022").mkdir()
    (tmp_path / "data/municipality.toml").write_text("")
    return tmp_path


def test_the_root_is_found_from_any_folder_below_it(place, monkeypatch):
    monkeypatch.chdir(place / "data/2023")
    assert paths.root() == place
    with pytest.raises(Refusal, match="--root"):
        paths.root(place / "data")


def test_a_year_is_a_folder_with_a_year_file(place):
    assert paths.years(place) == [2021, 2023]
    assert paths.chosen(place, None) == 2023
    with pytest.raises(Refusal, match="Året 2022 finns inte"):
        paths.chosen(place, 2022)


def test_a_file_that_was_not_written_whole_is_not_there_and_the_old_one_stays(tmp_path):
    file = tmp_path / "a.txt"
    with paths.atomically(file) as beside:
        beside.write_text("old")
    with pytest.raises(KeyError), paths.atomically(file) as beside:
        beside.write_text("half")
        raise KeyError
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
