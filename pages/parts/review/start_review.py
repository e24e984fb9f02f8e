"""Page 10, before there is anything to look at: which dataset, the start of its review, and how far it is."""

from pathlib import Path

import streamlit as st

from engine import tasks
from engine.data import annotation, bounded_read
from engine.data.annotation import Sheet, Source
from engine.data.formats import DatasetError
from engine.data.formats.phrases import counted
from engine.experiments.label_review import job, targets, time_estimate
from engine.experiments.label_review.targets import Subject
from engine.jobs.status import FAILED, INTERRUPTED, STOPPED
from pages.parts.shared import address, durations, last_dataset, progress, streamlit_internals, workflow_facts
from pages.parts.shared.text import plain
from pages.parts.shared.workflow_steps import DATA_PAGE, LABEL

DATA = "data"
SECONDS_BETWEEN_LOOKS = 0.5


def choose() -> Subject:
    """The dataset to review; its key stands in the address."""
    every = {subject.key: subject for subject in targets.all_subjects()}
    if not every:
        st.info("There is nothing to review yet. Import a dataset first.")
        streamlit_internals.page_link(
            "pages/9_Your_data.py", label="Import a dataset", icon=":material/upload:"
        )
        st.stop()
    if st.session_state.get("review_data") not in every:
        st.session_state["review_data"] = address.recall(DATA, list(every), _last_of(every))
    key = st.selectbox(
        "Dataset",
        list(every),
        format_func=lambda title: _titled(every[title]),
        key="review_data",
    )
    address.remember(DATA, key, next(iter(every)))
    last_dataset.remember(every[key].task, workflow_facts.typed_path(every[key].data))
    return every[key]


def _last_of(every: dict[str, Subject]) -> str:
    """The subject that was on screen last, on whatever page; before there was any, what was imported last.

    Where nothing was imported, it is the first sample.
    """
    for task, data in last_dataset.recent():
        for key, subject in every.items():
            if subject.task == task and _is_about(subject, data):
                return key
    own = {
        subject.entry.folder: key
        for key, subject in every.items()
        if subject.entry is not None and subject.sample is None
    }
    imported = last_dataset.of(subject.entry for subject in every.values() if subject.entry is not None)
    return own.get(imported.folder, next(iter(every))) if imported else next(iter(every))


def _is_about(subject: Subject, data: str) -> bool:
    places = [subject.sample, subject.entry.data_path if subject.entry else None]
    return any(place is not None and workflow_facts.is_at(data, place) for place in places)


def find(key: str) -> Subject:
    """The subject of that key as it is now."""
    return next(subject for subject in targets.all_subjects() if subject.key == key)


def is_ready(subject: Subject) -> bool:
    """Whether there is a ranking to go through; otherwise how to get one, or how far it is, is shown."""
    review = subject.job
    if review.is_ranked:
        return True
    under_way(subject)
    if not review.is_active:
        _offer(subject)
    return False


def under_way(subject: Subject) -> None:
    """How far the work is, or why it failed; nothing where it is done."""
    if not subject.job.exists:
        return
    status = subject.job.status
    if status.is_active:
        st.fragment(_watch, run_every=SECONDS_BETWEEN_LOOKS)(subject.key)
    elif status.state == FAILED:
        st.error(plain(status.message))
    elif status.state in (STOPPED, INTERRUPTED):
        st.error(plain(f"The review was {status.state} ({status.message}). Start it again below."))


def again(subject: Subject) -> None:
    """A button that ranks the dataset again, with all decisions applied."""
    st.button(
        "Find wrong labels again",
        icon=":material/refresh:",
        on_click=_begin,
        args=(subject,),
        disabled=subject.job.is_active,
        help="Trains on your corrected labels, which may reveal more wrong ones.",
    )


def _begin(subject: Subject, measure: bool = False) -> None:
    try:
        job.start(subject.job, subject.data, subject.task, measure)
    except OSError as error:
        st.error(plain(f"The review cannot be started: {error}"))


def measure(subject: Subject) -> None:
    """Begin to measure the difference made."""
    _begin(subject, measure=True)


def _offer(subject: Subject) -> None:
    images, judged = _counts_of(subject)
    if images and not judged:
        _needs_labels(subject)
        return
    st.markdown(f"**{plain(subject.title)}** has not been reviewed yet.")
    st.markdown(
        "Loss Lab trains small models on four fifths of the images and checks the last fifth, five times over. "
        "So every image is judged by models that never saw it. Nothing changes until you decide."
    )
    st.button(
        "Find wrong labels" if tasks.get(subject.task).has_labels else "Find wrong points",
        type="primary",
        icon=":material/search:",
        on_click=_begin,
        args=(subject,),
    )
    if judged:
        duration = durations.in_words(time_estimate.seconds(judged))
        st.caption(f"{counted(judged, 'image')}: this takes {duration}.")


def _needs_labels(subject: Subject) -> None:
    noun = "label" if tasks.get(subject.task).has_labels else "point"
    st.info(f"No image of {plain(subject.title)} has a {noun} yet, so there is nothing to review.")
    if subject.entry:
        streamlit_internals.page_link(
            DATA_PAGE, label="Label its images", icon=":material/label:",
            query_params={"set": subject.entry.name, "do": LABEL},
        )  # fmt: skip


def _counts_of(subject: Subject) -> tuple[int, int]:
    """Its images, and how many of them a review judges; zeros where it cannot be read, which the review then says."""
    try:
        source = _source(str(subject.data), subject.task, subject.data.stat().st_mtime_ns)
    except (DatasetError, OSError):
        return workflow_facts.UNKNOWN
    sheet = Sheet(source, subject.decisions)
    empty = frozenset() if tasks.get(subject.task).has_one_label else source.empty
    return len(sheet.fnames), sum(sheet.is_answered(fname) or fname in empty for fname in sheet.fnames)


@st.cache_resource(max_entries=8, ttl=120, show_spinner=False)
def _source(path: str, task: str, changed_ns: int) -> Source:
    return bounded_read.read(path, annotation.read, Path(path), task)


def _watch(key: str) -> None:
    status = find(key).job.status
    if not status.is_active:
        st.rerun()
    now = status.progress
    text = f"{now.text or 'Starting'}: {now.share:.0%}{progress.time_left(now)}"
    st.progress(now.share, plain(text))


def _titled(subject: Subject) -> str:
    return f"{subject.title} ({subject.task})"
