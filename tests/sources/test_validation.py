"""What differs from last year is said, a turned scale is seen, and every file is looked at."""

import pandas as pd

from analysis.sources import validation


def change(town, make):
    path = town / "data/2023/survey.csv"
    make(pd.read_csv(path, dtype=str)).to_csv(path, index=False)


def said(town):
    return "\n".join(map(str, validation.differences(town, 2023)))


def test_nothing_differs_between_two_years_of_one_form(town):
    assert said(town) == ""


def test_questions_and_areas_that_are_gone_are_named(town, rewrite):
    change(town, lambda rows: rows[rows["omr"].ne("Väst")].drop(columns="oro"))
    rewrite(town / "data/2023/year.toml", "invited", 'not_asked = ["oro"]\ninvited')
    for words in ("frågan ”oro” finns inte 2023", "området ”Väst” finns inte 2023"):
        assert words in said(town)
    rewrite(town / "data/2023/year.toml", "[survey]", "[old]")
    assert said(town) == ""


def test_a_source_that_is_gone_is_named(town):
    spec = town / "data/2023/year.toml"
    spec.write_text(spec.read_text("utf-8").split("[crime]")[0], "utf-8")
    assert "[crime] finns inte 2023" in said(town)


def test_an_area_with_twice_as_many_answers_is_noticed(town):
    def more(rows):
        return pd.concat(
            [rows, rows[rows["omr"].eq("Norr")].assign(nr=lambda own: "x" + own["nr"])]
        )

    change(town, more)
    assert "[survey]: området ”Norr” har minst dubbelt så många svar som 2022" in said(town)


def test_a_turned_scale_is_named_until_year_toml_says_that_it_is_right(town, rewrite):
    # Oro: 19 of 130 in 2022 said 2; turned, 111 of 130 do in 2023, and the turned scale is last year's.
    change(town, lambda rows: rows.assign(oro=rows["oro"].map({"1": "2", "2": "1"})))
    assert validation.turned(town, 2023) == {"oro"}
    assert "är skalan vänd?" in said(town) and 'scale_checked = ["oro"]' in said(town)
    rewrite(town / "data/2023/year.toml", "invited", 'scale_checked = ["oro"]\ninvited')
    assert validation.turned(town, 2023) == set()


def test_every_file_of_a_year_is_looked_at_whatever_the_others_say(town, rewrite):
    rewrite(town / "data/2023/crime.csv", "Alla brott,,150", "Alla brott,,många")
    rewrite(town / "data/2023/survey.csv", "1,Norr", "1,Nord")
    rewrite(town / "data/2022/survey.csv", "1,Norr,k,2", "1,Norr,k,7")
    files = {finding.file for finding in validation.faults(town, 2023)}
    assert files == {"data/2023/crime.csv", "data/2023/survey.csv", "data/2022/survey.csv"}
