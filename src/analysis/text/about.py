"""What the report says of itself: what it is, how to read it, what it was made of, and where the rest is."""

from __future__ import annotations

from analysis import documents, reading, swedish
from analysis.figures.figure import Notice, Words, plain
from analysis.results import Results
from analysis.sources import texts
from analysis.sources.survey import INDEX

CERTAIN = (
    "**Vad betyder säkerställd?** En undersökning frågar några, inte alla. Därför skiljer sig "
    "siffrorna lite mellan åren även när ingenting har hänt. Vi kallar en förändring "
    "*säkerställd* först när den är större än vad slumpen rimligen kan förklara; annars säger vi "
    "att den ryms inom felmarginalen."
)


def title(year: Results, what: str, *, area: str = "") -> Words:
    """Name the document; the only heading of the first level."""
    year.require_area(area)
    place = year.areas["name"][area] if area else year.municipality.name
    return Words(
        f"# {plain(place)}: {what} {year.number}"
        if area
        else f"# {what} {year.number}, {plain(place)}"
    )


def notice(year: Results) -> Notice | None:
    """Say which data are made up, when any are."""
    kinds = {
        "survey": "svaren i trygghetsundersökningen",
        "delivered": "undersökningens tabell",
        "crime": "de anmälda brotten",
        "wastewater": "mätningarna av avloppsvatten",
        "promises": "löftets mål och utfall",
    }
    sources = year.year.sources
    made_up = [kinds[kind] for kind, source in sources.items() if source.synthetic]
    if not (year.year.synthetic or made_up):
        return None
    what = swedish.listed(made_up or [kinds[kind] for kind in sources])
    said = f"**Demonstration. Använd inte siffrorna som fakta.** Påhittade är {what}."
    if year.year.survey is not None and year.year.survey.synthetic:
        said += (
            " Svaren är gjorda så att några publicerade resultat stämmer, till exempel kommunens "
            "index; områdenas övriga värden är påhittade."
        )
    if year.outlines is not None and "note" in year.outlines:
        said += " Områdesgränserna på kartan är ungefärliga."
    return Notice(said)


def text(year: Results, part: str) -> Words | None:
    """Return a text of the year's folder text/, chosen by the beginning of its file's name.

    Headings are lowered a level, so that the document keeps its one title.
    """
    written = filter(texts.is_written, map(texts.read, texts.listed(year.root, year.number, part)))
    lines = "\n\n".join(written).splitlines()
    if not lines:
        return None
    return Words("\n".join(f"#{line}" if line.startswith("#") else line for line in lines))


def how_to_read(year: Results) -> Words:
    """Say in short how to read the figures of an area, and where the rest is told."""
    policy = year.municipality.disclosure
    said = [
        "Problemindexet är vår rekonstruktion av polisens." if year.year.survey is not None else "",
        "Felmarginalen är ett 95-procentigt konfidensintervall."
        if year.cells()["lower"].notna().any()
        else "",
        (
            f"Värden som bygger på färre än {policy.hide_below} svar visas inte, och ibland inte heller "
            "värden som de kan räknas ut ur."
        ),
        "Hur siffrorna är framtagna står i [årsanalysen](../arsanalys.html).",
    ]
    return Words(" ".join(filter(None, said)))


def certain(year: Results) -> Words | None:
    """Say in plain words what a certain change is."""
    return Words(CERTAIN) if year.earlier is not None else None


def contents(year: Results) -> Words:
    """Link to the year's documents."""
    points = [
        f"- [{plain(report.title)}]({report.path}.html)"
        + (f" ([PDF]({report.path}.pdf))" if "pdf" in report.formats else "")
        for report in documents.of(year)
        if report.name != "start" and "area" not in report.parameters
    ]
    return Words("\n".join(points))


def downloads(year: Results) -> Words:
    """Link to the data files, and to the zip of everything that may leave the house."""
    survey, crime = year.main_measure() is not None, year.crime_compared
    counted = crime is not None and not crime.empty
    mapped = survey and year.outlines is not None
    files = [
        (f"arsanalys-{year.number}.zip", "Hela årsanalysen att spara och dela", "ZIP", True),
        ("data/resultat.xlsx", "Alla tabeller i en arbetsbok", "XLSX", survey or counted),
        ("data/resultat.csv", "Alla resultat med felmarginal", "CSV", survey),
        (
            *("data/forandringar.csv", "Alla förändringar", "CSV"),
            year.changes["difference"].notna().any(),
        ),
        ("data/brott.csv", "Anmälda brott", "CSV", counted),
        ("data/resultat.geojson", "Områdena med årets resultat", "GeoJSON", mapped),
        ("data/resultat.gpkg", "Samma i SWEREF 99 TM, för kartprogram", "GeoPackage", mapped),
        ("data/datapackage.json", "Tabellernas beskrivning", "JSON", survey or counted),
        ("facts.json", "Alla tal i texterna", "JSON", True),
    ]
    points = [f"- [{words}]({path}) ({form})" for path, words, form, there in files if there]
    return Words("\n".join(points))


@reading.by_value
def absent(year: Results) -> Words | None:
    """Name the parts that are left out because the year has no data for them."""
    there = set(year.year.sources)
    parts = {
        "trygghetsundersökningen": bool(there & {"survey", "delivered"}),
        "kartan": year.outlines is not None,
        "anmälda brott": "crime" in there,
        "avloppsvatten": "wastewater" in there,
        "medborgarlöftets uppföljning": "promises" in there,
        "texterna om årets arbete": text(year, "") is not None,
    }
    missing = [name for name, has in parts.items() if not has]
    if not missing:
        return None
    return Words(
        f"Följande delar är utelämnade, eftersom underlag för {year.number} saknas: {swedish.listed(missing)}."
    )


def method(year: Results, *kinds: str) -> Words:
    """Say how the figures were made and where they come from: all sources, or those of some kinds."""
    model = (
        "Problemindexet är vår rekonstruktion: polisens egna normalvärden och nivågränser är inte "
        "offentliga. Varje fråga får ett värde 0–6 efter hur stor andel som upplever problemet, och "
        "indexet är medelvärdet av frågorna. Värden som polisen levererar gäller alltid före våra."
    )
    computed = year.year.survey is not None and year.main_measure() == INDEX
    policy = year.municipality.disclosure
    rules = (
        f"Värden som bygger på färre än {policy.hide_below} svar visas inte, så att ingen enskild kan "
        f"kännas igen. Värden med färre än {policy.uncertain_below} svar eller stor felmarginal märks "
        "som osäkra. Ibland döljs även andra värden, så att de dolda inte kan räknas ut. "
        "Felmarginalen är ett 95-procentigt konfidensintervall."
    )
    if year.cells()["n"].isna().all():
        rules = (
            "Underlaget anger inte hur många som svarade, så inget sägs om hur säkra värdena är."
        )
    sources = [
        f"- {plain(source.source)}"
        for kind, source in year.year.sources.items()
        if kind in kinds or not kinds
    ]
    return Words(
        "\n".join([*([model, ""] if computed else []), rules, "", "Källor:", "", *sources])
    )
