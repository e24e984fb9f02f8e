"""What is trained and ready: every run with what it reached, next to what predicting nothing reaches."""

import streamlit as st

from engine import runs as engine_runs
from engine.functional.loss_registry import choice
from engine.runs import Run, RunError
from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL, TASKS
from pages.parts.shared import runs
from pages.parts.shared.text import plain


def show() -> None:
    """One line for each ready run; for a task without one, the command that trains one."""
    ready = engine_runs.ready_runs()
    if ready:
        st.markdown("\n".join(f"- {_line(run)}" for run in ready))
    for task in TASKS:
        if task not in {run.task for run in ready}:
            runs.none_yet(task)


def _line(run: Run) -> str:
    loss = choice(run.task, run.config.loss).title
    return f"**{plain(runs.title(run))}**, {run.task}, trained with {loss.lower()}: {reached(run)}."


def reached(run: Run) -> str:
    """What a run reached next to what predicting nothing reaches, as Markdown."""
    try:
        return _WORDS[run.task](run.metrics)
    except (RunError, KeyError, TypeError, ValueError):
        return "no metrics were kept"


def _single_label(rates: dict) -> str:
    return (
        f"accuracy **{rates['accuracy']:.3f}** "
        f"(always predicting the most frequent class: {rates['most_frequent_accuracy']:.3f})"
    )


def _multi_label(rates: dict) -> str:
    return (
        f"accuracy_multi **{rates['accuracy_multi']:.4f}** at {rates['threshold']:g} "
        f"(predicting nothing: {rates['do_nothing_accuracy']:.4f}), skill **{rates['skill']:.3f}**, "
        f"mean average precision {rates['mean_average_precision']:.3f}"
    )


def _points(rates: dict) -> str:
    return (
        f"median error **{rates['median_error_px']:.1f} px**, {rates['median_error_percent_of_width']:.1f}% of "
        f"the width (always predicting the mean point: {rates['mean_point_median_error_px']:.1f} px)"
    )


_WORDS = {SINGLE_LABEL: _single_label, MULTI_LABEL: _multi_label, POINTS: _points}
