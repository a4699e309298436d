"""The rules of a finished page that no browser and no axe tells of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bs4 import BeautifulSoup

NUMBER = re.compile(r"\d+,\d+")
NEVER = {
    "iframe, object, embed, base, form": "sådant finns inte på våra sidor",
    "table:not(:has(> caption))": "en tabell saknar rubrik",
    "th:not([scope=col], [scope=row])": "ett tabellhuvud saknar scope",
    "svg:not([aria-hidden=true], [role][aria-label])": "en bild (svg) saknar role eller namn",
    "[style], [onclick], [onload]": "säkerhetsregeln stoppar det",
    ":not(a)[href]:not([href^='#'], [href^='data:'])": "hämtar något utifrån",
    "[src]:not([src^='data:']), [srcset], [poster], [data], [background]": "hämtar något utifrån",
}


def title(html: str) -> str:
    """Return a page's title."""
    return BeautifulSoup(html, "html.parser").title.get_text(strip=True)


def faults(html: str) -> Iterator[str]:
    """Say which rules a page breaks."""
    soup = BeautifulSoup(html, "html.parser")
    for selector, what in NEVER.items():
        yield from (f"{what}: {str(element)[:90]}" for element in soup.select(selector))
    ids = Counter(element["id"] for element in soup.select("[id]"))
    yield from (f"”{name}” är {count} delars namn" for name, count in ids.items() if count > 1)
    wanted = {link["href"][1:] for link in soup.select("[href^='#']")}
    wanted |= {part["aria-labelledby"] for part in soup.select("[aria-labelledby]")}
    yield from (f"”{name}” pekas ut men finns inte" for name in wanted - ids.keys())
    cells = " ".join(table.get_text(" ") for table in soup("table"))
    for alt in (picture.get("aria-label", "") for picture in soup.select("svg[role=img]")):
        if strange := set(NUMBER.findall(alt)) - set(NUMBER.findall(cells)):
            yield f"alt-texten har tal som inte står i någon tabell: {', '.join(strange)}"
