"""Page 9, label: a trained run proposes labels for the unlabelled images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from engine import tasks
from engine.data.annotation import Sheet
from engine.data.formats.phrases import counted
from engine.inference import pseudo_labels
from engine.inference.pseudo_labels import Proposals
from engine.runs import Run
from pages.parts.shared import runs
from pages.parts.shared.text import plain

NO_RUN = "photograph model"
NOTHING = "nothing"
"""Instead of `NO_RUN` for points: the photograph models suggest labels only."""
SECONDS_BETWEEN_LOOKS = 0.8
MEASURES = {
    pseudo_labels.ENTROPY: "by how spread out the probabilities are",
    pseudo_labels.MARGIN: "by how close the probabilities are to the threshold",
    pseudo_labels.MIRROR: "by how far the point moves in the mirror image",
}


@dataclass(frozen=True)
class Choice:
    """What a chosen run proposes, and the metric of uncertainty that orders the images."""

    found: Proposals
    measure: str

    def says(self, sheet: Sheet) -> str:
        """How many proposals wait, and in which order they come."""
        if not self.found.numbers:
            return "This run has not suggested anything yet."
        waiting = sum(fname in self.found.numbers for fname in sheet.without)
        return (
            f"{counted(waiting, 'suggestion waits', 'suggestions wait')} for you, the most uncertain "
            f"first ({MEASURES[self.measure]}). The surest come last: you can accept many of those at "
            "once."
        )


def able(sheet: Sheet) -> dict[str, Run]:
    """The runs that can propose labels or points for these images, by title."""
    if not (sheet.vocab or tasks.get(sheet.task).has_points):
        return {}
    return {runs.title(run): run for run in pseudo_labels.runs_for(sheet.task, sheet.vocab)}


def choose(sheet: Sheet, data: Path, by_title: dict[str, Run]) -> Choice | None:
    """Let the person choose a run that proposes, and the metric of its uncertainty; None where no run is chosen.

    It polls while the run looks at images, so it must stand outside of any fragment.
    """
    if not by_title:
        return None
    no_run = NOTHING if tasks.get(sheet.task).has_points else NO_RUN
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.selectbox(
            "Suggestions by",
            [no_run, *by_title],
            key="label_run",
            width=280,
            help="What suggests labels or points: a ready photograph model or a run that you trained.",
        )
        if title == no_run:
            return None
        measure = _measure(by_title[title])
        proposals = pseudo_labels.of(data, sheet.task, sheet.vocab, by_title[title])
        _ask(proposals, sheet)
    if proposals.job.is_active:
        _watch(proposals)
    elif trouble := proposals.job.trouble:
        st.error(plain(trouble))
    return Choice(proposals, measure)


def _measure(run: Run) -> str:
    measures = pseudo_labels.MEASURES[run.task]
    if len(measures) == 1:
        return measures[0]
    return st.segmented_control(
        "Most uncertain first, by", measures, default=measures[0], required=True, key="label_measure"
    )


def none_can(sheet: Sheet) -> str:
    """How a run gets to propose; "" before there is anything to train on, and once nothing is left to propose."""
    if not sheet.without or len(sheet.without) == len(sheet.fnames):
        return ""
    if tasks.get(sheet.task).has_points:
        return "None of your runs can suggest points yet. Train one on the points you have set."
    return "None of your runs knows these labels. Train one on the labelled images, and it will suggest the rest."


def _ask(proposals: Proposals, sheet: Sheet) -> None:
    unseen = [fname for fname in sheet.without if fname not in proposals.numbers]
    if proposals.job.is_active:
        st.button("Stop", on_click=pseudo_labels.stop, args=(proposals,))
    elif unseen:
        first = "Suggest labels" if sheet.vocab else "Suggest points"
        says = f"Continue ({len(unseen):,} left)" if proposals.numbers else first
        st.button(says, on_click=_asked, type="primary", args=(proposals, sheet.source.folder, unseen))


def _asked(proposals: Proposals, folder: Path, unseen: Sequence[str]) -> None:
    try:
        pseudo_labels.ask(proposals, folder, unseen)
    except OSError as error:
        st.toast(plain(f"The run cannot suggest labels: {error}"))


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _watch(proposals: Proposals) -> None:
    """How far the run is; when it is done, the page takes what it found."""
    now = replace(proposals)
    if not now.job.is_active:
        st.rerun()
    done, asked = len(now.numbers), max(now.asked, 1)
    st.progress(min(done / asked, 1.0), f"Looked at {done:,} of {asked:,}" if done else "Loading the model…")
