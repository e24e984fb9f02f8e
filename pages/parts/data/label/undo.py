"""Page 9, label: the buttons that take the last decision back, and back again."""

import streamlit as st

from pages.parts.data.label.session import LabelSession


def undo(session: LabelSession) -> None:
    """A button for the last decision; it is grey where nothing is decided."""
    st.button(
        "Undo", icon=":material/undo:", on_click=session.undo, disabled=not session.can_undo, key="label_undo"
    )


def both(session: LabelSession) -> None:
    """The same, and next to it one for what was undone last."""
    undo(session)
    st.button(
        "Redo", icon=":material/redo:", on_click=session.redo, disabled=not session.can_redo, key="label_redo"
    )
