"""Choose and see: widgets that show a year's results as the report does, through the same gate."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets as widgets
import pandas as pd

from analysis import paths, results
from analysis.figures import maps, questions, tables, wording
from analysis.figures.figure import Figure, Table
from analysis.results import Results
from analysis.sources.survey import TOTAL

__all__ = ["desk"]
Place = tuple[str, str]  # an area and "", or "" and a level of a split; both empty: everyone
EVERYONE: Place = (TOTAL, "")
TABS: dict[str, Callable[[Results, str, Place], Table | None]] = {
    "Områden": lambda year, measure, _: tables.areas(year, measure),
    "Förändring": lambda year, measure, _: tables.changes(year, measure),
    "Människor": lambda year, measure, _: tables.splits(year, measure),
    "Alla frågor": lambda year, _, place: questions.listed(year, place[0]),
}


def __dir__() -> list[str]:
    return __all__


def desk(year: int) -> widgets.VBox:
    """Show dropdowns for year, question and place; map, margins, change and tables follow.

    What is chosen stands as a line to copy into a notebook.

    >>> explore.desk(2023)  # doctest: +SKIP
    """
    root = paths.root()
    known = [number for number in paths.years(root) if results.of(number, root).main_measure()]
    choice = {
        "year": _dropdown("År", [(str(number), number) for number in known], year),
        "measure": _dropdown("Mått", _measures(results.of(year, root))),
        "place": _dropdown("Var och vilka", _places(results.of(year, root)), EVERYONE),
    }
    call, said, picture = widgets.HTML(), widgets.HTML(), widgets.HTML()
    grids = {title: widgets.HTML() for title in TABS}

    def follow(_: object = None) -> None:
        of_year = results.of(choice["year"].value, root)
        measure, place = choice["measure"].value, choice["place"].value
        call.value = f'<pre class="call">{escape(call_of(of_year, measure, place))}</pre>'
        said.value = f"<p>{escape(sentence(of_year, measure, place))}</p>"
        picture.value = _html(maps.choropleth(of_year, measure, area=place[0]))
        for title, grid in grids.items():
            grid.value = _html(TABS[title](of_year, measure, place))

    def renew(_: object) -> None:
        """Offer what another year has; keep what is chosen where that year has it too."""
        of_year = results.of(choice["year"].value, root)
        for name, options in (("measure", _measures(of_year)), ("place", _places(of_year))):
            kept, box = choice[name].value, choice[name]
            box.unobserve(follow, "value")
            box.options = options
            box.value = kept if kept in dict(options).values() else options[0][1]
            box.observe(follow, "value")
        follow()

    choice["year"].observe(renew, "value")
    for name in ("measure", "place"):
        choice[name].observe(follow, "value")
    follow()
    return _laid_out(list(choice.values()), [said, call], picture, grids)


def _laid_out(
    choice: list[widgets.Dropdown],
    words: list[widgets.HTML],
    picture: widgets.HTML,
    grids: dict[str, widgets.HTML],
) -> widgets.VBox:
    """Put the dropdowns on top, then the words, then the map and the tables side by side."""
    tabs = widgets.Tab(list(grids.values()), titles=list(grids))
    half = {"flex": "1 1 24rem", "min_width": "0"}
    picture.layout, tabs.layout = widgets.Layout(**half), widgets.Layout(**half)
    wrap = widgets.Layout(flex_flow="row wrap", align_items="flex-start")
    rows = [widgets.HBox(choice, layout=wrap), *words, widgets.HBox([picture, tabs], layout=wrap)]
    return widgets.VBox(rows)


def call_of(year: Results, measure: str, place: Place = EVERYONE) -> str:
    """Write the line that shows the same in any notebook."""
    area, level = place
    if level:
        return f'tables.splits(results.of({year.number}), "{measure}")'
    more = f', area="{area}"' if area else ""
    return f'maps.choropleth(results.of({year.number}), "{measure}"{more})'


def sentence(year: Results, measure: str, place: Place = EVERYONE) -> str:
    """Say a value with its margin and its change; only what the gate lets out."""
    area, level = place
    where = level or (year.areas["name"][area] if area else year.municipality.name)
    cell, change = _cell(year, measure, place)
    head = f"{year.measures['label'][measure]} {year.number}, {where}:"
    if cell is None:
        return f"{head} {wording.STATES['not_asked']}."
    if cell["status"] not in wording.PRINTED:
        return f"{head} {wording.value(cell)}. {wording.WHY[cell['status']]}"
    said = f"{head} {wording.value(cell)} (felmarginal {wording.margin(cell)})."
    if year.earlier is None:
        return f"{said} {year.why_not}"
    kind = year.measures["kind"][measure]
    moved = "" if change is None else f" {wording.difference(change, kind)},"
    return f"{said} Mot {year.earlier}:{moved} {wording.verdict(change, kind)}."


def _cell(year: Results, measure: str, place: Place) -> tuple[pd.Series | None, pd.Series | None]:
    """Find the gated cell of a place, and its comparison with the earlier year."""
    area, level = place
    if not level:
        return year.cell(measure, area), year.change(measure, area)
    rows = year.splits(measure)
    moved = year.changes.loc[year.changes["measure"].eq(measure) & year.changes["area"].eq(TOTAL)]
    found = [frame.loc[frame["level"].eq(level)] for frame in (rows, moved)]
    cell, change = (None if frame.empty else frame.iloc[0] for frame in found)
    return cell, change


def _dropdown(
    words: str, options: list[tuple[str, object]], value: object = None
) -> widgets.Dropdown:
    chosen = options[0][1] if value is None else value
    style = {"description_width": "initial"}
    return widgets.Dropdown(options=options, value=chosen, description=words, style=style)


def _measures(year: Results) -> list[tuple[str, object]]:
    """List the index, then each group followed by its questions, set in."""
    group = year.measures["group"]
    heads = [name for name in year.measures.index if not group[name]]
    found: list[tuple[str, object]] = []
    for head in heads:
        found.append((year.measures["label"][head], head))
        members = group.index[group.eq(head)]
        found += [(f"\u2003{year.measures['label'][name]}", name) for name in members]
    return found


def _places(year: Results) -> list[tuple[str, object]]:
    """List everyone, the areas, and the levels of sex, age and tenure."""
    levels = dict.fromkeys(year.estimates.loc[year.estimates["split"].ne(""), "level"])
    return [
        ("Hela kommunen", EVERYONE),
        *((name, (str(area), "")) for area, name in year.areas["name"].items()),
        *((level, (TOTAL, level)) for level in levels),
    ]


def _html(shown: Figure | Table | None) -> str:
    return "<p>Kan inte visas.</p>" if shown is None else shown._repr_mimebundle_()["text/html"]
