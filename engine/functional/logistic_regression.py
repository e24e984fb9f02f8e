"""Regularized logistic regression for many classes at once: the head of a frozen backbone, trained to convergence.

It minimizes the summed cross-entropy plus `penalty / 2` times the squared weights; the intercepts are not penalized.
For one class that is scikit-learn's `LogisticRegression(C=1 / penalty)`. All classes share one L-BFGS run, which is
many times faster than one fit per class where classes are many and images few.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

SIGMOID, SOFTMAX = "sigmoid", "softmax"
_MAX_ITERATIONS = 200


class LinearModel(NamedTuple):
    """`weight` (C, F) and `bias` (C,): logits are `x @ weight.T + bias`."""

    weight: np.ndarray
    bias: np.ndarray

    def logits(self, x) -> np.ndarray:
        """Logits (N, C) for features `x` (N, F)."""
        return np.asarray(x) @ self.weight.T + self.bias


class LogisticProblem:
    """Features (N, F) and `targets` (N, C) of 0 and 1, prepared once to be fitted with several penalties.

    With the activation `SIGMOID` every class is a yes/no question of its own; with `SOFTMAX` the classes exclude each
    other, and every row of `targets` holds a single 1. `sample_weights` (N, C), or (N, 1) with `SOFTMAX`, weight the
    terms of the loss. Raises ValueError for shapes that do not fit or features that are not finite.
    """

    def __init__(self, x, targets, activation: str = SIGMOID, sample_weights=None):
        x, self.targets = np.asarray(x, np.float64), np.asarray(targets, np.float64)
        if x.ndim != 2 or self.targets.ndim != 2 or len(x) != len(self.targets) or not len(x):
            raise ValueError(
                f"x and targets should be (N, F) and (N, C) with N > 0; got {x.shape} and {self.targets.shape}."
            )
        if not np.isfinite(x).all():
            raise ValueError("x holds values that are not finite.")
        self.counts = np.ones((1, 1)) if sample_weights is None else np.asarray(sample_weights, np.float64)
        self.basis, self.inside = _row_space(x)
        self._loss = _softmax_loss if activation == SOFTMAX else _sigmoid_loss
        self._latest = np.concatenate(
            [np.zeros(self.inside.shape[1] * self.targets.shape[1]), _prior_logits(self.targets)]
        )

    def fit(self, penalty: float) -> LinearModel:
        """The weights and intercepts for one penalty; starts from the previous solution.

        A class that is always, or never, present gets a finite intercept and no weights that matter.
        Raises ValueError for a penalty that is not positive.
        """
        if not penalty > 0:
            raise ValueError(f"penalty should be a positive number; got {penalty!r}.")
        n_classes = self.targets.shape[1]
        options = {"maxiter": _MAX_ITERATIONS, "maxcor": 20}
        solution = minimize(
            self._objective, self._latest, (penalty,), jac=True, method="L-BFGS-B", options=options
        ).x
        self._latest = solution
        weight = solution[:-n_classes].reshape(-1, n_classes)
        return LinearModel((self.basis @ weight).T, solution[-n_classes:])

    def _objective(self, flat: np.ndarray, penalty: float) -> tuple[float, np.ndarray]:
        n_classes = self.targets.shape[1]
        weight, bias = flat[:-n_classes].reshape(-1, n_classes), flat[-n_classes:]
        value, slope = self._loss(self.inside @ weight + bias, self.targets, self.counts)
        gradient = self.inside.T @ slope + penalty * weight
        total = value + 0.5 * penalty * float((weight**2).sum())
        return total, np.concatenate([gradient.ravel(), slope.sum(axis=0)])


def balanced_weights(targets, activation: str = SIGMOID) -> np.ndarray:
    """Weights that make rare classes count as much as frequent ones, with mean 1 for each class.

    For `SIGMOID` (N, C): present and absent weigh the same in total, as torch's `pos_weight` = absent / present does up
    to a factor. For `SOFTMAX` (N, 1): N / (C * count of the row's class), scikit-learn's `class_weight="balanced"`.
    Classes without, or with nothing but, positives keep the weight 1.
    """
    targets = np.asarray(targets, np.float64)
    positives = targets.sum(axis=0)
    if activation == SOFTMAX:
        per_class = len(targets) / (np.count_nonzero(positives) * np.maximum(positives, 1))
        return (targets @ per_class)[:, None]
    negatives = len(targets) - positives
    both = (positives > 0) & (negatives > 0)
    for_yes = np.where(both, len(targets) / (2 * np.maximum(positives, 1)), 1.0)
    for_no = np.where(both, len(targets) / (2 * np.maximum(negatives, 1)), 1.0)
    return np.where(targets == 1, for_yes, for_no)


def _row_space(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An orthonormal basis (F, r) of the rows of `x`, and `x` in it (N, r): the optimum lies in that space.

    With fewer images than features this makes the problem much smaller without changing the solution.
    """
    if x.shape[0] >= x.shape[1]:
        return np.eye(x.shape[1]), x
    values, vectors = np.linalg.eigh(x @ x.T)
    is_kept = values > max(values[-1], 0) * 1e-10
    if not is_kept.any():
        return np.zeros((x.shape[1], 1)), np.zeros((len(x), 1))
    basis = x.T @ (vectors[:, is_kept] / np.sqrt(values[is_kept]))
    return basis, x @ basis


def _prior_logits(targets: np.ndarray) -> np.ndarray:
    positives = targets.sum(axis=0)
    return np.log((positives + 0.5) / (len(targets) - positives + 0.5))


def _sigmoid_loss(logits, targets, counts) -> tuple[float, np.ndarray]:
    """The summed binary cross-entropy and its gradient with respect to the logits."""
    value = np.logaddexp(0, logits) - targets * logits
    probs = 0.5 * (1 + np.tanh(0.5 * logits))
    return float((counts * value).sum()), counts * (probs - targets)


def _softmax_loss(logits, targets, counts) -> tuple[float, np.ndarray]:
    """The summed cross-entropy and its gradient with respect to the logits."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponents = np.exp(shifted)
    total = exponents.sum(axis=1, keepdims=True)
    value = np.log(total) - (targets * shifted).sum(axis=1, keepdims=True)
    return float((counts * value).sum()), counts * (exponents / total - targets)
