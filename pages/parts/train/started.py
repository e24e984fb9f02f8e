"""The run that was just started, at the button that started it: how far it is, and then its verdict."""

import streamlit as st

from engine import runs
from engine.config import TrainConfig
from engine.jobs.status import ACTIVE
from engine.runs import Run
from pages.parts.shared.workflow_steps import TRAIN
from pages.parts.train import run_progress, steps
from pages.parts.train.start_run import STARTED


def show(config: TrainConfig | None) -> None:
    """A card above the button, for as long as the run is active or the form still asks for it."""
    if run := find(config):
        with st.container(border=True, key="train_started_card"):
            run_progress.standing(run)
            if has_steps(config):
                steps.show(TRAIN, config, run)


def has_steps(config: TrainConfig | None) -> bool:
    """Whether the card shows the stepper, of which a page has one."""
    run = find(config)
    return run is not None and run.state not in ACTIVE


def find(config: TrainConfig | None) -> Run | None:
    """The run that this visit started, where the card shows it."""
    started = st.session_state.get(STARTED)
    if started is None:
        return None
    run = next((run for run in runs.all_runs() if run.folder == started.folder), None)
    if run is None or (run.state not in ACTIVE and config != started.config):
        return None
    return run
