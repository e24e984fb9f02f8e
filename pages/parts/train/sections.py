"""The parts of the page below the form: watch a run, the list of runs, compare some, import one."""

import streamlit as st

from engine.jobs.status import ACTIVE
from engine.runs import Run
from pages.parts.shared import workflow
from pages.parts.shared.workflow_steps import TRAIN
from pages.parts.train import compare, export_bundle, run_list, run_progress
from pages.parts.train.start_run import SECTION, WATCH

RUNS, COMPARE, IMPORT = "Runs", "Compare", "Import"


def show(every: list[Run]) -> None:
    """The part that the address names, Watch at first."""
    section = st.segmented_control(
        "Show", [WATCH, RUNS, COMPARE, IMPORT], default=WATCH, required=True, key=SECTION, bind="query-params"
    )
    if section == WATCH:
        _watch(every)
    elif section == RUNS:
        st.header("All runs")
        run_list.show(every)
    elif section == COMPARE:
        st.header("Compare runs")
        compare.show(every)
    else:
        st.header("Import a run")
        export_bundle.import_run()


def _watch(every: list[Run]) -> None:
    st.header("Watch a run")
    watched = run_progress.choose(every)
    if watched is None:
        return
    run_progress.standing(watched)
    if watched.state not in ACTIVE:
        workflow.show(TRAIN, run=watched)
    run_progress.details(watched)
    st.header("Export model")
    export_bundle.show(watched)
