"""Lesson 5 on photographs: the point between the eyes, its error in pixels, and faces that were held out."""

import numpy as np
import streamlit as st

from engine.data import example_photographs
from engine.functional.point_metrics import error_table
from engine.images import ImageError, open_image
from engine.inference import held_out_faces, photo_models, photo_showcase
from engine.tasks import POINTS
from engine.training.photo_models import files
from pages.parts.head_centre import error_figures, example_photos, exercises, own_photograph
from pages.parts.head_centre.subject import Example, Subject
from pages.parts.shared.lesson import LESSONS, tasks
from pages.parts.shared.text import plain

KINDS = {"Anywhere in a photograph": held_out_faces.PASTED, "Face crops": held_out_faces.CROPS}
NETWORK = (
    "For photographs, the network has a head over a grid of features, 14 × 14 cells for a square image. A softmax "
    "chooses the cell with the point, or says that there is no face. The mean squared error then places the point "
    "near that cell."
)
FRAME_WH = (224, 224)
UNITS = (
    "Each side of the image runs from −1 to 1. These images are square, so the same loss means as many pixels across "
    "as down."
)
Y_RANGE = (
    "The model for photographs chooses a cell first, so it needs no `y_range`. A network that predicts two numbers "
    "does: a sigmoid keeps each prediction between −1 and 1. Near the edge its gradient vanishes."
)
_EXAMPLE = "astronaut.jpg"


def subject() -> Subject:
    """The model's predictions for held-out faces, of the kind that the visitor chose; none, and a sentence, where
    they are missing."""
    kind = KINDS.get(str(st.session_state.get("faces", st.query_params.get("faces"))), held_out_faces.PASTED)
    try:
        faces = _faces(kind, _stamp())
    except photo_models.PhotoModelError as error:
        st.error(plain(error))
        return Subject("point", "between the eyes", "Faces", FRAME_WH)
    errors = error_table(faces.predictions, faces.baseline_px)
    width, height = (int(side) for side in np.median(faces.predictions.sizes_wh, axis=0))
    return Subject("point", "between the eyes", "Faces", (width, height), faces.predictions, errors)


def predictions(subject: Subject, is_guessed: bool) -> None:
    """The example photographs."""
    st.header("True and predicted points")
    example_photos.show(_stamp(), is_guessed)


def errors(subject: Subject, is_guessed: bool) -> None:
    """The errors on held-out faces, once the guess is made."""
    st.header(error_figures.TITLE)
    chosen = st.segmented_control(
        "Faces", list(KINDS), default=next(iter(KINDS)), required=True, key="faces", bind="query-params"
    )
    if subject.errors is None:
        return
    kind = KINDS[chosen]
    if is_guessed:
        st.markdown(_explained(kind, _faces(kind, _stamp())))
    error_figures.show(subject, is_guessed)
    st.caption(
        "200 face crops of 40 people from Udacity's P1_Facial_Keypoints (MIT), alone and pasted into photographs "
        "of COCO 2017 (annotations CC BY 4.0). The app ships only the numbers, not the images."
    )
    tasks.show(LESSONS[5], exercises.crops_tasks(kind == held_out_faces.CROPS), heading=None)


def try_one(subject: Subject) -> None:
    """A photograph of the visitor's own."""
    st.header("Find the point in your own photograph")
    own_photograph.show()


def example(subject: Subject) -> Example | None:
    """A photograph with its true point, and the held-out images' true points with their sizes.

    None, with a sentence, where they are missing.
    """
    if subject.predictions is None:
        return None
    try:
        opened = open_image(example_photographs.FOLDER / _EXAMPLE)
    except ImageError as error:
        st.error(plain(error))
        return None
    found, point_px = subject.predictions, np.array(example_photographs.POINTS_PX[_EXAMPLE])
    return Example(opened, point_px, found.targets_px, found.sizes_wh)


def _stamp() -> int:
    """Changes with the stored predictions and the model."""
    read = (held_out_faces.file(), files.settings_file(POINTS), photo_showcase.file())
    return sum(file.stat().st_mtime_ns for file in read if file.exists())


@st.cache_resource(max_entries=2, show_spinner=False)
def _faces(kind: str, changed_ns: int) -> held_out_faces.HeldOutFaces:
    return held_out_faces.load(kind)


def _explained(kind: str, faces: held_out_faces.HeldOutFaces) -> str:
    count, people = len(faces.baseline_px), len(set(faces.predictions.groups))
    missed = int((~faces.is_found).sum())
    images = (
        f"{count:,} photographs of 224 × 224 px, each with a face of any size pasted in anywhere."
        if kind == held_out_faces.PASTED
        else f"{count:,} face crops in their own pixels. The eyes are always near the same place, so the mean point is "
        "hard to beat."
    )
    how_found = (
        f"The model finds no face in {missed:,} of them, and the errors count those too."
        if missed
        else "The model finds a face in all of them."
    )
    return (
        f"These are {images} Each of the {people} people was predicted by a model that saw none of their images "
        f"(5-fold cross-validation by person). {how_found}"
    )
