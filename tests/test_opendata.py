import json

import pandas as pd

from analysis import opendata, results


def test_the_tidy_table_has_every_cell_of_both_years_once(town, tmp_path):
    opendata.write(results.of(2023, town), tmp_path / "out")
    table = pd.read_csv(tmp_path / "out/data/resultat.csv", keep_default_na=False)
    assert not table.duplicated(["area", "group", "indicator", "year"]).any()
    chosen = table.query("area == 'soder' and indicator == 'skrap' and year == 2023")
    assert chosen[["value", "n", "status"]].to_numpy().tolist() == [[0.2, 40, "shown"]]
    facts = json.loads((tmp_path / "out/facts.json").read_text("utf-8"))
    assert facts["response.answered"] == {"text": "130", "value": 130.0}


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless():
    frame = pd.DataFrame({"name": ["=HYPERLINK(1)", "-1", "Råslätt"], "value": [-1.0, 2.0, 3.0]})
    harmless = opendata.harmless(frame)
    assert harmless["name"].tolist() == ["'=HYPERLINK(1)", "'-1", "Råslätt"]
    assert harmless["value"].tolist() == [-1.0, 2.0, 3.0]


def test_no_number_of_a_hidden_cell_and_no_respondent_leaves_the_house(town, tmp_path):
    lines = (town / "data/2023/survey.csv").read_text("utf-8").splitlines()
    kept = "\n".join(lines[:1] + lines[1:9] + lines[41:]).replace("\n130,", "\n998877,")
    (town / "data/2023/survey.csv").write_text(kept + "\n", "utf-8")
    year = results.of(2023, town)
    folder = tmp_path / "out"
    opendata.write(year, folder)
    table = pd.read_csv(folder / "data/resultat.csv", keep_default_na=False, dtype=str)
    hidden = table.loc[table["status"].eq("hidden")]
    assert set(hidden["area"]) >= {"norr"}
    assert (hidden[["value", "lower", "upper", "n"]] == "").all(axis=None)
    facts = json.loads((folder / "facts.json").read_text("utf-8"))
    assert [name for name in facts if name.startswith(("index.norr.2023", "ute.norr.2023"))] == []
    everything = "".join(path.read_text("utf-8") for path in folder.rglob("*.*"))
    assert "998877" not in everything
