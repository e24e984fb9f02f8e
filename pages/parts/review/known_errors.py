"""Page 10, for samples whose wrong labels are known: how many of them the ranking finds."""

import streamlit as st

from engine.data.formats.phrases import counted
from engine.experiments.label_review import storage
from engine.experiments.label_review.storage import ReviewError
from engine.experiments.label_review.targets import Subject
from engine.plots import review as figures
from pages.parts.shared import charts


def are_known(subject: Subject) -> bool:
    """Whether the dataset says which of its labels are wrong; only samples do."""
    return bool(subject.known_wrong())


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
        f"In this sample, {counted(int(is_wrong.sum()), 'image is', 'images are')} labelled wrongly on purpose. "
        "The ranking did not know which. This chart checks it against the true labels."
    )
    charts.show(figures.ranking_curve(is_wrong.tolist()), key="review_found")
    st.caption(
        "The dashed line marks twice as many images as there are wrong ones. Some images come early "
        "although their labels are right: they are hard or rare. That is why you decide."
    )
