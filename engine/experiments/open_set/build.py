"""The whole experiment: draw images, compute features, train, evaluate, and save."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from engine.experiments.open_set import storage
from engine.experiments.open_set.evaluate import SEEDS, evaluate
from engine.experiments.open_set.networks import KINDS, train
from engine.experiments.open_set.scenes import COUNTS, images
from engine.training import features
from engine.training.backbones import DRAWINGS

_BATCH = 32


def make(
    folder: Path | None, show: Callable[[str, float], object], seeds: int = SEEDS, drawn: Path | None = None
) -> pd.DataFrame:
    """Evaluate the networks for `seeds` seeds, save everything in `folder` unless it is None, and return the table.

    `drawn` is a folder with features from an earlier call; without it they are computed from new images.
    """
    of_parts = storage.features(drawn) if drawn else part_features(show)
    table = evaluate(of_parts, range(seeds), lambda share: show("Training and evaluating", share))
    if folder is not None:
        storage.save(folder, of_parts, table, [train(kind, of_parts, seed=0) for kind in KINDS])
    return table


def part_features(show: Callable[[str, float], object]) -> dict[str, np.ndarray]:
    """Draw every part's images and compute their features (N, 1024), rounded as they are stored."""
    of_parts = {}
    for part in COUNTS:
        drawn = list(images(part, DRAWINGS.size, partial(show, f"Drawing: {part}")))
        batches = [
            features.of_squares(drawn[at : at + _BATCH], DRAWINGS) for at in range(0, len(drawn), _BATCH)
        ]
        of_parts[part] = np.concatenate(batches).astype(np.float16).astype(np.float32)
    return of_parts
