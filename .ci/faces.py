"""Cut the pages' face to our letters: font-source-sans-pro in, publishing/templates/faces.css out."""

from __future__ import annotations

import base64
import io
from importlib.resources import files
from pathlib import Path

from fontTools import subset

CSS = Path(__file__).resolve().parents[1] / "src/analysis/publishing/templates/faces.css"
HEAD = "/* Source Sans Pro (Adobe, SIL Open Font License 1.1), cut by .ci/faces.py. */\n"
FACES = (("Regular", 400, "normal"), ("Semibold", 600, "normal"), ("It", 400, "italic"))
LETTERS = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *map(ord, "ČčĐđŊŋŠšŦŧŽžĆćŁłŃńŚśŹźŻżŐőŰűĂăȚțȘșĞğİıŞş"),
    *map(ord, "–—‘’‚“”„†•…‰‹›€™←↑→↓−≈≠≤≥▲△▼▽●○■□✓\u202f"),
)
FEATURES = ("kern", "liga", "locl", "mark", "tnum", "lnum", "pnum")


def cut(name: str) -> bytes:
    """Cut a face to our letters, as WOFF2; the same bytes every time."""
    file = Path(str(files("font_source_sans_pro"))) / "files" / f"SourceSansPro-{name}.ttf"
    options = subset.Options(flavor="woff2", hinting=False, layout_features=list(FEATURES))
    result = io.BytesIO()
    with subset.load_font(str(file), options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=LETTERS)
        cutter.subset(font)
        subset.save_font(font, result, options)
    return result.getvalue()


def css() -> str:
    """Write the @font-face rules with the faces inside."""
    return HEAD + "".join(
        f'@font-face{{font-family:"Source Sans Pro";font-weight:{weight};font-style:{style};'
        f"font-display:block;src:url(data:font/woff2;base64,{base64.b64encode(cut(name)).decode()})"
        " format('woff2')}\n"
        for name, weight, style in FACES
    )


if __name__ == "__main__":
    CSS.write_text(css(), encoding="utf-8", newline="\n")
