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
    """What is done; then training, once every image has its label, else the way to the images that are left."""
    is_through = bool(sheet.fnames) and session.which == annotation.WITHOUT
    (st.success if is_through else st.info)(
        _says(session, sheet), icon=":material/check:" if is_through else None
    )
    with st.container(horizontal=True, gap="small"):
        if is_through and sheet.without:
            _offer_the_rest(len(sheet.without))
        elif is_through:
            _offer_training(session)
        undo.both(session)


def _says(session: LabelSession, sheet: Sheet) -> str:
    if not sheet.fnames:
        return "There are no images here."
    if session.which != annotation.WITHOUT:
        return "You have not labelled any image yet."
    if left := len(sheet.without):
        return f"Every group is done. {counted(left, 'image')} {'is' if left == 1 else 'are'} in no group."
    return "Every image has a point." if session.is_points else "Every image is labelled."


def _offer_the_rest(count: int) -> None:
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
