"""What differs from last year is put as a question, with the line to write; a turned scale is seen."""

from pathlib import Path

import pandas as pd

from analysis.sources import last_year, validation


def change(town: Path, column: str, turn) -> None:
    path = town / "data/2023/survey.csv"
    answers = pd.read_csv(path, dtype=str)
    answers.assign(**{column: turn(answers[column])}).to_csv(path, index=False)


def said(town: Path) -> str:
    return "\n".join(map(str, last_year.differences(town, 2023)))


def test_nothing_differs_between_two_years_of_one_form(town):
    assert said(town) == ""


def test_a_renamed_question_is_met_with_the_line_to_write(town):
    path = town / "data/2023/survey.csv"
    path.write_text(path.read_text("utf-8").replace("skrap,", "skraep,", 1), "utf-8")
    assert "menades ”skraep”?" in said(town)
    assert 'indicators i year.toml: "NYTT NAMN" = "skrap"' in said(town)


def test_a_question_that_is_gone_is_not_asked(town):
    path = town / "data/2023/survey.csv"
    pd.read_csv(path, dtype=str).drop(columns="oro").to_csv(path, index=False)
    assert 'not_asked = ["oro"]' in said(town)


def test_a_new_name_near_an_area_that_is_gone_is_put_as_a_question(town):
    change(town, "omr", lambda areas: areas.replace("Söder", "Sjöder"))
    assert "”Söder” finns inte i år; menades ”Sjöder”?" in said(town)


def test_an_area_with_twice_as_many_answers_is_noticed(town):
    path = town / "data/2023/survey.csv"
    answers = pd.read_csv(path, dtype=str)
    more = answers[answers["omr"].eq("Norr")].assign(nr=lambda rows: "9" + rows["nr"])
    pd.concat([answers, more]).to_csv(path, index=False)
    assert "området ”Norr” har minst dubbelt så många svar som året före" in said(town)


def test_a_turned_scale_is_named_until_year_toml_says_that_it_is_right(town, rewrite):
    # Oro: 19 of 130 in 2022 said 2; turned, 111 of 130 do in 2023, and the turned scale is last year's.
    change(town, "oro", lambda answers: answers.map({"1": "2", "2": "1"}))
    assert last_year.turned(town, 2023) == {"oro"}
    assert "är skalan vänd?" in said(town) and 'scale_checked = ["oro"]' in said(town)
    rewrite(town / "data/2023/year.toml", "invited", 'scale_checked = ["oro"]\ninvited')
    assert last_year.turned(town, 2023) == set()


def test_every_file_of_a_year_is_looked_at_whatever_the_others_say(town, rewrite):
    rewrite(town / "data/2023/crime.csv", "Alla brott,,150", "Alla brott,,många")
    rewrite(town / "data/2023/survey.csv", "1,Norr", "1,Nord")
    rewrite(town / "data/2022/survey.csv", "1,Norr,k,2", "1,Norr,k,7")
    files = {finding.file for finding in validation.faults(town, 2023)}
    assert files == {"data/2023/crime.csv", "data/2023/survey.csv", "data/2022/survey.csv"}
