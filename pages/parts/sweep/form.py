"""The form of the page Sweep: data, what varies, how long, and the button that starts it."""

import time

import streamlit as st

from engine.data.formats.phrases import counted
from engine.experiments.sweeps import launch, time_estimate
from engine.experiments.sweeps.config import MOST_TRIALS, TPE, SweepConfig
from engine.experiments.sweeps.errors import SweepError
from engine.functional.loss_registry import choices
from engine.runs import RunError
from engine.tasks import MULTI_LABEL, TASKS, full_title
from engine.training.time_estimate import in_words
from pages.parts.shared import address, last_dataset, streamlit_internals
from pages.parts.shared.text import plain
from pages.parts.sweep import fields
from pages.parts.train import choose_data

PREFIX = "sweep_"
WATCHED = "sweep_watched"
_STARTED = "sweep_started"
"""Pixels for what is longer than a range."""
DOUBLE_CLICK_SECONDS = 1.5
"""Two presses that are no farther apart start one sweep."""


def show() -> None:
    """The whole form."""
    values = _what() | {"vary": _vary()} | _how_long()
    try:
        config = fields.sweep_of(values)
    except SweepError as error:
        config = None
        st.error(plain(error))
    is_ready = choose_data.show(values["data"], values["task"], 0) and config is not None
    _offer(config if is_ready else None)


def _what() -> dict:
    first, second, third = st.columns([6, 5, 4])
    with first:
        task = _task()
    with second:
        choices = choose_data.choices(task)
        key = PREFIX + "data"
        if st.session_state.get(key) not in choices:
            begun = choose_data.to_begin_with()
            st.session_state[key] = begun[1] if begun and begun[1] in choices else next(iter(choices))
        data = st.selectbox(
            "Data", list(choices), format_func=choices.__getitem__, key=key,
            help="A sample, or a dataset of yours from the page Your data.",
        )  # fmt: skip
    with third:
        trained = st.segmented_control(
            "What to train", fields.TRAINED, default=fields.HEAD, required=True, key=PREFIX + "trained",
            help="The head alone learns in about a second per trial. All layers take minutes.",
        )  # fmt: skip
    last_dataset.remember(task, data)
    return {"task": task, "data": data, "trained": trained}


def _task() -> str:
    """The task, from the address or that of the data to begin with; the address keeps it."""
    key = PREFIX + "task"
    if key not in st.session_state or streamlit_internals.came_by_history():
        begun = choose_data.to_begin_with()
        st.session_state[key] = address.recall(key, list(TASKS), begun[0] if begun else MULTI_LABEL)
    task = st.selectbox("What to predict", TASKS, format_func=full_title, key=key)
    address.remember(key, task, "")
    return task


def _vary() -> dict[str, str]:
    """The fields that vary, each with its range or options."""
    task, trained = st.session_state[PREFIX + "task"], st.session_state[PREFIX + "trained"]
    offered = fields.offered(task, trained)
    chosen = st.multiselect(
        "What varies", list(offered), default=fields.chosen_first(task), format_func=offered.__getitem__,
        key=f"{PREFIX}vary_{task}_{trained}", help="Everything else stays as in the baseline.",
    )  # fmt: skip
    if not chosen:
        return {}
    with st.container(horizontal=True):
        return {
            name: _losses(offered[name], task) if name == "loss" else _range(name, offered[name], task)
            for name in chosen
        }


def _losses(title: str, task: str) -> str:
    """Which losses are tried, separated by commas."""
    short = {loss.name: loss.short for loss in choices(task)}
    picked = st.multiselect(
        title.capitalize(), list(short), default=fields.losses_first(task), format_func=short.__getitem__,
        key=f"{PREFIX}loss_{task}", width=480, help="Each loss is one option.",
    )  # fmt: skip
    return ",".join(picked)


def _range(name: str, title: str, task: str) -> str:
    """The range or the options of a field, as typed."""
    return st.text_input(
        title.capitalize(), fields.DEFAULTS[name], key=f"{PREFIX}{name}_{task}", width=240,
        help="A range such as 0.001..0.1, or options such as 16,32,64.",
    )  # fmt: skip


def _how_long() -> dict:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return {
            "sampler": st.selectbox(
                "How to choose values", list(fields.SAMPLERS), format_func=fields.SAMPLERS.__getitem__,
                index=list(fields.SAMPLERS).index(TPE), key=PREFIX + "sampler", width=280,
                help="TPE tries more of what worked. A grid tries 4 values of each range.",
            ),
            "trials": st.number_input(
                "Trials", 1, MOST_TRIALS, 20, key=PREFIX + "trials", width=120,
                help="The sweep ends after this many trials.",
            ),
            "minutes": st.number_input(
                "Minutes", 0, 1440, 0, key=PREFIX + "minutes", width=120,
                help="No trial starts after this many minutes of training. 0 sets no limit.",
            ),
            "seed": st.number_input(
                "Seed of the sweep", 0, 2**31, 0, key=PREFIX + "seed", width=150,
                help="The same seed gives the same trials.",
            ),
            "pruning": st.checkbox(
                "Prune weak trials", key=PREFIX + "pruning",
                help="Ends trials early that are worse than the median of the earlier ones.",
            ),
        }  # fmt: skip


def _offer(config: SweepConfig | None) -> None:
    """What the sweep comes to, a name and the button."""
    if config is not None:
        st.markdown(_says(config))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        pressed = st.button(
            "Start the sweep", type="primary", icon=":material/play_arrow:", disabled=config is None
        )
        name = st.text_input(
            "Name of the sweep", "my sweep", key=PREFIX + "name", width=220,
            help="Its folder's name. A name that is taken gets a number.",
        )  # fmt: skip
    if config is None or not pressed:
        return
    asked, now = (config.to_json(), name), time.monotonic()
    before, then = st.session_state.get(_STARTED, (None, 0.0))
    if before == asked and now - then <= DOUBLE_CLICK_SECONDS:
        return
    try:
        st.session_state[WATCHED] = launch.start(config, name).name
        st.session_state[_STARTED] = asked, time.monotonic()
    except (RunError, SweepError, OSError, ValueError) as error:
        st.error(plain(error))


def _says(config: SweepConfig) -> str:
    trials = "At most " * (config.minutes is not None) + counted(config.most_trials, "trial")
    base = config.base
    images = choose_data.images(base.data, base.task, 0)
    duration = in_words(time_estimate.seconds(config, images)) if images else ""
    takes = f", {duration} on two CPU cores" if duration else ""
    return f"{trials}{takes}. Then the best values and the defaults each train with 3 seeds."
