"""Links that carry a loss over to the page where it is trained for real."""

from collections.abc import Sequence

import streamlit as st

from engine import paths
from engine.experiments.loss_race import Lane
from engine.training.presets import QUICK
from pages.parts.shared import streamlit_internals
from pages.parts.shared.text import plain

PAGES, TRAIN = paths.ROOT / "pages", "7_Train.py"
DURATION = "about 20 seconds on two CPU cores"
"""What the configurations that the Train page opens with take, as `engine.training.presets` has measured."""


def show(task: str, lanes: Sequence[Lane], is_photographs: bool = False) -> None:
    """A link for each loss of the race, and what it will train on; nothing where the page is not there."""
    if not (PAGES / TRAIN).is_file():
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**Train a head for real ({DURATION}):**", width="content")
        for loss in dict.fromkeys(lane.loss for lane in lanes):
            streamlit_internals.page_link(
                f"pages/{TRAIN}",
                label=loss.short,
                icon=":material/model_training:",
                help=f"Train with {loss.title} on the Train page",
                query_params={"task": task, "loss": loss.name},
            )
    st.caption(trains_on(task, is_photographs))


def trains_on(task: str, is_photographs: bool) -> str:
    """Which data the Train page opens with, and why it is not the race's where that ran over photographs."""
    opens = f"The Train page opens on the drawings in {plain(QUICK[task].data)}"
    if not is_photographs:
        return f"{opens}, the images of this race."
    return (
        f"**{opens}, not on these photographs.** Loss Lab ships only the photographs' features, and training needs the "
        "images. To train on photographs, import your own under Your data."
    )
