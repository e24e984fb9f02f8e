"""The parts of the page besides the form: watch a run, export one, the list of runs, compare some, import one."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.config import TrainConfig
from engine.data import shared_datasets
from engine.jobs.status import ACTIVE
from engine.runs import Run
from pages.parts.shared import runs, workflow, workflow_facts
from pages.parts.shared.workflow_steps import EXPORT, TRAIN
from pages.parts.train import compare, export_bundle, run_choice, run_list, run_progress, started
from pages.parts.train.start_run import SECTION, WATCH

RUNS, COMPARE, IMPORT = "Runs", "Compare", "Import"


def show(every: list[Run], config: TrainConfig | None, above: DeltaGenerator) -> None:
    """The part that the address names, Watch at first, below the form; Export is shown `above` it, to be in view."""
    is_export = (st.session_state.get(SECTION) or st.query_params.get(SECTION)) == EXPORT
    with above if is_export else st.container():
        if not is_export:
            st.divider()
        _section(every, config)
        if is_export:
            st.divider()


def _section(every: list[Run], config: TrainConfig | None) -> None:
    section = st.segmented_control(
        "Show", [WATCH, EXPORT, RUNS, COMPARE, IMPORT], default=WATCH, required=True, key=SECTION,
        bind="query-params",
    )  # fmt: skip
    if section == WATCH:
        _watch(every, config)
    elif section == EXPORT:
        _export(every, config)
    elif section == RUNS:
        st.header("All runs")
        run_list.show(every)
    elif section == COMPARE:
        st.header("Compare runs")
        compare.show(every)
    else:
        st.header("Import a run")
        export_bundle.import_run()


def _watch(every: list[Run], config: TrainConfig | None) -> None:
    st.header("Watch a run")
    watched = run_choice.choose(every, config)
    if watched is None:
        _steps(TRAIN, config, None)
        return
    at_button = started.find(config)
    if at_button is None or at_button.folder != watched.folder:
        run_progress.standing(watched)
    if watched.state not in ACTIVE:
        _steps(TRAIN, config, watched)
    run_progress.details(watched)


def _export(every: list[Run], config: TrainConfig | None) -> None:
    st.header("Export model")
    run = run_choice.choose(every, config)
    if run is not None:
        export_bundle.show(run)
    _steps(EXPORT, config, run)


def _steps(current: str, config: TrainConfig | None, run: Run | None) -> None:
    """The stepper about a run of the person's or a dataset without one: an example has done no step of theirs."""
    if run is not None and runs.is_bundled(run):
        run = None
    dataset = None
    if run is None and config is not None:
        dataset = workflow_facts.dataset_at(config.data, shared_datasets.usable_sets())
    workflow.show(current, dataset, run)
