"""Home's switch: it changes only the loss, and with it which head of the diagram lights up."""

import streamlit as st

from engine.tasks import MULTI_LABEL, TASKS
from pages.parts.home.diagram import LOSS_NAMES


def choose() -> str:
    """The task whose head and loss light up; the address keeps the loss."""
    by_loss = {LOSS_NAMES[task]: task for task in TASKS}
    chosen = st.segmented_control(
        "Change only the loss",
        list(by_loss),
        default=LOSS_NAMES[MULTI_LABEL],
        required=True,
        key="loss",
        bind="query-params",
    )
    return by_loss[chosen]
