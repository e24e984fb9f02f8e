"""Home: three answers to one picture, what is ready, and the pages in reading order."""

import streamlit as st

from pages.parts import contents, lasting, page, ready, three_answers

page.begin(
    "Loss Lab",
    "one picture, three answers. The network is built alike each time; what differs is the loss it was trained with.",
)
three_answers.show()
st.header("In reading order")
contents.show()
st.header("What is trained and ready")
ready.show()
lasting.set_aside()
