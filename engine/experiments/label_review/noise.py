"""How many labels are wrong, estimated from out-of-sample predictions, so that no more images are flagged than that.

The off-diagonal mass of the confident joint (Northcutt, Jiang and Chuang 2021) estimates the number of wrong labels,
but counts the models' own mistakes too. Their size is known: a calibrated model that gives a label the probability p
is wrong about it with probability 1 - p, also where the label is right. What exceeds that is noise.
"""

from __future__ import annotations

import numpy as np

MOST_SHARE = 0.1
"""At most so many of the images are flagged, whatever is estimated: who has more wrong labels reviews again."""
SURE = 0.9
"""A label counts as wrong where the models give what it excludes at least this probability."""


def flagged(is_doubtful: np.ndarray, sureness: np.ndarray, doubt: np.ndarray) -> np.ndarray:
    """Which images look wrong, (N,) bool: the most doubtful of those that confident learning contradicts.

    `sureness` (N,) is the highest probability with which the models contradict a label of the image. The number is
    the lower bound of the noise: contradictions of at least `SURE`, less those that such models make by mistake.
    """
    candidates = is_doubtful & (sureness >= SURE)
    mistakes = float((1 - sureness[candidates]).sum())
    bound = candidates.sum() - mistakes - np.sqrt(mistakes)
    count = int(np.clip(np.ceil(bound), 0, np.floor(MOST_SHARE * len(doubt))))
    chosen = np.zeros(len(doubt), bool)
    order = np.flatnonzero(candidates)
    chosen[order[np.argsort(-doubt[order], kind="stable")][:count]] = True
    return chosen


def farthest(z: np.ndarray, far: float) -> np.ndarray:
    """Which points lie at least `far` usual spreads off, (N,) bool; at most `MOST_SHARE` of them, the farthest."""
    z = np.asarray(z, float)
    most = int(MOST_SHARE * len(z))
    least = np.sort(z)[::-1][most - 1] if 0 < most <= len(z) else np.inf
    return (z > far) & (z >= least)
