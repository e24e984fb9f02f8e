"""Choosing units (images, or groups of them) for validation: at random, evenly by label, or whole groups.

Everything here works on arrays: `counts` (U, C) says how many images of each unit have each label, `sizes` (U,) how
many images it has. The result is a mask (U,) of the units for validation, always the same one for the same seed.
"""

from __future__ import annotations

import numpy as np

MEASURED = 3
"""A label of so many units is in both parts: two to learn from, and one to measure with."""
DRAWS = 64
"""How often whole groups are drawn; the draw that spreads the labels most evenly is taken."""


def at_random(counts: np.ndarray, sizes: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Units at random until about `share` (0..1) of the images are chosen: at least one unit, never all."""
    return _draw(np.random.default_rng(seed), sizes, _wanted(sizes, share))


def evenly(counts: np.ndarray, sizes: np.ndarray, share: float, seed: int) -> np.ndarray:
    """About the same share of every label, by iterative stratification (Sechidis et al. 2011).

    Where every unit has one label, scikit-learn's stratified split does the same faster. Units without a label count as
    a class of their own. A label with a single unit stays in training, which needs it first; one with `MEASURED` units
    or more has one in validation, which may then be larger than its share: no score is without a class.
    """
    if not counts.shape[1]:
        return at_random(counts, sizes, share, seed)
    classes = np.column_stack([counts > 0, counts.sum(axis=1) == 0])
    free = ~classes[:, classes.sum(axis=0) == 1].any(axis=1)
    classes = classes[:, classes.sum(axis=0) > 1]
    chosen = np.zeros(len(sizes), bool)
    places = np.flatnonzero(free)
    if len(places) < 2:
        return at_random(counts, sizes, share, seed)
    count = min(max(round(share * len(sizes)), 1), len(places) - 1)
    chosen[places] = _stratified(classes[places], count, seed)
    _keep_some_for_validation(chosen, counts)
    return chosen


def _keep_some_for_validation(chosen: np.ndarray, counts: np.ndarray) -> None:
    """Choose one more unit, in place, for each label with `MEASURED` units of which none is chosen."""
    has_label = counts > 0
    single = has_label[:, has_label.sum(axis=0) == 1].any(axis=1)
    for label in np.flatnonzero(has_label.sum(axis=0) >= MEASURED):
        holders = np.flatnonzero(has_label[:, label] & ~single)
        if len(holders) and not chosen[has_label[:, label]].any():
            chosen[holders[np.argmin(has_label[holders].sum(axis=1))]] = True


def whole_groups(counts: np.ndarray, sizes: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Units at random, of `DRAWS` draws the one in which images and labels come nearest to the share."""
    rng, wanted = np.random.default_rng(seed), _wanted(sizes, share)
    weighed = np.column_stack([sizes, counts])
    draws = [_draw(rng, sizes, wanted) for _ in range(DRAWS)]
    return min(draws, key=lambda chosen: _unevenness(weighed, chosen, share))


def keep_some_for_training(chosen: np.ndarray, counts: np.ndarray) -> None:
    """Return one unit to training, in place, for each label that only validation has: it could not be learned."""
    for label in np.flatnonzero(counts[chosen].any(axis=0) & ~counts[~chosen].any(axis=0)):
        holders = np.flatnonzero(chosen & (counts[:, label] > 0))
        if chosen.sum() > 1 and not counts[~chosen, label].any():
            chosen[holders[np.argmin(counts[holders].sum(axis=1))]] = False


def _wanted(sizes: np.ndarray, share: float) -> int:
    return max(1, round(share * int(sizes.sum())))


def _stratified(classes: np.ndarray, count: int, seed: int) -> np.ndarray:
    """A mask of `count` rows of the classes (N, C)."""
    from iterstrat.ml_stratifiers import MultilabelStratifiedShuffleSplit  # slow to load, and seldom needed
    from sklearn.model_selection import StratifiedShuffleSplit

    kinds, chosen = classes.sum(axis=0), np.zeros(len(classes), bool)
    is_single = (classes.sum(axis=1) == 1).all()
    if is_single and count >= (kinds > 0).sum() <= len(classes) - count and (kinds[kinds > 0] > 1).all():
        splitter = StratifiedShuffleSplit(n_splits=1, test_size=count, random_state=seed)
        chosen[next(splitter.split(classes, classes.argmax(axis=1)))[1]] = True
        return chosen
    share = count / len(classes)
    splitter = MultilabelStratifiedShuffleSplit(n_splits=1, test_size=share, random_state=seed)
    chosen[next(splitter.split(classes, classes.astype(int)))[1]] = True
    return _with_just(count, chosen, classes)


def _with_just(count: int, chosen: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Add or remove the rows whose classes are most lacking or most abundant: the iteration ends near `count`."""
    share = count / len(classes)
    while (reached := chosen.sum()) != count:
        lacking = share * classes.sum(axis=0) - classes[chosen].sum(axis=0)
        wanted = classes @ lacking / np.maximum(classes.sum(axis=1), 1)
        places = np.flatnonzero(chosen == (reached > count))
        best = places[np.argmax(wanted[places] if reached < count else -wanted[places])]
        chosen[best] = reached < count
    return chosen


def _draw(rng: np.random.Generator, sizes: np.ndarray, wanted: int) -> np.ndarray:
    order = rng.permutation(len(sizes))[: len(sizes) - 1]
    before = np.cumsum(sizes[order]) - sizes[order]
    chosen = np.zeros(len(sizes), bool)
    chosen[order[before < wanted]] = True
    return chosen


def _unevenness(weighed: np.ndarray, chosen: np.ndarray, share: float) -> float:
    """How far the share of the images, and on average of each label, is from the one that was asked for."""
    shares = weighed[chosen].sum(axis=0) / np.maximum(weighed.sum(axis=0), 1)
    return abs(shares[0] - share) + float(np.abs(shares - share).mean())
