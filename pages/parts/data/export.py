"""Page 9, export: the dataset as it is now, decisions included, as a zip that other programs read."""

import shlex
import tempfile
from pathlib import Path

import streamlit as st

from engine.data import bounded_read, summary
from engine.data.exports import ExportError, ExportPlan, formats_for, plan_of, write_zip
from engine.data.formats import DatasetError
from engine.data.formats.phrases import counted
from engine.data.library import LibraryDataset
from pages.parts.shared.text import plain

MOST_BYTES = 256 * 1024**2
"""A browser's download passes through the server's memory; what is larger is written by the command line."""


def show(chosen: LibraryDataset) -> None:
    """Everything under "Export"."""
    formats = formats_for(chosen.task)
    name = st.selectbox(
        "Format",
        list(formats),
        format_func=lambda one: formats[one].title,
        key=f"export_format_{chosen.task}",
        width=360,
    )
    st.caption(formats[name].description)
    try:
        plan = _plan(chosen.data_path, chosen.task, name, summary.stamp(str(chosen.data_path)))
    except DatasetError as error:
        st.warning("Fix the dataset first: **Check** shows how.")
        st.markdown("\n".join(f"- {plain(problem)}" for problem in error.problems))
        return
    except ExportError as error:
        st.warning(plain(error))
        return
    _limitations(plan)
    if plan.dataset.notes:  # what the dataset itself leaves out, such as test images
        st.caption("\n".join(f"- {plain(note)}" for note in plan.dataset.notes))
    count = counted(len(plan.contents.images), "image")
    st.markdown(f"{count}, {plan.size / 1024**2:,.1f} MB, including everything you changed here.")
    _offer(chosen, plan)


@st.cache_resource(max_entries=4, show_spinner="Checking what the format can store…")
def _plan(data_path: Path, task: str, name: str, stamp: str) -> ExportPlan:
    """The export of a dataset in the state that the stamp stands for."""
    return bounded_read.read(data_path, plan_of, data_path, task, name)


def _limitations(plan: ExportPlan) -> None:
    """What the format cannot represent, before anything is downloaded."""
    if not plan.limitations:
        st.success(
            f"{plan.format.short_title} can store all of it. Import the zip to get the same dataset back.",
            icon=":material/check:",
        )
        return
    said = "\n".join(f"- {plain(one.sentence)}" for one in plan.limitations)
    st.warning(f"{plan.format.short_title} cannot store all of this dataset:\n\n{said}")


def _offer(chosen: LibraryDataset, plan: ExportPlan) -> None:
    title = "".join(c if c.isalnum() or c in " -_" else "-" for c in plan.dataset.name).strip() or "data"
    name = f"{title}-{plan.format.name}.zip"
    if plan.size <= MOST_BYTES:
        st.download_button(
            "Download the zip", lambda: _zip(chosen, plan.format.name), name, "application/zip", key="export_zip",
            icon=":material/download:", type="primary", on_click="ignore",
        )  # fmt: skip
        return
    st.markdown("This is too large for a browser download. Run this on the machine that runs the app:")
    path = shlex.quote(str(chosen.data_path))
    st.code(
        f"python -m engine export-data {path} --task {chosen.task} --format {plan.format.name}"
        f" --out {shlex.quote(name)}",
        "bash",
    )


def _zip(chosen: LibraryDataset, name: str) -> bytes:
    """The zip of the dataset as it is when the button is pressed."""
    plan = bounded_read.read(chosen.data_path, plan_of, chosen.data_path, chosen.task, name)
    with tempfile.TemporaryDirectory() as folder:
        write_zip(plan, Path(folder) / "export.zip")
        return (Path(folder) / "export.zip").read_bytes()
