"""Page 9, import: what each reading of a dataset gives, looked at once for each state of its files."""

import json
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from engine.data import bounded_read
from engine.data.formats import DatasetError
from engine.data.formats.read_options import ReadOptions
from engine.data.formats.reading_preview import ReadingPreview, preview_reading
from engine.data.formats.tables.column_preview import TablePreview, table_previews
from engine.data.library import LibraryDataset
from pages.parts.data import check_results

MOST_KEPT = 64


def preview(chosen: LibraryDataset, options: ReadOptions, task: str = "") -> ReadingPreview:
    """What reading the dataset with these options gives."""
    key = json.dumps([list(map(str, check_results.state_key(chosen))), asdict(options), task])
    return _preview(key, chosen.manifest.data_of(chosen.folder), options, task)


def tables(chosen: LibraryDataset) -> tuple[TablePreview, ...]:
    """The tables of the dataset; () where it has none."""
    key = json.dumps(list(map(str, check_results.state_key(chosen))))
    return _tables(key, chosen.manifest.data_of(chosen.folder))


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Reading the dataset…")
def _preview(key: str, _path: Path, _options: ReadOptions, _task: str) -> ReadingPreview:
    try:
        return bounded_read.read(_path, preview_reading, _path, _options, _task)
    except DatasetError as error:
        return ReadingPreview(_options, problems=error.problems)


@st.cache_resource(max_entries=MOST_KEPT, show_spinner="Reading the dataset…")
def _tables(key: str, _path: Path) -> tuple[TablePreview, ...]:
    try:
        return bounded_read.read(_path, table_previews, _path)
    except DatasetError:
        return ()
