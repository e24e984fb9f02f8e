"""How uncertain a network is of a picture: the most uncertain ones are those that a person should label first.

Entropy and margin are the usual measures of active learning (Settles, Active Learning Literature Survey, 2009,
section 3.1); here more is always more uncertain.
"""

import numpy as np

_LEAST = 1e-12


def entropy(probs) -> np.ndarray:
    """How spread out probabilities that sum to 1 are, (N, C) -> (N,): 0 for certainty, 1 where all are alike.

    It is Shannon's entropy, in units of the largest there can be with C classes.

    >>> entropy([[1, 0], [0.5, 0.5]]).tolist()
    [0.0, 1.0]
    """
    probs = _probs(probs)
    classes = probs.shape[1]
    return _bits(probs).sum(1) / np.log2(classes) if classes > 1 else np.zeros(len(probs))


def yes_no_entropy(probs) -> np.ndarray:
    """The same for classes that are each a yes or no of their own, (N, C) -> (N,): the mean over the classes, in bits.

    >>> yes_no_entropy([[1, 0], [0.5, 1]]).tolist()
    [0.0, 0.5]
    """
    probs = _probs(probs)
    return (_bits(probs) + _bits(1 - probs)).mean(1)


def margin(probs) -> np.ndarray:
    """How little the likeliest class leads the second, (N, C) -> (N,): 1 minus the difference of the two.

    >>> margin([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]).tolist()
    [1.0, 0.0]
    """
    probs = _probs(probs)
    if probs.shape[1] < 2:
        return np.zeros(len(probs))
    second, first = np.sort(probs, axis=1)[:, -2:].T
    return 1 - (first - second)


def threshold_margin(probs, thresholds) -> np.ndarray:
    """How near the nearest class lies to the threshold that decides it, (N, C) -> (N,): 1 on the threshold itself.

    The distance is a share of what there is on that side: from the threshold to 0, or to 1. `thresholds` is (C,).

    >>> threshold_margin([[0.2, 0.0], [0.1, 1.0]], [0.2, 0.5]).tolist()
    [1.0, 0.5]
    """
    probs, thresholds = _probs(probs), np.asarray(thresholds, float)
    if probs.shape[1] == 0:
        return np.zeros(len(probs))
    room = np.where(probs > thresholds, 1 - thresholds, thresholds)
    return (1 - np.abs(probs - thresholds) / np.maximum(room, _LEAST)).max(1)


def mirror_disagreement(points_unit, mirrored_unit) -> np.ndarray:
    """How far the point of a picture lies from that of its mirror image, turned back; both (N, 2) over -1..1 -> (N,).

    The unit is a whole side of the picture. A network that is sure of a point finds it in the mirror, too.

    >>> mirror_disagreement([[0.5, 0.0]], [[-0.5, 0.2]]).tolist()
    [0.1]
    """
    points, mirrored = np.asarray(points_unit, float), np.asarray(mirrored_unit, float)
    return np.linalg.norm(points - mirrored * [-1, 1], axis=1) / 2


def _probs(probs) -> np.ndarray:
    probs = np.asarray(probs, float)
    if probs.ndim != 2 or ((probs < 0) | (probs > 1)).any():
        raise ValueError(
            f"probs should be (N, C) in [0, 1]; got shape {probs.shape}: apply the sigmoid first."
        )
    return probs


def _bits(probs: np.ndarray) -> np.ndarray:
    return -probs * np.log2(np.maximum(probs, _LEAST)) + 0.0
