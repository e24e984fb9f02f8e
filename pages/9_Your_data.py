"""Import a dataset of your own; check, browse, label and split it, and take it to training."""

import streamlit as st

from engine.data.library import LibraryDataset
from engine.tasks import MULTI_LABEL
from pages.parts.data import browse, check, code, export, split
from pages.parts.data.imports import import_tab
from pages.parts.data.label import page as label_page
from pages.parts.shared import address, leftovers, page, share, workflow

IMPORT, LABEL = "Import", "Label"
# What can be done with a dataset, in the order of doing: its title, and what shows it (called with a `LibraryDataset`).
SECTIONS = {
    "Check": check.show,
    "Browse": browse.show,
    LABEL: label_page.show,
    "Split": split.show,
    "Export": export.show,
}
CHANGES = (LABEL, "Split")  # what cannot be done with a dataset that another person shares
STEPS = {LABEL: LABEL, "Export": "Export"}  # what else can be done belongs to the step Import


def show(section: str, chosen: LibraryDataset | None) -> bool:
    """Show a section; whether it shows the stepper itself, as Label does, where every label changes it."""
    if section == IMPORT:
        import_tab.show(chosen)
    elif chosen is None:
        st.info("There is no dataset yet. Import one first.")
    elif import_tab.is_undecided(chosen):
        st.info("This dataset can be read in several ways. Choose one under **Import** first.")
    elif chosen.is_shared_with_me and section in CHANGES:
        share.offer_copy(chosen, import_tab.take_up)
    else:
        SECTIONS[section](chosen)
        return section == LABEL
    return False


page.begin(
    "Your data",
    "Import your images, label them, and fix what is wrong before you train.",
    terms=("dataset", "import", "label", "validation split", "pseudo-label", "export"),
)
leftovers.sweep()
chosen = import_tab.choose()
with address.following_links("do", [IMPORT, *SECTIONS]):
    section = st.segmented_control(
        "What to do", [IMPORT, *SECTIONS], default=IMPORT, required=True, key="do", bind="query-params"
    )
if not show(section, chosen):
    workflow.show(STEPS.get(section, "Import"), chosen, section=section)
code.show(chosen.task if chosen else MULTI_LABEL)
