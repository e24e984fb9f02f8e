"""Which images are judged together, by a head that was trained on all the others."""

from __future__ import annotations

import numpy as np

from engine import tasks
from engine.data.formats import Dataset
from engine.data.splits.validation import is_one_group

FOLDS = 5


def folds(dataset: Dataset, seed: int, count: int = FOLDS) -> np.ndarray:
    """The fold, 0 to at most `count` - 1, of each of the N images; the same for the same seed.

    Images of one group (a person, a video) are in the same fold, so that no group is judged by a head that knows
    them. Without groups, every label is spread evenly over the folds (Sechidis et al. 2011, by the library
    iterative-stratification). Raises ValueError for fewer than two images.
    """
    if len(dataset.table) < 2:
        raise ValueError("At least two images are needed: one to train on and one to judge.")
    groups = _groups(dataset)
    if groups is not None:
        return _whole_groups(groups, seed, count)
    count = min(count, len(dataset.table))
    if tasks.get(dataset.task).has_points or len(dataset.table) < 2 * count:
        return _by_chance(len(dataset.table), seed, count)
    return _even_labels(dataset.targets(), seed, count)


def _groups(dataset: Dataset) -> list[str | None] | None:
    if "group" not in dataset.table:
        return None
    groups = [None if group is None or group != group else str(group) for group in dataset.table["group"]]
    return None if is_one_group(groups) or not any(groups) else groups


def _whole_groups(groups: list[str | None], seed: int, count: int) -> np.ndarray:
    """Groups by chance, each to the fold that is smallest so far; an image without one is a group of its own."""
    keys = np.array([f"row {at}" if group is None else f"group {group}" for at, group in enumerate(groups)])
    names, place, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    fold_of, held = np.zeros(len(names), int), np.zeros(min(count, len(names)), int)
    for at in np.random.default_rng(seed).permutation(len(names)):
        fold_of[at] = held.argmin()
        held[fold_of[at]] += sizes[at]
    return fold_of[place]


def _even_labels(targets: np.ndarray, seed: int, count: int) -> np.ndarray:
    """Images without any label are spread as evenly as those of a label."""
    from iterstrat.ml_stratifiers import MultilabelStratifiedKFold

    spread = np.column_stack([targets, targets.sum(axis=1) == 0])
    spread = spread[:, spread.any(axis=0)]
    if spread.shape[1] < 2:
        return _by_chance(len(targets), seed, count)
    found = np.zeros(len(targets), int)
    divided = MultilabelStratifiedKFold(count, shuffle=True, random_state=seed).split(targets, spread)
    for fold, (_, held_out) in enumerate(divided):
        found[held_out] = fold
    return found


def _by_chance(images: int, seed: int, count: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(images) % count
