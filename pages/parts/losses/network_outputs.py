"""An image's logits from a trained run: stored ones for validation images, or new ones from the model."""

from pathlib import Path

import numpy as np
import streamlit as st

from engine.images import open_image
from engine.runs import Run
from pages.parts.shared import runs
from pages.parts.shared.choose_image import Chosen
from pages.parts.shared.text import plain


def stored(run: Run, chosen: Chosen) -> np.ndarray | None:
    """The logits (C,) that the run stored for this validation image, or None. Loads no model."""
    if not isinstance(chosen.source, Path):
        return None
    predictions, folder, image = (
        runs.label_predictions(run),
        run.image_path("").resolve(),
        chosen.source.resolve(),
    )
    if not image.is_relative_to(folder) or image.relative_to(folder).as_posix() not in predictions.fnames:
        return None
    return predictions.logits[predictions.fnames.index(image.relative_to(folder).as_posix())]


def asked(run: Run, chosen: Chosen) -> np.ndarray:
    """The logits (C,) that the run's model gives for any image; this loads torch, and is cached.

    A model that cannot be used gets one sentence, and the page stops there.
    """
    source = chosen.source if isinstance(chosen.source, bytes) else str(chosen.source)
    try:
        return _asked(str(run.folder), runs.version(run), source)
    except (ValueError, RuntimeError) as error:
        st.error(plain(f"{runs.title(run)} cannot predict: {error}"))
        st.stop()


@st.cache_data(max_entries=64, show_spinner="Predicting…")
def _asked(folder: str, version: tuple, source: str | bytes) -> np.ndarray:
    image = open_image(source if isinstance(source, bytes) else Path(source))
    return runs.model(Run(Path(folder))).predict([image])[0].logits
