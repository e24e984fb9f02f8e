"""Label: no image is left to go through, and what comes next."""

import streamlit as st

from engine.data import annotation
from engine.data.annotation import Sheet
from engine.data.formats.phrases import counted
from engine.data.library import LibraryDataset
from pages.parts.data.label import undo, ways
from pages.parts.data.label.session import LabelSession
from pages.parts.shared import workflow_facts
from pages.parts.shared.workflow_steps import TRAIN_PAGE


def show(session: LabelSession, sheet: Sheet) -> None:
    """Training, once every image has its label; else the way to the images that are left."""
    if not sheet.fnames:
        st.info("There are no images here.")
    elif session.which != annotation.WITHOUT:
        st.info("You have not labelled any image yet.")
    elif sheet.without:
        _offer_the_rest(len(sheet.without))
    else:
        says = "Every image has a point." if session.is_points else "Every image is labelled."
        st.success(says, icon=":material/check:")
        _offer_training(session)
    undo.both(session)


def _offer_the_rest(count: int) -> None:
    is_or_are = "is" if count == 1 else "are"
    st.success(
        f"Every group is done. {counted(count, 'image')} {is_or_are} in no group.", icon=":material/check:"
    )
    st.button(
        f"Label {'it' if count == 1 else 'them'} one by one",
        icon=":material/label:",
        type="primary",
        on_click=ways.choose,
        args=(ways.ONE,),
        key="label_the_rest",
    )


def _offer_training(session: LabelSession) -> None:
    if st.button("Train on it", type="primary", icon=":material/model_training:", key="label_to_training"):
        data = workflow_facts.typed(LibraryDataset(session.home))
        st.switch_page(TRAIN_PAGE, query_params={"task": session.source.task, "data": data})
