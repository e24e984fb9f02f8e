"""Label review: what comes after the decisions."""

import streamlit as st

from engine.data.formats.phrases import counted
from engine.experiments.label_review.session import ReviewSession
from pages.parts.shared import streamlit_internals


def show(session: ReviewSession) -> None:
    """Links to train again and to export, once something was decided, in this ranking or an earlier one."""
    reviewed, subject = session.reviewed, session.subject
    if not reviewed:
        return
    st.markdown(f"**You decided {counted(len(reviewed), 'image')}.** Use your decisions:")
    with st.container(horizontal=True, vertical_alignment="center"):
        streamlit_internals.page_link(
            "pages/7_Train.py",
            label="Train again with these decisions",
            icon=":material/model_training:",
            query_params={"task": subject.task, "data": str(subject.data)},
        )
        if subject.entry:
            streamlit_internals.page_link(
                "pages/9_Your_data.py",
                label="Export the fixed dataset",
                icon=":material/download:",
                query_params={"set": subject.entry.name, "do": "Export"},
            )
