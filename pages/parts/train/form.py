"""The form of a training run: data, recipe and Start first, the rest under Advanced. The page's address keeps it."""

from dataclasses import asdict, fields

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine import tasks
from engine.config import BETTER, CUSTOM, DRAWINGS, PHOTOGRAPHS, RECIPES, ConfigError, TrainConfig
from engine.config import QUICK as QUICK_RECIPE
from engine.data.summary import weights_note
from engine.tasks import POINTS
from engine.training.optional_deps import NO_TENSORBOARD, has_tensorboard
from engine.training.presets import QUICK
from pages.parts.shared import last_dataset, streamlit_internals
from pages.parts.shared.text import plain
from pages.parts.train import address, advanced, choose_data, find_lr, start_run, started
from pages.parts.train.fields import PREFIX, choose, fill, value

RECIPE_NAMES = {QUICK_RECIPE: "Quick", BETTER: "Better", CUSTOM: "Custom"}
RECIPE_HELP = {
    QUICK_RECIPE: "**Quick** trains only a new head, on features that it computes once.",
    BETTER: "**Better** then fine-tunes the whole network. It takes minutes, or hours without a GPU.",
    CUSTOM: "**Custom** is fastai's `fine_tune` with your own settings, under Advanced.",
}
FEATURES_HELP = {
    POINTS: "For points, Quick and Better use a grid of features that keeps positions, as lesson 5 does on "
    "photographs. The lessons' runs on drawings use the book's pooled head, which loses positions."
}
"""What a task's features are, where they differ from those of the lessons."""
TASK_TITLES = {name: tasks.full_title(name) for name in tasks.TASKS}
SAMPLES = "Use the samples instead"
_OPEN = "train_advanced_open"


def show() -> TrainConfig | None:
    """Show the form and its Start button; the configuration it holds, or None where that contradicts itself.

    What is wrong with it is said, all at once.
    """
    if streamlit_internals.came_by_history():
        _begin(st.query_params.to_dict())
    elif PREFIX + "task" not in st.session_state:
        _begin(_asked())
    values = _simple()
    last_dataset.remember(values["task"], values["data"])
    is_custom = values["recipe"] == CUSTOM
    now, start, notes = st.container(), st.container(), st.container()
    below_rate, more = _advanced(values["task"], is_custom)
    values |= more
    address.remember(values, st.query_params)
    with notes:
        config = _checked(values)
        is_ready = _notes(config, values)
    with start:
        start_run.offer(config if is_ready else None)
    with now:
        started.show(config)
    if is_custom and below_rate is not None:
        with below_rate:
            find_lr.offer(config if is_ready else None)
        find_lr.show(config, PREFIX + "lr")
    return config


def _begin(asked: dict[str, str]) -> None:
    fill(address.values(asked))
    st.session_state[_OPEN] = address.has_advanced(asked)


def _asked() -> dict[str, str]:
    """What the address asks for; where that is nothing, the data to begin with."""
    asked = st.query_params.to_dict()
    if asked.keys() & {field.name for field in fields(TrainConfig)}:
        return asked
    begun = choose_data.to_begin_with()
    return asked | ({"task": begun[0], "data": begun[1]} if begun else {})


def _simple() -> dict:
    """The three fields that everybody needs."""
    first, second, third = st.columns([6, 5, 4])
    with first:
        task = choose(
            "task", "What to predict", TASK_TITLES, "This decides the target, and so the loss.", _new_task
        )
    with second:
        data = choose(
            "data", "Data", choose_data.choices(task), "A sample, a dataset of yours from the page Your data, or the "
            "path of a folder or table on this machine.", _new_data, new=True,
        )  # fmt: skip
        if choose_data.is_own(data, task):
            st.button(
                SAMPLES, type="tertiary", icon=":material/swap_horiz:", on_click=_use_samples, args=(task,)
            )
    with third:
        st.segmented_control(
            "Recipe", RECIPES, format_func=RECIPE_NAMES.__getitem__, key=PREFIX + "recipe", required=True
        )
    recipe = value("recipe")
    st.markdown(RECIPE_HELP[recipe])
    if task in FEATURES_HELP and recipe != CUSTOM:
        st.caption(FEATURES_HELP[task])
    return {"task": task, "data": data, "recipe": recipe}


def _advanced(task: str, is_custom: bool) -> tuple[DeltaGenerator | None, dict]:
    """The other fields, and a place below the learning rate where there is one."""
    st.session_state[_OPEN] = st.session_state.get(_OPEN, False) or is_custom
    with st.expander("Advanced", expanded=st.session_state[_OPEN]):
        if is_custom:
            return advanced.every(task)
        return None, advanced.few(task)


def _notes(config: TrainConfig | None, values: dict) -> bool:
    """What the data holds and what the weights need; whether the run can start."""
    choose_data.show_undecided()
    is_ready = choose_data.show(values["data"], values["task"], config.seed if config else 0) and bool(config)
    if values.get("tensorboard") and not has_tensorboard():
        st.error(NO_TENSORBOARD, icon=":material/extension_off:")
        is_ready = False
    if config and values["recipe"] != CUSTOM and config.weights == DRAWINGS:
        st.caption(
            "Generated samples use a backbone trained on drawings; photographs use one trained on photographs."
        )
    if config and (note := weights_note(config.arch, config.weights)):
        st.info(plain(note), icon=":material/download:")
    return is_ready


def _checked(values: dict) -> TrainConfig | None:
    try:
        return address.config(values)
    except ConfigError as error:
        st.error(plain(f"This cannot be trained: {error}."))
        return None


def _new_task() -> None:
    values = address.as_values(asdict(QUICK[value("task")]))
    fill(values | {"recipe": value("recipe")})


def _use_samples(task: str) -> None:
    fill({"data": next(iter(choose_data.choices(task)))})
    _new_data()


def _new_data() -> None:
    """Start from the weights that suit the data."""
    suited = TrainConfig(value("task"), st.session_state[PREFIX + "data"] or "")
    if st.session_state.get(PREFIX + "weights") in (PHOTOGRAPHS, DRAWINGS):
        fill({"weights": suited.weights, "arch": suited.arch, "size": suited.size})
