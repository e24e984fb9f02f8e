"""Home: three predictions for one image, the pages in reading order, and the runs that are ready."""

import streamlit as st

from pages.parts import contents, home_photographs, lasting, page, ready, three_answers

page.begin(
    "Loss Lab",
    "one image, three predictions. The networks are of the same kind; the loss they were trained with differs.",
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
st.header("Trained runs, ready to use")
ready.show()
lasting.set_aside()
