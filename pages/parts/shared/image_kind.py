"""The switch between photographs and drawings at the top of a lesson, in the page's address."""

import streamlit as st

PHOTOGRAPHS, DRAWINGS = "Photographs", "Drawings"


def choose() -> str:
    """`PHOTOGRAPHS` or `DRAWINGS`, as the visitor chose; drawings at first."""
    return st.segmented_control(
        "Images",
        [PHOTOGRAPHS, DRAWINGS],
        default=DRAWINGS,
        required=True,
        key="kind",
        bind="query-params",
    )
