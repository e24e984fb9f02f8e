"""The models that judge labels and points: ridge-regularized heads on frozen features, fitted to convergence.

Labels: one logistic regression for each class, on the principal components of the standardized features. Points: a
ridge regression. Few images stand against thousands of features, so both are fitted in the space that the images span.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from engine.tasks import MULTI_LABEL, POINTS, SINGLE_LABEL

STRENGTHS = (1.0, 10.0)
"""The inverse regularization strengths to choose from (scikit-learn's C): the one with the lower loss on a fifth of
the images that a head may see. Larger ones fit wrong labels too, and are surer of them."""

RIDGES = (0.1, 1.0, 10.0)
_HELD_OUT = 5
_MOST_COMPONENTS = 256
_MOST_TRIED = 8
"""The strength is chosen on so many classes, the most frequent ones."""


def predictions(
    task: str, train: np.ndarray, targets: np.ndarray, queries: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Fit on `train` (N, F) and `targets` (N, C) of 0/1, or (N, 2) points; return what is predicted for `queries`.

    Probabilities (M, C), which for a single label sum to 1, or points (M, 2).
    """
    model = _MODELS[task]
    train, queries = _in_span(np.asarray(train, float), np.asarray(queries, float))
    best = model.strengths[0]
    if len(train) >= 4 * _HELD_OUT:
        out = np.random.default_rng(seed).permutation(len(train)) % _HELD_OUT == 0
        tried = model.judged_by(targets)
        losses = [
            model.loss(tried[out], model.fitted(train[~out], tried[~out], train[out], strength))
            for strength in model.strengths
        ]
        best = model.strengths[int(np.argmin(losses))]
    return model.fitted(train, targets, queries, best)


def _in_span(train: np.ndarray, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both in coordinates of the space that the standardized training features span, the strongest axes first."""
    mean, spread = train.mean(axis=0), train.std(axis=0) + 1e-6
    train, queries = ((each - mean) / (spread * np.sqrt(train.shape[1])) for each in (train, queries))
    values, vectors = np.linalg.eigh(train @ train.T)
    kept = np.flatnonzero(values > max(values[-1] * 1e-7, 1e-12))[::-1][:_MOST_COMPONENTS]
    scale = np.sqrt(values[kept])
    return vectors[:, kept] * scale, queries @ (train.T @ vectors[:, kept]) / scale


class _Model(Protocol):
    """A kind of head: the strengths to choose from, how it is fitted, and the loss that chooses among them."""

    strengths: tuple[float, ...]

    def judged_by(self, targets: np.ndarray) -> np.ndarray:
        """The columns of the targets that the strength is chosen on."""

    def fitted(
        self, train: np.ndarray, targets: np.ndarray, queries: np.ndarray, strength: float
    ) -> np.ndarray:
        """What a head fitted on `train` and `targets` predicts for `queries`."""

    def loss(self, targets: np.ndarray, predicted: np.ndarray) -> float:
        """How far predictions are from targets."""


class _Ridge:
    """Ridge regression of points (N, 2)."""

    strengths: tuple[float, ...] = RIDGES

    def judged_by(self, targets: np.ndarray) -> np.ndarray:
        return targets

    def fitted(
        self, train: np.ndarray, targets: np.ndarray, queries: np.ndarray, strength: float
    ) -> np.ndarray:
        middle = targets.mean(axis=0)
        gram = train.T @ train + np.eye(train.shape[1]) / strength
        return queries @ np.linalg.solve(gram, train.T @ (targets - middle)) + middle

    def loss(self, targets: np.ndarray, predicted: np.ndarray) -> float:
        return float(np.median(np.linalg.norm(targets - predicted, axis=1)))


class _Logistic:
    """A logistic regression for each of C classes."""

    strengths: tuple[float, ...] = STRENGTHS

    def judged_by(self, targets: np.ndarray) -> np.ndarray:
        return targets[:, np.argsort(-targets.sum(axis=0), kind="stable")[:_MOST_TRIED]]

    def fitted(
        self, train: np.ndarray, targets: np.ndarray, queries: np.ndarray, strength: float
    ) -> np.ndarray:
        classes = range(targets.shape[1])
        return np.column_stack([_yes(train, targets[:, at], queries, strength) for at in classes])

    def loss(self, targets: np.ndarray, predicted: np.ndarray) -> float:
        probs = np.clip(predicted, 1e-6, 1 - 1e-6)
        return float(-(targets * np.log(probs) + (1 - targets) * np.log(1 - probs)).mean())


class _ExclusiveLogistic(_Logistic):
    """The same for classes that exclude each other: their probabilities sum to 1."""

    def fitted(
        self, train: np.ndarray, targets: np.ndarray, queries: np.ndarray, strength: float
    ) -> np.ndarray:
        probs = super().fitted(train, targets, queries, strength)
        return probs / np.maximum(probs.sum(axis=1, keepdims=True), 1e-12)


_MODELS: dict[str, _Model] = {
    SINGLE_LABEL: _ExclusiveLogistic(),
    MULTI_LABEL: _Logistic(),
    POINTS: _Ridge(),
}


def _yes(train: np.ndarray, targets: np.ndarray, queries: np.ndarray, strength: float) -> np.ndarray:
    """The probability of yes; a class that all or no image has keeps its smoothed frequency."""
    from sklearn.linear_model import LogisticRegression

    positives = int(targets.sum())
    if not 0 < positives < len(targets):
        return np.full(len(queries), (positives + 0.5) / (len(targets) + 1))
    return LogisticRegression(C=strength, max_iter=300).fit(train, targets).predict_proba(queries)[:, 1]
