"""Names on a map: in their own area or outside all, never over another name."""

import re

import numpy as np
import shapely

from analysis.figures import labels as placenames
from analysis.figures import panels


def places(*names):
    """Put areas of ten kilometres side by side, in a window of their own."""
    shapes = np.array([shapely.box(1e4 * n, 0, 1e4 * (n + 1), 1e4) for n in range(len(names))])
    (panel,) = panels.panels_of(shapes)
    return panel, list(zip(names, shapes, strict=True)), shapes


def lines(svg):
    return {
        text: (float(x), float(y)) for x, y, text in re.findall(r'x="(.*?)" y="(.*?)">(.*?)<', svg)
    }


def test_a_name_stands_in_its_area_in_lines_broken_at_hyphens():
    panel, named, shapes = places("Norr", "Visingsö-Örserum-Ölmstad")
    found = lines(placenames.written(panel, named, shapes))
    assert list(found) == ["Norr", "Visingsö-", "Örserum-", "Ölmstad"]
    assert found["Norr"][0] < panels.WIDTH / 2 < found["Ölmstad"][0]


def test_a_name_gives_way_to_one_before_it_and_is_left_out_where_there_is_no_room():
    panel, named, shapes = places("Norr", "Söder", "Öster")
    crowd = [(f"{name} {n}", shape) for n in range(9) for name, shape in named]
    found = list(lines(placenames.written(panel, crowd, shapes)).values())
    assert 3 < len(found) < len(crowd)
    for n, (x, y) in enumerate(found):
        for other in found[:n]:
            assert abs(y - other[1]) >= placenames.LINE_HEIGHT or abs(x - other[0]) > 30


def test_a_name_never_moves_into_another_area():
    panel, named, shapes = places("Norr", "Söder")
    found = placenames.written(panel, [named[0], named[0], named[0], named[0]], shapes)
    assert all(float(x) < panels.WIDTH / 2 for x in re.findall(r'<tspan x="(.*?)"', found))
