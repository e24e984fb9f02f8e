"""One picture and what each of the three bundled networks says of it, from stored answers."""

from pathlib import Path

import numpy as np
import streamlit as st

from engine import losses, paths, showcase
from engine.figures.style import PREDICTION
from engine.images import open_image
from engine.images.drawing import draw_point, to_jpeg
from engine.runs import Run
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL
from pages.parts import runs
from pages.parts.text import plain

KINDS = {"scenes": "A scene", "heads": "A head"}


@st.fragment
def show() -> None:
    """The picture with its three answers; where none are stored, a button asks the networks."""
    by_task = showcase.bundled_runs()
    if len(by_task) < len(showcase.TASKS):
        st.info(
            "The three answers stand here as soon as all three bundled runs are ready; see below what is missing."
        )
        return
    answers = showcase.stored() or _ask(by_task)
    if not answers:
        return
    picture_side, answer_side = st.columns([5, 6], gap="large")
    names = {KINDS.get(name.split("/")[0], name): name for name in answers}
    with picture_side:
        place = st.container()
        name = names[_which(list(names))]
        st.page_link(
            "pages/8_Your_pictures.py", label="Ask about a picture of your own", icon=":material/upload:"
        )
    raw = answers[name]
    place.image(
        _marked(str(paths.SAMPLE_DATA / name), tuple(raw[POINTS])), width="stretch", alt=f"The picture {name}"
    )
    with answer_side:
        _one_thing(by_task[SINGLE_LABEL], np.array(raw[SINGLE_LABEL]))
        _everything(by_task[MULTI_LABEL], np.array(raw[MULTI_LABEL]))
        _point(raw[POINTS], is_head=name.startswith("heads/"))


def _which(names: list[str]) -> str:
    return st.segmented_control(
        "Picture", names, default=names[0], required=True, key="picture", bind="query-params"
    )


def _ask(by_task: dict[str, Run]) -> dict[str, showcase.Raw]:
    place = st.empty()
    if place.button("Ask the three networks (loads them, a few seconds)", type="primary"):
        st.session_state["asked"] = True
    if not st.session_state.get("asked"):
        return {}
    place.empty()
    try:
        return _asked(tuple(runs.version(run) for run in by_task.values()), by_task)
    except (ValueError, RuntimeError) as error:
        st.error(plain(error))
        return {}


@st.cache_data(max_entries=2, show_spinner="The three networks are looking…")
def _asked(versions: tuple, _by_task: dict[str, Run]) -> dict[str, showcase.Raw]:
    return showcase.ask_all(showcase.pictures(), _by_task)


@st.cache_data(max_entries=8, show_spinner=False)
def _marked(path: str, point_px: tuple[float, float]) -> bytes:
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
    thresholds = np.array(list(run.thresholds.values()))
    said = np.flatnonzero(probs > thresholds)
    with st.container(border=True):
        st.markdown("**What is in it?** Trained with binary cross-entropy.")
        names = [plain(run.vocab[place]) for place in said]
        st.subheader(" and ".join(names) or "nothing that it knows", anchor=False)
        shown = np.argsort(-probs)[: max(3, len(said))]
        sigmoids = ", ".join(f"{plain(run.vocab[place])} {probs[place]:.3f}" for place in shown)
        st.caption(f"sigmoids: {sigmoids}, … each against its own threshold. It may name several, or none.")


def _point(point_px: list[float], is_head: bool) -> None:
    x, y = point_px
    with st.container(border=True):
        st.markdown("**Where is the head?** Trained with mean squared error.")
        st.subheader(f"at x {x:.0f} px, y {y:.0f} px", anchor=False)
        st.caption(
            "The orange mark in the picture."
            if is_head
            else "The orange mark in the picture. It learned on heads alone and must always point somewhere: "
            "in a scene its answer is a guess."
        )
