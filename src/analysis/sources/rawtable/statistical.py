"""Files of statistical programs: SPSS, Parquet, JSON-stat 2 and PX in, a grid out."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pandas as pd

from analysis.sources import decoding
from analysis.sources.rawtable.layout import Layout
from analysis.sources.rawtable.lines import Grid


def spss(path: Path, label: str, layout: Layout) -> Grid:
    """Read an SPSS file: codes as texts, user-missing values as blanks.

    The columns that the layout calls labelled have their value labels in place of the codes.
    """
    import pyreadstat  # only SPSS files need it

    frame, about = pyreadstat.read_sav(path)
    coded, _ = pyreadstat.read_sav(path, user_missing=True)
    hidden = frame.isna() & coded.notna()
    for column in set(layout.labelled or ()) & set(frame):
        labels = about.variable_value_labels.get(column, {})
        frame = frame.assign(**{column: [labels.get(code, code) for code in frame[column]]})
    count = int(hidden.to_numpy().sum())
    said = f"{count} svar som SPSS-filen märker som saknade räknas som obesvarade"
    return _grid(frame, (said,) if count else ())


def parquet(path: Path, label: str, layout: Layout) -> Grid:
    """Read a Parquet file."""
    return _grid(pd.read_parquet(path))


def json_stat(path: Path, label: str, layout: Layout) -> Grid:
    """Read a JSON-stat 2 file, as PxWeb delivers: a column per dimension, and `value`."""
    from pyjstat import pyjstat  # only JSON-stat needs it

    found = json.loads(decoding.text(path, label, layout.encoding)[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pyjstat's own, of its old functions
        dataset = pyjstat.Dataset.read(json.dumps(found))
        frame = dataset.write("dataframe", naming="label" if layout.labelled is None else "id")
    return _grid(frame)


def px(path: Path, label: str, layout: Layout) -> Grid:
    """Read a PX file: a column per variable, and `DATA`."""
    from pyaxis.data_processing import build_dataframe, get_dimensions  # only PX files need it
    from pyaxis.metadata_processing import (
        metadata_extract,
        metadata_split_to_dict,
        multilingual_parse,
    )

    text, notices = decoding.text(path, label, layout.encoding)
    parts, values = metadata_extract(text)
    about, _ = multilingual_parse(metadata_split_to_dict(parts), None)
    names, members = get_dimensions(about)
    texts = pd.Series([value.strip('"') for value in values.split()])
    frame = build_dataframe(names, members, texts, null_values=r"^$", sd_values=r"^$")
    return _grid(frame, tuple(notices))


def _grid(frame: pd.DataFrame, notices: tuple[str, ...] = ()) -> Grid:
    """Write a frame's names and values as cells; the first row of values is number 1."""
    values = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return Grid([list(frame.columns), *values], notices, first=0)
