"""A network that predicts a place in the image, and how far off it is in pixels."""

import streamlit as st

from pages.parts.shared import page

page.begin(
    "Head centre",
    "Compare the true point (ring) with the predicted point (dot). The line between them is the error.",
    terms=("point", "target", "mean squared error", "baseline", "augmentation", "head"),
)
with page.charts_loading():
    from engine.tasks import POINTS
    from pages.parts.head_centre import augmentation, drawings, photographs, point_units
    from pages.parts.shared import image_kind

kind = image_kind.choose(image_kind.DRAWINGS, own_task=POINTS)  # the lesson says why
is_photographs = kind == image_kind.PHOTOGRAPHS
st.markdown(photographs.NETWORK if is_photographs else drawings.NETWORK)
run = predictions = steering = None
if is_photographs:
    photographs.show()
else:
    run, predictions = drawings.show(is_own=kind == image_kind.YOUR_RUNS)
    st.header("Steer the head")
    st.markdown("Turn, tip and move a head that did not exist before: the dot should stay on the ring.")
    steering = st.container()

st.header("From pixels to −1…1, and what a loss is worth")
st.markdown(
    f"The network never sees a pixel's number. {photographs.UNITS if is_photographs else drawings.UNITS}"
)
frame_wh = photographs.FRAME_WH if is_photographs else drawings.FRAME_WH
point_units.scaling(frame_wh, about_the_book=not is_photographs)

st.header("What y_range does at the edge")
st.markdown(
    f"{photographs.NO_Y_RANGE if is_photographs else ''}`y_range=(-1, 1)` sends the network's raw output through a "
    "sigmoid, so no answer can leave the picture. The price is at the edge: the slope goes to nothing there, and the "
    "edge itself can never be reached."
)
point_units.y_range(frame_wh[0])

st.header("Augmentation moves the point too")
st.markdown(
    "What is done to the picture must be done to its point; some motions push the point out of the frame."
)
if not is_photographs:
    augmentation.augmentation(*augmentation.example(run))
elif example := photographs.example():
    augmentation.augmentation(*example, photographs.POINT, photographs.PLACE)

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
dls = biwi.dataloaders(SOURCE)
learn = vision_learner(dls, resnet18, y_range=(-1, 1))
learn.loss_func                                       # FlattenedLoss of MSELoss()
learn.fine_tune(3, 1e-2)
""".strip().replace("SOURCE", "untar_data(URLs.BIWI_HEAD_POSE)" if is_photographs else '"sample_data/heads"'),
    "The same in fastai, on the book's photographs" if is_photographs else "The same in fastai",
)

if steering:
    with steering:
        drawings.steer(run, predictions)
