"""Page 9, label: the buttons that take the last decision back, and back again."""

import streamlit as st

from pages.parts.data.label.session import Desk


def undo(desk: Desk) -> None:
    """A button for the last decision; it is grey where nothing is decided."""
    st.button(
        "Undo", icon=":material/undo:", on_click=desk.undo, disabled=not desk.can_undo, key="label_undo"
    )


def both(desk: Desk) -> None:
    """The same, and next to it one for what was undone last."""
    undo(desk)
    st.button(
        "Redo", icon=":material/redo:", on_click=desk.redo, disabled=not desk.can_redo, key="label_redo"
    )
