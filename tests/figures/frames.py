"""A town of three areas in the frames that figures take, small enough to reckon by hand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


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


def known(frame, **context):
    frame.attrs["context"] = Context(**context)
    return frame


def index(**context):
    """One measure of one year: Söder is hidden, Väster uncertain, the town among them."""
    frame = pd.DataFrame(
        {
            "year": 2023,
            "area": ["norr", "vast", "soder", ""],
            "name": ["Norr", "Väster", "Söder", "Hela kommunen"],
            "measure": "index",
            "label": "Problemindex",
            "value": [1.0, 2.5, np.nan, 1.27],
            "lower": [0.8, 1.9, np.nan, 1.2],
            "upper": [1.2, 3.1, np.nan, 1.34],
            "n": [100, 50, np.nan, 1500],
            "status": ["shown", "uncertain", "hidden", "shown"],
            "unit": "index",
            "decimals": 2,
        }
    )
    return known(frame, **context)


def changes(verdicts=("fall", "uncertain", "not_compared", "fall"), **context):
    frame = index()[["area", "name", "measure", "label", "value", "unit", "decimals"]]
    frame = frame.assign(
        before=[1.64, 2.48, np.nan, 1.42],
        difference=[-0.64, 0.02, np.nan, -0.15],
        lower=[-0.94, -0.5, np.nan, -0.25],
        upper=[-0.34, 0.54, np.nan, -0.05],
        verdict=list(verdicts),
    )
    return known(frame, **context)


def questions():
    """Two questions of Norr and of the town, in one group with an index of its own."""
    frame = pd.DataFrame(
        {
            "year": 2023,
            "area": ["norr", "norr", "norr", "", "", ""],
            "name": ["Norr"] * 3 + ["Hela kommunen"] * 3,
            "measure": ["skrap", "buller", "ute"] * 2,
            "label": ["Skräp", "Buller", "Ute"] * 2,
            "group": ["ute", "ute", ""] * 2,
            "value": [0.2, 0.43, 1.5, 0.18, 0.19, 1.2],
            "lower": [0.1, 0.33, 1.2, 0.17, 0.18, 1.1],
            "upper": [0.3, 0.53, 1.8, 0.19, 0.2, 1.3],
            "n": [100, 95, 95, 1500, 1490, 1490],
            "status": "shown",
            "unit": ["share", "share", "index"] * 2,
            "decimals": [0, 0, 2] * 2,
        }
    )
    return known(frame)


def crime(**context):
    frame = pd.DataFrame(
        {
            "year": [2022, 2022, 2022, 2023, 2023, 2023],
            "code": "",
            "label": ["Alla brott", "Stöld", "Inbrott"] * 2,
            "parent": ["", "Alla brott", "Stöld"] * 2,
            "area": "",
            "count": [13207, 4372, 15, 15372, 4900, 821],
            "rate": [9150.4, 3029.2, 10.0, 10555.0, 3364.6, 563.7],
            "lower": [9000.0, 2900.0, 5.0, 10400.0, 3300.0, 520.0],
            "upper": [9300.0, 3100.0, 15.0, 10700.0, 3500.0, 600.0],
            "preliminary": [False, False, False, True, True, True],
        }
    )
    return known(frame, **context)


def crime_changes():
    now, before = (crime().query("year == @year").reset_index(drop=True) for year in (2023, 2022))
    frame = now[["code", "label", "parent", "area", "count", "rate"]].assign(
        before=before["count"],
        rate_before=before["rate"],
        percent=[15.36, 11.07, np.nan],
        verdict=["rise", "rise", "uncertain"],
    )
    return known(frame)


def promises():
    frame = pd.DataFrame(
        {
            "promise": ["Gå till fots", "Hålla möten", "Följa upp"],
            "target": ["800", "8", "–"],
            "outcome": ["742", "9", "–"],
            "unit": ["pass", "möten", ""],
            "fulfilled": ["delvis", "ja", "ej följts upp"],
        }
    )
    return known(frame)
