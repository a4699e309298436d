"""A new year: its folder is made from the year before, and what differs is said, not guessed."""

import pandas as pd
import pytest

from analysis import cli, new_year, results
from analysis.errors import Refusal
from analysis.sources import namesakes
from analysis.sources import validation as differences
from analysis.text import quality as control
from conftest import write_answers

INDICATOR = '[survey.indicators]\nskrap_ute = "skrap"\n'
SAME = {"Norr": (40, 10, 4), "Söder": (40, 24, 10), "Väst": (50, 10, 5)}


@pytest.fixture
def begun(town):
    """Begin 2024 in Lillstad, with texts of the year before and answers as then."""
    text = town / "data/2023/text"
    text.mkdir()
    (text / "01-aret.md").write_text(
        "# Året\n\nDet hände mycket.\n\n## Sommaren\n\nVarm.\n", "utf-8"
    )
    new_year.prepare(town, 2024)
    write_answers(town / "data/2024/survey.csv", SAME)
    (town / "data/2024/crime.csv").write_bytes((town / "data/2023/crime.csv").read_bytes())
    areas = town / "data/areas.csv"
    lines = areas.read_text("utf-8").splitlines()
    areas.write_text(
        "\n".join([f"{lines[0]},adults_2024", *(f"{line},1000" for line in lines[1:])]), "utf-8"
    )
    return town


def said(town):
    return "\n".join(map(str, differences.listed(town, 2024)))


def rewrite(town, change):
    file = town / "data/2024/survey.csv"
    change(pd.read_csv(file, dtype=str)).to_csv(file, index=False)


def fill_in(town, **values):
    file = town / "data/2024/year.toml"
    lines = file.read_text("utf-8").splitlines()
    for at, line in enumerate(lines):
        for name, value in values.items():
            if line.startswith(f"# {name} ="):
                lines[at] = f"{name} = {value}"
    file.write_text("\n".join(lines), "utf-8")


def test_what_is_of_one_year_only_must_be_filled_in(begun):
    with pytest.raises(Refusal) as refusal:
        results.of(2024, begun)
    assert "survey.invited: uppgiften saknas" in str(refusal.value)
    assert "crime.mean_population: uppgiften saknas" in str(refusal.value)
    fill_in(begun, invited=260, mean_population=10_000)
    assert results.of(2024, begun).earlier == 2023


def test_the_lines_to_fill_in_are_named_until_they_are(begun):
    assert len(new_year.to_fill_in(begun, 2024)) == 2
    fill_in(begun, invited=260, mean_population=10_000)
    assert new_year.to_fill_in(begun, 2024) == []


def test_fingerprints_and_margins_are_not_carried_over_and_the_year_is(town):
    file = town / "data/2023/year.toml"
    text = file.read_text("utf-8").replace(
        'source = "Lillstads enkät"', 'sha256 = ""\nsource = "Enkäten 2023"'
    )
    file.write_text(text + "[survey.margins.sex]\nk = 1000\nm = 1400\n", "utf-8")
    new_year.prepare(town, 2024)
    made = (town / "data/2024/year.toml").read_text("utf-8")
    assert "sha256" not in made
    assert "year = 2024" in made
    assert 'source = "Enkäten 2024"' in made
    assert "1000" not in made
    assert made.count(new_year.FILL_IN) == 4


def test_texts_begin_with_last_years_headings_and_are_no_part_of_the_report_until_written(begun):
    assert (begun / "data/2024/text/01-aret.md").read_text("utf-8") == "# Året\n\n## Sommaren\n"
    fill_in(begun, invited=260, mean_population=10_000)
    answers = {check.question: check for check in control.checks(results.of(2024, begun))}
    assert answers["Är alla texter skrivna?"].answer == "Nej, bara rubriker: 01-aret.md."


def test_what_is_there_already_is_left_as_it_is(begun):
    (begun / "data/2024/text/01-aret.md").write_text("# Min\n\nText.\n", "utf-8")
    fill_in(begun, invited=260)
    before = (begun / "data/2024/year.toml").read_bytes()
    assert new_year.prepare(begun, 2024) == []
    assert (begun / "data/2024/year.toml").read_bytes() == before
    assert (begun / "data/2024/text/01-aret.md").read_text("utf-8") == "# Min\n\nText.\n"


def test_a_year_without_a_year_before_is_refused_with_the_years_there_are(town):
    with pytest.raises(Refusal, match=r"2029 finns inte(.|\n)*År som finns: 2022, 2023"):
        new_year.prepare(town, 2030)


def test_nothing_is_said_where_nothing_differs(begun):
    assert said(begun) == ""


def test_the_missing_column_of_residents_is_named(begun):
    areas = begun / "data/areas.csv"
    areas.write_text(areas.read_text("utf-8").replace("adults_2024", "adults_1999"), "utf-8")
    assert "kolumnen adults_2024 saknas" in said(begun)


def test_a_file_that_is_not_there_is_said_with_the_files_that_are(begun):
    (begun / "data/2024/survey.csv").rename(begun / "data/2024/enkat.csv")
    assert "survey.csv: filen saknas; i mappen finns crime.csv och enkat.csv" in said(begun)


def test_a_question_with_a_new_name_is_put_as_a_question_with_the_line_to_write(begun):
    rewrite(begun, lambda rows: rows.rename(columns={"skrap": "skrap_ute"}))
    assert "”skrap”: frågan från 2023 finns inte; heter den nu ”skrap_ute”?" in said(begun)
    assert '"skrap_ute" = "skrap" under [survey.indicators]' in said(begun)
    file = begun / "data/2024/year.toml"
    file.write_text(
        file.read_text("utf-8").replace(
            "[survey.labels.sex]", '[survey.indicators]\nskrap_ute = "skrap"\n[survey.labels.sex]'
        ),
        "utf-8",
    )
    fill_in(begun, invited=260, mean_population=10_000)
    assert said(begun) == ""


def test_a_question_without_a_namesake_is_gone_and_the_new_one_new(begun):
    rewrite(begun, lambda rows: rows.rename(columns={"skrap": "buller"}))
    assert "”skrap”: frågan från 2023 finns inte." in said(begun)
    assert "heter den nu" not in said(begun)
    assert "”buller”: är ny" in said(begun)


def test_a_renamed_area_a_split_one_and_a_new_one_are_told_apart(begun):
    def change(rows):
        west = rows["omr"].eq("Väst")
        halves = pd.Series(["Väst inre", "Väst yttre"] * len(rows))[: len(rows)]
        return rows.assign(omr=rows["omr"].mask(west, halves).replace({"Norr": "Norr vid ån"}))

    rewrite(begun, change)
    assert "området ”Norr” finns inte, ”Norr vid ån” är nytt; är det samma område?" in said(begun)
    assert "lägg ”Norr vid ån” som alias för norr" in said(begun)
    assert "”Väst inre” och ”Väst yttre” är nya; delades det?" in said(begun)
    assert "parts = vast:ANDEL" in said(begun)


def test_merged_areas_are_put_as_a_question(begun):
    rewrite(
        begun, lambda rows: rows.replace({"omr": dict.fromkeys(["Norr", "Söder"], "Norr-Söder")})
    )
    assert "”Norr-Söder” är nytt, Norr och Söder finns inte; slogs de samman?" in said(begun)
    assert "parts = norr|soder" in said(begun)


def test_an_area_without_answers_and_one_without_a_past_are_said(begun):
    rewrite(begun, lambda rows: rows.replace({"omr": {"Norr": "Hamnstaden"}}))
    assert "området ”Norr” finns inte i år" in said(begun)
    assert "området ”Hamnstaden” är nytt" in said(begun)


def test_answers_outside_last_years_scale_are_said(begun):
    rewrite(begun, lambda rows: rows.assign(skrap=rows["skrap"].where(rows.index > 4, "3")))
    assert "”skrap”: svaren ”3” fanns inte 2023; har skalan ändrats?" in said(begun)


def test_a_turned_scale_is_suspected(begun):
    rewrite(begun, lambda rows: rows.assign(oro=rows["oro"].replace({"1": "2", "2": "1"})))
    assert "”oro”: svaren fördelar sig på ett annat sätt än 2023; är skalan vänd?" in said(begun)


def test_an_answer_that_nobody_gives_any_more_is_said(begun):
    rewrite(begun, lambda rows: rows.assign(oro="1"))
    assert "”oro”: ingen svarade ”2”; har skalan ändrats?" in said(begun)


def test_jumps_in_the_number_of_answers_are_said_in_all_and_by_area(begun):
    write_answers(begun / "data/2024/survey.csv", {**SAME, "Norr": (120, 30, 12)})
    assert "210 svarande mot 130 året före" in said(begun)
    assert "området ”Norr” har minst dubbelt så många svar som 2023" in said(begun)


def test_january_from_a_mangled_file_to_a_report_with_its_breaks(begun):
    """One renamed question, one split and one renamed area, cp1252, decimal comma, all named."""
    file = begun / "data/2024/survey.csv"
    rows = pd.read_csv(file, dtype=str)
    halves = pd.Series(["Väst inre", "Väst yttre"] * len(rows))[: len(rows)]
    split = rows["omr"].mask(rows["omr"].eq("Väst"), halves).replace({"Söder": "Söder vid ån"})
    rows = rows.assign(omr=split, vikt="12,5").rename(columns={"skrap": "skrap_ute"})
    rows.to_csv(file, index=False, sep=";", encoding="cp1252")
    named = differences.listed(begun, 2024)
    assert len(named) == 4
    for what in (
        "heter den nu ”skrap_ute”?",
        "är det samma område?",
        "delades det?",
        "”vikt”: är ny",
    ):
        assert what in "\n".join(map(str, named))

    areas = begun / "data/areas.csv"
    lines = areas.read_text("utf-8").replace("Söder,,", "Söder,Söder vid ån,").splitlines()
    lines = [f"{line},,," for line in lines]
    lines[0] = lines[0].rstrip(",") + ",first_year,last_year,parts"
    (west,) = [at for at, line in enumerate(lines) if line.startswith("vast,")]
    lines[west] = "vast,Väst,,9999R003,1200,1200,,,2023,"
    lines += ["inre,Väst inre,,,,,700,2024,,vast:0.6", "yttre,Väst yttre,,,,,500,2024,,vast:0.4"]
    areas.write_text("\n".join(lines), "utf-8")
    declared = begun / "data/2024/year.toml"
    text = declared.read_text("utf-8").replace('sex = "kon"', 'sex = "kon", weight = "vikt"')
    text = text.replace('division = "a"', "")  # the polygons of 2024 are not there yet
    text = text.replace("[survey.labels.sex]", INDICATOR + "[survey.labels.sex]")
    declared.write_text(text, "utf-8")
    fill_in(begun, invited=260, mean_population=10_000)

    assert differences.listed(begun, 2024) == []
    year = results.of(2024, begun)
    assert year.change("skrap", "soder") is not None
    assert year.change("skrap") is not None
    assert year.change("skrap", "inre") is None
    assert "nya gränser 2024 (förut en del av Väst)" in year.history["yttre"]


def test_the_control_lists_the_same_and_its_verdict_counts_it(begun):
    rewrite(begun, lambda rows: rows.assign(oro=rows["oro"].replace({"1": "2", "2": "1"})))
    fill_in(begun, invited=260, mean_population=10_000)
    year = results.of(2024, begun)
    assert "är skalan vänd?" in str(control.differing(year).rows)
    assert "Är filerna uppställda som 2023?" in str(control.verdict(year))


def test_the_command_makes_the_year_and_says_what_to_do(begun, capsys):
    rewrite(begun, lambda rows: rows.rename(columns={"skrap": "skrap_ute"}))
    assert cli.main(["--root", str(begun), "new-year", "2024"]) == 0
    printed = capsys.readouterr().out
    assert "Fyll i: data/2024/year.toml, rad" in printed
    assert "heter den nu ”skrap_ute”?" in printed
    assert "analysis check 2024" in printed


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Gräshagen-Tokarp", "Gräshagen & Tokarp", True),
        ("Österängen", "Österängen norra", True),
        ("fraga_1", "fraga_10", False),
        ("Öster", "Österängen", False),
        ("Råslätt", "Rosenlund", False),
    ],
)
def test_names_are_alike_by_words_or_nearly_all_letters_and_never_across_numbers(one, other, alike):
    assert (namesakes.likeness(one, other) >= namesakes.ALIKE) == alike
