"""Reported crime as tables and charts: results in, a Table or a Figure out; None without data."""

from __future__ import annotations

import pandas as pd

from analysis import reading, swedish
from analysis.figures import drawn, wording
from analysis.figures.figure import Figure, Table, table
from analysis.results import Results

__all__ = ["beside_survey", "codes", "rates_now", "trends", "years"]

PER = 100_000  # residents


def __dir__() -> list[str]:
    return __all__


def codes(year: Results) -> Table | None:
    """List this year's reported crimes by crime code or group, with rate and change."""
    counts = year.crime_compared
    if counts is None:
        return None
    has_codes, has_before = counts["code"].ne("").any(), counts["before"].notna().any()
    heads = ["Antal", "Per 100 000 invånare"]
    heads += [f"Per invånare mot {year.number - 1}"] if has_before else []
    body = [
        (
            str(row.label),
            *([row.code or swedish.MISSING] if has_codes else []),
            swedish.number(row.count_now),
            swedish.number(row.rate_per_100k),
            *(_moved(row.percent, row.p_value, row.difference_per_100k) if has_before else ()),
        )
        for row in counts.itertuples()
    ]
    return table(
        f"Anmälda brott {year.number}",
        [
            "Brott",
            *(["Brottskod"] if has_codes else []),
            *heads,
            *(["Säkerställd?"] if has_before else []),
        ],
        body,
        numeric=heads,
        note="Procent anges bara när jämförelseåret hade minst 20 anmälningar."
        if has_before
        else "",
    )


def _moved(percent: float, p_value: float, difference: float) -> tuple[str, str]:
    return wording.percent_change(percent), wording.register_verdict(p_value, difference)


def years(year: Results) -> Table | None:
    """List the reported crimes of the years side by side."""
    if year.crime is None:
        return None
    return _side_by_side(year, year.crime.assign(shown=year.crime["count"]), "Anmälda brott")


def _side_by_side(year: Results, crimes: pd.DataFrame, what: str) -> Table:
    """List what the column `shown` holds, a column for each year."""
    key = ["code", "label", "parent"]
    wide = crimes.pivot_table(
        index=key, columns="year", values="shown", sort=False, dropna=False
    ).reindex(pd.MultiIndex.from_frame(crimes.loc[crimes["year"].eq(year.number), key]))
    marks = crimes.groupby("year")["preliminary"].any()
    heads = [f"{number}{' (preliminärt)' if marks[number] else ''}" for number in wide.columns]
    tops = set(crimes.loc[crimes["parent"].eq(""), "label"])
    body = [
        (
            # Part of a group that is itself part of the total.
            f"{label} – därav i {parent.lower()}" if parent and parent not in tops else label,
            *map(swedish.number, shown),
        )
        for (_, label, parent), shown in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    first, last = wide.columns.min(), wide.columns.max()
    return table(f"{what} {first}–{last}", ["Brott", *heads], body, numeric=heads)


def trends(year: Results) -> Figure | None:
    """Draw reported crimes per 100 000 residents, a small chart for each group."""
    if year.crime is None or year.crime["year"].nunique() < 2:
        return None
    crimes = year.crime.loc[year.crime["code"].eq("")]
    crimes = crimes.assign(shown=crimes["count"] / crimes["mean_population"] * PER)
    labels = list(dict.fromkeys(crimes.loc[crimes["year"].eq(year.number), "label"]))
    if not labels:
        return None
    rows = {
        label: crimes.loc[crimes["label"].eq(label)].set_index("year")["shown"] for label in labels
    }
    moved = {
        label: f"från {swedish.number(shown.iloc[0])} till {swedish.number(shown.iloc[-1])}"
        for label, shown in rows.items()
    }
    first, total = rows[labels[0]].index, labels[0]
    return Figure(
        title=f"{total} gick {moved[total]} per 100 000 invånare {first[0]}–{first[-1]}",
        alt=f"{len(labels)} små linjediagram, per 100 000 invånare {first[0]}–{first[-1]}. "
        + "; ".join(f"{label} {said}" for label, said in moved.items())
        + ".",
        caption="Anmälda brott per 100 000 invånare (medelfolkmängd). Varje diagram har sin egen skala från noll.",
        source=_source(year),
        svg=drawn.once(
            year,
            "trends",
            {label: shown.to_dict() for label, shown in rows.items()},
            f"crime-{year.number}",
        ),
        table=_side_by_side(year, crimes, "Anmälda brott per 100 000 invånare"),
    )


@reading.by_value
def beside_survey(year: Results) -> Table | None:
    """List the survey's main measure and the register's total side by side, with what changed."""
    main = year.main_measure()
    change = year.change(main) if main else None
    compared = year.crime_compared
    if main is None or change is None or compared is None or year.earlier is None:
        return None
    now, before = year.cell(main), year.cell(main, year=year.earlier)
    assert now is not None and before is not None
    total = compared.iloc[0]
    kind = year.measures["kind"][main]
    heads = [str(year.earlier), str(year.number), "Skillnad"]
    rows = [
        (
            f"{year.measures['label'][main]} (undersökningen)",
            wording.value(before),
            wording.value(now),
            wording.difference(change, kind),
            wording.is_certain(change),
        ),
        (
            f"{total['label']} per 100 000 invånare (registret)",
            swedish.number(total["before"] / total["population_before"] * PER),
            swedish.number(total["rate_per_100k"]),
            *_moved(total["percent"], total["p_value"], total["difference_per_100k"]),
        ),
    ]
    caption = f"Undersökningen och registret sida vid sida, {year.earlier} och {year.number}"
    return table(caption, ["Mått", *heads, "Säkerställd?"], rows, numeric=heads)


def _source(year: Results) -> str:
    return f"{year.year.crime.source}." if year.year.crime else ""


def rates_now(year: Results) -> Figure | None:
    """Draw this year's and last year's rates of each group with their exact intervals."""
    compared = year.crime_compared
    grid = codes(year)
    if compared is None or grid is None:
        return None
    parts = compared.loc[compared["parent"].ne("")]
    rows = parts.assign(value=parts["rate_per_100k"], status="shown")
    said = "; ".join(
        f"{row.label} {swedish.number(row.rate_per_100k)}" for row in rows.itertuples()
    )
    return Figure(
        title=f"Anmälda brott per 100 000 invånare {year.number}",
        alt=f"Prickdiagram med felmarginal. {said}.",
        caption=f"Prick: {year.number}. Vågrätt streck: hur mycket slumpen kan betyda (95 %). Grått lodrätt streck: {year.number - 1}.",
        source=_source(year),
        svg=drawn.points(
            year,
            list(rows["label"]),
            rows,
            list(rows["before"] / rows["population_before"] * PER),
            "Anmälda brott per 100 000 invånare",
            None,
            f"crime-rates-{year.number}",
        ),
        table=grid,
    )
