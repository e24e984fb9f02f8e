"""Home: a drawing, the three bundled networks' predictions for it and their losses, from stored predictions."""

import streamlit as st

from engine.images import open_image
from engine.inference import drawing_diagram, home_predictions
from engine.inference.home_predictions import HomeExample
from engine.runs import Run, RunError
from engine.tasks import POINTS, TASKS
from pages.parts.home import diagram
from pages.parts.home.marked import marked_tag
from pages.parts.shared import runs
from pages.parts.shared.text import plain

BACKBONE = "ResNet-18, trained on drawings. The same layers for all three."
_NOTES = {
    "A head": "All three are right, although no model was trained on this person.",
    "A person": "The point head has only seen close-ups of heads. In a scene it guesses.",
    "A person and a dog": "Binary cross-entropy names both. Softmax has to choose, and the point head guesses.",
    "Snow, and nothing else": "Binary cross-entropy may name nothing. Softmax must still name something.",
}


def show(chosen: str) -> None:
    """The diagram, in which the head and loss of the task `chosen` light up, and a choice of drawings.

    Where no predictions are stored, a button asks the networks.
    """
    by_task = home_predictions.bundled_runs()
    if not all(task in by_task for task in TASKS):
        st.info(
            "The diagram needs all three bundled runs. The list of trained runs below says what is missing."
        )
        return
    by_title = {shown.title: shown for shown in home_predictions.stored() or _ask(by_task)}
    if not by_title:
        return
    place = st.container()
    titles = list(by_title)
    title = st.pills(
        "Drawing",
        titles,
        default=titles[0],
        format_func=lambda title: _titled(by_title[title], by_task),
        required=True,
        key="drawing",
        bind="query-params",
        label_visibility="collapsed",
        wrap=True,
    )
    with place:
        _diagram(by_title[title], by_task, chosen)
    st.markdown(_NOTES.get(title, ""))


def _titled(shown: HomeExample, by_task: dict[str, Run]) -> str:
    try:
        is_right = all(head.is_right for head in drawing_diagram.heads(shown, by_task))
    except (RunError, ValueError):
        is_right = True
    return shown.title if is_right else f"Fails: {shown.title[0].lower()}{shown.title[1:]}"


def _diagram(shown: HomeExample, by_task: dict[str, Run], chosen: str) -> None:
    try:
        heads = drawing_diagram.heads(shown, by_task)
    except (RunError, ValueError) as error:
        st.error(plain(error))
        return
    alt = f"Drawing: {shown.title.lower()}. Mark: {heads[2].prediction}."
    tag = marked_tag(open_image(shown.path), alt, shown.predictions[POINTS])
    st.html(diagram.html(tag, shown.title, BACKBONE, heads, chosen))


def _ask(by_task: dict[str, Run]) -> list[HomeExample]:
    place = st.empty()
    if place.button("Predict with the three models (loading them takes a few seconds)", type="primary"):
        st.session_state["asked"] = True
    if not st.session_state.get("asked"):
        return []
    place.empty()
    try:
        return _asked(tuple(runs.version(run) for run in by_task.values()), by_task)
    except (ValueError, RuntimeError, OSError) as error:
        st.error(plain(error))
        return []


@st.cache_resource(max_entries=2, show_spinner="The three models are predicting…")
def _asked(versions: tuple, _by_task: dict[str, Run]) -> list[HomeExample]:
    return home_predictions.ask(_by_task)
