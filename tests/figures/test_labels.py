"""Names on a map: in their own area, on a line, or by a number; every area by one of the three."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from analysis.figures import drawing, labels
from analysis.sources import areas, boundaries

ROOT = Path(__file__).parents[2]
NOTHING = gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[])


def places(names, shapes, pointed=""):
    told = {"name": names, "fill": "#fff", "said": names}
    return gpd.GeoDataFrame(told, geometry=list(shapes)).assign(
        is_pointed_out=lambda rows: rows["name"].eq(pointed)
    )


def grid(across, count, side, name):
    """Lay rectangles out in rows."""
    spots = [(at % across * side, at // across * side * 0.8) for at in range(count)]
    shapes = [shapely.box(x, y, x + side, y + side * 0.8) for x, y in spots]
    return places([name.format(at + 1) for at in range(count)], shapes), NOTHING


def jonkoping(pointed=""):
    register = areas.register(ROOT, 2023)
    polygons = boundaries.read(ROOT, "regso-2025", register)
    return places(list(register["name"]), polygons.geometry, pointed), boundaries.backdrop(ROOT)


def mixed():
    small = grid(10, 60, 400, "Kvarter {}")[0]
    large = grid(4, 15, 9_000, "Landsbygd {}")[0]
    around = large.geometry.translate(-9_000, -9_000).difference(small.union_all())
    return places([*small["name"], *large["name"]], [*small.geometry, *around]), NOTHING


MAPS = {
    "the demonstration": jonkoping,
    "15 large areas": lambda: grid(4, 15, 10_000, "Kommundel Norra-Bygden {}"),
    "60 with long names": lambda: grid(8, 60, 400, "Västra Hamnen-Dockområdet {}"),
    "15 large, 60 small": mixed,
}


def counted(panels):
    """Check every label's place; count those in their area, on a line and by a number."""
    count = {"in": 0, "line": 0, "number": 0}
    for panel in panels:
        for at, label in panel.named.items():
            shape, middle = panel.shapes[at], label.box.centroid
            kind = "line" if label.line else "in" if label.lines else "number"
            count[kind] += 1
            if kind == "line":
                assert shape.contains(shapely.Point(label.line.coords[0]))
                assert not shapely.union_all(panel.shapes).intersects(label.box)
            else:
                assert shape.contains(middle)
                share = label.box.intersection(shape).area / label.box.area
                assert kind == "number" or share >= 0.6
    return count


@pytest.mark.parametrize("name", MAPS)
def test_every_area_is_named_once_and_no_name_is_near_another_or_leaves_the_window(name):
    given, backdrop = MAPS[name]()
    panels = drawing.panels_of(given, backdrop)
    assert sorted(at for panel in panels for at in panel.named) == list(range(len(given)))
    assert sum(counted(panels).values()) == len(given)
    for panel in panels:
        shown = [*panel.named.values(), *panel.light]
        boxes = [label.box for label in shown]
        assert shapely.box(0, 0, *panel.window.size).contains(shapely.union_all(boxes))
        near = shapely.STRtree(boxes).query(boxes, "dwithin", labels.CLEAR - 1e-6)
        assert near.shape[1] == len(boxes)
        lines = shapely.MultiLineString([label.line for label in shown if label.line])
        assert lines.is_simple, "leader lines do not cross"


@pytest.mark.parametrize("pointed", ["Österängen", "Gränna", "Norrahammar"])
def test_a_map_about_one_area_names_it_and_its_neighbours(pointed):
    given, backdrop = jonkoping(pointed)
    (panel,) = drawing.panels_of(given, backdrop)
    counted([panel])
    own = given.loc[given["is_pointed_out"], "geometry"].iloc[0]
    is_seen = shapely.area(panel.shapes) > drawing.SMALL**2 / 4
    near = {
        at for at, shape in enumerate(given.geometry) if is_seen[at] and shape.distance(own) < 50
    }
    assert len(near) > 1
    assert near <= set(panel.named)


def test_large_areas_have_their_names_in_them_and_small_ones_a_number():
    large, small = (counted(drawing.panels_of(*MAPS[name]())) for name in list(MAPS)[1:3])
    assert large == {"in": 15, "line": 0, "number": 0}
    assert small["number"] > 40


def test_a_name_is_broken_at_hyphens_and_spaces_to_fit():
    tall = shapely.box(0, 0, 80, 90)
    found = labels.place([tall], ["Visingsö-Örserum-Ölmstad"], (80, 90), land=1, must=[0])
    assert found[0].lines == ("Visingsö-", "Örserum-", "Ölmstad")


def test_a_name_without_room_stands_on_the_water_beside_not_on_another_area():
    shapes = [shapely.box(0, 0, 20, 20), shapely.box(20, 0, 200, 20), shapely.box(0, 20, 200, 200)]
    names = ["Långa namnet", "Granne", "Sjön"]
    found = labels.place(shapes, names, (200, 200), land=2, must=[0, 1], may=[2])
    assert found[0].line is not None
    assert shapes[2].contains(found[0].box)
    assert found[2].lines == ("Sjön",)
