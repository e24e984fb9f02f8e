"""The models that judge labels and points: ridge-regularized heads on frozen features, fitted to convergence.

Labels: one logistic regression for each class, on the principal components of the standardized features. Points: a
ridge regression. Few images stand against thousands of features, so both are fitted in the space that the images span.
"""

from __future__ import annotations

import numpy as np

from engine.tasks import POINTS, SINGLE_LABEL

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
    strengths = RIDGES if task == POINTS else STRENGTHS
    train, queries = _in_span(np.asarray(train, float), np.asarray(queries, float))
    best = strengths[0]
    if len(train) >= 4 * _HELD_OUT:
        out = np.random.default_rng(seed).permutation(len(train)) % _HELD_OUT == 0
        tried = (
            targets
            if task == POINTS
            else targets[:, np.argsort(-targets.sum(axis=0), kind="stable")[:_MOST_TRIED]]
        )
        losses = [
            _loss(task, tried[out], _fitted(task, train[~out], tried[~out], train[out], strength))
            for strength in strengths
        ]
        best = strengths[int(np.argmin(losses))]
    return _fitted(task, train, targets, queries, best)


def _in_span(train: np.ndarray, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both in coordinates of the space that the standardized training features span, the strongest axes first."""
    mean, spread = train.mean(axis=0), train.std(axis=0) + 1e-6
    train, queries = ((each - mean) / (spread * np.sqrt(train.shape[1])) for each in (train, queries))
    values, vectors = np.linalg.eigh(train @ train.T)
    kept = np.flatnonzero(values > max(values[-1] * 1e-7, 1e-12))[::-1][:_MOST_COMPONENTS]
    scale = np.sqrt(values[kept])
    return vectors[:, kept] * scale, queries @ (train.T @ vectors[:, kept]) / scale


def _fitted(
    task: str, train: np.ndarray, targets: np.ndarray, queries: np.ndarray, strength: float
) -> np.ndarray:
    if task == POINTS:
        middle = targets.mean(axis=0)
        gram = train.T @ train + np.eye(train.shape[1]) / strength
        return queries @ np.linalg.solve(gram, train.T @ (targets - middle)) + middle
    probs = np.column_stack(
        [_yes(train, targets[:, at], queries, strength) for at in range(targets.shape[1])]
    )
    if task == SINGLE_LABEL:
        return probs / np.maximum(probs.sum(axis=1, keepdims=True), 1e-12)
    return probs


def _yes(train: np.ndarray, targets: np.ndarray, queries: np.ndarray, strength: float) -> np.ndarray:
    """The probability of yes; a class that all or no image has keeps its smoothed frequency."""
    from sklearn.linear_model import LogisticRegression

    positives = int(targets.sum())
    if not 0 < positives < len(targets):
        return np.full(len(queries), (positives + 0.5) / (len(targets) + 1))
    return LogisticRegression(C=strength, max_iter=300).fit(train, targets).predict_proba(queries)[:, 1]


def _loss(task: str, targets: np.ndarray, predicted: np.ndarray) -> float:
    if task == POINTS:
        return float(np.median(np.linalg.norm(targets - predicted, axis=1)))
    probs = np.clip(predicted, 1e-6, 1 - 1e-6)
    return float(-(targets * np.log(probs) + (1 - targets) * np.log(1 - probs)).mean())
