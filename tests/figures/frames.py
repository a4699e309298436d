"""A town of three areas in the frames that figures take, small enough to reckon by hand."""

import io
from dataclasses import dataclass

import pandas as pd

INDEX = """
area,name,value,lower,upper,n,status
norr,Norr,1.00,0.80,1.20,100,shown
vast,Väster,2.50,1.90,3.10,50,uncertain
soder,Söder,,,,,hidden
,Hela kommunen,1.27,1.20,1.34,1500,shown
"""
CHANGES = """
area,before,difference,lower,upper
norr,1.64,-0.64,-0.94,-0.34
vast,2.48,0.02,-0.50,0.54
soder,,,,
,1.42,-0.15,-0.25,-0.05
"""
QUESTIONS = """
area,name,measure,label,group,value,lower,upper,n,unit,decimals
norr,Norr,skrap,Skräp,ute,0.20,0.10,0.30,100,share,0
norr,Norr,buller,Buller,ute,0.43,0.33,0.53,95,share,0
norr,Norr,ute,Ute,,1.50,1.20,1.80,95,index,2
,Hela kommunen,skrap,Skräp,ute,0.18,0.17,0.19,1500,share,0
,Hela kommunen,buller,Buller,ute,0.19,0.18,0.20,1490,share,0
,Hela kommunen,ute,Ute,,1.20,1.10,1.30,1490,index,2
"""
CRIME = """
year,label,parent,count,rate,lower,upper,preliminary
2022,Alla brott,,13207,9150.4,9000,9300,False
2022,Stöld,Alla brott,4372,3029.2,2900,3100,False
2022,Inbrott,Stöld,15,10.0,5,15,False
2023,Alla brott,,15372,10555.0,10400,10700,True
2023,Stöld,Alla brott,4900,3364.6,3300,3500,True
2023,Inbrott,Stöld,821,563.7,520,600,True
"""
PROMISES = """
promise,target,outcome,unit,fulfilled
Gå till fots,800,742,pass,delvis
Hålla möten,8,9,möten,ja
Följa upp,–,–,,ej följts upp
"""


@dataclass(frozen=True, slots=True)
class Context:
    year: int = 2023
    earlier: int = 2022
    municipality: str = "Lillstads kommun"
    whole: str = "hela staden"
    unit_word: str = "staden"
    kind: str = "survey"
    source: str = "Lillstads undersökning"
    crime_source: str = "Brå"
    index_breaks: tuple[float, ...] = (0, 1, 2, 6)
    share_breaks: tuple[float, ...] = (0, 0.1, 0.3, 1)


def known(frame, kind="survey"):
    frame.attrs["context"] = Context(kind=kind)
    return frame


def read(text, **columns):
    texts = dict.fromkeys(["area", "parent", "group", "unit", "target", "outcome"], str)
    frame = pd.read_csv(
        io.StringIO(text), dtype=texts, keep_default_na=False, na_values={"value": ""}
    )
    for name in frame.columns.intersection(["lower", "upper", "n", "before", "difference"]):
        frame[name] = pd.to_numeric(frame[name])
    return frame.assign(**columns)


def index(kind="survey"):
    """One measure of one year: Söder is hidden, Väster uncertain, the town among them."""
    named = {"measure": "index", "label": "Problemindex", "unit": "index", "decimals": 2}
    return known(read(INDEX, year=2023, **named), kind)


def changes(verdicts=("fall", "uncertain", "not_compared", "fall"), kind="survey"):
    frame = index()[["area", "name", "measure", "label", "value", "unit", "decimals"]]
    return known(frame.merge(read(CHANGES, verdict=list(verdicts)), on="area"), kind)


def questions():
    """Two questions of Norr and of the town, in one group with an index of its own."""
    return known(read(QUESTIONS, year=2023, status="shown"))


def crime():
    return known(read(CRIME, code="", area=""))


def crime_changes():
    now, before = (crime().query("year == @year").reset_index(drop=True) for year in (2023, 2022))
    old = {"before": before["count"], "rate_before": before["rate"]}
    verdicts = {"percent": [15.36, 11.07, float("nan")], "verdict": ["rise", "rise", "uncertain"]}
    return known(now.drop(columns=["year", "preliminary"]).assign(**old, **verdicts))


def promises():
    return known(read(PROMISES))
