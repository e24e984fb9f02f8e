"""One picture and what each of the three bundled networks predicts for it, from stored predictions."""

from pathlib import Path

import numpy as np
import streamlit as st

from engine.functional import losses
from engine.images import open_image
from engine.images.drawing import draw_point, to_jpeg
from engine.inference import home_predictions
from engine.inference.home_predictions import HomeExample
from engine.plots.style import PREDICTION
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from pages.parts.shared import runs
from pages.parts.shared.text import plain


@st.fragment
def show() -> None:
    """The picture with its three answers; where none are stored, a button asks the networks."""
    by_task = home_predictions.bundled_runs()
    if not all(task in by_task for task in TASKS):
        st.info(
            "The three answers stand here once all three bundled runs are ready; see below what is missing."
        )
        return
    predictions = {shown.title: shown for shown in home_predictions.stored() or _ask(by_task)}
    if not predictions:
        return
    image_side, prediction_side = st.columns([5, 6], gap="large")
    with image_side:
        place = st.container()
        shown = predictions[_which(list(predictions))]
        st.page_link(
            "pages/8_Your_pictures.py", label="Ask about a picture of your own", icon=":material/upload:"
        )
    place.image(_marked(shown), width="stretch", alt=f"The sample picture {shown.image}")
    with prediction_side:
        _one_thing(by_task[SINGLE_LABEL], np.array(shown.predictions[SINGLE_LABEL]))
        _everything(by_task[MULTI_LABEL], np.array(shown.predictions[MULTI_LABEL]))
        _point(shown)


def _which(titles: list[str]) -> str:
    return st.segmented_control(
        "Picture", titles, default=titles[0], required=True, key="picture", bind="query-params"
    )


def _ask(by_task: dict[str, Run]) -> list[HomeExample]:
    place = st.empty()
    if place.button("Ask the three networks (loads them, a few seconds)", type="primary"):
        st.session_state["asked"] = True
    if not st.session_state.get("asked"):
        return []
    place.empty()
    try:
        return _asked(tuple(runs.version(run) for run in by_task.values()), by_task)
    except (ValueError, RuntimeError) as error:
        st.error(plain(error))
        return []


@st.cache_resource(max_entries=2, show_spinner="The three networks are looking…")
def _asked(versions: tuple, _by_task: dict[str, Run]) -> list[HomeExample]:
    return home_predictions.ask(_by_task)


def _marked(shown: HomeExample) -> bytes:
    x, y = shown.predictions[POINTS]
    return _marked_jpeg(str(shown.path), (float(x), float(y)))


@st.cache_data(max_entries=8, show_spinner=False)
def _marked_jpeg(path: str, point_px: tuple[float, float]) -> bytes:
    return to_jpeg(draw_point(open_image(Path(path)), point_px, PREDICTION))


def _one_thing(run: Run, logits: np.ndarray) -> None:
    probs = losses.softmax(logits)
    first, second = np.argsort(-probs)[:2]
    with st.container(border=True):
        st.markdown("**Which one thing is it?** Trained with cross-entropy.")
        st.subheader(plain(run.vocab[first]), anchor=False)
        st.caption(
            f"softmax {probs[first]:.3f}, then {plain(run.vocab[second])} {probs[second]:.3f}; "
            f"all {len(probs)} sum to 1. It must name exactly one."
        )


def _everything(run: Run, logits: np.ndarray) -> None:
    probs = losses.sigmoid(logits)
    predicted = np.flatnonzero(probs > np.array(list(run.thresholds.values())))
    with st.container(border=True):
        st.markdown("**What is in it?** Trained with binary cross-entropy.")
        st.subheader(_listed([plain(run.vocab[place]) for place in predicted]), anchor=False)
        shown = np.argsort(-probs)[: max(3, len(predicted))]
        sigmoids = ", ".join(f"{plain(run.vocab[place])} {probs[place]:.3f}" for place in shown)
        st.caption(f"sigmoids: {sigmoids}, … each against its own threshold. It may name several, or none.")


def _listed(labels: list[str]) -> str:
    if len(labels) < 2:
        return labels[0] if labels else "nothing that it knows"
    return f"{', '.join(labels[:-1])} and {labels[-1]}"


def _point(shown: HomeExample) -> None:
    x, y = shown.predictions[POINTS]
    with st.container(border=True):
        st.markdown("**Where is the head?** Trained with mean squared error.")
        st.subheader(f"at x {x:.0f} px, y {y:.0f} px", anchor=False)
        st.caption(
            "The orange mark in the picture."
            if shown.image.startswith("heads/")
            else "The orange mark in the picture. It learned on heads alone and must always point somewhere: "
            "in a scene it guesses."
        )
