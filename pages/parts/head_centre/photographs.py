"""Lesson 5 on photographs: the point between the eyes, its error in pixels, and faces that were held out."""

import hashlib

import numpy as np
import streamlit as st
from PIL import Image

from engine.data import example_photographs
from engine.functional.coordinates import pixel_distance
from engine.functional.point_metrics import error_table
from engine.images import ImageError, open_image
from engine.images.drawing import to_jpeg
from engine.inference import held_out_faces, photo_models, photo_showcase, uploads
from engine.inference.photo_showcase import ShowcasePhotograph
from engine.plots.image_overlays import with_points
from engine.tasks import POINTS
from engine.training.backbones import WeightsError
from pages.parts.head_centre import error_figures
from pages.parts.shared.text import plain

POINT, PLACE = "point", "between the eyes"
KINDS = {"Anywhere in a photograph": held_out_faces.PASTED, "Face crops": held_out_faces.CROPS}
NETWORK = (
    "For photographs, the network has a head over a grid of features, 14 × 14 cells for a square image. A softmax "
    "chooses the cell with the point, or says that there is no face. The mean squared error then places the point "
    "near that cell."
)
FRAME_WH = (224, 224)
UNITS = (
    "Each side of the picture runs from −1 to 1. These images are square, so the same loss is worth as many pixels "
    "across as down."
)
NO_Y_RANGE = (
    "The model for photographs chooses a cell first, so it uses no `y_range`. It is for networks that predict two "
    "numbers: "
)
_EXAMPLE = "astronaut.jpg"
_WIDTH = 480


def show() -> None:
    """The example photographs, the visitor's own, and the errors on held-out faces."""
    _examples()
    _own()
    st.header("How far off, in pixels")
    _held_out()


def example() -> tuple[Image.Image, np.ndarray, np.ndarray, np.ndarray] | None:
    """A photograph with its true point, and the held-out images' true points with their sizes.

    None, with a sentence, where they are missing.
    """
    try:
        predictions = _faces(held_out_faces.PASTED, _stamp()).predictions
        opened = open_image(example_photographs.FOLDER / _EXAMPLE)
    except (photo_models.PhotoModelError, ImageError) as error:
        st.error(plain(error))
        return None
    return (
        opened,
        np.array(example_photographs.POINTS_PX[_EXAMPLE]),
        predictions.targets_px,
        predictions.sizes_wh,
    )


def _examples() -> None:
    """The photographs with a face first, three in a row."""
    stored = sorted(
        photo_showcase.stored(), key=lambda shown: shown.fname not in example_photographs.POINTS_PX
    )
    if not stored:
        st.info("The example photographs are missing: drop one of your own below.")
        return
    for start in range(0, len(stored), 3):
        for column, shown in zip(st.columns(3), stored[start : start + 3], strict=False):
            jpeg, says = _tile(shown.fname, _stamp())
            column.image(jpeg, caption=plain(says), width="stretch", alt=plain(says))
    st.caption(
        "Ring: true point between the eyes, marked by hand. Dot: predicted. The model was fitted to other faces "
        "(Udacity's P1_Facial_Keypoints, MIT, pasted into COCO photographs); it saw none of these images. "
        "The mean point is where the eyes were on average in its training images."
    )


def caption(shown: ShowcasePhotograph) -> str:
    """What the model predicted for an example photograph, and how far off it is compared with the mean point."""
    truth_px, point_px = example_photographs.POINTS_PX.get(shown.fname), shown.points["point_px"]
    if truth_px is None:
        says = "no face found, rightly" if point_px is None else "a face found where there is none"
    elif point_px is None:
        says = "no face found, though there is one"
    else:
        off = float(pixel_distance(np.array(point_px), np.array(truth_px)))
        says = f"{off:.1f} px off{_beside_mean(shown, truth_px)}"
    return f"{shown.title}: {says}"


def _beside_mean(shown: ShowcasePhotograph, truth_px: tuple[float, float]) -> str:
    try:
        mean_px = held_out_faces.mean_point_px(open_image(shown.path).size)
    except photo_models.PhotoModelError:
        return " (mean point: unknown)"
    return f" (mean point: {float(pixel_distance(mean_px, np.array(truth_px))):.0f} px)"


def _stamp() -> int:
    """Changes with the stored predictions."""
    return sum(
        file.stat().st_mtime_ns for file in (held_out_faces.file(), photo_showcase.file()) if file.exists()
    )


@st.cache_data(max_entries=16, show_spinner=False)
def _tile(fname: str, changed_ns: int) -> tuple[bytes, str]:
    """An example photograph with its points as JPEG, and its caption."""
    shown = next(example for example in photo_showcase.stored() if example.fname == fname)
    marked = with_points(
        open_image(shown.path),
        truth_px=example_photographs.POINTS_PX.get(fname),
        predicted_px=shown.points["point_px"],
        width=_WIDTH,
    )
    return to_jpeg(marked), caption(shown)


@st.cache_resource(max_entries=2, show_spinner=False)
def _faces(kind: str, changed_ns: int) -> held_out_faces.HeldOutFaces:
    return held_out_faces.load(kind)


@st.fragment
def _own() -> None:
    """A photograph of the visitor's own, with the predicted point."""
    dropped = st.file_uploader(
        "Drop a photograph of your own here (it stays in this app's memory)",
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
        f"{'' if prediction.point_px is None else 'How far off is it? Only a true point can tell. '}The model was "
        "fitted to portraits: a face should fill at least a quarter of the image's side."
    )


@st.cache_data(max_entries=32, show_spinner=False)
def _predicted(digest: str, name: str, _source: bytes) -> tuple[bytes, photo_models.PhotoPrediction]:
    opened = open_image(_source, name=name)
    prediction = photo_models.load(POINTS).predict([opened])[0]
    return to_jpeg(with_points(opened, predicted_px=prediction.point_px, width=720)), prediction


def _held_out() -> None:
    chosen = st.segmented_control(
        "Faces",
        list(KINDS),
        default=next(iter(KINDS)),
        required=True,
        key="faces",
        bind="query-params",
    )
    kind = KINDS[chosen]
    try:
        faces = _faces(kind, _stamp())
    except photo_models.PhotoModelError as error:
        st.error(plain(error))
        return
    st.markdown(_explained(kind, faces))
    errors = error_table(faces.predictions, faces.baseline_px)
    error_figures.summary(faces.predictions, errors, POINT)
    error_figures.where_and_whose(faces.predictions, errors, POINT, "Faces")
    st.caption(
        "Predictions for 200 face crops of 40 people from Udacity's P1_Facial_Keypoints (MIT), alone and pasted into "
        "photographs of COCO 2017 (annotations CC BY 4.0). None of these images is shipped, only the numbers."
    )


def _explained(kind: str, faces: held_out_faces.HeldOutFaces) -> str:
    count, people = len(faces.baseline_px), len(set(faces.predictions.groups))
    missed = int((~faces.is_found).sum())
    faces_found = (
        f"The model finds no face in {missed} of them; the errors count those too. "
        if missed
        else "The model finds a face in all of them. "
    )
    images = (
        f"{count:,} photographs of 224 x 224 px, each with a face of any size pasted in anywhere"
        if kind == held_out_faces.PASTED
        else f"{count:,} face crops as they are, in their own pixels; the eyes are always near the same place, which "
        "makes the mean point hard to beat"
    )
    return (
        f"These are {images}. Each of the {people} people was predicted by a model that saw none of their images "
        f"(5-fold cross-validation by person). {faces_found}Next to each error is one that needs no network: always "
        "predicting the mean point of the training images."
    )
