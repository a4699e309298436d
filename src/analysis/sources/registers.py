"""What registers and people tell of a year: crime, wastewater, promises, texts; validated frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis import paths
from analysis.sources import areas, config, readers
from analysis.sources.columns import RawTable, matched, numbers
from analysis.sources.records import CRIME, CrimeSource, Source
from analysis.sources.survey import TOTAL

CRIME_FRAME = ["year", *CRIME, "area", "mean_population", "preliminary"]
WASTEWATER = ["substance", "place", "week", "value_mg_per_1000_day", "state"]
WASTEWATER_FRAME = ["year", "substance", "place", "week", "value", "state"]
STATES = ("below_loq", "measured")
PROMISES = ["promise", "target", "outcome", "unit", "fulfilled"]
EMPTY = pd.DataFrame(columns=[*CRIME_FRAME, *WASTEWATER_FRAME[1:], *PROMISES])
FULFILLED = ("ja", "nej", "delvis", "ej följts upp")
NOTE = "Skriv ett heltal, eller .. om det saknas. Är raden en not: ignored_rows i year.toml."
ZEROS = "Skriv koderna som text med fyra siffror: 0412."
ROOT = "Sätt summan först och fyll i parent, eller namnge summan: total = … i year.toml."
PARENT = "Skriv gruppens label."
FLAT = "Skriv indragen som blanksteg i första kolumnen, eller fyll i en kolumn parent."
PEOPLE = "Namnge kolumnen med folkmängd i columns: mean_population, och fyll i den."


def crime(root: Path, number: int, *, span: int = 4) -> pd.DataFrame:
    """Read the newest year with reported crime, up to a year, and the `span` - 1 years before it.

    Returns:
        One row per year, crime and area: `year`, `code` (text, leading zeros kept, "" for a group),
        `label`, `parent` ("" for the total), `count` (NaN where missing), `area` ("" for the whole
        place), `mean_population`, `preliminary`; no rows where no year has crime.

    Raises Refusal with every count that is no whole number, unknown parent and doubled label.
    """
    known = [year for year in paths.years(root) if year <= number]
    sources = {year: found for year in known if (found := config.year(root, year).crime)}
    first = max(sources, default=number) - span + 1
    frames = [_crime(root, year, own) for year, own in sources.items() if year >= first]
    return pd.concat(frames, ignore_index=True) if frames else EMPTY[CRIME_FRAME]


def _crime(root: Path, number: int, source: CrimeSource) -> pd.DataFrame:
    named = {own: str(name) for name, own in source.columns.items()}
    table = readers.table(root, number, source, named)
    given = table.rows[list(named)].rename(columns=named)
    table = replace(table, rows=given.reindex(columns=[*CRIME, *CRIME_FRAME[-3:-1]], fill_value=""))
    rows = table.rows.assign(area=_areas(root, number, table))
    if "parent" not in given and (source.indented or source.total):
        if source.indented and not rows["label"].str.match(r"\s").any():
            table.fault(None, "", "ingen rad är indragen.", FLAT)
        rows = pd.concat(_nested(own, source.total) for _, own in rows.groupby("area", sort=False))
    table = replace(table, rows=rows)
    counts, people = numbers(table, "count", is_count=True), numbers(table, "mean_population")
    people = people.where(rows["area"].ne(TOTAL) | people.notna(), source.mean_population)
    bad = rows["mean_population"][~people.gt(0)]
    table.faults(bad, "folkmängden ”{}” är inte större än noll.", PEOPLE)
    _require_tree(table, counts)
    facts = {"year": number, "preliminary": source.preliminary, "mean_population": people}
    return _with_whole(rows.assign(count=counts, **facts), source)[CRIME_FRAME]


def _areas(root: Path, number: int, table: RawTable) -> pd.Series:
    """Tell each row's area; rows without one, or with the place's own name, are of the whole."""
    if table.rows["area"].eq("").all():
        return table.rows["area"]
    place = config.municipality(root)
    whole = ("", place.name, place.short_name, f"hela {place.unit_word}")
    known = areas.spellings(areas.register(root, number))
    return matched(table, "area", dict.fromkeys(whole, TOTAL) | known)


def _nested(rows: pd.DataFrame, total: str | None) -> pd.DataFrame:
    """Find each row's parent, the nearest above that is indented less; the total stands first.

    A label that comes again further down is told apart by its parent's: ”Rån: mot person”.
    """
    labels: list[str] = []
    parents: list[str] = []
    open_rows: list[tuple[int, str]] = []
    for text in rows["label"]:
        label, level = text.lstrip(), len(text) - len(text.lstrip())
        while open_rows and open_rows[-1][0] >= level:
            open_rows.pop()
        parent = open_rows[-1][1] if open_rows else ""
        labels.append(f"{parent}: {label}" if label in labels and parent else label)
        open_rows.append((level, labels[-1]))
        parents.append(parent or (total or "") * (label != total))
    placed = rows.assign(label=labels, parent=parents)
    return placed.sort_values("label", key=lambda names: names.ne(total), kind="stable")


def _require_tree(table: RawTable, counts: pd.Series) -> None:
    """Refuse missing counts, strange codes and parents, doubled labels, lost totals."""
    rows = table.rows
    stray = []
    for _, own in rows.groupby("area", dropna=False):
        roots = own.index[own["parent"].eq("")]
        stray.append(own["parent"][~own["parent"].isin(["", *own["label"]])])
        if len(roots) != 1 or roots[0] != own.index[0] or counts.isna()[roots[0]]:
            what = f"filen ska börja med en enda summa (en rad utan parent); den har {len(roots)}."
            table.fault(int(own.index[0]), "parent", what, ROOT)
    twice, coded = rows.duplicated(["area", "label"]), rows["code"].str.fullmatch("([0-9]{4})?")
    table.check(
        (rows["count"][rows["count"].eq("")], "”{}” är inget antal.", NOTE),
        (rows["code"][~coded], "”{}” är ingen brottskod.", ZEROS),
        (pd.concat(stray), "”{}” är ingen rad i filen.", PARENT),
        (rows["label"][twice], "”{}” finns två gånger.", "Ta bort en rad."),
    )


def _with_whole(rows: pd.DataFrame, source: CrimeSource) -> pd.DataFrame:
    """Add the sums of the areas, first, where the file has no rows of the whole place."""
    if rows["area"].eq(TOTAL).any():
        return rows
    by_label = rows.groupby("label", sort=False)
    whole = by_label.first().assign(count=by_label["count"].sum(skipna=False))
    whole = whole.reset_index().assign(area=TOTAL, mean_population=source.mean_population)
    return pd.concat([whole, rows])


def wastewater(root: Path, number: int) -> pd.DataFrame:
    """Read a year's measurements and those of the year before; no rows where the year has none.

    Returns:
        `year`, `substance`, `place`, `week`, `value` (mg per 1 000 inhabitants and day, NaN where
        the `state` is below_loq: below the limit of quantification, which is not zero), `state`.
    """
    years = sorted({number - 1, number} & {*paths.years(root)})
    sources = {year: found for year in years if (found := config.year(root, year).wastewater)}
    frames = [_wastewater(root, year, source) for year, source in sources.items()]
    return pd.concat(frames, ignore_index=True) if number in sources else EMPTY[WASTEWATER_FRAME]


def _wastewater(root: Path, number: int, source: Source) -> pd.DataFrame:
    table = readers.table(root, number, source, WASTEWATER)
    values, states = numbers(table, "value_mg_per_1000_day"), table.rows["state"]
    what = "värde och läge (”{}”) går inte ihop."
    remedy = f"Giltiga lägen: {', '.join(STATES)}; measured har ett värde, below_loq inget."
    fits = states.isin(STATES) & (states.eq("measured") == values.ge(0))
    table.check((states[~fits], what, remedy))
    return table.rows.assign(year=number, value=values)[WASTEWATER_FRAME]


def promises(root: Path, number: int) -> pd.DataFrame:
    """Read a year's promises and their follow-up as texts, one row each; no rows without a file."""
    source = config.year(root, number).promises
    if source is None:
        return EMPTY[PROMISES]
    table = readers.table(root, number, source, PROMISES)
    rows = table.rows[PROMISES]
    bad = rows["fulfilled"][~rows["fulfilled"].isin(FULFILLED) | rows["promise"].eq("")]
    remedy = f"Skriv vad som lovades, och ett av: {', '.join(FULFILLED)}."
    table.check((bad, "”{}” duger inte.", remedy))
    return rows.reset_index(drop=True)


def texts(root: Path, number: int) -> dict[str, str]:
    """Read the texts that people wrote for a year, data/YEAR/text/*.md, by file stem."""
    folder = paths.of_data(root, number) / "text"
    return {
        path.stem: readers.prose(path, path.relative_to(root).as_posix())
        for path in sorted(folder.glob("*.md"))
    }
