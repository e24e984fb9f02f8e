"""Links that carry a loss over to the page where it is trained for real."""

from collections.abc import Sequence

import streamlit as st

from engine.experiments.loss_race import Lane
from pages.parts.home import contents

TRAIN = "7_Train.py"


def show(task: str, lanes: Sequence[Lane]) -> None:
    """A link for each loss of the race; nothing where the page is not there."""
    if not (contents.PAGES / TRAIN).is_file():
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Train this for real:**", width="content")
        for loss in dict.fromkeys(lane.loss for lane in lanes):
            st.page_link(
                f"pages/{TRAIN}",
                label=loss.short,
                icon=":material/model_training:",
                help=f"The whole network with {loss.title}",
                query_params={"task": task, "loss": loss.name},
            )
