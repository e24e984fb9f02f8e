"""The data of the form: which sets can be chosen, and what the chosen one holds or why it cannot be trained on."""

from pathlib import PurePath

import streamlit as st

from engine.data import library, shared_datasets, summary
from engine.data.formats.phrases import counted
from engine.data.summary import Glance
from engine.runs import same_data
from engine.training.presets import DATA
from pages.parts.shared import last_dataset, streamlit_internals, workflow, workflow_facts
from pages.parts.shared.text import plain
from pages.parts.shared.workflow_steps import DATA_PAGE, IMPORT, LABEL


def choices(task: str) -> dict[str, str]:
    """What can be chosen without typing, as the configuration says it, with the words that people read.

    A dataset that can be read in two ways cannot be chosen until you have decided how to read it.
    """
    bundled = {name: f"{PurePath(name).name} ({_ORIGIN.get(name, 'drawn samples')})" for name in DATA[task]}
    return bundled | {
        workflow_facts.typed(dataset): title if dataset.is_shared_with_me else f"{title} (your data)"
        for title, dataset in shared_datasets.by_title().items()
        if dataset.task == task and not dataset.is_undecided
    }


def to_begin_with() -> last_dataset.Choice | None:
    """The task and data that were on screen last, else those imported last; None where neither can be chosen."""
    newest = last_dataset.of(library.all_sets())
    ways = [*last_dataset.recent(), *([(newest.task, workflow_facts.typed(newest))] if newest else [])]
    return next(((task, data) for task, data in ways if data in choices(task)), None)


def is_own(data: str, task: str) -> bool:
    """Whether data are the person's own, neither a sample nor one of the book's datasets."""
    return same_data.place(data) not in map(same_data.place, DATA[task])


def show_undecided() -> None:
    """Say which datasets cannot be chosen yet, and where to decide how they are read."""
    undecided = [one for one in library.all_sets() if one.is_undecided]
    for one in undecided:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"“{plain(one.name)}” can be read in several ways.", width="content")
            streamlit_internals.page_link(
                DATA_PAGE, label="Choose how to read it", icon=":material/call_split:",
                query_params={"set": one.name, "do": IMPORT},
            )  # fmt: skip


_ORIGIN = {name: "download" for names in DATA.values() for name in names if "/" not in name}


def show(data: str, task: str, seed: int) -> bool:
    """Say at once what the dataset holds; False after all that is wrong with it."""
    seen = _glance(data, task, seed, summary.changed(data))
    if seen.problems:
        listed = "\n".join(f"- {plain(problem)}" for problem in seen.problems)
        st.error(f"**This dataset cannot be trained on:**\n\n{listed}", icon=":material/folder_off:")
        _offer_labelling(data)
        return False
    for line in _lines(seen):
        st.caption(line)
    return True


def _offer_labelling(data: str) -> None:
    """A link to label one's own dataset, where images of it have no label yet."""
    dataset = workflow_facts.dataset_at(data, library.all_sets())
    if dataset is None or not (unlabelled := workflow.counts_of(dataset)[1]):
        return
    streamlit_internals.page_link(
        DATA_PAGE, label=f"Label {counted(unlabelled, 'image')}", icon=":material/label:",
        query_params={"set": dataset.name, "do": LABEL},
    )  # fmt: skip


def _lines(seen: Glance) -> list[str]:
    beaten = [
        f"{baseline.name} **{plain(baseline.value)}** ({plain(baseline.says)})" for baseline in seen.baselines
    ]
    to_beat = f" To beat: {'; '.join(beaten)}." if beaten else ""
    return [line for line in (plain(seen.holds) + to_beat, " ".join(map(plain, seen.notes))) if line]


def images(data: str, task: str, seed: int) -> int:
    """How many images a dataset holds; 0 where that is not known."""
    return _glance(data, task, seed, summary.changed(data)).images


@st.cache_resource(max_entries=32, show_spinner="Reading the data…")
def _glance(data: str, task: str, seed: int, changed: tuple) -> Glance:
    return summary.glance(data, task, seed)
