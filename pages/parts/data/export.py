"""Page 9, export: the data set as it is now, decisions included, as a zip that others read."""

import shlex
import tempfile
from pathlib import Path

import streamlit as st

from engine import tasks
from engine.data.exports import FORMS, ExportError, contents, export, forms_for, total_bytes
from engine.data.formats import Dataset, DatasetError, load
from engine.data.library import LibraryDataset
from engine.tasks import MULTI_LABEL
from pages.parts.shared.text import plain

MOST_BYTES = 256 * 1024**2
"""A browser's download passes through the server's memory; what is larger is written by the command line."""

_SAYS = {
    "pascal": "A table with a row for each picture: its file, its labels, and whether it is for validation; pictures in"
    " `train/`. This is what the chapter's own code reads.",
    "points": "A table with a row for each picture: its file, x and y in its pixels, whether it is for validation, and"
    " its size; pictures in `images/`.",
    "coco": "Two JSON files, `instances_train.json` and `instances_val.json`; pictures in `images/`. A label has the"
    " whole picture as its box; a point is a keypoint.",
}


def show(chosen: LibraryDataset) -> None:
    """Everything under "Export"."""
    try:
        record = _record(chosen)
    except DatasetError as error:
        st.warning("Fix the dataset first: **Check** shows how.")
        st.markdown("\n".join(f"- {plain(problem)}" for problem in error.problems))
        return
    forms = forms_for(record.task)
    form = st.segmented_control(
        "As",
        forms,
        default=forms[0],
        format_func=lambda one: FORMS[one].title,
        required=True,
        key="export_form",
    )
    st.caption(_SAYS[form])
    size = total_bytes(record)
    try:
        contents(record, form)
    except ExportError as error:
        st.warning(plain(error))
        return
    st.markdown(
        f"{len(record.table):,} pictures, {size / 1024**2:,.1f} MB, including everything you changed here. "
        "Import the zip again to get the same dataset."
    )
    _offer(chosen, record, form, size)


def _record(chosen: LibraryDataset) -> Dataset:
    """For one label a picture, all that is known is exported, also the pictures that the task does not use."""
    if tasks.get(chosen.task).has_one_label:
        try:
            return load(chosen.data_path, MULTI_LABEL)
        except DatasetError:
            pass
    return chosen.record()


def _offer(chosen: LibraryDataset, record: Dataset, form: str, size: int) -> None:
    name = f"{''.join(c if c.isalnum() or c in ' -_' else '-' for c in record.name).strip() or 'data'}-{form}.zip"
    if size <= MOST_BYTES:
        st.download_button(
            "Download the zip", lambda: _zip(record, form), name, "application/zip", key="export_zip",
            icon=":material/download:", type="primary", on_click="ignore",
        )  # fmt: skip
        return
    st.markdown("It is too large to pass through a browser. On the machine that runs the app:")
    path = shlex.quote(str(chosen.data_path))
    st.code(
        f"python -m engine export-data {path} --task {record.task} --form {form} --out {shlex.quote(name)}",
        "bash",
    )


def _zip(record: Dataset, form: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        export(record, form, Path(folder) / "export.zip")
        return (Path(folder) / "export.zip").read_bytes()
