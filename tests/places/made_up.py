"""Files of the shape that three kinds of places start from; every number in them is made up.

Each function writes its files and returns what they say: value, lower and upper by year, area (""
is the whole place; or a group of people) and measure, the leading measure first.
"""

from __future__ import annotations

import json
from math import nan
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyreadstat
import shapely

Source = dict[tuple[int, str, str], tuple[float, float, float]]
DALARNA = {
    "2021": "Vansbro", "2023": "Malung-Sälen", "2026": "Gagnef", "2029": "Leksand",
    "2031": "Rättvik", "2034": "Orsa", "2039": "Älvdalen", "2061": "Smedjebacken", "2062": "Mora",
    "2080": "Falun", "2081": "Borlänge", "2082": "Säter", "2083": "Hedemora", "2084": "Avesta",
    "2085": "Ludvika",
}  # fmt: skip
NTU = ["Otrygg vid utevistelse sent på kvällen", "Orolig för bostadsinbrott"]
NTU += ["Orolig för överfall eller misshandel", "Utsatt för brott mot enskild person"]
KARLSTAD = {f"1780R{at:03}": f"Trakt {at}" for at in range(1, 32)} | {"1780R011": "Kronoparken"}
INDEX = ["Socioekonomiskt index", "Andel med låg ekonomisk standard"]
INDEX += ["Andel med förgymnasial utbildning", "Andel utan arbete eller med ekonomiskt bistånd"]
LILLSTAD = {"9999R001": "Norr", "9999R002": "Söder", "9999R003": "Centrum", "9999R004": "Hamnen"}
ADULTS = {"Norr": 2100, "Söder": 3400, "Centrum": 5200, "Hamnen": 1800}
QUESTIONS = {"q1": "Otrygg ute sent", "q2": "Utsatt för brott", "q3": "Orolig för brott"}
FEELS = ["Mycket trygg", "Ganska trygg", "Ganska otrygg", "Mycket otrygg", "Vet inte"]
AGREES = ["Ja", "Nej", "Vet inte"]


def region(folder: Path) -> Source:
    """Write a workbook as of the national survey, and a map of municipalities of two counties."""
    random, rows, known = np.random.RandomState(1), [], {}
    places = {"Dalarnas län": "", "Falu kommun": "Falun", "Hela landet": "landet"}
    places |= {f"{name} kommun": name for name in DALARNA.values() if name != "Falun"}
    for year in (2022, 2023, 2024):
        for place, name in places.items():
            for question in NTU:
                n = 4200 if not name else random.randint(120, 600)
                share = random.uniform(12, 35)
                reach = 196 * (share / 100 * (1 - share / 100) / n) ** 0.5
                told = [round(float(each), 1) for each in (share, share - reach, share + reach, n)]
                known[year, name, question] = tuple(told[:3])
                kinds = zip(["Andel", "KI undre", "KI övre", "Antal"], told, strict=True)
                rows += [[year, place, question, kind, number] for kind, number in kinds]
    title = pd.DataFrame([["Påhittade tal i den form som tabellerna har"]])
    table = pd.DataFrame(rows, columns=["År", "Område", "Fråga", "Mått", "Värde"])
    with pd.ExcelWriter(folder / "ntu.xlsx") as book:
        title.to_excel(book, sheet_name="Om tabellen", index=False, header=False)
        table.to_excel(book, sheet_name="Resultat", index=False, startrow=3)
    _map(folder / "kommuner.geojson", DALARNA | {"2180": "Gävle"}, "kommunkod", "kommunnamn")
    return known


def city(folder: Path) -> Source:
    """Write a register's table as JSON-stat, and a map of the small areas of two municipalities."""
    own = {f"{code}_RegSO2025": f"{code} Karlstad ({name})" for code, name in KARLSTAD.items()}
    measures = {f"0000{at}": text for at, text in enumerate(INDEX)}
    dimensions = {
        "Region": ("region", {"1780": "1780 Karlstad", **own}),
        "ContentsCode": ("tabellinnehåll", measures),
        "Tid": ("år", {"2023": "2023", "2024": "2024"}),
    }
    size = [len(labels) for _, labels in dimensions.values()]
    values = np.random.RandomState(2).uniform(2, 40, size).round(1)
    stat = {
        "version": "2.0",
        "class": "dataset",
        "label": "Påhittade tal",
        "id": [*dimensions],
        "size": size,
        "value": values.ravel().tolist(),
        "dimension": {
            key: {"label": label, "category": {"index": [*labels], "label": labels}}
            for key, (label, labels) in dimensions.items()
        },
    }
    (folder / "index.json").write_text(json.dumps(stat, ensure_ascii=False), "utf-8")
    areas = KARLSTAD | {"1781R001": "Grannbyn"}
    _map(folder / "regso.geojson", areas, "regsokod", "regsonamn")
    order = np.moveaxis(values, [2, 0, 1], [0, 1, 2])
    keys = pd.MultiIndex.from_product([[2023, 2024], ["", *KARLSTAD.values()], INDEX])
    return dict(zip(keys, [(value, nan, nan) for value in order.ravel().tolist()], strict=True))


def survey(folder: Path) -> Source:
    """Write one row a respondent, in words as CSV and in codes with value labels as SPSS."""
    random, size = np.random.RandomState(3), 480
    area = np.arange(size) % len(LILLSTAD)
    unsafe = random.random_sample(size) < 0.15 + 0.1 * area
    feels = np.where(unsafe, random.randint(3, 5, size), random.randint(1, 3, size))
    coded = pd.DataFrame({"omr": area + 1, "kon": random.randint(1, 3, size), "q1": feels})
    for name in ("q2", "q3"):
        coded[name] = random.choice([1, 2, 3], size, p=[0.3, 0.6, 0.1])
    words = {"omr": [*LILLSTAD.values()], "kon": ["Kvinnor", "Män"], "q1": FEELS}
    labels = {name: dict(enumerate(words.get(name, AGREES), 1)) for name in coded}
    pyreadstat.write_sav(coded, folder / "enkat.sav", variable_value_labels=labels)
    told = pd.DataFrame({name: coded[name].map(labels[name]) for name in coded})
    told.to_csv(folder / "enkat.csv", sep=";", index=False, encoding="cp1252")
    _map(folder / "stadsdelar.geojson", LILLSTAD, "kod", "namn")
    weight = told["omr"].map(pd.Series(ADULTS) / told["omr"].value_counts())
    known: Source = {}
    for key, question in QUESTIONS.items():
        is_problem = told[key].isin(["Ganska otrygg", "Mycket otrygg", "Ja"]) * 100
        given = told[key].ne("Vet inte")
        for name in ("", *LILLSTAD.values(), *words["kon"]):
            rows = given & (told["omr"].eq(name) | told["kon"].eq(name) | (name == ""))
            share = np.average(is_problem[rows], weights=weight[rows])
            known[2024, name, question] = (float(share), nan, nan)
    return known


def _map(path: Path, areas: dict[str, str], code: str, name: str) -> None:
    """Draw a square for each area, six in a row."""
    corners = [
        (480_000 + 9000 * (at % 6), 6_700_000 - 9000 * (at // 6)) for at in range(len(areas))
    ]
    squares = [shapely.box(x, y, x + 9000, y + 9000) for x, y in corners]
    columns = {code: [*areas], "kommun": [key[:4] for key in areas], name: [*areas.values()]}
    gpd.GeoDataFrame(columns, geometry=squares, crs=3006).to_crs(4326).to_file(path)
