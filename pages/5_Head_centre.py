"""A network that answers with a place in the picture, and how far off it is in pixels."""

import streamlit as st

from pages.parts import page

page.begin(
    "Head centre",
    "the line between the ring (the true centre of the head) and the dot (where the network puts it). The same "
    "network as in the other lessons learned this; only its targets are two numbers now, and its loss the mean "
    "squared error.",
)
with page.charts_loading():
    from engine import paths
    from engine.point_errors import error_table
    from engine.runs.constant_baselines import point_baseline_px
    from pages.parts import centre_augment, centre_errors, centre_steer, centre_units, runs

run, predictions = centre_errors.chosen_run()
if run:
    errors = error_table(predictions, point_baseline_px(run, predictions))
    if not runs.pictures_stayed(run):
        centre_errors.gallery(run, predictions, errors)
        people = ", nor any other picture of these people" if run.data == paths.HEADS else ""
        st.caption(f"Ring: true centre. Dot: predicted. None of these pictures was trained on{people}.")
    st.header("How far off, in pixels")
    st.markdown(
        "Next to each error is one that needs no network: always predicting the mean centre of the training images."
    )
    centre_errors.summary(predictions, errors)
    centre_errors.where_and_whose(predictions, errors)
    page.picture_first()

st.header("Steer the head")
st.markdown("Turn, tip and move a head that did not exist before: the dot should stay on the ring.")
steering = st.container()

st.header("From pixels to −1…1, and what a loss is worth")
st.markdown(
    "The network never sees a pixel's number. Each side of the picture runs from −1 to 1, so the same loss is worth "
    "more pixels across than down."
)
centre_units.scaling()

st.header("What y_range does at the edge")
st.markdown(
    "`y_range=(-1, 1)` sends the network's raw output through a sigmoid, so no answer can leave the picture. The price "
    "is at the edge: the slope goes to nothing there, and the edge itself can never be reached."
)
centre_units.y_range()

st.header("Augmentation moves the point too")
st.markdown(
    "What is done to the picture must be done to its point; some motions push the point out of the frame."
)
centre_augment.augmentation(*centre_augment.example(run))

page.fastai_code(
    """
from fastai.vision.all import *

biwi = DataBlock(
    blocks=(ImageBlock, PointBlock),                  # a point, scaled to -1..1
    get_items=get_image_files,
    get_y=centre_in_pixels,                           # (x, y) from the pose file and rgb.cal
    splitter=FuncSplitter(lambda f: f.parent.name in held_out_people),
    batch_tfms=aug_transforms(size=(240, 320)),       # moves picture and point together
)
dls = biwi.dataloaders("sample_data/heads")
learn = vision_learner(dls, resnet18, y_range=(-1, 1))
learn.loss_func                                       # FlattenedLoss of MSELoss()
learn.fine_tune(3, 1e-2)
""".strip()
)

with steering:
    if run:
        centre_steer.steer(run, sorted(set(predictions.groups)) if run.data == paths.HEADS else None)
    else:
        st.info("Steering needs a points run that is ready; the command above trains one.")
