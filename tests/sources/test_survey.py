import numpy as np
import pytest

from analysis.errors import Refusal
from analysis.sources import areas, config, survey


def read(town, year=2023):
    declared = config.of(town, year)
    return survey.answers(town, year, declared.year.survey, declared.model, areas.register(town))


def test_answers_are_coded_problem_no_problem_and_no_answer(town, rewrite):
    rewrite(town / "data/2023/survey.csv", "1,Norr,k,2,1", "1,Norra,k,2,9")
    answers = read(town)
    assert list(answers.columns) == ["area", "weight", "sex", "skrap", "oro"]
    assert answers.loc[0, ["area", "sex", "skrap"]].tolist() == ["norr", "Kvinnor", 1.0]
    assert np.isnan(answers.loc[0, ["oro", "weight"]].astype(float)).all()
    assert answers["area"].value_counts().to_dict() == {"norr": 40, "soder": 40, "vast": 50}
    assert answers["sex"].cat.categories.tolist() == ["Kvinnor", "Män"]
    assert answers[["skrap", "oro"]].sum().tolist() == [33, 11]


def test_all_faults_of_a_file_are_refused_at_once(town, rewrite):
    file = town / "data/2023/survey.csv"
    rewrite(file, "1,Norr,k,2,1", "2,Norr,x,7,1")
    rewrite(file, "130,Väst", "130,Vest")
    with pytest.raises(Refusal) as refusal:
        read(town)
    said = str(refusal.value)
    assert len(refusal.value.findings) == 4
    assert "data/2023/survey.csv, rad 131" in said
    for word in ("menades ”Väst”", "”7” finns inte", "”2” finns redan", "”x” finns inte"):
        assert word in said


def test_a_missing_label_of_a_split_is_one_fault_with_its_count(town, rewrite):
    rewrite(town / "data/2023/year.toml", 'm = "Män"', "")
    with pytest.raises(Refusal) as refusal:
        read(town)
    (finding,) = refusal.value.findings
    assert finding.count == 65
    assert "labels.sex" in finding.remedy


def test_a_question_under_another_name_is_found_and_a_missing_one_is_not_asked(town, rewrite):
    year = town / "data/2023/year.toml"
    rewrite(town / "data/2023/survey.csv", "skrap,oro", "F1,oro")
    line = r'(?s)”F1”: .*”skrap” saknas.*skriv i year.toml \[survey.indicators\] och "F1" = "skrap"'
    with pytest.raises(Refusal, match=line) as refusal:
        read(town)
    assert len(refusal.value.findings) == 1
    named = '[survey.indicators]\nF1 = "skrap"\n[survey.labels.sex]'
    rewrite(year, "[survey.labels.sex]", named)
    assert read(town)["skrap"].sum() == 33
    rewrite(year, 'F1 = "skrap"', "")
    rewrite(year, "invited", 'not_asked = ["skrap"]\nignored = ["F1"]\ninvited')
    assert "skrap" not in read(town)


@pytest.mark.parametrize("key", ["oro", "skräp"])
def test_not_asked_names_nothing_that_is_there_or_unknown(town, rewrite, key):
    rewrite(town / "data/2023/year.toml", "invited", f'not_asked = ["{key}"]\ninvited')
    with pytest.raises(Refusal, match=f"”{key}” i not_asked finns i filen, eller är okänd"):
        read(town)


def test_weights_are_numbers_above_zero(town, rewrite):
    year, file = town / "data/2023/year.toml", town / "data/2023/survey.csv"
    rewrite(year, 'sex = "kon"', 'sex = "kon", weight = "vikt"')
    lines = file.read_text("utf-8").splitlines()
    weighted = [f"{line},{'vikt' if at == 0 else '1.5'}" for at, line in enumerate(lines)]
    file.write_text("\n".join(weighted), "utf-8")
    assert read(town)["weight"].sum() == 1.5 * 130
    file.write_text("\n".join([*weighted[:-1], f"{lines[-1]},0"]), "utf-8")
    with pytest.raises(Refusal, match="rad 131, kolumn ”vikt”: vikten ”0” är inte större än noll"):
        read(town)
