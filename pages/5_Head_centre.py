"""A network that predicts a place in the image, and how far off it is in pixels."""

import streamlit as st

from pages.parts.shared import page

page.begin(
    "Head centre",
    "the line between the ring (the true point) and the dot (where the network puts it). The network is built as in "
    "the other lessons; only its targets are two numbers now, and its loss the mean squared error.",
)
with page.charts_loading():
    from pages.parts.head_centre import augment, drawings, photographs, units
    from pages.parts.shared import image_kind

is_photographs = image_kind.choose() == image_kind.PHOTOGRAPHS
run = predictions = steering = None
if is_photographs:
    photographs.show()
else:
    run, predictions = drawings.show()
    st.header("Steer the head")
    st.markdown("Turn, tip and move a head that did not exist before: the dot should stay on the ring.")
    steering = st.container()

st.header("From pixels to −1…1, and what a loss is worth")
st.markdown(
    "The network never sees a pixel's number. Each side of the picture runs from −1 to 1, so the same loss is worth "
    "more pixels across than down."
)
units.scaling()

st.header("What y_range does at the edge")
st.markdown(
    "`y_range=(-1, 1)` sends the network's raw output through a sigmoid, so no answer can leave the picture. The price "
    "is at the edge: the slope goes to nothing there, and the edge itself can never be reached."
)
units.y_range()

st.header("Augmentation moves the point too")
st.markdown(
    "What is done to the picture must be done to its point; some motions push the point out of the frame."
)
if not is_photographs:
    augment.augmentation(*augment.example(run))
elif example := photographs.example():
    augment.augmentation(*example, photographs.POINT, photographs.PLACE)

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
""".strip(),
    "The same in fastai, over the drawings" if is_photographs else "The same in fastai",
)

if steering:
    with steering:
        drawings.steer(run, predictions)
