"""Running a fragment again, from wherever it was called."""

import streamlit as st
from streamlit.errors import StreamlitAPIException


def fragment() -> None:
    """Run the fragment again that is running; the whole page where the page itself is running the fragment."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:
        st.rerun()
