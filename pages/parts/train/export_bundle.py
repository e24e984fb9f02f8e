"""Taking a run away as one zip, and bringing such a zip in."""

import streamlit as st

from engine import tasks
from engine.export.bundle import upload as bundle_upload
from engine.export.bundle.contents import BundleError
from engine.export.bundle.job import BundleJob
from engine.jobs.status import FAILED, FINISHED, INTERRUPTED
from engine.runs import USABLE, Run, RunError
from pages.parts.shared.text import plain
from pages.parts.train.start import WATCHED

SECONDS_BETWEEN_LOOKS = 1.0
_BROUGHT = "take_away_brought"
INSIDE = (
    "One zip: the weights as safetensors, the network as ONNX with the activation of its loss inside, vocabulary, "
    "thresholds, preprocessing, a `predict.py` that needs onnxruntime, numpy and Pillow alone, and a report that opens "
    "without a network. Before you get it, a fresh process loads it and must give the run's own answers to validation "
    "pictures, to 0.0001."
)
TRAVELS = (
    "Names and labels of all its pictures travel with it, and a few small pictures in the report and for the check; "
    "the pictures themselves stay here."
)


def show(run: Run | None) -> None:
    """The zip of a finished run: made when asked, watched while it is made, offered once it is proved."""
    if run is None or run.state not in USABLE:
        st.caption("A run can be taken away once it is finished or stopped.")
        return
    if run.is_imported:
        st.caption(_origin(run))
    st.markdown(INSIDE)
    is_active = BundleJob(run).is_active
    st.fragment(_look, run_every=SECONDS_BETWEEN_LOOKS if is_active else None)(str(run.folder), is_active)


def _origin(run: Run) -> str:
    return (
        f"**{plain(run.name)}** was brought in from a zip. Its figures and answers are all here; the pictures that it "
        "was trained on stayed where it was made, unless they are the samples."
    )


def _look(folder: str, was_active: bool) -> None:
    bundle = BundleJob(Run(folder))
    status = bundle.status
    is_active = status is not None and status.is_active
    if is_active != was_active:
        st.rerun()
    if status and is_active:
        progress = status.progress
        doing = progress.text or "starting: loading the libraries"
        st.progress(progress.share, text=plain(f"{doing}, {progress.share:.0%}"))
    elif status and status.state == FINISHED:
        _offer(bundle)
    else:
        if status and status.state == FAILED:
            st.error(plain(status.message))
        elif status and status.state == INTERRUPTED:
            st.error(plain(f"The zip is not finished: {status.message}; see its log."))
        _begin(bundle)


def _begin(bundle: BundleJob) -> None:
    if st.button(f"Make the zip of {bundle.run.name}", icon=":material/package_2:", key="take_away_make"):
        try:
            bundle.start()
        except OSError as error:
            st.error(plain(f"The zip cannot be made: {error.strerror}."))
            return
        st.rerun()


def _offer(bundle: BundleJob) -> None:
    size = bundle.file.stat().st_size / 1024**2
    st.download_button(
        f"Download {bundle.file.name} ({size:.0f} MB)",
        bundle.file.read_bytes,
        bundle.file.name,
        "application/zip",
        type="primary",
        icon=":material/download:",
        on_click="ignore",
        key="take_away_download",
    )
    thresholds = (
        " and its thresholds as they are now" if tasks.get(bundle.run.task).allows_several_labels else ""
    )
    st.caption(
        f"Loaded again in a fresh process, it gave the same answers. It holds the run{thresholds}. {TRAVELS}"
    )


def bring_in() -> None:
    """An uploader for such a zip, and the button that makes it a run; what is wrong with it is one sentence."""
    st.markdown(
        "A zip that Loss Lab made of a run becomes a run here, and answers just as it did there. Nothing in it is run: "
        "its ONNX file and its script are checked and left aside, the app builds the network itself and fills it from "
        "safetensors. The checksums tell whether the zip is whole, not who made it."
    )
    upload = st.file_uploader(
        "Zip of a run", "zip", key="take_away_zip", max_upload_size=bundle_upload.MOST_MEGABYTES
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        called = st.text_input(
            "Call it (empty: as it was called)", key="take_away_name", width=260, max_chars=80
        )
        pressed = st.button("Bring it in", icon=":material/unarchive:", disabled=upload is None)
    if pressed:
        _receive(upload, called)
    if name := st.session_state.pop(_BROUGHT, None):
        st.success(f"Brought in as **{plain(name)}**: it is chosen above.", icon=":material/check:")


def _receive(upload, called: str) -> None:
    try:
        with st.spinner("Unpacking, checking, trying the weights…"):
            name = bundle_upload.receive(upload, upload.name, called)
    except (BundleError, RunError, OSError) as error:
        st.error(plain(error))
        return
    st.session_state[_BROUGHT] = name
    st.session_state.pop(WATCHED, None)
    st.query_params["run"] = name
    st.rerun()
