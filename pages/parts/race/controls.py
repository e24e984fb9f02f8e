"""The sliders of the loss race, all in the page's address; what they say is one checked record."""

from collections.abc import Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.experiments.loss_race import RaceConfig
from engine.tasks import MULTI_LABEL, POINTS

URL: Final = "query-params"
RATES = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03]
SIZES = [32, 64, 128, 256]
DECAYS = [0.0, 0.001, 0.01, 0.1, 1.0]
MOST_EPOCHS = 20
LAST_SEED = 20


def labels(start: RaceConfig | None = None, prefix: str = "") -> RaceConfig:
    """What the race over labels is asked to do; `start` is what stands there at first, `prefix` begins every key."""
    start = start or RaceConfig(MULTI_LABEL)
    places = st.columns(3)
    with places[2]:
        threshold = st.slider(
            "Threshold: a probability above it means yes",
            0.0,
            1.0,
            start.threshold,
            0.01,
            key=f"{prefix}threshold",
            bind=URL,
        )
    return RaceConfig(MULTI_LABEL, threshold=threshold, **_shared(start, places[:2], prefix))


def points(start: RaceConfig | None = None, prefix: str = "point_") -> RaceConfig:
    """What the race over points is asked to do; `start` is what stands there at first, `prefix` begins every key."""
    start = start or RaceConfig(POINTS)
    return RaceConfig(POINTS, **_shared(start, st.columns(2), prefix))


def _shared(start: RaceConfig, places: Sequence[DeltaGenerator], prefix: str) -> dict:
    """The settings of every race: two in the given places, the others in a section that opens on a click."""
    rate, epochs = places
    with st.expander("More settings"):
        size, decay, seed = st.columns(3)
    return {
        "lr": rate.select_slider("Learning rate", RATES, start.lr, key=f"{prefix}lr", bind=URL),
        "epochs": epochs.slider("Epochs", 1, MOST_EPOCHS, start.epochs, key=f"{prefix}epochs", bind=URL),
        "batch_size": size.select_slider(
            "Batch size", SIZES, start.batch_size, key=f"{prefix}batch", bind=URL
        ),
        "weight_decay": decay.select_slider(
            "Weight decay", DECAYS, start.weight_decay, key=f"{prefix}decay", bind=URL
        ),
        "seed": seed.slider(
            "First of the three seeds", 0, LAST_SEED, start.seed, key=f"{prefix}seed", bind=URL
        ),
    }
