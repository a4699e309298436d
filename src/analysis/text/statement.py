"""What a reader must know besides the results: how to read them, and how accessible they are."""

from __future__ import annotations

from analysis.figures.figure import Words, plain
from analysis.results import Results
from analysis.sources.survey import INDEX
from analysis.text import about as colophon

SCALE = (
    "**Problemindex** går från 0, närmast obefintligt problem, till 6, alarmerande påtagligt "
    "problem. Vi antar att 2 är det normala i Sverige. Ett lägre värde betyder färre upplevda "
    "problem."
)
MARGIN = (
    "**Felmarginal** är de två tal som står efter ett värde, till exempel 1,22–1,32. Alla har inte "
    "svarat, så det sanna värdet är inte känt. Det ligger troligen mellan de två talen."
)
MARKS = (
    "**Osäkert** betyder få svar eller stor felmarginal. **Visas inte** betyder att svaren är så "
    "få att någon skulle kunna kännas igen. Det säger inget om hur tryggt området är."
)
TESTED = (
    "**Så är sidorna prövade.** Maskinellt, mot WCAG 2.1 och 2.2 på nivå A och AA, i telefonens och "
    "datorns bredd och som utskrift: rubriker, tabeller, kontrast, alternativtexter och att kartan "
    "går att använda med bara tangentbord. PDF-filerna är gjorda enligt PDF/UA-1. Personer som "
    "använder skärmläsare eller andra hjälpmedel har inte prövat dem."
)
LACKING = (
    "Kartan ritar inte ut namnet på områden som är för små; alla områden står i tabellen.",
    "I PDF-filernas tabeller är kolumnernas namn märkta som rubriker, men inte radernas.",
    "Breda tabeller behöver rullas i sidled på en smal skärm.",
    "Excel- och CSV-filerna är till för att räkna vidare på, och är inte prövade med hjälpmedel.",
)


def reading(year: Results) -> Words | None:
    """Say what the report's numbers and marks mean."""
    main = year.main_measure()
    if main is None:
        return None
    parts = [
        SCALE if main == INDEX else "",
        MARGIN,
        colophon.CERTAIN if year.earlier is not None else "",
        MARKS,
    ]
    return Words("\n\n".join(part for part in parts if part))


def accessibility(year: Results) -> Words:
    """State how accessible the pages are, as the law on accessible public services asks."""
    town = year.municipality
    contact = plain(town.contact) if town.contact else "kommunens växel"
    status = (
        f"{plain(town.name)} står bakom sidorna och vill att alla ska kunna använda dem. De är "
        "delvis förenliga med lagen om tillgänglighet till digital offentlig service (DOS-lagen). "
        f"Detta gäller årsanalysen {year.number}: sidorna, PDF-filerna och datafilerna."
    )
    known = ["**Brister som vi känner till**", "", *(f"- {text}" for text in LACKING)]
    contacts = (
        f"**Säg till oss.** Hittar du ett hinder, eller behöver du innehållet på ett annat sätt: "
        f"kontakta {contact}. Är du inte nöjd med svaret kan du anmäla det till myndigheten som har "
        "tillsyn, [Digg](https://www.digg.se/tdosanmalan)."
    )
    return Words("\n\n".join([status, TESTED, "\n".join(known), contacts]))


def own_pages(year: Results) -> Words | None:
    """Say that every area has a page of its own."""
    if year.main_measure() is None:
        return None
    return Words("Varje område har en egen sida. Välj området i tabellen.")
