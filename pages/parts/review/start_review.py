"""Page 10, before there is anything to look at: which dataset, the start of its review, and how far it is."""

import streamlit as st

from engine.experiments.label_review import job, targets
from engine.experiments.label_review.targets import Subject
from engine.jobs.status import FAILED, INTERRUPTED, STOPPED
from pages.parts.shared import address
from pages.parts.shared.text import plain

DATA = "data"
SECONDS_BETWEEN_LOOKS = 0.5
_STARTED = "review_started"


def choose() -> Subject:
    """The dataset to review; its key stands in the address."""
    every = {subject.key: subject for subject in targets.all_subjects()}
    if not every:
        st.info("There is nothing to review yet: import a dataset first.")
        st.page_link("pages/9_Your_data.py", label="Import a dataset", icon=":material/upload:")
        st.stop()
    if st.session_state.get("review_data") not in every:
        st.session_state["review_data"] = address.recall(DATA, list(every), next(iter(every)))
    key = st.selectbox(
        "Dataset",
        list(every),
        format_func=lambda title: _titled(every[title]),
        key="review_data",
        required=True,
    )
    address.remember(DATA, key, next(iter(every)))
    return every[key]


def find(key: str) -> Subject:
    """The subject of that key as it is now."""
    return next(subject for subject in targets.all_subjects() if subject.key == key)


def is_ready(subject: Subject) -> bool:
    """Whether there is a ranking to go through; otherwise how to get one, or how far it is, is shown."""
    review = subject.job
    if not review.exists and subject.sample and st.session_state.get(_STARTED) != subject.key:
        _begin(subject)
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
        st.error(plain(f"The review was {status.state} ({status.message}): look again."))


def again(subject: Subject) -> None:
    """A button that ranks the dataset again, with all decisions applied."""
    st.button(
        "Look again with these decisions",
        icon=":material/refresh:",
        on_click=_begin,
        args=(subject,),
        disabled=subject.job.is_active,
        help="Trains the heads again on the current labels, which may reveal more wrong ones.",
    )


def _begin(subject: Subject, measure: bool = False) -> None:
    st.session_state[_STARTED] = subject.key
    try:
        job.start(subject.job, subject.data, subject.task, measure)
    except OSError as error:
        st.error(plain(f"The review cannot be started: {error}"))


def measure(subject: Subject) -> None:
    """Begin to measure the difference made."""
    _begin(subject, measure=True)


def _offer(subject: Subject) -> None:
    st.markdown(
        "Networks are trained on four fifths of the pictures and asked about the last fifth, in turn, until every "
        "picture was judged by networks that never saw it. The body looks at each picture once (about 100 a second on "
        "two cores); the rest takes seconds. Nothing is changed."
    )
    st.button(
        "Look for what is wrong", type="primary", icon=":material/search:", on_click=_begin, args=(subject,)
    )


def _watch(key: str) -> None:
    status = find(key).job.status
    if not status.is_active:
        st.rerun()
    progress = status.progress
    st.progress(progress.share, plain(f"{progress.text or 'Starting'}: {progress.share:.0%}"))


def _titled(subject: Subject) -> str:
    return f"{subject.title} ({subject.task})"
