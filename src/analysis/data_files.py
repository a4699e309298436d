"""A year's gated results as files that others can reckon with: CSV, a workbook, map files."""

from __future__ import annotations

import datetime
import io
import json
import tomllib
import zipfile
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pyogrio
import shapely

from analysis import swedish
from analysis.figures import wording
from analysis.publishing import build
from analysis.results import Results
from analysis.text import about

STAMP = datetime.datetime(1980, 1, 1)  # of every file: same results, same bytes
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False}
WIDEST = 560  # pixels of a column
UNITS = {"index": "index 0–6", "share": "andel 0–1"}
KEYS = ["area", "area_name", "group", "indicator", "indicator_name"]
VALUES = ["value", "lower", "upper", "n", "status"]
SHEETS = {"resultat": "Resultat", "forandringar": "Förändringar", "brott": "Anmälda brott"}
TYPES = {"b": "boolean", "i": "integer", "f": "number"}
LICENCE = {"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}
ILLEGAL = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"  # in a workbook
FORMULA = r"\A(?=[=+\-@\t\r\n＝＋－＠])"  # the start of what a spreadsheet would run


def write(this_year: Results, folder: Path) -> None:
    """Write tables, map files and datapackage.json into `data` in a folder."""
    frames = {name: harmless(frame) for name, frame in tables(this_year).items() if len(frame)}
    texts = {name: frame.to_csv(index=False, lineterminator="\n") for name, frame in frames.items()}
    made = {f"{name}.csv": text.encode("utf-8-sig") for name, text in texts.items()}
    if frames:
        made["resultat.xlsx"] = _workbook(this_year, frames)
        made["datapackage.json"] = _package(this_year, frames)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name, content in {**made, **_map_files(this_year)}.items():
        (folder / "data" / name).write_bytes(content)


def tables(this_year: Results) -> dict[str, pd.DataFrame]:
    """Return the tidy tables: results (a row an area, group, indicator and year), changes, crime."""
    years = {"year": this_year.year, "compared_with": this_year.earlier}
    results = _named(this_year, this_year.estimates, this_year.splits)
    changes = _named(this_year, this_year.changes, this_year.split_changes)
    changes = changes.dropna(subset="difference").assign(**years)
    keys, now = ["code", "label", "parent", "area"], this_year.crime
    now = now.loc[now["year"].eq(this_year.year), [*keys, "mean_population", "preliminary"]]
    crime = this_year.crime_changes.merge(now, on=keys, how="left", validate="one_to_one")
    tenths = ["rate_before", "rate", "difference", "lower", "upper", "percent"]
    return {
        "resultat": results.astype({"n": "Int64"})[[*KEYS, "unit", "year", *VALUES]],
        "forandringar": changes[[*KEYS, *years, "difference", "lower", "upper", "verdict"]],
        "brott": crime.assign(year=this_year.year).round(dict.fromkeys(tenths, 1)),
    }


def _named(this_year: Results, places: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Name the municipality, the groups and the units as a reader does."""
    names = dict(zip(this_year.areas["area"], this_year.areas["name"], strict=True))
    rows = pd.concat([places, groups.assign(area="")])
    rows = rows.rename(columns={"measure": "indicator", "label": "indicator_name"})
    return rows.assign(
        area_name=rows["area"].map({**names, "": this_year.context.municipality}),
        group=rows["group"].fillna(""),
        unit=rows["unit"].replace(UNITS),
    )


@cache
def _meanings() -> dict[str, str]:
    """Return what each column means."""
    said = tomllib.loads((files("analysis") / "templates/columns.toml").read_text("utf-8"))
    states = "; ".join(f"{name}: {word or 'visas'}" for name, word in wording.STATES.items())
    verdicts = "; ".join(f"{name}: {word}" for name, word in wording.VERDICTS.items())
    return {**said, "status": states, "verdict": verdicts}


def harmless(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before texts that a spreadsheet would run, in CSV and XLSX alike."""
    return frame.replace(ILLEGAL, "", regex=True).replace(FORMULA, "'", regex=True)


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of files by name, the same bytes for the same files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=1)
    return made.getvalue()


def _about(this_year: Results) -> dict[str, str]:
    rules, notice = this_year.config.municipality.disclosure, about.notice(this_year)
    sources = this_year.config.year.sources.values()
    of_survey = {
        "Visas inte": f"Värden från färre än {rules.hide_below} svar, och sådant som avslöjar dem.",
        "Osäkert": f"Värden från färre än {rules.uncertain_below} svar, eller med stor felmarginal.",
    }
    return {
        "Vad": f"Trygghetsanalys {this_year.year}, {this_year.context.municipality}",
        **({"Observera": notice.text.replace("**", "")} if notice else {}),
        "Källor": "; ".join(source.source for source in sources),
        **(of_survey if this_year.context.kind == "survey" else {}),
        "Licens": f"{LICENCE['name']} för det vi har räknat fram, {LICENCE['path']}",
    }


def _workbook(this_year: Results, frames: Mapping[str, pd.DataFrame]) -> bytes:
    """Return a workbook with a sheet a table and one that explains them."""
    lines = list(_about(this_year).items())
    lines += [(f"{SHEETS[at]}: {name}", _meanings()[name]) for at in frames for name in frames[at]]
    sheets = {"Läs mig": harmless(pd.DataFrame(lines, columns=["Rubrik", "Text"]))}
    sheets |= {SHEETS[name]: frame for name, frame in frames.items()}
    made, author = io.BytesIO(), this_year.context.municipality
    with pd.ExcelWriter(made, engine="xlsxwriter", engine_kwargs={"options": AS_TEXT}) as writer:
        writer.book.set_properties({"title": lines[0][1], "author": author, "created": STAMP})
        for title, frame in sheets.items():
            frame.to_excel(writer, sheet_name=title, index=False, freeze_panes=(1, 0))
            writer.sheets[title].autofit(max_width=WIDEST)
    return made.getvalue()


def _package(this_year: Results, frames: Mapping[str, pd.DataFrame]) -> bytes:
    """Describe the tables as a Frictionless tabular data package."""
    said = _about(this_year)
    fields = {
        name: [
            {"name": head, "type": TYPES.get(kind.kind, "string"), "description": _meanings()[head]}
            for head, kind in frame.dtypes.items()
        ]
        for name, frame in frames.items()
    }
    package = {
        "name": swedish.slug(f"trygghet {this_year.context.municipality} {this_year.year}"),
        "title": said["Vad"],
        "description": "\n\n".join(f"{head}: {text}" for head, text in said.items()),
        "licenses": [LICENCE],
        "resources": [
            {"name": name, "path": f"{name}.csv", "schema": {"fields": fields[name]}}
            for name in frames
        ],
    }
    return json.dumps(package, ensure_ascii=False, indent=1).encode()


def _map_files(this_year: Results) -> dict[str, bytes]:
    """Return GeoJSON and GeoPackage, an area a feature, with its main measure and groups."""
    areas = this_year.areas[["area", "name", "geometry"]].rename(columns={"area": "id"})
    if areas.geometry.isna().all():
        return {}
    groups = this_year.measures.loc[this_year.measures["level"].eq("group"), "measure"]
    rows = this_year.estimates.loc[this_year.estimates["year"].eq(this_year.year)]
    rows = rows.loc[rows["measure"].isin([this_year.main, *groups])]
    wide = rows.pivot(index="area", columns="measure", values=VALUES)
    wide.columns = pd.Index([f"{measure}_{value}" for value, measure in wide.columns])
    mapped = areas.merge(wide.infer_objects(), left_on="id", right_index=True, how="left")
    degrees = mapped.to_crs("EPSG:4326")
    outlines = shapely.set_precision(degrees.geometry, grid_size=1e-6)
    degrees = degrees.set_geometry(shapely.orient_polygons(outlines))
    made = io.BytesIO()
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{STAMP.isoformat()}Z"})
    mapped.to_file(made, driver="GPKG", layer="resultat")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    return {
        "resultat.geojson": degrees.to_json(drop_id=True).encode(),
        "resultat.gpkg": made.getvalue(),
    }


def pack(name: str, private: frozenset[str], folder: Path) -> list[str]:
    """Zip what may leave the house, with a record that tells nothing of the answers' file."""
    record = json.loads((folder / build.RECORD).read_text("utf-8"))
    lines = {name: line for name, line in record["documents"].items() if name not in private}
    files = {
        path: (folder / path).read_bytes() for line in lines.values() for path in line["outputs"]
    }
    told = {**record, "documents": lines, "inputs": {}}
    files[build.RECORD] = json.dumps(told, indent=1).encode()
    (folder / name).write_bytes(packed(files))
    return [name]
