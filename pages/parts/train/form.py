"""The form of a training run: every value has a reason next to it, and is kept in the page's address."""

from dataclasses import asdict
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine import tasks
from engine.config import (
    ARCHS,
    BETTER,
    CUSTOM,
    DRAWINGS,
    PHOTOGRAPHS,
    RECIPES,
    WEIGHTS,
    ConfigError,
    TrainConfig,
)
from engine.config import QUICK as QUICK_RECIPE
from engine.data.summary import weights_note
from engine.functional.loss_registry import choice
from engine.tasks import CROP, SQUISH, TASKS
from engine.training.optional_deps import NO_TENSORBOARD, has_tensorboard
from engine.training.presets import QUICK, TEXT
from pages.parts.shared.text import plain
from pages.parts.train import address, choose_data, find_lr

RECIPE_NAMES = {QUICK_RECIPE: "Quick", BETTER: "Better", CUSTOM: "Custom"}
RECIPE_HELP = {
    QUICK_RECIPE: "**Quick** fits a head on a pretrained backbone that stays frozen. It takes seconds. "
    "Cross-validation chooses how much to regularize.",
    BETTER: "**Better** starts from Quick, fine-tunes the whole network and keeps the best epoch. It takes minutes, or "
    "hours for large datasets without a GPU.",
    CUSTOM: "**Custom** is fastai's `fine_tune`: you choose network, epochs, learning rate and loss.",
}
POINTS_HELP = (
    "For points, Quick and Better use a grid of features that knows where things are. The lessons keep the chapter's "
    "pooled head, which forgets it."
)
ARCHITECTURES = (
    "tf_efficientnet_lite0",
    "resnet18",
    "resnet34",
    "resnet50",
    "convnext_tiny",
    "efficientnet_b0",
)
RESIZE = {SQUISH: "squeezed whole into the square", CROP: "cropped to its middle"}
DEVICES = ("auto", "cpu", "cuda")
PREFIX = "train_"


def show() -> tuple[TrainConfig | None, bool]:
    """Show the form; the configuration it holds, and whether it can be trained.

    What is wrong with it is said, all at once; a configuration that contradicts itself is None.
    """
    if PREFIX + "task" not in st.session_state:
        _fill(address.values(st.query_params))
    recipe = _recipe()
    if recipe == CUSTOM:
        _presets()
    below_rate, values = _fields()
    address.remember(values, st.query_params)
    config = _checked(values)
    is_custom = values["recipe"] == CUSTOM
    choose_data.show_undecided()
    is_ready = (
        choose_data.show(values["data"], values["task"], config.seed if config else 0) and config is not None
    )
    if values.get("tensorboard") and not has_tensorboard():
        st.error(NO_TENSORBOARD, icon=":material/extension_off:")
        is_ready = False
    if config and not is_custom and config.weights == DRAWINGS:
        st.caption(
            "Generated samples use a backbone trained on drawings; photographs use one trained on photographs."
        )
    if config and (note := weights_note(config.arch, config.weights)):
        st.info(plain(note), icon=":material/download:")
    if is_custom and below_rate is not None:
        with below_rate:
            find_lr.offer(config if is_ready else None)
        find_lr.show(config, PREFIX + "lr")
    return config, is_ready


def _checked(values: dict) -> TrainConfig | None:
    try:
        return address.config(values)
    except ConfigError as error:
        st.error(plain(f"This cannot be trained: {error}."))
        return None


def _fill(values: dict) -> None:
    for name, value in values.items():
        st.session_state[PREFIX + name] = value


def _preset(config: TrainConfig) -> None:
    _fill(address.as_values(asdict(config)))


def _presets() -> None:
    task = st.session_state[PREFIX + "task"]
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Quick", on_click=_preset, args=(QUICK[task],), help="About 20 s on two cores: only the head learns."
        )  # fmt: skip
        for preset in TEXT:
            st.button(preset.title, on_click=_preset, args=(preset.config,), help=preset.says)


def _recipe() -> str:
    """Which of the three ways to train, with a sentence on each."""
    st.segmented_control(
        "Recipe", RECIPES, format_func=RECIPE_NAMES.__getitem__, key=PREFIX + "recipe", required=True
    )
    recipe: str = st.session_state[PREFIX + "recipe"]
    task = st.session_state[PREFIX + "task"]
    st.markdown(
        RECIPE_HELP[recipe] + (f" {POINTS_HELP}" if tasks.get(task).has_points and recipe != CUSTOM else "")
    )
    return recipe


def _few_fields() -> dict:
    """What Quick and Better leave to the user."""
    first, second = st.columns(2)
    with first:
        task = _choose(
            "task", "Task", TASKS, "What you ask for decides the target, and with it the loss.", _new_task
        )
    with second:
        values: dict[str, Any] = {"task": task, "data": _data(task)}
    with st.expander("Advanced"), st.container(horizontal=True, vertical_alignment="bottom"):
        if tasks.get(task).has_labels:
            values["balance"] = st.checkbox(
                "Balance classes",
                key=PREFIX + "balance",
                help="Let rare classes count as much as frequent ones.",
            )
            values["resize"] = _choose(
                "resize",
                "Resize method",
                RESIZE,
                "Squeezed, nothing that a label names is cut off. The middle keeps proportions.",
            )
        values["seed"] = _number("seed", "Seed", "Equal seeds give equal runs on the CPU.")
        values["device"] = _choose("device", "Device", DEVICES, "auto takes the GPU where there is one.")
    return values


def _fields() -> tuple[DeltaGenerator | None, dict]:
    """The values, and a place below the learning rate where there is one."""
    recipe = st.session_state[PREFIX + "recipe"]
    if recipe != CUSTOM:
        return None, {"recipe": recipe} | _few_fields()
    below_rate, values = _all_fields()
    return below_rate, {"recipe": recipe} | values


def _all_fields() -> tuple[DeltaGenerator, dict]:
    """The values of a custom run, and a place below the learning rate."""
    first, second, third = st.columns(3)
    with first:
        task = _choose(
            "task", "Task", TASKS, "What is asked decides the target, and with it the loss.", _new_task
        )
        values = {"task": task} | _what(task)
    with second:
        below_rate, more = _how_long()
        values |= more
    with third:
        values |= _target(task)
    with st.expander("Head, augmentation, seed, device and TensorBoard"):
        values |= _rest()
    return below_rate, values


def _new_task() -> None:
    values = address.as_values(asdict(QUICK[st.session_state[PREFIX + "task"]]))
    _fill(values | {"recipe": st.session_state[PREFIX + "recipe"]})


def _new_weights() -> None:
    """A random body is never trained frozen: its epochs are all unfrozen then."""
    state = st.session_state
    if (weights := state[PREFIX + "weights"]) in (PHOTOGRAPHS, DRAWINGS):
        state[PREFIX + "arch"] = ARCHS[weights]
    if state[PREFIX + "weights"] == "none":
        state[PREFIX + "epochs"] += state[PREFIX + "freeze_epochs"]
        state[PREFIX + "freeze_epochs"] = 0


def _what(task: str) -> dict:
    return {
        "data": _data(task),
        "arch": _choose(
            "arch", "Architecture", ARCHITECTURES, "tf_efficientnet_lite0 goes with the weights photographs, resnet18 "
            "with drawings. You can type any name of torchvision or timm.", new=True,
        ),
        "weights": _choose(
            "weights", "Weights", WEIGHTS, "photographs: trained on ImageNet, no download. drawings: trained on "
            "generated images like the samples. imagenet: any architecture, downloaded once. none: random weights, "
            "which need many epochs.", _new_weights,
        ),
    }  # fmt: skip


def _data(task: str) -> str:
    return _choose(
        "data", "Data", choose_data.choices(task), "A sample, one of the chapter's downloads, a dataset that you "
        "imported on the page Your data, or the path of a folder or table on this machine.", _new_data, new=True,
    )  # fmt: skip


def _new_data() -> None:
    """Start from the weights that suit the data."""
    state = st.session_state
    suited = TrainConfig(state[PREFIX + "task"], state[PREFIX + "data"] or "")
    if state.get(PREFIX + "weights") in (PHOTOGRAPHS, DRAWINGS):
        _fill({"weights": suited.weights, "arch": suited.arch, "size": suited.size})


def _how_long() -> tuple[DeltaGenerator, dict]:
    values = {
        "freeze_epochs": _number("freeze_epochs", "Frozen epochs", "First only the new head learns, so that its random "
                                 "answers do not spoil the body."),
        "epochs": _number("epochs", "Unfrozen epochs", "Then all layers learn. 0 trains the head alone: fastest, and "
                          "enough for pictures like those the body has seen."),
        "lr": _number("lr", "Learning rate", "fastai's base_lr. The book uses 3e-3 for labels and 1e-2 for points; too "
                      "high and the loss becomes NaN.", 0.001, "%g"),
    }  # fmt: skip
    return st.container(), values


def _target(task: str) -> dict:
    key, losses = PREFIX + "loss", tasks.get(task).losses
    if st.session_state.get(key) not in losses:
        st.session_state[key] = losses[0]
    says = choice(task, st.session_state[key]).description
    values = {
        "loss": st.selectbox(
            "Loss", losses, format_func=lambda name: choice(task, name).title, key=key,
            help=f"The first is what fastai picks by itself. {says}",
        ),
        "size": _number("size", "Size (px)", "Side of the square that the network sees: 128 as in the text; twice the "
                        "side is four times the work.", 16),
        "batch_size": _number("batch_size", "Batch size", "Pictures per step. Fewer give more steps per epoch, which "
                              "helps small sets; 64 is fastai's default."),
    }  # fmt: skip
    if tasks.get(task).has_labels:
        values["resize"] = _choose(
            "resize", "Resize", RESIZE, "Squeezing the whole image cuts nothing off. Cropping to the middle keeps "
            "proportions, which helps with photographs as long as the labelled objects lie there.",
        )  # fmt: skip
    if tasks.get(task).allows_several_labels:
        values["threshold"] = _number(
            "threshold", "Threshold", "A probability strictly above it means yes. It changes the accuracy that is "
            "shown, not what is learned.", 0.05, "%g",
        )  # fmt: skip
    if tasks.get(task).has_points:
        values["y_range"] = st.text_input(
            "y_range", key=PREFIX + "y_range", help="Answers are squeezed between these two by a sigmoid; -1, 1 are "
            "the edges of the picture. Empty for none.",
        )  # fmt: skip
    return values


def _rest() -> dict:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return {
            "augment": st.checkbox(
                "Augment", key=PREFIX + "augment", help="Flip, rotate, zoom and relight every batch at random. Without "
                "it, frozen epochs read each image once and are much faster.",
            ),
            "hidden": _number("hidden", "Hidden", "Width of the layer before the output; fastai's is 512. 0 is a "
                              "linear head."),
            "dropout": _number("dropout", "Dropout", "Share of values dropped before the output, against learning by "
                               "heart; fastai's is 0.5.", 0.05, "%g"),
            "seed": _number("seed", "Seed", "Equal seeds give equal runs on the CPU."),
            "device": _choose("device", "Device", DEVICES, "auto takes the GPU where there is one."),
            "tensorboard": st.checkbox("TensorBoard", key=PREFIX + "tensorboard", help="Also write losses, rates and "
                                       "measures into the run's folder, for TensorBoard to show."),
        }  # fmt: skip


def _choose(name: str, says: str, options, reason: str, on_change=None, new: bool = False) -> str:
    """A list of `options`, which may map each to the words that people read; `new` lets people type others."""
    key, words = PREFIX + name, options if isinstance(options, dict) else {}
    options = tuple(options)
    if new:
        options = tuple(dict.fromkeys((*options, st.session_state.get(key) or options[0])))
    elif st.session_state.get(key) not in options:
        st.session_state[key] = options[0]
    extra = {"on_change": on_change} if on_change else {}
    st.selectbox(
        says, options, key=key, help=reason, accept_new_options=new, required=True,
        format_func=lambda value: words.get(value, value), **extra,
    )  # fmt: skip
    return st.session_state[key]


def _number(name: str, says: str, reason: str, step: float = 1, shown: str | None = None):
    return st.number_input(says, step=step, format=shown, key=PREFIX + name, help=reason)
