"""Palette and classes; colour difference is the distance in CIELAB."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from analysis.figures import scales


def matrix(numbers):
    return np.array(numbers.split(), float).reshape(3, 3)


# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "protan": matrix(
        ".152286 1.052583 -.204868 .114503 .786281 .099216 -.003882 -.048116 1.051998"
    ),
    "deutan": matrix(".367322 .860646 -.227968 .280085 .672501 .047413 -.01182 .04294 .968881"),
    "tritan": matrix("1.255528 -.076749 -.178779 -.078411 .930809 .147602 .004733 .691367 .3039"),
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}
TO_XYZ = matrix(".4124564 .3575761 .1804375 .2126729 .7151522 .072175 .0193339 .119192 .9503041")
WHITE = np.array([0.95047, 1, 1.08883])


def linear(colour):
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(colour, vision):
    xyz = TO_XYZ @ np.clip(np.asarray(VISIONS[vision]) @ linear(colour), 0, 1) / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("classes", range(2, 8))
def test_neighbouring_classes_are_told_apart_in_every_vision_and_in_grey(vision, classes):
    seen = [lab(colour, vision) for colour in scales.scale(range(classes + 1)).colours]
    assert min(math.dist(a, b) for a, b in itertools.pairwise(seen)) >= 10


def contrast(one, two):
    weights = np.array([0.2126, 0.7152, 0.0722])
    dark, bright = sorted(float(weights @ linear(colour)) for colour in (one, two))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("page", ["#ffffff", "#16181a"])
def test_outlines_lines_and_marks_are_seen_on_a_white_page_and_a_dark_one(page):
    for colour in (scales.OUTLINE, *scales.LINES):
        assert contrast(colour, page) >= 3


def test_a_value_belongs_to_the_class_of_what_is_printed_and_missing_to_none():
    values = pd.Series([0, 0.994, 0.995, 1, 2, 6, np.nan])
    assert scales.scale([0, 1, 2, 6]).classes(values).tolist() == [0, 0, 1, 1, 2, 2, -1]
    shares = scales.scale([0, 0.1, 0.3, 1], unit="share", decimals=0)
    assert shares.classes(pd.Series([0.09, 0.095, 0.1, 0.29, 0.3])).tolist() == [0, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("breaks", "unit", "decimals", "words"),
    [
        ([0, 1, 2, 6], "index", 2, ["under 1,00", "1,00–1,99", "2,00 eller mer"]),
        ([0, 0.1, 1], "share", 0, ["under 10\xa0%", "10\xa0% eller mer"]),
        ([0, 5, 6, 9], "kr", 0, ["under 5\xa0kr", "5\xa0kr", "6\xa0kr eller mer"]),
    ],
)
def test_a_legend_leaves_no_doubt_about_a_value_on_a_limit(breaks, unit, decimals, words):
    assert scales.scale(breaks, unit=unit, decimals=decimals).labels() == words


@pytest.mark.parametrize("classes", range(2, 10))
def test_every_number_of_classes_has_as_many_colours_from_light_to_dark(classes):
    scale = scales.scale(range(classes + 1))
    assert len(set(scale.colours)) == len(scale.labels()) == classes
    assert (scale.colours == scales.SEQUENCE) == (classes == len(scales.SEQUENCE))
    depths = [contrast(colour, "#ffffff") for colour in scale.colours]
    assert depths == sorted(depths)


@pytest.mark.parametrize("breaks", [[0, 1], range(11), [0, 2, 1], [0, 1, 1]])
def test_limits_that_make_no_scale_are_refused(breaks):
    with pytest.raises(ValueError, match="2 to 9 classes"):
        scales.scale(breaks)


def test_limits_found_for_any_numbers_are_round_and_hold_them_all():
    assert scales.even_breaks(pd.Series([6.5, 14.2])) == (6, 8, 10, 12, 14, 16)
    for values in ([3, 3], [np.nan], [0.05, 0.12], [-1, 4e6]):
        assert 3 <= len(scales.even_breaks(pd.Series(values))) <= 7
