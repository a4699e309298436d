"""Names on a map: in their own area, on a line, or by a number; every area by one of the three."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from fontTools.ttLib import TTFont

from analysis.figures import drawing, labels, windows
from analysis.sources import areas, boundaries

ROOT = Path(__file__).parents[2]
NOTHING = gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[])
PROMISED = 0.6  # of a name's box inside its own area


def grid(across, count, side, name="Område {}"):
    """Lay areas out in rows, their corners a little off so that no two are alike."""
    random = np.random.default_rng(7)
    spots = np.arange(across + 1)
    x, y = np.meshgrid(spots, np.arange(-(-count // across) + 1))
    x, y = (at * side + random.uniform(-0.15, 0.15, at.shape) * side for at in (x, y))
    rows = [divmod(at, across) for at in range(count)]
    shapes = [
        shapely.Polygon(
            [(x[a, b], y[a, b]) for a, b in ((r, c), (r, c + 1), (r + 1, c + 1), (r + 1, c))]
        )
        for r, c in rows
    ]
    return places([name.format(at + 1) for at in range(count)], shapes)


def places(names, shapes, pointed=""):
    return gpd.GeoDataFrame(
        {
            "name": names,
            "fill": "#fff",
            "said": names,
            "is_pointed_out": [n == pointed for n in names],
        },
        geometry=list(shapes),
    )


def jonkoping(pointed=""):
    register = areas.register(ROOT, 2023)
    polygons = boundaries.read(ROOT, "regso-2025", register)
    return places(list(register["name"]), polygons.geometry, pointed), boundaries.backdrop(ROOT)


MAPS = {
    "the demonstration": jonkoping,
    "15 large areas": lambda: (grid(4, 15, 10_000, "Kommundel Norra-Bygden {}"), NOTHING),
    "60 small areas": lambda: (grid(8, 60, 400), NOTHING),
    "60 with long names": lambda: (grid(8, 60, 400, "Västra Hamnen-Dockområdet {}"), NOTHING),
    "15 large, 60 small": lambda: (mixed(), NOTHING),
}


def mixed():
    small, large = grid(10, 60, 400, "Kvarter {}"), grid(4, 15, 9_000, "Landsbygd {}")
    town = shapely.box(*small.total_bounds)
    around = large.geometry.translate(-9_000, -9_000).difference(town)
    return places([*small["name"], *large["name"]], [*small.geometry, *around])


def inside(label, shape):
    """Measure how much of a label's box is in a shape, and whether its middle is."""
    box = shapely.box(*label.box)
    return box.intersection(shape).area / box.area, shape.contains(box.centroid)


def counted(panels):
    """Measure every label; count those in their area, on a line and by a number."""
    count = {"in": 0, "line": 0, "number": 0}
    for panel in panels:
        for at, label in panel.named.items():
            share, is_middle = inside(label, panel.shapes[at])
            if label.anchor is not None:
                count["line"] += 1
                assert panel.shapes[at].contains(shapely.Point(label.anchor))
                assert not shapely.union_all(panel.shapes).intersects(shapely.box(*label.box))
            elif label.lines:
                count["in"] += 1
                assert share >= PROMISED and is_middle, label
            else:
                count["number"] += 1
                assert panel.shapes[at].contains(shapely.box(*label.box).centroid)
    return count


@pytest.mark.parametrize("name", MAPS)
def test_every_area_is_named_once_in_itself_on_a_line_or_by_a_number(name):
    given, backdrop = MAPS[name]()
    panels = drawing.panels_of(given, backdrop)
    named = sorted(at for panel in panels for at in panel.named)
    assert named == list(range(len(given)))
    assert sum(counted(panels).values()) == len(given)


@pytest.mark.parametrize("name", MAPS)
def test_no_name_covers_another_or_leaves_the_window(name):
    for panel in drawing.panels_of(*MAPS[name]()):
        shown = [*panel.named.values(), *panel.light]
        boxes = [shapely.box(*label.box).buffer(-0.6) for label in shown if label.lines]
        window = shapely.box(0, 0, *panel.window.size).buffer(3)
        assert all(window.contains(box) for box in boxes)
        assert shapely.STRtree(boxes).query(boxes, predicate="intersects").shape[1] == len(boxes)


@pytest.mark.parametrize("pointed", ["Österängen", "Gränna", "Norrahammar"])
def test_a_map_about_one_area_names_it_and_its_neighbours(pointed):
    given, backdrop = jonkoping(pointed)
    (panel,) = drawing.panels_of(given, backdrop)
    counted([panel])
    own = given.loc[given["name"].eq(pointed), "geometry"].iloc[0]
    near = [at for at, shape in enumerate(given.geometry) if shape.distance(own) < 50]
    drawn = [at for at in near if panel.shapes[at].area > windows.SMALL**2 / 4]
    assert len(drawn) > 1
    assert set(drawn) <= set(panel.named)


def test_large_areas_have_their_names_in_them_and_small_ones_a_number():
    large, small = (
        counted(drawing.panels_of(*MAPS[name]()))
        for name in ("15 large areas", "60 with long names")
    )
    assert large == {"in": 15, "line": 0, "number": 0}
    assert small["number"] > 50


def test_a_name_is_broken_at_hyphens_and_spaces_to_fit():
    tall = shapely.box(0, 0, 80, 90)
    found = labels.place([tall], ["Visingsö-Örserum-Ölmstad"], (80, 90), must=[0])
    assert found[0].lines == ("Visingsö-", "Örserum-", "Ölmstad")


def test_a_name_without_room_stands_on_the_water_beside_not_on_another_area():
    shapes = [shapely.box(0, 0, 30, 30), shapely.box(30, 0, 200, 30), shapely.box(0, 30, 200, 200)]
    names = ["Långa namnet", "Granne", "Sjön"]
    found = labels.place(shapes, names, (200, 200), must=[0, 1], may=[2], land=2)
    assert found[0].anchor is not None
    assert found[0].box[1] > 30
    assert found[2].lines == ("Sjön",)


def test_the_width_of_a_text_is_known_to_ten_per_cent():
    font = TTFont(
        next(Path(__import__("font_source_sans_pro").__path__[0]).rglob("*Pro-Regular.ttf"))
    )
    widths, letters, em = font["hmtx"], font.getBestCmap(), font["head"].unitsPerEm
    texts = [*jonkoping()[0]["name"], "1,00–1,24", "säkerställd minskning: 1", "2,50 eller mer"]
    for text in texts:
        real = labels.FONT * sum(widths[letters[ord(letter)]][0] for letter in text) / em
        assert labels.width(text) == pytest.approx(real, rel=0.1), text
