"""Which run is watched or exported: with one's own dataset chosen, only runs on it, unless others are asked for."""

import streamlit as st

from engine.config import TrainConfig
from engine.jobs.status import ACTIVE
from engine.runs import Run, damaged, same_data
from pages.parts.shared import address, runs, streamlit_internals
from pages.parts.shared.text import plain
from pages.parts.train import choose_data
from pages.parts.train.start_run import WATCHED

OTHERS = "train_other_runs"


def choose(every: list[Run], config: TrainConfig | None) -> Run | None:
    """Let the person choose a run; the address keeps which. None, and why, where there is none.

    `config` is what the form holds: its dataset decides which runs are offered.
    """
    offered = _offered(every, config)
    by_title = {runs.title(run): run for run in offered}
    if not by_title:
        st.session_state.pop(WATCHED, None)
        st.query_params.pop("run", None)
        return None
    default = runs.title(_first(offered))
    if st.session_state.get(WATCHED) not in by_title or streamlit_internals.came_by_history():
        st.session_state[WATCHED] = address.recall("run", list(by_title), default)
    title = st.selectbox("Run", list(by_title), key=WATCHED)
    run = by_title[title]
    address.remember("run", title, default if runs.is_bundled(by_title[default]) else "")
    if runs.is_bundled(run):
        st.info(
            f"**{plain(run.name)}** is an example that comes with Loss Lab. It was trained on sample drawings, "
            "not on your images.",
            icon=":material/info:",
        )
    if trouble := damaged.reason(run):
        st.warning(plain(f"{trouble} You can remove it under Runs."), icon=":material/warning:")
    return run


def _offered(every: list[Run], config: TrainConfig | None) -> list[Run]:
    if config is None or not choose_data.is_own(config.data, config.task):
        if not every:
            st.info("There is no run yet: start one above.")
        return every
    on_it = same_data.on(config.data, config.task, every)
    has_others = len(on_it) < len(every) and _has_others(every, on_it)
    if not on_it and not has_others:
        st.info("There is no run on this dataset yet. Press **Start training**, and its result appears here.")
    return every if has_others else on_it


def _has_others(every: list[Run], on_it: list[Run]) -> bool:
    """Whether runs on other data are shown: asked for by the checkbox, or by an address that names one."""
    if OTHERS not in st.session_state or streamlit_internals.came_by_history():
        asked = st.query_params.get("run")
        st.session_state[OTHERS] = any(runs.title(run) == asked for run in every if run not in on_it)
    return st.checkbox("Show runs on other data, and the examples", key=OTHERS)


def _first(every: list[Run]) -> Run:
    """The run to show before one is chosen: an active one, else the user's newest, else a bundled one."""
    own = [run for run in every if runs.is_own(run)]
    active = [run for run in own if run.state in ACTIVE]
    return max(active or own or every[:1], key=lambda run: run.folder.stat().st_mtime)
