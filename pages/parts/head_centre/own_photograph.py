"""Lesson 5: a photograph of the visitor's own, with the predicted point between the eyes."""

import hashlib

import streamlit as st

from engine.images import ImageError, open_image
from engine.images.drawing import to_jpeg
from engine.inference import photo_models, uploads
from engine.plots.image_overlays import with_points
from engine.tasks import POINTS
from engine.training.backbones import WeightsError
from pages.parts.shared.text import plain


@st.fragment
def show() -> None:
    """A photograph of the visitor's own, with the predicted point."""
    dropped = st.file_uploader(
        "Drop a photograph with a face. It stays in this app's memory and is never saved.",
        max_upload_size=uploads.MAX_MB,
        key="centre_photograph",
    )
    if dropped is None:
        return
    source = dropped.getvalue()
    try:
        with st.spinner("Predicting…", show_time=True):
            jpeg, prediction = _predicted(hashlib.sha256(source).hexdigest(), dropped.name, source)
    except (ImageError, WeightsError, photo_models.PhotoModelError, OSError) as error:
        st.warning(plain(error))
        return
    prob = prediction.probs[photo_models.FACE]
    if prediction.point_px is None:
        says = f"no face found (probability of a face {prob:.2f})"
    else:
        x, y = prediction.point_px
        says = f"between the eyes at x {x:.0f} px, y {y:.0f} px (probability of a face {prob:.2f})"
    image_side, words = st.columns([2, 1], gap="large")
    image_side.image(
        jpeg, width="stretch", caption=plain(dropped.name), alt=plain(f"Your photograph: {says}")
    )
    words.subheader(plain(says[0].upper() + says[1:]), anchor=False)
    words.markdown(
        f"{'' if prediction.point_px is None else 'How far off is it? Only a true point can tell. '}The "
        "model was fitted to portraits. A face should fill at least a quarter of the image's width or "
        "height."
    )


@st.cache_data(max_entries=32, show_spinner=False)
def _predicted(digest: str, name: str, _source: bytes) -> tuple[bytes, photo_models.PhotoPrediction]:
    opened = open_image(_source, name=name)
    prediction = photo_models.load(POINTS).predict([opened])[0]
    return to_jpeg(with_points(opened, predicted_px=prediction.point_px, width=720)), prediction
