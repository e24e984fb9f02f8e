"""Home: three predictions for one image, the pages in reading order, and the runs that are ready."""

import streamlit as st

from pages.parts.home import contents, demo, models, photographs
from pages.parts.shared import gc_freeze, image_kind, page

page.begin(
    "Loss Lab",
    "One image, three predictions. All three networks are of the same kind; only the loss they were "
    "trained with differs.",
)
if image_kind.choose(key="images") == image_kind.PHOTOGRAPHS:
    photographs.show()
else:
    demo.show()
st.header("In reading order")
contents.show()
st.header("Trained runs, ready to use")
models.show()
gc_freeze.set_aside()
