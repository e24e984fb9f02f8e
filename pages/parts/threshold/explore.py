"""The threshold that moves: the curves, the slider, the labels under the images, and the evidence below."""

from typing import Final

import numpy as np
import streamlit as st

from engine.functional import metrics
from engine.plots import threshold as figures
from pages.parts.shared import address, charts, page
from pages.parts.shared.lesson import LESSONS, tasks
from pages.parts.threshold import (
    evidence,
    exercises,
    find_threshold,
    gallery,
    legend,
    scored_predictions,
)
from pages.parts.threshold.prediction_source import Subject

URL: Final = "query-params"
ONE, EACH = "One for all classes", "The best for each class"
_MOVED = "threshold_moved"
"""In the session: the predictions for which the threshold was moved."""
ALT = "accuracy_multi, F1 and other metrics at every threshold, next to predicting nothing"
THE_BOOK = (
    "Diamonds: figures from fastbook, chapter 6, for another network on PASCAL_2007 (5,011 images, 20 "
    "classes). Predicting nothing scores about 0.927 there. accuracy_multi is 0.9315 at 0.1 and 0.9516 "
    "at 0.2. It peaks near 0.53 at 0.9635. Then it falls to 0.9567 at 0.9 and 0.9429 at 0.99. Compare "
    "the shape, not the height."
)
CURVES = {**figures.NAMES, figures.ALL_YES: "all yes", figures.THE_BOOK: "the book's figures"}


@st.fragment
def show(subject: Subject, is_guessed: bool) -> None:
    """Everything that follows the slider; a move redraws only this.

    Until the learner has guessed what predicting nothing scores, F1 alone is drawn: accuracy_multi would tell.
    """
    predictions, scored = subject.predictions, subject.scored
    place_of_chart, place_of_controls = st.container(), st.container()
    shown, zoom, mode = _options()
    if not is_guessed:
        shown = ("f1",)
    with place_of_controls:
        chosen, shared = _choose(subject, mode)
        here = metrics.all_metrics(predictions.probs, predictions.targets, chosen)
        grid = scored_predictions.grid(*subject.source)
        if shared is not None:
            find_threshold.offer(grid)
        st.markdown(exercises.cost(here, shared))
    with place_of_chart:
        _chart(subject, shown, zoom, shared, here, is_guessed)
    page.image_first()
    if is_guessed:
        moved_to = shared if _was_moved(subject, shared) else None
        tasks.show(LESSONS[3], exercises.tasks(here, moved_to, grid, scored.do_nothing))
    st.header("The labels at this threshold")
    st.markdown(f"{gallery.in_all(predictions, subject.in_use, chosen, subject.counted)} {subject.shown}")
    gallery.show(subject.images, predictions.vocab, subject.in_use, chosen)
    subject.offer(chosen)
    if is_guessed:
        evidence.show(subject, chosen)


def _options() -> tuple[tuple[str, ...], bool, str]:
    """The curves that are drawn, whether the chart is zoomed in, and the kind of thresholds."""
    with st.expander("More curves, zoom, and a threshold for each class"):
        first = [CURVES[name] for name in figures.SHOWN_FIRST]
        pressed = address.pills("Curves", list(CURVES.values()), first, "curves")
        zoom = st.toggle("Zoom in", True, key="zoom_in", bind=URL)
        mode = st.segmented_control(
            "Thresholds", [ONE, EACH], default=ONE, required=True, key="mode", bind=URL
        )
    return tuple(name for name, title in CURVES.items() if title in pressed), zoom, mode


def _choose(subject: Subject, mode: str) -> tuple[np.ndarray, float | None]:
    """The thresholds (C,), and the one for all where there is one."""
    if mode == ONE:
        shared = st.slider(
            "Threshold: a probability above it means yes",
            0.0,
            1.0,
            subject.in_use_for_all,
            0.01,
            key=find_threshold.SLIDER,
            bind=URL,
        )
        return np.full(len(subject.predictions.vocab), shared), shared
    metric = st.selectbox(
        "Best by", scored_predictions.METRICS, format_func=figures.NAMES.__getitem__, key="by", bind=URL
    )
    return scored_predictions.best(*subject.source, metric, True), None


def _was_moved(subject: Subject, shared: float | None) -> bool:
    """Whether the slider stands, or once stood, elsewhere than where it begins."""
    moved: set = st.session_state.setdefault(_MOVED, set())
    if shared is not None and shared != subject.in_use_for_all:
        moved.add(subject.source)
    return subject.source in moved


def _chart(
    subject: Subject,
    shown: tuple[str, ...],
    zoom: bool,
    shared: float | None,
    here: dict[str, float],
    is_guessed: bool,
) -> None:
    scored = subject.scored
    nothing = scored.do_nothing if is_guessed else None
    still = scored_predictions.still(*subject.source, shown, zoom, is_guessed)
    reach = figures.shown_range(scored.summary.envelope, nothing, shown, zoom)
    marks = figures.marks(shared, here, shown, reach)
    lines = legend.html(figures.legend(here, nothing, scored.all_yes, shown, reach))
    title = figures.sentence(shared, here, nothing)
    charts.show_marked(still, [marks], title, ALT, key="threshold_curves", legend=lines)
    if figures.THE_BOOK in shown:
        st.caption(THE_BOOK)
    if not is_guessed:
        st.caption("accuracy_multi and the other curves appear after your guess.")
