"""Home: three answers to one picture, what is ready, and the pages in reading order."""

import streamlit as st

from pages.parts import contents, home_photographs, lasting, page, ready, three_answers

page.begin(
    "Loss Lab",
    "one picture, three answers. The network is built alike each time; what differs is the loss it was trained with.",
)
PHOTOGRAPHS, DRAWINGS = "Photographs", "Drawings"
kind = st.segmented_control(
    "Images", [PHOTOGRAPHS, DRAWINGS], default=PHOTOGRAPHS, required=True, key="images", bind="query-params"
)
if kind == PHOTOGRAPHS:
    home_photographs.show()
else:
    three_answers.show()
st.header("In reading order")
contents.show()
st.header("What is trained and ready")
ready.show()
lasting.set_aside()
