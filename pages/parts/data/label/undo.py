"""Page 9, label: the buttons that take the last decision back, and back again."""

import streamlit as st

from pages.parts.data.label.session import LabelSession


def both(session: LabelSession) -> None:
    """A button for the last decision, and one for what was undone last; each is grey where there is none."""
    st.button(
        "Undo", icon=":material/undo:", on_click=session.undo, disabled=not session.can_undo, key="label_undo"
    )
    st.button(
        "Redo", icon=":material/redo:", on_click=session.redo, disabled=not session.can_redo, key="label_redo"
    )
