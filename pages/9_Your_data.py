"""Import a dataset of your own; check, browse, label and split it, and take it to training."""

import streamlit as st

from engine.tasks import MULTI_LABEL
from pages.parts import (
    data_bring,
    data_check,
    data_code,
    data_export,
    data_label,
    data_look,
    data_split,
    page,
)

# What can be done with a data set, in the order of doing: its title, and what shows it (called with a `Shelved`).
SECTIONS = {
    "Bring": None,
    "Check": data_check.show,
    "Look": data_look.show,
    "Label": data_label.show,
    "Split": data_split.show,
    "Export": data_export.show,
}

page.begin(
    "Your data",
    "what was recognised, and why. Everything that is wrong with the pictures is said before anything is trained.",
)
chosen = data_bring.choose()
section = st.segmented_control(
    "What to do", list(SECTIONS), default="Bring", required=True, key="do", bind="query-params"
)
if SECTIONS[section] is None:
    data_bring.show(chosen)
elif chosen is None:
    st.info("There is no data set yet: bring one first.")
else:
    SECTIONS[section](chosen)

data_code.show(chosen.task if chosen else MULTI_LABEL)
