"""A picture's logits from a trained run: those stored for validation pictures, or the network's own answer."""

from pathlib import Path

import numpy as np
import streamlit as st

from engine.images import open_image
from engine.runs import Run
from pages.parts import runs
from pages.parts.pictures import Chosen


def stored(run: Run, chosen: Chosen) -> np.ndarray | None:
    """The logits (C,) that the run stored for this validation picture, or None. Loads no network."""
    if not isinstance(chosen.source, Path):
        return None
    said = runs.predictions(run)
    places = [place for place, fname in enumerate(said.fnames) if run.picture(fname) == chosen.source]
    return said.logits[places[0]] if places else None


def asked(run: Run, chosen: Chosen) -> np.ndarray:
    """The logits (C,) that the run's network gives for any picture; this loads torch, and is kept."""
    source = chosen.source if isinstance(chosen.source, bytes) else str(chosen.source)
    return _asked(str(run.folder), runs.version(run), source)


@st.cache_data(max_entries=64, show_spinner="The network is looking at the picture…")
def _asked(folder: str, version: tuple, source: str | bytes) -> np.ndarray:
    picture = open_image(source if isinstance(source, bytes) else Path(source))
    return runs.model(Run(Path(folder))).predict([picture])[0].logits
