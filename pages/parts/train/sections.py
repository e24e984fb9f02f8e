"""The parts of the page besides the form: watch a run, export one, the list of runs, compare some, import one."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.config import TrainConfig
from engine.jobs.status import ACTIVE
from engine.runs import Run
from pages.parts.shared import address, scroll_to
from pages.parts.shared.workflow_steps import EXPORT, TRAIN
from pages.parts.train import compare, export_bundle, run_choice, run_list, run_progress, started, steps
from pages.parts.train.start_run import SECTION, WATCH

RUNS, COMPARE, IMPORT = "Runs", "Compare", "Import"
_IS_ABOVE, _LINKS = "train_sections_above", "train_sections_links"
ALL = (WATCH, EXPORT, RUNS, COMPARE, IMPORT)


def show(every: list[Run], config: TrainConfig | None, above: DeltaGenerator) -> None:
    """The part that the address names, Watch at first, below the form; a link to Export opens it `above` that.

    What a person presses does not move.
    """
    with address.following_links(SECTION, ALL) as links:
        is_above = _is_above(links)
        with above if is_above else st.container():
            if not is_above:
                st.divider()
            if links:
                scroll_to.here("train_section", str(links))
            _section(every, config)
            if is_above:
                st.divider()


def _is_above(links: int) -> bool:
    """Whether the parts are above the form: since a link, or the address that opened the page, led to Export."""
    is_opened = SECTION not in st.session_state
    is_led = is_opened or st.session_state.get(_LINKS, 0) != links
    st.session_state[_LINKS] = links
    if is_led and (st.session_state.get(SECTION) or st.query_params.get(SECTION)) == EXPORT:
        st.session_state[_IS_ABOVE] = True
    elif is_opened:
        st.session_state.pop(_IS_ABOVE, None)
    return _IS_ABOVE in st.session_state


def _section(every: list[Run], config: TrainConfig | None) -> None:
    section = st.segmented_control(
        "Show", ALL, default=WATCH, required=True, key=SECTION, bind="query-params"
    )
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
    with st.container():  # what is open in the details stays open when the run ends and the stepper appears
        if at_button is None or at_button.folder != watched.folder:
            run_progress.standing(watched)
            _steps(TRAIN, config, watched)
    run_progress.details(watched)


def _export(every: list[Run], config: TrainConfig | None) -> None:
    st.header("Export model")
    run = run_choice.choose(every, config)
    if run is not None:
        export_bundle.show(run)
    _steps(EXPORT, config, run)


def _steps(current: str, config: TrainConfig | None, run: Run | None) -> None:
    """The stepper, unless the card of the run that was just started shows it, or the run is still active."""
    if not started.has_steps(config) and (run is None or run.state not in ACTIVE):
        steps.show(current, config, run)
