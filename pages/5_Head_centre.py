"""A network that predicts a point instead of a class, and how far off it is in pixels."""

from types import ModuleType

import streamlit as st

from pages.parts.shared import page
from pages.parts.shared.lesson import LESSONS, check, frame, guess, presenting, tasks

LESSON = LESSONS[5]
PREDICTIONS, ERRORS, STEER, PHOTO, UNITS, RANGE, AUGMENTATION = (
    "Predictions",
    "Errors",
    "Steer the head",
    "Your photograph",
    "Pixels and units",
    "y_range",
    "Augmentation",
)

frame.begin(LESSON, terms=("point", "target", "mean squared error", "baseline", "augmentation", "head"))
with page.charts_loading(are_first=st.query_params.get("part", PREDICTIONS) != PREDICTIONS):
    from engine.tasks import POINTS
    from pages.parts.head_centre import exercises
    from pages.parts.shared import image_kind

kind = image_kind.choose(image_kind.DRAWINGS, own_task=POINTS)
is_photographs = kind == image_kind.PHOTOGRAPHS
shown: ModuleType  # what a tab that is closed needs is imported when it opens: the first image comes sooner
if is_photographs:
    from pages.parts.head_centre import photographs

    st.markdown(photographs.NETWORK)
    shown, subject = photographs, photographs.subject()
else:
    from pages.parts.head_centre import drawings

    st.markdown(drawings.NETWORK)
    shown, subject = drawings, drawings.subject(kind == image_kind.YOUR_RUNS)
tasks.require(LESSON, exercises.KEYS[is_photographs])
is_guessed = True
if subject.errors is not None:
    question = exercises.median_error(subject.errors, subject.frame_wh[0], subject.point)
    is_guessed = guess.ask(LESSON, question, "photographs" if is_photographs else "drawings")

second = PHOTO if is_photographs else STEER
predicted, errors, tried, units, y_range, moved = st.tabs(
    [PREDICTIONS, ERRORS, second, UNITS, RANGE, AUGMENTATION], key="part", bind="query-params"
)
if predicted.open:
    with predicted:
        shown.predictions(subject, is_guessed)
if errors.open:
    with errors:
        shown.errors(subject, is_guessed)
if tried.open:
    with tried:
        shown.try_one(subject)
if units.open:
    from pages.parts.head_centre import point_units

    with units:
        st.header("The model predicts units, not pixels")
        st.markdown(shown.UNITS)
        point_units.scaling(shown.FRAME_WH, about_the_book=not is_photographs)
if y_range.open:
    from pages.parts.head_centre import point_units

    with y_range:
        st.header("`y_range` keeps predictions inside the image")
        st.markdown(shown.Y_RANGE)
        point_units.y_range(shown.FRAME_WH[0])
example = shown.example(subject)
if moved.open:
    from pages.parts.head_centre import augmentation

    with moved:
        st.header("When the image moves, its point must move too")
        st.markdown("Augmentation rotates, zooms and shifts images. It can push a point out of the frame.")
        if example:
            augmentation.augmentation(example, subject.point, subject.place)

frame.what_you_saw(
    [
        "For points, only the targets and the loss change: two numbers, and the mean squared error.",
        "Coordinates run from −1 to 1, so a loss means more pixels in a larger image.",
        "An error means little without its baseline: always predicting the mean point.",
        "Anything that moves the image must move its point, too.",
    ]
)
if subject.errors is not None and example:
    check.ask(
        LESSON,
        exercises.questions(
            subject.predictions, subject.errors, example.point_px, example.image.size, subject.point
        ),
    )
frame.code(
    LESSON,
    """
from fastai.vision.all import *

biwi = DataBlock(
    blocks=(ImageBlock, PointBlock),                  # a point, scaled to -1..1
    get_items=get_image_files,
    get_y=centre_in_pixels,                           # (x, y) from the pose file and rgb.cal
    splitter=FuncSplitter(lambda f: f.parent.name in held_out_people),
    batch_tfms=aug_transforms(size=(240, 320)),       # moves the image and its point
)
dls = biwi.dataloaders(SOURCE)
learn = vision_learner(dls, resnet18, y_range=(-1, 1))
learn.loss_func                                       # FlattenedLoss of MSELoss()
learn.fine_tune(3, 1e-2)
""".strip().replace("SOURCE", "untar_data(URLs.BIWI_HEAD_POSE)" if is_photographs else '"sample_data/heads"'),
    "The same in fastai, on the book's photographs" if is_photographs else "The same in fastai",
)
frame.end(LESSON)
presenting.step_through(
    [
        ("predicted and true centres", {}),
        ("the worst first", {"order": "Worst first"}),
        ("how far off, in pixels", {"part": ERRORS}),
        ("steer the head", {"part": STEER}),
        ("turned away", {"part": STEER, "yaw": "85"}),
        ("pixels and units", {"part": UNITS}),
        ("y_range near the edge", {"part": RANGE, "raw": "6"}),
        ("the point leaves the frame", {"part": AUGMENTATION, "shift_right": "60"}),
    ]
)
