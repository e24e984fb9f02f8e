"""Page 8, a scene drawn to order: what one more thing in it does to a softmax and to sigmoids."""

import streamlit as st
from PIL import Image

from engine import tasks
from engine.images.drawing import to_png
from engine.plots.predictions import before_after
from engine.plots.style import SIGMOID, SOFTMAX
from engine.runs import Run
from engine.synthetic import scenes
from engine.tasks import MULTI_LABEL, SINGLE_LABEL
from pages.parts.predict import explain, predict_uploads, run_cards
from pages.parts.predict.predict_uploads import File
from pages.parts.shared import address, charts, runs

SIZE_WH = (400, 300)
FIRST_SCENE = 0


@st.fragment
def show() -> None:
    """Everything under "Draw a scene"."""
    scenes_place = st.container()
    kinds, added, seed = _controls()
    with scenes_place:
        images = _draw(tuple(kinds), seed), _draw((*kinds, added), seed)
        captions = _listed(kinds), _listed([*kinds, added])
        for column, image, says in zip(st.columns(2, gap="large"), images, captions, strict=True):
            column.image(image, width="stretch", caption=says, alt=f"A drawn scene: {says}")
    softmax_side, sigmoid_side = st.columns(2, gap="large")
    with softmax_side:
        _compare(SINGLE_LABEL, images, kinds, added)
    with sigmoid_side:
        _compare(MULTI_LABEL, images, kinds, added)
    _look_closer(images[1], _listed([*kinds, added]))


def _controls() -> tuple[list[str], str, int]:
    kinds = address.pills("In the scene", scenes.KINDS, ["bear"], "kinds")
    left = [kind for kind in scenes.KINDS if kind not in kinds] or list(scenes.KINDS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        default = "dog" if "dog" in left else left[0]
        if st.session_state.get("add") not in left:
            st.session_state["add"] = address.recall("add", left, default)
        added = st.selectbox("Then add", left, key="add", width=200)
        address.remember("add", added, default)
        seed = st.number_input(
            "Scene number", 0, 9999, FIRST_SCENE, key="scene", bind="query-params", width=160
        )
    return kinds, added, seed


def _compare(task: str, images, kinds: list[str], added: str) -> None:
    run = runs.bundled(task)
    if run is None:
        runs.none_yet(task)
        return
    if trouble := runs.trouble(run):
        st.warning(trouble)
        return
    before, after = runs.model(run).predict(images)
    colour, title, x = _saying(task, before, after, kinds, added)
    charts.show(
        before_after(before.vocab, before.probs, after.probs, colour, title, x), key=f"before_after_{task}"
    )


def _saying(task: str, before, after, kinds: list[str], added: str) -> tuple[str, str, str]:
    """The colour, the title with the numbers that moved most to the point, and what the axis shows."""
    watched = [kind for kind in (*kinds[:1], added) if kind in before.vocab]
    moved = "; ".join(
        f"{kind} {before.probs[before.vocab.index(kind)]:.0%} → {after.probs[before.vocab.index(kind)]:.0%}"
        for kind in watched
    )
    if tasks.get(task).has_one_label:
        return (
            SOFTMAX,
            f"Softmax probabilities add up to 1: {moved}",
            "probability (softmax); ring before, dot after",
        )
    return SIGMOID, f"Each sigmoid is independent: {moved}", "probability (sigmoid); ring before, dot after"


@st.cache_data(max_entries=64, show_spinner="Drawing…")
def _draw(kinds: tuple[str, ...], seed: int) -> Image.Image:
    return scenes.draw(scenes.spec_with(kinds, seed, SIZE_WH))


def _listed(kinds: list[str]) -> str:
    return ", ".join(dict.fromkeys(kinds)) or "none of the labels"


def _look_closer(image: Image.Image, name: str) -> None:
    by_title: dict[str, Run] = predict_uploads.ready_runs()
    if not by_title:
        return
    st.header("What every run predicts for the second scene")
    file = File(name, to_png(image))
    predicted, _ = predict_uploads.answer_all([file], by_title)
    for predicted_file, predictions in predicted:
        run_cards.show([predictions], by_title)
        st.caption(
            "The point is the predicted centre of a head. The model always gives one, head or no head."
        )
        explain.bars(predictions, by_title, key="scene_closer")
        explain.heat(predicted_file, predictions, by_title)
