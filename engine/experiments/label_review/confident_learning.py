"""Confident learning: which given labels a model contradicts with confidence (Northcutt, Jiang and Chuang 2021).

"Confident Learning: Estimating Uncertainty in Dataset Labels", Journal of Artificial Intelligence Research 70. A
class's threshold is the mean probability that the model gives it over the images that are labelled with it: what
is usual for that class, so that a hard class is not accused as a whole. An image counts for a class where its
probability reaches the class's threshold; where that class is not the given one, the label looks wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_KNOWN = 5
"""A class with fewer images than this is not judged: a head cannot learn it from those that are left."""


@dataclass(frozen=True)
class Judged:
    """What confident learning says of N labels among C classes.

    Attributes:
        thresholds: (C,) the usual probability of each class, NaN for a class that is not judged.
        joint: (C, C) counts, the confident joint: given (row) by confidently seen (column).
        seen: (N,) the class that is seen with confidence, -1 where there is none.
        margin: (N,) the given class's probability less its threshold; the lower, the more doubtful; NaN if not judged.
        is_wrong: (N,) bool, another class is seen with confidence than the given one.
    """

    thresholds: np.ndarray
    joint: np.ndarray
    seen: np.ndarray
    margin: np.ndarray
    is_wrong: np.ndarray


def judge(probs: np.ndarray, given: np.ndarray, least: int = 1) -> Judged:
    """Judge given classes (N,) by out-of-sample probabilities (N, C). Equations 1 and 2 of the paper.

    Where several classes reach their thresholds the likeliest of them counts, as the paper says. Classes with fewer
    than `least` images are not judged: nothing is said against their labels, and none is seen as one of them.
    """
    probs, given = np.asarray(probs, float), np.asarray(given, int)
    classes = probs.shape[1]
    own, count = probs[np.arange(len(given)), given], np.bincount(given, minlength=classes)
    known = count >= max(least, 1)
    thresholds = np.bincount(given, own, classes) / np.where(known, count, np.nan)
    reached = probs >= thresholds
    seen = np.where(reached.any(axis=1), np.where(reached, probs, -1.0).argmax(axis=1), -1)
    is_judged = known[given]
    joint = np.zeros((classes, classes), int)
    np.add.at(joint, (given[(seen >= 0) & is_judged], seen[(seen >= 0) & is_judged]), 1)
    is_wrong = (seen >= 0) & (seen != given) & is_judged
    return Judged(thresholds, joint, seen, own - thresholds[given], is_wrong)


def judge_each(probs: np.ndarray, targets: np.ndarray, least: int = 1) -> list[Judged]:
    """The same class by class for several labels: each is its own question, absent (0) or present (1).

    `probs` and `targets` are (N, C); one `Judged` of two classes for each of the C.
    """
    pairs = np.stack([1 - np.asarray(probs, float), np.asarray(probs, float)], axis=-1)
    return [judge(pairs[:, at], targets[:, at], least) for at in range(pairs.shape[1])]
