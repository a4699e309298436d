"""The year's gated results as files that others can reckon with."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime
from pathlib import Path

import pandas as pd
from openpyxl import Workbook, styles
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.writer.excel import ExcelWriter

from analysis import geodata, packing, swedish
from analysis import text as narrative
from analysis.figures import wording
from analysis.results import Results
from analysis.text import facts

# As coarse as the pages, or nearly: finer ones would let hidden values be computed from totals.
SHARE_DECIMALS, INDEX_DECIMALS, MARGIN_DECIMALS = 3, 2, 2
KEYS = ["area", "area_name", "group", "indicator", "indicator_name"]
MEANINGS = {
    "area": "områdets id; tomt: hela kommunen", "area_name": "områdets eller kommunens namn",
    "group": "grupp av invånare; tomt: alla", "indicator": "måttets id",
    "indicator_name": "måttets namn", "unit": "måttets enhet", "year": "år",
    "value": "värde i måttets enhet; tomt: visas inte", "lower": "nedre gräns, 95 % konfidens",
    "upper": "övre gräns, 95 % konfidens", "n": "antal svar; tomt: visas inte",
    "status": "; ".join(f"{name}: {word or 'visas'}" for name, word in wording.STATES.items()),
    "compared_with": "år som jämförs", "difference": "förändring i måttets enhet",
    "p_value": "p-värde för den", "certain": "om den är säkerställd bland alla prövade",
    "code": "brottskod; tomt: grupp av brott", "label": "brott eller grupp av brott",
    "parent": "gruppen som brottet hör till", "count_now": "anmälda brott under året",
    "before": "anmälda brott året före", "mean_population": "medelfolkmängd",
    "population_before": "medelfolkmängd året före", "preliminary": "om årets antal är preliminärt",
    "rate_per_100k": "anmälda brott per 100 000 invånare",
    "difference_per_100k": "förändring av det", "percent": "samma i procent; tomt: för få brott",
}  # fmt: skip
TYPES = {"b": "boolean", "i": "integer", "f": "number"}
SHEETS = {"resultat": "Resultat", "forandringar": "Förändringar", "brott": "Anmälda brott"}
LICENCE = {"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}
FORMULA = r"\A(?=[=+\-@\t\r\n＝＋－＠])"  # the start of what a spreadsheet would run


def write(year: Results, folder: Path) -> None:
    """Write facts.json and, in data/, tables, map files and datapackage.json into a folder."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "facts.json").write_bytes(_json(facts.as_json(year)))
    for name, content in _files(year).items():
        (folder / "data" / name).write_bytes(content)


def estimates(year: Results) -> pd.DataFrame:
    """Return one row per area ("": the municipality), group of residents, indicator and year."""
    rows = year.estimates.loc[year.estimates["measure"].isin(year.measures.index)]
    return _named(_coarse(rows, "value"), year).assign(
        unit=rows["kind"].map({"index": "index 0–6", "share": "andel 0–1"}),
        n=rows["n"].mask(rows["status"].eq("hidden")).astype("Int64"),
    )[[*KEYS, "unit", "year", *geodata.QUANTITIES]]


def changes(year: Results) -> pd.DataFrame:
    """Return the tidy table of comparisons with the earlier year."""
    rows = year.changes.dropna(subset="difference")
    kinds = rows["measure"].map(year.measures["kind"])
    rows = rows.assign(year=year.number, compared_with=year.earlier, kind=kinds)
    rows = _coarse(rows, "difference").assign(p_value=rows["p_value"].round(3))
    quantities = ["difference", "lower", "upper", "p_value", "certain"]
    return _named(rows, year)[[*KEYS, "year", "compared_with", *quantities]]


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would run, in CSV and XLSX alike."""
    clean = frame.replace(ILLEGAL_CHARACTERS_RE.pattern, "", regex=True)
    return clean.replace(FORMULA, "'", regex=True)


def _coarse(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Round values and margins."""
    is_index = rows["kind"].eq("index")
    value = rows[name].round(INDEX_DECIMALS).where(is_index, rows[name].round(SHARE_DECIMALS))
    return rows.assign(**{name: value}, **rows[["lower", "upper"]].round(MARGIN_DECIMALS))


def _named(rows: pd.DataFrame, year: Results) -> pd.DataFrame:
    names = year.areas["name"].to_dict() | {"": year.municipality.name}
    labels = rows["measure"].map(year.measures["label"])
    named = rows.assign(area_name=rows["area"].map(names), indicator_name=labels)
    return named.assign(group=rows["level"], indicator=rows["measure"])


def _files(year: Results) -> dict[str, bytes]:
    """Return every file in data/ by name; a year without tables has none."""
    made = {"resultat": estimates(year), "forandringar": changes(year)}
    made |= {} if year.crime is None else {"brott": year.crime_compared}
    frames = {name: harmless(frame) for name, frame in made.items() if not frame.empty}
    texts = {name: frame.to_csv(index=False, lineterminator="\n") for name, frame in frames.items()}
    files = {f"{name}.csv": text.encode("utf-8-sig") for name, text in texts.items()}
    if frames:
        resources = [_resource(name, files[f"{name}.csv"], frames[name]) for name in frames]
        files["datapackage.json"] = _json(_package(year, resources))
        files["resultat.xlsx"] = _workbook(year, frames)
        files |= geodata.files(year, made["resultat"])
    return files


def _about(year: Results) -> dict[str, str]:
    rules, notice = year.municipality.disclosure, narrative.notice(year)
    return {
        "Vad": f"Trygghetsanalys {year.number}, {year.municipality.name}",
        **({"Observera": str(notice).replace("**", "")} if notice else {}),
        "Källor": "; ".join(source.source for source in year.year.sources.values()),
        "Visas inte": f"Värden från färre än {rules.hide_below} svar, och sådant som avslöjar dem.",
        "Osäkert": f"Värden från färre än {rules.uncertain_below} svar, eller med stor felmarginal.",
        "Licens": f"{LICENCE['name']} för det vi har räknat fram, {LICENCE['path']}",
    }


def _workbook(year: Results, frames: dict[str, pd.DataFrame]) -> bytes:
    book, lines = Workbook(), list(_about(year).items())
    lines += [(f"{SHEETS[at]}: {name}", MEANINGS[name]) for at in frames for name in frames[at]]
    book.remove(book.worksheets[0])
    _add_sheet(book, "Läs mig", harmless(pd.DataFrame(lines, columns=["Rubrik", "Text"])))
    for name, frame in frames.items():
        _add_sheet(book, SHEETS[name], frame)
    book.properties.title, book.properties.language = lines[0][1], "sv-SE"
    book.properties.creator = year.municipality.name
    book.properties.created = book.properties.modified = datetime(*packing.LONG_AGO)
    made = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(made, "w")).save()  # Workbook.save would stamp the time
    with zipfile.ZipFile(made) as archive:
        return packing.packed({name: archive.read(name) for name in archive.namelist()})


def _add_sheet(book: Workbook, title: str, frame: pd.DataFrame) -> None:
    """Add a table: a bold header that stays in sight, columns as wide as their texts."""
    sheet = book.create_sheet(title)
    for row in [list(frame), *frame.astype(object).where(frame.notna(), None).to_numpy().tolist()]:
        sheet.append(row)
    sheet.freeze_panes = "A2"
    for cells in sheet.columns:
        longest = max(len(str(cell.value or "")) for cell in cells)
        sheet.column_dimensions[cells[0].column_letter].width = min(longest + 2, 80)
        cells[0].font = styles.Font(bold=True)
        for cell in cells if longest > 80 else ():
            cell.alignment = styles.Alignment(wrap_text=True, vertical="top")


def _package(year: Results, resources: list[dict[str, object]]) -> dict[str, object]:
    """Describe the tables as a Frictionless tabular data package."""
    about = _about(year)
    return {
        "profile": "tabular-data-package",
        "name": swedish.slug(f"trygghet {year.municipality.name} {year.number}"),
        "title": about["Vad"],
        "description": "\n\n".join(f"{head}: {text}" for head, text in about.items()),
        "licenses": [LICENCE],
        "sources": [{"title": source.source} for source in year.year.sources.values()],
        "resources": resources,
    }


def _resource(name: str, content: bytes, frame: pd.DataFrame) -> dict[str, object]:
    kinds = {at: TYPES.get(column.dtype.kind, "string") for at, column in frame.items()}
    fields = [{"name": at, "type": kinds[at], "description": MEANINGS[at]} for at in kinds]
    about = {"name": name, "title": SHEETS[name], "path": f"{name}.csv", "encoding": "utf-8"}
    whole = {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    return {**about, **whole, "profile": "tabular-data-resource", "schema": {"fields": fields}}


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return f"{text}\n".encode()
