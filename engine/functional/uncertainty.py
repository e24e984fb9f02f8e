"""How uncertain a model is about an image: the most uncertain images should be labelled first.

Entropy and margin are the usual scores of active learning (Settles, Active Learning Literature Survey, 2009,
section 3.1); here higher always means more uncertain.
"""

import numpy as np

_LEAST = 1e-12


def entropy(probs) -> np.ndarray:
    """The normalized entropy of probabilities that sum to 1, (N, C) -> (N,): 0 is certain, 1 is uniform.

    It is Shannon's entropy divided by its maximum for C classes.

    >>> entropy([[1, 0], [0.5, 0.5]]).tolist()
    [0.0, 1.0]
    """
    probs = _probs(probs)
    classes = probs.shape[1]
    return _bits(probs).sum(1) / np.log2(classes) if classes > 1 else np.zeros(len(probs))


def yes_no_entropy(probs) -> np.ndarray:
    """The mean entropy of independent yes/no probabilities, (N, C) -> (N,), in bits.

    >>> yes_no_entropy([[1, 0], [0.5, 1]]).tolist()
    [0.0, 0.5]
    """
    probs = _probs(probs)
    return (_bits(probs) + _bits(1 - probs)).mean(1)


def margin(probs) -> np.ndarray:
    """1 minus the difference between the two highest probabilities, (N, C) -> (N,).

    >>> margin([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]).tolist()
    [1.0, 0.0]
    """
    probs = _probs(probs)
    if probs.shape[1] < 2:
        return np.zeros(len(probs))
    second, first = np.sort(probs, axis=1)[:, -2:].T
    return 1 - (first - second)


def threshold_margin(probs, thresholds) -> np.ndarray:
    """How close the closest class is to its threshold, (N, C) -> (N,): 1 on the threshold itself.

    The distance is relative to the range on that side of the threshold: down to 0, or up to 1. `thresholds` is (C,).

    >>> threshold_margin([[0.2, 0.0], [0.1, 1.0]], [0.2, 0.5]).tolist()
    [1.0, 0.5]
    """
    probs, thresholds = _probs(probs), np.asarray(thresholds, float)
    if probs.shape[1] == 0:
        return np.zeros(len(probs))
    room = np.where(probs > thresholds, 1 - thresholds, thresholds)
    return (1 - np.abs(probs - thresholds) / np.maximum(room, _LEAST)).max(1)


def mirror_disagreement(points_unit, mirrored_unit) -> np.ndarray:
    """The distance between an image's predicted point and its mirror image's, flipped back; (N, 2) in -1..1 -> (N,).

    In units of the image side. A model that is certain of a point also finds it in the mirror image.

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
