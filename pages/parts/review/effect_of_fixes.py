"""Label review, what the fixes changed: heads trained before and after on the same images."""

import numpy as np
import streamlit as st

from engine.data.formats.phrases import counted
from engine.experiments.label_review import storage
from engine.experiments.label_review.session import ReviewSession
from engine.experiments.label_review.storage import ReviewError
from engine.experiments.label_review.targets import Subject
from engine.plots import review as figures
from pages.parts.review import start_review
from pages.parts.shared import charts, tables
from pages.parts.shared.text import plain

TITLES = {
    "accuracy_multi": "accuracy_multi at 0.5",
    "mean_average_precision": "mean average precision",
    "accuracy": "accuracy",
    "median_error_px": "median error (px)",
}
BASELINES = {
    "accuracy_multi": "predicting nothing",
    "mean_average_precision": "guessing",
    "accuracy": "the most frequent class",
    "median_error_px": "the mean point",
}
MAIN = {"multi-label": "mean_average_precision", "single-label": "accuracy", "points": "median_error_px"}


def show(subject: Subject) -> None:
    """The measured difference, and the buttons to measure it again."""
    st.header("What did your fixes change?")
    st.markdown(
        "This trains the head twice from the same start: on the old labels, then on yours. "
        "Both are scored on the same validation images, which neither has seen."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Measure the effect",
            type="primary",
            icon=":material/compare_arrows:",
            on_click=start_review.measure,
            args=(subject,),
            disabled=subject.job.is_active,
        )
        start_review.again(subject)
    start_review.under_way(subject)
    if subject.job.has_difference:
        try:
            _difference(subject, storage.difference(subject.job.folder), ReviewSession.of(subject))
        except ReviewError as error:
            st.warning(plain(error))


def _difference(subject: Subject, effect: dict, session: ReviewSession) -> None:
    if not effect["changed"]:
        st.info(
            "You have not changed anything yet, so both results are the same. Relabel, move or "
            "exclude an image first."
        )
    measure = MAIN[subject.task]
    charts.show(
        figures.before_and_after(
            TITLES[measure],
            effect["measures"][measure],
            says(effect, measure),
            is_share=not measure.endswith("px"),
        ),
        key="review_difference",
    )
    tables.show_rows(
        ["before", "after", "difference", "baseline"],
        {TITLES[name]: row(values, BASELINES[name]) for name, values in effect["measures"].items()},
    )
    st.caption(
        f"Mean of {effect['seeds']} seeds ± their standard deviation. "
        f"Measured on {counted(effect['validation'], 'validation image')}. "
        "Wrong labels in the validation split count as fixed in both."
    )


def says(effect: dict, measure: str) -> str:
    """What came out, in one sentence; a difference within the noise of the seeds is called that."""
    values = effect["measures"][measure]
    before, after = np.mean(values["before"]), np.mean(values["after"])
    gained = np.asarray(values["after"]) - np.asarray(values["before"])
    digits = 2 if measure.endswith("px") else 4
    went = f"{TITLES[measure]} from {before:.{digits}f} to {after:.{digits}f}"
    noise = 2 * gained.std(ddof=1) / np.sqrt(len(gained)) if len(gained) > 1 else np.inf
    if abs(gained.mean()) <= noise or not effect["changed"]:
        return f"No difference beyond the noise between seeds: {went}"
    is_better = (gained.mean() > 0) == values["higher"]
    changed = counted(effect["changed"], "changed image")
    return f"{changed} made it {'better' if is_better else 'worse'}: {went}"


def row(values: dict, baseline: str) -> list[str]:
    """The cells of one measure: before, after, their difference, and what needs no network."""
    before, after = np.asarray(values["before"]), np.asarray(values["after"])
    return [
        _spread(before),
        _spread(after),
        _spread(after - before, sign="+"),
        f"{values['baseline']:.4f} ({baseline})",
    ]


def _spread(values: np.ndarray, sign: str = "") -> str:
    spread = values.std(ddof=1) if len(values) > 1 else 0.0
    return f"{values.mean():{sign}.4f} ± {spread:.4f}"
