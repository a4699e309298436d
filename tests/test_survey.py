import numpy as np
import pytest

from analysis import results
from analysis.errors import Refusal
from analysis.sources import areas, catalogue, delivered, survey


def read(town, year=2023):
    spec = catalogue.year(town, year)
    return survey.answers(
        town, year, spec.survey, catalogue.model(town, year), areas.register(town)
    )


def test_answers_are_coded_problem_no_problem_and_no_answer(town, rewrite):
    rewrite(town / "data/2023/survey.csv", "1,Norr,k,2,1", "1,Norra,k,2,9")
    answers = read(town)
    assert answers.problem[0].tolist() == [1, -1]
    assert answers.problem.shape == (130, 2)
    assert np.bincount(answers.area).tolist() == [40, 40, 50]
    assert answers.splits["sex"][0] == "Kvinnor"


def test_all_faults_of_a_file_are_refused_at_once(town, rewrite):
    file = town / "data/2023/survey.csv"
    rewrite(file, "1,Norr,k,2,1", "2,Norr,x,7,1")
    rewrite(file, "130,Väst", "130,Vest")
    with pytest.raises(Refusal) as refusal:
        read(town)
    said = str(refusal.value)
    assert len(refusal.value.findings) == 4
    assert "data/2023/survey.csv, rad 131" in said
    assert "menades ”Väst”" in said
    assert "”7” finns inte i skalan" in said
    assert "svarande ”2” finns redan" in said


def test_a_column_that_nothing_explains_is_refused_with_the_nearest_question(town, rewrite):
    rewrite(town / "data/2023/survey.csv", "skrap,oro", "skräpp,oro")
    with pytest.raises(Refusal, match="kolumnen är okänd"):
        read(town)


def test_a_question_under_another_name_is_found_and_a_missing_one_is_not_asked(town, rewrite):
    rewrite(town / "data/2023/survey.csv", "skrap,oro", "F1,oro")
    rewrite(
        town / "data/2023/year.toml",
        "[survey.labels.sex]",
        '[survey.indicators]\nF1 = "skrap"\n[survey.labels.sex]',
    )
    assert read(town).problem.sum() == 33 + 11
    rewrite(town / "data/2023/year.toml", 'F1 = "skrap"', "")
    rewrite(
        town / "data/2023/year.toml", "invited", 'not_asked = ["skrap"]\nignored = ["F1"]\ninvited'
    )
    assert read(town).asked.tolist() == [False, True]


def test_a_question_that_is_gone_is_refused_until_not_asked_says_so(town, rewrite):
    rewrite(town / "data/2023/survey.csv", "skrap,oro", "F1,oro")
    rewrite(town / "data/2023/year.toml", "invited", 'ignored = ["F1"]\ninvited')
    with pytest.raises(Refusal, match=r'(?s)”skrap” saknas.*not_asked = \["skrap"\] i year.toml'):
        read(town)


@pytest.mark.parametrize(
    ("key", "fault"), [("oro", "men finns i filen"), ("skräp", "i not_asked är okänd")]
)
def test_not_asked_names_nothing_that_is_there_or_unknown(town, rewrite, key, fault):
    rewrite(town / "data/2023/year.toml", "invited", f'not_asked = ["{key}"]\ninvited')
    with pytest.raises(Refusal, match=fault):
        read(town)


def deliver(town, text, **keys):
    (town / "data/2023/index.csv").write_text(text, "utf-8")
    lines = "\n".join(f"{key} = {value}" for key, value in keys.items())
    spec = (town / "data/2023/year.toml").read_text("utf-8")
    table = f'\n[delivered]\nfile = "index.csv"\nsource = "Polisen"\n{lines}\n'
    (town / "data/2023/year.toml").write_text(spec + table, "utf-8")
    source = catalogue.year(town, 2023).delivered
    model = catalogue.model(town, 2023)
    return delivered.read(town, 2023, source, model, areas.register(town))


def test_a_wide_table_of_indices_becomes_one_row_per_area_and_measure(town):
    found = deliver(
        town,
        "Område;Index;Skräp\nNorr;1,5;2\nHela kommunen;1,27;1\n",
        form='"wide"',
        unit='"index"',
        total='"Hela kommunen"',
        columns='{ area = "Område" }',
        not_asked='["oro"]',
    )
    assert found[["area", "measure", "value"]].to_numpy().tolist() == [
        ["norr", "index", 1.5],
        ["", "index", 1.27],
        ["norr", "skrap", 2.0],
        ["", "skrap", 1.0],
    ]
    assert found["n"].isna().all()


def test_a_long_table_of_per_cent_with_intervals_becomes_shares(town):
    found = deliver(
        town,
        "omr;fråga;andel;antal;låg;hög\nSöder;Oro;12,5;40;5;27\n",
        form='"long"',
        unit='"percent"',
        columns='{ area = "omr", indicator = "fråga", value = "andel", n = "antal", lower = "låg", upper = "hög" }',
        not_asked='["skrap"]',
    )
    assert found.loc[0, ["value", "lower", "upper", "n"]].tolist() == [0.125, 0.05, 0.27, 40]


@pytest.mark.parametrize(
    ("header", "lost"),
    [("Index", ""), ("Index;Ute", "”hemma”"), ("Ute;Hemma", "”index”"), ("Oro", "”skrap”")],
)
def test_a_delivered_table_has_a_level_of_measures_whole_or_says_what_it_lacks(town, header, lost):
    text = f"omr;{header}\nNorr;1{';1' * header.count(';')}\n"
    said = {"form": '"wide"', "unit": '"index"', "columns": '{ area = "omr" }'}
    if not lost:
        assert len(deliver(town, text, **said)) == 1
        return
    with pytest.raises(Refusal, match=f"{lost} saknas"):
        deliver(town, text, **said)


def test_delivered_values_outside_their_range_unknown_and_doubled_rows_are_refused_together(town):
    with pytest.raises(Refusal) as refusal:
        deliver(
            town,
            "Område;Index;Larm\nNorr;7;1\nNorr;1;1\nÖst;1;1\n",
            form='"wide"',
            unit='"index"',
            columns='{ area = "Område" }',
        )
    said = str(refusal.value)
    for word in (
        "”7” ligger utanför 0–6",
        "okänt område ”Öst”",
        "okänd fråga ”Larm”",
        "två gånger",
    ):
        assert word in said


LONG = '{ area = "omr", indicator = "fråga", value = "v", lower = "l", upper = "u", n = "n" }'


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("Söder;Oro;12,5;20;27;40", "utanför sin felmarginal"),
        ("Söder;Oro;12,5;27;5;40", "utanför sin felmarginal"),
        ("Söder;Oro;12,5;5;27;..", "antalet svar saknas"),
        ("Söder;Oro;0,125;0,05;0,27;40", "unit är percent"),
        ("Söder;Oro;12,5;5;27;1.300", "inget helt antal"),
    ],
)
def test_delivered_numbers_that_contradict_themselves_are_refused(town, row, word):
    with pytest.raises(Refusal, match=word):
        deliver(town, f"omr;fråga;v;l;u;n\n{row}\n", form='"long"', unit='"percent"', columns=LONG)


def test_a_missing_delivered_value_is_left_out_and_the_others_stay(town):
    (town / "data/2023/index.csv").write_text(
        "omr;fråga;v;n\nNorr;Oro;..;40\nSöder;Oro;12;40\n", "utf-8"
    )
    with (town / "data/2023/year.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[delivered]\nfile = "index.csv"\nsource = "Polisen"\nform = "long"\nunit = "percent"\n'
            'columns = { area = "omr", indicator = "fråga", value = "v", n = "n" }\n'
            'not_asked = ["skrap"]\n'
        )
    year = results.of(2023, town)
    assert year.by_area("oro")["value"]["soder"] == 0.12


def test_a_delivered_table_must_name_its_columns(town):
    with pytest.raises(Refusal, match="columns saknar indicator, value"):
        deliver(town, "omr;v\nNorr;1\n", form='"long"', unit='"index"', columns='{ area = "omr" }')


def test_a_long_table_called_wide_is_refused_and_not_an_empty_report(town):
    with pytest.raises(Refusal, match='form = "long"'):
        deliver(town, "omr\nNorr\n", form='"wide"', unit='"index"', columns='{ area = "omr" }')
    (town / "data/2023/year.toml").write_text(
        (town / "data/2023/year.toml").read_text("utf-8").split("\n[delivered]")[0], "utf-8"
    )
    with pytest.raises(Refusal, match='hör till form = "long"'):
        deliver(
            town,
            "omr;fråga;v;l;u;n\nNorr;Oro;1;0;2;40\n",
            form='"wide"',
            unit='"index"',
            columns=LONG,
        )
