"""Label: accept all suggestions of the photograph models above a chosen probability, undone together."""

import streamlit as st

from engine.data import edits
from engine.data.annotation import Sheet
from engine.data.formats.phrases import counted
from engine.inference.photo_suggestions import PhotoSuggestions
from pages.parts.data.label.session import LabelSession

STEPS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
USUAL = 0.9


def show(session: LabelSession, sheet: Sheet) -> None:
    """The probability to choose, and the button; nothing where the photograph models suggest nothing."""
    look = session.proposals
    if not isinstance(look, PhotoSuggestions) or not suggested(look, sheet, STEPS[0]):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        least = st.select_slider(
            "Accept suggestions with a probability of at least",
            STEPS,
            value=USUAL,
            key="label_least",
            format_func="{:.0%}".format,
            width=320,
        )
        given = suggested(look, sheet, least)
        st.button(
            f"Accept {counted(len(given), 'suggestion')}",
            icon=":material/done_all:",
            disabled=not given,
            on_click=_accept,
            args=(session, given),
            key="label_accept_all",
        )


def _accept(session: LabelSession, given: dict[str, tuple[str, ...]]) -> None:
    session.decide_each(edits.LABELS, given)


def suggested(look: PhotoSuggestions, sheet: Sheet, least: float) -> dict[str, tuple[str, ...]]:
    """Unlabelled image -> the labels that are at least so probable; images without one are left out."""
    by_image = {fname: look.labels(fname, least) for fname in sheet.without}
    return {fname: labels for fname, labels in by_image.items() if labels}
