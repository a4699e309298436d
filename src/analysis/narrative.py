"""Results to Swedish sentences: the only place where a conclusion gets its words.

Every function takes a year's results and returns words, or None where there is nothing to say.
"""

from __future__ import annotations

import pandas as pd
import shapely

from analysis import documents, facts, phrases, reading, swedish, texts, wording
from analysis.figure import Notice, Words, plain
from analysis.results import Results
from analysis.survey import INDEX, TOTAL

__all__ = [
    "absent",
    "answered",
    "area",
    "both_measures",
    "certain",
    "changed_for_certain",
    "comparison",
    "contents",
    "crime",
    "crime_certainty",
    "downloads",
    "findings",
    "highest",
    "how_to_read",
    "method",
    "neighbours",
    "notice",
    "priority",
    "promises",
    "response",
    "text",
    "title",
    "total",
    "wastewater",
]

CERTAIN = (
    "**Vad betyder säkerställd?** En undersökning frågar några, inte alla. Därför skiljer sig "
    "siffrorna lite mellan åren även när ingenting har hänt. Vi kallar en förändring "
    "*säkerställd* först när den är större än vad slumpen rimligen kan förklara; annars säger vi "
    "att den ryms inom felmarginalen."
)
BOTH = (
    "Undersökningen och brottsstatistiken mäter olika saker. Undersökningen frågar vad invånarna "
    "upplever där de bor. Statistiken räknar brott som har anmälts, var i kommunen de än begicks. "
    "Båda kan stämma på samma gång."
)


def __dir__() -> list[str]:
    return __all__


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


def findings(year: Results) -> Words | None:
    """Say the report's three or four findings, each with its certainty."""
    points = [
        phrases.total(year),
        phrases.ends(year),
        phrases.moved(year),
        phrases.crime_total(year),
    ]
    said = [f"- {point}" for point in points if point]
    return Words("\n".join(said)) if said else None


def text(year: Results, part: str) -> Words | None:
    """Return a text of the year's folder text/, chosen by the beginning of its file's name.

    Headings are lowered a level, so that the document keeps its one title.
    """
    written = filter(texts.is_written, map(texts.read, texts.listed(year.root, year.number, part)))
    lines = "\n\n".join(written).splitlines()
    if not lines:
        return None
    return Words("\n".join(f"#{line}" if line.startswith("#") else line for line in lines))


def response(year: Results) -> Words | None:
    """Say how many were asked, how many answered, and when."""
    known = facts.response(year)
    if "response.answered" not in known:
        return None
    sentences = [f"{known['response.answered'].text} personer svarade på enkäten."]
    if "response.invited" in known:
        invited, answered, rate = (
            known[f"response.{name}"].text for name in ("invited", "answered", "rate")
        )
        sentences = [
            f"Enkäten skickades till {invited} slumpvis utvalda invånare.",
            f"{answered} svarade, det vill säga {rate}.",
        ]
    source = year.year.survey or year.year.delivered
    if source is not None and source.fieldwork:
        sentences.append(f"Svaren samlades in {plain(source.fieldwork)}.")
    return Words(" ".join(sentences))


def total(year: Results) -> Words | None:
    """Say the municipality's value, its change and what the scale means."""
    said = phrases.total(year)
    if said is None:
        return None
    scale = (
        " Indexet går från 0, närmast obefintligt problem, till 6, alarmerande påtagligt problem. "
        "Vi antar att 2 är det normala i Sverige. Ett lägre värde betyder färre upplevda problem."
        if year.main_measure() == INDEX
        else ""
    )
    return Words(said + scale)


def comparison(year: Results) -> Words | None:
    """Say how many areas changed for certain, how many tests that rests on, and what certain means."""
    if year.main_measure() is None:
        return None
    if year.earlier is None:
        return Words(year.why_not)
    said = phrases.moved(year)
    if said is None:
        said = f"Ingen jämförelse med {year.earlier} har kunnat göras för områdena."
    main = year.main_measure()
    tests = year.changes.loc[year.changes["measure"].eq(main) & year.changes["area"].ne(TOTAL)]
    many = (
        f" {tests['p_value'].count()} områden är prövade på en gång, och det är inräknat: annars "
        "skulle något område nästan varje år se ut att ha förändrats."
    )
    new = phrases.redrawn(year)
    return Words("\n\n".join([said, *([new] if new else []), CERTAIN + many]))


def priority(year: Results) -> Words | None:
    """Say what happened in each priority area."""
    main = year.main_measure()
    known = facts.areas(year)
    named = known.get("areas.priority")
    if main is None or named is None or not named.names:
        return None
    points = [f"- {phrases.of_area(year, main, area)}" for area in phrases.ids(year, named.names)]
    head = f"Kommunen och polisen prioriterar {swedish.counted(len(points), 'område', 'områden')}: {named.text}."
    return Words("\n".join([head, "", *points]))


def highest(year: Results) -> Words | None:
    """Say which area is highest, with its interval, its change and what drives it."""
    main = year.main_measure()
    known = facts.areas(year)
    if main is None or "areas.highest" not in known:
        return None
    (area,) = phrases.ids(year, known["areas.highest"].names)
    highest = f"Högst värde har {plain(year.areas['name'][area])}."
    said = [highest, phrases.of_area(year, main, area), phrases.what_drives(year, area)]
    return Words(" ".join(said))


def area(year: Results, chosen: str) -> Words | None:
    """Say an area's value, change, place beside the rest of the municipality, and what drives it."""
    main = year.main_measure()
    cell = None if main is None else year.cell(main, chosen)
    if main is None or cell is None:
        return None
    if cell["status"] not in wording.PRINTED:
        return Words(wording.WHY[cell["status"]])
    sentences = [
        phrases.of_area(year, main, chosen),
        phrases.beside_rest(year, main, chosen),
        phrases.what_drives(year, chosen),
    ]
    if cell["status"] == "uncertain":
        sentences.append("Värdet är osäkert: svaren är få eller felmarginalen stor.")
    if year.earlier is None:
        sentences.append(year.why_not)
    return Words(" ".join(sentence for sentence in sentences if sentence))


def changed_for_certain(year: Results, chosen: str = TOTAL) -> Words | None:
    """List the questions that changed for certain in an area."""
    if year.earlier is None:
        return None
    rows = year.changes
    rows = rows.loc[rows["area"].eq(chosen) & rows["split"].eq("") & rows["certain"].astype(bool)]
    rows = rows.loc[rows["measure"].isin(year.questions())]
    if rows.empty:
        return Words(_nothing_certain(year, chosen))
    points = [
        f"- {plain(year.measures['label'][row['measure']])}: {wording.difference(row, year.measures['kind'][row['measure']])}, {wording.verdict(row, year.measures['kind'][row['measure']])}"
        for _, row in rows.iterrows()
    ]
    return Words("\n".join(points))


def _nothing_certain(year: Results, chosen: str) -> str:
    tested = [year.change(name, chosen) is not None for name in year.questions()]
    if not any(tested):
        if chosen in year.history:
            return f"Det går inte att säga: områdets gränser är nya {year.number}."
        return "Inga förändringar kan visas: svaren är för få."
    some = "" if all(tested) else "Av de frågor som kan jämföras har "
    text = "ingen förändrats säkert" if some else "Ingen enskild fråga har förändrats säkert"
    return f"{some}{text} sedan {year.earlier}."


def neighbours(year: Results, chosen: str) -> Words | None:
    """Name the areas that share a border with an area, with their values."""
    main = year.main_measure()
    if year.outlines is None or main is None:
        return None
    shapes = year.outlines["geometry"]
    is_near = shapely.dwithin(shapes.to_numpy(), shapes[chosen], 50)
    near = shapes.index[is_near & (shapes.index != chosen)]
    cells = year.by_area(main).loc[near]
    if cells.empty:
        return None
    points = [
        f"- [{plain(cell['name'])}]({name}.html): {wording.value(cell)}{_around(cell)}"
        for name, cell in cells.iterrows()
    ]
    return Words("\n".join(points))


def _around(cell: pd.Series) -> str:
    interval = wording.interval(cell)
    return "" if interval == swedish.MISSING else f" ({interval})"


def answered(year: Results, chosen: str) -> Words | None:
    """Say how many answered the questions in an area."""
    rows = year.cells()
    own = rows.loc[rows["area"].eq(chosen) & rows["measure"].isin(year.questions())]
    counts = own.loc[own["status"].isin(wording.PRINTED), "n"].dropna()
    if counts.empty:
        return Words("Hur många som svarade i området visas inte.")
    few, many = (swedish.number(count) for count in (counts.min(), counts.max()))
    said = few if few == many else f"Mellan {few} och {many}"
    return Words(f"{said} invånare i området svarade på varje fråga.")


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


def crime(year: Results) -> Words | None:
    """Say how many crimes were reported, the change, and the groups that changed most."""
    said = phrases.crime_total(year)
    if said is None:
        return None
    compared = year.crime_compared
    assert compared is not None
    groups = compared.loc[compared["parent"].ne("") & compared["p_value"].lt(0.05)].dropna(
        subset="percent"
    )
    points = [
        f"- {plain(row.label)}: {swedish.number(row.count_now)} anmälningar, {swedish.signed(row.percent, 0)}{swedish.NO_BREAK}% per invånare sedan {year.number - 1}"
        for row in groups.itertuples()
    ]
    lead = (
        "Så här ändrades grupperna, räknat per invånare, där skillnaden är större än slumpen:"
        if points
        else ""
    )
    preliminary = (
        " Siffrorna är preliminära." if year.year.crime and year.year.crime.preliminary else ""
    )
    return Words("\n".join([said + preliminary, "", lead, "", *points]).strip())


@reading.by_value
def both_measures(year: Results) -> Words | None:
    """Say why the survey and the register can differ, when they do; each with its certainty."""
    main = year.main_measure()
    change = year.change(main) if main else None
    compared = year.crime_compared
    if main is None or change is None or compared is None:
        return None
    total = compared.iloc[0]
    verdict = wording.verdict(change, year.measures["kind"][main])
    if verdict == "oförändrat" or not total["percent"] * change["difference"] < 0:
        return None
    register = wording.register_verdict(total["p_value"], total["difference_per_100k"])
    name = swedish.capitalised(phrases.name_of(year, main))
    return Words(
        f"Siffrorna går åt olika håll. {name}: {verdict}. Anmälda brott: {register}. {BOTH}"
    )


def certain(year: Results) -> Words | None:
    """Say in plain words what a certain change is."""
    return Words(CERTAIN) if year.earlier is not None else None


def crime_certainty(year: Results) -> Words | None:
    """Say what the margins of a count of crimes mean."""
    if year.crime is None:
        return None
    return Words(
        "Antalet anmälda brott varierar slumpmässigt även när läget är oförändrat. Strecken visar hur "
        "mycket. En skillnad mellan åren är mer än slump när slumpen ensam sällan ger den (1 gång på "
        "20). Det säger inte varför: även fler anmälningar eller ändrad registrering kan ligga bakom."
    )


def promises(year: Results) -> Words | None:
    """Say how many of the promises were kept."""
    if year.promises is None:
        return None
    kept = int(year.promises["fulfilled"].eq("ja").sum())
    return Words(
        f"{swedish.capitalised(_in_words(kept))} av {_in_words(len(year.promises))} mål är uppfyllda."
    )


def _in_words(count: int) -> str:
    return swedish.SMALL_WORDS[count] if count < len(swedish.SMALL_WORDS) else swedish.number(count)


def wastewater(year: Results) -> Words | None:
    """Say what the measurement can and cannot tell."""
    if year.wastewater is None:
        return None
    below = year.wastewater.loc[year.wastewater["state"].eq("below_loq"), "substance"]
    said = "Mätningen visar läget under några dygn, inte hela året."
    if len(below):
        said += f" Under mätgränsen: {plain(swedish.listed(sorted(set(below), key=swedish.sort_key)))}. Det betyder inte att ämnet saknas."
    return Words(said)


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
