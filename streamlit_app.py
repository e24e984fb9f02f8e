"""Home: the two ways in; one image, one backbone, three heads and their losses; and the runs that are ready."""

import streamlit as st

from pages.parts.home import cards, models, picture
from pages.parts.shared import gc_freeze, page

page.begin(
    "Loss Lab",
    "One network can name one thing, name everything, or find a face. Only its last layer and its "
    "loss change.",
)
cards.start()
picture.show()
cards.show()
with st.expander("Trained runs, ready to use"):
    models.show()
gc_freeze.set_aside()
