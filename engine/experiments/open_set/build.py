"""The whole exercise in one go: draw, look, train, measure, keep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from engine.experiments.open_set import storage
from engine.experiments.open_set.measure import SEEDS, measure
from engine.experiments.open_set.networks import KINDS, train
from engine.experiments.open_set.scenes import COUNTS, pictures
from engine.training import features
from engine.training.backbones import DRAWINGS

_BATCH = 32


def make(
    folder: Path | None, show: Callable[[str, float], object], seeds: int = SEEDS, drawn: Path | None = None
) -> pd.DataFrame:
    """Measure the networks for so many seeds, keep everything in `folder` unless it is None, and return the table.

    `drawn` is a folder that holds the features already; without it the pictures are drawn and looked at.
    """
    seen = storage.features(drawn) if drawn else looked_at(show)
    found = measure(seen, range(seeds), lambda share: show("Training and asking", share))
    if folder is not None:
        storage.save(folder, seen, found, [train(kind, seen, seed=0) for kind in KINDS])
    return found


def looked_at(show: Callable[[str, float], object]) -> dict[str, np.ndarray]:
    """Draw every part's images and compute their features: (N, 1024), as exact as they are kept."""
    found = {}
    for part in COUNTS:
        drawn = list(pictures(part, DRAWINGS.size, partial(show, f"Drawing: {part}")))
        batches = [
            features.of_squares(drawn[at : at + _BATCH], DRAWINGS) for at in range(0, len(drawn), _BATCH)
        ]
        found[part] = np.concatenate(batches).astype(np.float16).astype(np.float32)
    return found
