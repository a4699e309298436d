"""Reported crime, the promise and the wastewater: a year's results in, Swedish sentences out."""

from __future__ import annotations

from analysis import swedish
from analysis.figures import wording
from analysis.figures.figure import KeyFigure, Text
from analysis.results import Results
from analysis.text.sentences import Facts, lowered, said, say, told

REST = "Övriga brott"


def whole(this_year: Results) -> Facts | None:
    """Return the change of all reported crime; None where there is no crime."""
    found = this_year.crime_changes.query("area == '' and parent == ''").to_dict("records")
    return found[0] if found else None


def crime_alone(this_year: Results) -> Text | None:
    """Say how many crimes were reported, and the change."""
    return crime(this_year, "crime")


def crime(this_year: Results, block: str = "crimes") -> Text | None:
    """Say how many crimes were reported, which groups changed for certain, and what is unknown."""
    row, counts = whole(this_year), this_year.crime
    if row is None:
        return None
    groups = this_year.crime_changes.query("area == '' and parent != ''")
    certain = groups.query("verdict in @wording.CERTAIN and percent == percent").to_dict("records")
    is_unknown = groups["label"].eq(REST).any() and not groups["parent"].eq(REST).any()
    newest = counts.loc[counts["year"].eq(counts["year"].max())]
    words = {
        "year": newest["year"].iloc[0],
        "is_late": newest["preliminary"].any(),
        "more": 100 * (row["count"] / row["before"] - 1) if row["before"] > 0 else float("nan"),
        "rows": certain,
        "rest": REST if is_unknown else "",
    }
    return told(say(this_year, f"registers.{block}", row=row, **words))


def crime_figure(this_year: Results) -> KeyFigure | None:
    """Give the number of reported crimes, and how it changed per inhabitant."""
    row = whole(this_year)
    if row is None:
        return None
    note = str(said("registers.per_inhabitant", row=row))
    return KeyFigure("Anmälda brott", swedish.number(row["count"]), note)


def both_measures(this_year: Results) -> Text | None:
    """Say what survey and register say together, and why both are true when they differ."""
    crime = whole(this_year)
    return told(say(this_year, "registers.both", crime=crime) if crime else "")


def crime_certainty(this_year: Results) -> Text | None:
    """Say what the margins of a count of crimes mean, and what the test assumes."""
    return None if this_year.crime.empty else told(said("registers.certainty"))


def promises(this_year: Results) -> Text | None:
    """Say how many targets were met, partly met, not met and not followed up."""
    done = this_year.promises["fulfilled"]
    return None if done.empty else Text(f"{wording.kept(done)}.")


def promise_figure(this_year: Results) -> KeyFigure | None:
    """Give the number of targets met, and how the others went."""
    done = this_year.promises["fulfilled"]
    if done.empty:
        return None
    _, _, others = wording.kept(done).partition(" uppfyllda")
    count = f"{done.str.strip().str.lower().eq('ja').sum()} av {len(done)}"
    return KeyFigure("Löftet: uppfyllda mål", count, others.lstrip(",; "))


def wastewater(this_year: Results) -> Text | None:
    """Say what rose and fell since the year before, what was too little, and what is not known."""
    water, before = this_year.wastewater, this_year.year - 1
    keys = ["substance", "place"]
    old = water.query("year == @before")[[*keys, "value", "state"]]
    now = water.query("year == @this_year.year")
    if now.empty:
        return None
    both = now.merge(old, on=keys, how="left", suffixes=("", "_before"))
    both["substance"] = both["substance"].map(lowered)
    kinds = {
        "risen": "value > value_before",
        "fallen": "value < value_before",
        "new": "state == 'measured' and state_before == 'below_loq'",
        "below": "state == 'below_loq'",
    }
    names = {kind: list(both.query(rule)["substance"]) for kind, rule in kinds.items()}
    return told(said("registers.water", before=before, **names))
