"""The book's own photographs in one click: what it costs first, then download, training and the lesson."""

from dataclasses import dataclass

import streamlit as st

from engine import paths
from engine.config import TrainConfig
from engine.data.downloads import catalog
from engine.data.downloads.http_file import free_bytes
from engine.jobs.status import ACTIVE
from engine.runs import Run, RunError
from engine.tasks import MULTI_LABEL, POINTS
from engine.training import launch, time_estimate
from pages.parts.shared import runs, streamlit_internals
from pages.parts.shared.text import plain
from pages.parts.train.start_run import WATCHED


@dataclass(frozen=True)
class _Offer:
    """One dataset: its title, what it holds, its task, and the lesson that shows it."""

    title: str
    holds: str
    task: str
    page: str
    lesson: str


OFFERS = {
    "pascal_2007": _Offer(
        "PASCAL_2007", "photographs of 20 classes, several in one image", MULTI_LABEL,
        "pages/3_Threshold.py", "Threshold",
    ),
    "biwi_head_pose": _Offer(
        "BIWI head pose", "video frames of 20 people, with the centre of the head", POINTS,
        "pages/5_Head_centre.py", "Head centre",
    ),
}  # fmt: skip


def show(every: list[Run]) -> None:
    """A card for each dataset: cost and button, or a link to the lesson once a run on it has finished."""
    with st.expander("Train on the book's photographs"):
        for place, name in zip(st.columns(len(OFFERS), border=True), OFFERS, strict=True):
            with place:
                _card(name, [run for run in every if _is_on(run, name)])


def _card(name: str, trained: list[Run]) -> None:
    offer = OFFERS[name]
    st.markdown(f"**{plain(offer.title)}**: {catalog.IMAGES[name]:,} {offer.holds}.")
    finished = [run for run in trained if not run.problems()]
    if finished:
        streamlit_internals.page_link(
            offer.page, label=f"Open the lesson {offer.lesson} with the run {plain(finished[-1].name)}",
            icon=":material/school:", query_params={"run": runs.title(finished[-1])},
        )  # fmt: skip
    if active := next((run for run in trained if run.state in ACTIVE), None):
        st.caption(f"The run {plain(active.name)} is {active.state}: see Watch below.")
        return
    config = TrainConfig(offer.task, name)
    has_space = _cost(name, config)
    label = "Train" if catalog.downloaded(name) else "Download and train"
    if st.button(label, key=f"train_chapter_{name}", icon=":material/download:", disabled=not has_space):
        _start(config, name)


def _cost(name: str, config: TrainConfig) -> bool:
    """Say size, disk space and time before anything begins; whether the disk has room."""
    training = time_estimate.Estimate(time_estimate.seconds(config, catalog.IMAGES[name])).in_words()
    recipe = f"Trains with the recipe Quick: {training} on two CPU cores."
    if catalog.downloaded(name):
        st.caption(f"It is already on this machine. {recipe}")
        return True
    free_mb = free_bytes(paths.download_folder(name)) / 1e6
    waiting = time_estimate.in_words(catalog.download_seconds(name))
    st.caption(
        f"Downloads {_gigabytes(catalog.DOWNLOAD_MB[name])}: {waiting} at 80 Mbit/s. Needs "
        f"{_gigabytes(catalog.disk_mb(name))} of disk space; {_gigabytes(free_mb)} are free. {recipe}"
    )
    if free_mb < catalog.disk_mb(name):
        st.warning("Free some disk space first.", icon=":material/hard_drive:")
        return False
    return True


def _start(config: TrainConfig, name: str) -> None:
    try:
        with st.spinner("Starting the download…"):
            run = launch.start(config, name)
    except (RunError, OSError) as error:
        st.error(plain(error))
        return
    st.session_state[WATCHED] = run.name
    st.rerun()


def _is_on(run: Run, name: str) -> bool:
    """Whether a run is on a dataset: its configuration holds the name before the download, and the folder after."""
    return run.config.data == name or run.data.resolve() == paths.download_folder(name).resolve()


def _gigabytes(millions: float) -> str:
    return f"{millions / 1000:,.1f} GB"
