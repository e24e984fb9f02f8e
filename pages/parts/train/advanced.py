"""The advanced fields of the form: a few for Quick and Better, all of them for Custom."""

from dataclasses import asdict

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine import tasks
from engine.config import ARCHS, DRAWINGS, PHOTOGRAPHS, WEIGHTS, TrainConfig
from engine.functional.loss_registry import choice
from engine.tasks import CROP, SQUISH
from engine.training.presets import QUICK, TEXT
from pages.parts.train import address
from pages.parts.train.fields import PREFIX, choose, fill, number, tick

ARCHITECTURES = (
    "tf_efficientnet_lite0",
    "resnet18",
    "resnet34",
    "resnet50",
    "convnext_tiny",
    "efficientnet_b0",
)
RESIZE = {SQUISH: "squeeze the whole image into the square", CROP: "crop to the middle"}
RESIZE_HELP = (
    "Squeezing keeps everything but changes proportions. Cropping keeps proportions but loses the edges."
)
DEVICES = ("auto", "cpu", "cuda")
SEED_HELP = "On the CPU, the same seed gives the same run."
DEVICE_HELP = "auto uses the GPU where there is one."


def few(task: str) -> dict:
    """What Quick and Better leave to the user."""
    values: dict = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if tasks.get(task).has_labels:
            values["balance"] = tick(
                "balance", "Balance classes", "Rare classes count as much as frequent ones."
            )
            values["resize"] = choose("resize", "Resize method", RESIZE, RESIZE_HELP)
        return values | _seed_and_device()


def every(task: str) -> tuple[DeltaGenerator, dict]:
    """The values of a custom run, and a place below the learning rate."""
    _presets(task)
    first, second, third = st.columns(3)
    with first:
        values = _network()
    with second:
        below_rate, more = _how_long()
        values |= more
    with third:
        values |= _target(task)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        values |= _head() | _seed_and_device()
        values["tensorboard"] = tick(
            "tensorboard", "TensorBoard", "Also writes losses, rates and metrics for TensorBoard."
        )
    return below_rate, values


def _presets(task: str) -> None:
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Small head", on_click=_preset, args=(QUICK[task],), key="preset_small",
            help="About 20 seconds on two cores: only the head learns.",
        )  # fmt: skip
        for preset in TEXT:
            st.button(preset.title, on_click=_preset, args=(preset.config,), help=preset.says)


def _preset(config: TrainConfig) -> None:
    fill(address.as_values(asdict(config)))


def _network() -> dict:
    return {
        "arch": choose(
            "arch", "Architecture", ARCHITECTURES, "Use tf_efficientnet_lite0 with the weights photographs, resnet18 "
            "with drawings. You can type any name of torchvision or timm.", new=True,
        ),
        "weights": choose(
            "weights", "Weights", WEIGHTS, "photographs: trained on ImageNet, no download. drawings: trained on "
            "generated images. imagenet: any architecture, downloaded once. none: random, needs many epochs.",
            _new_weights,
        ),
        "size": number(
            "size", "Size (px)", "The side of the square that the network sees. Twice the side is four times the work.",
            16,
        ),
    }  # fmt: skip


def _new_weights() -> None:
    """A random body is never trained frozen: its epochs are all unfrozen then."""
    state = st.session_state
    if (weights := state[PREFIX + "weights"]) in (PHOTOGRAPHS, DRAWINGS):
        state[PREFIX + "arch"] = ARCHS[weights]
    if weights == "none":
        state[PREFIX + "epochs"] += state[PREFIX + "freeze_epochs"]
        state[PREFIX + "freeze_epochs"] = 0


def _how_long() -> tuple[DeltaGenerator, dict]:
    values = {
        "freeze_epochs": number(
            "freeze_epochs", "Frozen epochs", "First, only the new head learns. Its random start then does not spoil "
            "the backbone.",
        ),
        "epochs": number(
            "epochs", "Unfrozen epochs", "Then all layers learn. 0 trains the head alone, which is fastest.",
        ),
        "lr": number(
            "lr", "Learning rate", "fastai's base_lr. The book uses 3e-3 for labels and 1e-2 for points. Too high, and "
            "the loss becomes NaN.", 0.001, "%g",
        ),
    }  # fmt: skip
    return st.container(), values


def _target(task: str) -> dict:
    key, losses = PREFIX + "loss", tasks.get(task).losses
    if st.session_state.get(key) not in losses:
        st.session_state[key] = losses[0]
    values = {
        "loss": st.selectbox(
            "Loss", losses, format_func=lambda name: choice(task, name).title, key=key,
            help=f"fastai uses the first by default. {choice(task, st.session_state[key]).description}",
        ),
        "batch_size": number(
            "batch_size", "Batch size", "Images per step. Small datasets learn better with fewer; fastai uses 64.",
        ),
    }  # fmt: skip
    if tasks.get(task).has_labels:
        values["resize"] = choose("resize", "Resize method", RESIZE, RESIZE_HELP)
    if tasks.get(task).allows_several_labels:
        values["threshold"] = number(
            "threshold", "Threshold", "A label counts as predicted above it. It affects the accuracy shown, "
            "not what the network learns.", 0.05, "%g",
        )  # fmt: skip
    if tasks.get(task).has_points:
        values["y_range"] = st.text_input(
            "y_range", key=PREFIX + "y_range", help="A sigmoid keeps predictions between these two. -1, 1 are the "
            "edges of the image. Empty for none.",
        )  # fmt: skip
    return values


def _head() -> dict:
    return {
        "augment": tick(
            "augment", "Augment", "Flip, rotate, zoom and relight each batch. Without it, frozen epochs are faster."
            " Leave it out for a point on one side, such as a left eye: a flipped image shows it on the other.",
        ),
        "hidden": number("hidden", "Hidden", "Width of the layer before the output. fastai uses 512; 0 is linear."),
        "dropout": number(
            "dropout", "Dropout", "Share of values dropped before the output, against overfitting. fastai uses 0.5.",
            0.05, "%g",
        ),
        "weight_decay": number(
            "weight_decay", "Weight decay", "Pulls all weights towards 0, against overfitting. fastai uses 0.01.",
            0.01, "%g",
        ),
    }  # fmt: skip


def _seed_and_device() -> dict:
    return {
        "seed": number("seed", "Seed", SEED_HELP),
        "device": choose("device", "Device", DEVICES, DEVICE_HELP),
    }
