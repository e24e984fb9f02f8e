"""The head of the multi-label model: from group scores and features to calibrated probabilities and thresholds.

A label with few positive images gets its group's score, scaled and shifted. A label with `ENOUGH` positive images also
gets a logistic regression on the backbone's features, which is how `person`, not a class of ImageNet, is recognized.
"""

from dataclasses import dataclass

import numpy as np

from engine.training.photo_models import folds, logistic

ENOUGH = 10
"""The number of positive images from which a label has its own weights on the features."""
FEATURE_SCALES = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
"""Larger means a smaller penalty on the weights of the features. Chosen for each label by cross-validation."""
_SCORE_SCALE = 3.0
_BETA = 0.7
"""F-score of the thresholds: below 1, as a wrong label is worse than a missing one."""
_SHRINK = 20
"""The number of positive images from which a label's own threshold counts more than the shared one."""
_RESAMPLES = 30
_LEAST_STD = 1e-3
_THRESHOLDS = np.linspace(0.1, 0.9, 81)


@dataclass(frozen=True)
class LabelsHead:
    """`logits = scores @ diag(score_weight) + features @ feature_weight + bias`, divided by `temperature`.

    score_weight (K,), feature_weight (D, K), bias (K,), thresholds (K,) of the probabilities.
    """

    score_weight: np.ndarray
    feature_weight: np.ndarray
    bias: np.ndarray
    temperature: float
    thresholds: np.ndarray

    def logits(self, scores: np.ndarray, features: np.ndarray) -> np.ndarray:
        """Calibrated logits (N, K) of group scores (N, K) and features (N, D)."""
        return (scores * self.score_weight + features @ self.feature_weight + self.bias) / self.temperature


def fit(scores: np.ndarray, features: np.ndarray, targets: np.ndarray) -> LabelsHead:
    """Fit to images: group scores (N, K), features (N, D), targets (N, K) of 0 or 1.

    The feature scales, the temperature and the thresholds come from cross-validation among these images.
    """
    fold, labels = folds.of_labels(targets), np.arange(targets.shape[1])
    tried = [_held_out(scores, features, targets, fold, scale) for scale in FEATURE_SCALES]
    best = np.argmin([logistic.loss(logits, targets).mean(0) for logits in tried], axis=0)
    logits = np.stack(tried, axis=2)[:, labels, best]
    temperature = fit_temperature(logits, targets)
    thresholds = choose_thresholds(1 / (1 + np.exp(-logits / temperature)), targets)
    weights = _weights(scores, features, targets, FEATURE_SCALES[best])
    return LabelsHead(*weights, temperature, thresholds)


def _held_out(scores, features, targets, fold, scale) -> np.ndarray:
    logits, scales = np.zeros(targets.shape), np.full(targets.shape[1], scale)
    for at in range(folds.FOLDS):
        test = fold == at
        score_weight, feature_weight, bias = _weights(scores[~test], features[~test], targets[~test], scales)
        logits[test] = scores[test] * score_weight + features[test] @ feature_weight + bias
    return logits


def _weights(scores, features, targets, scales) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rich = targets.sum(0) >= ENOUGH
    score_weight, bias = _shared(scores, targets)
    feature_weight = np.zeros((features.shape[1], targets.shape[1]))
    center, spread = features.mean(0), features.std(0)
    spread = spread + _LEAST_STD * spread.max()
    for label in np.flatnonzero(rich):
        gain = scales[label] / np.sqrt(features.shape[1]) / spread
        middle, width = scores[:, label].mean(), scores[:, label].std()
        own = (scores[:, label] - middle) / width * _SCORE_SCALE
        weights, intercept = logistic.fit(
            np.column_stack([(features - center) * gain, own]), targets[:, label]
        )
        feature_weight[:, label] = weights[:-1] * gain
        score_weight[label] = weights[-1] * _SCORE_SCALE / width
        bias[label] = intercept - center @ feature_weight[:, label] - middle * score_weight[label]
    return score_weight, feature_weight, bias


def _shared(scores: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One slope for all labels, and a bias per label that is drawn towards the shared one."""
    images, labels = targets.shape
    columns = np.column_stack([scores.ravel(), np.tile(np.eye(labels), (images, 1))])
    weights, intercept = logistic.fit(columns, targets.ravel())
    return np.full(labels, weights[0]), weights[1:] + intercept


def fit_temperature(logits: np.ndarray, targets: np.ndarray) -> float:
    """The temperature with the smallest binary cross-entropy, among 0.25 to 8."""
    tried = np.geomspace(0.25, 8, 101)
    return float(min(tried, key=lambda temperature: logistic.loss(logits / temperature, targets).mean()))


def choose_thresholds(probs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """A threshold per label (K,) for probabilities and targets (N, K).

    The mean over bootstrap resamples of the images: the best threshold of one sample is often far from the usual one.
    """
    rng = np.random.default_rng(0)
    resamples = (rng.integers(len(probs), size=len(probs)) for _ in range(_RESAMPLES))
    return np.mean([_thresholds(probs[rows], targets[rows]) for rows in resamples], axis=0)


def _thresholds(probs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The best shared threshold, and the label's own the more, the more positives it has: (K,)."""
    shared = _best(probs, targets)
    positives = targets.sum(0)
    own = np.array([_best(probs[:, [label]], targets[:, [label]]) for label in range(targets.shape[1])])
    return (positives * own + _SHRINK * shared) / (positives + _SHRINK)


def _best(probs: np.ndarray, targets: np.ndarray) -> float:
    def score(threshold: float) -> float:
        predicted = probs > threshold
        hits = (predicted & (targets > 0)).sum()
        return (1 + _BETA**2) * hits / max(1, predicted.sum() + _BETA**2 * targets.sum())

    return float(max(_THRESHOLDS, key=score))
