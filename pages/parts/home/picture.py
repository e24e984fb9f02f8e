"""Home: the diagram of one image, with the switches that change the loss and the kind of image."""

import streamlit as st

from pages.parts.home import change_loss, drawings, photographs
from pages.parts.shared import image_kind


@st.fragment
def show() -> None:
    """Both switches in a row, the diagram, and the images to choose from."""
    with st.container(gap="small"):
        with st.container(horizontal=True, gap="medium"):
            chosen = change_loss.choose()
            kind = image_kind.choose(key="images")
        (photographs if kind == image_kind.PHOTOGRAPHS else drawings).show(chosen)
