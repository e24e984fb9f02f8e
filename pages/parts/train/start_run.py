"""The button that starts a run, the run's name, and how long it will take."""

import time
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from engine.config import TrainConfig
from engine.runs import RunError
from engine.training import launch, time_estimate
from pages.parts.shared import durations
from pages.parts.shared.text import plain
from pages.parts.train import choose_data

WATCHED = "train_run"
SECTION = "show"
"""Where the address and the session keep which part of the page is open."""
WATCH = "Watch"
DOUBLE_CLICK_SECONDS = 1.5
"""Two presses that are no farther apart start one run."""
STARTED = "train_started"


@dataclass(frozen=True)
class Started:
    """The run that a visit started last: its folder, what was asked for, under which name, and when."""

    folder: Path
    config: TrainConfig
    name: str
    seconds: float


def offer(config: TrainConfig | None) -> None:
    """A name and a button; the run that it starts is then watched."""
    if sentence := estimate(config):
        st.markdown(sentence)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pressed = st.button(
            "Start training", type="primary", icon=":material/play_arrow:", disabled=config is None
        )
        name = st.text_input(
            "Name of the run", "my run", key="train_name", width=220,
            help="Its folder's name. A name that is taken gets a number.",
        )  # fmt: skip
    if config is None or not pressed:
        return
    if _is_double_click(config, name):
        return
    try:
        run = launch.start(config, name)
        st.session_state[WATCHED] = run.name
        st.session_state[SECTION] = WATCH
        st.session_state[STARTED] = Started(run.folder, config, name, time.monotonic())
    except (RunError, OSError) as error:
        st.error(plain(error))


def _is_double_click(config: TrainConfig, name: str) -> bool:
    before = st.session_state.get(STARTED)
    if before is None or (before.config, before.name) != (config, name):
        return False
    return time.monotonic() - before.seconds <= DOUBLE_CLICK_SECONDS


def estimate(config: TrainConfig | None) -> str:
    """How long the run will take, as a sentence; "" where that is not known."""
    count = choose_data.images(config.data, config.task, config.seed) if config else 0
    if config is None or not count:
        return ""
    return f"This takes {durations.in_words(time_estimate.seconds(config, count), config.recipe)}."
