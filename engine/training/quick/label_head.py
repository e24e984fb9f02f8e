"""The linear head for labels: regularized logistic regression, its penalty chosen by cross-validation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from engine import tasks
from engine.functional import loss_registry
from engine.functional.logistic_regression import (
    SOFTMAX,
    LinearModel,
    LogisticProblem,
    balanced_weights,
)

PENALTIES = (10000.0, 3000.0, 1000.0, 300.0, 100.0, 30.0, 10.0, 3.0, 1.0)
"""For features with a standard deviation of 1, and 2,560 of them; other widths scale them."""

_WIDTH = 2560
_LEAST_DEVIATION = 1e-3
_PATIENCE = 2
_FEW_IMAGES = 2000


@dataclass(frozen=True)
class LabelHead:
    """A trained head and how it was found.

    Attributes:
        weight, bias: (C, F) and (C,), on features as the backbone gives them.
        penalty: the one with the lowest cross-validated loss.
        tried: penalty -> cross-validated loss, the mean over images, and over classes where there may be several.
        held_out_logits: (N, C), each training image's logits by a head that did not see its fold.
    """

    weight: np.ndarray
    bias: np.ndarray
    penalty: float
    tried: dict[float, float]
    held_out_logits: np.ndarray


def fit(
    features: np.ndarray,
    targets: np.ndarray,
    fold_of: np.ndarray,
    task: str,
    balance: bool = False,
    tell: Callable[[float], object] = lambda share: None,
) -> LabelHead:
    """Fit a head to training features (N, F) and `targets` (N, C) of 0 and 1, with the folds (N,) of each image.

    Penalties are tried from the largest down until the cross-validated loss has risen twice. `balance` makes rare
    classes count as much as frequent ones. `tell` hears the share that is done, 0 to 1.
    """
    few = (
        len(features) < _FEW_IMAGES
    )  # threads would wait for each other longer than such small products take
    with threadpool_limits(limits=1 if few else None, user_api="blas"):
        return _fit(features, targets, fold_of, task, balance, tell)


def _fit(features, targets, fold_of, task, balance, tell) -> LabelHead:
    activation = loss_registry.choice(task, tasks.get(task).losses[0]).activation
    x = np.asarray(features, np.float64)
    counts = balanced_weights(targets, activation) if balance else None
    parts = [
        (
            _Standardized(
                x[fold_of != fold], targets[fold_of != fold], activation, _rows(counts, fold_of != fold)
            ),
            fold,
        )
        for fold in np.unique(fold_of)
        if (fold_of != fold).any()
    ]
    tried: dict[float, float] = {}
    held_out: dict[float, np.ndarray] = {}
    for step, penalty in enumerate(PENALTIES):
        scaled = penalty * x.shape[1] / _WIDTH
        logits = np.zeros(targets.shape)
        for part, fold in parts:
            logits[fold_of == fold] = part.fit(scaled).logits(x[fold_of == fold])
        tried[scaled] = _mean_loss(logits, targets, activation, counts)
        held_out[scaled] = logits
        tell((step + 1) / (len(PENALTIES) + 1))
        if _is_rising(list(tried.values())):
            break
    best = min(tried, key=lambda penalty: tried[penalty])
    model = _Standardized(x, targets, activation, counts).fit(best)
    tell(1.0)
    return LabelHead(model.weight, model.bias, best, tried, held_out[best])


class _Standardized:
    """A logistic problem on standardized features, whose models take features as they are."""

    def __init__(self, x: np.ndarray, targets: np.ndarray, activation: str, counts: np.ndarray | None):
        self.mean, self.deviation = x.mean(axis=0), x.std(axis=0) + _LEAST_DEVIATION
        self.problem = LogisticProblem((x - self.mean) / self.deviation, targets, activation, counts)

    def fit(self, penalty: float) -> LinearModel:
        inside = self.problem.fit(penalty)
        weight = inside.weight / self.deviation
        return LinearModel(weight, inside.bias - weight @ self.mean)


def _rows(counts: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    return None if counts is None else counts[rows]


def _is_rising(losses: list[float]) -> bool:
    return len(losses) - 1 - int(np.argmin(losses)) >= _PATIENCE


def _mean_loss(logits, targets, activation, counts) -> float:
    weights = np.ones((1, 1)) if counts is None else counts
    if activation == SOFTMAX:
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(weights * targets * log_probs).sum(axis=1).mean())
    return float((weights * (np.logaddexp(0, logits) - targets * logits)).mean())
