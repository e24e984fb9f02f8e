"""Page 9, label: new labels, typed or taken over from a run."""

from collections.abc import Callable

import streamlit as st

from engine import runs as engine_runs
from engine import tasks
from engine.data import annotation, edits
from engine.runs import Run
from pages.parts.data.label.session import LabelSession
from pages.parts.shared import runs
from pages.parts.shared.text import plain

MOST_AT_ONCE = 100


def add_one(session: LabelSession, vocab: tuple[str, ...], fnames: tuple[str, ...]) -> None:
    """A field for one more label, which the given pictures get at once."""
    with (
        st.popover("New label", icon=":material/new_label:", key="label_new_open"),
        st.form("label_new", border=False, clear_on_submit=True),
    ):
        text = st.text_input("Name", key="label_new_name", max_chars=annotation.LONGEST_LABEL)
        if st.form_submit_button("Add"):
            _added(session, [text], vocab, fnames)


def begin(session: LabelSession, then: Callable[[LabelSession], None], about_then: str) -> None:
    """Where there are no labels at all: type the first ones, or take those of a run; `then` begins with them."""
    each = (
        "Each image gets one label. To allow several, change the task under **Import**." * session.takes_one
    )
    st.info(f"Which labels do you need? You can add more at any time. {each}")
    with st.form("label_first", border=False, clear_on_submit=True):
        text = st.text_input(
            "Labels, separated by commas", key="label_first_names", placeholder="bear, cat, dog"
        )
        if st.form_submit_button("Use these labels", type="primary"):
            _added(session, [label for label in text.split(",") if label.strip()] or [""], (), (), then)
    if about_then:
        st.caption(about_then)
    takers = [
        run
        for run in engine_runs.ready_runs()
        if tasks.get(run.task).has_labels and len(run.vocab) <= MOST_AT_ONCE
    ]
    if takers:
        _take_over(session, {runs.title(run): run for run in takers}, then)


def _take_over(session: LabelSession, by_title: dict[str, Run], then: Callable[[LabelSession], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.selectbox("Or use the labels of a run", list(by_title), key="label_taken_from", width=320)
        taken = st.button("Use them")
    vocab = by_title[title].vocab
    st.caption(plain(", ".join(vocab)))
    if taken and session.decide(vocab, edits.NEW_LABEL):
        then(session)
        st.rerun()


def _added(
    session: LabelSession,
    texts: list[str],
    vocab: tuple[str, ...],
    fnames: tuple[str, ...],
    then: Callable[[LabelSession], None] = lambda session: None,
) -> None:
    labels: list[str] = []
    try:
        for text in texts[:MOST_AT_ONCE]:
            labels.append(annotation.checked_label(text, (*vocab, *labels)))
    except ValueError as error:
        st.error(plain(error))
        return
    if session.decide(labels, edits.NEW_LABEL):
        sheet = session.sheet
        given = {fname: (*sheet.labels(fname), *labels) for fname in fnames}
        if given and tasks.get(session.source.task).has_labels:
            session.decide_each(
                edits.LABELS, given if not session.takes_one else dict.fromkeys(fnames, labels[-1:])
            )
        then(session)
        st.rerun()
