"""Evaluation of the four networks on images of one animal, of none and of two, for several seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from engine.experiments.open_set.networks import KINDS, NONES, Network, train
from engine.experiments.open_set.scenes import ANIMALS, COUNTS, NEITHER, ONE, TWO, targets
from engine.functional import label_encoding

SEEDS = 10
NONES_TRIED = (10, 30, NONES, 120)
"""The numbers of images without animals that are added to the 120 with animals."""

METRICS = {
    "one_right": "one animal: predicts it and no other",
    "one_likeliest": "one animal: it is the most probable",
    "neither_nothing": "neither: predicts nothing",
    "neither_sure": "neither: probability of the most probable animal",
    "two_both": "two animals: predicts both",
}
"""Descriptions of the table's columns: shares of images, except "how sure", a median probability."""


def evaluate(
    features: Mapping[str, np.ndarray],
    seeds: Iterable[int],
    show: Callable[[float], object] = lambda share: None,
) -> pd.DataFrame:
    """Train and evaluate every network for every seed: one row each, `seed`, `network`, `nones` and the `METRICS`.

    `features` holds (N, F) for each part of `engine.experiments.open_set.scenes.COUNTS`. Only the networks with
    images without animals are trained with different numbers of them.
    """
    seeds, rows = list(seeds), []
    for done, seed in enumerate(seeds):
        for kind in KINDS:
            for nones in NONES_TRIED if kind.has_nothing else (0,):
                scores = _scores(train(kind, features, seed, nones), features)
                rows.append({"seed": seed, "network": kind.name, "nones": nones} | scores)
        show((done + 1) / len(seeds))
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and standard deviation over the seeds: rows network and nones, columns (metric, "mean" or "std")."""
    grouped = table.groupby(["network", "nones"], sort=False)[list(METRICS)]
    return grouped.agg(["mean", "std"])


def _scores(network: Network, features: Mapping[str, np.ndarray]) -> dict[str, float]:
    probs = {part: network.probs(features[part])[:, : len(ANIMALS)] for part in (ONE, NEITHER)}
    is_right = {
        part: (network.predict(features[part]) == truth(part)).all(axis=1) for part in (ONE, NEITHER, TWO)
    }
    likeliest = probs[ONE].argmax(axis=1) == truth(ONE).argmax(axis=1)
    return {
        "one_right": float(is_right[ONE].mean()),
        "one_likeliest": float(likeliest.mean()),
        "neither_nothing": float(is_right[NEITHER].mean()),
        "neither_sure": float(np.median(probs[NEITHER].max(axis=1))),
        "two_both": float(is_right[TWO].mean()),
    }


def truth(part: str) -> np.ndarray:
    """(N, 3) of 0 and 1: which of the three animals each image of a part shows."""
    return label_encoding.encode_all([targets(part, index) for index in range(COUNTS[part])], ANIMALS)
