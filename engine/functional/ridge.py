"""Ridge regression for few samples of very many features, in its dual form, with the penalty as a plain number."""

from typing import NamedTuple

import numpy as np


class RidgeModel(NamedTuple):
    """`weight` (C, F) and `bias` (C,): predictions are `x @ weight.T + bias`."""

    weight: np.ndarray
    bias: np.ndarray


def fit_ridge(x, targets, penalty: float) -> RidgeModel:
    """Fit `targets` (N, C) by a linear function of `x` (N, F), penalizing `penalty` times the squared weights.

    The intercept is not penalized. The same as scikit-learn's `Ridge(alpha=penalty)`, at the cost of N x N numbers
    instead of F x F. Raises ValueError for a penalty that is not positive.
    """
    x, targets = np.asarray(x, np.float32), np.asarray(targets, np.float64)
    mean = x.mean(axis=0)
    centered = x - mean
    dual = dual_coefficients(gram(centered, centered), targets - targets.mean(axis=0), penalty)
    weight = (centered.T @ dual.astype(np.float32)).T.astype(np.float64)
    return RidgeModel(weight, targets.mean(axis=0) - weight @ mean.astype(np.float64))


def gram(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The inner products (N, M) of the rows of `a` (N, F) and `b` (M, F), in double precision."""
    return (a @ b.T).astype(np.float64)


def dual_coefficients(products: np.ndarray, targets: np.ndarray, penalty: float) -> np.ndarray:
    """The coefficients (N, C) of the training rows, for centered inner products (N, N) and targets (N, C)."""
    if not penalty > 0:
        raise ValueError(f"penalty should be a positive number; got {penalty!r}.")
    return np.linalg.solve(products + penalty * np.eye(len(products)), targets)


def cross_validated(
    products: np.ndarray, targets: np.ndarray, fold_of: np.ndarray, penalty: float
) -> np.ndarray:
    """Predictions (N, C) for every row by a ridge regression that was fitted without its fold.

    `products` (N, N) are inner products of uncentered rows; each fold centers them by its own training rows.
    """
    predictions = np.empty_like(targets, dtype=np.float64)
    for fold in np.unique(fold_of):
        train, test = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        inside, across = _centered(products, train, test)
        mean = targets[train].mean(axis=0)
        dual = dual_coefficients(inside, targets[train] - mean, penalty)
        predictions[test] = across @ dual + mean
    return predictions


def _centered(products: np.ndarray, train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inner products as if the training rows' mean had been taken off all rows first."""
    inside, across = products[np.ix_(train, train)], products[np.ix_(test, train)]
    columns, whole = inside.mean(axis=0), inside.mean()
    return (
        inside - columns[None] - columns[:, None] + whole,
        across - columns[None] - across.mean(axis=1, keepdims=True) + whole,
    )
