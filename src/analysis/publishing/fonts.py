"""The one face that page, chart and PDF share, from its own package; never from the machine."""

from __future__ import annotations

import base64
import io
from functools import cache
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import typst

from analysis import kept

FAMILY = "Source Sans Pro"
FACES = (("Regular", 400, "normal"), ("Semibold", 600, "normal"), ("It", 400, "italic"))
LETTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *map(ord, "–—‘’‚“”„†•…‰‹›€™←↑→↓−≈≠≤≥▲△▼▽●○■□✓\u202f"),
)
FEATURES = ("kern", "liga", "locl", "mark", "tnum", "lnum", "pnum")


def folder() -> Path:
    """Return the folder of the font files."""
    return Path(str(files("font_source_sans_pro"))) / "files"


@cache
def faces() -> str:
    """Return the @font-face rules with the Latin letters of the faces inside.

    Cutting takes half a second, so what is cut is kept where Python keeps byte code.
    """
    packages = [metadata.version(name) for name in ("font-source-sans-pro", "fonttools")]
    file = Path(__file__).parent / "__pycache__" / "faces.pickle"
    return kept.value(file, packages, _faces)


def _faces() -> str:
    return "\n".join(
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};font-style:{style};'
        f"font-display:block;src:url(data:font/woff2;base64,{_letters(name)}) format('woff2')}}"
        for name, weight, style in FACES
    )


@cache
def book() -> typst.Fonts:
    """Return the fonts that Typst may use: the face and Typst's own, none of the machine's."""
    return typst.Fonts(include_system_fonts=False, font_paths=[folder()])


def _letters(name: str) -> str:
    """Cut a face to our letters, as base64 of WOFF2; the same bytes every time."""
    from fontTools import subset

    options = subset.Options(flavor="woff2", hinting=False, layout_features=list(FEATURES))
    result = io.BytesIO()
    with subset.load_font(str(folder() / f"SourceSansPro-{name}.ttf"), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=LETTERS)
        cutter.subset(font)
        subset.save_font(font, result, options)
    return base64.b64encode(result.getvalue()).decode()
