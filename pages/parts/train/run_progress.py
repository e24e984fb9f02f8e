"""Watching a run: how it stands, its curves as they grow, some of its predictions, and the buttons that steer it."""

import time

import streamlit as st

from engine import runs as engine_runs
from engine import tasks
from engine.functional.loss_registry import choice
from engine.jobs.job import HANDLE
from engine.jobs.status import ACTIVE, QUEUED
from engine.plots import training as figures
from engine.runs import Run, RunError
from engine.training import launch, time_estimate
from engine.training.time_estimate import Estimate
from pages.parts.shared import charts, durations, progress, runs, streamlit_internals
from pages.parts.shared.text import in_state, plain
from pages.parts.train import choose_data, code, results, sample_predictions, waiting

SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_BETWEEN_DRAWINGS = 10.0
"""A chart that changes costs the browser a sixth of a second, on the cores that train."""

RESUMABLE = ("stopped", "failed", "interrupted")
UNEXPECTED = ("failed", "interrupted")
_ICONS = {
    QUEUED: ":material/hourglass_empty:",
    "running": ":material/directions_run:",
    "finished": ":material/check_circle:",
    "stopped": ":material/stop_circle:",
    "failed": ":material/error:",
    "interrupted": ":material/power_off:",
}


def standing(run: Run) -> None:
    """How the run stands and the buttons that steer it; once it has ended, its verdict."""
    is_active = run.state in ACTIVE
    _polled(_look, SECONDS_BETWEEN_LOOKS, is_active)(str(run.folder), is_active)


def details(run: Run) -> None:
    """What the run has written so far: metrics, curves, predictions, code and log."""
    _polled(_results, SECONDS_BETWEEN_DRAWINGS, run.state in ACTIVE)(str(run.folder))


def _polled(show, seconds: float, is_active: bool):
    """A part of the page that is redrawn every so often while the run is active."""
    return st.fragment(show, run_every=seconds if is_active else None)


def _look(folder: str, was_active: bool) -> None:
    """What changes all the time and costs little: how the run stands, and the buttons."""
    try:
        run = Run(folder)
        if (run.state in ACTIVE) != was_active:
            st.rerun()
        _standing(run)
        results.verdict(run)
        _steer(run)
    except (RunError, OSError) as error:
        st.warning(plain(error))


def _results(folder: str) -> None:
    """What the run has written so far: curves, predictions, log. Drawn more seldom."""
    try:
        run = Run(folder)
    except RunError:
        return  # `_look` says so
    try:
        results.show(run)
        if not results.penalties(run):
            _curves(run)
        sample_predictions.show(run)
        code.offer(run)
    except (RunError, OSError) as error:
        st.warning(plain(error))
        return
    if (run.folder / engine_runs.TENSORBOARD).is_dir():
        st.caption("To open it in TensorBoard, run `tensorboard --logdir` with this folder:")
        st.code(str((run.folder / engine_runs.TENSORBOARD).resolve()), language=None)
    with st.expander("Log", expanded=run.state in UNEXPECTED, key="train_log"):
        st.code(run.log.strip() or "The log is empty.", language=None, wrap_lines=True)


def _standing(run: Run) -> None:
    state, message = run.status["state"], run.status["message"]
    rest = message.removeprefix(f"{state} ")  # "stopped in epoch 3" goes on where "stopped" ends
    summary = in_state(run.name, state)
    if message and state != QUEUED:
        summary += f"{': ' if rest == message else ' '}{plain(rest)}"
    if state in UNEXPECTED:
        st.error(summary, icon=_ICONS[state])
    else:
        st.markdown(f"{_ICONS.get(state, '')} {summary}")
    if state == "running":
        progress.show(run)
    elif state == QUEUED:
        st.caption(plain(waiting.in_words(message, _elapsed(run), _takes(run))))


def _elapsed(run: Run) -> float:
    """Seconds since the run was started or resumed."""
    for name in (HANDLE, engine_runs.files.CONFIG):
        if (run.folder / name).exists():
            return time.time() - (run.folder / name).stat().st_mtime
    return 0.0


def _takes(run: Run) -> Estimate | None:
    config = run.config
    count = choose_data.images(config.data, config.task, config.seed)
    return durations.predicted(time_estimate.seconds(config, count), config.recipe) if count else None


def _steer(run: Run) -> None:
    if run.state in ACTIVE:
        if runs.is_own(run) and progress.stop_button(run, "train_stop"):
            launch.stop(run)
            streamlit_internals.rerun_fragment()
        return
    can_resume = run.state in RESUMABLE and runs.is_own(run)
    is_begun = not run.history.empty
    if can_resume and st.button(
        "Resume" if is_begun else "Try again",
        icon=":material/resume:",
        help=f"Continues after epoch {len(run.history)}."
        if is_begun
        else "Starts again with the same settings.",
    ):
        try:
            launch.resume(run)
        except (RunError, OSError) as error:
            st.error(plain(error))
            return
        st.rerun()


def _curves(run: Run) -> None:
    history, batches = run.history, run.losses
    if history.empty and batches.empty:
        return
    measure = tasks.get(run.task).metrics[0]
    places = iter(st.columns(1 + (measure in history)))
    with next(places):
        title = choice(run.task, run.config.loss).title
        figure = figures.losses(batches, history, title)
        charts.show(_to_its_end(figure, run, 0), key=f"losses-{run.folder}")
    for place in places:
        constants = {baseline.description: baseline.value for baseline in runs.baselines(run)}
        with place:
            figure = figures.metric(history, measure, constants)
            charts.show(_to_its_end(figure, run, 1), key=f"{measure}-{run.folder}")


def _to_its_end(figure, run: Run, first: int):
    """Let the axis reach as far as the run will go: its curves grow into the chart, and the chart stands still."""
    last = (run.config.freeze_epochs or 0) + (run.config.epochs or 0)
    figure.update_xaxes(range=[first - 0.05 * last, last * 1.05], dtick=1 if last <= 12 else None)
    return figure
