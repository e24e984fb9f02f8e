"""Label: the ways to go through the images."""

import streamlit as st

ONE, GROUPS, MANY, DECIDED = "One by one", "Groups of similar images", "Many at once", "History"
_KEY, _NEXT = "label_way", "label_way_next"


def choose(way: str) -> None:
    """Go through the images in this way from the next time that the page is drawn."""
    st.session_state[_NEXT] = way


def show(has_groups: bool) -> str:
    """Let the person choose a way; returns it."""
    if _NEXT in st.session_state:
        st.session_state[_KEY] = st.session_state.pop(_NEXT)
    offered = [ONE, GROUPS, MANY, DECIDED] if has_groups else [ONE, MANY, DECIDED]
    return st.segmented_control("How", offered, default=ONE, required=True, key=_KEY, wrap=True)
