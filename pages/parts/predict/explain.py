"""One image in detail: every run's prediction as bars, and where a model looked."""

import streamlit as st

from engine import tasks
from engine.images import open_image
from engine.inference.attribution_methods import CAVEAT, COVERING, GRAD_CAM
from engine.inference.predict import LabelPrediction, PointPrediction
from engine.inference.uploads import UploadPredictions, point_in
from engine.plots import predictions as figures
from engine.plots.image_overlays import with_heat, with_points
from engine.runs import Run
from pages.parts.predict import model_names
from pages.parts.predict.predict_uploads import File
from pages.parts.shared import address, charts, runs
from pages.parts.shared.text import plain

TILE_PX = 92
_CLASS = "heat_class_"
HOW = {
    COVERING: "Covering: hides each part in turn and measures how far the probability falls",
    GRAD_CAM: "Grad-CAM: shows what the last layer used (quicker, coarser)",
}


def with_all_points(upload: UploadPredictions, by_title: dict[str, Run], width: int = 480):
    """The preview with the point of the first points run on it; without such a run, the preview alone."""
    image = open_image(upload.preview)
    points = [
        prediction for prediction in upload.predictions.values() if isinstance(prediction, PointPrediction)
    ]
    return with_points(image, predicted_px=point_in(image.size, points[0]) if points else None, width=width)


def bars(upload: UploadPredictions, by_title: dict[str, Run], key: str) -> None:
    """Every labelling run's probabilities, two charts in a row."""
    titles = [title for title in upload.predictions if tasks.get(by_title[title].task).has_labels]
    for start in range(0, len(titles), 2):
        for column, title in zip(st.columns(2, gap="large"), titles[start : start + 2], strict=False):
            prediction = upload.predictions[title]
            with column:
                st.markdown(f"**{plain(model_names.of_run(by_title[title]))}**")
                charts.show(_bars(by_title[title], prediction), key=f"{key}_{title}")


@st.fragment
def heat(file: File, upload: UploadPredictions, by_title: dict[str, Run]) -> None:
    """Where a model looked for a chosen class, and a test of that map; nothing without a run that names labels."""
    labelled = {
        title: prediction
        for title, prediction in upload.predictions.items()
        if isinstance(prediction, LabelPrediction)
    }
    if not labelled:
        return
    st.subheader("Where did the model look?")
    image_side, says_side = st.columns([3, 2], gap="large")
    with says_side:
        title = st.selectbox(
            "Model",
            list(labelled),
            format_func=lambda title: model_names.of_run(by_title[title]),
            key="heat_run",
            bind="query-params",
        )
        prediction = labelled[title]
        likeliest = [prediction.vocab[at] for at in prediction.probs.argsort()[::-1]]
        label = _class(likeliest, f"{_CLASS}{file.digest[:8]}_{title}")
        how = st.radio("How", list(HOW), format_func=HOW.__getitem__, key="heat_how", bind="query-params")
    with image_side, st.spinner("Looking…"):
        run = by_title[title]
        look = _look(file.digest, runs.version(run), label, how, file.source, run)
        image, (rows, columns) = open_image(upload.preview), look.heat.shape
        st.image(
            with_heat(image, look.heat, width=720, resize=run.config.resize),
            width="stretch",
            caption=plain(f"Where it looked for {label} ({how}, {rows} x {columns} cells)"),
            alt=plain(f"The image with a heat map: where the model looked for {label}"),
        )
    with says_side:
        _covering_test(label, look)


def _class(likeliest: list[str], key: str) -> str:
    """The chosen class; another image or model begins with the likeliest again."""
    if not any(str(name).startswith(_CLASS) for name in st.session_state):
        st.session_state[key] = address.recall("class", likeliest, likeliest[0])
    label = st.selectbox("Class (most probable first)", likeliest, key=key)
    address.remember("class", label, likeliest[0])
    return label


def _covering_test(label: str, look) -> None:
    st.markdown(f"**Test the map:** the probability of {plain(label)}")
    with st.container(horizontal=True):
        st.metric("whole image", f"{look.prob:.0%}", width=TILE_PX)
        st.metric("hot ¼ hidden", f"{look.prob_hottest_covered:.0%}", width=TILE_PX)
        st.metric("cold ¼ hidden", f"{look.prob_coldest_covered:.0%}", width=TILE_PX)
    st.caption(CAVEAT)


@st.cache_resource(max_entries=64, show_spinner=False)
def _look(digest: str, version: tuple, label: str, how: str, _source: bytes, _run: Run):
    from engine.inference import attribution

    return attribution.look(runs.model(_run), open_image(_source), label, how)


def _bars(run: Run, prediction):
    if tasks.get(run.task).has_one_label:
        return figures.softmax_bars(prediction.vocab, prediction.probs)
    return figures.sigmoid_bars(prediction.vocab, prediction.probs, prediction.thresholds)
