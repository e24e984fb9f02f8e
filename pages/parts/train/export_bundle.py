"""Exporting a run as one zip, and importing such a zip."""

import streamlit as st

from engine import tasks
from engine.export.bundle import upload as bundle_upload
from engine.export.bundle.contents import BundleError
from engine.export.bundle.job import BundleJob
from engine.jobs.status import FAILED, FINISHED, INTERRUPTED
from engine.runs import USABLE, Run, RunError
from pages.parts.shared.text import plain
from pages.parts.train.start_run import WATCHED

SECONDS_BETWEEN_LOOKS = 1.0
_IMPORTED = "import_done"
INSIDE = (
    "You get one zip: weights, ONNX network, vocabulary, thresholds, preprocessing and a report. Its "
    "`predict.py` needs only onnxruntime, NumPy and Pillow. A fresh process first checks that the zip "
    "reproduces the run's predictions."
)
ELSEWHERE = "pip install onnxruntime numpy pillow\npython predict.py my_photo.jpg"
TRAVELS = "It lists the names and labels of all images and holds a few small copies. The images themselves stay here."


def show(run: Run | None) -> None:
    """The zip of a finished run: made when asked, watched while it is made, offered once it is proved."""
    if run is None or run.state not in USABLE:
        st.caption("You can export a run once it is finished or stopped.")
        return
    if run.is_imported:
        st.caption(_origin(run))
    st.markdown(INSIDE)
    is_active = BundleJob(run).is_active
    st.fragment(_look, run_every=SECONDS_BETWEEN_LOOKS if is_active else None)(str(run.folder), is_active)


def _origin(run: Run) -> str:
    return (
        f"**{plain(run.name)}** was imported from a zip. Its metrics and predictions are all here. "
        "Its training images are not, unless they are the samples."
    )


def _look(folder: str, was_active: bool) -> None:
    bundle = BundleJob(Run(folder))
    status = bundle.status
    is_active = status is not None and status.is_active
    if is_active != was_active:
        st.rerun()
    if status and is_active:
        progress = status.progress
        doing = progress.text or "Starting: loading the libraries"
        st.progress(progress.share, text=plain(f"{doing}, {progress.share:.0%}"))
    elif status and status.state == FINISHED:
        _offer(bundle)
    else:
        if status and status.state == FAILED:
            st.error(plain(status.message))
        elif status and status.state == INTERRUPTED:
            st.error(plain(f"The zip was not completed: {status.message}; see its log."))
        _begin(bundle)


def _begin(bundle: BundleJob) -> None:
    label = f"Export “{plain(bundle.run.name)}”"
    if st.button(label, type="primary", icon=":material/package_2:", key="export_make"):
        try:
            bundle.start()
        except OSError as error:
            st.error(plain(f"The zip cannot be made: {error.strerror}."))
            return
        st.rerun()


def _offer(bundle: BundleJob) -> None:
    size = bundle.file.stat().st_size / 1024**2
    st.download_button(
        f"Download {plain(bundle.file.name)} ({size:.0f} MB)",
        bundle.file.read_bytes,
        bundle.file.name,
        "application/zip",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        key="export_download",
    )
    st.markdown("Elsewhere, unpack the zip and run:")
    st.code(ELSEWHERE, language="sh")
    thresholds = (
        " and its thresholds as they are now" if tasks.get(bundle.run.task).allows_several_labels else ""
    )
    st.caption(
        f"Checked: in a fresh process it gave the same predictions. It holds the run{thresholds}. {TRAVELS}"
    )


def import_run() -> None:
    """An uploader for such a zip, and the button that makes it a run; what is wrong with it is one sentence."""
    st.markdown(
        "Import a zip that Loss Lab exported. The run then gives the same predictions here. Nothing in "
        "the zip is executed. Checksums show that it is complete, not who made it."
    )
    upload = st.file_uploader(
        "Zip of a run", "zip", key="import_zip", max_upload_size=bundle_upload.MOST_MEGABYTES
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        called = st.text_input("Name (optional)", key="import_name", width=260, max_chars=80)
        pressed = st.button("Import", icon=":material/unarchive:", disabled=upload is None)
    if pressed:
        _receive(upload, called)
    if name := st.session_state.pop(_IMPORTED, None):
        st.success(
            f"Imported as **{plain(name)}**, which you can now see under Watch.", icon=":material/check:"
        )


def _receive(upload, called: str) -> None:
    try:
        with st.spinner("Unpacking and checking…"):
            name = bundle_upload.receive(upload, upload.name, called)
    except (BundleError, RunError, OSError) as error:
        st.error(plain(error))
        return
    st.session_state[_IMPORTED] = name
    st.session_state.pop(WATCHED, None)
    st.query_params["run"] = name
    st.rerun()
