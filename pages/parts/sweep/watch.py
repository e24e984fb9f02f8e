"""Watching a sweep: how far it is, its trials as they end, and the buttons that steer it."""

from pathlib import Path

import streamlit as st

from engine.experiments.sweeps import folder, launch, tables
from engine.experiments.sweeps.errors import SweepError
from engine.experiments.sweeps.folder import Sweep
from engine.jobs.status import FAILED, FINISHED, INTERRUPTED
from engine.plots import sweeps as figures
from engine.plots.names import named
from pages.parts.shared import address, charts, progress
from pages.parts.shared.text import in_state, plain
from pages.parts.sweep import results
from pages.parts.sweep.form import WATCHED

SECONDS_BETWEEN_LOOKS = 2.0
SWEEP = "sweep"


def show() -> None:
    """The chosen sweep; nothing but a hint where there is none."""
    every = {sweep.name: sweep for sweep in folder.all_sweeps()}
    if not every:
        st.info("There is no sweep yet: start one above.")
        return
    newest = next(iter(every))
    if st.session_state.get(WATCHED) not in every:
        st.session_state[WATCHED] = address.recall(SWEEP, list(every), newest)
    name = st.selectbox("Sweep", list(every), key=WATCHED)
    address.remember(SWEEP, name, "")  # also the newest: a copied link must show this one later
    sweep = every[name]
    is_active = sweep.is_active
    st.fragment(_look, run_every=SECONDS_BETWEEN_LOOKS if is_active else None)(str(sweep.folder), is_active)
    if not is_active and sweep.results:
        results.show(sweep)


def _look(place: str, was_active: bool) -> None:
    """How the sweep stands, and its trials so far."""
    try:
        sweep = Sweep(Path(place))
        if sweep.is_active != was_active or not sweep.exists:
            st.rerun()
        _standing(sweep)
        _steer(sweep)
        _trials(sweep)
    except (SweepError, OSError) as error:
        st.warning(plain(error))


def _standing(sweep: Sweep) -> None:
    status = sweep.status
    summary = in_state(sweep.name, status.state)
    if status.state in (FAILED, INTERRUPTED):
        st.error(f"{summary}: {plain(status.message)}")
        return
    st.markdown(summary)
    if status.is_active:
        now = status.progress
        ended = status.details.get("ended")
        count = f" ({ended} of {sweep.config.most_trials})" if isinstance(ended, int) else ""
        text = f"{now.text or 'Starting'}{count}: {now.share:.0%}{progress.time_left(now)}"
        st.progress(now.share, plain(text))


def _steer(sweep: Sweep) -> None:
    with st.container(horizontal=True):
        if sweep.is_active:
            st.button(
                "Stopping…" if sweep.stop_requested else "Stop", icon=":material/stop:", key="sweep_stop",
                disabled=sweep.stop_requested, on_click=_do, args=(launch.stop, str(sweep.folder)),
                help="Ends after the current batch. Everything done so far is kept.",
            )  # fmt: skip
            return
        if sweep.state != FINISHED:
            st.button(
                "Continue", icon=":material/play_arrow:", key="sweep_continue", on_click=_do,
                args=(launch.resume, str(sweep.folder)), help="Continues with the trials that would have come next.",
            )  # fmt: skip
        with st.popover("Delete", icon=":material/delete:"):
            st.markdown("This deletes the sweep with the runs of its trials. It cannot be undone.")
            st.button(
                "Delete it now", key="sweep_delete", on_click=_do, args=(launch.delete, str(sweep.folder))
            )


def _do(action, place: str) -> None:
    try:
        action(Sweep(Path(place)))
    except (SweepError, OSError) as error:
        st.error(plain(error))


def _trials(sweep: Sweep) -> None:
    """The chart and the table of the trials so far."""
    done = tables.history(sweep)
    if len(done):
        base = tables.baseline(sweep)
        value = None if base is None else float(base["value"])
        figure = figures.history(done, sweep.objective.metric, value, is_over=sweep.state == FINISHED)
        charts.show(figure, key="sweep_history")
    table = tables.readable(sweep)
    if len(table):
        with st.expander("All trials", key="sweep_all_trials"):
            shown = table.rename(columns={name: named(name) for name in sweep.config.vary})
            for name in shown.select_dtypes("float"):
                shown[name] = [float(f"{value:.4g}") for value in shown[name]]
            shown["trial"] = ["baseline" if number < 0 else str(number) for number in shown["trial"]]
            columns = {"trial": st.column_config.Column(width=80)}
            titled = shown.rename(columns={"value": sweep.objective.title})
            st.dataframe(titled, hide_index=True, column_config=columns)
