"""Palette and classes; colour difference by CIEDE2000 (Sharma, Wu & Dalal 2005)."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.figures import scales

# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
WHITE = np.array([0.95047, 1, 1.08883])


def linear(colour):
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(colour, vision):
    xyz = TO_XYZ @ np.clip(np.asarray(VISIONS[vision]) @ linear(colour), 0, 1) / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def ciede2000(one, two):
    (l1, a1, b1), (l2, a2, b2) = one, two
    mean_c = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    mean_h = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    hue = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    l, c = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * cos(mean_h - 30)
        + 0.24 * cos(2 * mean_h)
        + 0.32 * cos(3 * mean_h + 6)
        - 0.2 * cos(4 * mean_h - 63)
    )
    sl = 1 + 0.015 * (l - 50) ** 2 / math.sqrt(20 + (l - 50) ** 2)
    sc, sh = 1 + 0.045 * c, 1 + 0.015 * c * t
    rt = (
        -2
        * math.sqrt(c**7 / (c**7 + 25**7))
        * math.sin(math.radians(60 * math.exp(-(((mean_h - 275) / 25) ** 2))))
    )
    parts = (l2 - l1) / sl, (c2 - c1) / sc, hue / sh
    return math.sqrt(sum(part**2 for part in parts) + rt * parts[1] * parts[2])


def cos(degrees):
    return math.cos(math.radians(degrees))


def test_the_colour_difference_is_that_of_the_published_test_pairs():
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ]
    for one, two, expected in pairs:
        assert ciede2000(one, two) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("vision", VISIONS)
def test_neighbouring_classes_are_told_apart_in_every_vision_and_in_grey(vision):
    steps = [
        ciede2000(lab(a, vision), lab(b, vision))
        for a, b in zip(scales.SEQUENCE, scales.SEQUENCE[1:], strict=False)
    ]
    assert min(steps) >= 10


def contrast(one, two):
    bright, dark = sorted(
        (float(np.array([0.2126, 0.7152, 0.0722]) @ linear(colour)) for colour in (one, two)),
        reverse=True,
    )
    return (bright + 0.05) / (dark + 0.05)


def test_every_class_has_three_to_one_against_one_of_the_borders_two_lines():
    for colour in scales.SEQUENCE:
        assert max(contrast(colour, scales.INK), contrast(colour, scales.PAPER)) >= 3
    assert contrast(scales.INK, scales.PAPER) >= 3


def test_a_value_belongs_to_the_class_of_what_is_printed_and_missing_to_none():
    scale = scales.scale([0, 1, 2, 6], is_share=False)
    values = pd.Series([0, 0.994, 0.995, 1, 2, 6, np.nan])
    assert scale.classes(values).tolist() == [0, 0, 1, 1, 2, 2, -1]


def test_a_legend_leaves_no_doubt_about_a_value_on_a_limit():
    index, share = (
        scales.scale([0, 1, 2, 6], is_share=False),
        scales.scale([0, 0.1, 1], is_share=True),
    )
    assert index.labels() == ["under 1,00", "1,00–1,99", "2,00 eller mer"]
    assert share.labels() == ["under 10\xa0%", "10\xa0% eller mer"]


@pytest.mark.parametrize("classes", range(2, 8))
def test_fewer_classes_use_colours_spread_over_the_whole_sequence(classes):
    scale = scales.scale(list(range(classes + 1)), is_share=False)
    assert len(set(scale.colours)) == classes
    assert scale.colours[0] == scales.SEQUENCE[0]
    assert scale.colours[-1] == scales.SEQUENCE[-1]
