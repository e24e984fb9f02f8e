"""Folds for cross-validation: of several labels, with the rare ones spread evenly; and of groups."""

import numpy as np

FOLDS = 5


def of_labels(targets: np.ndarray, seed: int = 0, folds: int = FOLDS) -> np.ndarray:
    """The fold of each row of 0/1 targets (N, K), with the rare labels spread first.

    Iterative stratification (Sechidis et al. 2011).
    """
    rng = np.random.default_rng(seed)
    fold = np.full(len(targets), -1)
    counts, sizes = np.zeros((folds, targets.shape[1])), np.zeros(folds)
    by_label = [np.flatnonzero(targets[:, label]) for label in np.argsort(targets.sum(0), kind="stable")]
    for label, rows in zip(np.argsort(targets.sum(0), kind="stable"), by_label, strict=True):
        for row in rng.permutation(rows[fold[rows] < 0]):
            at = np.lexsort((rng.random(folds), sizes, counts[:, label]))[0]
            fold[row], sizes[at] = at, sizes[at] + 1
            counts[at] += targets[row]
    for row in rng.permutation(np.flatnonzero(fold < 0)):
        at = np.lexsort((rng.random(folds), sizes))[0]
        fold[row], sizes[at] = at, sizes[at] + 1
    return fold


def of_groups(groups: np.ndarray, seed: int = 0, folds: int = FOLDS) -> np.ndarray:
    """The fold of each row (N,), where rows of one group share a fold."""
    names, index = np.unique(groups, return_inverse=True)
    return (np.random.default_rng(seed).permutation(len(names)) % folds)[index]
