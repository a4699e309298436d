"""What residents answered, in Swedish sentences: the whole, the areas, one area."""

from __future__ import annotations

import pandas as pd
import shapely

from analysis import swedish
from analysis.figures import wording
from analysis.figures.figure import Words, plain
from analysis.results import Results
from analysis.sources.survey import INDEX, TOTAL
from analysis.text import facts, phrases
from analysis.text.about import CERTAIN


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
