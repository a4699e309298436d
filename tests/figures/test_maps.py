"""Maps of any frame: what they say, that legend and key are whole, and that they are seen."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.errors import Refusal
from analysis.figures import labels, maps, scales

PAGE = 160 / 25.4 * 72  # points: the width of the text on A4


@dataclass
class Context:
    year: int = 2023
    earlier: int = 2022
    source: str = "Lillstads enkät"
    whole: str = "hela kommunen"
    kind: str = "survey"
    index_breaks: tuple = (0, 1, 1.5, 2, 6)


def town(count=4, **columns):
    """Make a row of areas of a kilometre; the third is uncertain, the fourth hidden."""
    more = count - 4
    names = ["Norr", "Söder", "Väst", "Öster", *(f"Kvarteret Långnamn {n}" for n in range(more))]
    value = np.array([0.9, 1.81, 1.2, np.nan, *np.linspace(0.1, 5.9, more)])
    status = ["shown", "shown", "uncertain", "hidden", *["shown"] * more]
    rows = {"area": names, "name": names, "value": value, "status": status, "n": 80.0}
    rows |= {"lower": value - 0.2, "upper": value + 0.2, "measure": "index", "year": 2023}
    rows |= {"label": "Problemindex", "unit": "index", "decimals": 2}
    shapes = [shapely.box(1e3 * at, 0, 1e3 * (at + 1), 1e3) for at in range(count)]
    made = gpd.GeoDataFrame({**rows, **columns}, geometry=shapes, crs="EPSG:3006")
    made.attrs["context"] = Context()
    return made


def moved(**columns):
    verdict = ["fall", "rise", "uncertain", "not_compared"]
    change = {"difference": [-0.5, 0.4, 0.02, np.nan], "verdict": verdict, "before": 1.4}
    return town(**{**change, **columns})


def titles(svg):
    return re.findall("<title>(.*?)</title>", svg)


def placed(svg, *, phone=False):
    """Return every text outside the windows, its left and low edge; all are within the sheet."""
    root, blocks, texts = ET.fromstring(svg), ET.fromstring(svg).findall("{*}g"), []
    width, height = map(float, root.get("viewBox").split()[2:])
    spots = [map(float, re.findall(r"[-\d.]+", block.get("transform"))) for block in blocks]
    if phone:  # the blocks under each other
        width, height = map(float, re.search(r"aspect-ratio:(\d+)/(\d+)", svg).groups())
        spots = [(0.0, float(y)) for y in re.findall(r"translate\(0,([\d.]+)px\)", svg)]
    for (x, y), block in zip(spots, blocks, strict=True):
        for text in block.findall("{*}text"):
            texts.append((text.text, x + float(text.get("x", 0)), y + float(text.get("y"))))
    assert all(x + labels.width(text) <= width + 2 and y + 3 <= height for text, x, y in texts)
    boxes = [shapely.box(x, y - 9, x + labels.width(t) * 0.97, y + 2) for t, x, y in texts]
    assert shapely.STRtree(boxes).query(boxes, "intersects").shape[1] == len(boxes)
    return texts


def test_a_map_says_which_areas_are_highest_and_lowest_and_what_is_not_shown():
    alike = maps.choropleth(town(value=[1.2, 1.2, 1.1, np.nan]))
    assert "högst i Norr och Söder (1,20)" in alike.title
    made = maps.choropleth(town())
    assert made.title == "Problemindex 2023: högst i Söder (1,81), lägst i Norr (0,90)"
    assert made.alt.startswith("Karta: Problemindex 2023 i 4 områden")
    assert made.source == "Lillstads enkät"
    assert made.description.startswith("1,50–1,99: Söder.")
    assert len(made.table.rows) == 4
    nowhere = [None] * 4
    assert maps.choropleth(town().set_geometry(nowhere)) is None
    assert maps.changes(moved().set_geometry(nowhere)) is None


def test_an_area_is_heard_with_interval_certainty_and_change_as_in_the_table():
    assert titles(maps.choropleth(moved()).svg) == [
        "Norr: 0,90 (felmarginal 0,70–1,10). Mot 2022: säkerställd minskning (−0,50).",
        "Söder: 1,81 (felmarginal 1,61–2,01). Mot 2022: säkerställd ökning (+0,40).",
        "Väst: 1,20 (felmarginal 1,00–1,40), osäkert. Mot 2022: ingen säker förändring (+0,02).",
        "Öster: visas inte.",
    ]


def test_uncertain_is_hatched_hidden_dotted_and_both_are_explained():
    svg = maps.choropleth(town()).svg
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)) / 820 >= 7 / PAGE
    assert len(re.findall(r'<use [^>]*fill="url\(#\w+uncertain\)"', svg)) == 1
    assert len(re.findall(r'<use [^>]*fill="url\(#\w+hidden\)"', svg)) == 1
    assert "skrafferat: osäkert" in svg
    assert "prickat: visas inte" in svg
    assert "streckat" not in svg


def test_any_geodataframe_with_a_column_is_mapped():
    frame = gpd.GeoDataFrame({"gångtid": [5, 12, np.nan]}, geometry=list(town().geometry[:3]))
    made = maps.choropleth(frame, "gångtid", source="Egna mätningar")
    assert made.title == "gångtid: högst i 1 (12), lägst i 0 (5)"
    assert titles(made.svg)[2] == "2: uppgift saknas."
    assert made.table.rows[0] == ("0", "5")


@pytest.mark.parametrize(
    ("frame", "value", "options", "said"),
    [
        (town(), "vaule", {}, "menades ”value”"),
        (town().iloc[:0], "value", {}, "kartan behöver områden"),
        (pd.DataFrame(town()).drop(columns="geometry"), "value", {}, "geometri"),
        (town(), "value", {"highlight": "Sodr"}, "menades ”Söder”"),
    ],
)
def test_a_wrong_use_is_answered_with_what_was_meant(frame, value, options, said):
    with pytest.raises(Refusal, match=said):
        maps.choropleth(frame, value, **options)


def test_a_change_map_tells_certain_falls_and_rises_from_the_rest_by_more_than_colour():
    made = maps.changes(moved())
    assert "Säkerställd minskning: Norr. Säkerställd ökning: Söder" in made.title
    uses = re.findall(
        r'<use [^>]*fill="(?:url\(#\w{6})?([#\w]+)\)?" (?:data-area|pointer)', made.svg
    )
    assert uses[:6] == [scales.FALL, "fall", scales.RISE, "rise", scales.BLANK, "missing"]
    words = [text for text, *_ in placed(made.svg)]
    assert words[1:] == [
        *("säkerställd minskning: 1", "säkerställd ökning: 1"),
        *("ingen säker förändring: 1", "kan inte jämföras: 1"),
    ]
    none = maps.changes(moved(verdict=["uncertain"] * 3 + ["not_compared"]))
    assert none.title.endswith("Ingen förändring är säkerställd")


@pytest.mark.parametrize("classes", range(3, 10))
@pytest.mark.parametrize("marks", [False, True])
@pytest.mark.parametrize("highlight", ["", "Norr"])
def test_the_legend_is_whole_for_every_number_of_classes(classes, marks, highlight):
    breaks = [0, *np.linspace(0.5, 2.5, classes - 1), 6]
    frame = town() if marks else town(status="shown", value=[1.0, 1.2, 1.4, 2.0])
    svg = maps.choropleth(frame, breaks=breaks, highlight=highlight).svg
    for texts in [placed(svg)] if highlight else [placed(svg), placed(svg, phone=True)]:
        words = [text for text, *_ in texts]
        assert sum("–" in text or "under" in text or "mer" in text for text in words) == classes
        assert ("prickat: visas inte" in words) == marks


def test_many_areas_give_a_key_that_is_whole():
    texts = placed(maps.choropleth(town(80)).svg)
    assert sum(text.startswith("Kvarteret") for text, *_ in texts) > 40


def test_a_map_is_the_same_again_and_has_ids_of_its_own_and_what_the_script_needs():
    svg, other = maps.choropleth(town(), highlight="Söder").svg, maps.changes(moved()).svg
    assert maps.choropleth(town(), highlight="Söder").svg == svg
    ids = [set(re.findall(r' id="(\w[\w-]*)"', each)) for each in (svg, other)]
    assert not ids[0] & ids[1]
    assert re.findall('data-to="(.*?)"', svg) == [",,1,", "0,,2,", "1,,3,", "2,,,"]
    assert svg.count('data-here=""') == 1
    assert 'class="lit"' in svg
    assert 'data-choice="Problemindex 2023"' in svg
