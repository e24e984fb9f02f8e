"""What the four networks say to pictures of one animal, of neither and of two, for several seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pandas as pd

from engine.experiments.open_set.networks import KINDS, NONES, Network, train
from engine.experiments.open_set.scenes import ANIMALS, COUNTS, NEITHER, ONE, TWO, targets
from engine.functional import label_encoding

SEEDS = 10
NONES_TRIED = (10, 30, NONES, 120)
"""How many pictures of nothing were tried beside the 120 of animals."""

MEASURES = {
    "one_right": "one animal: names it and no other",
    "one_likeliest": "one animal: it is the likeliest",
    "neither_nothing": "neither: names nothing",
    "neither_sure": "neither: how sure of an animal",
    "two_both": "two animals: names both",
}
"""Each column of the table in words; all are shares of pictures, but "how sure" is a median probability."""


def measure(
    features: Mapping[str, np.ndarray],
    seeds: Iterable[int],
    show: Callable[[float], object] = lambda share: None,
) -> pd.DataFrame:
    """Train and ask every network for every seed: a row each, `seed`, `network`, `nones` and the `MEASURES`.

    `features` holds (N, F) for each part of `engine.experiments.open_set.scenes.COUNTS`. Only the networks that see
    pictures of nothing are trained with different numbers of them.
    """
    seeds, rows = list(seeds), []
    for done, seed in enumerate(seeds):
        for kind in KINDS:
            for nones in NONES_TRIED if kind.has_nothing else (0,):
                asked = _asked(train(kind, features, seed, nones), features)
                rows.append({"seed": seed, "network": kind.name, "nones": nones} | asked)
        show((done + 1) / len(seeds))
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Mean and standard deviation over the seeds: rows network and nones, columns (measure, "mean" or "std")."""
    grouped = table.groupby(["network", "nones"], sort=False)[list(MEASURES)]
    return grouped.agg(["mean", "std"])


def _asked(network: Network, features: Mapping[str, np.ndarray]) -> dict[str, float]:
    probs = {part: network.probs(features[part])[:, : len(ANIMALS)] for part in (ONE, NEITHER)}
    right = {part: (network.says(features[part]) == truth(part)).all(axis=1) for part in (ONE, NEITHER, TWO)}
    likeliest = probs[ONE].argmax(axis=1) == truth(ONE).argmax(axis=1)
    return {
        "one_right": float(right[ONE].mean()),
        "one_likeliest": float(likeliest.mean()),
        "neither_nothing": float(right[NEITHER].mean()),
        "neither_sure": float(np.median(probs[NEITHER].max(axis=1))),
        "two_both": float(right[TWO].mean()),
    }


def truth(part: str) -> np.ndarray:
    """(N, 3) of 0 and 1: which of the three animals each picture of a part holds."""
    return label_encoding.encode_all([targets(part, index) for index in range(COUNTS[part])], ANIMALS)
