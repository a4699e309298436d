"""Which documents a year becomes: the one list of reports that batch, links and `--only` share."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.results import Results


@dataclass(frozen=True, slots=True)
class Report:
    """A document to be: a notebook with its parameters.

    Attributes:
        name: what `--only` takes and links say.
        notebook: file in notebooks/, without suffix.
        path: where it is put in the report's folder, without suffix.
        title: what a link to it says.
        parameters: besides the year.
        form: of the PDF: "long" has a cover and contents, "page" is one page in two columns.
        formats: which files are made.
    """

    name: str
    notebook: str
    path: str
    title: str
    parameters: dict[str, object] = field(default_factory=dict)
    form: str = "plain"
    formats: tuple[str, ...] = ("html", "pdf")


def of(year: Results) -> list[Report]:
    """List the year's documents; those without data are not in it."""
    reports = [
        Report("start", "start", "index", "Startsida", formats=("html",)),
        Report("arsanalys", "arsanalys", "arsanalys", "Årsanalysen", form="long"),
    ]
    if year.crime is not None:
        reports.append(Report("brott", "brott", "brott", "Anmälda brott"))
    if year.main_measure() is not None:
        reports.append(Report("trygghet", "trygghet", "trygghet", "Tryggheten, fråga för fråga"))
    reports.append(
        Report("kontroll", "kontroll", "kontroll", "Kontroll av underlaget", formats=("html",))
    )
    if year.main_measure() is not None:
        reports += [
            Report(str(area), "omrade", f"omraden/{area}", name, {"area": str(area)}, "page")
            for area, name in year.areas["name"].items()
        ]
    return reports
