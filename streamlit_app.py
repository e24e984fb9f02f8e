"""Home: one image, one backbone, three heads and their losses; the two ways in; and the runs that are ready."""

import streamlit as st

from pages.parts.home import cards, drawings, models, photographs
from pages.parts.shared import gc_freeze, image_kind, page

page.begin(
    "Loss Lab",
    "One network can name a thing, name everything, or point at a face. Only its last layer and its loss change.",
)
place = st.container()
kind = image_kind.choose(key="images")
with place:
    (photographs if kind == image_kind.PHOTOGRAPHS else drawings).show()
cards.show()
with st.expander("Trained runs, ready to use"):
    models.show()
gc_freeze.set_aside()
