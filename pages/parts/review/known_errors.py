"""Page 10, for samples whose wrong labels are known: how many of them the ranking finds."""

import streamlit as st

from engine.experiments.label_review import storage
from engine.experiments.label_review.storage import ReviewError
from engine.experiments.label_review.targets import Subject
from engine.plots import review as figures
from pages.parts.shared import charts


def show(subject: Subject) -> None:
    """The curve against chance; nothing where no wrong labels are known."""
    wrong = subject.known_wrong()
    try:
        ranking, _ = storage.ranking(subject.job.folder)
    except ReviewError:
        return
    is_wrong = ranking.table["fname"].isin(wrong).to_numpy()
    if not is_wrong.any():
        return
    st.header("How well does it find them?")
    st.markdown(
        f"In the samples, {is_wrong.sum()} of these images are labelled wrongly on purpose. The ranking didn't know "
        "which ones; this chart checks it against the answer key."
    )
    charts.show(figures.ranking_curve(is_wrong.tolist()), key="review_found")
    st.caption(
        "The line is at twice as many pictures as there are wrong ones. A picture that comes early and is right is "
        "hard, or holds something that is seldom seen: that is why a person decides."
    )
