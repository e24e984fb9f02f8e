"""The stepper over the pages that make a model from one's own images: what is done, and what to do next."""

from pathlib import Path

import streamlit as st

from engine.data import shared_datasets
from engine.data.library import LibraryDataset
from engine.runs import Run
from pages.parts.shared import last_dataset, runs, streamlit_internals, workflow_facts
from pages.parts.shared.text import plain
from pages.parts.shared.workflow_steps import DONE, MISSING, UNUSED, Facts, Step, leads_to, offers, steps

KEY = "workflow"
_ICONS = {
    DONE: ":material/check_circle:",
    MISSING: ":material/radio_button_unchecked:",
    UNUSED: ":material/remove:",
}
_STYLE = f"""<style>
.st-key-{KEY} {{gap: .25rem 1.1rem; flex-wrap: wrap; padding: .4rem 0; margin-bottom: -.4rem}}
.st-key-{KEY} a {{min-height: 2rem; padding: .15rem .4rem}}
.st-key-{KEY} a, .st-key-{KEY}_next a {{background: none}}
.st-key-{KEY} a p, .st-key-{KEY}_next a p {{font-weight: 400}}
.st-key-{KEY} .st-key-{KEY}_current a {{background: light-dark(#e3f0f8, #17384d); border-radius: .5rem}}
.st-key-{KEY} .st-key-{KEY}_current a p {{font-weight: 700}}
</style>"""


def show(
    current: str,
    dataset: LibraryDataset | None = None,
    run: Run | None = None,
    counts: tuple[int, int] | None = None,
    section: str = "",
) -> None:
    """All steps with links, `current` marked, and links to what comes next.

    Without a run it is about the newest run on the dataset; without a dataset, about the one that the run was trained
    on, if it is in the library; without both, about the dataset that was on screen last. `counts` are the dataset's
    images and the unlabelled ones of them, where the page has just counted them; `section` is the one that is open of
    the page Your data.
    """
    facts = _facts(dataset, run, counts)
    st.html(_STYLE)
    with st.container(horizontal=True, key=KEY):
        for step in steps(facts):
            _link(step, is_current=step.name == current)
    elsewhere = [offer for offer in offers(facts) if not leads_to(offer, current, section)]
    if not elsewhere:
        return
    with st.container(horizontal=True, key=f"{KEY}_next", vertical_alignment="center"):
        about = f" for “{plain(facts.dataset)}”" if facts.dataset else ""
        st.markdown(f"**Next{about}:**", width="content")
        for offer in elsewhere:
            streamlit_internals.page_link(
                offer.page, label=offer.label, icon=offer.icon, query_params=dict(offer.query)
            )


def _link(step: Step, is_current: bool) -> None:
    with st.container(key=f"{KEY}_current" if is_current else f"{KEY}_{step.name}", width="content"):
        streamlit_internals.page_link(
            step.page,
            label=plain(step.name),
            icon=_ICONS[step.state],
            help=f"{step.name}: {plain(step.note)}",
            query_params=dict(step.query),
        )


def _facts(dataset: LibraryDataset | None, run: Run | None, counts: tuple[int, int] | None = None) -> Facts:
    if run is None and dataset is None:
        dataset = last_dataset.of(shared_datasets.usable_sets())
    if run is None and dataset is not None:
        run = workflow_facts.newest_run_on(dataset)
    if dataset is None and run is not None:
        dataset = workflow_facts.dataset_of(run, shared_datasets.usable_sets())
    if counts is None and dataset:
        counts = counts_of(dataset)
    counts = counts or workflow_facts.UNKNOWN
    return workflow_facts.facts(dataset, run, runs.title(run) if run else "", counts)


def counts_of(dataset: LibraryDataset) -> tuple[int, int]:
    """A dataset's images, and the unlabelled ones of them; zeros where it cannot be read."""
    return _counts(str(dataset.folder), workflow_facts.version(dataset))


@st.cache_data(max_entries=32, ttl=120, show_spinner=False)
def _counts(folder: str, version: tuple[int, int]) -> tuple[int, int]:
    return workflow_facts.counts(LibraryDataset(Path(folder)))
