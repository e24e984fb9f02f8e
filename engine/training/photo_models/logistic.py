"""Logistic regression with a penalty on the squared weights, for few rows and many columns; NumPy only."""

import numpy as np

_INTERCEPT = 30.0
"""The intercept is the weight of a constant column of this value, so that it is hardly penalized."""
_STEPS = 100
_TOLERANCE = 1e-8
_LEAST_VARIANCE = 1e-6


def fit(columns: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights (D,) and intercept for rows (N, D) and targets (N,) of 0 or 1, with the penalty `|weights|^2 / 2`.

    To penalize a column less, scale it up. Newton's method (iteratively reweighted least squares), in the space of the
    rows where there are fewer rows than columns.
    """
    wide = np.column_stack([columns, np.full(len(columns), _INTERCEPT)]).astype(np.float64)
    weights = (_by_rows if len(wide) < wide.shape[1] else _by_columns)(wide, np.asarray(targets, np.float64))
    return weights[:-1], float(weights[-1] * _INTERCEPT)


def _by_columns(wide: np.ndarray, targets: np.ndarray) -> np.ndarray:
    weights = np.zeros(wide.shape[1])
    for _ in range(_STEPS):
        probs, variance = _probs(wide @ weights)
        curvature = (wide * variance[:, None]).T @ wide + np.eye(len(weights))
        step = np.linalg.solve(curvature, wide.T @ (targets - probs) - weights)
        weights = weights + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return weights


def _by_rows(wide: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The weights are a sum of rows, so there are as many unknowns as rows."""
    kernel, dual = wide @ wide.T, np.zeros(len(targets))
    for _ in range(_STEPS):
        logits = kernel @ dual
        probs, variance = _probs(logits)
        target = np.linalg.solve(np.diag(1 / variance) + kernel, logits + (targets - probs) / variance)
        change, dual = np.abs(target - dual).max(), target
        if change < _TOLERANCE:
            break
    return wide.T @ dual


def _probs(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    probs = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return probs, np.maximum(probs * (1 - probs), _LEAST_VARIANCE)


def loss(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Binary cross-entropy of each element."""
    return np.logaddexp(0, logits) - targets * logits
