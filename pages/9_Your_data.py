"""Import a dataset of your own; check, browse, label and split it, and take it to training."""

import streamlit as st

from engine.tasks import MULTI_LABEL
from pages.parts.data import browse as data_browse
from pages.parts.data import check as data_check
from pages.parts.data import code as data_code
from pages.parts.data import export as data_export
from pages.parts.data import labelling
from pages.parts.data import split as data_split
from pages.parts.data.imports import import_tab
from pages.parts.shared import page

IMPORT = "Import"
# What can be done with a dataset, in the order of doing: its title, and what shows it (called with a `LibraryDataset`).
SECTIONS = {
    "Check": data_check.show,
    "Browse": data_browse.show,
    "Label": labelling.show,
    "Split": data_split.show,
    "Export": data_export.show,
}

page.begin(
    "Your data",
    "Import images with their labels, see what was recognized and why, and fix what is wrong before you "
    "train.",
    terms=("dataset", "import", "label", "validation split", "pseudo-label", "export"),
)
chosen = import_tab.choose()
section = st.segmented_control(
    "What to do", [IMPORT, *SECTIONS], default=IMPORT, required=True, key="do", bind="query-params"
)
if section == IMPORT:
    import_tab.show(chosen)
elif chosen is None:
    st.info(
        "There is no dataset yet. Import one first; one that is being imported appears when it is finished."
    )
elif import_tab.is_undecided(chosen):
    st.info("This dataset can be read in several ways. Choose one under **Import** first.")
else:
    SECTIONS[section](chosen)

data_code.show(chosen.task if chosen else MULTI_LABEL)
